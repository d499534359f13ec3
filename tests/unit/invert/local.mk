# Unit tests of lib/invert: append `invert_tests_sources += tests/unit/invert/test_FILE.c`; nothing to register.
invert_tests_sources = \
	tests/unit/invert/lexicon_of.h \
	tests/unit/invert/same_streams.h \
	tests/unit/invert/test_analysts.c \
	tests/unit/invert/test_batch.c \
	tests/unit/invert/test_field_scan.c \
	tests/unit/invert/test_flush.c \
	tests/unit/invert/test_flush_lists.c \
	tests/unit/invert/test_flush_pairs.c \
	tests/unit/invert/test_inverter.c \
	tests/unit/invert/test_pending.c \
	tests/unit/invert/test_tally.c \
	tests/unit/invert/test_term_encode.c \
	tests/unit/invert/test_term_sort.c \
	tests/unit/invert/test_transpose.c

unit_programs += tests/unit/invert/invert_tests
tests_unit_invert_invert_tests_SOURCES = $(invert_tests_sources)
nodist_EXTRA_tests_unit_invert_invert_tests_SOURCES = force_cxx_linker.cc
tests_unit_invert_invert_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_invert_invert_tests_LDADD = $(unit_ldadd)
