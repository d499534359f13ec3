#!/bin/bash
# seeds.sh - what a first user asks an article of English and Chinese: found or not, and the right words marked.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

mkdir articles; cat >articles/deal.txt <<'T'
Why a $10B Cloud Deal Is a Declaration of Independence

The lab wants custom silicon beside its Nvidia cluster. The quiet removal of the 'right of first refusal' was no minor tweak.

三名參議員針對AI公司的數據中心展開調查，揭示其如何推高當地電價達267%。
Uber因其Uber One訂閱服務面臨FTC及近24州的聯合訴訟，引爆對「暗黑模式」的監管風暴。
這場豪賭是品牌重生策略，還是最後一步？
T
printf 'Notes on gardening\n\nTomatoes want sun, water and patience.\n' >articles/other.txt
expect 0 "put" psearch put -i X articles
on=$'\033[1;31m' off=$'\033[0m'

# marks QUERY WORD...   the article alone is found, and these words are marked
marks() {
    local query=$1 word
    shift
    expect 0 "$query" psearch search -i X --format=ids "$query"; is "$query" "$(cat out)" articles/deal.txt
    expect 0 "$query" psearch search -i X --color=always "$query"
    for word in "$@"; do prints "$query" "$on$word$off"; done
    expect 0 "$query, whole" psearch search -i X --highlight --color=always "$query"
    for word in "$@"; do prints "$query, whole" "$on$word$off"; done
}
misses() { expect 1 "$1" psearch search -i X --format=ids "$1"; silent "$1"; }

marks 'custom silicon Nvidia' custom silicon Nvidia
expect 0 "words as arguments" psearch search -i X custom silicon Nvidia; prints "words" "custom silicon beside its Nvidia"
marks 数据中心 數據中心
marks 數據中心 數據中心
marks 豪賭 豪賭
marks 豪赌 豪賭
marks '"暗黑模式"' 暗黑模式
marks '「暗黑模式」' 暗黑模式
marks '267%' '267%'
marks '$10B' '$10B'
marks '"right of first refusal"' right of first refusal
marks 'Uber One' Uber One
marks '"Uber One訂閱"' Uber One 訂閱
marks '近24州' 24
marks '"心展開調"' 心展開調
misses '$100B'
misses '26%'
misses '"refusal of first right"'
misses '"黑暗模式"'
finish
