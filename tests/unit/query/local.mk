# Unit tests of lib/query: append `query_tests_sources += tests/unit/query/test_FILE.c`; nothing to register.
query_tests_sources = \
	tests/unit/query/test_build.c \
	tests/unit/query/test_combine.c \
	tests/unit/query/test_field_analyzers.c \
	tests/unit/query/test_lexer.c \
	tests/unit/query/test_memory.c \
	tests/unit/query/test_notes.c \
	tests/unit/query/test_parser.c \
	tests/unit/query/test_parser_random.c \
	tests/unit/query/test_query.c \
	tests/unit/query/test_query_json.c \
	tests/unit/query/test_range.c \
	tests/unit/query/test_range_json.c \
	tests/unit/query/test_range_text.c \
	tests/unit/query/test_reading.c \
	tests/unit/query/test_rewrite.c \
	tests/unit/query/test_rewrite_bool.c \
	tests/unit/query/test_rewrite_han.c \
	tests/unit/query/test_rewrite_phrase.c \
	tests/unit/query/test_rewrite_synonyms.c \
	tests/unit/query/test_rewrite_words.c \
	tests/unit/query/test_vocabulary.c \
	tests/unit/query/tree.c \
	tests/unit/query/tree.h

unit_programs += tests/unit/query/query_tests
tests_unit_query_query_tests_SOURCES = $(query_tests_sources)
nodist_EXTRA_tests_unit_query_query_tests_SOURCES = force_cxx_linker.cc
tests_unit_query_query_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_query_query_tests_LDADD = $(unit_ldadd)
