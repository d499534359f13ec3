#!/bin/bash
# formats.sh - what is taken for what: kinds of files, packing, front matter, titles, directories.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

# holds ID NAME VALUE   the stored document of this id has this text in this field ("" = it has none)
holds() {
    expect 0 "$1" psearch -i ix get "$1"
    if [ -n "$3" ]; then grep -qF -- "\"$2\":$3" out || fail "$1: $2 is not $3: $(cat out)"
    else grep -qF -- "\"$2\":" out && fail "$1: has $2: $(cat out)"; fi
}
put() { expect 0 "put $*" psearch -i ix put "$@"; }

# plain text: the first line that is not empty is the title
printf '\n  The title \r\nline one\nline two\n' >a.txt; put a.txt
holds a.txt title '"The title"'; holds a.txt body '"line one\nline two\n"'
printf '\xef\xbb\xbfWith a mark\nx\n' >bom.txt; put bom.txt; holds bom.txt title '"With a mark"'
printf 'caf\xe9 and \xff\xfe\n' >bad.txt; put bad.txt; says "ill-formed" "ill-formed UTF-8 was read as separators in 3 places"
expect 0 "separators" psearch -i ix search --format=ids caf; is "separators" "$(cat out)" bad.txt
printf 'Words\0here' >nul.txt
expect 7 "a NUL byte makes it binary" psearch -i ix put nul.txt; says "nul" "nul.txt: this is a binary file"

# Markdown: front matter, else the first heading
cat >front.md <<'T'
---
title: "From the front: matter"
date: 2025-03-04
lang: en
tags: [a b, 'c', d]
# a remark
source:
  - s1
  - s2
---
# From the front: matter

The body.
T
put front.md
holds front.md title '"From the front: matter"'; holds front.md tags '["a b","c","d"]'; holds front.md source '["s1","s2"]'
holds front.md body '"\nThe body.\n"'; expect 0 "date" psearch -i ix get front.md; prints "date" '"date":"2025-03-04'
printf 'Some words.\n\n## The heading ##\n\nMore.\n' >head.md; put head.md
holds head.md title '"The heading"'; holds head.md body '"Some words.\n\n## The heading ##\n\nMore.\n"'
printf -- '---\ntitle: One\n---\n# Another\nx\n' >both.md; put both.md
holds both.md title '"One"'; holds both.md body '"# Another\nx\n"'
printf -- '---\nid: given\ntitle: T\n---\nx\n' >id.md; put id.md; holds given title '"T"'
printf -- '---\nnever closed\n# H\nx\n' >open.md; put open.md; holds open.md title '"H"'
printf 'no heading\n' >plain.md; put plain.md; holds plain.md title ""
printf -- '---\r\ntitle: CR LF\r\n---\r\nx\r\n' >crlf.md; put crlf.md; holds crlf.md title '"CR LF"'
printf '#hashtag is no heading\n# Real\n' >tag.md; put tag.md; holds tag.md title '"Real"'
printf -- '---\ntitle: T\ndate: soon\n---\nx\n' >when.md
expect 7 "a bad date in front matter" psearch -i ix put when.md; says "a bad date" "when.md:3:1: "

# NDJSON: by name, by its beginning, with CR LF, a mark, blank lines, no end of line at the end
printf '\xef\xbb\xbf{"id":"n1","title":"x"}\r\n\r\n   \n{"id":"n2","title":"y"}' >n.ndjson; put n.ndjson; holds n1 title '"x"'; holds n2 title '"y"'
for name in n.jsonl n.json N.NDJSON dump; do sed "s/n[12]/$name&/" n.ndjson >"$name"; put "$name"; holds "${name}n1" title '"x"'; done
expect_in 0 "standard input" n.ndjson psearch -i std put -; count_is std 2
expect_in 0 "standard input, text" a.txt psearch -i std put -; count_is std 3
printf '{curly} text\n' >curly; put curly; holds curly title '"{curly} text"'
printf '數據{"a":1}\n' >han; put han; holds han title '"數據{\"a\":1}"'
mkfifo pipe && { cat n.ndjson >pipe & expect 0 "a pipe with a name" psearch -i fifo put pipe; count_is fifo 2; }

# --input decides against the name
expect 0 "--input=text" psearch -i as put --input=text head.md; expect 0 "as text" psearch -i as get head.md; prints "as text" '"title":"Some words."'
expect 0 "--input=markdown" psearch -i as put --input=markdown - <head.md
expect 0 "--input=ndjson" psearch -i as put --input=ndjson dump
printf '<p>x</p>\n' >page.html
expect 2 "HTML is to come" psearch -i ix put page.html; says "HTML" "page.html: "; says "HTML" "not in this version"
expect 2 "CSV is to come" bash -c 'echo a,b >t.csv; psearch -i ix put t.csv'
expect 0 "HTML as text" psearch -i as put --input=text page.html

# packing is told by content, not by name; members and frames may follow one another
{ gzip -c <n.ndjson; printf '\n{"id":"n3","title":"z"}\n' | gzip -c; } >m.ndjson.gz
expect 0 "gzip" psearch -i gz put m.ndjson.gz; count_is gz 3
cp m.ndjson.gz nameless; expect 0 "gzip without its name" psearch -i gz2 put nameless; count_is gz2 3
gzip -c <head.md >head.md.gz; put head.md.gz; holds head.md.gz title '"The heading"'
if has zstd; then
    { zstd -qc <n.ndjson; printf '\n{"id":"n3","title":"z"}\n' | zstd -qc; } >m.ndjson.zst
    expect 0 "zstd" psearch -i zst put m.ndjson.zst; count_is zst 3
    zstd -qc <n.ndjson >z; expect_in 0 "zstd on standard input" z psearch -i zst2 put -; count_is zst2 2
else
    skip "zstd"
fi

# directories: sorted, hidden names left out, links followed, loops told, special files passed over
mkdir -p tree/sub/.hidden tree/.git; for f in tree/b.txt tree/a.txt tree/sub/c.txt tree/.dot.txt tree/sub/.hidden/d.txt tree/.git/e.txt; do echo "$f" >$f; done
ln -s .. tree/sub/loop; ln -s ../a.txt tree/sub/link.txt; mkfifo tree/pipe
expect 0 "a tree" psearch -i tree_ix put tree; says "a tree" "tree/sub/loop: this directory is inside itself"; count_is tree_ix 4
expect 0 "in the order of names" psearch -i tree_ix search --format=ids '*:*'
is "in the order of names" "$(tr '\n' ' ' <out)" "tree/a.txt tree/b.txt tree/sub/c.txt tree/sub/link.txt "
expect 0 "a hidden file named outright" psearch -i tree_ix put tree/.dot.txt; count_is tree_ix 5
ln -s nowhere tree/dangling.txt
expect 7 "a link to nowhere" psearch -i tree_ix put tree; says "a link to nowhere" "tree/dangling.txt: "; count_is tree_ix 5
expect 0 "skipped" psearch -i tree_ix put --on-error=skip --rejects=rej tree; is "rejects" "$(cat rej)" tree/dangling.txt

# files without anything in them
: >e.txt; : >e.md; : >e.ndjson
expect 0 "empty files" psearch -i empty put e.txt e.md e.ndjson; says "empty files" "3 files without anything in it (the first: e.txt)"
finish
