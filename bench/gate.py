#!/usr/bin/env python3
"""gate.py - does the library need more instructions than it did?

    gate.py check    BASELINE [OPTION...]   count, compare; exit 0 well, 1 more by 3 %, 77 skipped
    gate.py record   BASELINE [OPTION...]   count, and make it the baseline of this build
    gate.py compare  BASELINE COUNTS        compare counts that were kept (--keep)

      --builddir DIR   where bench/gate was built (.)
      --flags TEXT     compiler and flags of the build, as make knows them
      --cpu LEVEL      kernels to use (avx2 on x86-64, neon on AArch64)
      --docs N         documents of the larger index (4000)
      --keep FILE      keep what was counted

bench/gate does a fixed piece of work in phases, Callgrind counts each.  The baseline holds, for each
build that was recorded, what the counts depend on: compiler, flags, CPU level, the counting program,
and the libraries by the versions in their file names.  Counts of another build say nothing, so with
none that is equal the gate is skipped, and says what differs.  Beside the phases stand the functions
that cost most, by their own instructions: where a phase has grown they say where to look.
Repeated runs differ by about .1 % of a phase (random seeds of hash tables); small phases by up to 1 %.
"""
import argparse
import collections
import glob
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

LIMIT = 0.03  # of a phase
SHOWN = 0.005  # changes that are told
KEPT_FUNCTIONS = 60
SKIPPED = 77


class Skip(Exception):
    pass


# ---- what counts depend on ----------------------------------------------------------------------


def first_line(command):
    try:
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as e:
        raise Skip(f"{command[0]} does not run: {e}")
    return out.splitlines()[0].strip() if out else ""


def libraries(program):
    """File names, links followed: they carry the versions.  glibc's does not."""
    found = {}
    out = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    for name, path in re.findall(r"^\s*(\S+) => (/\S+)", out, re.M):
        base = os.path.basename(os.path.realpath(path))
        if not base.startswith("libprismsearch"):
            found[name.split(".so")[0]] = base
    if "libc" in found:
        found["libc"] = os.confstr("CS_GNU_LIBC_VERSION") or found["libc"]
    return found


def environment(args):
    if shutil.which("valgrind") is None:
        raise Skip("valgrind is not installed")
    words = args.flags.split()
    flags = [w for w in words if w.startswith("-")]
    compiler = next((w for w in words if not w.startswith("-") and "ccache" not in w), "cc")
    shared = sorted(glob.glob(os.path.join(args.builddir, ".libs", "libprismsearch.so")))
    if not shared:
        raise Skip(f"no library in {args.builddir}/.libs")
    return {
        "machine": platform.machine(),
        "cpu": args.cpu,
        "compiler": first_line([compiler, "--version"]),
        "flags": " ".join(flags),
        "counter": first_line(["valgrind", "--version"]),
        "documents": args.docs,
        "libraries": libraries(shared[0]),
    }


def flat(env):
    both = {k: v for k, v in env.items() if k != "libraries"}
    both.update(env["libraries"])
    return both


def differences(a, b):
    a, b = flat(a), flat(b)
    return [(k, a.get(k), b.get(k)) for k in sorted(a.keys() | b.keys()) if a.get(k) != b.get(k)]


# ---- counting -----------------------------------------------------------------------------------


def read_profile(path, names, functions):
    """The phase that a part of a profile is of, and its sum; own costs are added to `functions`.

    Names are given once and then referred to by numbers, each kind by its own."""
    phase, total, current, place, skip = None, 0, None, "", False
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f:
            if line[0] in "0123456789+-*":
                if not skip and current is not None:
                    functions[current] += int(line.split()[1])
                skip = False
            elif line.startswith(("fn=", "cfn=", "ob=", "cob=")):
                what, key, name = re.match(r"(\w+)=(\(\d+\))\s*(.*)", line).groups()
                key = what[-2:] + key
                if name:
                    names[key] = os.path.basename(name) if what[-1] == "b" else re.sub(r"'\d+$", "", name)
                if what == "ob":
                    place = names[key]
                elif what == "fn":  # libraries without symbols count as one function each
                    current = f"in {place}" if names[key].startswith("0x") else names[key]
            elif line.startswith("calls="):
                skip = True  # the next line is what the called function cost
            elif line.startswith("desc: Trigger: --dump-after=phase_"):
                phase = line.strip().rpartition("phase_")[2]
            elif line.startswith("summary:"):
                total = int(line.split()[1])
    return phase, total


