"""query_rows.py - from single queries to rows: figures of a class, ratios to a peer, gates, the table.

A class is compared with a peer only if both found the same number of documents for each of its queries (mode
`count`); where a peer's lengths are exact and its formula is ours, the scores must agree, too.  The mix ("all") is
of the classes that both have.
"""
import json
import math
import statistics

PEERS = ("lucene", "tantivy", "xapian", "fts5", "pisa", "bm25s")
EXACT = {"bm25s"}  # the same formula over exact lengths: equal scores but for float rounding
SCORE_ERROR = 1e-4
LARGE = 100000     # documents: from here on the gates of large collections hold


def percentile(values, p):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(p * (len(ordered) - 1)))]


def is_ours(engine):
    return engine.startswith("prismsearch")


# ---- what one corpus gives ----------------------------------------------------------------------


class Judge:
    """The times and answers of one corpus."""

    def __init__(self, bench, corpus, engines):
        self.bench, self.corpus, self.engines = bench, corpus, engines
        self.times = {k[1:]: v for k, v in bench.times.items() if k[0] == corpus}
        self.classes = list(dict.fromkeys(k[0] for k in self.times))
        self.modes = list(dict.fromkeys(k[1] for k in self.times))

    def of(self, name, mode, engine):
        """{query: [ns of a turn]}"""
        return {q: [t[0] for t in turns] for q, turns in self.times.get((name, mode, engine), {}).items()}

    def answer(self, engine, mode, query):
        return self.bench.answers.get((self.corpus, engine, mode, query))

    def unequal(self, name, peer):
        """Is there a query of the class that the two do not count alike?  Told once a class."""
        for mode in self.modes:
            for query in self.times.get((name, mode, peer), {}):
                ours, theirs = self.answer("prismsearch", mode, query), self.answer(peer, mode, query)
                if ours is None or theirs is None:
                    continue
                if min(ours[0], theirs[0]) >= 0 and ours[0] != theirs[0]:
                    self.say_unequal(peer, name, mode, "count", query, theirs[0], ours[0])
                    return True
                if peer in EXACT and not same_scores(ours[2], theirs[2]):
                    self.say_unequal(peer, name, mode, "scores", query, theirs[2][:3], ours[2][:3])
                    return True
        return False

    def same_hits(self, variants):
        """Whatever the order of documents and the number of segments, our answers are the same to the bit."""
        for engine in variants:
            for name, mode, query in ((n, m, q) for (n, m, e), by in self.times.items() if e == engine for q in by):
                want, got = self.answer("prismsearch", mode, query), self.answer(engine, mode, query)
                if want and got and (want[1:] != got[1:] or (min(want[0], got[0]) >= 0 and want[0] != got[0])):
                    self.say_unequal(engine, name, mode, "hits", query, got[1][:3], want[1][:3])
                    break

    def say_unequal(self, peer, name, mode, what, query, got, want):
        self.bench.write("unequal", corpus=self.corpus, mode="queries", engine=peer, reference="prismsearch",
                         **{"class": name}, asked=mode, what=what, query=query, got=got, want=want)

    def overlap(self, name, peer):
        """Of the ten best how many are the same documents, on an average; None where nothing is to be compared."""
        shares = []
        for query in self.times.get((name, "top10", peer), {}):
            ours, theirs = self.answer("prismsearch", "top10", query), self.answer(peer, "top10", query)
            if ours and theirs and (ours[1] or theirs[1]):
                shares.append(len(set(ours[1]) & set(theirs[1])) / max(len(ours[1]), len(theirs[1])))
        return statistics.fmean(shares) if shares else None

    def latency(self, name, mode, engine, by):
        us = {q: statistics.median(t) / 1000 for q, t in by.items()}
        self.bench.write("latency", corpus=self.corpus, mode=mode, engine=engine, **{"class": name}, n=len(us),
                         turns=max(map(len, by.values())), **figures(list(us.values())), slowest=max(us, key=us.get))

    def ratio(self, name, mode, ours, peer, mine, theirs, overlap=None):
        both = [q for q in mine if q in theirs]
        if not both:
            return
        ratios = {q: statistics.median(a / max(1, b) for a, b in zip(mine[q], theirs[q])) for q in both}
        us = [statistics.median(mine[q]) / 1000 for q in both], [statistics.median(theirs[q]) / 1000 for q in both]
        worst = max(ratios, key=ratios.get)
        more = {} if overlap is None else {"overlap": round(overlap, 4)}
        self.bench.write("query_ratio", corpus=self.corpus, mode=mode, engine=ours, peer=peer, **{"class": name}, n=len(both),
                         geomean=round(math.exp(statistics.fmean(map(math.log, ratios.values()))), 4),
                         mean=round(statistics.fmean(us[0]) / statistics.fmean(us[1]), 4),
                         p50=round(percentile(us[0], .5) / percentile(us[1], .5), 4),
                         p99=round(percentile(us[0], .99) / percentile(us[1], .99), 4), wins=sum(r < 1 for r in ratios.values()),
                         worst=round(ratios[worst], 3), worst_query=worst, **more)

    def everything(self):
        peers = [e for e in self.engines if not is_ours(e)]
        self.same_hits([e for e in self.engines if is_ours(e) and e not in ("prismsearch", "prismsearch-deleted")])
        good = {p: {c for c in self.classes if not self.unequal(c, p)} for p in peers}
        overlaps = {(c, p): self.overlap(c, p) for p in peers for c in good[p]}
        for mode in self.modes:
            mix = {e: {} for e in self.engines}
            for name in self.classes:
                by = {e: self.of(name, mode, e) for e in self.engines}
                for engine in self.engines:
                    if by[engine]:
                        self.latency(name, mode, engine, by[engine])
                        mix[engine].update({f"{name}\t{q}": t for q, t in by[engine].items()})
                for ours in (e for e in self.engines if is_ours(e)):
                    for peer in (p for p in self.engines if (p in good and name in good[p]) or (is_ours(p) and p != ours == "prismsearch")):
                        self.ratio(name, mode, ours, peer, by[ours], by[peer], overlaps.get((name, peer)))
            for engine in self.engines:
                if mix[engine]:
                    self.latency("all", mode, engine, mix[engine])
                if engine != "prismsearch":
                    equal = {q: t for q, t in mix[engine].items() if is_ours(engine) or q.split("\t")[0] in good[engine]}
                    self.ratio("all", mode, "prismsearch", engine, mix.get("prismsearch", {}), equal)
        with open(self.bench.options.out + ".each", "a", encoding="utf-8") as file:
            for (name, mode, engine), by in self.times.items():
                for query, turns in by.items():
                    count, ids, _ = self.answer(engine, mode, query)
                    file.write(json.dumps({"corpus": self.corpus, "class": name, "mode": mode, "engine": engine, "query": query,
                                           "turns": turns, "count": count, "ids": ids}, ensure_ascii=False) + "\n")


