"""Putting, deleting, committing; documents of every kind; what is refused."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

import prismsearch as ps
from conftest import run_python


def test_block_commits_or_forgets(index: ps.Index) -> None:
    with index.writer(durable=False) as w:
        w.put({"id": "d"})
    assert w.closed and len(index) == 4
    with pytest.raises(RuntimeError), index.writer(durable=False) as w:
        w.put({"id": "e"})
        raise RuntimeError
    assert w.closed and len(index) == 4
    with index.writer(durable=False) as w:
        w.put({"id": "e"})
        w.close()
    assert len(index) == 4


def test_one_writer(index: ps.Index) -> None:
    with index.writer(durable=False), pytest.raises(ps.LockedError):
        index.writer()
    index.writer().close()


def test_replace_delete_rollback(index: ps.Index) -> None:
    with index.writer(durable=False) as w:
        w.put({"id": "a", "body": "replaced"})
        assert w.delete("b") and not w.delete("b") and not w.delete("nobody")
        w.rollback()
        assert w.delete("b")
        w.put({"id": "a", "body": "replaced"})
        w.add({"id": "new", "body": "replaced"})
        with w.snapshot() as snap:
            assert len(snap) == 3 and "b" not in snap
        assert len(index) == 3 and "b" in index  # nobody else sees it
    assert index["a"] == {"id": "a", "body": "replaced"} and index.search("replaced").total == 2
    with index.writer(durable=False) as w:
        assert w.delete_where(ps.term("replaced")) == 2 and w.delete_where("nothing") == 0
        stats = w.stats()
        assert stats["documents_deleted"] == 2 and stats["merge_error"] == "" == stats["first_unknown_field"]
        assert len(stats) == 11 and all(isinstance(name, str) for name in stats)
        w.put({"id": "u", "unheard": 1})
        assert w.stats()["first_unknown_field"] == "unheard" and w.stats()["unknown_fields"] == 1
        w.rollback()
        assert w.delete_where(ps.term("replaced")) == 2
    assert list(index) == [index["c"]]


def test_kinds_of_documents(memory: ps.Index) -> None:
    class Lazy(dict):  # type: ignore[type-arg]
        pass

    from collections import UserDict

    with memory.writer() as w:
        for number, document in enumerate(
            [
                {"id": "0", "title": "x"},
                Lazy(id="1", title="x"),
                UserDict(id="2", title="x"),
                '{"id":"3","title":"x"}',
                b'{"id":"4","title":"x"}',
                bytearray(b'{"id":"5","title":"x"}'),
                memoryview(b'{"id":"6","title":"x"}'),
            ]
        ):
            w.put(document)  # type: ignore[arg-type]
            assert w.stats()["documents_put"] == number + 1
    assert sorted(memory.search("title:x").keys) == [str(i) for i in range(7)]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (5, TypeError),
        (None, TypeError),
        (["id"], TypeError),
        ({5: "x"}, TypeError),
        ({"id": object()}, TypeError),
        ({"id": b"bytes"}, TypeError),
        ({"price": float("nan")}, ValueError),
        ({"title": "\ud800"}, ValueError),
        ("{", ps.ParseError),
        (b"[]", ps.ParseError),
        (b"\xff", ps.ParseError),
        ({"n": "many"}, ps.RejectedError),
        ({"date": "tomorrow"}, ps.RejectedError),
        ({"n": 1 << 70}, ps.ParseError),
        ({"id": "k" * 2000}, ps.RejectedError),
    ],
)
def test_refused_documents(memory: ps.Index, wrong: object, error: type[Exception]) -> None:
    with memory.writer() as w:
        with pytest.raises(error) as caught:
            w.put(wrong)  # type: ignore[arg-type]
        assert isinstance(caught.value, (ValueError, TypeError))
        w.put({"id": "fine"})
    assert memory.search("*:*").keys == ["fine"]


def test_mistakes_name_their_place(memory: ps.Index) -> None:
    with memory.writer() as w, pytest.raises(TypeError) as caught:
        w.put({"id": "a", "tags": ["x", {"deep": object()}]})
    assert caught.value.__notes__ == ["in member 'deep' of the document", "in member 'tags' of the document"]


def test_put_many_raises_with_the_place(memory: ps.Index) -> None:
    with memory.writer() as w:
        with pytest.raises(ps.RejectedError) as caught:
            w.put_many([{"id": "0"}, {"id": "1"}, {"id": "2", "n": "x"}, {"id": "3"}])
        assert caught.value.document == 2 and str(caught.value).startswith("document 2: ")
    assert memory.search("*:*").keys == ["0", "1"]


def test_put_many_collects(memory: ps.Index) -> None:
    documents = [{"id": str(i), "n": "x" if i % 10 == 3 else i} for i in range(2000)]
    documents[7] = 5  # type: ignore[call-overload]
    with memory.writer() as w:
        result = w.put_many(documents, on_error="collect")
    assert [r.document for r in result.rejected] == [i for i in range(2000) if i % 10 == 3 or i == 7]
    assert result.put == 1799 == len(memory)
    assert all(isinstance(r.error, (ps.RejectedError, TypeError)) for r in result.rejected)
    with memory.writer() as w, pytest.raises(ValueError):
        w.put_many([], on_error="ignore")


class Raises:
    """A number that is none."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __float__(self) -> float:
        raise self.error


