# Benchmarks: built by `make`, never run by `make check`.  They see include/ only; bench/micro may
# use $(unit_cppflags) and libprs.la.

noinst_PROGRAMS += bench/prism_eval
bench_prism_eval_SOURCES = bench/eval.c
bench_prism_eval_LDADD = -lm

EXTRA_DIST += bench/quality.sh
