# Benchmarks: built by `make`, never run by `make check`.  They see include/ only; bench/micro may
# use $(unit_cppflags) and libprs.la.

noinst_PROGRAMS += bench/prism_eval
bench_prism_eval_SOURCES = bench/eval.c
bench_prism_eval_LDADD = -lm

noinst_PROGRAMS += bench/prism_stop
bench_prism_stop_SOURCES = bench/stop.c
bench_prism_stop_LDADD = libprismsearch.la

EXTRA_DIST += bench/quality.sh

noinst_PROGRAMS += bench/micro/codec_bench
bench_micro_codec_bench_SOURCES = bench/micro/codec_bench.c
nodist_EXTRA_bench_micro_codec_bench_SOURCES = force_cxx_linker.cc
bench_micro_codec_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_codec_bench_LDADD = libprs.la

noinst_PROGRAMS += bench/micro/scan_bench
bench_micro_scan_bench_SOURCES = bench/micro/scan_bench.c
nodist_EXTRA_bench_micro_scan_bench_SOURCES = force_cxx_linker.cc
bench_micro_scan_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_scan_bench_LDADD = libprs.la $(DEPS_LIBS)

noinst_PROGRAMS += bench/micro/analysis_bench
bench_micro_analysis_bench_SOURCES = bench/micro/analysis_bench.c
nodist_EXTRA_bench_micro_analysis_bench_SOURCES = force_cxx_linker.cc
bench_micro_analysis_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_analysis_bench_LDADD = libprs.la
EXTRA_DIST += bench/NOTES.md

# The driver of our own in the runs against peers; their drivers are built by bench/peers/*/install.sh.
noinst_PROGRAMS += bench/prism_build
bench_prism_build_SOURCES = bench/peers/prismsearch/build.c bench/peers/peer.h
bench_prism_build_LDADD = libprismsearch.la
EXTRA_DIST += bench/corpora bench/run bench/RESULTS.md bench/peers
noinst_PROGRAMS += bench/prism_bound
bench_prism_bound_SOURCES = bench/bound.c bench/peers/peer.h
bench_prism_bound_LDADD = -lm
