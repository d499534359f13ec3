# Sources of lib/schema: append `libprismsearch_sources += lib/schema/FILE.c`, headers too.
