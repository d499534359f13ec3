# Sources of lib/search.
libprismsearch_sources += \
	lib/search/column_range.c \
	lib/search/column_range.h \
	lib/search/cur_const.c \
	lib/search/filter_set.c \
	lib/search/filter_set.h \
	lib/search/leaf_fields.c \
	lib/search/leaf_fields.h \
	lib/search/matches.c \
	lib/search/matches.h \
	lib/search/page.c \
	lib/search/page.h \
	lib/search/sort.c \
	lib/search/sort.h \
	lib/search/sorter.c \
	lib/search/sorter.h \
	lib/search/stats.c \
	lib/search/stats.h \
	lib/show/stats_json.c \
	lib/search/watch.h \
	lib/search/word_df.c \
	lib/search/word_df.h

# Hot loops and their scratch arrays.
libprs_kernels_sources += \
	lib/search/count.c \
	lib/search/count.h \
	lib/search/cur_all.c \
	lib/search/cur_meet.c \
	lib/search/cur_and.c \
	lib/search/cur_word.c \
	lib/search/cur_any.c \
	lib/search/cur_list.c \
	lib/search/cur_max.c \
	lib/search/cur_or.c \
	lib/search/cur_pair.c \
	lib/search/cur_phrase.c \
	lib/search/cur_range.c \
	lib/search/cur_set.c \
	lib/search/cur_term.c \
	lib/search/cursor.c \
	lib/search/cursor.h \
	lib/search/doc_set.c \
	lib/search/doc_set.h \
	lib/search/group.c \
	lib/search/group.h \
	lib/search/lane.c \
	lib/search/lane.h \
	lib/search/meet.h \
	lib/search/phrase_count.c \
	lib/search/phrase_field.c \
	lib/search/phrase_field.h \
	lib/search/phrase_many.c \
	lib/search/phrase_sift.c \
	lib/search/score_table.c \
	lib/search/score_table.h \
	lib/search/sieve.c \
	lib/search/sieve.h \
	lib/search/spot.c \
	lib/search/spot.h \
	lib/search/word_block.c \
	lib/search/word_block.h \
	lib/search/word_keep.c
# What the shortest search runs through: its time is made of such calls.
libprs_kernels_sources += \
	lib/search/plan.c lib/search/plan.h \
	lib/search/ranker.c lib/search/ranker.h \
	lib/search/searcher.c lib/search/searcher.h \
	lib/search/weigh.c lib/search/weigh.h
