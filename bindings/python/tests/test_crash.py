"""kill -9 in the middle of a put: what was committed is there, all of it or none, and nothing is damaged."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import prismsearch as ps

CODE = """if True:
    import sys, itertools
    import prismsearch as ps
    index = ps.Index.open(sys.argv[1])
    start = len(index) // 100
    with index.writer(memory="16M", threads=2) as w:
        for commit in itertools.count(start):
            w.put_many({"id": f"{commit}-{i}", "body": f"word 数据库 {i} " * 20, "n": commit} for i in range(100))
            w.commit(payload=str(commit).encode())
            print(commit, flush=True)
"""
ROUNDS = 6


def test_kill_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "i"
    chance = random.Random(20261130)
    ps.Index.create(path, {"id": ps.Key(), "body": ps.Text(), "n": ps.Int(column=True)}).close()
    acknowledged = -1
    for _ in range(ROUNDS):
        process = subprocess.Popen([sys.executable, "-c", CODE, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        acknowledged = max(acknowledged, int(process.stdout.readline()))
        time.sleep(chance.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        for line in process.communicate(timeout=60)[0].split():
            acknowledged = max(acknowledged, int(line))
        with ps.open(path) as index:
            snap = index.snapshot()
            last = int(snap.payload)
            assert last in (acknowledged, acknowledged + 1)
            assert len(snap) == (last + 1) * 100 == snap.count("数据库")
            acknowledged = last
    assert [finding for finding in ps.check(path, "deep") if finding.code != "OK"] == []
