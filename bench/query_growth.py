#!/usr/bin/env python3
"""query_growth.py - how does the time of a query grow with the documents, and with k?

    query_growth.py [--build DIR] [--sizes 10000,100000,1000000] [--modes top10,top100,top1000,top100count,count]
                    [--per-class 20] [--folder DIR] [--out FILE]

Generated documents (bench/zipf), of which a larger collection begins with those of a smaller one; the same queries
for all of them, sampled from the smallest.  Its words do not know each other, so there are no phrases.  Prints JSON
lines, kind `run`, then kind `growth` (bench/RESULTS.md), and on standard error a table: microseconds of CPU a query,
and by how much tenfold documents make it longer.  Indexes are kept in --folder: 10^7 documents take 5 GB and minutes.
"""
import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the source tree may be read-only, and stays clean
import machine  # noqa: E402
import rig  # noqa: E402

CLASSES = "term-1,term-2,term-3,and-2,and-3,or-2,or-3,or-many"
TOKENS = ("import json, re, sys\n"
          "for line in sys.stdin:\n"
          "    print(' '.join(re.findall('[a-z0-9]+', json.loads(line)['body'].lower())))")


def program(options, name):
    return rig.built(os.path.join(options.build, "bench"), name)


def tokens(options, docs):
    """A process that writes the collection as tokens."""
    zipf = subprocess.Popen([program(options, "zipf"), "--docs", str(docs)], stdout=subprocess.PIPE)
    return subprocess.Popen([sys.executable, "-c", TOKENS], stdin=zipf.stdout, stdout=subprocess.PIPE)


def index(options, docs, environment):
    folder = os.path.join(options.folder, str(docs))
    if not os.path.exists(folder + ".json"):
        shutil.rmtree(folder, ignore_errors=True)
        done = subprocess.run([program(options, "prism_build"), "query:whitespace", "/dev/stdin", folder, str(1 << 30)],
                              stdin=tokens(options, docs).stdout, stdout=subprocess.PIPE, env=environment, check=True)
        with open(folder + ".json", "wb") as file:
            file.write(done.stdout)
    return folder


def queries(options):
    """The file of queries, of the smallest collection."""
    text, path = (os.path.join(options.folder, n) for n in ("smallest.tok", "queries.tsv"))
    with open(text, "wb") as file:
        shutil.copyfileobj(tokens(options, options.sizes[0]).stdout, file)
    with open(path, "wb") as file:
        subprocess.run([os.path.join(rig.HERE, "queries"), text, "--per-class", str(options.per_class), "--classes", CLASSES],
                       stdout=file, check=True)
    return path


def measure(options, docs, path, environment):
    """{(class, mode): [us]}"""
    done = subprocess.run([program(options, "prism_query"), index(options, docs, environment), path, "--modes", options.modes],
                          stdout=subprocess.PIPE, env=environment, check=True)
    by = {}
    for row in map(json.loads, done.stdout.splitlines()):
        by.setdefault((row["class"], row["mode"]), []).append(row["ns"] / 1000)
    return by


def show(by, sizes):
    """A row a class and mode, a column a size."""
    print(f"{'class':<9} {'mode':<11}" + "".join(f"{n:>12,}" for n in sizes) + "   x a tenfold", file=sys.stderr)
    for key in by[sizes[0]]:
        means = [statistics.fmean(by[n][key]) for n in sizes]
        growth = (means[-1] / means[0]) ** (1 / math.log10(sizes[-1] / sizes[0])) if len(sizes) > 1 else 1
        print(f"{key[0]:<9} {key[1]:<11}" + "".join(f"{m:12.1f}" for m in means) + f"{growth:14.2f}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(rig.TOP, "build"))
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--modes", default="top10,top100,top1000,top100count,count")
    parser.add_argument("--per-class", type=int, default=20)
    parser.add_argument("--folder", help="BUILD/peers/growth")
    parser.add_argument("--out", help="also append the lines to this file")
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    options.folder = options.folder or os.path.join(options.build, "peers", "growth")
    options.sizes = sorted(int(n) for n in options.sizes.split(","))
    os.makedirs(options.folder, exist_ok=True)
    environment = dict(os.environ, LD_LIBRARY_PATH=os.path.join(options.build, ".libs"))
    run = f"growth-{int(time.time())}"
    lines, by, path = [machine.line(run, " ".join(sys.argv[1:]))], {}, queries(options)
    for docs in options.sizes:
        by[docs] = measure(options, docs, path, environment)
        for (name, mode), us in by[docs].items():
            lines.append({"kind": "growth", "run": run, "docs": docs, "class": name, "mode": mode, "n": len(us),
                          "mean": round(statistics.fmean(us), 3), "p50": round(statistics.median(us), 3), "max": round(max(us), 3)})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    print(text, end="")
    if options.out:
        with open(options.out, "a", encoding="utf-8") as file:
            file.write(text)
    show(by, options.sizes)


if __name__ == "__main__":
    main()
