# Unit tests of lib/index: append `index_tests_sources += tests/unit/index/test_FILE.c`; nothing to register.
index_tests_sources = \
	tests/unit/index/test_bits_cache.c \
	tests/unit/index/test_commit.c \
	tests/unit/index/test_core.c \
	tests/unit/index/test_documents.c \
	tests/unit/index/test_info.c \
	tests/unit/index/test_previous.c \
	tests/unit/index/test_recipe.c \
	tests/unit/index/test_score_cache.c \
	tests/unit/index/test_segment.c \
	tests/unit/index/test_segment_write.c \
	tests/unit/index/test_snapshot.c \
	tests/unit/index/test_terms_walk.c \
	tests/unit/index/test_unsynced.c

unit_programs += tests/unit/index/index_tests
tests_unit_index_index_tests_SOURCES = $(index_tests_sources)
nodist_EXTRA_tests_unit_index_index_tests_SOURCES = force_cxx_linker.cc
tests_unit_index_index_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_index_index_tests_LDADD = $(unit_ldadd)
