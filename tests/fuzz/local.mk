# Fuzz programs, here with a driver that replays each corpus and some mutations of it; and queries built to hurt.
#
# tools/fuzz.sh explores with libFuzzer (clang).  What that finds becomes a line of fuzz_X.txt (how bytes are written there:
# driver.c) once it is fixed; what reaches new code, minimised, a file in corpus/X.  A new decoder or reader of input brings
# its program: a fuzz_X.c, a fuzz_X.txt, six lines here.
fuzz_shared = tests/fuzz/driver.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h
fuzz_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/lib -I$(srcdir)/tests $(DEPS_CFLAGS)

fuzz_programs = tests/fuzz/fuzz_analysis tests/fuzz/fuzz_answers tests/fuzz/fuzz_block \
	tests/fuzz/fuzz_column tests/fuzz/fuzz_deletes tests/fuzz/fuzz_docstore \
	tests/fuzz/fuzz_envelope tests/fuzz/fuzz_input tests/fuzz/fuzz_join_column \
	tests/fuzz/fuzz_join_keys tests/fuzz/fuzz_join_lists tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_manifest tests/fuzz/fuzz_model tests/fuzz/fuzz_open tests/fuzz/fuzz_parts \
	tests/fuzz/fuzz_planes tests/fuzz/fuzz_positions tests/fuzz/fuzz_postings tests/fuzz/fuzz_query \
	tests/fuzz/fuzz_short tests/fuzz/fuzz_stops tests/fuzz/fuzz_term_block tests/fuzz/fuzz_terms \
	tests/fuzz/fuzz_vocabulary tests/fuzz/fuzz_words tests/fuzz/hostile_queries
tests_fuzz_fuzz_analysis_SOURCES = tests/fuzz/fuzz_analysis.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_analysis_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_analysis_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_analysis_LDADD = libprs.la
tests_fuzz_fuzz_answers_SOURCES = tests/fuzz/fuzz_answers.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_answers_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_answers_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_answers_LDADD = libprs.la
tests_fuzz_fuzz_block_SOURCES = tests/fuzz/fuzz_block.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_block_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_block_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_block_LDADD = libprs.la
tests_fuzz_fuzz_column_SOURCES = tests/fuzz/fuzz_column.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_column_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_column_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_column_LDADD = libprs.la
tests_fuzz_fuzz_deletes_SOURCES = tests/fuzz/fuzz_deletes.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_deletes_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_deletes_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_deletes_LDADD = libprs.la
tests_fuzz_fuzz_docstore_SOURCES = tests/fuzz/fuzz_docstore.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_docstore_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_docstore_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_docstore_LDADD = libprs.la
tests_fuzz_fuzz_envelope_SOURCES = tests/fuzz/fuzz_envelope.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_envelope_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_envelope_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_envelope_LDADD = libprs.la
tests_fuzz_fuzz_input_SOURCES = tests/fuzz/fuzz_input.c $(fuzz_shared) \
	cli/article.c cli/article.h cli/cli.h cli/input.c cli/input.h cli/kind.c cli/load.h cli/progress.h cli/width.c cli/width.h
