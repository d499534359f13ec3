#!/bin/bash
# quick_start.sh - does the README's SQL print what the README says it prints?
set -u
command -v sqlite3 > /dev/null || { echo "sqlite3 is not installed: skipped"; exit 77; }
module=${PRISM_BUILDDIR:-.}/.libs/prism.so
[ -e "$module" ] || { echo "the extension is not built (no headers of SQLite): skipped"; exit 77; }
if nm -D "$module" 2> /dev/null | grep -q __asan_init; then
    echo "built with a sanitizer that sqlite3 has not: skipped"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readme=$(cd "${PRISM_SRCDIR:-.}" && pwd)/bindings/sqlite/README.md
cd "$work" || exit 99
put() {
    psearch -i news put - 2> /dev/null || exit 99
}
put << 'END'
{"id":"deal","lang":"en","title":"A","body":"The lab wants custom silicon beside Nvidia."}
{"id":"cars","title":"B","body":"An inverter of silicon carbide wins a few percent of range."}
END

sql() { sed -n '/^```sql$/,/^```$/p' "$readme" | grep -v '^```'; }
{
    echo "create table prices(id, price);"
    sql | grep -v '^--' | sed "s|^\.load prism\$|.load $module|"
} > all.sql
sqlite3 :memory: < all.sql > out 2> err || { cat err; exit 1; }
[ ! -s err ] || { cat err; exit 1; }
sql | sed -n 's/^-- //p' > wanted
head -n "$(wc -l < wanted)" out | diff wanted - || { echo "FAIL: not what the README says"; exit 1; }
