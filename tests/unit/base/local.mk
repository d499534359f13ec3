# Unit tests of lib/base: append `base_tests_sources += tests/unit/base/test_FILE.c`; nothing to register.
base_tests_sources = \
	tests/unit/base/test_arena.c \
	tests/unit/base/test_bitset.c \
	tests/unit/base/test_buf.c \
	tests/unit/base/test_cpu.c \
	tests/unit/base/test_cur.c \
	tests/unit/base/test_error.c \
	tests/unit/base/test_hash.c \
	tests/unit/base/test_heap.c \
	tests/unit/base/test_map.c \
	tests/unit/base/test_mem.c \
	tests/unit/base/test_pool.c \
	tests/unit/base/test_prs.c \
	tests/unit/base/test_sort.c \
	tests/unit/base/test_spare.c \
	tests/unit/base/test_sync.c \
	tests/unit/base/test_text.c \
	tests/unit/base/test_vec.c \
	tests/unit/base/test_words.c

unit_programs += tests/unit/base/base_tests
tests_unit_base_base_tests_SOURCES = $(base_tests_sources)
nodist_EXTRA_tests_unit_base_base_tests_SOURCES = force_cxx_linker.cc
tests_unit_base_base_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_base_base_tests_LDADD = $(unit_ldadd)
