# wrap_comments.awk - fold comment lines over 100 columns.  clang-format would reflow them into their
# neighbours and so destroy labels and pictures; here only what is too long moves:
#
#   - a long line of prose is cut at its last blank that fits; the rest joins the next line, if that
#     goes on with the same paragraph (same indent, no label, no list mark), else it stands alone;
#   - after a label ("Errors : ") the rest is indented under the label's text;
#   - a long comment behind code moves above the code.

# Columns of s: UTF-8 continuation bytes do not count.
function columns(s) { gsub(/[\200-\277]/, "", s); return length(s) }

function spaces(n) { return sprintf("%" n "s", "") }

# Length of a label or list mark at the start of text, 0 if there is none.
function mark_length(text) {
    return match(text, /^([A-Z][a-z]+ *: +|- +|[0-9]+\. +|[a-z_0-9]+   +)/) ? RLENGTH : 0
}

# Does line j go on with prose whose text stands at this column?
function goes_on(j, column,    text) {
    if (j > FNR || !within[j] || !match(line[j], /^ *\* +/) || RLENGTH != column) return 0
    text = substr(line[j], RLENGTH + 1)
    return text != "" && text !~ /^\*\// && !mark_length(text)
}

# Print text folded, its first line after head, further ones after next_head; joins following lines
# while it overflows.  Returns the number of the last line used.
function fold(at, head, next_head, text, may_join,    cut, i, full, full_line) {
    while (1) {
        if (columns(head text) <= MAX) { print head text; return at }
        cut = 0
        for (i = 2; i <= length(text); i++) {
            if (columns(head substr(text, 1, i - 1)) > MAX) break
            if (substr(text, i, 1) == " " && substr(text, i + 1) !~ /^ *\*\/$/) cut = i
        }
        if (!cut) { print head text; return at }
        full = text
        full_line = head substr(text, 1, cut - 1)
        sub(/ +$/, "", full_line)
        print full_line
        text = substr(text, cut + 1)
        sub(/^ +/, "", text)
        head = next_head
        if (may_join && full !~ /[.:;]$/ && full !~ /\*\/$/ && goes_on(at + 1, length(next_head))) {
            at++
            text = text " " substr(line[at], length(next_head) + 1)
        }
    }
}

function fold_line(at,    body, indent, prefix, text, comment) {
    match(line[at], /^ */)
    indent = RLENGTH
    body = substr(line[at], indent + 1)
    if (within[at] && match(body, /^\* +/)) {
        prefix = spaces(indent) substr(body, 1, RLENGTH)
        text = substr(body, RLENGTH + 1)
        return fold(at, prefix, prefix spaces(mark_length(text)), text, 1)
    }
    if (!within[at] && match(body, /^\/\*+ */)) {
        prefix = spaces(indent) " *" (body ~ /^\/\*\*/ ? "  " : " ")
        return fold(at, spaces(indent) substr(body, 1, RLENGTH), prefix, substr(body, RLENGTH + 1), 1)
    }
    if (!within[at] && body ~ /\*\/$/ && body !~ /\/\*.*\/\*/ && match(body, /\/\* .*\*\/$/)) {
        comment = substr(body, RSTART + 3)
        body = substr(body, 1, RSTART - 1)
        sub(/ +$/, "", body)
        fold(at, spaces(indent) "/* ", spaces(indent) " * ", comment, 0)
        print spaces(indent) body
        return at
    }
    print line[at]
    return at
}

BEGIN { MAX = 100 }
{
    line[FNR] = $0
    within[FNR] = inside
    rest = $0 # where does the line leave us?  (no comment marks inside literals in this tree)
    while ((at = index(rest, inside ? "*/" : "/*")) > 0) {
        rest = substr(rest, at + 2)
        inside = !inside
    }
}
END {
    for (n = 1; n <= FNR; n++) {
        if (columns(line[n]) <= MAX || line[n] ~ /\\$/) print line[n]
        else n = fold_line(n)
    }
}
