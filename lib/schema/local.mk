# Sources of lib/schema: append `libprismsearch_sources += lib/schema/FILE.c`, headers too.
libprismsearch_sources += \
	lib/schema/json_text.c lib/schema/json_text.h \
	lib/schema/schema.c lib/schema/schema.h \
	lib/schema/schema_json.c
