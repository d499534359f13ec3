#!/usr/bin/env python3
"""scale.py - does a document cost the same, however many there are?

    scale.py [--psearch P] [--zipf P] [--sizes 10000,100000,1000000] [--modes load,steady]
             [--memory 64M,256M,2G] [--threads 1] [--rounds 3] [--out FILE]

Runs `psearch put` on the generated corpus (bench/zipf) through a pipe, each size in each mode under each
budget, sizes in turn within a round, and prints one JSON object a line: kind `run`, then kind `scale` (see
docs/bench/results/README.md).  At the end, on standard error, a table and what holds of
    cost      CPU of a document at each size from 10^5 on over that at 10^5, median of rounds: 0.85 to 1.15
    memory    peak anonymous memory: at most 1.1 times the budget
    written   bytes written over bytes of the index: at most 2 in load mode, 4 in steady mode
    segments  at most 30 in steady mode
Exit: 0 all hold, 1 one does not.

    load      one commit, merges at the end (--load)
    steady    a commit after every 5000 documents, merges by policy

CPU time is that of psearch alone, user and system.  On a shared machine it swells under load; sizes
by turns, and ratios of one round, are what to trust.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import machine  # noqa: E402

STEADY = 5000  # documents of a commit
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def size_of(text):
    number, unit = re.fullmatch(r"(\d+)([KMG]?)", text).groups()
    return int(number) * UNITS[unit]


# ---- one run ------------------------------------------------------------------------------------


class Watch(threading.Thread):
    """Samples the anonymous memory of a process, and looks at what it has written when it has ended."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.ended = pid, 0, threading.Event()

    def run(self):
        while not self.ended.wait(0.01):
            try:
                with open(f"/proc/{self.pid}/status", encoding="ascii") as f:
                    found = re.search(r"^RssAnon:\s*(\d+) kB", f.read(), re.M)
            except OSError:
                return
            if found:
                self.peak = max(self.peak, int(found[1]) * 1024)


def written_by(pid):
    with open(f"/proc/{pid}/io", encoding="ascii") as f:
        return int(re.search(r"^wchar: (\d+)", f.read(), re.M)[1])


def program(path):
    """libtool's wrapper is a script that starts others: the program behind it, with its library."""
    folder = os.path.join(os.path.dirname(os.path.abspath(path)), ".libs")
    real = os.path.join(folder, os.path.basename(path))
    if not os.path.exists(real):
        return path
    os.environ["LD_LIBRARY_PATH"] = folder
    return real


