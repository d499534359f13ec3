# Sources of lib/query: append `libprismsearch_sources += lib/query/FILE.c`, headers too.
