# Unit tests of lib/show: append `show_tests_sources += tests/unit/show/test_FILE.c`; nothing to register.
show_tests_sources = \
	tests/unit/show/test_fragments.c \
	tests/unit/show/test_highlight.c \
	tests/unit/show/test_hits.c \
	tests/unit/show/test_hits_json.c \
	tests/unit/show/test_hits_sort_json.c \
	tests/unit/show/test_snippet.c

unit_programs += tests/unit/show/show_tests
tests_unit_show_show_tests_SOURCES = $(show_tests_sources)
nodist_EXTRA_tests_unit_show_show_tests_SOURCES = force_cxx_linker.cc
tests_unit_show_show_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_show_show_tests_LDADD = $(unit_ldadd)
