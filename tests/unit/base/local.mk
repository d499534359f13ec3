# Unit tests of lib/base: append `base_tests_sources += tests/unit/base/test_FILE.c`; nothing to register.
base_tests_sources =

unit_programs += tests/unit/base/base_tests
tests_unit_base_base_tests_SOURCES = $(base_tests_sources)
nodist_EXTRA_tests_unit_base_base_tests_SOURCES = force_cxx_linker.cc
tests_unit_base_base_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_base_base_tests_LDADD = $(unit_ldadd)
