# Unit tests of lib/schema: append `schema_tests_sources += tests/unit/schema/test_FILE.c`; nothing to register.
schema_tests_sources = \
	tests/unit/schema/test_date.c \
	tests/unit/schema/test_document.c \
	tests/unit/schema/test_json_dom.c \
	tests/unit/schema/test_json_raw.c \
	tests/unit/schema/test_json_read.c \
	tests/unit/schema/test_json_text.c \
	tests/unit/schema/test_schema.c \
	tests/unit/schema/test_schema_change.c \
	tests/unit/schema/test_schema_json.c \
	tests/unit/schema/test_tokenizers.c \
	tests/unit/schema/test_value.c

unit_programs += tests/unit/schema/schema_tests
tests_unit_schema_schema_tests_SOURCES = $(schema_tests_sources)
nodist_EXTRA_tests_unit_schema_schema_tests_SOURCES = force_cxx_linker.cc
tests_unit_schema_schema_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_schema_schema_tests_LDADD = $(unit_ldadd)