def count(args):
    env = environment(args)
    phases, functions = {}, collections.Counter()
    with tempfile.TemporaryDirectory(prefix="prism-gate-") as work:
        out, index = os.path.join(work, "profile"), os.path.join(work, "index")
        os.mkdir(index)
        command = ["./libtool", "--mode=execute", "valgrind", "--tool=callgrind", "--dump-after=phase_*",
                   f"--callgrind-out-file={out}", "bench/gate", args.cpu, index, str(args.docs)]
        run = subprocess.run(command, cwd=args.builddir, capture_output=True, text=True)
        if run.returncode != 0:
            sys.stderr.write(run.stderr)
            sys.exit(f"bench/gate: exit {run.returncode}")
        parts = sorted(glob.glob(out + ".*"), key=lambda p: int(p.rpartition(".")[2]))
        for part in parts:
            own, names = collections.Counter(), {}
            phase, total = read_profile(part, names, own)
            if phase is None or phase == "setup":
                continue
            phases[phase] = total
            functions.update(own)
    if not phases:
        sys.exit("nothing was counted: bench/gate has no phase_* functions to see")
    most = functions.most_common(KEPT_FUNCTIONS)
    return {"environment": env, "phases": phases, "functions": dict(most)}


# ---- comparing ----------------------------------------------------------------------------------


def baseline_of(builds, env):
    for build in builds:
        if build["environment"] == env:
            return build
    if not builds:
        raise Skip("the baseline is empty; make bench-baseline fills it")
    nearest = min(builds, key=lambda b: len(differences(b["environment"], env)))
    lines = [f"    {k}: recorded {was}, here {now}" for k, was, now in differences(nearest["environment"], env)]
    raise Skip("no counts of such a build; the nearest differs in\n" + "\n".join(lines))


def change(was, now):
    return now / was - 1 if was else float("inf")


def table(title, rows, all_rows):
    print(f"{title:32} {'baseline':>12} {'now':>12} {'change':>9}   million instructions")
    for name, was, now in rows:
        if was is None or now is None:
            print(f"{name[:32]:32} {'new' if was is None else 'gone':>12}")
            continue
        c = change(was, now)
        if all_rows or abs(c) >= SHOWN:
            mark = "  MORE" if c > LIMIT else "  less" if c < -LIMIT else ""
            print(f"{name[:32]:32} {was / 1e6:12.3f} {now / 1e6:12.3f} {100 * c:+8.2f} %{mark}")


def compare(builds, counted):
    was = baseline_of(builds, counted["environment"])
    old, now = was["phases"], counted["phases"]
    names = list(old) + [n for n in now if n not in old]
    rows = [(n, old.get(n), now.get(n)) for n in names]
    rows.append(("all", sum(old.values()), sum(now.values())))
    table("phase", rows, True)
    bad = [n for n, a, b in rows if a is None or b is None or change(a, b) > LIMIT]
    if not bad:
        if any(change(a, b) < -LIMIT for n, a, b in rows):
            print("\nless than recorded: make bench-baseline keeps it so")
        return 0
    floor = min(was["functions"].values())  # of one that was not kept nothing more is known
    grown = sorted(((n, was["functions"].get(n, floor), c) for n, c in counted["functions"].items()),
                   key=lambda row: row[1] - row[2])
    print()
    table("function, by itself", [r for r in grown if r[2] > r[1]][:12], False)
    print(f"\nmore than {100 * LIMIT:.0f} % over the baseline, or another set of phases: {', '.join(bad)}")
    return 1


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def save(path, value):
    with open(path + ".tmp", "w", encoding="utf-8") as f:
        json.dump(value, f, indent=1, ensure_ascii=False)
        f.write("\n")
    os.replace(path + ".tmp", path)


def record(path, counted):
    builds = load(path)["builds"] if os.path.exists(path) else []
    for i, build in enumerate(builds):
        if build["environment"] == counted["environment"]:
            builds[i] = counted
            break
    else:
        builds.append(counted)
    save(path, {"what": "instructions of bench/gate; written by make bench-baseline", "builds": builds})
    print(f"{path}: {sum(counted['phases'].values()) / 1e6:.1f} million instructions in "
          f"{len(counted['phases'])} phases recorded")


def main():
    level = {"x86_64": "avx2", "aarch64": "neon"}.get(platform.machine(), "scalar")
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["check", "record", "compare"])
    p.add_argument("baseline")
    p.add_argument("counts", nargs="?")
    p.add_argument("--builddir", default=".")
    p.add_argument("--flags", default="cc")
    p.add_argument("--cpu", default=level)
    p.add_argument("--docs", type=int, default=4000)
    p.add_argument("--keep")
    args = p.parse_args()
    if (args.what == "compare") != (args.counts is not None):
        p.error("compare, and nothing else, takes a file of counts")
    try:
        counted = load(args.counts) if args.counts else count(args)
        if args.keep:
            save(args.keep, counted)
        if args.what == "record":
            record(args.baseline, counted)
            return 0
        return compare(load(args.baseline)["builds"], counted)
    except Skip as why:
        print(f"bench-gate skipped: {why}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
