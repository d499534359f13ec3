"""An index as a whole: check, restore, repair, salvage, reindex, upgrade."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Union

from . import _core
from ._errors import Error
from ._schema import Schema, SchemaLike
from ._tokenizers import Tokenizers, handle_of
from ._units import file_path, size

Path = Union[str, "os.PathLike[str]"]
Progress = Callable[[int, int], object]
LEVELS = {"quick": 0, "normal": 1, "deep": 2}


def check(
    path: Path, level: str = "normal", *, progress: Progress | None = None, tokenizers: Tokenizers | None = None
) -> list[Error]:
    """Verify an index; what is found, none of it raised.

    An ``Error`` with ``code`` "OK" is a note, no damage.  ``level`` is "quick", "normal" or "deep".
    """
    if level not in LEVELS:
        raise ValueError(f"level is one of {', '.join(LEVELS)}")
    return _core.index_check(path, LEVELS[level], progress, handle_of(tokenizers))


def restore(source: Path, to: Path, *, copy: bool = False, progress: Progress | None = None) -> dict[str, int]:
    """Copy a backup, or any index, to a place that holds none."""
    return _core.index_restore(file_path(source), file_path(to), copy, progress)


def repair(
    path: Path, *, dry_run: bool = False, progress: Progress | None = None, tokenizers: Tokenizers | None = None
) -> dict[str, Any]:
    """Publish a commit without the damaged segments.

    The result counts, and has ``lost_documents``: (key or None, JSON as bytes or None) of each
    document that was given up, so that it can be put again.
    """
    return _core.index_repair(file_path(path), dry_run, progress, handle_of(tokenizers))


def salvage(
    path: Path, *, dry_run: bool = False, progress: Progress | None = None, tokenizers: Tokenizers | None = None
) -> dict[str, Any]:
    """Make the newest commit that is whole the newest of all; the result is as that of ``repair``."""
    return _core.index_salvage(file_path(path), dry_run, progress, handle_of(tokenizers))


def reindex(
    path: Path,
    schema: SchemaLike = None,
    *,
    to: Path | None = None,
    memory: int | str = 0,
    drop_unstored: bool = False,
    progress: Progress | None = None,
) -> int:
    """Build an index anew from its stored documents, under another schema if one is given."""
    handle = None if schema is None else Schema(schema)._handle
    target = None if to is None else file_path(to)
    return _core.index_reindex(file_path(path), handle, target, size(memory), drop_unstored, progress)


def upgrade(path: Path, *, progress: Progress | None = None) -> int:
    """Rewrite the segments of older formats; how many there were."""
    return _core.index_upgrade(file_path(path), progress)
