# Sources of lib/search: append `libprismsearch_sources += lib/search/FILE.c`, headers too.
