#!/usr/bin/env python3
"""machine.py - where is this measured?  The line of kind `run` (docs/bench/results/README.md) that results begin with.

    machine.py RUN [OPTIONS...]     prints it; OPTIONS are noted
"""
import json
import os
import platform
import re
import subprocess
import sys
import time


def line(run, options):
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = re.search(r"^model name\s*: (.*)", f.read(), re.M)
    options = " ".join(os.path.basename(word) for word in options.split())  # no folders of the machine
    here = os.path.dirname(os.path.abspath(__file__))
    git = subprocess.run(["git", "-C", here, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {"kind": "run", "run": run, "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "commit": git.stdout.strip() or "unknown", "cpu": cpu[1] if cpu else platform.machine(), "cores": os.cpu_count(),
            "kernel": platform.release(), "ram_kb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024,
            "options": options}


if __name__ == "__main__":
    print(json.dumps(line(sys.argv[1], " ".join(sys.argv[2:]))))