def same_scores(ours, theirs):
    return len(ours) == len(theirs) and all(abs(a - b) <= SCORE_ERROR * max(abs(a), abs(b)) for a, b in zip(ours, theirs))


def figures(us):
    return {"mean": round(statistics.fmean(us), 3), "p50": round(percentile(us, .5), 3), "p99": round(percentile(us, .99), 3),
            "max": round(max(us), 3)}


def judge(bench, corpus, engines):
    """Write the rows `latency`, `query_ratio` and `unequal` of a corpus that was measured."""
    Judge(bench, corpus, engines).everything()


# ---- gates --------------------------------------------------------------------------------------

AND, OR = ("and-2", "and-3", "and-many", "and-high"), ("or-2", "or-3", "or-many", "or-high")
PHRASE = ("phrase-2", "phrase-3", "phrase-many")
STOP_PHRASE = ("phrase-stop-2", "phrase-stop-3", "phrase-stop-many", "phrase-all-stop-2", "phrase-all-stop-3")
BEST = ("lucene", "tantivy")
# what, mode, classes (None: each), peers (the best of them), limit, stretch
GATES = (
    ("top-10 and", "top10", AND, BEST, .75, .5),
    ("top-10 or", "top10", OR, BEST, .75, .5),
    ("top-1000 or", "top1000", OR, BEST, .8, .6),
    ("top-100 + count, or", "top100count", OR, ("tantivy",), .4, .2),
    ("count and/or", "count", AND + OR, BEST, .7, .3),
    ("count, dense", "count", ("stop-and", "stop-or"), BEST, .7, .05),
    ("phrase top-10", "top10", PHRASE, BEST, .7, .4),
    ("phrase count", "count", PHRASE, BEST, .7, .4),
    ("stop-word phrase top-10", "top10", STOP_PHRASE, BEST, .2, .05),
    ("stop-word phrase count", "count", STOP_PHRASE, BEST, .2, .05),
    ("PISA top-10 and/or", "top10", AND + OR, ("pisa",), 1., None),
)


