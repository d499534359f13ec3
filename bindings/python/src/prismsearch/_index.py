"""An index, its snapshots, and its writer."""

from __future__ import annotations

import json
import os
import uuid as uuids
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypedDict, TypeVar, Union, Unpack

from . import _core
from ._errors import BudgetError, ExistsError
from ._hits import Hit, Hits
from ._io import documents_of_table
from ._query import Fields, Parsed, QueryLike, as_query, parse_text
from ._schema import Schema, SchemaLike
from ._shards import Stats
from ._tokenizers import Tokenizers, handle_of
from ._units import file_path, microseconds, size

if TYPE_CHECKING:
    from typing_extensions import Buffer, Self

Path = Union[str, "os.PathLike[str]"]
Document = Union[Mapping[str, Any], str, "Buffer"]
Progress = Callable[[int, int], object]
T = TypeVar("T")

CHECKSUMS = {"lazy": 0, "eager": 1, "off": 2}
PAGE = 512  # hits of a page, walking all documents


class Token(NamedTuple):
    """A token of an analyzed text; offsets in bytes of UTF-8."""

    term: str
    kind: str
    pos: int
    span: int
    start: int
    end: int


class Term(NamedTuple):
    """An entry of a field's dictionary: ``df`` documents, ``cf`` occurrences."""

    term: str
    kind: str
    df: int
    cf: int


class Rejection(NamedTuple):
    """A document that was not put: its place in the iterable, and why."""

    document: int
    error: Exception


class PutResult(NamedTuple):
    """What came of ``put_many``."""

    put: int
    rejected: list[Rejection]


class How(TypedDict, total=False):
    """The keywords of ``Snapshot.search``."""

    offset: int
    after: str | None
    filter: QueryLike | None
    sort: str | None
    highlight: Sequence[str]
    operator: str
    fields: Fields
    strict: bool
    plain: bool
    vocabulary: str | None
    exact_total: bool
    timeout: float | timedelta | None
    max_work: int
    memory: int | str
    exhaustive: bool
    k1: float
    b: float
    stats: Stats | None
    threads: int
    filter_cache: int | str


H = TypeVar("H", _core.Index, _core.Snapshot, _core.Writer)


class _Closing(Generic[H]):
    """``with`` and ``close`` for what owns a handle."""

    _handle: H

    @property
    def closed(self) -> bool:
        """Whether it was given up."""
        return self._handle.closed

    def close(self) -> None:
        """Give it up; twice is fine."""
        self._handle.close()

    def __enter__(self) -> Self:
        self._handle.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _complete(hits: Hits, what: str) -> Hits:
    """What a limit ended is no count, and no page of all hits."""
    if hits.complete:
        return hits
    raise BudgetError(f"the limit of {'time' if hits.stopped == 'deadline' else 'work'} is spent: no {what}")


