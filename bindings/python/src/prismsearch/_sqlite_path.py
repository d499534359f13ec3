"""Where the extension for SQLite lies, which comes with this package."""

from __future__ import annotations

from pathlib import Path

from ._errors import UnsupportedError


def sqlite_extension_path() -> str:
    """The file to load into an SQLite connection: ``connection.load_extension(path)``.

    It gives FTS5 the tokenizer ``prism`` and statements the table-valued function ``prism_search``; any
    program with SQLite may load it.  ``UnsupportedError`` where this package was built without SQLite's
    headers.
    """
    found = sorted((Path(__file__).parent / "_sqlite").glob("prism.*"))
    if not found:
        raise UnsupportedError("this package was built without SQLite's headers: it has no extension for SQLite")
    return str(found[0])
