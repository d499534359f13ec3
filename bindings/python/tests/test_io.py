"""Files and tables in; the command line; the exceptions' tree."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

import prismsearch as ps
from prismsearch import _errors

RECORDS = [{"id": "1", "title": "数据"}, {"id": "2", "n": 5}]
TEXT = "\n\n".join(json.dumps(r, ensure_ascii=False) for r in RECORDS) + "\n"


def test_read_ndjson(tmp_path: Path) -> None:
    (tmp_path / "x.ndjson").write_text(TEXT, encoding="utf-8")
    (tmp_path / "x.ndjson.gz").write_bytes(gzip.compress(TEXT.encode()))
    for source in (tmp_path / "x.ndjson", str(tmp_path / "x.ndjson.gz"), io.StringIO(TEXT), io.BytesIO(TEXT.encode())):
        assert list(ps.read_ndjson(source)) == RECORDS
    with pytest.raises(ValueError, match="record 2 is not JSON"):
        list(ps.read_ndjson(io.StringIO("{}\n{")))
    with pytest.raises(ValueError, match="record 1 is not an object"):
        list(ps.read_ndjson(io.StringIO("[]")))
    with pytest.raises(FileNotFoundError):
        list(ps.read_ndjson(tmp_path / "nothing"))


def test_read_zst(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    (tmp_path / "x.ndjson.zst").write_bytes(zstandard.compress(TEXT.encode()))
    assert list(ps.read_ndjson(tmp_path / "x.ndjson.zst")) == RECORDS


def test_pandas(memory: ps.Index) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "id": ["1", "2", "3"],
            "n": pandas.array([1, None, 3], dtype="Int64"),
            "price": [1.5, float("nan"), 2],
            "title": ["a", None, "c"],
            "date": pandas.to_datetime(["2026-01-01T10:00Z", None, "2026-01-03T00:00Z"]),
            "ok": [True, False, True],
        }
    )
    with memory.writer() as w:
        assert w.put_table(frame).put == 3
    assert memory["2"] == {"id": "2", "ok": False}
    assert memory["1"]["n"] == 1 and memory["1"]["date"].startswith("2026-01-01T10:00")


def test_polars(memory: ps.Index) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"id": ["1", "2"], "n": [1, None], "tags": [["x", "y"], None], "ok": [True, None]})
    with memory.writer() as w:
        assert w.put_table(frame).put == 2
    assert memory["1"] == {"id": "1", "n": 1, "tags": ["x", "y"], "ok": True} and memory["2"] == {"id": "2"}


def test_pyarrow(memory: ps.Index) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"id": ["1", "2"], "n": [1, None], "tags": [["x"], None], "price": [0.5, 2.5]})
    with memory.writer() as w:
        for what in (table, table.to_batches()[0], table.to_reader()):
            assert w.put_table(what).put == 2
    assert memory["1"] == {"id": "1", "n": 1, "tags": ["x"], "price": 0.5} and memory["2"] == {"id": "2", "price": 2.5}


def test_no_table(memory: ps.Index) -> None:
    with memory.writer() as w, pytest.raises(TypeError, match="neither a pandas"):
        w.put_table([1, 2])


def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
    command = [sys.executable, "-m", "prismsearch", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


def test_command_line(tmp_path: Path) -> None:
    index = str(tmp_path / "i")
    assert run("-i", index, "put", "-", stdin=TEXT) == (0, "", "2 put, 0 refused\n")
    code, out, _ = run("-i", index, "search", "数据", "--format", "json")
    assert code == 0 and json.loads(out)["fields"] == RECORDS[0]
    assert run("-i", index, "search", "数据", "--format", "ids")[:2] == (0, "1\n")
    code, out, err = run("-i", index, "search", "数据")
    assert code == 0 and "[数据]" in out and err == "1 of 1\n"
    assert run("-i", index, "search", "nothing")[0] == 1
    assert run("-i", index, "search", "(a", "--strict")[0] == 2
    assert run("-i", index, "get", "2", "9")[:2] == (0, '{"id": "2", "n": 5}\n')
    assert run("-i", index, "get", "9")[0] == 1
    assert json.loads(run("-i", index, "info")[1])["documents"] == 2
    assert run("-i", index, "check")[0] == 0
    assert [json.loads(line) for line in run("-i", index, "export")[1].splitlines()] == RECORDS
    assert run("-i", index, "put", "-", stdin='{"id":"3"}\n{"id":"4","date":"never"}\n')[0] == 7
    assert len(ps.open(index)) == 2
    code, _, err = run("-i", index, "put", "--on-error", "skip", "-", stdin='{"id":"3"}\n{"id":"4","date":"never"}\n')
    assert code == 7 and "record 2" in err and "1 put, 1 refused" in err
    assert run("-i", index, "rm", "1", "--query", "*:*")[::2] == (0, "3 deleted\n")
    assert run("-i", index, "rm", "1")[0] == 1
    assert run("-i", index + "x", "search", "a")[0] == 3
    assert run("-i", index, "put", "/no/such/file")[0] == 7
    assert run("frobnicate")[0] == 2
    assert run("--version")[1].strip() == ps.__version__


def test_the_tree_of_errors() -> None:
    assert len(_errors.BY_STATUS) == 21
    kinds = {name: kind for name, kind in vars(ps).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert set(_errors.BY_STATUS) <= set(kinds.values())
    assert all(issubclass(kind, ps.Error) for kind in kinds.values())
    assert issubclass(ps.ParseError, ValueError) and issubclass(ps.OutOfMemoryError, MemoryError)
    for name in kinds:
        assert name in ps.__all__ and name in (_errors.__doc__ or "")


def test_everything_public_is_documented_and_listed() -> None:
    assert sorted(ps.__all__) == ps.__all__
    for name in ps.__all__:
        thing = getattr(ps, name)
        assert thing.__doc__, name
        if isinstance(thing, type):
            for member, value in vars(thing).items():
                if not member.startswith("_") and callable(value):
                    assert value.__doc__, f"{name}.{member}"


def test_version_is_the_library_s() -> None:
    from importlib import metadata

    assert ps.__version__ == metadata.version("prismsearch")
