# Sources of lib/maintain: append `libprismsearch_sources += lib/maintain/FILE.c`, headers too.
libprismsearch_sources += \
	lib/maintain/backup.c lib/maintain/backup.h \
	lib/maintain/check.c lib/maintain/check.h \
	lib/maintain/check_deep.c \
	lib/maintain/check_lists.c \
	lib/maintain/check_older.c \
	lib/maintain/check_parts.c \
	lib/maintain/check_twice.c \
	lib/maintain/deletions.c \
	lib/maintain/lost.c lib/maintain/lost.h \
	lib/maintain/reindex.c lib/maintain/reindex.h \
	lib/maintain/repair.c lib/maintain/repair.h \
	lib/maintain/salvage.c \
	lib/maintain/stored.c lib/maintain/stored.h \
	lib/maintain/upgrade.c lib/maintain/upgrade.h
