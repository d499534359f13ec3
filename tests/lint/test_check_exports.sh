#!/bin/bash
# Does tools/check_exports.sh see symbols too many, too few, of the wrong kind, and banned needs?
. "$(dirname "$0")/seed.sh"
check=check_exports.sh

# build CODE: a library of the tree's one function and CODE.
build() {
    make_tree
    echo 'prism_hello' | put lib/prismsearch.sym
    printf '%s\n' 'int prism_hello(int x);' 'int prism_hello(int x) { return x; }' "$1" > "$work/x.c"
    ${CC:-cc} -O1 -fno-builtin -shared -fPIC -w -o "$work/lib.so" "$work/x.c"
}

build ''
passes "$work/lib.so"
build 'static const int table[] = {1, 2}; int prism_hi(int x) __attribute__((visibility("hidden"))); int prism_hi(int x) { return table[x]; }'
what='hidden names and constant tables' passes "$work/lib.so"

build 'int prism_more(void) { return 1; }'
expect_failure 'a symbol too many' 'prism_more: is exported, not listed' "$work/lib.so"
build 'int leak(void) { return 1; }'
expect_failure 'a symbol of another prefix' 'leak: is exported, not listed' "$work/lib.so"
build ''
printf 'prism_gone\nprism_hello\n' | put lib/prismsearch.sym
expect_failure 'a symbol too few' 'prism_gone: is listed .*, not exported' "$work/lib.so"
printf 'prism_hello\nprism_gone\n' | put lib/prismsearch.sym
expect_failure 'a list out of order' 'is not sorted' "$work/lib.so"
build ''
echo 'PRISM_API int prism_promised(int a);' | put include/prismsearch/base.h
expect_failure 'a promise not kept' 'prism_promised: is declared in include, not exported' "$work/lib.so"
build 'const int prism_data = 3;'
echo 'prism_data' >> "$tree/lib/prismsearch.sym"
expect_failure 'exported data' 'prism_data: exported, and not a function' "$work/lib.so"
build 'static int counter; int prism_hello2(void) __attribute__((visibility("hidden"))); int prism_hello2(void) { return counter++; } int (*const prism_keep)(void) __attribute__((visibility("hidden"))) = prism_hello2;'
expect_failure 'a mutable global' 'counter: mutable global' "$work/lib.so"
echo 'counter' | put tools/globals_allow.txt
expect_failure 'a global allowed without a reason' 'counter: mutable global' "$work/lib.so"
echo 'counter it counts' | put tools/globals_allow.txt
what='a global with a reason' passes "$work/lib.so"
build 'void abort(void); static void f(void) { abort(); } __attribute__((constructor)) static void g(void) { f(); }'
expect_failure 'a library that aborts' 'abort: undefined in the library, and banned' "$work/lib.so"
build 'int printf(const char *, ...); __attribute__((constructor)) static void g(void) { printf("x"); }'
expect_failure 'a library that prints' 'printf: undefined' "$work/lib.so"
done_seeding