class Snapshot(_Closing[_core.Snapshot]):
    """A view of one commit, which never changes; any number of threads may use it."""

    def __init__(self, handle: _core.Snapshot) -> None:
        self._handle = handle
        self._schema_handle = handle.schema()
        self._schema: Schema | None = None
        self._text_fields: list[str] | None = None

    # ---- what it is of

    @property
    def schema(self) -> Schema:
        """The schema of the commit."""
        if self._schema is None:
            self._schema = Schema._of(self._schema_handle)
        return self._schema

    @property
    def generation(self) -> int:
        """Number of the commit, higher for later ones."""
        return self._handle.facts()[0]

    @property
    def deleted(self) -> int:
        """Documents deleted or replaced that no merge has dropped yet."""
        return self._handle.facts()[2]

    @property
    def segments(self) -> int:
        """Number of segments."""
        return self._handle.facts()[3]

    @property
    def uuid(self) -> uuids.UUID:
        """Tells this index from every other one."""
        return uuids.UUID(bytes=self._handle.facts()[4])

    @property
    def payload(self) -> bytes:
        """The bytes given to ``Writer.commit``."""
        return self._handle.facts()[5]

    def info(self) -> dict[str, Any]:
        """Sizes, counts and versions, by field, component and segment."""
        info: dict[str, Any] = json.loads(self._handle.info())
        return info

    def refresh(self) -> Snapshot:
        """The newest commit: this snapshot if nothing changed, else another that shares what it can."""
        newer = self._handle.refresh()
        return self if newer is self._handle else Snapshot(newer)

    # ---- documents

    def __len__(self) -> int:
        return self._handle.facts()[1]

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._handle.find(key) is not None

    def __getitem__(self, key: str) -> dict[str, Any]:
        gdoc = self._handle.find(key)
        if gdoc is None:
            raise KeyError(key)
        return self._handle.document(gdoc)

    def get(self, key: str, default: T | None = None) -> dict[str, Any] | T | None:
        """The document of a key, or the default."""
        gdoc = self._handle.find(key)
        return default if gdoc is None else self._handle.document(gdoc)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """All documents, in the order in which they were put."""
        for hit in self.scan():
            yield hit.fields

    def scan(self, query: QueryLike = "*:*", **how: Unpack[How]) -> Iterator[Hit]:
        """All hits of a query, by arrival unless ``sort`` says otherwise: constant memory, however many.

        ``timeout`` and ``max_work`` hold for each page; where one ends it, that is a ``BudgetError``.
        """
        how.setdefault("sort", "_arrival")
        while True:
            hits = _complete(self.search(query, limit=PAGE, **how), "whole page of hits")
            yield from hits
            how["after"] = hits.next
            if how["after"] is None:
                return

    # ---- search

    def _compile(self, query: QueryLike) -> tuple[_core.Query, list[tuple[int, str]]]:
        asked = as_query(query)
        if isinstance(asked, Parsed):
            return asked.compile_with_notes(self._schema_handle)
        return asked.compile(self._schema_handle), []

    def _text_names(self) -> list[str]:
        if self._text_fields is None:
            self._text_fields = [name for name in self.schema if self.schema[name]["type"] == "text"]
        return self._text_fields

    def search(
        self,
        query: QueryLike,
        limit: int = 10,
        *,
        offset: int = 0,
        after: str | None = None,
        filter: QueryLike | None = None,
        sort: str | None = None,
        highlight: Sequence[str] = (),
        operator: str = "or",
        fields: Fields = None,
        strict: bool = False,
        plain: bool = False,
        vocabulary: str | None = None,
        exact_total: bool = False,
        timeout: float | timedelta | None = None,
        max_work: int = 0,
        memory: int | str = 0,
        exhaustive: bool = False,
        k1: float = -1.0,
        b: float = -1.0,
        stats: Stats | None = None,
        threads: int = 1,
        filter_cache: int | str = 0,
    ) -> Hits:
        """The best documents for a query, or the first in the order of ``sort``.

        ``query`` is a text in query syntax, which never fails unless ``strict``, or made by calls;
        ``operator`` to ``vocabulary`` say how it and a ``filter`` of text are read (``plain``: of the query
        alone, no character is an operator).  ``filter`` must match, too, and adds
        nothing to scores.  ``sort`` is ``"date:desc,_score"``.  ``after`` is the ``next`` of the page
        before.  A search that is out of ``timeout`` (seconds) or ``max_work`` gives what it has:
        see ``Hits.complete``.  ``threads`` work on one search where it is worth them; ``filter_cache`` bytes
        keep the documents of filters with the snapshot; ``stats`` are those of several indexes: see ``Stats``.
        """
        schema = self._schema_handle
        filtered: _core.Query | None = None
        if isinstance(query, str):
            compiled, notes = parse_text(schema, query, operator, fields, strict, plain, vocabulary)
        else:
            compiled, notes = self._compile(query)
        if isinstance(filter, str):
            filtered = parse_text(schema, filter, operator, fields, strict, False, vocabulary)[0]
        elif filter is not None:
            filtered = self._compile(filter)[0]
        answer = self._handle.search(
            compiled,
            limit,
            offset,
            filtered,
            sort,
            after,
            exact_total,
            microseconds(timeout) if timeout else 0,
            max_work,
            size(memory) if memory else 0,
            exhaustive,
            k1,
            b,
            None if stats is None else stats._handle,
            threads,
            size(filter_cache) if filter_cache else 0,
        )
        return Hits(answer, notes, highlight, self._text_names())

    def count(self, query: QueryLike, **how: Unpack[How]) -> int:
        """Number of documents that match, exactly; ``how`` as for ``search``.

        A count that ``timeout`` or ``max_work`` ended is a ``BudgetError``.
        """
        how["exact_total"] = True
        return _complete(self.search(query, limit=0, **how), "exact count").total

    def parse(self, query: QueryLike) -> dict[str, Any]:
        """How a query is understood: ``{"tree": ..., "notes": [(offset, sentence), ...]}``."""
        compiled, notes = self._compile(query)
        return {"tree": json.loads(compiled.to_json()), "notes": notes}

    def stats(self, query: QueryLike) -> Stats:
        """What the scores of a query need to know of this index: for searches over many (``Stats``)."""
        return Stats(self._handle.stats(self._compile(query)[0]))

    def document(self, hit: Hit) -> dict[str, Any]:
        """The document of a hit that was found in this snapshot, and merged with others."""
        return self._handle.document(hit.gdoc)

    # ---- words

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> list[Term]:
        """Entries of a field's dictionary that begin so, in order."""
        return [Term(*entry) for entry in self._handle.terms(field, prefix, limit)]

    def analyze(self, text: str, field: str | None = None) -> list[Token]:
        """The tokens of a text."""
        return [Token(*token) for token in self._schema_handle.analyze(text, field)]

    def __repr__(self) -> str:
        if self.closed:
            return "<prismsearch.Snapshot closed>"
        return f"<prismsearch.Snapshot {self.generation}, {len(self)} documents>"


