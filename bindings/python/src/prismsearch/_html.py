"""Marks in texts, escaped HTML, and what a notebook shows."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ._hits import Hits


class Fragment(NamedTuple):
    """A piece of a field's text, with the ranges that take part in the query."""

    text: str
    #: (start, end) in characters of ``text``, ascending and apart
    spans: list[tuple[int, int]]
    #: of ``text`` in the field's value, in bytes of UTF-8
    byte_offset: int

    @property
    def matches(self) -> list[str]:
        """The marked texts."""
        return [self.text[start:end] for start, end in self.spans]

    def marked(self, before: str = "<mark>", after: str = "</mark>", *, escape: bool = True) -> str:
        """The text with marks around its matches; all else is escaped for HTML unless told otherwise."""
        keep = html.escape if escape else str
        parts, at = [], 0
        for start, end in self.spans:
            parts += [keep(self.text[at:start]), before, keep(self.text[start:end]), after]
            at = end
        return "".join([*parts, keep(self.text[at:])])


STYLE = (
    "font-family:sans-serif;line-height:1.4",
    "border-top:1px solid #8884;padding:.5em 0",
    "color:#888;font-size:85%",
)


def hits_to_html(hits: Hits) -> str:
    """The hits of a page: key, score, title and fragments with <mark>."""
    relation = "" if hits.exact else "at least "
    lines = [
        f'<div style="{STYLE[0]}">',
        f'<div style="{STYLE[2]}">{relation}{hits.total} found, {len(hits)} shown</div>',
    ]
    fields = hits.shown_fields()
    for hit in hits:
        lines.append(f'<div style="{STYLE[1]}">')
        lines.append(f'<div style="{STYLE[2]}">{html.escape(hit.key)} · {hit.score:.2f}</div>')
        for place, name in enumerate(fields):
            text = " … ".join(fragment.marked() for fragment in hit.fragments(name, default=[]))
            if text:
                lines.append(f"<b>{text}</b><br>" if place == 0 and len(fields) > 1 else f"<div>{text}</div>")
        lines.append("</div>")
    lines.append("</div>")
    return "\n".join(lines)
