"""report_queries.py - the part of bench/report.py on queries: plots, tables and figures from queries.jsonl.

Of a class, mode and engine on a corpus that several runs have, that of the larger run counts, then that of the
later; of `growth` the last run (bench/RESULTS.md)."""
import collections
import math
import statistics

import svg

CORPORA = {"articles": "all articles", "million": "a million passages", "en-million": "a million English passages",
           "en-tokens": "English articles"}
MODES = {"top10": "top 10", "top100": "top 100", "top1000": "top 1000", "top100count": "top 100 and the exact count", "count": "the exact count"}
NAMES = {"lucene": "Lucene", "tantivy": "Tantivy", "xapian": "Xapian", "fts5": "SQLite FTS5", "pisa": "PISA", "bm25s": "BM25S",
         "prismsearch-shuffled": "in a random order", "prismsearch-reordered": "like beside like", "prismsearch-ten": "ten segments",
         "prismsearch-deleted": "a tenth deleted", "prismsearch-exhaustive": "without pruning",
         "prismsearch-filters": "filters kept"}
GROUPS = (("a word", ("term-",)), ("all words", ("and-",)), ("any word", ("or-",)), ("phrase", ("phrase-2", "phrase-3", "phrase-many")),
          ("phrase with stop words", ("phrase-stop-", "phrase-all-stop-")), ("must and should", ("must-should", "phrase-word")),
          ("without a word", ("not-",)), ("filtered", ("filter-",)), ("stop words, rare and frequent", ("stop-", "rare-")),
          ("19 words", ("paragraph",)), ("prefix", ("prefix",)), ("Chinese", ("han-",)))


README_PEERS = ("lucene", "tantivy")


class Queries:
    def __init__(self, rows):
        sizes = collections.Counter(r["run"] for r in rows if r["kind"] == "latency")
        places = {r["run"]: i for i, r in enumerate(rows)}
        rows = [r for r in rows if r["kind"] in ("latency", "query_ratio")]
        rows.sort(key=lambda r: (-sizes[r["run"]], -places[r["run"]]))
        self.rows, self.latency, self.ratio = rows, {}, {}
        for r in rows:
            if r["kind"] == "latency":
                self.latency.setdefault((r["corpus"], r["class"], r["mode"], r["engine"]), r)
            elif r["engine"] == "prismsearch":
                self.ratio.setdefault((r["corpus"], r["class"], r["mode"], r["peer"]), r)
        found = dict.fromkeys(r["corpus"] for r in rows)
        self.corpora = [c for c in CORPORA if c in found] + sorted(set(found) - set(CORPORA))

    def classes(self, corpus):
        return list(dict.fromkeys(k[1] for k in self.latency if k[0] == corpus and k[1] != "all"))

    def peers(self, corpus):
        return list(dict.fromkeys(k[3] for k in self.ratio if k[0] == corpus))

    def modes(self, corpus):
        return list(dict.fromkeys(k[2] for k in self.latency if k[0] == corpus))

    def best(self, corpus, name, mode):
        """The row of the peer that we are least ahead of; ours in another state is no peer."""
        rows = [self.ratio[k] for p in self.peers(corpus) if not p.startswith("prismsearch")
                for k in [(corpus, name, mode, p)] if k in self.ratio]
        return max(rows, key=lambda r: r["mean"]) if rows else None


def plots(results, queries):
    """{file name: SVG}: a plot for each mode, a panel for each corpus, a bar for each class: its mean over the best peer's."""
    out = {}
    for mode in MODES:
        panels, used = [], []
        for corpus in queries.corpora:
            rows = []
            for name in queries.classes(corpus):
                r = queries.best(corpus, name, mode)
                mine = queries.latency.get((corpus, name, mode, "prismsearch"))
                if r is not None and mine is not None:
                    rows.append((name, r["mean"], f"{NAMES.get(r['peer'], r['peer'])}; {svg.short(mine['mean'])} µs", True))
                    used.append(mine)
            if rows:
                panels.append((CORPORA.get(corpus, corpus), rows))
        if panels:
            notes = results.machine(used) + ["Mean CPU time of a class's queries, warm, one thread, over that of the fastest peer, which is named.", "Behind it our mean."]
            out[f"query-{mode}.svg"] = svg.bars(f"Time of a query over the best peer's: {MODES[mode]} (1 is equal, less is better)", notes, panels, "x")
    growth = growth_plot(results)
    if growth is not None:
        out["query-growth.svg"] = growth
    return out


