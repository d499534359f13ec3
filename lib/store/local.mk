# Sources of lib/store: append `libprismsearch_sources += lib/store/FILE.c`, headers too.
