# Sources of lib/analysis: append `libprismsearch_sources += lib/analysis/FILE.c`, headers too.
libprismsearch_sources += \
	lib/analysis/gen/properties.inc \
	lib/analysis/gen/simplify.inc \
	lib/analysis/scan.c lib/analysis/scan.h \
	lib/analysis/segment.c lib/analysis/segment.h \
	lib/analysis/shape.c lib/analysis/shape.h \
	lib/analysis/unicode.c lib/analysis/unicode.h \
	lib/analysis/utf8.c lib/analysis/utf8.h
