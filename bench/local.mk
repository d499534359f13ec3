# Benchmarks: built by `make`, never run by `make check`.  They see include/ only; bench/micro may
# use $(unit_cppflags) and libprs.la.

noinst_PROGRAMS += bench/prism_eval
bench_prism_eval_SOURCES = bench/eval.c
bench_prism_eval_LDADD = -lm

noinst_PROGRAMS += bench/prism_stop
bench_prism_stop_SOURCES = bench/stop.c
bench_prism_stop_LDADD = libprismsearch.la

EXTRA_DIST += bench/quality.sh

# The generated corpus; the gate links it, too.
zipf_sources = bench/zipf.h bench/zipf_law.c bench/zipf_text.c
noinst_PROGRAMS += bench/zipf
bench_zipf_SOURCES = bench/zipf.c $(zipf_sources)

noinst_PROGRAMS += bench/gate
bench_gate_SOURCES = bench/gate.c $(zipf_sources)
bench_gate_LDADD = libprismsearch.la

# Instructions of a fixed piece of work against bench/baseline.json; exit 77 of gate.py is a skip, which it
# explains.  Flags that only warn are left out: they change no code.
gate_flags = $(CC) $(PRS_LANG_CPPFLAGS) $(PRS_HARD_CPPFLAGS) $(CPPFLAGS) $(PRS_LANG_CFLAGS) $(PRS_HARD_CFLAGS) \
	$(PRS_HARD_AUTO_CFLAGS) $(PRS_INSTR_FLAGS) $(CFLAGS)
gate = $(PYTHON3) $(srcdir)/bench/gate.py
gate_options = --builddir . --flags '$(gate_flags)'
PYTHON3 = python3
bench-gate: bench/gate
	@$(gate) check $(srcdir)/bench/baseline.json $(gate_options); status=$$?; test $$status = 0 || test $$status = 77
bench-baseline: bench/gate
	@$(gate) record $(srcdir)/bench/baseline.json $(gate_options)
.PHONY: bench-gate bench-baseline
EXTRA_DIST += bench/gate.py bench/baseline.json

# Small benches of one frame (bench/micro/micro.h); make bench-micro runs those that need no files.
micro_sources = bench/micro/micro.c bench/micro/micro.h

noinst_PROGRAMS += bench/micro/analysis_bench
bench_micro_analysis_bench_SOURCES = bench/micro/analysis_bench.c $(micro_sources)
nodist_EXTRA_bench_micro_analysis_bench_SOURCES = force_cxx_linker.cc
bench_micro_analysis_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_analysis_bench_LDADD = libprs.la

noinst_PROGRAMS += bench/micro/codec_bench
bench_micro_codec_bench_SOURCES = bench/micro/codec_bench.c $(micro_sources)
nodist_EXTRA_bench_micro_codec_bench_SOURCES = force_cxx_linker.cc
bench_micro_codec_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_codec_bench_LDADD = libprs.la

noinst_PROGRAMS += bench/micro/docstore_bench
bench_micro_docstore_bench_SOURCES = bench/micro/docstore_bench.c $(micro_sources) $(zipf_sources)
nodist_EXTRA_bench_micro_docstore_bench_SOURCES = force_cxx_linker.cc
bench_micro_docstore_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_docstore_bench_LDADD = libprs.la

noinst_PROGRAMS += bench/micro/invert_bench
bench_micro_invert_bench_SOURCES = bench/micro/invert_bench.c $(micro_sources) $(zipf_sources)
nodist_EXTRA_bench_micro_invert_bench_SOURCES = force_cxx_linker.cc
bench_micro_invert_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_invert_bench_LDADD = libprs.la

noinst_PROGRAMS += bench/micro/memo_bench
bench_micro_memo_bench_SOURCES = bench/micro/memo_bench.c $(micro_sources) $(zipf_sources)
nodist_EXTRA_bench_micro_memo_bench_SOURCES = force_cxx_linker.cc
bench_micro_memo_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_memo_bench_LDADD = libprs.la

noinst_PROGRAMS += bench/micro/merge_bench
bench_micro_merge_bench_SOURCES = bench/micro/merge_bench.c $(micro_sources) $(zipf_sources)
nodist_EXTRA_bench_micro_merge_bench_SOURCES = force_cxx_linker.cc
bench_micro_merge_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_merge_bench_LDADD = libprs.la

