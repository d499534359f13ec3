# Sources of lib/api: append `libprismsearch_sources += lib/api/FILE.c`, headers too.
libprismsearch_sources += lib/api/api_base.c lib/api/api_schema.c
libprismsearch_sources += lib/api/api_check.c lib/api/api_index.c lib/api/api_writer.c lib/api/opts.h
