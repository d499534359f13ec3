#!/bin/bash
# human.sh - an answer on a terminal: wrapped at its width, Han two columns wide, marks, nothing of the document's own commands.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99
has script && script -qec true /dev/null >/dev/null 2>&1 </dev/null && has python3 || { echo "# skipped: needs script and python3"; exit 77; }

printf '%s\n' '{"id":"en","title":"A title that is long enough to need a second line on a narrow terminal, apple","body":"Once upon a time there was an apple tree, and the tree bore apples, and the apples fell far from the tree in the end."}' \
    '{"id":"zh","title":"蘋果的故事","body":"從前有一棵蘋果樹，樹上結滿了蘋果，而蘋果終於落在離樹很遠的地方。「這是為什麼呢？」孩子問道，大人卻沒有回答，因為誰也不知道。"}' \
    '{"id":"bad","title":"red\u001b[31m\u202ealert","body":"bell\u0007 and\u009b2J clear zebra"}' >docs.ndjson
expect 0 "put" psearch put -i ix docs.ndjson

# shape CODE: what is on the terminal, without colours, as Python lines `d`
shape() {
    python3 - "$2" <<'E' 2>shape_err || fail "$1: not so: $2: $(tail -n 1 shape_err) $(head -c 600 out)"
import re, sys, unicodedata
text = open("out", encoding="utf-8").read()
d = re.sub("\x1b\\[[0-9;]*m", "", text).split("\n")
def columns(s): return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
assert eval(sys.argv[1])
E
}
for width in 40 60 80; do
    on_terminal $width "psearch search -i ix apple"
    shape "English at $width" "all(columns(l) <= $width for l in d) and max(columns(l) for l in d) > $width - 20"
    shape "English at $width: indented" 'all(re.match(" ?[0-9]+\\. |    \\S|psearch: |$", l) for l in d)'
    shape "English at $width: no word is cut" '"apples, and the apples fell far from the tree" in " ".join(l.strip() for l in d)'
done
for width in $(seq 30 37) 80; do
    on_terminal $width "psearch search -i ix 苹果"
    shape "Chinese at $width" "all(columns(l) <= $width for l in d) and any(columns(l) > $width - 6 for l in d)"
    shape "Chinese at $width: no line begins with a closing mark" 'not any(l.strip()[:1] in tuple("，。」？！") for l in d if l.strip())'
done
on_terminal 80 "psearch search -i ix apple"
grep -q $'\033\[1;31mapple' out || fail "no marks on a terminal"
on_terminal 80 "NO_COLOR=1 psearch search -i ix apple"; grep -q $'\033' out && fail "NO_COLOR is not honoured"
on_terminal 80 "NO_COLOR= psearch search -i ix apple"; grep -q $'\033' out || fail "an empty NO_COLOR is no wish"
on_terminal 80 "NO_COLOR=1 psearch search -i ix --color=always apple"; grep -q $'\033' out || fail "--color=always over NO_COLOR"
on_terminal 80 "psearch search -i ix --color=never apple"; grep -q $'\033' out && fail "--color=never on a terminal"
on_terminal 80 "TERM=dumb psearch search -i ix apple"; grep -q $'\033' out && fail "colours on a dumb terminal"

# a document cannot command the terminal or turn its lines around
expect 0 "control characters" psearch search -i ix --color=never zebra
LC_ALL=C grep -q -e $'\033' -e $'\007' -e $'\302\233' out && fail "control characters came through: $(cat -v out)"
grep -q $'\u202e' out && fail "a direction override came through"
prints "the words stay" "clear zebra"; prints "the title stays" "alert"

# off a terminal a part is one line, for grep
expect 0 "a pipe" psearch search -i ix apple
prints "a pipe" "tree, and the tree bore apples, and the apples fell far from the tree in the end."
finish
