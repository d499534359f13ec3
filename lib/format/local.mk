# Sources of lib/format: append `libprismsearch_sources += lib/format/FILE.c`, headers too.
libprismsearch_sources += \
	lib/format/column.h lib/format/column_check.c lib/format/column_finish.c \
	lib/format/column_join.c lib/format/column_join.h lib/format/column_join_words.c \
	lib/format/column_read.c lib/format/column_write.c lib/format/column_writer.h \
	lib/format/components.h \
	lib/format/deletes.h lib/format/deletes_read.c lib/format/deletes_write.c \
	lib/format/docstore.h lib/format/docstore_read.c lib/format/docstore_write.c \
	lib/format/join_step.h \
	lib/format/keys.h lib/format/keys_join.c lib/format/keys_join.h lib/format/keys_read.c lib/format/keys_write.c \
	lib/format/lengths.c lib/format/lengths.h \
	lib/format/manifest.h lib/format/manifest_read.c lib/format/manifest_write.c \
	lib/format/names.c lib/format/names.h \
	lib/format/order.h lib/format/order_read.c lib/format/order_write.c \
	lib/format/postings_group.c lib/format/postings_group.h \
	lib/format/segment_meta.h lib/format/segment_meta_read.c lib/format/segment_meta_write.c \
	lib/format/stops.c lib/format/stops.h \
	lib/format/term_info.h lib/format/terms.h lib/format/terms_block.h \
	lib/format/zstd_frame.c lib/format/zstd_frame.h

# Hot loops and their scratch arrays.
libprs_kernels_sources += \
	lib/format/block.h lib/format/block_read.c lib/format/block_write.c \
	lib/format/dominance.c lib/format/dominance.h \
	lib/format/frames.c lib/format/frames.h \
	lib/format/impacts.c lib/format/impacts.h \
	lib/format/marks.c lib/format/marks.h \
	lib/format/positions_read.c \
	lib/format/postings.h lib/format/postings_cursor.h \
	lib/format/postings_join.c lib/format/postings_join.h \
	lib/format/postings_has.c lib/format/postings_read.c lib/format/postings_skip.c lib/format/postings_window.c \
	lib/format/postings_writer.c lib/format/postings_writer.h \
	lib/format/short_list.c lib/format/short_list.h \
	lib/format/term_infos.c lib/format/term_infos.h \
	lib/format/term_keys.h lib/format/term_keys_code.h lib/format/term_keys_read.c lib/format/term_keys_write.c \
	lib/format/terms_memo.c lib/format/terms_memo.h lib/format/terms_read.c lib/format/terms_write.c
