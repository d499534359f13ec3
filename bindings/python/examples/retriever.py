"""The retriever of a question-answering program: passages in, the best for a question out.

No framework is needed, and none gets in the way: ``invoke`` returns documents with ``page_content``,
``metadata`` and a score, which is what most of them call a document.

    python retriever.py 'how often is the database backed up?' notes.md more.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import prismsearch as ps

SCHEMA = {"id": ps.Key(), "source": ps.Keyword(column=True), "heading": ps.Text(boost=2), "text": ps.Text()}


@dataclass
class Passage:
    """What a question is answered from."""

    page_content: str
    metadata: dict[str, Any] = field(default_factory=dict)
    score: float = 0.0


class Retriever:
    """Passages of Markdown files, by question."""

    def __init__(self, index: ps.Index, limit: int = 4) -> None:
        self.index = index
        self.limit = limit

    def add(self, paths: Iterable[Path]) -> int:
        """Index files anew, a passage a paragraph; how many passages they have."""
        with self.index.writer() as w:
            n = 0
            for path in paths:
                w.delete_where(ps.range("source", str(path), str(path)))
                n += w.put_many(passages_of(path)).put
        return n

    def invoke(self, question: str, *, source: str | None = None) -> list[Passage]:
        """The best passages; no character of the question is an operator."""
        only = None if source is None else ps.range("source", source, source)
        hits = self.index.search(question, self.limit, plain=True, filter=only)
        return [
            Passage(hit["text"], {"source": hit["source"], "why": hit.snippet("text", ("[", "]"))}, hit.score)
            for hit in hits
        ]


def passages_of(path: Path) -> Iterator[dict[str, str]]:
    """Paragraphs with the heading above them."""
    heading = ""
    for place, part in enumerate(re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))):
        if part.startswith("#"):
            heading = part.lstrip("# ").splitlines()[0]
        yield {"id": f"{path}#{place}", "source": str(path), "heading": heading, "text": part.strip()}


def main() -> None:
    question, *paths = sys.argv[1:]
    with ps.Index.in_memory(SCHEMA) as index:
        retriever = Retriever(index)
        retriever.add(Path(path) for path in paths)
        for passage in retriever.invoke(question):
            print(f"{passage.score:.2f} {passage.metadata['source']}: {passage.metadata['why']}")


if __name__ == "__main__":
    main()
