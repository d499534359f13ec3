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
        w.put_many({"id": str(i), "body": " ".join(f"w{(i * k) % 5000}" for k in range(1, 30))} for i in range(30000))
    snap = index.snapshot()
    query = " ".join(f"w{i}*" for i in range(1, 100))
    began = time.perf_counter(); snap.search(query, exhaustive=True, exact_total=True); took = time.perf_counter() - began
    say()
    try:
        while True: snap.search(query, exhaustive=True, exact_total=True)
    except KeyboardInterrupt:
        print(len(index) == 30000)
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
    """A handler that raises ends one long search, not the next call behind it."""
    with memory.writer() as w:
        w.put_many({"id": str(i), "body": " ".join(f"w{(i * k) % 3000}" for k in range(1, 30))} for i in range(30000))
    query = " ".join(f"w{i}*" for i in range(1, 200))
    began = time.perf_counter()
    memory.search(query, exhaustive=True, exact_total=True)
    whole = time.perf_counter() - began
    if whole < 0.3:
        pytest.skip(f"over in {whole:.3f} s")

    class Now(Exception):
        pass

    def raise_now(*_: object) -> None:
        raise Now

    before = signal.signal(signal.SIGALRM, raise_now)
    try:
        signal.setitimer(signal.ITIMER_REAL, whole / 10)
        began = time.perf_counter()
        with pytest.raises(Now):
            memory.search(query, exhaustive=True, exact_total=True)
        assert time.perf_counter() - began < whole * 0.8
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
