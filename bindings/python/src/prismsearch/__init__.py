"""Full-text search over mixed English and Chinese text, on an index that is a folder.

    import prismsearch as ps

    with ps.Index.create("news", exist_ok=True) as index:
        with index.writer() as w:
            w.put({"id": "a1", "title": "数据库备份", "body": "Back up PostgreSQL daily"})
        for hit in index.search("备份 postgres*"):
            print(hit.key, hit["title"], hit.snippet("body", ("[", "]")))
"""

from __future__ import annotations

from . import _core
from ._errors import (
    AnalyzerError,
    BudgetError,
    CanceledError,
    DamagedError,
    Error,
    ExistsError,
    InvalidError,
    LimitError,
    LockedError,
    MisuseError,
    NoSpaceError,
    NotFoundError,
    OutOfMemoryError,
    ParseError,
    ReadOnlyError,
    RejectedError,
    StorageError,
    TooNewError,
    TooOldError,
    UnknownOutcomeError,
    UnsupportedError,
    VersionError,
)
from ._hits import Hit, Hits
from ._html import Fragment
from ._index import Index, PutResult, Rejection, Snapshot, Term, Token, Writer
from ._io import documents_of_table, read_ndjson, read_ndjson_lines
from ._maintain import check, reindex, repair, restore, salvage, upgrade
from ._query import (
    Query,
    all_of,
    any_of,
    everything,
    exists,
    from_dict,
    near,
    parse,
    phrase,
    prefix,
    range,
    term,
)
from ._schema import Bool, Date, Field, Float, Int, Key, Keyword, Schema, Text
from ._shards import Stats, decode_hits, merge_hits, sum_of
from ._sqlite_path import sqlite_extension_path

__version__ = _core.version()
open = Index.open
create = Index.create

__all__ = [
    "AnalyzerError",
    "Bool",
    "BudgetError",
    "CanceledError",
    "DamagedError",
    "Date",
    "Error",
    "ExistsError",
    "Field",
    "Float",
    "Fragment",
    "Hit",
    "Hits",
    "Index",
    "Int",
    "InvalidError",
    "Key",
    "Keyword",
    "LimitError",
    "LockedError",
    "MisuseError",
    "NoSpaceError",
    "NotFoundError",
    "OutOfMemoryError",
    "ParseError",
    "PutResult",
    "Query",
    "ReadOnlyError",
    "RejectedError",
    "Rejection",
    "Schema",
    "Snapshot",
    "Stats",
    "StorageError",
    "Term",
    "Text",
    "Token",
    "TooNewError",
    "TooOldError",
    "UnknownOutcomeError",
    "UnsupportedError",
    "VersionError",
    "Writer",
    "all_of",
    "any_of",
    "check",
    "create",
    "decode_hits",
    "documents_of_table",
    "everything",
    "exists",
    "from_dict",
    "merge_hits",
    "near",
    "open",
    "parse",
    "phrase",
    "prefix",
    "range",
    "read_ndjson",
    "read_ndjson_lines",
    "reindex",
    "repair",
    "restore",
    "salvage",
    "sqlite_extension_path",
    "sum_of",
    "term",
    "upgrade",
]
