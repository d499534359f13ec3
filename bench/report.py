#!/usr/bin/env python3
"""report.py - what was measured, as plots, as tables, and in the README: all from the results files.

    report.py [--root DIR] [--check]

Reads docs/bench/results/*.jsonl (docs/bench/results/README.md says what a line is), and writes
    docs/bench/*.svg       the plots, with machine, date and versions
    docs/bench/README.md   the plots one below the other, and the figures as tables
    README.md              what stands between <!-- bench --> and <!-- /bench -->
--check writes nothing: exit 1 where a file is not what the results say.

Speed is bytes of text a second of CPU time (user and system, all threads), the median of the timed rounds.  A ratio
is ours over the peer's in the same round, again the median: rounds are what machine and neighbours have in
common.  Of several runs of one corpus and mode the last one in the files counts.
"""
import argparse
import glob
import json
import os
import statistics
import sys

sys.dont_write_bytecode = True  # the source tree may be read-only, and stays clean
import report_queries  # noqa: E402
import svg  # noqa: E402

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
OURS = ["prismsearch", "prismsearch-whitespace", "prismsearch-bi", "prismsearch-plain", "prismsearch-add"]
NAMES = {"prismsearch": "prismsearch", "prismsearch-bi": "prismsearch, han=bi", "prismsearch-whitespace":
         "prismsearch, whitespace", "prismsearch-plain": "prismsearch, not stemming", "prismsearch-add": "prismsearch, add",
         "lucene": "Lucene", "tantivy": "Tantivy", "fts5": "SQLite FTS5", "xapian": "Xapian",
         "groonga": "Groonga", "pisa": "PISA", "bm25s": "BM25S"}
MODES = {"tokens": "the same tokens, positions", "tokens-nopos": "the same tokens, no positions",
         "native": "own tokenizers, positions", "native-stem": "own tokenizers and English stemming",
         "zh": "own analyzers, positions", "stored": "NDJSON to a searchable index with stored text",
         "stored-zh": "NDJSON to a searchable index with stored text"}
CORPORA = {"en-tokens": "English articles", "en": "English articles", "en-keyed": "English articles",
           "mixed-keyed": "mixed articles", "zh": "Chinese articles", "mixed": "mixed articles",
           "passages": "short passages", "long": "long documents", "code": "code-like text", "million": "a million passages"}
PEERS = ["lucene", "tantivy", "fts5"]  # of the README
PARTS = ["docs_freqs", "positions", "terms", "lengths", "stored", "other"]


def is_ours(engine):
    return engine in OURS


def ours_of(by):
    """Which of our configurations the peers are held against, or None."""
    return next((engine for engine in OURS if engine in by), None)


# ---- reading ------------------------------------------------------------------------------------


class Results:
    def __init__(self, folder):
        self.rows, self.runs = [], {}
        for path in sorted(glob.glob(os.path.join(folder, "*.jsonl"))):
            with open(path, encoding="utf-8") as f:
                for n, line in enumerate(f, 1):
                    try:
                        row = json.loads(line)
                        if row["kind"] == "run":
                            self.runs[row["run"]] = row
                        self.rows.append(row)
                    except (ValueError, KeyError) as e:
                        sys.exit(f"{path}:{n}: {e!r}")
        self.unequal = {(r["run"], r["mode"], r["corpus"], r["engine"]) for r in self.of("unequal")}
        self.versions = {r["engine"]: r.get("version", "") for r in self.rows if r["kind"] == "engine"}

    def of(self, kind):
        return [r for r in self.rows if r["kind"] == kind]

    def builds(self):
        """{(mode, corpus): {engine: {round: row}}}, timed rounds of the last run."""
        last, out = {}, {}
        for r in self.of("build"):
            if r.get("phase", "timed") == "timed":
                last[r["mode"], r["corpus"]] = r["run"]
        for r in self.of("build"):
            key = r["mode"], r["corpus"]
            if r.get("phase", "timed") == "timed" and last[key] == r["run"]:
                out.setdefault(key, {}).setdefault(r["engine"], {})[r["round"]] = r

        def place(key):
            orders = list(MODES), list(CORPORA)
            return [order.index(k) if k in order else len(order) for k, order in zip(key, orders)], key

        return dict(sorted(out.items(), key=lambda item: place(item[0])))

    def machine(self, rows):
        """Notes below a plot: where and when its rows were measured."""
        commits = {}  # by machine and day
        for run in dict.fromkeys(r["run"] for r in rows if r.get("run") in self.runs):
            r = self.runs[run]
            ram = f", {r['ram_kb'] / 1048576:.0f} GiB" if "ram_kb" in r else ""
            place = f"{r.get('cpu', '?')}, {r.get('cores', '?')} cores{ram}, Linux {r.get('kernel', '?')}; {day_of(r['started'])}"
            commits.setdefault(place, {})[r.get("commit", "?")] = None
        return [f"{place}, commit {', '.join(of)}" for place, of in commits.items()]


