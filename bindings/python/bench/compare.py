"""prismsearch beside what else one installs with pip: tantivy, bm25s, and SQLite's FTS5.

    compare.py --articles FILE.ndjson [--queries N]

Each engine works in a process of its own, in turn, with one thread: it builds an index of id, title and
body on disk (bm25s: in memory), then answers queries for 10 keys. Told as ratios to prismsearch:

    build, query   CPU seconds               memory     the process at its largest, less Python's own
    size           bytes on disk             found      of the documents that hold a run of 2 to 4 Chinese
                                                        characters literally, how many it finds by that run

What is not installed is left out (pip install tantivy bm25s apsw). None of them is told more about Chinese
than its documentation's first page says, but for FTS5, which has the trigram tokenizer as a second entry
(it finds nothing below three characters), and ours, of bindings/sqlite, as a third.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import random
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LIMIT = 10
Search = Callable[[str, int], list[str]]


def read(path: Path) -> Iterator[dict[str, str]]:
    """Articles of NDJSON, .zst and .gz too."""
    import prismsearch as ps

    return ps.read_ndjson(path)


def prismsearch(articles: Path, folder: Path) -> Search:
    import prismsearch as ps

    index = ps.Index.create(folder / "i", {"id": ps.Key(), "title": ps.Text(boost=2), "body": ps.Text()})
    with index.writer(load=True) as w:
        w.put_many(read(articles))
    snap = index.snapshot()

    def search(text: str, limit: int) -> list[str]:
        query = ps.phrase(text) if limit > LIMIT else ps.parse(text, plain=True)
        return snap.search(query, limit).keys

    return search


def tantivy(articles: Path, folder: Path) -> Search:
    import tantivy as engine

    builder = engine.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in ("title", "body"):
        builder.add_text_field(name, stored=True, tokenizer_name="en_stem")
    (folder / "i").mkdir()
    index = engine.Index(builder.build(), path=str(folder / "i"))
    writer = index.writer(heap_size=256 << 20, num_threads=1)
    for document in read(articles):
        writer.add_document(engine.Document(id=document["id"], title=document["title"], body=document["body"]))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(text: str, limit: int) -> list[str]:
        query, _ = index.parse_query_lenient(f'"{text}"' if limit > LIMIT else text, ["title", "body"])
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(query, limit, count=False).hits]

    return search


def bm25s(articles: Path, folder: Path) -> Search:
    import bm25s as engine

    documents = list(read(articles))
    model = engine.BM25()
    model.index(engine.tokenize([d["title"] + "\n" + d["body"] for d in documents], show_progress=False), show_progress=False)

    def search(text: str, limit: int) -> list[str]:
        tokens = engine.tokenize([text], show_progress=False)
        places, scores = model.retrieve(tokens, k=min(limit, len(documents)), show_progress=False)
        return [documents[place]["id"] for place, score in zip(places[0], scores[0], strict=True) if score > 0]

    return search


def connect(path: str) -> Any:
    """The SQLite that can load our extension: the package apsw's, else Python's own."""
    if importlib.util.find_spec("apsw") is not None:
        import apsw

        return apsw.Connection(path)
    return sqlite3.connect(path, isolation_level=None)


def fts5(articles: Path, folder: Path, tokenizer: str = "porter unicode61") -> Search:
    db = connect(str(folder / "i"))
    if tokenizer == "prism":
        import prismsearch as ps

        db.enable_load_extension(True)
        db.load_extension(ps.sqlite_extension_path())
    db.execute(f"create virtual table d using fts5(id unindexed, title, body, tokenize='{tokenizer}')")
    db.execute("begin")
    db.executemany("insert into d values (?, ?, ?)", ((d["id"], d["title"], d["body"]) for d in read(articles)))
    db.execute("insert into d(d) values ('optimize')")
    db.execute("commit")

    def search(text: str, limit: int) -> list[str]:
        words = [text] if limit > LIMIT else re.findall(r"\w+", text)
        match = " OR ".join(f'"{word}"' for word in words)
        sql = "select id from d where d match ? order by bm25(d, 0, 2, 1) limit ?"
        return [row[0] for row in db.execute(sql, (match, limit))]

    return search


def fts5_trigram(articles: Path, folder: Path) -> Search:
    return fts5(articles, folder, "trigram")


def fts5_prism(articles: Path, folder: Path) -> Search:
    return fts5(articles, folder, "prism")


def can_load() -> bool:
    return importlib.util.find_spec("apsw") is not None or hasattr(sqlite3.Connection, "enable_load_extension")


ENGINES: dict[str, Callable[[Path, Path], Search]] = {
    "prismsearch": prismsearch,
    "tantivy": tantivy,
    "bm25s": bm25s,
    "fts5": fts5,
    "fts5 trigram": fts5_trigram,
    "fts5 prism": fts5_prism,
}


def peak() -> int:
    """Bytes of this program at its largest; getrusage would tell of the process it was made from, too."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.M)
        if found:
            return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def work(name: str, articles: Path, queries: dict[str, Any]) -> dict[str, float]:
    """In a process of its own."""
    with tempfile.TemporaryDirectory(prefix="prismsearch-compare-") as folder:
        before = peak()
        began = time.process_time()
        search = ENGINES[name](articles, Path(folder))
        build = time.process_time() - began
        memory = peak() - before
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        for text in queries["words"]:
            search(text, LIMIT)
        began = time.process_time()
        for text in queries["words"]:
            search(text, LIMIT)
        query = time.process_time() - began
        wanted = found = 0
        for text, keys in queries["runs"].items():
            wanted += len(keys)
            found += len(set(keys) & set(search(text, 10000)))
        return {"build": build, "query": query, "memory": memory, "size": size, "found": found / max(1, wanted)}


