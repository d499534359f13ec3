# Sources of lib/codec: append `libprismsearch_sources += lib/codec/FILE.c`, headers too.