class Torn:
    def keys(self) -> list[str]:
        return ["id"]

    def __getitem__(self, name: str) -> str:
        raise KeyError(name)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"price": Raises(OverflowError("too large"))}, OverflowError),
        ({"price": Raises(ZeroDivisionError())}, ZeroDivisionError),
        ({"price": Raises(RuntimeError())}, RuntimeError),
        (memoryview(bytearray(8))[::2], BufferError),
        (Torn(), KeyError),
        ({"n": 10**5000}, ValueError),
        ({"unheard": -(10**5000)}, ValueError),
        ({"unheard": 1 << 64}, ps.ParseError),
    ],
)
def test_whatever_is_wrong_with_a_document_is_collected(memory: ps.Index, wrong: object, error: type[Exception]) -> None:
    with memory.writer() as w:
        result = w.put_many([{"id": "1"}, wrong, {"id": "2"}], on_error="collect")  # type: ignore[list-item]
        assert result.put == 2 and [r.document for r in result.rejected] == [1]
        assert isinstance(result.rejected[0].error, error)
        with pytest.raises(error):
            w.put(wrong)  # type: ignore[arg-type]
    assert sorted(memory.search("*:*").keys) == ["1", "2"]


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt(), SystemExit()])
def test_what_is_no_fault_of_a_document_is_raised(memory: ps.Index, error: BaseException) -> None:
    with memory.writer() as w:
        with pytest.raises(type(error)):
            w.put_many([{"id": "1"}, {"id": "2", "price": Raises(error)}], on_error="collect")
    assert memory.search("*:*").keys == ["1"]


def test_numbers_too_long_for_a_document_say_so(memory: ps.Index) -> None:
    with memory.writer() as w, pytest.raises(ValueError, match="too many digits") as caught:
        w.put({"id": "a", "n": 10**5000})
    assert caught.value.__notes__ == ["in member 'n' of the document"]
    with memory.writer() as w:
        w.put({"id": "a", "unheard": [(1 << 64) - 1, -(1 << 63)]})
    assert memory["a"]["unheard"] == [(1 << 64) - 1, -(1 << 63)]


def test_put_many_of_a_failing_iterable(memory: ps.Index) -> None:
    def some() -> object:
        yield {"id": "1"}
        yield {"id": "2"}
        raise OSError("torn")

    with memory.writer() as w:
        with pytest.raises(OSError, match="torn"):
            w.put_many(some())  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            w.put_many(5)  # type: ignore[arg-type]
    assert memory.search("*:*").keys == ["1", "2"]


def test_an_iterable_may_use_the_writer(memory: ps.Index) -> None:
    with memory.writer() as w:

        def some() -> object:
            for i in range(1500):
                w.put({"id": f"inner{i % 3}"})
                yield {"id": str(i)}
            w.close()

        assert w.put_many(some()).put == 1500  # type: ignore[arg-type]
        assert w.closed
    with memory.writer() as w:
        assert w.put_many(iter([])) == (0, [])


def test_documents_that_change_while_they_are_read(memory: ps.Index) -> None:
    document: dict[str, object] = {"id": "1"}

    class Nasty:
        def __index__(self) -> int:
            document.clear()
            document.update({f"x{i}": "y" for i in range(100)})
            return 7

    document["n"] = Nasty()
    document["title"] = "after"
    with memory.writer() as w:
        try:
            w.put(document)
        except (ps.Error, RuntimeError):
            pass


