# Sources of lib/index: append `libprismsearch_sources += lib/index/FILE.c`, headers too.
libprismsearch_sources += \
	lib/index/bits_cache.c lib/index/bits_cache.h \
	lib/index/commit.c lib/index/commit.h \
	lib/index/core.c lib/index/core.h \
	lib/index/documents.c lib/index/documents.h \
	lib/index/info.c lib/index/info.h \
	lib/index/previous.c lib/index/previous.h \
	lib/index/recipe.c \
	lib/index/segment.c lib/index/segment.h \
	lib/index/segment_write.c lib/index/segment_write.h \
	lib/index/score_cache.c lib/index/score_cache.h \
	lib/index/snapshot.c lib/index/snapshot.h \
	lib/index/terms_walk.c lib/index/terms_walk.h \
	lib/index/stopper.h \
	lib/index/unsynced.c lib/index/unsynced.h
