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


@pytest.mark.parametrize("what", [PUT, MERGE, SEARCH], ids=["put_many", "merge", "search"])
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

    class Now(Exception):
        pass

    def raise_now(*_: object) -> None:
        raise Now

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