def day_of(started):
    """Of ISO 8601 in its long or short form."""
    return started[:10] if "-" in started else f"{started[:4]}-{started[4:6]}-{started[6:8]}"


def speed(row):
    return row["text_bytes"] / 1e6 / row["cpu_s"]


def median_of(rounds, measure):
    values = [measure(r) for r in rounds.values() if measure(r) is not None]
    return statistics.median(values) if values else None


def ratio(results, by, engine, measure):
    """Of the rounds that both have: median, least, greatest; None where they did not index the same."""
    ours, theirs = by.get(ours_of(by), {}), by[engine]
    row = next(iter(theirs.values()))
    if is_ours(engine) or (row["run"], row["mode"], row["corpus"], engine) in results.unequal:
        return None
    both = [measure(ours[r]) / measure(theirs[r]) for r in ours
            if r in theirs and measure(ours[r]) and measure(theirs[r])]
    return (statistics.median(both), min(both), max(both)) if both else None


# ---- plots --------------------------------------------------------------------------------------


def head_of(mode, corpus):
    return f"{CORPORA.get(corpus, corpus)}: {MODES.get(mode, mode)}"


def versions_note(results, engines):
    known = [f"{NAMES[e]} {results.versions[e]}" for e in engines if results.versions.get(e) and e not in OURS[1:]]
    return [known[i:i + 5] for i in range(0, len(known), 5)]


def peer_plot(results, title, measure, unit, remark_of, better, remarks=()):
    builds, panels, used, engines = results.builds(), [], [], []
    for (mode, corpus), by in builds.items():
        rows = []
        for engine, rounds in by.items():
            value = median_of(rounds, measure)
            if value is None:
                continue
            against = ratio(results, by, engine, measure)
            rows.append((NAMES.get(engine, engine), value, remark_of(against) if against else "", is_ours(engine)))
            used += list(rounds.values())
            engines.append(engine)
        rows.sort(key=lambda row: -row[1] if better == "more" else row[1])
        if rows:
            panels.append((head_of(mode, corpus), rows))
    if not panels:
        return None
    notes = results.machine(used) + ["; ".join(v) for v in versions_note(results, dict.fromkeys(engines))]
    return svg.bars(title, notes + list(remarks), panels, unit)


def speed_plot(results):
    return peer_plot(results, "Building an index: MB of text a CPU second (more is better)", speed, "MB/s",
                     lambda a: f"({a[0]:.1f}x slower)" if a[0] >= 1 else f"({1 / a[0]:.1f}x faster)", "more")


def memory_plot(results):
    return peer_plot(results, "Memory while building: peak anonymous MiB (less is better)",
                     lambda r: r["peak_anon_kb"] / 1024 if r.get("peak_anon_kb") else None, "MiB",
                     lambda a: f"({1 / a[0]:.1f}x)" if a[0] <= .1 else f"({1 / a[0]:.2f}x)", "less",
                     ["A JVM's memory is mostly the heap that it was given."])


