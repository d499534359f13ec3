#!/bin/bash
# tools/reliability_table.sh - add counters of long runs to the table in docs/RELIABILITY.md.
#
#     tools/reliability_table.sh FILE JOBS < lines    lines `counters: NAME cases=N seconds=S seed=X findings=F`
#     tools/reliability_table.sh FILE JOBS            no lines: only lay the table out anew
#
# The table stands between <!-- counters --> and <!-- /counters -->, a row a NAME:
#     | NAME | test | what | runs | cases | seconds | last seed | findings |
# Numbers add up.  The line that was added last of each name stands behind the table, in a comment; one that
# repeats it is that very run, and is left out: adding a log twice changes nothing.  A run of the same seed is
# another one, if only its seconds differ, or `run=ANYTHING` behind the line.  Rows come in the order of JOBS (tests/long/jobs.txt), then
# unknown names; a name of JOBS that never ran has a row of zeros.  Other lines of the input are ignored.
set -euo pipefail
file=$1 jobs=$2
lines=$(mktemp)
trap 'rm -f "$lines" "$file.new"' EXIT
if [ ! -t 0 ]; then grep -a '^counters: ' > "$lines" || true; fi
awk -v jobs="$jobs" -v lines="$lines" '
function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
function number(s) { gsub(/[^0-9.]/, "", s); return s + 0 }
function know(name) { if (!(name in place)) { place[name] = ++n; names[n] = name } }
function with_commas(v,   s, out) {
    s = sprintf("%.0f", v)
    while (length(s) > 3) { out = "," substr(s, length(s) - 2) out; s = substr(s, 1, length(s) - 3) }
    return s out
}
function read_row(line,   c) {
    if (split(line, c, "|") < 9) return
    name = trim(c[2])
    if (name == "" || name == "NAME" || name == "name" || name ~ /^:?-+:?$/) return
    know(name)
    if (test[name] == "") test[name] = trim(c[3])
    if (what[name] == "") what[name] = trim(c[4])
    runs[name] += number(c[5]); cases[name] += number(c[6]); seconds[name] += number(c[7])
    seed[name] = trim(c[8]); if (seed[name] == "-") seed[name] = ""
    findings[name] += number(c[9])
}
function read_last(line,   f) {
    sub(/^<!-- last /, "", line)
    sub(/ -->$/, "", line)
    split(line, f, " ")
    last[f[1]] = line
}
function read_counters(line,   f, i, k, kv, v) {
    sub(/[ \t\r]+$/, "", line)
    k = split(line, f, " ")
    split("", v)
    for (i = 3; i <= k; i++) { split(f[i], kv, "="); v[kv[1]] = kv[2] }
    name = f[2]
    if (name == "" || v["cases"] !~ /^[0-9]+$/ || v["findings"] !~ /^[0-9]+$/) {
        print "reliability_table: not understood: " line > "/dev/stderr"
        bad = 1
        return
    }
    know(name)
    sub(/^counters: +/, "", line)
    if (last[name] == line) return
    last[name] = line
    runs[name]++; cases[name] += v["cases"]; seconds[name] += v["seconds"]
    seed[name] = v["seed"]; findings[name] += v["findings"]
}
function put_table(   i) {
    print "| name | test | what | runs | cases | seconds | last seed | findings |"
    print "|---|---|---|--:|--:|--:|--:|--:|"
    for (i = 1; i <= n; i++) {
        name = names[i]
        printf "| %s | %s | %s | %s | %s | %s | %s | %d |\n", name, test[name], what[name], with_commas(runs[name]),
            with_commas(cases[name]), with_commas(seconds[name]), seed[name] == "" ? "-" : seed[name], findings[name]
    }
    for (i = 1; i <= n; i++)
        if (names[i] in last && last[names[i]] != "") print "<!-- last " last[names[i]] " -->"
}
BEGIN {
    while ((getline line < jobs) > 0) {
        if (line ~ /^#/ || split(line, c, "|") < 5) continue
        name = trim(c[1])
        know(name)
        test[name] = trim(c[2])
        what[name] = trim(c[4])
    }
}
/^<!-- counters -->/ { print; inside = 1; seen = 1; next }
/^<!-- \/counters -->/ {
    while ((getline line < lines) > 0) read_counters(line)
    put_table()
    inside = 0
    closed = 1
}
inside && /^<!-- last / { read_last($0); next }
inside { read_row($0); next }
{ print }
END {
    if (!seen || !closed) { print "reliability_table: no table in " FILENAME > "/dev/stderr"; exit 1 }
    exit bad
}' "$file" > "$file.new"
cmp -s "$file.new" "$file" || cat "$file.new" > "$file"
