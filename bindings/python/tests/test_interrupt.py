"""Ctrl-C ends long calls, and what was there stays whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import prismsearch as ps

MAKE = """if True:
    import signal, sys, time
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import prismsearch as ps
    index = ps.Index.create(sys.argv[1])
    def say(): print("ready", flush=True)
"""
PUT = """
    w = index.writer(durable=False)
    w.put({"id": "first"}); w.commit()
    def endless():
        i = 0
        while True:
            if i == 3000: say()
            yield {"id": str(i), "body": f"word {i}"}
            i += 1
    try:
        w.put_many(endless())
    except KeyboardInterrupt:
        w.put({"id": "after"}); w.commit(); w.close()
        print(len(index) > 2)
"""
MERGE = """
    w = index.writer(durable=False, max_segments=1000)
    for part in range(4):
        w.put_many({"id": f"{part}-{i}", "body": f"w{i} {i*7} {i*part}"} for i in range(20000)); w.commit()
    say()
    try:
        while True: w.merge(1); w.put({"id": "again"}); w.commit()
    except KeyboardInterrupt:
        w.rollback(); w.close()
        print(len(index) >= 80000)
"""
SEARCH = """
    with index.writer(durable=False) as w:
        w.put_many({"id": str(i), "body": " ".join(f"w{(i + k * 7) % 31}" for k in range(31))} for i in range(10000))
    snap = index.snapshot()
    query = " ".join(f'"w{i} w{(i + k) % 31}"~3' for i in range(31) for k in range(1, 10))
    say()
    try:
        while True: snap.search(query, exhaustive=True, exact_total=True)
    except KeyboardInterrupt:
        print(len(index) == 10000)
"""


COMMIT = """
    w = index.writer(durable=False, load=True, memory="16M")
    w.put({"id": "first"}); first = w.commit()
    w.put_many({"id": str(i), "body": " ".join(f"w{i * k % 99991}" for k in range(1, 40))} for i in range(60000))
    say()
    generations = []
    try:
        for i in range(3):
            generations.append(w.commit()); w.put({"id": "again", "body": str(i)}); w.merge(1)
        print("it was over before")
    except KeyboardInterrupt:
        assert generations == [] and len(index) == 1, (generations, len(index))
        w.put({"id": "more"})
        w.commit()
        w.close()
        print(len(index) == 60002)
"""


@pytest.mark.parametrize("what", [PUT, MERGE, SEARCH, COMMIT], ids=["put_many", "merge", "search", "commit"])
def test_sigint(what: str, tmp_path: Path) -> None:
    code = MAKE + what
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "i")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    began = time.perf_counter()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (out, err) == ("True\n", "")
    assert time.perf_counter() - began < 20
    assert [finding for finding in ps.check(tmp_path / "i") if finding.code != "OK"] == []


class Now(Exception):
    pass


def raise_now(*_: object) -> None:
    raise Now


def test_a_commit_is_cut_in_its_middle(tmp_path: Path) -> None:
    """What was put is still there for the next commit, and a block forgets it.

    The clock of CPU time ticks every few milliseconds; the commits here take many times that."""
    before = signal.signal(signal.SIGPROF, raise_now)
    documents = [{"id": str(i), "body": " ".join(f"w{i * k % 99991}" for k in range(1, 40))} for i in range(60000)]
    try:
        with ps.Index.create(tmp_path / "i") as index:
            w = index.writer(durable=False)
            w.put_many(documents)
            with w.snapshot() as snap:  # flushed: what the commit has left is a merge
                assert len(snap) == 60000
            w.put_many(documents)
            signal.setitimer(signal.ITIMER_PROF, 0.001)
            with pytest.raises(Now):
                w.commit(b"payload")
            assert len(index) == 0 and index.snapshot().payload == b""
            w.commit(b"payload")
            assert len(index) == 60000 and index.snapshot().payload == b"payload"
            w.close()
            with pytest.raises(Now), index.writer(durable=False) as w:
                w.put_many([*documents, {"id": "x"}])
                signal.setitimer(signal.ITIMER_PROF, 0.001)
            assert len(index) == 60000
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    assert [finding for finding in ps.check(tmp_path / "i", "deep") if finding.code != "OK"] == []


def test_progress_of_a_commit(memory: ps.Index) -> None:
    seen: list[tuple[int, int]] = []
    with memory.writer() as w:
        w.put_many({"id": str(i)} for i in range(100))
        w.commit(progress=lambda done, total: seen.append((done, total)))
        assert seen[-1] == (100, 100)

        def stop(done: int, total: int) -> None:
            raise Now

        w.put({"id": "y"})
        with pytest.raises(Now):
            w.commit(progress=stop)
        assert len(memory) == 100
    assert len(memory) == 101


def test_a_search_is_cut_in_its_middle(memory: ps.Index) -> None:
    """A handler that raises ends one long search, not the next call behind it; told by CPU time."""
    with memory.writer() as w:
        w.put_many({"id": str(i), "body": " ".join(f"w{(i + k * 7) % 31}" for k in range(31))} for i in range(20000))
    query = " ".join(f'"w{i} w{(i + k) % 31}"~3' for i in range(31) for k in range(1, 10))
    began = time.process_time()
    memory.search(query, exhaustive=True, exact_total=True)
    whole = time.process_time() - began
    if whole < 0.2:
        pytest.skip(f"over in {whole:.3f} s")

    before = signal.signal(signal.SIGPROF, raise_now)
    try:
        signal.setitimer(signal.ITIMER_PROF, whole / 10)
        began = time.process_time()
        with pytest.raises(Now):
            memory.search(query, exhaustive=True, exact_total=True)
        assert time.process_time() - began < whole * 0.7
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("many", [False, True], ids=["put", "put_many"])
def test_a_put_is_cut_in_its_flush(tmp_path: Path, many: bool) -> None:
    """The documents that fill the budget are still there, and the next put flushes them."""
    began = never = float("inf")

    def raise_if_long(*_: object) -> None:
        nonlocal began
        if time.perf_counter() - began > 0.06:  # no put takes that long but by a flush
            began = never
            raise Now

    before = signal.signal(signal.SIGALRM, raise_if_long)
    words = [f"w{i * 7919 % 99991}" for i in range(3000)]
    try:
        with ps.Index.create(tmp_path / "i") as index:
            w = index.writer(durable=False, memory="64M")
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
            n, cut = 0, False
            while n < 200_000 and not cut:
                body = " ".join(words[n * 31 % 2700 :][:300])
                try:
                    began = time.perf_counter()
                    if many:
                        w.put_many([{"id": str(n), "body": body}])
                    else:
                        w.put({"id": str(n), "body": body})
                except Now:
                    cut = w.stats()["documents_put"] == n  # else the handler ran late, behind a put
                began = never
                n += not cut
            signal.setitimer(signal.ITIMER_REAL, 0)
            if w.stats()["flushes"] > 0:
                w.close()
                pytest.skip("the flush was over before")
            assert cut and w.stats()["documents_put"] == n > 1000
            w.put({"id": "again"})
            assert w.stats()["flushes"] == 1
            w.commit()
            assert len(index) == n + 1
            w.close()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert [finding for finding in ps.check(tmp_path / "i", "deep") if finding.code != "OK"] == []
