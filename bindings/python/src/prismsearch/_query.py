"""Queries made by calls instead of text: ``term("backup") & range("date", "2026-01-01")``.

They are plain descriptions, good for any index; a search reads them by its schema.  ``&`` needs both,
``|`` either, ``~`` excludes, ``**`` weighs.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from . import _core

SHOULD, MUST, MUST_NOT, FILTER = 0, 1, 2, 3

Fields = Union[str, Iterable[str], Mapping[str, int], None]
Value = Union[str, int, float, bool, datetime.date, None]


class Query:
    """Part of a query; make one with the functions of this module."""

    def compile(self, schema: _core.Schema) -> _core.Query:
        """The library's query under a schema."""
        raise NotImplementedError

    def __and__(self, other: QueryLike) -> Query:
        return all_of(self, other)

    def __or__(self, other: QueryLike) -> Query:
        return any_of(self, other)

    def __invert__(self) -> Query:
        return Bool(must_not=(self,))

    def __pow__(self, weight: float) -> Query:
        return Boost(self, weight)


QueryLike = Union[str, Query]


def fields_text(fields: Fields) -> str | None:
    """``"title^2,body"``, from a text, names, or names with weights."""
    if fields is None or isinstance(fields, str):
        return fields
    if isinstance(fields, Mapping):
        return ",".join(f"{name}^{weight}" for name, weight in fields.items())
    return ",".join(fields)


def value_text(value: Value) -> str | None:
    """A value as the library reads it in a range."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return (value.astimezone(datetime.timezone.utc) if value.tzinfo else value).isoformat()
    return value.isoformat() if isinstance(value, datetime.date) else repr(value)


def parse_text(
    schema: _core.Schema,
    text: str,
    operator: str,
    fields: Fields,
    strict: bool,
    plain: bool,
    vocabulary: str | None,
) -> tuple[_core.Query, list[tuple[int, str]]]:
    """A text as a query, and what the reader ignored or read otherwise."""
    if operator not in ("and", "or"):
        raise ValueError(f"operator is 'and' or 'or', not {operator!r}")
    words = None if vocabulary is None else schema.vocabulary(vocabulary)
    return schema.parse(text, operator == "and", fields_text(fields), strict, plain, False, words)


@dataclass(frozen=True)
class Parsed(Query):
    """A text in query syntax (psearch-query(7))."""

    text: str
    operator: str = "or"
    fields: Fields = None
    strict: bool = False
    plain: bool = False
    vocabulary: str | None = None

    def compile(self, schema: _core.Schema) -> _core.Query:
        return self.compile_with_notes(schema)[0]

    def compile_with_notes(self, schema: _core.Schema) -> tuple[_core.Query, list[tuple[int, str]]]:
        """The query, and what the reader ignored or read otherwise."""
        return parse_text(schema, self.text, self.operator, self.fields, self.strict, self.plain, self.vocabulary)


@dataclass(frozen=True)
class Words(Query):
    """Words of a text in which no character is an operator."""

    text: str
    how: str
    fields: Fields = None
    slop: int = 0

    def compile(self, schema: _core.Schema) -> _core.Query:
        fields = fields_text(self.fields)
        if self.how == "near":
            return schema.near(self.text, self.slop, fields)
        make = {"term": schema.term, "phrase": schema.phrase, "prefix": schema.prefix}[self.how]
        return make(self.text, fields)


@dataclass(frozen=True)
class Range(Query):
    """Documents with a value between two ends."""

    field: str
    start: Value = None
    end: Value = None
    open_start: bool = False
    open_end: bool = False

    def compile(self, schema: _core.Schema) -> _core.Query:
        return schema.range(self.field, value_text(self.start), value_text(self.end), self.open_start, self.open_end)


@dataclass(frozen=True)
class Exists(Query):
    """Documents that have a field."""

    field: str

    def compile(self, schema: _core.Schema) -> _core.Query:
        return schema.exists(self.field)


@dataclass(frozen=True)
class Everything(Query):
    """All documents."""

    def compile(self, schema: _core.Schema) -> _core.Query:
        return schema.all()


@dataclass(frozen=True)
class FromJson(Query):
    """A tree that ``to_dict`` gave."""

    text: str

    def compile(self, schema: _core.Schema) -> _core.Query:
        return schema.query_from_json(self.text)


@dataclass(frozen=True)
class Boost(Query):
    """A query that counts more, or less."""

    query: Query
    weight: float

    def compile(self, schema: _core.Schema) -> _core.Query:
        return self.query.compile(schema).boost(self.weight)


@dataclass(frozen=True)
class Bool(Query):
    """One query of several."""

    should: tuple[Query, ...] = ()
    must: tuple[Query, ...] = ()
    must_not: tuple[Query, ...] = ()
    filter: tuple[Query, ...] = ()
    min_should: int = 0

    def compile(self, schema: _core.Schema) -> _core.Query:
        kinds = ((self.should, SHOULD), (self.must, MUST), (self.must_not, MUST_NOT), (self.filter, FILTER))
        clauses = tuple((part.compile(schema), kind) for parts, kind in kinds for part in parts)
        return _core.query_bool(clauses, self.min_should)


def as_query(query: QueryLike) -> Query:
    """A text is a query in query syntax."""
    if isinstance(query, Query):
        return query
    if isinstance(query, str):
        return Parsed(query)
    raise TypeError(f"a query is a str or made by prismsearch.term, phrase, ..., not {type(query).__name__}")


def parse(
    text: str,
    *,
    operator: str = "or",
    fields: Fields = None,
    strict: bool = False,
    plain: bool = False,
    vocabulary: str | None = None,
) -> Query:
    """A query in query syntax: ``+must -not "a phrase" field:word date:[2025 TO *]``."""
    return Parsed(text, operator, fields, strict, plain, vocabulary)


def term(text: str, fields: Fields = None) -> Query:
    """All words of a text."""
    return Words(text, "term", fields)


def phrase(text: str, fields: Fields = None) -> Query:
    """The words of a text side by side."""
    return Words(text, "phrase", fields)


def near(text: str, slop: int, fields: Fields = None) -> Query:
    """The words of a text in any order within their number plus ``slop`` positions."""
    return Words(text, "near", fields, slop)


def prefix(text: str, fields: Fields = None) -> Query:
    """A word that begins so."""
    return Words(text, "prefix", fields)


def range(  # noqa: A001
    field: str, start: Value = None, end: Value = None, *, open_start: bool = False, open_end: bool = False
) -> Query:
    """Values from ``start`` to ``end``, both included unless they are said to be open; None = no end."""
    return Range(field, start, end, open_start, open_end)


def exists(field: str) -> Query:
    """Documents that have a field."""
    return Exists(field)


def everything() -> Query:
    """All documents."""
    return Everything()


def all_of(*queries: QueryLike) -> Query:
    """All of these."""
    return Bool(must=tuple(as_query(q) for q in queries))


def any_of(*queries: QueryLike, at_least: int = 1) -> Query:
    """At least so many of these."""
    return Bool(should=tuple(as_query(q) for q in queries), min_should=at_least)


def from_dict(tree: Mapping[str, Any]) -> Query:
    """The query of a tree, as ``Index.explain_query`` shows it."""
    return FromJson(json.dumps(tree, ensure_ascii=False))
