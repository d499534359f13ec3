"""Words cut by your own function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from . import _core

Cut = Callable[[str], Iterable[Sequence[object]]]


@dataclass(frozen=True)
class Tokenizer:
    """A function that cuts texts, under a name that fields ask for: ``Text(analyzer="name")``.

    ``function(text)`` gives ``(term, start, end)`` for each word: what is searched for, and the characters
    of the text that a highlight marks.  A fourth item is the position (else one after the other; equal
    ones are forms of one word), a fifth how many positions it spans.  It must depend on the text alone:
    documents, queries and highlights are cut by it, from any thread.  Change ``version`` whenever a
    text may give other words: an index is opened with the same name and version again.  What it raises
    refuses the document or the query.  It is kept as long as an index, a snapshot or a query may call it.
    """

    name: str
    version: str
    function: Cut


Tokenizers = Iterable[Tokenizer]


def handle_of(tokenizers: Tokenizers | _core.Tokenizers | None) -> _core.Tokenizers | None:
    """The library's set of them."""
    if tokenizers is None or isinstance(tokenizers, _core.Tokenizers):
        return tokenizers
    return _core.tokenizers_new(tuple((one.name, one.version, one.function) for one in tokenizers))