nodist_EXTRA_tests_fuzz_fuzz_input_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_input_CPPFLAGS = $(fuzz_cppflags) -I$(srcdir)/cli
tests_fuzz_fuzz_input_LDADD = libprs.la $(DEPS_LIBS)
tests_fuzz_fuzz_join_column_SOURCES = tests/fuzz/fuzz_join_column.c $(fuzz_shared) tests/fuzz/fuzz_join.h
nodist_EXTRA_tests_fuzz_fuzz_join_column_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_join_column_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_join_column_LDADD = libprs.la
tests_fuzz_fuzz_join_keys_SOURCES = tests/fuzz/fuzz_join_keys.c $(fuzz_shared) tests/fuzz/fuzz_join.h
nodist_EXTRA_tests_fuzz_fuzz_join_keys_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_join_keys_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_join_keys_LDADD = libprs.la
tests_fuzz_fuzz_join_lists_SOURCES = tests/fuzz/fuzz_join_lists.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_join_lists_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_join_lists_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_join_lists_LDADD = libprs.la
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_json_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_json_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_json_LDADD = libprs.la
tests_fuzz_fuzz_manifest_SOURCES = tests/fuzz/fuzz_manifest.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_manifest_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_manifest_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_manifest_LDADD = libprs.la
tests_fuzz_fuzz_model_SOURCES = tests/fuzz/fuzz_model.c $(fuzz_shared) tests/harness/fault_dir.c tests/harness/fault_dir.h
nodist_EXTRA_tests_fuzz_fuzz_model_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_model_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_model_LDADD = libprs.la
tests_fuzz_fuzz_open_SOURCES = tests/fuzz/fuzz_open.c $(fuzz_shared) tests/fuzz/fuzz_image.c tests/fuzz/fuzz_image.h
nodist_EXTRA_tests_fuzz_fuzz_open_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_open_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_open_LDADD = libprs.la
tests_fuzz_fuzz_parts_SOURCES = tests/fuzz/fuzz_parts.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_parts_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_parts_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_parts_LDADD = libprs.la
tests_fuzz_fuzz_planes_SOURCES = tests/fuzz/fuzz_planes.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_planes_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_planes_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_planes_LDADD = libprs.la
tests_fuzz_fuzz_positions_SOURCES = tests/fuzz/fuzz_positions.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_positions_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_positions_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_positions_LDADD = libprs.la
tests_fuzz_fuzz_postings_SOURCES = tests/fuzz/fuzz_postings.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_postings_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_postings_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_postings_LDADD = libprs.la
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz_query.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_query_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_query_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_query_LDADD = libprs.la
tests_fuzz_fuzz_short_SOURCES = tests/fuzz/fuzz_short.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_short_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_short_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_short_LDADD = libprs.la
tests_fuzz_fuzz_stops_SOURCES = tests/fuzz/fuzz_stops.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_stops_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_stops_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_stops_LDADD = libprs.la
tests_fuzz_fuzz_term_block_SOURCES = tests/fuzz/fuzz_term_block.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_term_block_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_term_block_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_term_block_LDADD = libprs.la
tests_fuzz_fuzz_terms_SOURCES = tests/fuzz/fuzz_terms.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_terms_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_terms_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_terms_LDADD = libprs.la
tests_fuzz_fuzz_vocabulary_SOURCES = tests/fuzz/fuzz_vocabulary.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_vocabulary_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_vocabulary_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_vocabulary_LDADD = libprs.la
tests_fuzz_fuzz_words_SOURCES = tests/fuzz/fuzz_words.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_words_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_words_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_words_LDADD = libprs.la
tests_fuzz_hostile_queries_SOURCES = tests/fuzz/hostile_queries.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h
nodist_EXTRA_tests_fuzz_hostile_queries_SOURCES = force_cxx_linker.cc
tests_fuzz_hostile_queries_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_hostile_queries_LDADD = libprs.la

check_PROGRAMS += $(fuzz_programs)
long_tests += $(fuzz_programs)
EXTRA_DIST += tests/fuzz/corpus tools/fuzz.sh tests/fuzz/fuzz_analysis.txt \
	tests/fuzz/fuzz_answers.txt tests/fuzz/fuzz_block.txt tests/fuzz/fuzz_column.txt \
	tests/fuzz/fuzz_deletes.txt tests/fuzz/fuzz_docstore.txt tests/fuzz/fuzz_envelope.txt \
	tests/fuzz/fuzz_input.txt tests/fuzz/fuzz_join_column.txt tests/fuzz/fuzz_join_keys.txt \
	tests/fuzz/fuzz_join_lists.txt tests/fuzz/fuzz_json.txt tests/fuzz/fuzz_manifest.txt \
	tests/fuzz/fuzz_model.txt tests/fuzz/fuzz_open.txt tests/fuzz/fuzz_parts.txt \
	tests/fuzz/fuzz_planes.txt tests/fuzz/fuzz_positions.txt tests/fuzz/fuzz_postings.txt \
	tests/fuzz/fuzz_query.txt tests/fuzz/fuzz_short.txt tests/fuzz/fuzz_stops.txt \
	tests/fuzz/fuzz_term_block.txt tests/fuzz/fuzz_terms.txt tests/fuzz/fuzz_vocabulary.txt \
	tests/fuzz/fuzz_words.txt