class Index(_Closing[_core.Index]):
    """An index directory.  Searches of the index itself see the newest commit."""

    def __init__(self, handle: _core.Index, path: str) -> None:
        self._handle = handle
        self._newest: Snapshot | None = None
        #: where it is
        self.path = path

    @classmethod
    def create(
        cls, path: Path, schema: SchemaLike = None, *, exist_ok: bool = False, in_memory: bool = False
    ) -> Index:
        """Make a new, empty index; ``exist_ok`` opens the one that is there, whatever its schema."""
        made = Schema(schema)
        try:
            return cls(_core.index_create(path, made._handle, in_memory, made._tokenizers), os.fspath(path))
        except ExistsError:
            if not exist_ok:
                raise
            return cls.open(path, tokenizers=made._tokenizers)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        checksums: str = "lazy",
        use_pread: bool = False,
        commits_back: int = 0,
        tokenizers: Tokenizers | _core.Tokenizers | None = None,
    ) -> Index:
        """Open an index that is there, with the ``tokenizers`` that its fields name."""
        if checksums not in CHECKSUMS:
            raise ValueError(f"checksums is one of {', '.join(CHECKSUMS)}")
        handle = _core.index_open(path, CHECKSUMS[checksums], use_pread, read_only, commits_back, handle_of(tokenizers))
        return cls(handle, os.fspath(path))

    @classmethod
    def in_memory(cls, schema: SchemaLike = None) -> Index:
        """An index with nothing on disk."""
        return cls.create("memory", schema, in_memory=True)

    def close(self) -> None:
        """Give it up; snapshots and writers taken from it live on."""
        self._newest = None
        super().close()

    # ---- reading

    def snapshot(self) -> Snapshot:
        """A view of the newest commit."""
        return Snapshot(self._handle.snapshot())

    def _view(self) -> Snapshot:
        """The newest commit; what did not change is shared with the last search's."""
        newest = self._newest
        if newest is None or self.closed:
            newest = self.snapshot()
        else:
            newest = newest.refresh()
        self._newest = newest
        return newest

    @property
    def schema(self) -> Schema:
        """The schema of the newest commit."""
        return self._view().schema

    def search(self, query: QueryLike, limit: int = 10, **how: Unpack[How]) -> Hits:
        """As ``Snapshot.search``, over the newest commit."""
        return self._view().search(query, limit, **how)

    def count(self, query: QueryLike, **how: Unpack[How]) -> int:
        """As ``Snapshot.count``, over the newest commit."""
        return self._view().count(query, **how)

    def scan(self, query: QueryLike = "*:*", **how: Unpack[How]) -> Iterator[Hit]:
        """As ``Snapshot.scan``, over the newest commit."""
        return self._view().scan(query, **how)

    def parse(self, query: QueryLike) -> dict[str, Any]:
        """As ``Snapshot.parse``."""
        return self._view().parse(query)

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> list[Term]:
        """As ``Snapshot.terms``, over the newest commit."""
        return self._view().terms(field, prefix, limit)

    def analyze(self, text: str, field: str | None = None) -> list[Token]:
        """As ``Snapshot.analyze``."""
        return self._view().analyze(text, field)

    def info(self) -> dict[str, Any]:
        """As ``Snapshot.info``, of the newest commit."""
        return self._view().info()

    def __len__(self) -> int:
        return len(self._view())

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        return key in self._view()

    def __getitem__(self, key: str) -> dict[str, Any]:
        return self._view()[key]

    def get(self, key: str, default: T | None = None) -> dict[str, Any] | T | None:
        """The document of a key, or the default."""
        return self._view().get(key, default)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._view())

    # ---- writing

    def writer(
        self,
        *,
        memory: int | str = 0,
        threads: int = 1,
        load: bool = False,
        keep_commits: int = 0,
        durable: bool = True,
        strict_schema: bool = False,
        max_segments: int = 0,
        reorder: str | None = None,
    ) -> Writer:
        """Become the writer of the index: there is one at a time (``LockedError``).

        ``with index.writer() as w:`` commits at the end of the block, and forgets what was put where
        an exception leaves it.  ``memory`` is the budget, such as "256M"; ``threads`` over 1 merges in
        a thread of its own; ``load`` merges nothing until commit.
        """
        handle = self._handle.writer(
            size(memory), threads, load, keep_commits, not durable, strict_schema, max_segments, reorder
        )
        return Writer(handle)

    def backup(
        self, to: Path, *, copy: bool = False, base: Path | None = None, progress: Progress | None = None
    ) -> dict[str, int]:
        """Copy the newest commit into a directory of its own; files are linked where they can be."""
        return self._handle.backup(to, copy, None if base is None else file_path(base), progress)

    def __repr__(self) -> str:
        return f"<prismsearch.Index {self.path!r}{' closed' if self.closed else ''}>"