def size_plot(results):
    """Bytes of the index as shares of the text: parts where the engine tells them apart."""
    panels, used, engines = [], [], []
    for (mode, corpus), by in results.builds().items():
        rows = []
        for engine, rounds in by.items():
            row = rounds[max(rounds)]
            parts = row.get("parts") or {}
            values = [100 * parts.get(p, 0) / row["text_bytes"] for p in PARTS]
            values[-1] = max(0, 100 * row["index_bytes"] / row["text_bytes"] - sum(values[:-1]))
            rows.append((NAMES.get(engine, engine), values, "", is_ours(engine)))
            used.append(row)
            engines.append(engine)
        rows.sort(key=lambda row: sum(row[1]))
        panels.append((head_of(mode, corpus), rows))
    if not panels:
        return None
    notes = results.machine(used) + ["; ".join(v) for v in versions_note(results, dict.fromkeys(engines))]
    return svg.bars("Size of the index, % of the text (less is better)", notes, panels, "%",
                    ["documents and freqs", "positions", "terms", "lengths", "stored text", "other, or not told apart"])


def scale_cells(results):
    """{(mode, memory): {docs: {measure: median}}} and the rows they come from."""
    rows, cells = results.of("scale"), {}
    for r in rows:
        cells.setdefault((r["mode"], r["memory"]), {}).setdefault(r["docs"], []).append(r)
    of = ("us_per_doc", "over_budget", "amplification", "segments")
    return {k: {d: {m: statistics.median(r[m] for r in rs) for m in of} for d, rs in sorted(by.items())}
            for k, by in sorted(cells.items())}, rows


def scale_plot(results):
    cells, rows = scale_cells(results)
    if not cells:
        return None
    budgets = sorted({memory for _, memory in cells})
    names = [(f"{mode}, {memory >> 20} MiB", budgets.index(memory), "" if mode == "load" else "6 4")
             for mode, memory in cells]

    def panel(head, measure, limits):
        series = [(budgets.index(k[1]), "" if k[0] == "load" else "6 4", [(d, c[measure]) for d, c in by.items()])
                  for k, by in cells.items()]
        return head, "documents", series, limits

    notes = results.machine(rows) + [
        "Generated documents of about 72 words through psearch put. Load: one commit, steady: a commit every 5000.",
        "Dotted: what is allowed (written: 4 in steady mode, 2 in load mode)."]
    return svg.lines("Cost of a document, memory and bytes written, by number of documents", notes, names,
                     [panel("CPU µs a document", "us_per_doc", []), panel("anonymous / budget", "over_budget", [1.1]),
                      panel("written / index", "amplification", [2, 4])], True, 3)


def codec_plot(results):
    series, rows = {}, [r for r in results.of("micro") if r["bench"] == "codec" and " w=" in r["case"]]
    for r in rows:
        operation, width = r["case"].split(" w=")
        if operation in ("encode", "decode", "decode docs") and width != "0" and not width.endswith("+x"):
            series.setdefault((operation, r["way"]), []).append((int(width), r["per_s"] / 1e9))
    if not series:
        return None
    operations = ["encode", "decode", "decode docs"]
    levels = list(dict.fromkeys(way for _, way in series))
    dash = {level: "6 4" if level == "scalar" else "" for level in levels}
    names = [(f"{o}, {way}", operations.index(o), dash[way]) for o, way in series]
    panel = ("10⁹ integers a second", "bits a value",
             [(operations.index(o), dash[way], of) for (o, way), of in series.items()], [])
    return svg.lines("Integer codec: blocks of 128, by width and kernel", results.machine(rows), names, [panel], False, 1)


PLOTS = {"build-speed.svg": speed_plot, "index-size.svg": size_plot, "build-memory.svg": memory_plot,
         "scale.svg": scale_plot, "codec.svg": codec_plot}


# ---- tables -------------------------------------------------------------------------------------


def table(head, rows):
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return out + ["| " + " | ".join(row) + " |" for row in rows]


def times(r):
    return f"{r[0]:.1f}x ({r[1]:.1f} to {r[2]:.1f})" if r[0] >= 10 else f"{r[0]:.2f}x ({r[1]:.2f} to {r[2]:.2f})"


