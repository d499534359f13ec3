#!/bin/bash
# Do the programs of examples/ do what they say, and end as they say when something is wrong?
set -euo pipefail
srcdir=${PRISM_SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
programs=${PRISM_BUILDDIR:-$srcdir/build}/examples
work=$(mktemp -d "${TMPDIR:-/tmp}/prismsearch-examples-XXXXXX")
trap 'rm -rf "$work"' EXIT
failures=0

# expect CODE COMMAND...: what it must print (both streams) comes from standard input.
expect() {
    local code=$1 got=0
    shift
    cat > "$work/expected"
    "$@" > "$work/got" 2>&1 < "${input:-/dev/null}" || got=$?
    if [ "$got" != "$code" ] || ! diff "$work/expected" "$work/got"; then
        echo "FAILED: $* (status $got, not $code)"
        failures=$((failures + 1))
    fi
}

expect 0 "$programs/embed" "$work/news" << 'END'
1 0.4724
END
expect 1 "$programs/embed" "$work/news" << 'END'
EEXISTS: there is an index already
END

input=$work/articles.ndjson
printf '%s\n' '{"id":"1","title":"Custom silicon","body":"a"}' '{"id":"2",}' '[]' '{"id":"3","date":"soon"}' \
    '{"id":"4","body":"b"}' > "$input"
expect 1 "$programs/stream" "$work/stream" << 'END'
line 2, column 11: the document is not JSON: string or '}' expected near '}'
line 3, column 1: a document must be a JSON object
line 4, column 0: field date: "soon" is not a value of type date
2 taken, 3 skipped
END
for ((i = 0; i < 2500; i++)); do echo "{\"id\":\"$i\",\"body\":\"number $i\"}"; done > "$input"
expect 0 "$programs/stream" "$work/stream" << 'END'
2500 taken, 0 skipped
END
expect 0 psearch -i "$work/stream" search --count -- '*:*' << 'END'
2500
END
echo 'not an index' > "$work/file"
input=/dev/null
expect 2 "$programs/stream" "$work/file" << 'END'
EINVAL: cannot open the index directory: not a directory
0 taken, 0 skipped
END

expect 0 "$programs/tokenizer" "$work/code" json parsejsontext maxDepth '"http server"' 'pars*' << 'END'
json:
note.c:7 [json]
json.c:12 [Json]
parsejsontext:
json.c:12 [parseJsonText]
maxDepth:
json.c:12 [MAX_DEPTH]
http.c:40 [max_depth]
"http server":
http.c:40 [HTTP] [Server] [http] [server]
pars*:
json.c:12 [parseJsonText]
note.c:7 [parse_json]
END
cd "$work"
expect 3 psearch -i code search json << 'END'
psearch: code: field code: its tokenizer "identifiers" is not registered: open the index with it (prism_index_opts.tokenizers)
END
exit $((failures > 0))
