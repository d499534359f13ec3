"""Words cut by a function in Python."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import prismsearch as ps


def by_commas(text: str) -> Iterator[tuple[str, int, int]]:
    start = 0
    for part in text.split(","):
        if part.strip():
            yield part.strip().casefold(), start, start + len(part)
        start += len(part) + 1


COMMAS = ps.Tokenizer("commas", "1", by_commas)


def schema() -> ps.Schema:
    return ps.Schema({"id": ps.Key(), "body": ps.Text(analyzer="commas"), "title": ps.Text()}, tokenizers=[COMMAS])


def test_documents_queries_highlights(tmp_path: Path) -> None:
    with ps.Index.create(tmp_path / "i", schema()) as index:
        with index.writer(durable=False, threads=2) as w:
            w.put({"id": "a", "body": "数据 库,é 😀 x,Big Apple,", "title": "pie"})
            w.put({"id": "b", "body": "apple,pie"})
        assert index.search(ps.term("big apple", fields="body")).keys == ["a"]
        assert index.search(ps.term("apple", fields="body")).keys == ["b"]
        hit = index.search(ps.phrase("数据 库,É 😀 X", fields="body"))[0]
        assert hit.key == "a" and hit.snippet("body", ("[", "]"), whole=True) == "[数据 库],[é 😀 x],Big Apple,"
        assert [(t.term, t.pos) for t in index.analyze("b,,c d", "body")] == [("b", 0), ("c d", 1)]
    with pytest.raises(ps.AnalyzerError, match="commas"):
        ps.open(tmp_path / "i")
    with pytest.raises(ps.AnalyzerError):
        ps.open(tmp_path / "i", tokenizers=[ps.Tokenizer("commas", "2", by_commas)]).snapshot()
    with ps.open(tmp_path / "i", tokenizers=[COMMAS]) as index:
        assert index.search(ps.term("pie", fields="body")).keys == ["b"]
        with index.writer(durable=False) as w:
            w.set_schema(schema().with_fields({"more": ps.Int()}))
    assert [f for f in ps.check(tmp_path / "i", "deep", tokenizers=[COMMAS]) if f.code != "OK"] == []
    assert ps.Index.create(tmp_path / "i", schema(), exist_ok=True).search("*:*").total == 2


@pytest.mark.parametrize(
    "tokens",
    [[("x",)], [5], 5, [("x", 0, 99)], [("x", -1, 1)], [("x", 2, 1)], [("", 0, 1)], [("x", 0, 1, 5), ("y", 0, 1, 4)], [("\ud800", 0, 1)], [(b"x", 0, 1)]],
)
def test_what_a_tokenizer_does_wrong_refuses_the_document(tokens: object) -> None:
    bad = ps.Tokenizer("bad", "1", lambda text: tokens if text.startswith("bad") else [])  # type: ignore[arg-type, return-value]
    with ps.Index.in_memory(ps.Schema({"id": ps.Key(), "body": ps.Text(analyzer="bad")}, tokenizers=[bad])) as index:
        with index.writer() as w:
            result = w.put_many([{"id": "1", "body": "bad é"}, {"id": "2", "body": "good"}], on_error="collect")
        assert result.put == 1 and isinstance(result.rejected[0].error, ps.InvalidError) and "bad" in str(result.rejected[0].error)
        assert index.search("*:*").keys == ["2"]


def test_exceptions_become_errors_and_interrupts_stay() -> None:
    def raising(text: str) -> list[tuple[str, int, int]]:
        if text == "wrong":
            raise LookupError("no such words")
        if text == "stop":
            raise KeyboardInterrupt
        return [(text, 0, len(text))]

    made = ps.Schema({"id": ps.Key(), "body": ps.Text(analyzer="r")}, tokenizers=[ps.Tokenizer("r", "1", raising)])
    with ps.Index.in_memory(made) as index:
        with index.writer() as w:
            with pytest.raises(ps.RejectedError, match="no such words"):
                w.put({"id": "1", "body": "wrong"})
            with pytest.raises((KeyboardInterrupt, ps.RejectedError)):
                w.put({"id": "1", "body": "stop"})
                w.put_many([{"id": "2", "body": "x"}])
            w.put({"id": "3", "body": "fine"})
        with pytest.raises(ps.Error, match="no such words"):
            index.search(ps.term("wrong", fields="body"))
        assert "3" in index
    for name, version in (("mixed-v1", "1"), ("", "1"), ("a b", "1"), ("ok", "")):
        with pytest.raises((ps.InvalidError, ps.ExistsError)):
            ps.Schema({"id": ps.Key()}, tokenizers=[ps.Tokenizer(name, version, raising)])
    with pytest.raises(ps.InvalidError):
        ps.Schema({"id": ps.Key(), "body": ps.Text(analyzer="nobody's")})


def test_from_many_threads() -> None:
    with ps.Index.in_memory(schema()) as index:
        with index.writer(threads=3) as w, ThreadPoolExecutor(6) as pool:
            puts = [pool.submit(lambda t=t: [w.put({"id": f"{t}-{i}", "body": f"a,word {i}"}) for i in range(150)]) for t in range(3)]  # type: ignore[misc]
            asks = [pool.submit(lambda: [index.search(ps.term("a", fields="body")).total for _ in range(150)]) for _ in range(3)]
            for one in (*puts, *asks):
                one.result()
        assert index.count(ps.term("a", fields="body")) == 450 and index.count(ps.term("word 7", fields="body")) == 3


def test_the_function_lives_as_long_as_it_may_be_called() -> None:
    class Function:
        def __call__(self, text: str) -> Iterator[tuple[str, int, int]]:
            return by_commas(text)

    function = Function()
    alive = weakref.ref(function)
    made = ps.Schema({"id": ps.Key(), "body": ps.Text(analyzer="c")}, tokenizers=[ps.Tokenizer("c", "1", function)])
    index = ps.Index.in_memory(made)
    del function, made
    with index.writer() as w:
        w.put({"id": "a", "body": "x,y"})
    hits = index.search(ps.term("y", fields="body"))
    index.close()
    del index, w
    gc.collect()
    assert alive() is not None and hits[0].snippet("body", ("[", "]"), whole=True) == "x,[y]"
    del hits
    gc.collect()
    assert alive() is None
