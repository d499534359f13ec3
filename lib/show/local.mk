# Sources of lib/show.
libprismsearch_sources += \
	lib/show/fragments.c \
	lib/show/fragments.h \
	lib/show/highlight.c \
	lib/show/highlight.h \
	lib/show/hits.c \
	lib/show/hits.h \
	lib/show/hits_json.c \
	lib/show/hits_sort_json.c \
	lib/show/hits_sort_json.h \
	lib/show/snippet.c \
	lib/show/snippet.h