def put(args, work, docs, mode, memory):
    index = os.path.join(work, "index")
    shutil.rmtree(index, ignore_errors=True)
    command = [args.psearch, "-i", index, "put", "--progress=never", "--memory", str(memory), "--threads",
               str(args.threads), "-"]
    command[4:4] = ["--load"] if mode == "load" else ["--commit-every", str(STEADY)]
    began = time.monotonic()
    with subprocess.Popen([args.zipf, "--docs", str(docs), "--text", args.text], stdout=subprocess.PIPE) as made, \
            open(os.path.join(work, "said"), "w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdin=made.stdout, stdout=said, stderr=said)
        made.stdout.close()
        watch = Watch(process.pid)
        watch.start()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # still there to be asked
        wall = time.monotonic() - began
        written = written_by(process.pid)
        watch.ended.set()
        watch.join()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{said.read()}")
    info = json.loads(subprocess.run([args.psearch, "-i", index, "info", "--json"], check=True,
                                     capture_output=True).stdout)
    if info["documents"] != docs:
        sys.exit(f"{info['documents']} documents of {docs} in the index")
    cpu = usage.ru_utime + usage.ru_stime
    final = info["bytes"]  # of what the newest commit names; kept commits hold files of their own
    shutil.rmtree(index)
    return {"docs": docs, "mode": mode, "memory": memory, "threads": args.threads, "text": args.text,
            "wall_s": round(wall, 3), "cpu_s": round(cpu, 3), "us_per_doc": round(1e6 * cpu / docs, 3),
            "peak_anon": watch.peak, "written": written, "index_bytes": final, "segments": info["segments"],
            "amplification": round(written / final, 3), "over_budget": round(watch.peak / memory, 3)}


# ---- what holds ---------------------------------------------------------------------------------


def medians(rows):
    cells = {}
    for row in rows:
        cells.setdefault((row["mode"], row["memory"], row["docs"]), []).append(row)
    out = {}
    for key, of in sorted(cells.items()):
        out[key] = {m: statistics.median(r[m] for r in of)
                    for m in ("us_per_doc", "wall_s", "peak_anon", "over_budget", "amplification", "segments")}
        out[key]["worst_over"] = max(r["over_budget"] for r in of)
    return out


def judge(rows):
    """Lines of a table, and what does not hold."""
    lines, bad, cells = [], [], medians(rows)
    lines.append(f"{'mode':7} {'budget':>7} {'documents':>10} {'us/doc':>8} {'of 10^5':>8} {'anon MiB':>9} {'/budget':>8} "
                 f"{'written':>8} {'segments':>8}")
    for (mode, memory, docs), c in cells.items():
        base = cells.get((mode, memory, 100000))
        ratio = c["us_per_doc"] / base["us_per_doc"] if base and docs >= 100000 else None
        lines.append(f"{mode:7} {memory >> 20:6}M {docs:10} {c['us_per_doc']:8.2f} "
                     f"{'' if ratio is None else f'{ratio:.3f}':>8} {c['peak_anon'] / (1 << 20):9.1f} "
                     f"{c['worst_over']:8.2f} {c['amplification']:8.2f} {c['segments']:8.0f}")
        where = f"{mode}, {memory >> 20}M, {docs}"
        if ratio is not None and not .85 <= ratio <= 1.15:
            bad.append(f"{where}: cost of a document {ratio:.3f} of that at 100000")
        if c["worst_over"] > 1.1:
            bad.append(f"{where}: memory {c['worst_over']:.2f} of the budget")
        if c["amplification"] > (2 if mode == "load" else 4):
            bad.append(f"{where}: written {c['amplification']:.2f} times the index")
        if mode == "steady" and c["segments"] > 30:
            bad.append(f"{where}: {c['segments']:.0f} segments")
    return lines, bad


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--psearch", default="./psearch")
    p.add_argument("--zipf", default="bench/zipf")
    p.add_argument("--sizes", default="10000,100000,1000000")
    p.add_argument("--modes", default="load,steady")
    p.add_argument("--memory", default="64M,256M,2G")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--text", default="ascii")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--out", help="append the lines to this file, too")
    p.add_argument("--judge", metavar="FILE", help="only the table of lines that were written before")
    args = p.parse_args()
    if args.judge:
        with open(args.judge, encoding="utf-8") as f:
            rows = [r for r in map(json.loads, f) if r["kind"] == "scale"]
    else:
        rows = measure(args)
    lines, bad = judge(rows)
    print("\n".join(lines), file=sys.stderr)
    for what in bad:
        print(f"does not hold: {what}", file=sys.stderr)
    return 1 if bad else 0


def measure(args):
    args.psearch, args.zipf = program(args.psearch), program(args.zipf)
    args.run = f"scale-{int(time.time())}"
    rows = []

    def tell(row):
        line = json.dumps(row)
        print(line, flush=True)
        if args.out:
            with open(args.out, "a", encoding="utf-8") as f:
                f.write(line + "\n")

    tell(machine.line(args.run, " ".join(sys.argv[1:])))
    with tempfile.TemporaryDirectory(prefix="prism-scale-") as work:
        for round_ in range(args.rounds):
            for memory in map(size_of, args.memory.split(",")):
                for mode in args.modes.split(","):
                    for docs in map(int, args.sizes.split(",")):
                        rows.append({"kind": "scale", "run": args.run, "round": round_,
                                     **put(args, work, docs, mode, memory)})
                        tell(rows[-1])
    return rows


if __name__ == "__main__":
    sys.exit(main())
