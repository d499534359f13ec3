"""What the tests share: a small index, and the articles of the checkout."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import prismsearch as ps

ROOT = Path(__file__).resolve().parents[3]

SCHEMA = {
    "id": ps.Key(),
    "title": ps.Text(boost=2),
    "body": ps.Text(),
    "date": ps.Date(column=True),
    "n": ps.Int(column=True),
    "price": ps.Float(column=True),
    "ok": ps.Bool(column=True),
    "tags": ps.Keyword(many=True, column=True),
}

DOCUMENTS = [
    {"id": "a", "title": "Apple pie", "body": "An apple a day keeps the doctor away", "n": 3, "date": "2025-03-01"},
    {"id": "b", "title": "Pear tree", "body": "A pear and an apple lie under the tree", "tags": ["fruit", "tree"], "n": 1},
    {"id": "c", "title": "数据库备份", "body": "每天备份 PostgreSQL 数据库，<b>两次</b>", "date": "2026-01-02", "n": 2, "ok": True},
]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ps.Index]:
    """Three documents on disk."""
    with ps.Index.create(tmp_path / "index", SCHEMA) as made:
        with made.writer(durable=False) as w:
            w.put_many(DOCUMENTS)
        yield made


@pytest.fixture
def memory() -> Iterator[ps.Index]:
    """An empty index with nothing on disk."""
    with ps.Index.in_memory(SCHEMA) as made:
        yield made


def run_python(code: str, *arguments: str, **how: object) -> object:
    """Python in a process of its own, warnings as errors."""
    import subprocess

    return subprocess.run([sys.executable, "-W", "error", "-c", code, *arguments], timeout=120, **how)  # type: ignore[call-overload]
