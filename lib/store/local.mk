# Sources of lib/store: append `libprismsearch_sources += lib/store/FILE.c`, headers too.
libprismsearch_sources += \
	lib/store/dir.c lib/store/dir.h \
	lib/store/dir_fs.c \
	lib/store/dir_mem.c \
	lib/store/envelope.c lib/store/envelope.h \
	lib/store/fd.c lib/store/fd.h \
	lib/store/in.c lib/store/in.h \
	lib/store/lock.c lib/store/lock.h \
	lib/store/out.c lib/store/out.h \
	lib/store/spool.c lib/store/spool.h