def make_queries(articles: Path, n: int) -> dict[str, Any]:
    """Words of documents, and runs of Chinese characters with the documents that hold them."""
    chance = random.Random(1)
    documents = list(read(articles))
    texts = {d["id"]: d["title"] + "\n" + d["body"] for d in documents}
    words: list[str] = []
    runs: dict[str, list[str]] = {}
    while len(words) < n:
        found = re.findall(r"[A-Za-z]{4,}|[一-鿿]{2,}", chance.choice(documents)["body"])
        if found:
            words.append(" ".join(w[:4] if w[0] > "z" else w for w in chance.sample(found, min(len(found), 2))))
    while len(runs) < n // 5:
        found = re.findall(r"[一-鿿]{4,}", chance.choice(documents)["body"])
        if found:
            run = chance.choice(found)
            start = chance.randrange(len(run) - 3)
            run = run[start : start + chance.randint(2, 4)]
            runs[run] = [key for key, text in texts.items() if run in text]
    return {"words": words, "runs": runs}


def compare(articles: Path, n: int) -> int:
    queries = json.dumps(make_queries(articles, n))
    results: dict[str, dict[str, float]] = {}
    for name in ENGINES:
        if name in ("tantivy", "bm25s") and importlib.util.find_spec(name) is None:
            print(f"{name} is not installed: left out", file=sys.stderr)
            continue
        if name == "fts5 prism" and not can_load():
            print("no SQLite here loads extensions (pip install apsw): fts5 prism is left out", file=sys.stderr)
            continue
        command = [sys.executable, __file__, "--articles", str(articles), "--engine", name]
        done = subprocess.run(command, input=queries, capture_output=True, text=True, check=True)
        results[name] = json.loads(done.stdout)
    ours = results["prismsearch"]
    print(f"{'':14}{'build':>8}{'query':>8}{'memory':>8}{'size':>8}{'found':>8}")
    for name, result in results.items():
        ratios = [result[what] / ours[what] if ours[what] else 0 for what in ("build", "query", "memory", "size")]
        print(f"{name:14}" + "".join(f"{ratio:>8.2f}" for ratio in ratios) + f"{result['found']:>8.1%}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--documents", type=int, default=0, help="only the first so many")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.engine:
        print(json.dumps(work(arguments.engine, arguments.articles, json.load(sys.stdin))))
        return 0
    if arguments.documents:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".ndjson") as part:
            part.writelines(json.dumps(d) + "\n" for d in itertools.islice(read(arguments.articles), arguments.documents))
            part.flush()
            return compare(Path(part.name), arguments.queries)
    return compare(arguments.articles, arguments.queries)


if __name__ == "__main__":
    sys.exit(main())