def latencies(records):
    return {(r["corpus"], r["class"], r["mode"], r["engine"]): r for r in records if r["kind"] == "latency"}


def ratios(records):
    return {(r["corpus"], r["class"], r["mode"], r["peer"]): r for r in records
            if r["kind"] == "query_ratio" and r["engine"] == "prismsearch"}


def best_of(found, corpus, name, mode, peers, member="mean"):
    """The greatest ratio to any of the peers, which is that to the best one; None where there is none."""
    rows = [found[corpus, name, mode, p] for p in peers if (corpus, name, mode, p) in found]
    return max(rows, key=lambda r: r[member]) if rows else None


def verdict(value, limit, stretch):
    return "stretch" if stretch is not None and value <= stretch else "ok" if value <= limit else "MISSED"


def gates_of(records, corpus):
    """[(gate, class, mode, peer, ratio of means, geometric mean, limit, stretch)]"""
    found, rows = ratios(records), []
    docs = next((r["docs"] for r in records if r["kind"] == "corpus" and r["corpus"] == corpus), 0)
    if docs < LARGE:
        for (c, name, mode, peer), r in found.items():
            if c == corpus and peer == "bm25s" and name != "all":
                rows.append(("beside BM25S", name, mode, peer, r["mean"], r["geomean"], 1 / 1.5, 1 / 3))
        return rows
    for what, mode, classes, peers, limit, stretch in GATES:
        for name in classes:
            r = best_of(found, corpus, name, mode, peers)
            if r is not None:
                rows.append((what, name, mode, r["peer"], r["mean"], r["geomean"], limit, stretch))
    for mode in dict.fromkeys(k[2] for k in found if k[0] == corpus):
        r = best_of(found, corpus, "all", mode, BEST, "p99")
        if r is not None:
            rows.append(("p99 of the mix", "all", mode, r["peer"], r["p99"], r["geomean"], .6, .3))
    gated = {(row[1], row[2]) for row in rows}
    for c, name, mode, _ in dict.fromkeys((k[0], k[1], k[2], "") for k in found if k[0] == corpus):
        r = best_of(found, corpus, name, mode, BEST)
        if name != "all" and (name, mode) not in gated and r is not None:
            rows.append(("no class slower", name, mode, r["peer"], r["mean"], r["geomean"], 1., None))
    return rows


# ---- the table ----------------------------------------------------------------------------------


def head(records):
    run = next((r for r in records if r["kind"] == "run"), {})
    yield (f"{run.get('started', '?')}  commit {run.get('commit', '?')}  {run.get('cpu', '?')}, core {run.get('pin', '?')} of "
           f"{run.get('cores', '?')}, load at start {run.get('load', 0):.1f}")
    yield "engines: " + ", ".join(f"{r['engine']} {r['version']}" for r in records if r["kind"] == "engine")
    for r in records:
        if r["kind"] == "skipped":
            yield f"skipped: {r['engine']}: {r['reason']}"
    yield ""
    yield "Times in us of CPU (mean, p50, p99, max over the queries of a class).  Ratios are ours over theirs, below 1 we are faster:"
    yield "geometric mean of the queries' ratios / ratio of the means / queries we win.  o10: share of equal documents among the ten best."
    yield "Gates: what is met, with * at the stretch."