def peer_rows(results):
    rows = []
    for (mode, corpus), by in results.builds().items():
        for engine, rounds in by.items():
            faster = ratio(results, by, engine, speed)
            smaller = ratio(results, by, engine, lambda r: r["index_bytes"])
            if faster and smaller:
                rows.append([head_of(mode, corpus), NAMES.get(engine, engine), f"{median_of(by[ours_of(by)], speed):.1f} MB/s",
                             times(faster), f"{smaller[0]:.2f}"])
    return rows


def bound_rows(results):
    """Bytes of our lists over the zero-order bound of the same postings (bench/RESULTS.md), of those outside the
    dictionary: the bytes of those inside cannot be told from it."""
    bounds, rows = {(r["run"], r["corpus"]): r["bound"] for r in results.of("corpus") if "bound" in r}, []
    for (mode, corpus), by in results.builds().items():
        for engine, rounds in by.items():
            row = rounds[max(rounds)]
            bound, parts = bounds.get((row["run"], corpus)), row.get("parts") or {}
            if not bound or not is_ours(engine) or mode not in ("tokens", "tokens-nopos") or "docs_freqs" not in parts:
                continue
            docs = parts["docs_freqs"] / (bound["listed_docs"] + bound["listed_freqs"])
            positions = parts.get("positions", 0) / bound["listed_positions"]
            rows.append([head_of(mode, corpus), NAMES[engine], f"{docs:.3f}", f"{positions:.3f}" if positions else ""])
    return rows


def short_rows(results):
    """A row for each corpus and mode, a column for each peer of PEERS."""
    rows = []
    for (mode, corpus), by in results.builds().items():
        cells = []
        for engine in PEERS:
            faster = ratio(results, by, engine, speed) if engine in by else None
            smaller = ratio(results, by, engine, lambda r: r["index_bytes"]) if engine in by else None
            cells.append(f"{faster[0]:.1f}x, {smaller[0]:.2f}" if faster and smaller else "")
        if any(cells):
            rows.append([head_of(mode, corpus), f"{median_of(by[ours_of(by)], speed):.0f} MB/s", *cells])
    return rows


def scale_rows(results):
    rows = []
    for (mode, memory), by in scale_cells(results)[0].items():
        base = by.get(100000)
        for docs, c in by.items():
            of = f"{c['us_per_doc'] / base['us_per_doc']:.2f}" if base and docs >= 100000 else ""
            rows.append([f"{mode}, {memory >> 20} MiB", f"{docs:,}", f"{c['us_per_doc']:.1f} µs", of, f"{c['over_budget']:.2f}",
                         f"{c['amplification']:.2f}", f"{c['segments']:.0f}"])
    return rows


