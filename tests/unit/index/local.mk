# Unit tests of lib/index: append `index_tests_sources += tests/unit/index/test_FILE.c`; nothing to register.
index_tests_sources = \
	tests/unit/index/lexicon_of.h \
	tests/unit/index/world.c tests/unit/index/world.h \
	tests/unit/index/test_backup.c \
	tests/unit/index/test_adopt.c \
	tests/unit/index/test_adopt_schema.c \
	tests/unit/index/test_adopt_source.c \
	tests/unit/index/test_adopt_undo.c \
	tests/unit/format/section_file.c tests/unit/format/section_file.h \
	tests/unit/index/test_bisect.c \
	tests/unit/index/test_bits_cache.c \
	tests/unit/index/test_check.c \
	tests/unit/index/test_check_lists.c \
	tests/unit/index/test_check_older.c \
	tests/unit/index/test_check_parts.c \
	tests/unit/index/test_check_twice.c \
	tests/unit/index/test_commit.c \
	tests/unit/index/test_commit_stop.c \
	tests/unit/index/test_core.c \
	tests/unit/index/test_delete_docs.c \
	tests/unit/index/test_deletions.c \
	tests/unit/index/test_docmap.c \
	tests/unit/index/test_durable_after.c \
	tests/unit/index/test_fork.c \
	tests/unit/index/test_fork_writer.c \
	tests/unit/index/test_documents.c \
	tests/unit/index/test_faults.c \
	tests/unit/index/test_flush.c \
	tests/unit/index/test_info.c \
	tests/unit/index/test_inverter.c \
	tests/unit/index/test_memory.c \
	tests/unit/index/test_lost.c \
	tests/unit/index/test_merge.c \
	tests/unit/index/test_merge_job.c tests/unit/index/test_merge_lengths.c tests/unit/index/test_merge_memory.c \
	tests/unit/index/test_merge_order.c \
	tests/unit/index/test_merge_run.c \
	tests/unit/index/test_merge_sort.c \
	tests/unit/index/test_reorder.c \
	tests/unit/index/test_reorder_bisect.c \
	tests/unit/index/test_reorder_field.c \
	tests/unit/index/test_merge_thread.c \
	tests/unit/index/test_merge_policy.c \
	tests/unit/index/test_merge_schema.c \
	tests/unit/index/test_model.c \
	tests/unit/index/test_pending.c \
	tests/unit/index/test_previous.c \
	tests/unit/index/test_publish.c \
	tests/unit/index/test_recipe.c \
	tests/unit/index/test_reindex.c \
	tests/unit/index/hurt.h tests/unit/index/test_repair.c tests/unit/index/test_salvage.c \
	tests/unit/index/test_retry.c \
	tests/unit/index/test_segment.c \
	tests/unit/index/test_segment_write.c \
	tests/unit/index/test_snapshot.c \
	tests/unit/index/test_stored.c \
	tests/unit/index/test_term_sort.c \
	tests/unit/index/test_terms_walk.c \
	tests/unit/index/test_transpose.c \
	tests/unit/index/same_streams.h \
	tests/unit/index/test_analysts.c \
	tests/unit/index/test_batch.c \
	tests/unit/index/test_field_scan.c \
	tests/unit/index/test_flush_lists.c \
	tests/unit/index/test_flush_pairs.c \
	tests/unit/index/test_tally.c \
	tests/unit/index/test_term_encode.c \
	tests/unit/index/test_threads.c \
	tests/unit/index/test_unsynced.c \
	tests/unit/index/test_upgrade.c \
	tests/unit/index/test_upsert.c \
	tests/unit/index/test_writer.c \
	tests/unit/index/test_writer_schema.c \
	tests/unit/index/test_writer_snapshot.c

unit_programs += tests/unit/index/index_tests
tests_unit_index_index_tests_SOURCES = $(index_tests_sources)
nodist_EXTRA_tests_unit_index_index_tests_SOURCES = force_cxx_linker.cc
tests_unit_index_index_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_index_index_tests_LDADD = $(unit_ldadd)
