"""Does anything stay behind?  Every call, over and over: neither Python's blocks nor malloc's bytes grow.

mallinfo2 counts what malloc has handed out, so a handle or text of the library that is not given back
shows at once; sys.getallocatedblocks counts Python's objects.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import prismsearch as ps
from prismsearch import _core


class Mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]


try:
    mallinfo2 = ctypes.CDLL(None).mallinfo2
except (AttributeError, OSError):
    pytest.skip("no mallinfo2", allow_module_level=True)
mallinfo2.restype = Mallinfo2

ROUNDS, WINDOWS = 80, 4
SMALLEST = 32  # bytes that malloc uses for the smallest block


def in_use() -> tuple[int, int]:
    gc.collect()
    info = mallinfo2()
    return sys.getallocatedblocks(), info.uordblks + info.hblkhd


def fails(call: Callable[[], object]) -> None:
    try:
        call()
    except (ps.Error, ValueError, TypeError, KeyError):
        return
    raise AssertionError("no error")


def bad_iterable() -> Any:
    yield {"id": "x"}
    raise ValueError


def searches(index: ps.Index) -> None:
    hits = index.search("apple 数据库 nosuch:x (", highlight=["body"], filter="*:*", exact_total=True)
    for hit in hits:
        hit.fields, hit.raw(), hit.fragments("body"), hit.snippet("title"), hit.sort_values  # noqa: B018
    page = index.search("*:*", 1, sort="n:desc,tags,date")
    page.next, page[0].sort_values  # noqa: B018
    hits._repr_html_()
    index.search((ps.term("a") & ps.phrase("b c")) | ~ps.near("d e", 2) | ps.range("n", 1) | ps.exists("n") ** 2)


def shards(index: ps.Index) -> None:
    snap = index.snapshot()
    stats = ps.Stats.from_json((snap.stats("apple") + snap.stats("apple")).to_json())
    part = snap.search("apple", 5, stats=stats, threads=2)
    for hit in ps.merge_hits([ps.decode_hits(part.encode()), part], 5):
        hit.part, snap.document(hit)  # noqa: B018
        fails(lambda hit=hit: hit.fields)  # type: ignore[misc]
    for hit in part:
        hit["title"], hit.get("body"), hit.get("nobody"), hit.fields  # noqa: B018
    fails(lambda: ps.merge_hits([part], 20000))
    fails(lambda: snap.search("pear", stats=stats))
    fails(lambda: ps.Stats.from_json("{"))
    fails(lambda: ps.decode_hits("{"))


def errors(index: ps.Index) -> None:
    fails(lambda: index.search("(", strict=True))
    fails(lambda: index.search("x", sort="body"))
    fails(lambda: index.search(ps.exists("nobody")))
    fails(lambda: ps.Schema("{"))
    fails(lambda: ps.open(index.path + "-not"))
    fails(lambda: index["nobody"])
    fails(lambda: _core.loads(b'{"a":[1,"\\n'))
    fails(lambda: _core.dumps({"a": [1, {"b": object()}]}))


def writes(index: ps.Index) -> None:
    with index.writer(durable=False, memory="16M") as w:
        w.put({"id": "a", "title": "Apple", "body": "apple 数据库", "tags": ["x", "y"], "n": 5})
        w.put_many([{"id": "b", "n": "wrong"}, 5, {"id": "c"}, b"{"], on_error="collect")
        fails(lambda: w.put_many([{"id": "b"}, {"n": "wrong"}]))
        fails(lambda: w.put_many(bad_iterable()))
        fails(lambda: w.put({"id": "a", "n": "x"}))
        w.delete("c")
        w.delete_where("n:5")
        w.stats(), w.schema.to_dict()  # noqa: B018
        w.snapshot().close()
        w.rollback()


def handles(index: ps.Index) -> None:
    with ps.open(index.path) as other, other.snapshot() as snap:
        snap.info(), snap.terms("body"), snap.analyze("Wi-Fi 数据"), snap.parse("a (b"), list(snap)  # noqa: B018
        snap.refresh()
    ps.check(index.path, "quick")
    ps.check(index.path, progress=lambda done, total: None)


@pytest.mark.parametrize("what", [searches, shards, errors, writes, handles], ids=lambda f: f.__name__)
def test_nothing_stays_behind(index: ps.Index, what: Callable[[ps.Index], None]) -> None:
    for _ in range(30):
        what(index)
    growths = []
    for _ in range(WINDOWS):
        blocks, size = in_use()
        for _ in range(ROUNDS):
            what(index)
        more_blocks, more_size = in_use()
        growths.append((more_blocks - blocks, more_size - size))
    # What is kept once (a table that grew) shows in one window, a leak in each.
    assert min(growth[0] for growth in growths) < ROUNDS / 2, growths
    assert min(growth[1] for growth in growths) < ROUNDS * SMALLEST / 2, growths


def test_this_would_see_a_leak(tmp_path: Path) -> None:
    """The measure itself: a handle kept is seen."""
    with ps.Index.create(tmp_path / "i") as index:
        index.snapshot()
        _, size = in_use()
        kept = [index.search("x") for _ in range(20)]
        assert in_use()[1] - size > 20 * SMALLEST
        del kept
