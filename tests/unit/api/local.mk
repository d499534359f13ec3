# Unit tests of lib/api: append to the list; nothing to register.
api_tests_sources = tests/unit/api/test_api_base.c tests/unit/api/test_api_check.c tests/unit/api/test_api_contract.c tests/unit/api/test_api_hits.c tests/unit/api/test_api_index.c tests/unit/api/test_api_maintain.c tests/unit/api/test_api_query.c tests/unit/api/test_api_reindex.c \
	tests/unit/api/test_api_schema.c tests/unit/api/test_api_search.c tests/unit/api/test_api_tokenizer.c tests/unit/api/test_api_writer.c tests/unit/api/test_fields.c \
	tests/unit/api/test_api_writer_query.c tests/harness/search_kit.c tests/harness/search_kit.h

unit_programs += tests/unit/api/api_tests
tests_unit_api_api_tests_SOURCES = $(api_tests_sources)
nodist_EXTRA_tests_unit_api_api_tests_SOURCES = force_cxx_linker.cc
tests_unit_api_api_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_api_api_tests_LDADD = $(unit_ldadd)
