# Sources of lib/index: append `libprismsearch_sources += lib/index/FILE.c`, headers too.
libprismsearch_sources += \
	lib/index/adopt.c lib/index/adopt.h lib/index/adopt_schema.c lib/index/adopt_source.c lib/index/adopt_undo.c \
	lib/index/analysts.c lib/index/analysts.h \
	lib/index/batch.c lib/index/batch.h \
	lib/index/backup.c lib/index/backup.h lib/index/bisect.c lib/index/bisect.h \
	lib/index/bits_cache.c lib/index/bits_cache.h \
	lib/index/check.c lib/index/check.h lib/index/check_deep.c lib/index/check_lists.c lib/index/check_older.c lib/index/check_parts.c \
	lib/index/check_twice.c \
	lib/index/commit.c lib/index/commit.h \
	lib/index/core.c lib/index/core.h lib/index/recipe.c \
	lib/index/delete_docs.c \
	lib/index/deletions.c \
	lib/index/docmap.c lib/index/docmap.h \
	lib/index/documents.c lib/index/documents.h \
	lib/index/field_scan.c lib/index/field_scan.h \
	lib/index/flush.c lib/index/flush.h lib/index/flush_lists.c lib/index/flush_lists.h \
	lib/index/flush_pairs.c lib/index/flush_pairs.h \
	lib/index/info.c lib/index/info.h \
	lib/index/inverter.c lib/index/inverter.h lib/index/inverter_take.c \
	lib/index/merge.c lib/index/merge.h lib/index/merge_column.c lib/index/merge_keys.c lib/index/merge_lengths.c \
	lib/index/merge_run.c lib/index/merge_schema.c lib/index/merge_terms.c \
	lib/index/lost.c lib/index/lost.h \
	lib/index/merge_job.c lib/index/merge_job.h lib/index/merge_thread.c \
	lib/index/merge_order.c lib/index/merge_sort.c lib/index/merge_sort.h \
	lib/index/merge_policy.c lib/index/merge_policy.h \
	lib/index/pending.c lib/index/pending.h lib/index/pending_texts.c \
	lib/index/previous.c lib/index/previous.h \
	lib/index/publish.c \
	lib/index/reindex.c lib/index/reindex.h \
	lib/index/reorder.c lib/index/reorder.h lib/index/reorder_bisect.c lib/index/reorder_field.c \
	lib/index/repair.c lib/index/repair.h lib/index/salvage.c \
	lib/index/segment.c lib/index/segment.h \
	lib/index/segment_write.c lib/index/segment_write.h \
	lib/index/snapshot.c lib/index/snapshot.h \
	lib/index/stored.c lib/index/stored.h \
	lib/index/tally.c lib/index/tally.h \
	lib/index/terms_walk.c lib/index/terms_walk.h \
	lib/index/unsynced.c lib/index/unsynced.h \
	lib/index/upgrade.c lib/index/upgrade.h \
	lib/index/upsert.c \
	lib/index/writer.c lib/index/writer.h lib/index/writer_schema.c \
	lib/index/writer_snapshot.c

# Each token and each term of a flush.
libprs_kernels_sources += \
	lib/index/term_encode.c lib/index/term_encode.h \
	lib/index/term_sort.c lib/index/term_sort.h \
	lib/index/char_counts.h lib/index/transpose.c lib/index/transpose.h
