# Unit tests of lib/merge: append `merge_tests_sources += tests/unit/merge/test_FILE.c`; nothing to register.
merge_tests_sources = \
	tests/unit/merge/test_bisect.c \
	tests/unit/merge/test_docmap.c \
	tests/unit/merge/test_merge.c \
	tests/unit/merge/test_merge_lengths.c \
	tests/unit/merge/test_merge_order.c \
	tests/unit/merge/test_merge_pairs.c \
	tests/unit/merge/test_merge_policy.c \
	tests/unit/merge/test_merge_schema.c \
	tests/unit/merge/test_merge_sort.c \
	tests/unit/merge/test_reorder.c \
	tests/unit/merge/test_reorder_bisect.c \
	tests/unit/merge/test_reorder_field.c

unit_programs += tests/unit/merge/merge_tests
tests_unit_merge_merge_tests_SOURCES = $(merge_tests_sources)
nodist_EXTRA_tests_unit_merge_merge_tests_SOURCES = force_cxx_linker.cc
tests_unit_merge_merge_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_merge_merge_tests_LDADD = $(unit_ldadd)
