"""Sizes, times and paths as people write them."""

from __future__ import annotations

import datetime
import os
import re
from typing import Union

SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def size(value: int | str) -> int:
    """Bytes: 268435456, "256M", "1.5G"."""
    if isinstance(value, int):
        return value
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", value.strip(), re.I)
    if found is None:
        raise ValueError(f"not a size: {value!r} (such as '256M')")
    return int(float(found[1]) * SIZES[found[2].upper()])


def microseconds(value: float | datetime.timedelta | None) -> int:
    """Of seconds; None and 0 = no limit."""
    if value is None:
        return 0
    seconds = value.total_seconds() if isinstance(value, datetime.timedelta) else value
    if seconds < 0:
        raise ValueError("a timeout is not negative")
    return max(1, round(seconds * 1e6)) if seconds else 0


def file_path(path: Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]) -> bytes:
    """The bytes of a path; one with a NUL names another file than it says."""
    name = os.fsencode(path)
    if b"\0" in name:
        raise ValueError("embedded null byte")
    return name
