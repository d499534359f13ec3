#!/usr/bin/env python3
"""tools/mutate.py - would a unit program notice a small mistake in lib/?

    tools/mutate.py [--seed N] [--count N | --seconds N] [--build DIR] [--files GLOB,..] [--per-file N]
                    [--quick] [--keep FILE] [--only FILE] [--log FILE]

Samples places in lib/{base,codec,store,schema,format,index,invert,merge,write,maintain,query,search}, changes one operator, constant,
condition or statement in each, compiles that one file, links it before the library into the unit program
of its layer, and runs it: first the suite of the file, then the whole program.  Each test has 10 s of CPU time
(CPU, so that a busy machine kills nothing), 60 in a layer of which one needs more by itself.  A mutant is killed by a failed test, a crash or that limit.
Left out: what does not compile, what compiles to the same object code, and what tools/mutate_equivalent.txt
names: changes that nobody could see, each with the reason, known by file, kind, the line and what became of it, so
that an entry ends with its line.  Survivors are listed in that form; each is a missing test, or belongs there.

--per-file N takes at most N of each file, and so reaches every file that --files names.
--quick runs the suite of the file alone: a survivor may then be known to another suite of its layer.
--keep FILE appends survivors to a file; --only FILE judges those that such a file, or an output, names, and no other.
--log FILE appends each verdict; what a verdict is in there for is not judged again, so that a run that was stopped
goes on (with the same seed and sources).
DIR is a build folder whose unit programs are built (make check_PROGRAMS).  Ends with a line for each layer and
    counters: mutation cases=N seconds=S seed=X findings=0|1     1: fewer than 90 of 100 killed (of 30 or more)
Exit 1 in that case, 77 without what is needed.
"""
import argparse, fnmatch, glob, os, random, re, resource, signal, subprocess, sys, tempfile, time

LAYERS = ["base", "codec", "store", "schema", "format", "index", "invert", "merge", "write", "maintain", "query", "search"]
SKIP = re.compile(r"score_avx|sync\.c$|/cpu\.c$")  # need flags of their own, or a machine of another kind

# (name, pattern over masked code, replacement); the patterns ask for spaces as clang-format puts them
RULES = [
    ("< to <=", r" < ", " <= "), ("<= to <", r" <= ", " < "), ("> to >=", r" > ", " >= "), (">= to >", r" >= ", " > "),
    ("== to !=", r" == ", " != "), ("!= to ==", r" != ", " == "), ("+ to -", r" \+ ", " - "), ("- to +", r" - ", " + "),
    ("&& to ||", r" && ", " || "), ("|| to &&", r" \|\| ", " && "), ("<< to >>", r" << ", " >> "), (">> to <<", r" >> ", " << "),
    ("& to |", r" & ", " | "), ("| to &", r" \| ", " & "), ("+= to -=", r" \+= ", " -= "), ("-= to +=", r" -= ", " += "),
    ("|= to &=", r" \|= ", " &= "), ("&= to |=", r" &= ", " |= "), ("true to false", r"\btrue\b", "false"),
    ("false to true", r"\bfalse\b", "true"), ("++ to --", r"\+\+", "--"),
]


