"""Queries as text and by calls, pages, orders, filters, marks, what a notebook shows."""

from __future__ import annotations

import json

import pytest

import prismsearch as ps


@pytest.mark.parametrize("name", ["t", "wörd", 'q"uote', "back\\slash", "数据", "\n", "", "last"])
def test_fields_by_name_are_those_of_the_document(memory: ps.Index, name: str) -> None:
    """Whatever stands before it: strings with escapes and brackets, nested values, numbers, blanks."""
    odd = {"id": "1", "x": '}]{["\\\\"', "y": [1, {"z": ["}", 2.5e-3, None, True]}, []], "n": -7, "e": {}, "w": "\\"}
    values: list[object] = ["text", ["a", {"b": 'c"'}], {"d": [1]}, -12, 1.5, True, None, "", "备份\n" * 9]
    for value in values:
        document = {**odd, name: value, "after": 1}
        with memory.writer() as w:
            w.put(document)
            w.put(json.dumps({**document, "id": "2"}, indent=3, ensure_ascii=False))
        for hit in memory.search("*:*"):
            assert name in hit and hit[name] == value and hit.get(name) == value and type(hit[name]) is type(value)
            assert hit[name] is hit[name] and "nobody" not in hit and hit.get("nobody", 5) == 5 and 5 not in hit
            with pytest.raises(KeyError, match="nobody"):
                hit["nobody"]
            assert hit["y"] == odd["y"] and hit["w"] == "\\"
            hit["y"].append("mine")
            assert hit.fields["y"][-1] == "mine" and list(hit.fields) == list(document)
            assert hit[name] == value and "nobody" not in hit and hit.get("nobody") is None


def test_hits(index: ps.Index) -> None:
    hits = index.search("apple")
    assert len(hits) == 2 and hits.keys == ["a", "b"] and hits.total == 2 and hits.complete
    first = hits[0]
    assert isinstance(first, ps.Hit) and first.key == "a" and first.score > hits[-1].score
    assert first["title"] == "Apple pie" and first.get("nothing", 5) == 5 and "title" in first
    assert first.fields is first.fields and b"Apple pie" in first.raw()
    assert [hit.key for hit in hits] == hits.keys and [hit.key for hit in hits[1:]] == ["b"]
    assert repr(first).startswith("<Hit 'a' ") and "2 of" in repr(hits)
    with pytest.raises(IndexError):
        hits[2]
    with pytest.raises(KeyError):
        first["nothing"]
    assert hits.next is None and hits.stopped is None


def test_how_a_text_is_read(index: ps.Index) -> None:
    assert index.search("apple pear", operator="and").keys == ["b"]
    assert index.search("pear", fields="title").keys == ["b"]
    assert index.search("doctor", fields=["title"]).keys == []
    assert index.search("apple", fields={"title": 5, "body": 1}).keys == ["a", "b"]
    assert index.search("+apple -pear", plain=True).total == 2
    assert index.search("fruitapple", vocabulary="same fruitapple, apple\n").keys == ["a", "b"]
    assert index.search("nosuch:apple").notes[0][0] == 0
    with pytest.raises(ps.ParseError) as caught:
        index.search("apple (pear", strict=True)
    assert caught.value.column == 7 and caught.value.code == "EPARSE"
    with pytest.raises(ValueError, match="'and' or 'or'"):
        index.search("x", operator="xor")
    with pytest.raises(TypeError, match="a query is a str"):
        index.search(5)  # type: ignore[arg-type]
    with pytest.raises(UnicodeEncodeError):
        index.search("\ud800")


def test_queries_by_calls(index: ps.Index) -> None:
    apple, pear = ps.term("apple"), ps.term("pear")
    assert set(index.search(apple | pear).keys) == {"a", "b"}
    assert index.search(apple & pear).keys == ["b"]
    assert index.search(apple & ~pear).keys == ["a"]
    assert index.search(apple & "-pear").keys == ["a"]
    assert index.search(ps.phrase("数据库备份")).keys == ["c"]
    assert index.search(ps.near("tree pear", 3)).keys == ["b"]
    assert index.search(ps.prefix("postg", "body")).keys == ["c"]
    assert index.search(ps.exists("tags")).keys == ["b"]
    assert index.search(ps.everything()).total == 3
    assert index.search(ps.range("n", 2), sort="n").keys == ["c", "a"]
    assert index.search(ps.range("n", 2, open_start=True)).keys == ["a"]
    assert index.search(ps.range("ok", True, True)).keys == ["c"]
    assert index.search(ps.any_of("apple", "pear", "doctor", at_least=2), sort="n").keys == ["b", "a"]
    assert index.search((apple**10) | pear)[0].key == "a"
    assert index.count(ps.parse("apple", strict=True)) == 2
    tree = index.parse("apple (pear")
    assert tree["notes"] and index.search(ps.from_dict(tree["tree"])).total == 2
    with pytest.raises(ps.NotFoundError):
        index.search(ps.exists("nobody"))
    with pytest.raises(ps.InvalidError):
        index.search(ps.any_of("a", at_least=2))
    with pytest.raises(ps.InvalidError):
        index.search(apple**-1)


