"""rig.py - what bench/run and bench/run-queries share: the results file, who takes part, the corpora."""
import datetime
import json
import os
import platform
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)


class Failure(Exception):
    pass


def say(text):
    print(text, file=sys.stderr, flush=True)


def first_line(path, name):
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith(name):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return ""


def built(folder, name):
    """A program of ours itself, not libtool's script around it."""
    inner = os.path.join(folder, ".libs", name)
    return inner if os.path.exists(inner) else os.path.join(folder, name)


class Rig:
    """A call: its options, the records it has written, the engines that are there.  A class of it has
    ENGINES, {engine: (the folder of its driver, ...)}, and plan(), rows (corpus, mode, engines, ...)."""
    ENGINES = {}
    OWN_PROGRAM = "prism_build"

    def __init__(self, options):
        self.options = options
        self.run = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        self.end = time.monotonic() + options.minutes * 60
        self.scratch = os.path.join(options.build, "peers", "scratch")
        self.records, self.versions, self.absent = [], {}, {}
        os.makedirs(self.scratch, exist_ok=True)

    def plan(self):
        raise NotImplementedError

    def write(self, kind, **members):
        record = {"kind": kind, "run": self.run, **members}
        self.records.append(record)
        with open(self.options.out, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        return record

    # ---- what takes part

    def program(self, folder):
        if folder == "prismsearch":
            return built(os.path.join(self.options.build, "bench"), self.OWN_PROGRAM)
        return os.path.join(self.options.build, "peers", folder, "driver")

    def install(self, folder):
        """None, or why the peer is not there."""
        if folder == "prismsearch":
            return None if os.path.exists(self.program(folder)) else f"make bench/{self.OWN_PROGRAM} first"
        script = os.path.join(HERE, "peers", folder, "install.sh")
        if not os.path.exists(script):
            return "no install.sh"
        say(f"install {folder}")
        done = subprocess.run([script, os.path.dirname(self.program(folder))], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode == 0:
            return None
        lines = done.stdout.strip().splitlines() or ["install.sh failed"]
        return lines[-1].removeprefix("skipped: ")

    def introduce(self):
        wanted = [e for e in self.ENGINES if any(e in p[2] for p in self.plan())]
        reasons = {}
        for engine in wanted:
            folder = self.ENGINES[engine][0]
            if folder not in reasons:
                reasons[folder] = self.install(folder)
            if reasons[folder] is not None:
                self.absent[engine] = reasons[folder]
                say(f"skipped: {engine}: {reasons[folder]}")
                self.write("skipped", engine=engine, reason=reasons[folder])
                continue
            environment = dict(os.environ)
            if folder == "prismsearch":
                environment["LD_LIBRARY_PATH"] = os.path.join(self.options.build, ".libs")
            done = subprocess.run([self.program(folder), "--version"], text=True, check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
            about = json.loads(done.stdout)
            self.versions[engine] = about["version"]
            self.write("engine", engine=engine, **about)

    def describe(self):
        commit = subprocess.run(["git", "-C", TOP, "rev-parse", "--short", "HEAD"], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        self.write("run", started=self.run, commit=commit.stdout.strip(),
                   cpu=first_line("/proc/cpuinfo", "model name"), cores=os.cpu_count(),
                   pin=str(self.options.core), kernel=platform.release(),
                   ram_kb=int(first_line("/proc/meminfo", "MemTotal").split(" ")[0] or 0),
                   options={k: v for k, v in vars(self.options).items()
                            if k not in ("build", "shared", "out", "report", "run")},
                   quick=self.options.quick,
                   load=os.getloadavg()[0])

    # ---- corpora

    def corpus(self, name):
        folder = os.path.join(self.options.build, "corpora",
                              "quick" if self.options.quick else "full")
        subprocess.run([os.path.join(HERE, "corpora"), self.options.shared, folder, name]
                       + (["--quick"] if self.options.quick else []), check=True)
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
            about = json.load(file)
        about["file"] = os.path.join(folder, os.path.basename(about["file"]))
        if about["form"] == "tokens":
            about.update(self.bound(folder, name, about["file"]))
        if not any(r["kind"] == "corpus" and r["corpus"] == name for r in self.records):
            self.write("corpus", **{**about, "file": os.path.basename(about["file"])})
        return about

    def bound(self, folder, name, path):
        kept = os.path.join(folder, name + ".bound.json")
        if not os.path.exists(kept):
            done = subprocess.run([os.path.join(self.options.build, "bench", "prism_bound"), path],
                                  text=True, check=True, stdout=subprocess.PIPE)
            with open(kept, "w", encoding="utf-8") as file:
                file.write(done.stdout)
        with open(kept, encoding="utf-8") as file:
            return json.load(file)
