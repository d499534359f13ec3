# Sources of lib/query: append `libprismsearch_sources += lib/query/FILE.c`, headers too.
libprismsearch_sources += \
	lib/query/ast.h \
	lib/query/build.c lib/query/build.h \
	lib/query/combine.c lib/query/combine.h \
	lib/query/field_analyzers.c lib/query/field_analyzers.h \
	lib/query/part_weights.h \
	lib/query/lexer.c lib/query/lexer.h \
	lib/query/notes.c lib/query/notes.h \
	lib/query/parser.c lib/query/parser.h \
	lib/query/query.c \
	lib/query/query_json.c \
	lib/query/range.c lib/query/range.h \
	lib/query/range_json.c \
	lib/query/range_text.c lib/query/range_text.h \
	lib/query/reading.c lib/query/reading.h \
	lib/query/rewrite.c lib/query/rewrite.h \
	lib/query/rewrite_bool.c lib/query/rewrite_bool.h \
	lib/query/rewrite_han.c \
	lib/query/rewrite_phrase.c \
	lib/query/rewrite_synonyms.c \
	lib/query/rewrite_words.c \
	lib/query/vocabulary.c lib/query/vocabulary.h
