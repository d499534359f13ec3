#!/bin/bash
# bundle.sh - the libraries that a binary package of ours brings along, small, and with their licences.
#
#     bundle.sh MODULE DIR      copies into DIR what MODULE (a shared object) needs and no system has for
#                               certain, and the licence text of each into DIR/licences
#
# ICU's data is 31 MB, of which the library reads 3: normalization and word dictionaries.  The rest is taken
# out with icupkg (Debian: icu-devtools), objcopy and a C compiler; where one is missing, all of it goes along,
# and a line says so.
#
# Licences come from the system's packages; a library without one is an error, since its text has to go along.
# PRISMSEARCH_LICENCES=DIR has NAME.txt for those that the system does not tell of (libicuuc.txt, ...).
set -euo pipefail
[ $# = 2 ] || {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
    exit 2
}
module=$1
mkdir -p "$2/licences"
dir=$(cd "$2" && pwd)

# What the library reads of ICU's data: lib/analysis/fold.c and icu_words.c.
icu_needed='^brkitr/|^nfkc(_cf)?\.nrm$|^(uemoji|ulayout)\.icu$'

needed_libraries() {
    ldd "$module" | awk '$2 == "=>" && $1 ~ /^lib(icu[a-z0-9]+|zstd|xxhash|jansson|simdjson|stemmer)\.so/ { print $1, $3 }'
}

# icu_data FILE OUT NAME: FILE without what nobody reads; the symbol in it is NAME.
icu_data() {
    local file=$1 out=$2 name=$3 work tool
    local PATH=$PATH:/usr/sbin
    for tool in icupkg objcopy "${CC:-cc}"; do command -v "$tool" > /dev/null || return 1; done
    work=$(mktemp -d)
    ( # each step says itself that it failed: errexit does not hold below an `if`
        cd "$work" || exit 1
        objcopy -O binary --only-section=.rodata "$file" "${name%_dat}l.dat" || exit 1
        icupkg -l "${name%_dat}l.dat" > all || exit 1
        for tool in brkitr/root.res nfkc_cf.nrm; do grep -qxF "$tool" all || exit 1; done
        grep -q '^brkitr/.*\.dict$' all || exit 1
        grep -Ev "$icu_needed" all > drop.txt || exit 1
        mkdir small && icupkg -r drop.txt "${name%_dat}l.dat" "small/${name%_dat}l.dat" || exit 1
        cat > data.S << END || exit 1
    .section .rodata
    .globl $name
    .type $name, %object
    .balign 16
$name:
    .incbin "small/${name%_dat}l.dat"
    .size $name, .-$name
    .section .note.GNU-stack,"",%progbits
END
        ${CC:-cc} -shared -nostdlib -s -Wl,-soname,"$(basename "$out")" -o "$out" data.S
    )
    local status=$?
    rm -rf "$work"
    return $status
}

copy_library() {
    local name=$1 file=$2 symbol
    case $name in libicudata.*)
        symbol=$(nm -D "$file" | awk '$3 ~ /^icudt[0-9]+_dat$/ { print $3 }')
        if [ -n "$symbol" ] && icu_data "$file" "$dir/$name" "$symbol"; then return; fi
        echo "bundle.sh: ICU's data goes along whole: icupkg (Debian: icu-devtools) takes out what is not needed" >&2
        ;;
    esac
    cp "$file" "$dir/$name"
}

# The texts that a licence only refers to follow it.
licence_of() {
    local name=$1 file=$2 package text
    local given=${PRISMSEARCH_LICENCES:+$PRISMSEARCH_LICENCES/${name%%.so*}.txt}
    if [ -n "$given" ] && [ -f "$given" ]; then
        cat "$given"
        return
    fi
    package=$(dpkg -S "$file" 2> /dev/null || dpkg -S "${file#/usr}" 2> /dev/null || dpkg -S "/usr$file" 2> /dev/null) || return 1
    package=${package%%:*}
    text=/usr/share/doc/$package/copyright
    [ -f "$text" ] || return 1
    cat "$text"
    grep -oE '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' "$text" | sort -u | while read -r common; do
        [ -f "$common" ] || continue
        printf '\n---- %s ----\n\n' "$(basename "$common")"
        cat "$common"
    done
    return 0
}

libraries=$(needed_libraries)
found=0
while read -r name file; do
    [ -n "$name" ] || continue
    file=$(readlink -f "$file")
    copy_library "$name" "$file"
    licence_of "$name" "$file" > "$dir/licences/${name%%.so*}.txt" || {
        echo "bundle.sh: no licence text of $file is on this system: put ${name%%.so*}.txt into a folder that PRISMSEARCH_LICENCES names" >&2
        exit 1
    }
    found=$((found + 1))
done <<< "$libraries"
[ "$found" -gt 0 ] || echo "bundle.sh: $module needs no library that goes along" >&2
