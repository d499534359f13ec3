# Sources of lib/analysis: append `libprismsearch_sources += lib/analysis/FILE.c`, headers too.