def mask(text):
    """The text with comments, strings, characters and preprocessor lines blanked, same length."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)
    text = re.sub(r"^[ \t]*#[^\n]*(?:\\\n[^\n]*)*", blank, text, flags=re.M)
    return re.sub(r"PRS_ASSERT\([^\n]*|static_assert\([^\n]*|_Static_assert\([^\n]*", blank, text)


def mutants_of(path):
    """All (start, end, replacement, name) of a file, inside function bodies."""
    text = open(path, encoding="utf-8").read()
    code, out, depth, bodies = mask(text), [], 0, []
    for m in re.finditer(r"[{}]", code):
        if m.group(0) == "{":
            depth += 1
            if depth == 1:
                head = code[max(0, code.rfind("\n", 0, m.start()) + 1):m.start()]
                begin = m.start() if re.search(r"\)\s*$", code[:m.start()]) or ")" in head else None
        else:
            depth -= 1
            if depth == 0 and begin is not None:
                bodies.append((begin, m.start()))
                begin = None
    for a, b in bodies:
        body = code[a:b]
        for name, pattern, new in RULES:
            out += [(a + m.start(), a + m.end(), new, name) for m in re.finditer(pattern, body)]
        for m in re.finditer(r"(?<![\w.\[])(\d+)(u?)(?![\w.\]])", body):
            out.append((a + m.start(), a + m.end(), str(int(m.group(1)) + 1) + m.group(2), "constant + 1"))
        for m in re.finditer(r"\b(if|while) \((.*)\)(?= [{\w(*]|\n| return| continue| break)", body):
            if m.group(2).count("(") == m.group(2).count(")"):
                out.append((a + m.start(), a + m.end(), "%s (!(%s))" % (m.group(1), text[a + m.start(2):a + m.end(2)]), "negated"))
        for m in re.finditer(r"(?m)^ +((?:\(void\))?[a-z_][\w.\->\[\]\* ]* ?(?:\(|=|\+=|-=|\|=|&=|\+\+|--)[^;{}]*);$", body):
            statement = m.group(1)
            if re.match(r"(return|goto|else|case|if|for|while|do|switch)\b", statement):
                continue
            if re.match(r"(const |static |struct |unsigned |u?int\d+_t |size_t |bool |char |float |double |prs_\w+ [*\w]|prism_\w+ [*\w]|void )", statement):
                continue  # a declaration
            out.append((a + m.start(1), a + m.end(1), "(void)0", "removed"))
    return text, out


def as_told(src, path, text, mutant):
    """A mutant in words: file, kind, the line, and the line as it has become."""
    start, end, new, name = mutant
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    old, changed = text[begin:stop], text[begin:start] + new + text[end:stop]
    squeeze = lambda line: re.sub(r"\s+", " ", line).strip()
    return "%s: %s: %s => %s" % (os.path.relpath(path, src), name, squeeze(old), squeeze(changed))


def equivalent(src):
    path = src + "/tools/mutate_equivalent.txt"
    lines = open(path, encoding="utf-8").read().split("\n") if os.path.exists(path) else []
    return {line.split("  # ")[0] for line in lines if line and not line.startswith("#")}


def run(command, limit, env=None, output=subprocess.DEVNULL, cpu=10):
    """0 passed, 1 failed, 2 took too long; a process group of its own, so that nothing is left behind."""
    p = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env=env, start_new_session=True,
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1)))
    try:
        return 0 if p.wait(timeout=limit) == 0 else 1
    except subprocess.TimeoutExpired:
        return 2
    finally:
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        p.wait()


class Bench:
    def __init__(self, src, build):
        self.src, self.build, self.limits, self.cpu = src, build, {}, {}
        self.tmp = tempfile.mkdtemp(prefix="prismsearch-mutate-")
        text = open(build + "/Makefile").read()
        libs = re.findall(r"^(?:DEPS_LIBS|STEMMER_LIBS|CHECK_LIBS|LIBS) = (.*)$", text, re.M)
        self.libs = " ".join(libs).split()
        self.env = dict(os.environ, PRISM_SRCDIR=src, PRISM_BUILDDIR=build, CK_FORK="yes",
                        PRISM_SHARED=os.environ.get("PRISM_SHARED", src + "/../shared"), CK_DEFAULT_TIMEOUT="240")
        self.env.pop("PRISM_TAP", None)  # with it the exit code says nothing
        self.env["PATH"] = build + ":" + self.env["PATH"]
        self.cc = ["gcc", "-std=c11", "-D_GNU_SOURCE", "-DHAVE_CONFIG_H", "-DSIMDJSON_THREADS_ENABLED=1", "-O2", "-g0", "-w",
                   "-ffp-contract=off", "-fno-strict-overflow", "-I" + build, "-I" + src + "/include", "-I" + src + "/lib"]

    def compile(self, path, text, out):
        """The object's bytes, None if it does not compile.  Includes see the file's own folder by -I lib."""
        name = self.tmp + "/" + os.path.basename(path)
        open(name, "w", encoding="utf-8").write(text)
        if subprocess.run(self.cc + ["-c", name, "-o", out], stderr=subprocess.DEVNULL).returncode:
            return None
        return open(out, "rb").read()

    def link(self, layer, objects, out):
        folder = self.build + "/tests/unit/" + layer
        tests = glob.glob("%s/%s_tests-*.o" % (folder, layer))  # others of the folder are of other programs
        tests += glob.glob("%s/tests/unit/*/%s_%s_tests-*.o" % (self.build, layer, layer))
        harness = self.build + "/tests/harness/.libs/libharness.a"
        return subprocess.run(["g++", "-o", out] + tests + objects + ["-Wl,--start-group", harness, self.build + "/.libs/libprs.a",
                              "-Wl,--end-group"] + self.libs, stderr=subprocess.DEVNULL).returncode == 0

    def limit(self, layer, quick):
        if layer not in self.limits:
            program, begin = self.tmp + "/" + layer, time.time()
            log = open(program + ".txt", "w+")
            good = self.link(layer, [], program)
            for self.cpu[layer] in (10, 60) if good else ():
                begin = time.time()
                log.truncate(log.seek(0))
                good = quick or run([program], 3600, self.env, log, self.cpu[layer]) == 0
                if good:
                    break
            if not good:  # a rate without a layer would be no rate
                log.seek(0)
                print("".join(line for line in log if line.startswith("not ok") or ":E:" in line or ":F:" in line))
                sys.exit("mutate: the unchanged unit program of %s does not build or fails" % layer)
            self.limits[layer] = max(120, 5 * (time.time() - begin))
        return self.limits[layer]


def suite_of(src, layer, stem):
    """The suite of a file: its own, else that of the file's family (column of column_read)."""
    while not os.path.exists("%s/tests/unit/%s/test_%s.c" % (src, layer, stem)) and "_" in stem:
        stem = stem.rsplit("_", 1)[0]
    return stem


