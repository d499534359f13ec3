# Unit tests of lib/search: append `search_tests_sources += tests/unit/search/test_FILE.c`; nothing to register.
search_tests_sources = \
	tests/unit/search/fake_cursor.c \
	tests/unit/search/fake_cursor.h \
	tests/unit/search/test_column_range.c \
	tests/unit/search/set_world.c \
	tests/unit/search/set_world.h \
	tests/unit/search/sieve_kit.c \
	tests/unit/search/sieve_kit.h \
	tests/unit/search/test_count.c \
	tests/unit/search/test_cur_all.c \
	tests/unit/search/test_cur_and.c \
	tests/unit/search/test_cur_any.c \
	tests/unit/search/test_cur_const.c \
	tests/unit/search/test_cur_list.c \
	tests/unit/search/test_cur_max.c \
	tests/unit/search/test_cur_meet.c \
	tests/unit/search/test_cur_or.c \
	tests/unit/search/test_cur_pair.c \
	tests/unit/search/test_cur_phrase.c \
	tests/unit/search/test_cur_range.c \
	tests/unit/search/test_cur_set.c \
	tests/unit/search/test_cur_term.c \
	tests/unit/search/test_cur_word.c \
	tests/unit/search/test_cursor.c \
	tests/unit/search/test_doc_set.c \
	tests/unit/search/test_filter_set.c \
	tests/unit/search/test_group.c \
	tests/unit/search/test_lane.c \
	tests/unit/search/test_leaf_fields.c \
	tests/unit/search/test_matches.c \
	tests/unit/search/test_meet.c \
	tests/unit/search/test_page.c \
	tests/unit/search/test_phrase_count.c \
	tests/unit/search/test_phrase_field.c \
	tests/unit/search/test_phrase_many.c \
	tests/unit/search/test_phrase_sift.c \
	tests/unit/search/test_plan.c \
	tests/unit/search/test_pruning.c \
	tests/unit/search/test_ranker.c \
	tests/unit/search/test_searcher.c \
	tests/unit/search/test_sieve.c \
	tests/unit/search/test_sort.c \
	tests/unit/search/test_sorter.c \
	tests/unit/search/test_spot.c \
	tests/unit/search/test_stats.c \
	tests/unit/show/test_stats_json.c \
	tests/unit/search/test_watch.c \
	tests/unit/search/test_weigh.c \
	tests/unit/search/test_score_table.c \
	tests/unit/search/test_word_block.c \
	tests/unit/search/test_word_keep.c \
	tests/unit/search/test_word_df.c

unit_programs += tests/unit/search/search_tests
tests_unit_search_search_tests_SOURCES = $(search_tests_sources)
nodist_EXTRA_tests_unit_search_search_tests_SOURCES = force_cxx_linker.cc
tests_unit_search_search_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_search_search_tests_LDADD = $(unit_ldadd) -lm
