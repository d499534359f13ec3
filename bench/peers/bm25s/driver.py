"""driver.py - how fast, and into how few bytes, does BM25S build the same index?  No positions.

It computes scores when it builds: a sparse matrix of one float32 and one int32 a posting.  The
tokenizer is its own, cutting at spaces; saved with its vocabulary, then synced.

`driver query DIR` answers requests of bench/run-queries with its numba back end (ranked OR only); compiling is
outside the clock.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import peer  # noqa: E402

import bm25s  # noqa: E402


def build(corpus, folder):
    clock = peer.Clock()
    tokenizer = bm25s.tokenization.Tokenizer(lower=False, splitter=lambda text: text.split(" "),
                                             stopwords=None, stemmer=None)
    texts = list(peer.lines(corpus))
    tokens = tokenizer.tokenize(texts, show_progress=False, return_as="tuple")
    index = bm25s.BM25(method="lucene", k1=1.2, b=.75)
    index.index(tokens, show_progress=False, create_empty_token=False)
    index.save(folder, show_progress=False)
    peer.sync(folder)
    measured = clock.stop()
    vocabulary = [t for t in tokenizer.get_vocab_dict() if t != ""]
    sizes = {f: os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)}
    lists = sum(n for f, n in sizes.items() if f.endswith(".npy"))
    peer.report(sys.stdout, docs=len(texts), **measured, terms=len(vocabulary),
                postings=len(index.scores["data"]), tokens=sum(map(len, tokens.ids)),
                index_bytes=sum(sizes.values()), components=sizes, parts={"docs_freqs": lists})


def query(folder):
    index = bm25s.BM25.load(folder)
    index.backend = "numba"
    index.compile(activate_numba=True, warmup=True)
    n = index.scores["num_docs"]

    def search(k, text, times):
        found = index.retrieve([text.split(" ")] * times, k=min(k, n), show_progress=False, n_threads=1)
        hits = [(int(d), float(s)) for d, s in zip(found.documents[0][:10], found.scores[0][:10]) if s > 0]
        return [d for d, _ in hits], [s for _, s in hits]

    peer.serve(sys.stdout, search)


if len(sys.argv) == 2 and sys.argv[1] == "--version":
    peer.report(sys.stdout, version=bm25s.__version__, detail="method lucene, scores computed at build")
elif len(sys.argv) == 3 and sys.argv[1] == "query":
    query(sys.argv[2])
elif len(sys.argv) == 5 and sys.argv[1] == "tokens-nopos":
    build(sys.argv[2], sys.argv[3])
else:
    sys.exit("usage: driver tokens-nopos CORPUS DIR MEMORY")