class Writer(_Closing[_core.Writer]):
    """The writer of an index: what is put is durable and visible after ``commit``, all of it or none."""

    def __init__(self, handle: _core.Writer) -> None:
        self._handle = handle

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self.closed:
                self.commit()
        finally:
            self.close()

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle is not None and not handle.closed:
            warnings.warn("a prismsearch.Writer was not closed", ResourceWarning, stacklevel=2, source=self)
            handle.close()

    # ---- documents

    def put(self, document: Document) -> None:
        """Put a document: a mapping, or a JSON object as str or bytes.  It replaces that of its key."""
        self._handle.put(document, False)

    def add(self, document: Document) -> None:
        """As ``put``, where you know the key is new: no older version is looked for."""
        self._handle.put(document, True)

    def put_many(
        self, documents: Iterable[Document], *, on_error: str = "raise", append: bool = False
    ) -> PutResult:
        """Put documents in batches, which is faster than one by one.

        ``on_error="collect"`` goes on behind a document that is refused, or whose values raise an
        ``Exception`` while they are read, and tells all of them; ``"raise"`` raises, with
        ``error.document`` its place.  Errors of the disk and of memory are always raised.
        """
        if on_error not in ("raise", "collect"):
            raise ValueError("on_error is 'raise' or 'collect'")
        put, rejected = self._handle.put_many(documents, append, on_error == "collect")
        return PutResult(put, sorted((Rejection(*one) for one in rejected), key=lambda one: one.document))

    def put_table(self, table: Any, *, on_error: str = "raise", append: bool = False) -> PutResult:
        """Put the rows of a pandas or polars frame or a pyarrow table; missing values are left out."""
        return self.put_many(documents_of_table(table), on_error=on_error, append=append)

    def delete(self, key: str) -> bool:
        """Delete by key; whether there was such a document."""
        return self._handle.delete(key)

    def delete_where(self, query: QueryLike) -> int:
        """Delete all that match, what is not committed included; how many they were."""
        return self._handle.delete_query(as_query(query).compile(self._handle.schema()))

    def add_indexes(self, paths: Iterable[Path], *, progress: Progress | None = None) -> None:
        """Take in whole other indexes without analyzing them again."""
        self._handle.add_segments(tuple(file_path(path) for path in paths), progress)

    # ---- commits

    def commit(self, payload: Buffer | None = None, *, progress: Progress | None = None) -> int:
        """Make everything durable and visible; the number of the commit.

        Ctrl-C, and an exception of ``progress(done, total)``, stop it before anything is published: the
        writer then still holds everything, for another ``commit`` or for ``rollback``.
        """
        return self._handle.commit(payload, progress)

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._handle.rollback()

    def merge(self, max_segments: int = 1, *, progress: Progress | None = None) -> None:
        """Merge down to so many segments and commit.  ``progress(done, total)`` counts documents."""
        self._handle.merge(max_segments, progress)

    def snapshot(self) -> Snapshot:
        """What a commit would hold now, for this process alone."""
        return Snapshot(self._handle.snapshot())

    # ---- schema, counters

    @property
    def schema(self) -> Schema:
        """The schema that documents are put by."""
        return Schema._of(self._handle.schema())

    def set_schema(self, schema: SchemaLike) -> None:
        """Change it: new fields behind the others, boosts, ``stored`` to false, ``many`` to true."""
        self._handle.set_schema(Schema(schema)._handle)

    def stats(self) -> dict[str, Any]:
        """Counters since the writer was opened."""
        return self._handle.stats()

    def __repr__(self) -> str:
        return f"<prismsearch.Writer{' closed' if self.closed else ''}>"
