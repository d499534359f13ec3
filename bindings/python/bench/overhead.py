"""What does Python add?  Searching beside the same C calls, indexing dicts beside `psearch put`.

    overhead.py --build BUILD --articles FILE.ndjson [--queries N] [--rounds N]

Both sides take turns in one run, so that whatever else the machine does falls on both; CPU seconds of the
process are compared, the best round of each.  The search side compiles overhead.c against BUILD.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import prismsearch as ps

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LIMIT = 10


def compile_overhead(build: Path, work: Path) -> Path:
    program = work / "overhead"
    libs = [f"-L{build}/.libs", f"-Wl,-rpath,{build}/.libs", "-lprismsearch"]
    subprocess.run(["cc", "-O2", f"-I{ROOT}/include", str(HERE / "overhead.c"), *libs, "-o", str(program)], check=True)
    return program


def queries_of(documents: list[dict[str, str]], n: int) -> list[str]:
    """One to three words, or a run of two to four characters, that stand in a document."""
    chance = random.Random(1)
    queries = []
    while len(queries) < n:
        text = chance.choice(documents)["body"]
        words = re.findall(r"[A-Za-z]{4,}|[一-鿿]{2,}", text)
        if words:
            chosen = chance.sample(words, min(len(words), chance.randint(1, 3)))
            queries.append(" ".join(word[: chance.randint(2, 4)] if word[0] > "z" else word for word in chosen))
    return queries


def search_round(snap: ps.Snapshot, queries: list[str], what: str) -> float:
    began = time.process_time()
    for query in queries:
        for hit in snap.search(query, LIMIT):
            if what == "dict":
                hit.fields
            elif what == "fields":
                hit["id"], hit["title"], hit["source"]
            elif what == "text":
                hit.raw()
            else:
                hit.key
    return time.process_time() - began


def compare_searching(build: Path, work: Path, index: Path, queries: list[str], rounds: int) -> None:
    program = compile_overhead(build, work)
    (work / "queries").write_text("\n".join(queries) + "\n", encoding="utf-8")
    times: dict[str, list[float]] = {name: [] for name in ("C keys", "C text", "key", "text", "fields", "dict")}
    with ps.open(index) as opened, opened.snapshot() as snap:
        search_round(snap, queries, "dict")
        for _ in range(rounds):
            for name, documents in (("C keys", "0"), ("C text", "1")):
                command = [str(program), str(index), str(work / "queries"), str(LIMIT), "3", documents]
                out = subprocess.run(command, check=True, capture_output=True, text=True)
                times[name].append(min(float(line) for line in out.stdout.split()))
            for name in ("key", "text", "fields", "dict"):  # as many tries as C has
                times[name].append(min(search_round(snap, queries, name) for _ in range(3)))
    best = {name: min(values) / len(queries) * 1e6 for name, values in times.items()}
    print(f"search   C: {best['C keys']:.0f} us a query, {best['C text']:.0f} us with the JSON of {LIMIT} hits")
    print(f"search   Python, keys: {best['key'] / best['C keys']:.2f} x ({best['key'] - best['C keys']:.1f} us more)")
    print(f"search   Python, JSON (hit.raw): {best['text'] / best['C text']:.2f} x")
    print(f"search   Python, three fields by name: {best['fields'] / best['C text']:.2f} x")
    print(f"search   Python, dicts (hit.fields): {best['dict'] / best['C text']:.2f} x")
    for name, beside in (("key", "C keys"), ("text", "C text"), ("fields", "C text"), ("dict", "C text")):
        ratios = sorted(ours / theirs for ours, theirs in zip(times[name], times[beside], strict=True))
        print(f"search   {name}: median of the rounds {ratios[len(ratios) // 2]:.2f} x")


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare_indexing(build: Path, work: Path, articles: Path, documents: list[dict[str, str]], rounds: int) -> Path:
    cli, dicts, lines = [], [], []
    size = articles.stat().st_size
    index = work / "index"
    for round in range(rounds):
        before = cpu_of_children()
        command = [str(build / "psearch"), "-i", str(work / f"cli{round}"), "put", "--load", "--input=ndjson", str(articles)]
        subprocess.run(command, check=True, capture_output=True)
        cli.append(cpu_of_children() - before)
        index = work / f"dicts{round}"
        began = time.process_time()
        with ps.Index.create(index) as made, made.writer(load=True) as w:
            w.put_many(documents)
        dicts.append(time.process_time() - began)
        began = time.process_time()
        with ps.Index.create(work / f"lines{round}") as made, made.writer(load=True) as w:
            w.put_many(ps.read_ndjson_lines(articles))
        lines.append(time.process_time() - began)
    print(f"index    psearch put {size / 1e6 / min(cli):.1f} MB/s of CPU time")
    print(f"index    dicts: {min(cli) / min(dicts):.0%} of its speed; NDJSON lines: {min(cli) / min(lines):.0%}")
    return index


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    documents = [json.loads(line) for line in ps.read_ndjson_lines(arguments.articles)]
    with tempfile.TemporaryDirectory(prefix="prismsearch-overhead-") as folder:
        work = Path(folder)
        index = compare_indexing(arguments.build.resolve(), work, arguments.articles, documents, arguments.rounds)
        queries = queries_of(documents, arguments.queries)
        compare_searching(arguments.build.resolve(), work, index, queries, arguments.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
