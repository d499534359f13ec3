#!/bin/bash
# check_banned.sh - is anything called that the library promised not to call?
#
#   memory      malloc's family belongs to base/mem.c
#   the process nothing in lib/ ends it, prints, changes its signals, locale or environment
#   unsafe      copies and conversions without bounds or errors, anywhere in the tree
#   the score   no fused multiply-add: FORMAT.md fixes every rounding
. "$(dirname "$0")/lint.sh"

# banned WHY NAMES EXCEPT FILES...: calls of NAMES (a|b|c) in code, except in files that match EXCEPT.
banned() {
    local why=$1 names=$2 except=$3
    shift 3
    source_files "$@" | grep -vE "$except" | strip_code |
        grep -E ":.*(^|[^A-Za-z0-9_.>])($names)[[:space:]]*\(" |
        sed -E "s~^([^:]*:[0-9]+):(.*[^A-Za-z0-9_.>])?($names)[[:space:]]*\(.*~\1: \3: $why~" || true
}

none='^$'
{
    banned 'memory comes from prs_mem (base/mem.h)' \
        'malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf|getline|posix_memalign|aligned_alloc' \
        '^lib/base/mem\.c$' lib
    banned 'takes memory beside prs_mem (base/sort.h)' 'qsort|qsort_r' \
        '^lib/(search/spot|show/highlight)\.c$' lib
    banned 'use PRS_ASSERT' 'assert' '^lib/base/prs\.h$' lib
    banned 'the library never ends its process' \
        'abort|exit|_exit|_Exit|quick_exit|raise|kill' "$none" lib
    banned 'the library never prints' \
        'printf|vprintf|puts|putchar|fprintf|vfprintf|fputs|fputc|perror|syslog' "$none" lib
    banned 'files go through store' 'fopen|fdopen|fread|fwrite|fclose|tmpfile|popen' "$none" lib
    banned 'the environment, the clock and the locale are not ours' \
        'getenv|secure_getenv|setenv|putenv|setlocale|localeconv|newlocale|strerror|strerror_r|time|gettimeofday|localtime|localtime_r|gmtime|mktime|strftime|strtod|strtof|strtold|isalpha|isdigit|isalnum|isspace|isupper|islower|ispunct|tolower|toupper|strcasecmp|strncasecmp|strcoll' \
        "$none" lib
    banned 'signals are the application'"'"'s' 'signal|sigaction|sigprocmask' "$none" lib
    banned 'signals are the application'"'"'s, and a thread of ours gets none' pthread_sigmask '^lib/base/sync\.c$' lib
    banned 'seed your own generator, or prs_random_bytes' 'rand|srand|random|srandom|drand48' \
        "$none" lib
    banned 'rounds once where FORMAT.md rounds twice' 'fma|fmaf|fmal|__builtin_fma|__builtin_fmaf' \
        "$none" lib tests/ref
    banned 'has no bound' \
        'strcpy|strcat|stpcpy|sprintf|vsprintf|gets|alloca|__builtin_alloca|strtok' "$none" \
        lib cli bench examples bindings
    banned 'hides errors' 'atoi|atol|atoll|atof|scanf|sscanf|fscanf' "$none" \
        lib cli bench examples bindings
    banned 'jumps over cleanup' 'setjmp|longjmp|sigsetjmp|siglongjmp' "$none" lib
    # The locale's decimal point would get into what we write.
    source_files lib | xargs -r grep -nHE 'printf.*"[^"]*%[-+ #0-9.*]*[aefgAEFG]' |
        sed -E 's/^([^:]*:[0-9]+):.*/\1: a floating-point conversion follows the locale/' || true
} | complain_lines
finish
