# Sources of lib/query: append `libprismsearch_sources += lib/query/FILE.c`, headers too.
libprismsearch_sources += \
	lib/query/ast.h \
	lib/query/build.c lib/query/build.h \
	lib/query/field_analyzers.c lib/query/field_analyzers.h \
	lib/query/query_json.c
