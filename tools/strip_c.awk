# strip_c.awk - C source without comments and without the insides of literals, line numbers kept,
# so that the house checks look at code only.  Prints "file:line:code" for each line that is not blank.
FNR == 1 { in_comment = 0 }
{
    line = $0; out = ""
    while (line != "") {
        if (in_comment) {
            end = index(line, "*/")
            if (end == 0) { line = ""; break }
            line = substr(line, end + 2)
            in_comment = 0
            out = out " "
            continue
        }
        if (!match(line, /["']|\/\*|\/\//)) { out = out line; break }
        out = out substr(line, 1, RSTART - 1)
        mark = substr(line, RSTART, 1)
        if (mark == "/") {
            if (substr(line, RSTART, 2) == "//") break
            line = substr(line, RSTART + 2)
            in_comment = 1
            continue
        }
        line = substr(line, RSTART + 1)
        out = out mark
        while (line != "" && substr(line, 1, 1) != mark) {
            line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
        }
        out = out mark
        line = substr(line, 2)
    }
    if (out !~ /^[ \t]*$/) print FILENAME ":" FNR ":" out
}
