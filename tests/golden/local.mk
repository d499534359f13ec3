# The golden indexes, and the second reader (tests/ref/ref_*.c) over them and over fresh ones.
check_PROGRAMS += tests/golden/ref_check
tests_golden_ref_check_SOURCES = \
	tests/golden/agree.c \
	tests/golden/agree_columns.c \
	tests/golden/agree_terms.c \
	tests/golden/answers.c \
	tests/golden/ref_check.c \
	tests/golden/second.h \
	tests/ref/ref_arrays.c \
	tests/ref/ref_block.c \
	tests/ref/ref_bytes.c \
	tests/ref/ref_bytes.h \
	tests/ref/ref_codes.c \
	tests/ref/ref_columns.c \
	tests/ref/ref_docs.c \
	tests/ref/ref_dump.c \
	tests/ref/ref_envelope.c \
	tests/ref/ref_manifest.c \
	tests/ref/ref_pairs.c \
	tests/ref/ref_parts.h \
	tests/ref/ref_postings.c \
	tests/ref/ref_reader.h \
	tests/ref/ref_schema.c \
	tests/ref/ref_segment.c \
	tests/ref/ref_short.c \
	tests/ref/ref_term_keys.c \
	tests/ref/ref_terms.c
tests_golden_ref_check_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests $(DEPS_CFLAGS)
tests_golden_ref_check_LDADD = libprismsearch.la $(DEPS_LIBS)

# Writes the golden indexes anew; sees lib/ because ids are no business of the public interface.
check_PROGRAMS += tests/conformance/golden_maker
tests_conformance_golden_maker_SOURCES = tests/conformance/golden_maker.c
nodist_EXTRA_tests_conformance_golden_maker_SOURCES = force_cxx_linker.cc
tests_conformance_golden_maker_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/lib $(DEPS_CFLAGS)
tests_conformance_golden_maker_LDADD = libprs.la

unit_tests += tests/golden/examples.sh tests/golden/golden.sh
long_tests += tests/golden/second_reader.sh
EXTRA_DIST += tests/golden/examples.sh tests/golden/golden.sh tests/golden/second_reader.sh tests/golden/v1.0

# For a new version of the format, into a folder of its own.  After a release v1.0 stays as it is.
regen-golden: tests/golden/ref_check tests/conformance/golden_maker
	PRISM_BUILDDIR='$(abs_builddir)' $(BASH_PROG) $(srcdir)/tests/golden/golden.sh regen $(srcdir)/tests/golden/v1.0
.PHONY: regen-golden

# Damaged copies of the golden indexes.
check_PROGRAMS += tests/golden/damage
tests_golden_damage_SOURCES = tests/golden/damage.c
tests_golden_damage_LDADD = libprismsearch.la
long_tests += tests/golden/damage
