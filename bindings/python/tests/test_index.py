"""Making, opening and closing an index; what a snapshot says of itself."""

from __future__ import annotations

import datetime
import uuid
from pathlib import Path

import pytest

import prismsearch as ps
from conftest import DOCUMENTS, SCHEMA


def test_create_open_and_paths(tmp_path: Path) -> None:
    ps.Index.create(tmp_path / "x").close()
    with ps.open(str(tmp_path / "x")) as index:
        assert len(index) == 0 and index and index.path == str(tmp_path / "x")
        assert index.schema.key == "id" and index.schema["title"]["boost"] == 2
    with pytest.raises(ps.ExistsError):
        ps.Index.create(tmp_path / "x")
    ps.Index.create(tmp_path / "x", exist_ok=True).close()
    with pytest.raises(ps.NotFoundError) as caught:
        ps.open(tmp_path / "nothing")
    assert caught.value.code == "ENOTFOUND" and isinstance(caught.value, LookupError)
    with pytest.raises(ValueError, match="null"):
        ps.open("a\0b")
    with pytest.raises(ValueError, match="lazy, eager, off"):
        ps.open(tmp_path / "x", checksums="never")


@pytest.mark.parametrize("how", [{}, {"checksums": "eager"}, {"checksums": "off"}, {"use_pread": True}, {"read_only": True}])
def test_ways_to_open(index: ps.Index, how: dict[str, object]) -> None:
    with ps.Index.open(index.path, **how) as other:  # type: ignore[arg-type]
        assert other.search("apple").keys == ["a", "b"]


def test_read_only_refuses_a_writer(index: ps.Index) -> None:
    with ps.Index.open(index.path, read_only=True) as other, pytest.raises(ps.ReadOnlyError):
        other.writer()


def test_commits_back(index: ps.Index) -> None:
    with index.writer(durable=False) as w:
        w.delete("a")
    with ps.Index.open(index.path, commits_back=1) as older:
        assert len(older) == 3 and len(index) == 2


def test_snapshots_stay(index: ps.Index) -> None:
    with index.snapshot() as before:
        first = before.generation
        with index.writer(durable=False) as w:
            w.put({"id": "d", "body": "new"})
            assert w.commit(payload=b"mark\0") == first + 1
        assert len(before) == 3 and before.payload == b"" and "d" not in before
        after = before.refresh()
        assert after is not before and len(after) == 4 and after.payload == b"mark\0"
        assert after.refresh() is after
        assert after.uuid == before.uuid and isinstance(after.uuid, uuid.UUID)
        assert (after.segments, after.deleted) == (2, 0)
        after.close()


def test_documents(index: ps.Index) -> None:
    assert index["c"] == DOCUMENTS[2]
    assert index.get("nobody") is None and index.get("nobody", 7) == 7
    assert "a" in index and "z" not in index and 3 not in index
    with pytest.raises(KeyError):
        index["nobody"]
    assert list(index) == DOCUMENTS


def test_scan_goes_over_many_pages(memory: ps.Index) -> None:
    with memory.writer() as w:
        w.put_many({"id": str(i), "n": i % 7} for i in range(2000))
        w.delete("5")
    assert [int(hit.key) for hit in memory.scan()] == [i for i in range(2000) if i != 5]
    assert [hit["n"] for hit in memory.scan("n:>=5", sort="n:desc")] == [6] * 285 + [5] * 284


def test_words(index: ps.Index) -> None:
    assert index.terms("body", "app") == [("appl", "word", 2, 2)]
    assert [t.term for t in index.terms("body", limit=2)] == sorted(t.term for t in index.terms("body", limit=2))
    with pytest.raises(ps.NotFoundError):
        index.terms("nobody")
    tokens = index.analyze("Wi-Fi 数据")
    assert tokens[0].start == 0 and {t.kind for t in tokens} >= {"word", "han2"}
    assert index.info()["documents"] == 3


def test_closed(index: ps.Index) -> None:
    snap = index.snapshot()
    index.close()
    index.close()
    assert index.closed and "closed" in repr(index)
    for call in (index.snapshot, index.writer, lambda: index.search("x"), lambda: len(index)):
        with pytest.raises(ValueError, match="the index is closed"):
            call()
    assert len(snap) == 3  # lives on
    snap.close()
    with pytest.raises(ValueError, match="the snapshot is closed"), snap:
        pass
    assert repr(snap) == "<prismsearch.Snapshot closed>"


def test_hits_live_on(index: ps.Index) -> None:
    hits = index.search("apple")
    index.close()
    assert hits[0]["title"] == "Apple pie" and hits[1].snippet("title") == "Pear tree"


def test_backup_and_restore(index: ps.Index, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    result = index.backup(tmp_path / "copy", copy=True, progress=lambda done, total: seen.append((done, total)))
    assert result["documents"] == 3 and seen and seen[-1][0] == seen[-1][1]
    assert ps.restore(tmp_path / "copy", tmp_path / "back")["documents"] == 3
    with ps.open(tmp_path / "back") as back:
        assert list(back) == DOCUMENTS
    with pytest.raises(ps.ExistsError):
        index.backup(tmp_path / "copy")


def test_schema_round_trip() -> None:
    schema = ps.Schema(SCHEMA)  # type: ignore[arg-type]
    assert list(schema) == list(SCHEMA) and len(schema) == 8 and schema["tags"]["many"] is True
    import json

    assert ps.Schema(json.dumps(schema.to_dict())) == schema and hash(schema) == hash(ps.Schema(schema))
    assert "title: text" in repr(schema)
    with pytest.raises(KeyError):
        schema["nothing"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"a": 3}, TypeError),
        ({"a": ps.Key(), "b": ps.Key()}, ValueError),
        ({"a": "nosuchtype"}, ps.InvalidError),
        ({"a": ps.Text(options={"stem": "klingon"})}, ps.InvalidError),
        ("{", ps.ParseError),
        ({"a": ps.Text(boost=-1)}, ps.InvalidError),
    ],
)
def test_wrong_schemas(wrong: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        ps.Schema(wrong)  # type: ignore[arg-type]


def test_set_schema(index: ps.Index) -> None:
    with index.writer(durable=False) as w:
        w.set_schema(w.schema.with_fields({"author": ps.Keyword(column=True), "lang": "keyword"}))
        w.put({"id": "d", "author": "Li Bai"})
    assert "author" in index.schema and index.search("author:'li bai'").total >= 0
    assert index.search(ps.term("li bai", "author")).keys == ["d"]
    with index.writer(durable=False) as w, pytest.raises(ps.InvalidError):
        w.set_schema({"id": ps.Text()})


def test_dates_come_as_text_and_sort_as_datetime(index: ps.Index) -> None:
    zone = datetime.timezone(datetime.timedelta(hours=8))
    with index.writer(durable=False) as w:
        w.put({"id": "d", "date": datetime.datetime(2026, 2, 3, 1, 30, tzinfo=zone)})
        w.put({"id": "e", "date": datetime.date(2024, 5, 6)})
    assert index["d"]["date"] == "2026-02-02T17:30:00+00:00" and index["e"]["date"] == "2024-05-06"
    hits = index.search("date:*", sort="date:desc")
    assert hits.keys == ["d", "c", "a", "e"]
    assert hits[0].sort_values == (datetime.datetime(2026, 2, 2, 17, 30, tzinfo=datetime.timezone.utc),)
    assert index.search(ps.range("date", datetime.date(2026, 1, 1))).keys == ["c", "d"]
