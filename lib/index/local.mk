# Sources of lib/index: append `libprismsearch_sources += lib/index/FILE.c`, headers too.
