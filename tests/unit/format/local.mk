# Unit tests of lib/format: append `format_tests_sources += tests/unit/format/test_FILE.c`; nothing to register.
format_tests_sources = \
	tests/unit/format/list_file.c tests/unit/format/list_file.h \
	tests/unit/format/naive_block.c tests/unit/format/naive_block.h \
	tests/unit/format/test_block_read.c \
	tests/unit/format/test_block_write.c \
	tests/unit/format/test_column.c \
	tests/unit/format/test_column_join.c \
	tests/unit/format/test_column_write.c \
	tests/unit/format/test_deletes.c \
	tests/unit/format/test_docstore.c \
	tests/unit/format/test_frames.c \
	tests/unit/format/test_dominance.c \
	tests/unit/format/test_impacts.c \
	tests/unit/format/test_keys.c \
	tests/unit/format/test_keys_join.c \
	tests/unit/format/test_lengths.c \
	tests/unit/format/test_manifest.c \
	tests/unit/format/test_names.c \
	tests/unit/format/test_marks.c \
	tests/unit/format/test_positions_read.c \
	tests/unit/format/test_postings.c \
	tests/unit/format/test_postings_group.c \
	tests/unit/format/test_postings_has.c \
	tests/unit/format/test_postings_join.c \
	tests/unit/format/test_postings_skip.c \
	tests/unit/format/test_postings_window.c \
	tests/unit/format/test_postings_writer.c \
	tests/unit/format/test_order.c \
	tests/unit/format/test_segment_meta.c \
	tests/unit/format/test_stops.c \
	tests/unit/format/test_short_list.c \
	tests/unit/format/test_term_infos.c \
	tests/unit/format/test_term_keys.c \
	tests/unit/format/test_terms_memo.c \
	tests/unit/format/test_terms.c \
	tests/unit/format/test_zstd_frame.c

unit_programs += tests/unit/format/format_tests
tests_unit_format_format_tests_SOURCES = $(format_tests_sources)
nodist_EXTRA_tests_unit_format_format_tests_SOURCES = force_cxx_linker.cc
tests_unit_format_format_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_format_format_tests_LDADD = $(unit_ldadd)
