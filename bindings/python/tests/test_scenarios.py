"""The stories of tests/scenarios, which the C library and psearch are told, too (run_scenarios.c)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import prismsearch as ps
from conftest import ROOT

STORIES = sorted((ROOT / "tests/scenarios").glob("*.json"))
pytestmark = pytest.mark.skipif(not STORIES, reason="not in a checkout")


def build(story: dict[str, Any], folder: Path) -> ps.Index:
    index = ps.Index.create(folder / "index")
    with index.writer(durable=False) as w:
        w.put_many(story.get("documents", []))
        w.commit()
        for key in story.get("delete", []):
            w.delete(key)
        if "adopt" in story:
            with ps.Index.create(folder / "other") as other, other.writer(durable=False) as theirs:
                theirs.put_many(story["adopt"])
            w.add_indexes([folder / "other"])
        for query in story.get("delete_query", []):
            w.delete_where(query)
        w.put_many(story.get("later", []))
    return index


def ask(index: ps.Index, search: dict[str, Any]) -> tuple[list[ps.Hit], list[tuple[int, str]]]:
    how = {name: search[name] for name in ("operator", "fields", "strict", "filter", "sort") if name in search}
    hits = index.search(search["query"], search.get("page", 100), **how)
    found, notes = list(hits), hits.notes
    while "page" in search and hits.next:
        hits = index.search(search["query"], search["page"], after=hits.next, **how)
        found += hits
    return found, notes


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story(path: Path, tmp_path: Path) -> None:
    story = json.loads(path.read_text(encoding="utf-8"))
    with build(story, tmp_path) as index:
        for search in story["searches"]:
            if "error" in search:
                with pytest.raises(ps.Error) as caught:
                    ask(index, search)
                assert caught.value.code == search["error"], search
                continue
            hits, notes = ask(index, search)
            keys = [hit.key for hit in hits]
            if "hits" in search:
                assert keys == search["hits"], search
            if "set" in search:
                assert sorted(keys) == sorted(search["set"]), search
            if "first" in search:
                assert keys[0] == search["first"], search
            if "notes" in search:
                assert len(notes) == search["notes"], search
            for key, fields in search.get("marks", {}).items():
                hit = next(hit for hit in hits if hit.key == key)
                for field, texts in fields.items():
                    fragments = hit.fragments(field, whole=field == "title")
                    assert [m for f in fragments for m in f.matches] == texts, search