def judge(bench, path, text, mutant, original, quick):
    """killed, survived, or left out (None)."""
    start, end, new, _ = mutant
    layer, stem = path.split("/")[-2], os.path.basename(path)[:-2]
    limit = bench.limit(layer, quick)
    out, program = bench.tmp + "/mutant.o", bench.tmp + "/mutant"
    code = bench.compile(path, text[:start] + new + text[end:], out)
    if code is None or code == original or not bench.link(layer, [out], program):
        return None
    cpu = bench.cpu[layer]
    if run([program], limit, dict(bench.env, CK_RUN_SUITE=suite_of(bench.src, layer, stem)), cpu=cpu) != 0:
        return "killed"
    return "killed" if not quick and run([program], limit, bench.env, cpu=cpu) != 0 else "survived"


def read_log(name):
    """Verdicts by what was judged."""
    lines = open(name, encoding="utf-8").read().split("\n") if name and os.path.exists(name) else []
    return {told: None if verdict == "left" else verdict for verdict, _, told in (line.partition(" ") for line in lines) if told}


def tell_layers(layers):
    for layer in LAYERS:
        if layer in layers:
            print("# %s: %d of %d" % ((layer,) + tuple(layers[layer])))


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    src = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--count", type=int, default=0)
    p.add_argument("--seconds", type=int, default=0)
    p.add_argument("--build", default=src + "/build")
    p.add_argument("--files", default="*")
    p.add_argument("--per-file", type=int, default=0)
    p.add_argument("--quick", action="store_true")
    p.add_argument("--keep", help="append survivors to this file")
    p.add_argument("--log", help="append verdicts, and believe those that are there")
    p.add_argument("--only", help="judge the survivors of this file")
    a = p.parse_args()
    bench = Bench(src, os.path.abspath(a.build))
    if not os.path.exists(bench.build + "/.libs/libprs.a"):
        print("mutate: no unit programs in " + bench.build)
        return 77
    files = [f for layer in LAYERS for f in sorted(glob.glob("%s/lib/%s/*.c" % (src, layer)))
             if not SKIP.search(f) and any(fnmatch.fnmatch(f, "*" + g + "*") for g in a.files.split(","))]
    known, n_known = equivalent(src), 0
    all_of = [(f, text, m) for f in files for text, ms in [mutants_of(f)] for m in ms]
    random.Random(a.seed).shuffle(all_of)
    if a.only:
        named = {re.sub(r"^survived line \d+ of ", "", line) for line in open(a.only, encoding="utf-8").read().split("\n")}
        all_of = [one for one in all_of if as_told(src, one[0], one[1], one[2]) in named]
    print("# seed %d, %d places in %d files" % (a.seed, len(all_of), len(files)), flush=True)
    begin, killed, survived, originals, stopped, judged = time.time(), 0, [], {}, [], {}
    layers, logged = {}, read_log(a.log)
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))  # what was judged is still told
    for path, text, m in all_of:
        if stopped or (a.count and killed + len(survived) >= a.count) or (a.seconds and time.time() - begin > a.seconds):
            break
        if a.per_file and judged.get(path, 0) >= a.per_file:
            continue
        told = as_told(src, path, text, m)
        if told in known:
            n_known += 1
            continue
        if told not in logged:
            if path not in originals:
                originals[path] = bench.compile(path, text, bench.tmp + "/original.o")
            logged[told] = judge(bench, path, text, m, originals[path], a.quick) if originals[path] else None
            if a.log:
                open(a.log, "a", encoding="utf-8").write("%s %s\n" % (logged[told] or "left", told))
        verdict = logged[told]
        if verdict is None:
            continue
        judged[path] = judged.get(path, 0) + 1
        killed += verdict == "killed"
        of_layer = layers.setdefault(path.split("/")[-2], [0, 0])
        of_layer[0] += verdict == "killed"
        of_layer[1] += 1
        if verdict == "survived":
            survived.append(told)
            print("survived line %d of %s" % (text.count("\n", 0, m[0]) + 1, told), flush=True)
            if a.keep:
                open(a.keep, "a").write(told + "\n")
    n = killed + len(survived)
    rate = 100.0 * killed / n if n else 100
    tell_layers(layers)
    print("# %d of %d killed: %.1f %%; %d known as equivalent were left out" % (killed, n, rate, n_known))
    bad = n >= 30 and rate < 90
    print("counters: mutation cases=%d seconds=%d seed=%d findings=%d" % (n, time.time() - begin, a.seed, bad))
    subprocess.run(["rm", "-rf", bench.tmp])
    return 1 if bad else 0


sys.exit(main())