def growth_plot(results):
    """Time over documents, a panel for words, all words, any word; a line for each k."""
    rows = results.of("growth")
    rows = [r for r in rows if r["run"] == rows[-1]["run"]]
    modes = [m for m in MODES if any(r["mode"] == m for r in rows)]
    if not rows:
        return None

    def panel(head, starts):
        series = []
        for i, mode in enumerate(modes):
            points = {}
            for r in rows:
                if r["mode"] == mode and r["class"].startswith(starts):
                    points.setdefault(r["docs"], []).append(r["mean"])
            series.append((i, "", [(d, statistics.fmean(us)) for d, us in sorted(points.items())]))
        return head, "documents", series, []

    panels = [panel("a word, µs", "term-"), panel("all words, µs", "and-"), panel("any word, µs", "or-")]
    notes = results.machine(rows) + ["Generated documents of about 72 words; the same queries at every size; mean CPU time, warm, one thread."]
    return svg.lines("Time of a query by number of documents and of hits wanted", notes, [(MODES[m], i, "") for i, m in enumerate(modes)],
                     [p for p in panels if any(of for _, _, of in p[2])], True, 3)


def tables(queries):
    """[(title, head, rows)]: everything, a table a corpus."""
    out = []
    for corpus in queries.corpora:
        peers, rows = queries.peers(corpus), []
        for name in queries.classes(corpus) + ["all"]:
            for mode in queries.modes(corpus):
                mine = queries.latency.get((corpus, name, mode, "prismsearch"))
                if mine is None:
                    continue
                cells = [queries.ratio.get((corpus, name, mode, p)) for p in peers]
                rows.append([name, MODES.get(mode, mode), f"{svg.short(mine['mean'])}", f"{svg.short(mine['p99'])}"]
                            + ["" if r is None else f"{r['geomean']:.2f}, {r['mean']:.2f}, {r['p99']:.2f}" for r in cells])
        if rows:
            out.append((f"Queries: {CORPORA.get(corpus, corpus)}", ["class", "mode", "mean µs", "p99 µs", *(NAMES.get(p, p) for p in peers)], rows))
    return out


def group_ratio(queries, corpus, mode, starts, peer):
    """The geometric mean over the classes of a group."""
    found = [r["geomean"] for (c, name, m, p), r in queries.ratio.items()
             if (c, m, p) == (corpus, mode, peer) and name.startswith(starts)]
    return math.exp(statistics.fmean(map(math.log, found))) if found else None


def readme_rows(queries, corpora):
    """Groups of classes; a cell for each corpus and mode: beside the peer that we are least ahead of."""
    rows = []
    for title, starts in GROUPS:
        cells = []
        for corpus in corpora:
            for mode in ("top10", "count"):
                values = [group_ratio(queries, corpus, mode, starts, peer) for peer in README_PEERS]
                values = [v for v in values if v is not None]
                cells.append(f"{max(values):.2f}" if values else "")
        if any(cells):
            rows.append([title, *cells])
    return rows


def readme_block(queries, table):
    """Lines for the README, or none."""
    corpora = [c for c in queries.corpora if set(README_PEERS) & set(queries.peers(c))]
    rows = readme_rows(queries, corpora)
    if not rows:
        return []
    head = ["query", *(f"{CORPORA.get(c, c)}, {m}" for c in corpora for m in ("top 10", "count"))]
    return ["Answering on one core: our time over that of Lucene or Tantivy, whichever is faster, geometric mean of the queries (below 1: faster here).",
            ""] + table(head, rows) + [""]
