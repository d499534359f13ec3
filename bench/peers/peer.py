"""peer.py - what the drivers in Python share: the clock and the one line of output (see peer.h)."""
import json
import os
import resource
import sys
import time


def _proc(file, name):
    with open("/proc/self/" + file, encoding="ascii") as lines:
        for line in lines:
            if line.startswith(name):
                return int("".join(c for c in line if c.isdigit()))
    return 0


def _cpu():
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in both)


class Clock:
    """From its making to stop()."""

    def __init__(self):
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        self.merge_from = None
        self.written, self.synced = _proc("io", "wchar"), _proc("io", "write_bytes")
        self.cpu, self.wall = _cpu(), time.monotonic()

    def merge(self):
        self.merge_from = time.monotonic()

    def stop(self):
        now = time.monotonic()
        return {"wall_s": now - self.wall, "cpu_s": _cpu() - self.cpu,
                "merge_s": now - self.merge_from if self.merge_from else 0,
                "peak_rss_kb": _proc("status", "VmHWM"),
                "bytes_written": max(_proc("io", "wchar") - self.written,
                                     _proc("io", "write_bytes") - self.synced)}


def sync(folder):
    for name in os.listdir(folder):
        fd = os.open(os.path.join(folder, name), os.O_RDONLY)
        os.fsync(fd)
        os.close(fd)


def lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")


def report(out, **members):
    print(json.dumps(members), file=out, flush=True)


def serve(out, search):
    """Answer requests MODE TAB REPEAT TAB QUERY (bench/peers/prismsearch/query.c).

    search(k, text, times) asks the same question `times` times in one call, so that what Python costs around it is
    shared by them, and returns (ids, scores).  The clock is the CPU time of the process."""
    sizes = {"top10": 10, "top100": 100, "top1000": 1000}
    for line in sys.stdin:
        mode, repeat, text = line.rstrip("\n").split("\t", 2)
        samples, walls, spent, times = [], [], 0, 1
        search(sizes[mode], text, 1)
        while times < 64:  # a call takes half a millisecond at least
            begin = time.process_time_ns()
            search(sizes[mode], text, times)
            if time.process_time_ns() - begin > 500_000:
                break
            times *= 2
        while len(samples) < max(3, int(repeat)) and (len(samples) < 3 or spent < 2e9):
            begin, wall = time.process_time_ns(), time.monotonic_ns()
            ids, scores = search(sizes[mode], text, times)
            walls.append((time.monotonic_ns() - wall) // times)
            spent += time.process_time_ns() - begin
            samples.append((time.process_time_ns() - begin) // times)
        samples.sort()
        walls.sort()
        report(out, ns=samples[len(samples) // 2], min=samples[0], wall=walls[len(walls) // 2], runs=times * len(samples),
               count=-1, ids=ids[:10], scores=scores[:10])
