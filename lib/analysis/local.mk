# Sources of lib/analysis: append `libprismsearch_sources += lib/analysis/FILE.c`, headers too.
libprismsearch_sources += \
	lib/analysis/gen/properties.inc \
	lib/analysis/gen/simplify.inc \
	lib/analysis/shape.c lib/analysis/shape.h \
	lib/analysis/unicode.c lib/analysis/unicode.h \
	lib/analysis/utf8.c lib/analysis/utf8.h \
	lib/analysis/wordbreak.c lib/analysis/wordbreak.h

# From surfaces to terms.
libprismsearch_sources += \
	lib/analysis/analyzer.c lib/analysis/analyzer.h lib/analysis/analyzer_impl.h \
	lib/analysis/ascii_word.h \
	lib/analysis/custom.c \
	lib/analysis/fold.c lib/analysis/fold.h \
	lib/analysis/han_words.c lib/analysis/han_words.h \
	lib/analysis/icu_words.c \
	lib/analysis/id.c \
	lib/analysis/options.c \
	lib/analysis/simple.c \
	lib/analysis/stem.c lib/analysis/stem.h lib/analysis/stem_probe.def \
	lib/analysis/stopwords.c \
	lib/analysis/token.h \
	lib/analysis/utf16.h

# Each word of a text that is put.
libprs_kernels_sources += \
	lib/analysis/lane_words.c lib/analysis/lane_words.h lib/analysis/lane_words_kernel.h \
	lib/analysis/lexicon.c lib/analysis/lexicon.h lib/analysis/lexicon_chunks.c lib/analysis/lexicon_impl.h \
	lib/analysis/lexicon_lane.c lib/analysis/lexicon_terms.c \
	lib/analysis/memo.c lib/analysis/memo.h \
	lib/analysis/mixed.c \
	lib/analysis/scan.c lib/analysis/scan.h \
	lib/analysis/english_stem.c lib/analysis/english_stem.h \
	lib/analysis/word.c lib/analysis/word.h
libprs_kernels_avx2_sources += lib/analysis/lane_words_avx2.c
libprs_kernels_avx512_sources += lib/analysis/lane_words_avx512.c

EXTRA_DIST += docs/analysis.md
