#!/bin/bash
# check.sh - damage is found, told with its file, and is exit 4, from check and from whoever meets it; other versions are exit 3.
. "${PRISM_SRCDIR:-.}/tests/cli/lib.sh" || exit 99

awk 'BEGIN { for (i = 0; i < 300; i++) printf "{\"id\":\"k%d\",\"title\":\"apple %d\",\"body\":\"number %d of many\"}\n", i, i, i * 7919 }' >docs.ndjson
expect 0 "put" psearch -i ix put docs.ndjson
for level in --quick "" --deep; do
    expect 0 "whole $level" psearch -i ix check $level; silent "whole $level"; says "whole $level" "ix: no damage found"
done
expect 0 "whole, JSON" psearch -i ix check --format=json
json "whole, JSON" 'd["v"] == 1 and re.fullmatch("[0-9a-f]{32}", d["index"]) and d["generation"] == 2 and d["findings"] == [] and d["damaged"] == 0'
expect 0 "whole, JSON lines" psearch -i ix check --format=jsonl; silent "whole, JSON lines"

# hurt FILE OFFSET   a copy of the index in bad, with four bytes of that file turned
hurt() {
    rm -rf bad; cp -r ix bad
    local f; f=$(ls bad/$1 | tail -n 1); chmod u+w "$f"
    dd if="$f" bs=1 skip="$2" count=4 status=none | tr '\000-\377' '\001-\377\000' >turned
    dd if=turned of="$f" bs=1 seek="$2" conv=notrunc status=none
}
# Damage in the stored documents alone, beyond the part that is read for the ids.
awk 'BEGIN { srand(1); for (i = 0; i < 600; i++) { printf "{\"id\":\"k%d\",\"title\":\"apple\",\"body\":\"", i; for (j = 0; j < 120; j++) printf "%x ", rand() * 4294967296; print "\"}" } }' >wide.ndjson
mv ix ix0; expect 0 "put wide" psearch -i ix put wide.ndjson; hurt '*.doc' 250000
expect 0 "the ids are whole" psearch -i bad search --format=ids -n 600 apple
for form in human json jsonl; do
    expect 4 "a damaged document, $form" psearch -i bad search --format=$form -n 600 apple; says "$form" "bad/"
    is "told once, $form" "$(grep -c bad/ err)" 1
done
rm -rf ix; mv ix0 ix
for file in '*.idx' '*.doc'; do
    hurt "$file" 200
    for level in "" --deep; do
        expect 4 "$file $level" psearch -i bad check $level; grep -q 'ECORRUPT: .*: byte ' out || fail "$file $level: $(cat out)"
        says "$file $level" "of damage"
    done
    expect 4 "$file, JSON" psearch -i bad check --format=json
    json "$file, JSON" 'd["damaged"] >= 1 and d["findings"][0]["code"] == "ECORRUPT" and d["findings"][0]["file"] and d["findings"][0]["offset"] >= 0'
done
hurt '*.idx' 200; expect 4 "search in a damaged index" psearch -i bad search --format=json apple; silent "search"; says "search" "bad/"
hurt '*.doc' 200
for form in human json jsonl; do expect 4 "damaged documents, $form" psearch -i bad search --format=$form apple; says "$form" "bad/"; done
expect 4 "get of a damaged document" psearch -i bad get k1
hurt 'commit-*' 100; expect 4 "a damaged commit" psearch -i bad search apple; says "a damaged commit" "bad/commit-"
expect 4 "check of a damaged commit" psearch -i bad check --quick
expect 4 "put into a damaged index" psearch -i bad put docs.ndjson
rm -rf bad; cp -r ix bad; f=$(ls bad/*.idx); chmod u+w "$f"; head -c 1000 "$f" >cut; cat cut >"$f"
expect 4 "a file cut short" psearch -i bad search apple; expect 4 "check of it" psearch -i bad check --quick
rm -rf bad; cp -r ix bad; rm bad/*.doc; psearch -i bad check >out 2>err; code=$?
[ $code = 4 ] || [ $code = 3 ] || fail "a missing file: exit $code"
[ -s out ] || [ -s err ] || fail "a missing file is not told"
rm -rf bad; cp -r ix bad; echo x >bad/0123456789abcdef0123456789abcdef.idx
expect 0 "a file of no commit is a note" psearch -i bad check; prints "a note" "note: 0123456789abcdef0123456789abcdef.idx"

# keys that add has put twice are a note, no damage
expect 0 "add twice" psearch -i twice add docs.ndjson; expect 0 "add twice" psearch -i twice add docs.ndjson
for level in "" --deep; do
    expect 0 "twice $level" psearch -i twice check $level; says "twice $level" "no damage found"
    prints "twice $level" "300 of the documents found have a newer one of the same key"
done
expect 0 "twice, JSON" psearch -i twice check --format=json
json "twice, JSON" 'd["damaged"] == 0 and [f["code"] for f in d["findings"]] == ["note"] and d["findings"][0]["file"] == ""'
expect 0 "merged" psearch -i twice merge; expect 0 "merged" psearch -i twice check; silent "merged"; count_is twice 300

# another version: byte 9 of each file is its major version, under the checksum of the header (FORMAT.md section 3)
version() {
    rm -rf other; cp -r ix other
    python3 - "$1" other/commit-* <<'E'
import ctypes, struct, sys
xxh = ctypes.CDLL("libxxhash.so.0")
xxh.XXH3_64bits_withSeed.restype = ctypes.c_uint64
xxh.XXH3_64bits_withSeed.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]
for path in sys.argv[2:]:
    with open(path, "rb") as f: b = bytearray(f.read())
    b[9] = int(sys.argv[1])
    seed = bytes(b[24:40]) + bytes([b[8]]) + bytes(7) + struct.pack("<Q", 2**64 - 1)
    seed = xxh.XXH3_64bits_withSeed(seed, 32, 0)
    b[56:64] = struct.pack("<Q", xxh.XXH3_64bits_withSeed(bytes(b[:56]), 56, seed))
    import os; os.chmod(path, 0o644)
    with open(path, "wb") as f: f.write(b)
E
}
if has python3 && version 1 2>/dev/null && psearch -i other search apple >/dev/null 2>&1; then
    version 9
    expect 3 "too new: search" psearch -i other search apple; says "too new" "newer version"; says "too new" "other/commit-"
    expect 3 "too new: put" psearch -i other put docs.ndjson
    expect 3 "too new: info" psearch -i other info
    version 0; expect 3 "too old" psearch -i other search apple; says "too old" "no longer read"
else
    skip "other versions (they need python3 and libxxhash.so.0)"
fi
finish
