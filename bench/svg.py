"""svg.py - plots as SVG text: panels of bars, panels of lines, nothing but the standard library.

One look for all of them: figures are read from the plot without a legend where that can be, colours differ
in lightness, too, and both light and dark pages are served by the one file (prefers-color-scheme).
Numbers are written with few digits and without a clock or a random id, so the same data give the same bytes.
"""
import math
from xml.sax.saxutils import escape

WIDTH = 860
STYLE = """
.bg{fill:#ffffff}text{font-family:system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;font-size:13px;fill:#1f2328}
.title{font-size:17px;font-weight:600}.head{font-weight:600}.note{font-size:11px;fill:#59636e}.tick{font-size:11px;fill:#59636e}
.end{text-anchor:end}.mid{text-anchor:middle}.ours{font-weight:600}
.grid{stroke:#d8dee4;stroke-width:1}.axis{stroke:#59636e;stroke-width:1}.limit{stroke:#59636e;stroke-width:1.5;stroke-dasharray:2 3}
.line{fill:none;stroke-width:2.2;stroke-linejoin:round}
.f0{fill:#0b5fbf}.f1{fill:#d9730d}.f2{fill:#2f8f5b}.f3{fill:#a03a8c}.f4{fill:#8a8f98}.f5{fill:#c4a000}
.s0{stroke:#0b5fbf}.s1{stroke:#d9730d}.s2{stroke:#2f8f5b}.s3{stroke:#a03a8c}.s4{stroke:#8a8f98}.s5{stroke:#c4a000}
@media (prefers-color-scheme:dark){
.bg{fill:#0d1117}text{fill:#e6edf3}.note,.tick{fill:#9198a1}.grid{stroke:#2a313c}.axis,.limit{stroke:#9198a1}
.f0{fill:#58a6ff}.f1{fill:#f0a35e}.f2{fill:#56d090}.f3{fill:#dd8fcd}.f4{fill:#7d8590}.f5{fill:#e3c64d}
.s0{stroke:#58a6ff}.s1{stroke:#f0a35e}.s2{stroke:#56d090}.s3{stroke:#dd8fcd}.s4{stroke:#7d8590}.s5{stroke:#e3c64d}
}
"""


