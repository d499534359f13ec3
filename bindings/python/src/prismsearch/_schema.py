"""Fields and schemas: ``{"id": Key(), "title": Text(boost=2), "date": Date()}``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from . import _core
from ._tokenizers import Tokenizers, handle_of


@dataclass(frozen=True)
class Field:
    """What all fields have in common; use one of the kinds below."""

    type = ""
    is_key = False

    def to_dict(self) -> dict[str, Any]:
        """The field as the library's JSON has it, defaults left out."""
        members: dict[str, Any] = {"type": self.type}
        for name, value in vars(self).items():
            if name == "options":
                if value:
                    members["options"] = dict(value)
            elif value is not None:
                members[name] = value
        return members


@dataclass(frozen=True)
class Text(Field):
    """Analyzed text: words, phrases, ranking, highlights.

    ``options`` are the analyzer's, such as ``{"stem": "german", "han": "bi"}``.  ``boost=0`` takes the
    field out of those that a query searches by itself.
    """

    stored: bool | None = None
    boost: int | None = None
    many: bool | None = None
    positions: bool | None = None
    lengths: bool | None = None
    indexed: bool | None = None
    analyzer: str | None = None
    options: Mapping[str, str | bool | int] = field(default_factory=dict)
    type = "text"


@dataclass(frozen=True)
class _Value(Field):
    stored: bool | None = None
    column: bool | None = None
    many: bool | None = None
    indexed: bool | None = None


@dataclass(frozen=True)
class Keyword(_Value):
    """The whole value, folded: exact matches, filters, sorting."""

    type = "keyword"


@dataclass(frozen=True)
class Key(Keyword):
    """The keyword that tells a document from every other: a later put replaces it."""

    is_key = True


@dataclass(frozen=True)
class Int(_Value):
    """Whole numbers of 64 bits."""

    type = "i64"


@dataclass(frozen=True)
class Float(_Value):
    """Numbers of 64 bits."""

    type = "f64"


@dataclass(frozen=True)
class Bool(_Value):
    """True or false."""

    type = "bool"


@dataclass(frozen=True)
class Date(_Value):
    """ISO 8601 texts, ``datetime`` and ``date``; to the millisecond, UTC."""

    type = "date"


SchemaLike = Union["Schema", Mapping[str, Union[Field, str]], str, None]


class Schema(Mapping[str, Mapping[str, Any]]):
    """What the fields of a document are: a mapping of names to members, every one written out.

    Made of fields by name, of the library's JSON, or of nothing: the default schema.  Fields may name
    ``tokenizers`` of your own as their analyzer.
    """

    def __init__(self, source: SchemaLike = None, *, tokenizers: Tokenizers | _core.Tokenizers | None = None) -> None:
        self._tokenizers: _core.Tokenizers | None
        self._tokenizers = source._tokenizers if isinstance(source, Schema) else handle_of(tokenizers)
        self._handle = _handle_of(source, self._tokenizers)
        self._json: dict[str, Any] | None = None

    @classmethod
    def _of(cls, handle: _core.Schema) -> Schema:
        schema = cls.__new__(cls)
        schema._handle = handle
        schema._json = None
        schema._tokenizers = None
        return schema

    def to_dict(self) -> dict[str, Any]:
        """``{"key": ..., "fields": [...]}``, which ``Schema(json.dumps(...))`` reads back."""
        if self._json is None:
            whole: dict[str, Any] = json.loads(self._handle.to_json())
            self._json = whole
        return self._json

    @property
    def key(self) -> str | None:
        """Name of the key field, or None."""
        key: str | None = self.to_dict().get("key")
        return key

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        for member in self.to_dict()["fields"]:
            if member["name"] == name:
                return {k: v for k, v in member.items() if k != "name"}
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter([member["name"] for member in self.to_dict()["fields"]])

    def __len__(self) -> int:
        return len(self.to_dict()["fields"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self._handle.to_json() == other._handle.to_json()

    def __hash__(self) -> int:
        return hash(self._handle.to_json())

    def __repr__(self) -> str:
        kinds = ", ".join(f"{name}: {self[name]['type']}" for name in self)
        return f"<prismsearch.Schema {kinds}>"

    def with_fields(self, fields: Mapping[str, Field | str]) -> Schema:
        """A schema with these behind its own: for ``Writer.set_schema``."""
        whole = self.to_dict()
        return Schema(json.dumps({**whole, "fields": [*whole["fields"], *_members_of(fields)]}), tokenizers=self._tokenizers)


def _members_of(fields: Mapping[str, Field | str]) -> list[dict[str, Any]]:
    members = []
    for name, member in fields.items():
        if isinstance(member, str):
            members.append({"name": name, "type": member})
        elif isinstance(member, Field):
            members.append({"name": name, **member.to_dict()})
        else:
            raise TypeError(f"field {name!r} is none of Key, Text, Keyword, Int, Float, Bool, Date: {member!r}")
    return members


def _handle_of(source: SchemaLike, tokenizers: _core.Tokenizers | None) -> _core.Schema:
    if source is None:
        return _core.schema_default()
    if isinstance(source, Schema):
        return source._handle
    if isinstance(source, str):
        return _core.schema_from_json(source, tokenizers)
    keys = [name for name, member in source.items() if isinstance(member, Field) and member.is_key]
    if len(keys) > 1:
        raise ValueError(f"a schema has one key, not {len(keys)}: {', '.join(keys)}")
    whole: dict[str, Any] = {"fields": _members_of(source)}
    if keys:
        whole["key"] = keys[0]
    return _core.schema_from_json(json.dumps(whole), tokenizers)