noinst_PROGRAMS += bench/micro/scan_bench
bench_micro_scan_bench_SOURCES = bench/micro/scan_bench.c $(micro_sources)
nodist_EXTRA_bench_micro_scan_bench_SOURCES = force_cxx_linker.cc
bench_micro_scan_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_scan_bench_LDADD = libprs.la $(DEPS_LIBS)

noinst_PROGRAMS += bench/micro/score_bench
bench_micro_score_bench_SOURCES = bench/micro/score_bench.c $(micro_sources)
nodist_EXTRA_bench_micro_score_bench_SOURCES = force_cxx_linker.cc
bench_micro_score_bench_CPPFLAGS = $(unit_cppflags)
bench_micro_score_bench_LDADD = libprs.la

micro_benches = bench/micro/score_bench bench/micro/codec_bench bench/micro/docstore_bench bench/micro/invert_bench \
	bench/micro/memo_bench bench/micro/merge_bench
run_micro = folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && mkdir $$folder/way0 $$folder/way1 $$folder/way2 $$folder/way3 && \
	for b in $(micro_benches); do \
		case $$b in *merge*) set -- $$folder ;; *) set -- ;; esac; ./$$b $$options "$$@" || exit 1; \
	done
bench-micro: $(micro_benches)
	@options=; $(run_micro)

# What docs/bench shows of our own, into docs/bench/results (the file of bench/run belongs there, too):
# minutes for micro.jsonl, half an hour for scale.jsonl.  Then bench-report draws and writes.
results = $(srcdir)/docs/bench/results
bench-results: $(micro_benches) bench/zipf psearch
	@id=micro-$$(date +%s); { $(PYTHON3) $(srcdir)/bench/machine.py $$id && options="--json --run $$id" && $(run_micro); } \
		>micro.jsonl && cp micro.jsonl $(results)/micro.jsonl
	@rm -f scale.jsonl; $(PYTHON3) $(srcdir)/bench/scale.py --out scale.jsonl >/dev/null; cp scale.jsonl $(results)/scale.jsonl
bench-scale: bench/zipf psearch
	@$(PYTHON3) $(srcdir)/bench/scale.py $(SCALE_OPTIONS)
bench-report:
	@$(PYTHON3) $(srcdir)/bench/report.py --root $(srcdir)
.PHONY: bench-micro bench-results bench-scale bench-report
EXTRA_DIST += bench/machine.py bench/scale.py bench/report.py bench/report_queries.py bench/query_growth.py bench/svg.py
EXTRA_DIST += bench/NOTES.md

# The driver of our own in the runs against peers; their drivers are built by bench/peers/*/install.sh.
noinst_PROGRAMS += bench/prism_build
bench_prism_build_SOURCES = bench/peers/prismsearch/build.c bench/peers/peer.h
bench_prism_build_LDADD = libprismsearch.la
noinst_PROGRAMS += bench/prism_query
bench_prism_query_SOURCES = bench/peers/prismsearch/query.c bench/peers/peer.h
bench_prism_query_LDADD = libprismsearch.la
# File by file: of a folder the objects in the build tree would be packed, too.
EXTRA_DIST += bench/corpora bench/queries bench/query_ab bench/query_rows.py bench/rig.py bench/run bench/run-queries bench/RESULTS.md bench/bytes \
	bench/peers/README.md bench/peers/bm25s/driver.py bench/peers/bm25s/install.sh bench/peers/debian.sh \
	bench/peers/fts5/fts5.c bench/peers/fts5/install.sh bench/peers/groonga/groonga.c \
	bench/peers/groonga/install.sh bench/peers/lucene/LucenePeer.java bench/peers/lucene/LuceneQuery.java bench/peers/lucene/install.sh \
	bench/peers/lucene/pom.xml bench/peers/peer.py bench/peers/pisa/driver.py bench/peers/pisa/install.sh \
	bench/peers/python.sh bench/peers/tantivy/Cargo.lock bench/peers/tantivy/Cargo.toml \
	bench/peers/tantivy/install.sh bench/peers/tantivy/src/main.rs bench/peers/tantivy/src/query.rs bench/peers/xapian/install.sh \
	bench/peers/xapian/xapian.cc
noinst_PROGRAMS += bench/prism_bound
bench_prism_bound_SOURCES = bench/bound.c bench/peers/peer.h
bench_prism_bound_LDADD = -lm
