# Sources of lib/merge: append `libprismsearch_sources += lib/merge/FILE.c`, headers too.
libprismsearch_sources += \
	lib/merge/bisect.c lib/merge/bisect.h \
	lib/merge/docmap.c lib/merge/docmap.h \
	lib/merge/merge.c lib/merge/merge.h \
	lib/merge/merge_column.c \
	lib/merge/merge_keys.c \
	lib/merge/merge_lengths.c \
	lib/merge/merge_order.c \
	lib/merge/merge_pairs.c lib/merge/merge_pairs.h \
	lib/merge/merge_policy.c lib/merge/merge_policy.h \
	lib/merge/merge_schema.c \
	lib/merge/merge_sort.c lib/merge/merge_sort.h \
	lib/merge/merge_terms.c \
	lib/merge/reorder.c lib/merge/reorder.h \
	lib/merge/reorder_bisect.c \
	lib/merge/reorder_field.c
