# Sources of lib/schema: append `libprismsearch_sources += lib/schema/FILE.c`, headers too.
libprismsearch_sources += \
	lib/schema/date.c \
	lib/schema/document.c lib/schema/document.h \
	lib/schema/json_dom.cc lib/schema/json_dom.h \
	lib/schema/json_read.c \
	lib/schema/json_text.c lib/schema/json_text.h \
	lib/schema/schema.c lib/schema/schema.h \
	lib/schema/schema_change.c \
	lib/schema/schema_json.c \
	lib/schema/tokenizers.c lib/schema/tokenizers.h \
	lib/schema/value.c lib/schema/value.h

libprs_kernels_sources += lib/schema/json_raw.c lib/schema/json_raw.h
