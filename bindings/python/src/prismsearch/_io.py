"""Documents from files and tables."""

from __future__ import annotations

import gzip
import importlib
import io
import math
import os
from collections.abc import Iterable, Iterator
from typing import IO, Any, Union, cast

from . import _core

Source = Union[str, "os.PathLike[str]", IO[bytes], IO[str]]

ROWS = 1024  # rows of a table that become Python objects at once


def _open_zst(path: str) -> IO[bytes]:
    for module in ("compression.zstd", "pyzstd", "zstandard"):
        try:
            stream = importlib.import_module(module).open(path, "rb")
        except ModuleNotFoundError:
            continue
        return cast("IO[bytes]", io.BufferedReader(stream))  # some of them read, but not by lines
    raise ModuleNotFoundError("reading .zst needs Python 3.14, or the package zstandard or pyzstd")


def _open(path: str) -> IO[bytes]:
    if path.endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return _open_zst(path) if path.endswith(".zst") else open(path, "rb")


def _lines(stream: Iterable[bytes] | Iterable[str]) -> Iterator[bytes]:
    for line in stream:
        text = line.encode() if isinstance(line, str) else line
        if text.strip():
            yield text


def read_ndjson_lines(source: Source) -> Iterator[bytes]:
    """The records of NDJSON as the bytes they are: what ``put_many`` takes fastest."""
    if isinstance(source, (str, os.PathLike)):
        with _open(os.fspath(source)) as stream:
            yield from _lines(stream)
    else:
        yield from _lines(source)


def read_ndjson(source: Source) -> Iterator[dict[str, Any]]:
    """The records of NDJSON, a path (also ``.gz``, ``.zst``) or an open file, as dicts."""
    for place, line in enumerate(read_ndjson_lines(source)):
        try:
            record = _core.loads(line)
        except ValueError as error:
            raise ValueError(f"record {place + 1} is not JSON") from error
        if not isinstance(record, dict):
            raise ValueError(f"record {place + 1} is not an object")
        yield record


def _without_missing(row: dict[str, Any]) -> dict[str, Any]:
    """Neither None nor NaN nor NaT, which is not equal to itself."""
    return {name: value for name, value in row.items() if value is not None and not _is_missing(value)}


def _is_missing(value: Any) -> bool:
    if isinstance(value, float):
        return math.isnan(value)
    kind = type(value).__name__
    return kind in ("NaTType", "NAType")


def documents_of_table(table: Any) -> Iterator[dict[str, Any]]:
    """The rows of a pandas or polars frame, a pyarrow table, batch or reader, as documents."""
    if hasattr(table, "to_batches"):  # pyarrow.Table, Dataset
        batches: Iterable[Any] = table.to_batches()
    elif hasattr(table, "read_next_batch"):  # pyarrow.RecordBatchReader
        batches = table
    elif hasattr(table, "to_pylist"):  # pyarrow.RecordBatch
        batches = [table]
    elif hasattr(table, "iter_rows"):  # polars
        for row in table.iter_rows(named=True):
            yield _without_missing(row)
        return
    elif hasattr(table, "to_dict") and hasattr(table, "iloc"):  # pandas
        for start in range(0, len(table), ROWS):
            for row in table.iloc[start : start + ROWS].to_dict("records"):
                yield _without_missing({str(name): value for name, value in row.items()})
        return
    else:
        raise TypeError(f"neither a pandas or polars frame nor a pyarrow table: {type(table).__name__}")
    for batch in batches:
        for start in range(0, batch.num_rows, ROWS):
            for row in batch.slice(start, ROWS).to_pylist():
                yield _without_missing(row)