def test_filter_sort_pages(index: ps.Index) -> None:
    assert index.search("apple", filter="tags:tree").keys == ["b"]
    assert index.search("*:*", filter=ps.range("n", 2), sort="n:desc").keys == ["a", "c"]
    keys, after = [], None
    for _ in range(3):
        page = index.search("*:*", 1, sort="n", after=after, exact_total=True)
        assert page.total == 3 and page.exact
        keys += page.keys
        after = page.next
    assert keys == ["b", "c", "a"] and after is None
    assert index.search("*:*", 1, offset=1, sort="n").keys == ["c"]
    number, score = index.search("*:*", sort="n,_score:desc")[0].sort_values
    assert number == 1 and isinstance(score, float)
    assert index.search("*:*", sort="price")[0].sort_values == (None,)
    assert index.search("*:*", sort="tags:desc")[0].sort_values == ("tree",)
    with pytest.raises(ps.InvalidError):
        index.search("x", sort="body")
    with pytest.raises(ps.InvalidError):
        index.search("x", after="garbage")
    with pytest.raises(OverflowError):
        index.search("x", limit=-1)
    with pytest.raises(ps.InvalidError):
        index.search("x", limit=20000)
    with pytest.raises(OverflowError):
        index.search("x", limit=(1 << 32) + 1)


def test_limits_of_work(memory: ps.Index) -> None:
    with memory.writer() as w:
        w.put_many({"id": str(i), "body": f"word w{i % 50}"} for i in range(20000))
    hits = memory.search("w*", max_work=1, exact_total=True)
    assert not hits.complete and hits.stopped == "work"
    assert memory.search("word", timeout=10.0).complete
    with pytest.raises(ps.BudgetError, match="work is spent: no exact count"):
        memory.count("w*", max_work=1)
    seen = []
    with pytest.raises(ps.BudgetError, match="work is spent: no whole page"):
        for hit in memory.scan("w*", sort="_score", exhaustive=True, max_work=1):
            seen.append(hit.key)
    assert len(seen) % 512 == 0
    assert sum(1 for _ in memory.scan("word", timeout=60.0)) == memory.count("word", timeout=60.0) == 20000
    with pytest.raises(ps.BudgetError):
        memory.search("w*", memory=100)
    with pytest.raises(ValueError):
        memory.search("x", timeout=-1)
    with pytest.raises(ValueError):
        memory.search("x", memory="much")


def test_fragments_count_characters(index: ps.Index) -> None:
    hit = index.search("数据库 postgresql")[0]
    (fragment,) = hit.fragments("body")
    assert fragment.matches == ["PostgreSQL", "数据库"] and fragment.text[5:15] == "PostgreSQL"
    assert fragment.spans[0] == (5, 15)
    assert hit.snippet("body", ("[", "]")) == "每天备份 [PostgreSQL] [数据库]，<b>两次</b>"
    assert "&lt;b&gt;" in hit.snippet("body") and "<mark>PostgreSQL</mark>" in hit.snippet("body")
    assert hit.snippet("body", ("[", "]"), escape=True).endswith("&lt;/b&gt;")
    assert hit.snippet("nobody") == ""
    with pytest.raises(ps.NotFoundError):
        hit.fragments("nobody")
    assert hit.fragments("title", whole=True)[0].text == "数据库备份"


def test_long_texts_in_pieces(memory: ps.Index) -> None:
    with memory.writer() as w:
        w.put({"id": "1", "body": "filler words here. " * 200 + "the needle is here. " + "more filler. " * 200 + "needle again"})
    hit = memory.search("needle")[0]
    pieces = hit.fragments("body", count=2, max_bytes=80)
    assert len(pieces) == 2 and all(p.matches == ["needle"] and len(p.text) <= 80 for p in pieces)
    assert pieces[0].byte_offset > 3000 and hit.snippet("body", ("[", "]"), count=2, between="|").count("|") == 1


def test_html_escapes_everything(memory: ps.Index) -> None:
    with memory.writer() as w:
        w.put({"id": "<script>x</script>", "title": "<img onerror=1> apple", "body": "& apple"})
    html = memory.search("apple")._repr_html_()
    assert "<script" not in html and "<img" not in html and "<mark>apple</mark>" in html and "&amp;" in html
    assert memory.search("apple", highlight=["body"]).shown_fields() == ["body"]
    assert "0 found" in memory.search("nothing")._repr_html_()


def test_no_key() -> None:
    with ps.Index.in_memory({"body": ps.Text()}) as index:
        with index.writer() as w:
            w.put({"body": "x"})
            w.put({"body": "x"})
            with pytest.raises(ps.InvalidError):
                w.delete("a")
        assert index.search("x").keys == ["", ""] and index.get("a") is None
