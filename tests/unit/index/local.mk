# Unit tests of lib/index: append `index_tests_sources += tests/unit/index/test_FILE.c`; nothing to register.
index_tests_sources =

unit_programs += tests/unit/index/index_tests
tests_unit_index_index_tests_SOURCES = $(index_tests_sources)
nodist_EXTRA_tests_unit_index_index_tests_SOURCES = force_cxx_linker.cc
tests_unit_index_index_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_index_index_tests_LDADD = $(unit_ldadd)