def micro_rows(results):
    rows = []
    for r in results.of("micro"):
        if r["bench"] == "codec":
            continue
        if "value" in r:
            rows.append([r["bench"], r["case"], r["way"], f"{r['value']:g} {r['unit']}", ""])
            continue
        scale, prefix = next((s, p) for s, p in ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")) if r["per_s"] >= s or s == 1)
        over = f"{r['ratio']:.2f}x {r['over']}" if "ratio" in r else ""
        rows.append([r["bench"], r["case"], r["way"], f"{r['per_s'] / scale:.3g} {prefix}{r['unit']}/s", over])
    return rows


PEER_HEAD = ["corpus", "beside", "speed here", "faster here", "bytes here over theirs"]
SCALE_HEAD = ["mode, budget", "documents", "CPU a document", "of 10⁵", "memory / budget", "written / index", "segments"]


def page(results, drawn):
    out = ["# Measurements", "", "Written by `make bench-report` from `results/`; do not edit. How it was measured: `bench/NOTES.md`, "
           "`results/README.md`.", ""]
    for title, head, rows, plots in (
            ("Building, beside others", PEER_HEAD, peer_rows(results), ["build-speed.svg", "index-size.svg", "build-memory.svg"]),
            ("Bytes of our lists over the zero-order bound", ["corpus", "engine", "documents and freqs", "positions"], bound_rows(results), []),
            ("Scaling", SCALE_HEAD, scale_rows(results), ["scale.svg"]),
            ("Parts", ["bench", "case", "way", "speed", "over"], micro_rows(results), ["codec.svg"])):
        if not rows:
            continue
        out += [f"## {title}", ""] + table(head, rows) + [""]
        for plot in (p for p in plots if p in drawn):
            out += [f"![{plot[:-4]}]({plot})", ""]
    out += query_page(results, drawn)
    out += ["## Machines", ""] + [f"- {m}" for m in results.machine(results.rows)] + [""]
    return "\n".join(out)


def query_page(results, drawn):
    """Queries: the plots, then a table for each corpus."""
    queries, out = report_queries.Queries(results.rows), []
    if any(p.startswith("query-") for p in drawn):
        out += ["## Queries", "", "Beside each peer: our time over theirs, as the geometric mean of the queries' ratios, ratio of the means, ratio of the "
                "p99; below 1 we are faster. Empty where the two do not find the same.", ""]
        for plot in sorted(p for p in drawn if p.startswith("query-")):
            out += [f"![{plot[:-4]}]({plot})", ""]
    for title, head, rows in report_queries.tables(queries):
        out += [f"## {title}", ""] + table(head, rows) + [""]
    return out


def readme_block(results):
    """The figures of the README: building beside others where one index is made of the same text, and scaling."""
    out, peers = [], short_rows(results)
    if peers:
        out += ["Building one index on one core, engines by turns. Speed is text a CPU second; beside each peer: how many times "
                "faster here, and the bytes of the index here over theirs.", ""]
        out += table(["text", "here", *(NAMES[e] for e in PEERS)], peers) + [""]
    out += report_queries.readme_block(report_queries.Queries(results.rows), table)
    scale = [r for r in scale_rows(results) if r[0] == "load, 256 MiB"]
    if scale:
        out += ["`psearch put --load --memory 256M` on generated documents of about 72 words (`bench/scale.py`):", ""]
        out += table(SCALE_HEAD[1:], [r[1:] for r in scale]) + [""]
    machines = results.machine([r for r in results.rows if r["kind"] in ("build", "scale", "latency")])
    if out:
        out += [f"Measured on {'; '.join(machines)}. Plots and all figures: [docs/bench](docs/bench/README.md).", ""]
    return "\n".join(["", *out]) if out else "\n"


# ---- writing ------------------------------------------------------------------------------------


def with_block(text, block, name):
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{name}: no {BEGIN} ... {END}")
    return before + BEGIN + block + END + after


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--root", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    p.add_argument("--check", action="store_true")
    args = p.parse_args()
    folder = os.path.join(args.root, "docs", "bench")
    results = Results(os.path.join(folder, "results"))
    files = {}
    for name, draw in PLOTS.items():
        picture = draw(results)
        if picture is not None:
            files[os.path.join(folder, name)] = picture
    for name, picture in report_queries.plots(results, report_queries.Queries(results.rows)).items():
        files[os.path.join(folder, name)] = picture
    drawn = {os.path.basename(path) for path in files}
    files[os.path.join(folder, "README.md")] = page(results, drawn)
    readme = os.path.join(args.root, "README.md")
    files[readme] = with_block(read(readme) or "", readme_block(results), readme)
    stale = [path for path, text in files.items() if read(path) != text]
    stale += [path for path in glob.glob(os.path.join(folder, "*.svg")) if path not in files]
    for path in stale:
        if args.check:
            print(f"{os.path.relpath(path, args.root)} is not what docs/bench/results says: make bench-report")
        elif path in files:
            with open(path, "w", encoding="utf-8") as f:
                f.write(files[path])
            print(f"written: {os.path.relpath(path, args.root)}")
        else:
            os.remove(path)
            print(f"removed: {os.path.relpath(path, args.root)}, which no results are there for")
    return 1 if stale and args.check else 0


if __name__ == "__main__":
    sys.exit(main())