def section(records, corpus):
    latency, ratio = latencies(records), ratios(records)
    keys = list(dict.fromkeys((k[1], k[2]) for k in latency if k[0] == corpus))
    engines = list(dict.fromkeys(k[3] for k in latency if k[0] == corpus))
    others = [e for e in engines if e != "prismsearch"]
    docs = next((r["docs"] for r in records if r["kind"] == "corpus" and r["corpus"] == corpus), 0)
    yield ""
    yield f"{corpus}: {docs} documents"
    yield (f"{'class':<23} {'mode':<11} {'n':>3} {'ours':>9} {'p50':>8} {'p99':>9} {'max':>9}"
           + "".join(f" | {e.removeprefix('prismsearch-')[:8] + ' mean':>13} {'p99':>9} {'geo':>6} {'mean':>6} {'win':>3} {'o10':>4}" for e in others))
    for name, mode in keys:
        mine = latency.get((corpus, name, mode, "prismsearch"))
        if mine is None:
            continue
        line = f"{name:<23} {mode:<11} {mine['n']:3} {mine['mean']:9.1f} {mine['p50']:8.1f} {mine['p99']:9.1f} {mine['max']:9.1f}"
        for engine in others:
            theirs, r = latency.get((corpus, name, mode, engine)), ratio.get((corpus, name, mode, engine))
            if theirs is None:
                line += " | " + " " * 46
                continue
            line += f" | {theirs['mean']:13.1f} {theirs['p99']:9.1f} "
            line += "unequal".ljust(22) if r is None else (
                f"{r['geomean']:6.3f} {r['mean']:6.3f} {r['wins']:3} " + (f"{r['overlap']:4.2f}" if "overlap" in r else "    "))
        yield line


def gate_lines(records, corpus):
    """Those that were missed, the worst first; then the others, a line a gate."""
    rows = gates_of(records, corpus)
    if not rows:
        return
    missed = sorted((r for r in rows if r[4] > r[6]), key=lambda r: -r[4] / r[6])
    yield ""
    yield (f"Gates, {corpus}: ratio of the means to the best peer (geometric mean of queries).  {len(rows)} in all, {len(missed)} missed, "
           f"{sum(r[7] is not None and r[4] <= r[7] for r in rows)} at the stretch")
    for what, name, mode, peer, mean, geomean, limit, stretch in missed:
        more = "" if stretch is None else f", stretch {stretch:.2f}"
        yield f"  MISSED  {what:<24} {name:<23} {mode:<11} {mean:7.3f} ({geomean:.3f}) to {peer:<8} limit {limit:.2f}{more}"
    for what in dict.fromkeys(r[0] for r in rows):
        met = [r for r in rows if r[0] == what and r[4] <= r[6]]
        if met:
            yield f"  met     {what:<24} " + ", ".join(f"{r[1]} {r[2]} {r[4]:.2f}" + ("*" if verdict(r[4], r[6], r[7]) == "stretch" else "")
                                                       for r in met)


def limit_lines(records, corpus):
    for r in (r for r in records if r["kind"] == "limits" and r["corpus"] == corpus):
        yield ""
        yield (f"Alone, {corpus}: open and first query {r['open_and_search_ns'] / 1e6:.2f} ms (1.00 asked for); anonymous memory after all "
               f"queries {r['anon_kb'] / 1024:.1f} MiB (10 asked for)" + (f"; exhaustive scoring of {r['lists']} dense lists, top 100, "
               f"{r['ns_per_posting']:.2f} ns a posting (.60 asked for)" if "ns_per_posting" in r else ""))


def thread_lines(records, corpus):
    rows = [r for r in records if r["kind"] == "threads" and r["corpus"] == corpus]
    if rows:
        yield ""
        yield f"Threads, {corpus}: queries a second by wall time, all queries one after the other in each thread"
    for mode in dict.fromkeys(r["mode"] for r in rows):
        by = {(r["threads"], r["within"]): r for r in rows if r["mode"] == mode}
        one = by[1, 1]["qps"]
        yield (f"  {mode:<11} one thread {one:.0f} (CPU {by[1, 1]['mean']:.1f} us a query), two searches at once {by[2, 1]['qps']:.0f} "
               f"({by[2, 1]['qps'] / one:.2f}x, CPU {by[2, 1]['mean']:.1f} us), two threads within a search {by[1, 2]['qps']:.0f} "
               f"({by[1, 2]['qps'] / one:.2f}x)")


def table(records):
    lines = list(head(records))
    for corpus in dict.fromkeys(r["corpus"] for r in records if r["kind"] == "latency"):
        lines += section(records, corpus)
        lines += gate_lines(records, corpus)
        lines += limit_lines(records, corpus)
        lines += thread_lines(records, corpus)
    for r in records:
        if r["kind"] == "unequal":
            asked = f"{r['class']} {r['asked']} {r['query']}: " if "class" in r else ""
            lines.append(f"unequal: {r['corpus']}, {r['engine']}: {asked}{r['what']} {r['got']}, not {r['want']}")
    return "\n".join(lines) + "\n"
