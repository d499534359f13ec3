"""Anything at all goes in; either it comes back as it was, or it is refused with an error of ours."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

pytest.importorskip("hypothesis")
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import prismsearch as ps
from conftest import SCHEMA
from prismsearch import _core

common = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5), max_leaves=30)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return bool(a == b) and math.copysign(1, a) == math.copysign(1, b) and type(a) is type(b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b) and type(a) is type(b)


@common
@given(st.dictionaries(texts, values, max_size=8))
def test_documents_survive(document: dict[str, Any]) -> None:
    assert same(_core.loads(_core.dumps(document)), document)
    assert same(json.loads(_core.dumps(document)), document)


@common
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda s: s.encode("utf-8", "surrogatepass")))
def test_bytes_as_json(data: bytes) -> None:
    try:
        value = _core.loads(data)
    except (ValueError, RecursionError):
        return
    _core.dumps({"v": value})


@common
@given(st.text("数据库备份é😀a\"\\\n", min_size=1, max_size=60), st.data())
def test_texts_of_wide_characters(text: str, data: Any) -> None:
    """Whole ones as Python reads them; damaged ones as Python replaces what is ill-formed."""
    assert _core.loads(json.dumps(text, ensure_ascii=False).encode()) == text
    assert _core.loads(json.dumps(text).encode()) == text
    damaged = bytearray("数据库备份".encode() + text.replace('"', "").replace("\\", "").replace("\n", "").encode() * 2)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0x80, 255))
    assert _core.loads(b'"' + damaged + b'"') == damaged.decode("utf-8", "replace")


@common
@given(st.dictionaries(texts, values, max_size=8), st.booleans(), st.data())
def test_members_by_name(document: dict[str, Any], plain: bool, data: Any) -> None:
    text = bytearray(json.dumps(document, ensure_ascii=plain).encode())
    for name, value in document.items():
        assert same(_core.member(text, name), value)
    with pytest.raises(KeyError):
        _core.member(text, "".join(document) + "x")
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    for name in [*document, "x"]:
        try:
            _core.member(text, name)
        except (ValueError, KeyError):
            pass


@common
@given(values.map(json.dumps), st.data())
def test_damaged_json(text: str, data: Any) -> None:
    damaged = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        _core.loads(bytes(damaged))
    except ValueError:
        pass


@pytest.fixture(scope="module")
def filled() -> Any:
    with ps.Index.in_memory(SCHEMA) as index:  # type: ignore[arg-type]
        with index.writer() as w:
            w.put_many({"id": str(i), "title": f"word{i % 9} 数据库", "body": "apple pear", "n": i, "tags": ["x"]} for i in range(200))
        yield index


@common
@given(st.text(max_size=60) | st.text('+-"()~*^:[]{}\\/ AND OR NOT数据apple', max_size=60), st.sampled_from(["or", "and"]))
def test_any_query_text(filled: ps.Index, text: str, operator: str) -> None:
    try:
        hits = filled.search(text, operator=operator, filter=text[:10] or None)
    except (ps.Error, UnicodeEncodeError):
        return
    for hit in hits:
        for name in ("title", "body"):
            for fragment in hit.fragments(name):
                assert all(0 <= a < b <= len(fragment.text) for a, b in fragment.spans)
        assert "<" not in hit.snippet("title", ("[", "]"))


@common
@given(st.dictionaries(st.sampled_from(list(SCHEMA)) | texts, values, max_size=6))
def test_any_document_is_put_or_refused(document: dict[str, Any]) -> None:
    with ps.Index.in_memory(SCHEMA) as index:  # type: ignore[arg-type]
        with index.writer() as w:
            result = w.put_many([document], on_error="collect")
        assert result.put + len(result.rejected) == 1 and len(index) == result.put
        for one in result.rejected:
            assert isinstance(one.error, ps.InvalidError)
        if result.put:
            stored = next(iter(index))
            assert all(same(stored[k], v) for k, v in document.items() if v is not None and k in stored and k != "id")
