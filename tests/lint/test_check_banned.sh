#!/bin/bash
# Does tools/check_banned.sh see each banned call, and leave comments, texts and members alone?
. "$(dirname "$0")/seed.sh"
check=check_banned.sh

make_tree
passes

make_tree
put lib/base/fine.c << 'END'
/* malloc(1) in a comment
 * of two lines, free(p) */
int f(struct s *p) { return p->free(1) + p.exit(2) + my_free(3) + prs_abort(4) + freed(5); }
const char *t = "printf(\"%d\", x)"; int c = '"'; /* " */ const char *u = "abort()";
int n = snprintf(t, 3, "%d", c);
END
what='look-alikes' passes
make_tree
echo 'void *p = malloc(1);' | put lib/base/mem.c
what='the one file that may' passes
make_tree
echo 'void f(void) { printf("%f", 1.0); exit(1); }' | put cli/main.c
what='a program that prints' passes

for call in 'malloc(1)' 'free(p)' 'strdup(s)' 'abort()' 'exit (1)' 'printf("x")' 'fprintf(f, "x")' \
    'fopen("x", "r")' 'getenv("X")' 'time(NULL)' 'setlocale(LC_ALL, "")' 'tolower(c)' 'strtod(s, e)' \
    'rand()' 'signal(1, f)' 'fma(a, b, c)' 'strcpy(a, b)' 'sprintf(a, "x")' 'atoi(s)' 'setjmp(b)' \
    'alloca(9)' 'assert(x)' 'strtok(a, b)' 'sscanf(s, "x")' 'qsort(p, n, s, f)'; do
    name=${call%%[ (]*}
    seeds "$call" "lib/store/bad\.c:2: $name: " lib/store/bad.c << END
/* bad.c */
int f(void) { /* x */ g("y"); return $call; }
END
done
seeds 'a call at the start of a line' 'lib/store/bad\.c:1: free: ' lib/store/bad.c <<< 'free(p);'
seeds 'a call behind a comment of many lines' 'bad\.c:3: abort: ' lib/store/bad.c << 'END'
/* one
 * two */
    abort();
END
seeds 'an unbounded copy in a program' 'cli/main\.c:1: strcpy: ' cli/main.c <<< 'int x = strcpy(a, b);'
seeds 'a fused multiply-add in the judge' 'naive\.c:1: fma: ' tests/ref/naive.c <<< 'x = fma(a, b, c);'
seeds 'a decimal point of the locale' 'follows the locale' lib/query/bad.c << 'END'
prs_buf_printf(b, "%d %.3f", 1, x);
END
done_seeding
