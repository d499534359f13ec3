# Sources of lib/format: append `libprismsearch_sources += lib/format/FILE.c`, headers too.
libprismsearch_sources += \
	lib/format/column.h lib/format/column_check.c lib/format/column_read.c lib/format/column_write.c \
	lib/format/components.h \
	lib/format/deletes.h lib/format/deletes_read.c lib/format/deletes_write.c \
	lib/format/docstore.h lib/format/docstore_read.c lib/format/docstore_write.c \
	lib/format/keys.h lib/format/keys_read.c lib/format/keys_write.c \
	lib/format/manifest.h lib/format/manifest_read.c lib/format/manifest_write.c \
	lib/format/names.c lib/format/names.h \
	lib/format/segment_meta.h lib/format/segment_meta_read.c lib/format/segment_meta_write.c \
	lib/format/zstd_frame.c lib/format/zstd_frame.h
libprismsearch_sources += lib/format/order.c lib/format/order.h
