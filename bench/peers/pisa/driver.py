"""driver.py - how fast, and into how few bytes, does PISA build the same index?  No positions.

Its forward index, its inversion, and then what a query needs: block_simdbp lists and the block maxima
(WAND data) of BM25 with k1 1.2 and b 0.75.  No stemmer, no stop words, one thread.  Bytes are those
of the files that a query opens; the forward and the plain inverted index are left behind by it and
are no part of them.

`driver query DIR` answers requests of bench/run-queries: words with + are a conjunction, others a
disjunction, each with the faster of the algorithms that it offers for it.
"""
import os
import sys
import time

out = os.fdopen(os.dup(1), "w")  # PISA prints what it is at on standard output
os.dup2(2, 1)
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import peer  # noqa: E402

import numpy  # noqa: E402
import pyterrier_pisa  # noqa: E402


def documents(corpus):
    for number, line in enumerate(peer.lines(corpus)):
        yield {"docno": str(number), "text": line}


def build(corpus, folder):
    clock = peer.Clock()
    index = pyterrier_pisa.PisaIndex(folder, text_field="text", stemmer="none", stops="none",
                                     index_encoding="block_simdbp", threads=1)
    index.index(documents(corpus))
    clock.merge()
    index.bm25(k1=1.2, b=.75)
    peer.sync(folder)
    measured = clock.stop()
    # inv.docs: [1, documents], then for each term [df, documents...]
    docs, sizes = (numpy.memmap(os.path.join(folder, f), mode="r", dtype=numpy.uint32)
                   for f in ("inv.docs", "inv.sizes"))
    with open(os.path.join(folder, "fwd.terms"), "rb") as file:
        terms = sum(1 for _ in file)
    kept = {f: os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)
            if not f.startswith(("inv", "fwd")) or f in ("fwd.termlex", "fwd.doclex")}
    lists = sum(n for f, n in kept.items() if f.endswith(".block_simdbp"))
    peer.report(out, docs=int(docs[1]), **measured, terms=terms, postings=len(docs) - 2 - terms,
                tokens=int(sizes[1:].sum(dtype=numpy.uint64)), segments=1,
                index_bytes=sum(kept.values()), components=kept, parts={"docs_freqs": lists})


def query(folder):
    index = pyterrier_pisa.PisaIndex(folder, text_field="text", stemmer="none", stops="none",
                                     index_encoding="block_simdbp", threads=1)
    context = index.bm25(k1=1.2, b=.75)._ctxt
    faster = {}

    def ask(algorithm, k, text, times):
        size = times * k
        numbers = numpy.empty(size, dtype=numpy.int32), numpy.empty(size, dtype=numpy.int32)
        names, scores = numpy.empty(size, dtype=object), numpy.empty(size, dtype=numpy.float32)
        n = pyterrier_pisa._pisathon.retrieve(
            context, algorithm, [(i, text) for i in range(times)], k=k, threads=1, query_weighted=0, pretokenised=False,
            result_qidxs=numbers[0], result_docnos=names, result_ranks=numbers[1], result_scores=scores) // times
        return [int(d) for d in names[:min(n, 10)]], [float(s) for s in scores[:min(n, 10)]]

    def cost(algorithm, k, text):
        begin = time.process_time_ns()
        ask(algorithm, k, text, 8)
        return time.process_time_ns() - begin

    def search(k, text, times):
        both = ("block_max_ranked_and", "ranked_and") if "+" in text else ("block_max_wand", "block_max_maxscore")
        words = text.replace("+", "")
        if (k, text) not in faster:
            faster[k, text] = min(both, key=lambda a: min(cost(a, k, words) for _ in range(3)))
        return ask(faster[k, text], k, words, times)

    peer.serve(out, search)


if len(sys.argv) == 2 and sys.argv[1] == "--version":
    peer.report(out, version=pyterrier_pisa.__version__, detail="pyterrier-pisa, block_simdbp")
elif len(sys.argv) == 3 and sys.argv[1] == "query":
    query(sys.argv[2])
elif len(sys.argv) == 5 and sys.argv[1] == "tokens-nopos":
    build(sys.argv[2], sys.argv[3])
else:
    sys.exit("usage: driver tokens-nopos CORPUS DIR MEMORY")
