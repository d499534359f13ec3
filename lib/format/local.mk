# Sources of lib/format: append `libprismsearch_sources += lib/format/FILE.c`, headers too.
