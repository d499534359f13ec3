"""One answer of many indexes, on one machine or many: equal, to the bit, to that of one index.

    stats = sum_of(snap.stats(query) for snap in snaps)
    parts = [snap.search(query, 10, stats=stats) for snap in snaps]
    for hit in merge_hits(parts, 10):
        print(hit.score, snaps[hit.part].document(hit)["title"])

Between machines, statistics and answers travel as text: ``Stats.to_json``, ``Hits.encode``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import _core
from ._hits import Hits


class Stats:
    """What a query's scores need to know of an index; ``a + b`` is that of both."""

    def __init__(self, handle: _core.Stats) -> None:
        self._handle = handle

    @classmethod
    def from_json(cls, text: str) -> Stats:
        """Statistics that came as text."""
        return cls(_core.stats_from_json(text))

    def to_json(self) -> str:
        """Statistics as text."""
        return self._handle.to_json()

    def __add__(self, other: Stats) -> Stats:
        return Stats(self._handle.merged(other._handle))


def sum_of(parts: Iterable[Stats]) -> Stats:
    """The statistics of all: at least one."""
    total: Stats | None = None
    for part in parts:
        total = part if total is None else total + part
    if total is None:
        raise ValueError("there are no statistics to add up")
    return total


def merge_hits(parts: Sequence[Hits], limit: int = 10, offset: int = 0) -> Hits:
    """The best of several answers to one query, which were searched with the same ``stats``, filter and order.

    Each must have wanted ``limit + offset`` hits from its beginning.  ``hit.part`` says which of them a hit
    is from, and its document is read there: ``snapshots[hit.part].document(hit)``.
    """
    return Hits(_core.hits_merge(tuple(part._answer for part in parts), limit, offset), [], (), ())


def decode_hits(text: str) -> Hits:
    """An answer that came as text, from ``Hits.encode``."""
    return Hits(_core.hits_decode(text), [], (), ())