def short(value):
    """Three digits, as a reader wants them."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 3)}f}"


def number(x):
    return f"{x:.1f}".rstrip("0").rstrip(".")


class Svg:
    def __init__(self, title, notes):
        self.title, self.notes, self.parts, self.y = title, notes, [], 58

    def text(self, x, y, content, classes=""):
        kind = f' class="{classes}"' if classes else ""
        self.parts.append(f'<text x="{number(x)}" y="{number(y)}"{kind}>{escape(content)}</text>')

    def rect(self, x, y, w, h, classes):
        self.parts.append(f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(w, .5))}" '
                          f'height="{number(h)}" class="{classes}"/>')

    def rule(self, x1, y1, x2, y2, classes):
        self.parts.append(f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
                          f'class="{classes}"/>')

    def finish(self):
        height = self.y + 14 * len(self.notes) + 14
        out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {number(height)}" width="{WIDTH}" '
               f'height="{number(height)}" role="img">', f"<title>{escape(self.title)}</title>",
               f"<style>{STYLE}</style>", f'<rect class="bg" width="{WIDTH}" height="{number(height)}"/>',
               f'<text x="20" y="32" class="title">{escape(self.title)}</text>', *self.parts]
        for i, note in enumerate(self.notes):
            out.append(f'<text x="20" y="{number(self.y + 14 * (i + 1))}" class="note">{escape(note)}</text>')
        return "\n".join(out + ["</svg>", ""])


def legend(svg, names, x=20, dashes=None):
    """Names of the series, in a row; wraps."""
    at = x
    for i, name in enumerate(names):
        width = 34 + 7.2 * len(name)
        if at + width > WIDTH - 20:
            at, svg.y = x, svg.y + 18
        if dashes is None:
            svg.rect(at, svg.y - 9, 12, 10, f"f{i}")
        else:
            dash = f' stroke-dasharray="{dashes[i][1]}"' if dashes[i][1] else ""
            svg.parts.append(f'<path d="M{number(at - 4)} {number(svg.y - 4)}h22" class="line s{dashes[i][0]}"{dash}/>')
        svg.text(at + (18 if dashes is None else 24), svg.y, name)
        at += width
    svg.y += 22


def bars(title, notes, panels, unit, stacks=None):
    """Panels [(head, [(name, value or list of values, remark, is_ours)])]; a list is a stacked bar.

    Each panel has its own scale, from 0: panels measure different things."""
    svg = Svg(title, notes)
    left, right = 210, 150
    if stacks:
        legend(svg, stacks)
    for head, rows in panels:
        svg.text(20, svg.y, head, "head")
        svg.y += 10
        largest = max(sum(v) if isinstance(v, list) else v for _, v, _, _ in rows) or 1
        for name, value, remark, is_ours in rows:
            parts = value if isinstance(value, list) else [value]
            svg.text(left - 10, svg.y + 14, name, "end ours" if is_ours else "end")
            x = left
            for i, part in enumerate(parts):
                width = (WIDTH - left - right) * part / largest
                colour = i if isinstance(value, list) else 0 if is_ours else 4
                if part > 0:
                    svg.rect(x, svg.y + 2, width, 16, f"f{colour}")
                x += width
            svg.text(x + 6, svg.y + 14, f"{short(sum(parts))} {unit}" + (f"  {remark}" if remark else ""),
                     "ours" if is_ours else "")
            svg.y += 22
        svg.y += 22
    return svg.finish()


# ---- lines --------------------------------------------------------------------------------------


def step_of(top):
    """A round step that gives four to eight lines up to `top`."""
    raw = top / 5
    unit = 10 ** math.floor(math.log10(raw))
    return next(unit * k for k in (1, 2, 2.5, 5, 10) if unit * k >= raw)


def ticks_of_x(low, high, is_log):
    if is_log:
        return [(10 ** e, f"10{''.join('⁰¹²³⁴⁵⁶⁷⁸⁹'[int(d)] for d in str(e))}")
                for e in range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)]
    step = step_of(high - low)
    return [(i * step, f"{i * step:g}") for i in range(math.ceil(low / step), int(high / step) + 1)]


def draw_panel(svg, box, panel, is_log):
    """A panel is (head, name of x, series, limits); series [(colour, dash, [(x, y)])]."""
    x0, y0, w, h = box
    head, x_name, series, limits = panel
    points = [p for _, _, of in series for p in of]
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    top = max([y for _, y in points] + limits) * 1.08
    step = step_of(top)
    scale = (lambda v: math.log10(v)) if is_log else (lambda v: v)
    span = scale(high) - scale(low) or 1

    def px(x):
        return x0 + w * (scale(x) - scale(low)) / span

    def py(y):
        return y0 + h - h * y / top

    svg.text(x0 - 34, y0 - 14, head, "head")
    for i in range(int(top / step) + 1):
        svg.rule(x0, py(i * step), x0 + w, py(i * step), "axis" if i == 0 else "grid")
        svg.text(x0 - 6, py(i * step) + 4, f"{i * step:g}", "tick end")
    for x, name in ticks_of_x(low, high, is_log):
        svg.rule(px(x), y0 + h, px(x), y0 + h + 4, "axis")
        svg.text(px(x), y0 + h + 17, name, "tick mid")
    svg.text(x0 + w / 2, y0 + h + 34, x_name, "tick mid")
    for limit in limits:
        svg.rule(x0, py(limit), x0 + w, py(limit), "limit")
    for colour, dash, of in series:
        path = "L".join(f"{number(px(x))} {number(py(y))}" for x, y in sorted(of))
        style = f' stroke-dasharray="{dash}"' if dash else ""
        svg.parts.append(f'<path d="M{path}" class="line s{colour}"{style}/>')
        for x, y in of:
            svg.parts.append(f'<circle cx="{number(px(x))}" cy="{number(py(y))}" r="2.6" class="f{colour}"/>')


def lines(title, notes, names, panels, is_log, columns):
    """Panels of lines side by side; `names` [(name, colour, dash)] is the legend of all of them."""
    svg = Svg(title, notes)
    legend(svg, [n for n, _, _ in names], x=24, dashes=[(c, d) for _, c, d in names])
    gap, height = 62, 230
    width = (WIDTH - 20 - gap * columns) / columns
    svg.y += 24
    for i, panel in enumerate(panels):
        column = i % columns
        draw_panel(svg, (gap + column * (width + gap), svg.y, width, height), panel, is_log)
        if column == columns - 1 or i == len(panels) - 1:
            svg.y += height + 78
    svg.y -= 24
    return svg.finish()
