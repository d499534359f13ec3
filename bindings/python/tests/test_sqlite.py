"""The extension for SQLite that comes with the package, in whatever SQLite Python can load extensions into."""

from __future__ import annotations

import importlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import prismsearch as ps

try:
    PATH = ps.sqlite_extension_path()
except ps.UnsupportedError as error:
    pytest.skip(str(error), allow_module_level=True)

SILICON = [{"id": str(i), "title": f"w{i}", "body": "custom silicon <数据中心> " + "x " * (i % 3)} for i in range(30)]
OPENED: list[Any] = []


@pytest.fixture(autouse=True)
def closed_after() -> Iterator[None]:
    """Later Pythons warn of connections that the collector closes, in whatever test that is."""
    yield
    while OPENED:
        OPENED.pop().close()


def standard(path: str) -> Any:
    connection = sqlite3.connect(path, check_same_thread=False)
    OPENED.append(connection)
    if not hasattr(connection, "enable_load_extension"):
        pytest.skip("this Python's sqlite3 loads no extensions")
    connection.enable_load_extension(True)
    connection.load_extension(PATH)
    return connection


def another(path: str) -> Any:
    """A newer SQLite, which tells by itself of interrupts."""
    apsw = pytest.importorskip("apsw")
    connection = apsw.Connection(path)
    OPENED.append(connection)
    connection.enable_load_extension(True)
    connection.load_extension(PATH)
    return connection


both = pytest.mark.parametrize("connect", [standard, another])
Connect = Callable[[str], Any]


@both
def test_tokenizer(connect: Connect) -> None:
    db = connect(":memory:")
    db.execute("create virtual table t using fts5(x, tokenize = 'prism')")
    db.execute("insert into t values ('美國參議員針對AI公司的數據中心展開調查')")
    found = list(db.execute("select highlight(t, 0, '[', ']') from t where t match '数据中心'"))
    assert found == [("美國參議員針對AI公司的[數據中心]展開調查",)]
    assert list(db.execute("select prism_version()")) == [(ps.__version__,)]


@both
def test_an_index_as_a_table(connect: Connect, tmp_path: Path) -> None:
    with ps.Index.create(tmp_path / "i") as index:
        with index.writer(durable=False) as w:
            w.put_many(SILICON)
        db = connect(":memory:")
        sql = "select key, rank, snippet, total from prism_search(?, ?, 5) order by rank"
        rows = list(db.execute(sql, (str(tmp_path / "i"), "silicon 数据")))
        assert [row[0] for row in rows] == index.search("silicon 数据", 5).keys and rows[0][3] == 30
        assert "<mark>silicon</mark> &lt;<mark>数据</mark>" in rows[0][2]
        with index.writer(durable=False) as w:
            w.delete_where("*:*")
        assert list(db.execute(sql, (str(tmp_path / "i"), "silicon"))) == []


@both
def test_eight_readers_while_one_writes(connect: Connect, tmp_path: Path) -> None:
    path = str(tmp_path / "i")
    with ps.Index.create(path) as index, index.writer(durable=False) as w:
        w.put_many(SILICON)
        w.commit()
        connect(":memory:")
        stop, problems = threading.Event(), []

        def read() -> None:
            try:
                db = connect(":memory:")
                while not stop.is_set():
                    (total,) = next(iter(db.execute("select max(total) from prism_search(?, 'silicon')", (path,))))
                    if total % 30:
                        problems.append(total)
            except Exception as error:
                problems.append(error)

        readers = [threading.Thread(target=read) for _ in range(8)]
        for reader in readers:
            reader.start()
        for i in range(20):
            w.put_many({**document, "id": f"{i}-{document['id']}"} for document in SILICON)
            w.commit()
        stop.set()
        for reader in readers:
            reader.join()
        assert problems == []


@both
def test_interrupt(connect: Connect, tmp_path: Path) -> None:
    path = str(tmp_path / "i")
    with ps.Index.create(path) as index, index.writer(durable=False) as w:
        w.put_many({"id": str(i), "body": " ".join(f"w{(i + k * 7) % 31}" for k in range(31))} for i in range(8000))
    query = " ".join(f'"w{i} w{(i + k) % 31}"~3' for i in range(31) for k in range(1, 10))
    db = connect(":memory:")
    sql = "select max(total) from prism_search(?, ?)"
    began = time.thread_time()
    list(db.execute(sql, (path, query)))
    whole = time.thread_time() - began
    timer = threading.Timer(whole / 10, db.interrupt)
    timer.start()
    began = time.thread_time()
    with pytest.raises(Exception, match="(?i)interrupt"):
        list(db.execute(sql, (path, query)))
    assert whole < 0.1 or time.thread_time() - began < whole * 0.7
    timer.join()
    assert list(db.execute(sql, (path, "w1"))) == [(8000,)]


def test_without_it_the_package_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = importlib.import_module("prismsearch._sqlite_path")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "x.py"))
    with pytest.raises(ps.UnsupportedError, match="headers"):
        ps.sqlite_extension_path()
