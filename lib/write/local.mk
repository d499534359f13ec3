# Sources of lib/write: append `libprismsearch_sources += lib/write/FILE.c`, headers too.
libprismsearch_sources += \
	lib/write/adopt.c lib/write/adopt.h \
	lib/write/adopt_schema.c \
	lib/write/adopt_source.c \
	lib/write/adopt_undo.c \
	lib/write/delete_docs.c \
	lib/write/merge_job.c lib/write/merge_job.h \
	lib/write/merge_run.c \
	lib/write/merge_thread.c \
	lib/write/publish.c \
	lib/write/upsert.c \
	lib/write/writer.c lib/write/writer.h \
	lib/write/writer_schema.c \
	lib/write/writer_snapshot.c