def test_merge_and_progress(memory: ps.Index) -> None:
    with memory.writer(max_segments=100) as w:
        for i in range(5):
            w.put({"id": str(i)})
            w.commit()
        seen: list[tuple[int, int]] = []
        w.merge(1, progress=lambda done, total: seen.append((done, total)))
        assert seen and seen[-1][0] == seen[-1][1] > 0
    assert memory.snapshot().segments == 1
    with memory.writer(max_segments=100) as w:
        w.put({"id": "x"})
        w.commit()

        def stop(done: int, total: int) -> None:
            raise RuntimeError("enough")

        with pytest.raises(RuntimeError, match="enough"):
            w.merge(1, progress=stop)
        w.put({"id": "y"})
    assert len(memory) == 7


def test_add_indexes(index: ps.Index, tmp_path: Path) -> None:
    with ps.Index.create(tmp_path / "other", index.schema) as other, other.writer(durable=False) as w:
        w.put({"id": "a", "body": "theirs"})
        w.put({"id": "z", "body": "theirs"})
    with index.writer(durable=False) as w:
        w.add_indexes([tmp_path / "other"])
        with pytest.raises(ps.NotFoundError):
            w.add_indexes(["nowhere"])
    assert index["a"]["body"] == "theirs" and len(index) == 4


def test_options(index: ps.Index) -> None:
    with pytest.raises(ps.InvalidError):
        index.writer(memory=5)
    with pytest.raises(ps.InvalidError):
        index.writer(reorder="nonsense")
    with index.writer(memory="16M", threads=2, load=True, keep_commits=3, strict_schema=True, reorder="bp") as w:
        with pytest.raises(ps.RejectedError):
            w.put({"id": "q", "unknown": 1})
        w.put({"id": "q"})
    assert "q" in index


def test_a_writer_that_is_forgotten_warns(index: ps.Index) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        index.writer()
    assert [w.category for w in caught] == [ResourceWarning]
    index.writer().close()  # and its lock is gone


def test_fork(index: ps.Index) -> None:
    with index.writer(durable=False) as w:
        w.put({"id": "parent"})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            code = 1
            try:
                assert len(index) == 3 and index.search("apple").total == 2
                try:
                    w.put({"id": "child"})
                except ps.MisuseError:
                    code = 0
                w.close()
            finally:
                os._exit(code)
        assert os.waitpid(pid, 0)[1] == 0
    assert "parent" in index and "child" not in index


def test_fork_amid_puts(tmp_path: Path) -> None:
    """A child closes the writer that another thread was using; its parent goes on as if there were none."""
    code = """if True:
        import os, sys, threading, warnings
        warnings.simplefilter("ignore")
        import prismsearch as ps
        index = ps.Index.create(sys.argv[1])
        w = index.writer(durable=False, memory="16M", threads=int(sys.argv[2]))
        stop = threading.Event()
        count = 0
        def put():
            global count
            while not stop.is_set():
                w.put({"id": str(count), "body": " ".join(f"w{count * 50 + k}" for k in range(50))}); count += 1
        thread = threading.Thread(target=put)
        thread.start()
        for i in range(20):
            pid = os.fork()
            if pid == 0:
                w.close()
                index.close()
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        stop.set(); thread.join()
        w.commit(); w.close()
        print(len(index) == count)
    """
    for threads in ("1", "3"):
        done = run_python(code, str(tmp_path / threads), threads, capture_output=True, text=True)
        assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)  # type: ignore[attr-defined]


def test_everything_ends_well_without_close(tmp_path: Path) -> None:
    code = """if True:
        import sys, warnings
        warnings.simplefilter("ignore")
        import prismsearch as ps
        index = ps.Index.create(sys.argv[1])
        writer = index.writer(threads=2)
        writer.put({"id": "1", "body": "x"})
        writer.commit()
        hits = index.search("x")
        writer.put({"id": "2", "body": "x"})
        print(hits[0]["body"])
    """
    done = run_python(code, str(tmp_path / "i"), capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("x\n", "", 0)  # type: ignore[attr-defined]


def test_the_first_error_of_a_batch_is_seen(index: ps.Index) -> None:
    def documents() -> object:
        yield {"id": "x"}
        yield b"{not json"
        yield {"id": "y"}
        raise OSError("the source ended")

    with pytest.raises(ps.Error), index.writer(durable=False) as w:
        w.put_many(documents())  # type: ignore[arg-type]


def test_paths_with_a_nul_are_refused(index: ps.Index, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        ps.repair(f"{tmp_path}/ix\0elsewhere")


def test_a_callback_does_not_wait_for_itself(index: ps.Index) -> None:
    with index.writer(durable=False) as w:
        w.put({"id": "z"})
        w.commit()
        with pytest.raises(RuntimeError, match="amid a call"):
            w.merge(1, progress=lambda done, total: w.rollback())
        w.put({"id": "zz"})
    assert index.search("*:*").total >= 1
