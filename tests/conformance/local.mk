# Conformance: the scanner against ICU under the same rules, 10^7 random bytes.
check_PROGRAMS += tests/conformance/rbbi_tests
tests_conformance_rbbi_tests_SOURCES = tests/conformance/oracle.c tests/conformance/oracle.h \
	tests/conformance/test_rbbi.c tests/unit/analysis/kit.c tests/unit/analysis/kit.h
nodist_EXTRA_tests_conformance_rbbi_tests_SOURCES = force_cxx_linker.cc
tests_conformance_rbbi_tests_CPPFLAGS = $(unit_cppflags) -I$(srcdir)/tests/unit/analysis
tests_conformance_rbbi_tests_LDADD = $(unit_ldadd) $(DEPS_LIBS)
long_tests += tests/conformance/rbbi_tests
EXTRA_DIST += tests/conformance/mixed_v1.rbbi.txt

# Conformance: what the analyzer must give, from the worked examples, the complaints about other engines, and
# the data of the Snowball project.  Append `conformance_tests_sources += tests/conformance/test_NAME.c`.
conformance_tests_sources = \
	tests/unit/analysis/kit.c tests/unit/analysis/kit.h \
	tests/conformance/test_complaints.c \
	tests/conformance/test_docs.c \
	tests/conformance/test_examples.c \
	tests/conformance/test_recall.c \
	tests/conformance/test_streams.c \
	tests/conformance/test_snowball.c

unit_programs += tests/conformance/conformance_tests
tests_conformance_conformance_tests_SOURCES = $(conformance_tests_sources)
nodist_EXTRA_tests_conformance_conformance_tests_SOURCES = force_cxx_linker.cc
tests_conformance_conformance_tests_CPPFLAGS = $(unit_cppflags) -I$(srcdir)/tests/unit/analysis
tests_conformance_conformance_tests_LDADD = $(unit_ldadd)
