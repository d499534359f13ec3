# Conformance: the scanner against ICU under the same rules, 10^7 random bytes.
check_PROGRAMS += tests/conformance/rbbi_tests
tests_conformance_rbbi_tests_SOURCES = tests/conformance/oracle.c tests/conformance/oracle.h \
	tests/conformance/test_rbbi.c
nodist_EXTRA_tests_conformance_rbbi_tests_SOURCES = force_cxx_linker.cc
tests_conformance_rbbi_tests_CPPFLAGS = $(unit_cppflags)
tests_conformance_rbbi_tests_LDADD = $(unit_ldadd) $(DEPS_LIBS)
long_tests += tests/conformance/rbbi_tests
EXTRA_DIST += tests/conformance/mixed_v1.rbbi.txt
