"""Many threads at once: readers while one writes, close while others are inside, the lock given up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import prismsearch as ps


def test_eight_readers_while_one_writes(tmp_path: Path) -> None:
    """Every reader sees whole commits only: each has ten documents of its number."""
    done = threading.Event()
    problems: list[str] = []

    def read(index: ps.Index) -> int:
        rounds = 0
        while not done.is_set() or rounds == 0:
            with index.snapshot() as snap:
                if len(snap) % 10:
                    problems.append(f"{len(snap)} documents")
                newest = snap.search("word", 1, sort="n:desc")
                if len(newest) and snap.count(ps.range("n", newest[0]["n"], newest[0]["n"])) != 10:
                    problems.append("part of a commit")
                for hit in index.search("word 数据", 5):
                    if hit["id"] != hit.key or "<mark>" not in hit.snippet("body"):
                        problems.append("another document")
            rounds += 1
        return rounds

    schema = {"id": ps.Key(), "body": ps.Text(), "n": ps.Int(column=True)}
    with ps.Index.create(tmp_path / "i", schema) as index, ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read, index) for _ in range(8)]
        with index.writer(durable=False, threads=2) as w:
            for commit in range(40):
                w.put_many({"id": f"{commit}-{i}", "body": f"word 数据库 {i}", "n": commit} for i in range(10))
                w.commit()
            w.merge(1)
        done.set()
        assert all(reader.result() > 0 for reader in readers) and not problems
        assert len(index) == 400
    assert [finding for finding in ps.check(tmp_path / "i", "deep") if finding.code != "OK"] == []


def test_writers_of_many_threads(memory: ps.Index) -> None:
    with memory.writer() as w, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda t: [w.put({"id": f"{t}-{i}"}) for i in range(200)], range(8)))
        list(pool.map(lambda t: w.put_many({"id": f"many {t}-{i}"} for i in range(200)), range(8)))
    assert len(memory) == 3200


def test_the_schema_beside_its_changes(memory: ps.Index) -> None:
    """A schema taken while another thread changes it and goes back is one of the two."""
    first = memory.schema
    second = first.with_fields({"more": ps.Int()})
    done = threading.Event()

    def change(w: ps.Writer) -> None:
        for _ in range(300):
            w.set_schema(second)
            w.rollback()
        done.set()

    with memory.writer() as w, ThreadPoolExecutor(3) as pool:
        changes = pool.submit(change, w)

        def take() -> int:
            n = 0
            while not done.is_set():
                taken = w.schema
                n += list(taken) in (list(first), list(second)) and taken["title"]["type"] == "text"
            return n

        users = [pool.submit(take) for _ in range(2)]
        changes.result()
        assert all(user.result() > 0 for user in users)


def test_close_while_others_are_inside(tmp_path: Path) -> None:
    """Never a crash: a call either works or says that the handle is closed."""
    with ps.Index.create(tmp_path / "i") as index, index.writer(durable=False) as w:
        w.put_many({"id": str(i), "body": f"word w{i}"} for i in range(3000))
    for _ in range(20):
        index = ps.open(tmp_path / "i")
        snap = index.snapshot()
        writer = index.writer(durable=False)

        def use(number: int) -> None:
            try:
                for i in range(50):
                    snap.search("w*", exact_total=True)
                    len(index)
                    writer.put({"id": f"x{number}-{i}"})
            except ValueError as error:
                assert "is closed" in str(error)

        with ThreadPoolExecutor(6) as pool:
            users = [pool.submit(use, number) for number in range(6)]
            time.sleep(0.005)
            snap.close()
            index.close()
            writer.close()
            for user in users:
                user.result()


def test_the_lock_is_given_up(memory: ps.Index) -> None:
    """While a long call runs, another thread counts."""
    with memory.writer(max_segments=1000) as w:
        for part in range(3):
            w.put_many({"id": f"{part}-{i}", "body": f"word w{i} v{i % 777} 数据 {i}"} for i in range(20000))
            w.commit()
        ticks = 0
        done = threading.Event()

        def merge() -> None:
            w.merge(1)
            done.set()

        thread = threading.Thread(target=merge)
        began = time.perf_counter()
        thread.start()
        while not done.is_set():
            time.sleep(0.0005)
            ticks += 1
        took = time.perf_counter() - began
        thread.join()
    if took < 0.05:
        pytest.skip(f"over in {took:.3f} s")
    assert ticks > took / 0.0005 / 20


def test_one_object_in_many_threads(memory: ps.Index) -> None:
    """Hits, a document that changes, and handles that close, each in eight threads at once: what a free-threaded
    Python makes of it; with a global lock it cannot fail."""
    with memory.writer() as w:
        w.put_many({"id": str(i), "title": f"title {i}", "body": f"word 数据库 {i}"} for i in range(20))
    start = threading.Barrier(8)

    def read(hits: ps.Hits) -> int:
        start.wait()
        good = 0
        for hit in hits:
            good += hit["title"] == f"title {hit.key}" and hit["id"] == hit.key and "<mark>" in hit.snippet("body")
            good += hit.fields["title"] == hit["title"] and hits.next is None
        return good

    document: dict[str, object] = {"id": "shared"}

    def change(w: ps.Writer, number: int) -> None:
        start.wait()
        for i in range(300):
            document[f"k{number}-{i % 7}"] = [i, str(i)]
            try:
                w.put(document)
            except RuntimeError as error:
                assert "changed" in str(error)
            document.pop(f"k{number}-{(i + 3) % 7}", None)

    def close(handles: list[ps.Snapshot]) -> None:
        start.wait()
        for handle in handles:
            try:
                handle.search("word", 3)
            except ValueError as error:
                assert "is closed" in str(error)
            handle.close()

    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            hits = memory.search("word 数据", 20)
            assert list(pool.map(read, [hits] * 8)) == [40] * 8
        with memory.writer() as w:
            list(pool.map(change, [w] * 8, range(8)))
            assert w.stats()["documents_put"] > 0
        for _ in range(20):
            handles = [memory.snapshot() for _ in range(10)]
            list(pool.map(close, [handles] * 8))
            assert all(handle.closed for handle in handles)
    assert memory["shared"]["id"] == "shared"
