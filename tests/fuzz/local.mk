# Fuzz programs, here with a driver that replays each corpus and some mutations of it; and queries built to hurt.
#
# To explore, build the library with clang and -fsanitize=fuzzer-no-link in CFLAGS and CXXFLAGS beside --enable-sanitizers, and link
# fuzz_X.c and fuzz.c with libprs.a and -fsanitize=fuzzer in place of driver.c.  What that finds becomes a line of
# fuzz_X.txt (how bytes are written there: driver.c) once it is fixed.
fuzz_shared = tests/fuzz/driver.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h
fuzz_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/lib -I$(srcdir)/tests $(DEPS_CFLAGS)

fuzz_programs = tests/fuzz/fuzz_json tests/fuzz/fuzz_open tests/fuzz/fuzz_query tests/fuzz/hostile_queries
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_json_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_json_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_json_LDADD = libprs.la
tests_fuzz_fuzz_open_SOURCES = tests/fuzz/fuzz_open.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_open_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_open_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_open_LDADD = libprs.la
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz_query.c $(fuzz_shared)
nodist_EXTRA_tests_fuzz_fuzz_query_SOURCES = force_cxx_linker.cc
tests_fuzz_fuzz_query_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_query_LDADD = libprs.la
tests_fuzz_hostile_queries_SOURCES = tests/fuzz/hostile_queries.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h
nodist_EXTRA_tests_fuzz_hostile_queries_SOURCES = force_cxx_linker.cc
tests_fuzz_hostile_queries_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_hostile_queries_LDADD = libprs.la

check_PROGRAMS += $(fuzz_programs)
long_tests += $(fuzz_programs)
EXTRA_DIST += tests/fuzz/fuzz_json.txt tests/fuzz/fuzz_open.txt tests/fuzz/fuzz_query.txt
