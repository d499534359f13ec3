"""What a search found: a sequence of hits, whose documents are read when they are asked for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, overload

from . import _core
from ._errors import NotFoundError
from ._html import Fragment, hits_to_html

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
STOPPED = (None, "deadline", "cancel", "work")
_REQUIRED: Any = object()


class Hit:
    """A document found: ``hit["title"]``, ``hit.score``, ``hit.snippet("body")``."""

    __slots__ = ("_answer", "_fields", "_found", "_place", "_some")

    def __init__(self, answer: _core.Answer, place: int, found: tuple[str, float, int, int, int]) -> None:
        self._answer = answer
        self._place = place
        self._found = found
        self._fields: dict[str, Any] | None = None
        self._some: dict[str, Any] | None = None

    @property
    def key(self) -> str:
        """Its key; "" if the schema has none."""
        return self._found[0]

    @property
    def score(self) -> float:
        """Equal for equal statistics, whatever the segments; 0 in an order of values."""
        return self._found[1]

    @property
    def gdoc(self) -> int:
        """Its number, good for the snapshot that was searched."""
        return self._found[2]

    @property
    def arrival(self) -> int:
        """Order of arrival, which decides between equal scores."""
        return self._found[3]

    @property
    def part(self) -> int:
        """Which of the answers that were merged it is from; else 0."""
        return self._found[4]

    @property
    def fields(self) -> dict[str, Any]:
        """The stored document, read on first use; one field alone is faster by ``hit["name"]``."""
        if self._fields is None:
            self._fields = self._answer.document(self._place)
            if self._some is not None:
                self._fields.update(self._some)
        return self._fields

    def raw(self) -> bytes:
        """The stored document as the JSON it is."""
        return self._answer.document_bytes(self._place)

    def __getitem__(self, name: str) -> Any:
        if self._fields is not None:
            return self._fields[name]
        if self._some is None:
            self._some = {}
        elif name in self._some:
            return self._some[name]
        value = self._some[name] = self._answer.field(self._place, name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """A field, or the default."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name, self) is not self

    @property
    def sort_values(self) -> tuple[Any, ...]:
        """What the hit stands by under the order asked for; dates as datetime in UTC."""
        values = self._answer.sort_values(self._place)
        return tuple(EPOCH + datetime.timedelta(milliseconds=v[1]) if isinstance(v, tuple) else v for v in values)

    def fragments(
        self,
        field: str,
        *,
        max_bytes: int = 240,
        count: int = 1,
        whole: bool = False,
        default: list[Fragment] = _REQUIRED,
    ) -> list[Fragment]:
        """The best pieces of a stored text field, or the whole text, with the ranges that match."""
        try:
            found = self._answer.snippet(self._place, field, max_bytes, count, whole)
        except NotFoundError:
            if default is _REQUIRED:
                raise
            return default
        return [Fragment(*fragment) for fragment in found]

    def snippet(
        self,
        field: str,
        mark: tuple[str, str] = ("<mark>", "</mark>"),
        *,
        escape: bool | None = None,
        max_bytes: int = 240,
        count: int = 1,
        whole: bool = False,
        between: str = " … ",
    ) -> str:
        """The best pieces of a stored text field as one text, with marks around what matches.

        Where the marks are HTML (they begin with ``<``), all else is escaped, unless ``escape`` says
        otherwise.  "" where the document has no such field.
        """
        html = mark[0].startswith("<") if escape is None else escape
        fragments = self.fragments(field, max_bytes=max_bytes, count=count, whole=whole, default=[])
        return between.join(fragment.marked(*mark, escape=html) for fragment in fragments)

    def __repr__(self) -> str:
        return f"<Hit {self.key!r} {self.score:.4f}>"


class Hits(Sequence[Hit]):
    """The hits of one search, best first or in the order asked for."""

    def __init__(
        self, answer: _core.Answer, notes: list[tuple[int, str]], highlight: Sequence[str], text_fields: Sequence[str]
    ) -> None:
        self._answer = answer
        self._found = answer.hits()
        self._hits: list[Hit] | None = None
        self._text_fields = text_fields
        self.highlight = tuple(highlight)
        #: what the lenient reader ignored or read otherwise: (byte offset, sentence)
        self.notes = notes
        self.total, self.exact, self.complete, stopped = answer.facts()
        #: None, or why the search was cut short: "deadline", "cancel", "work"
        self.stopped = STOPPED[stopped]

    def _all(self) -> list[Hit]:
        if self._hits is None:
            answer = self._answer
            self._hits = [Hit(answer, place, found) for place, found in enumerate(self._found)]
        return self._hits

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> list[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | list[Hit]:
        return self._all()[index]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._found)

    @property
    def keys(self) -> list[str]:
        """Their keys."""
        return [found[0] for found in self._found]

    @property
    def next(self) -> str | None:
        """Where the next page begins, for ``search(..., after=)``; None if no more hits follow."""
        return self._answer.next()

    def encode(self) -> str:
        """The answer as text, for ``decode_hits``: keys, scores, values of its order."""
        return self._answer.encode()

    def shown_fields(self) -> list[str]:
        """The fields that a notebook shows: those highlighted, else the first two of text."""
        return list(self.highlight) or list(self._text_fields[:2])

    def _repr_html_(self) -> str:
        return hits_to_html(self)

    def __repr__(self) -> str:
        return f"<Hits {len(self)} of {'' if self.exact else 'at least '}{self.total}: {self.keys[:5]}>"
