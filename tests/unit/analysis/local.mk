# Unit tests of lib/analysis: append `analysis_tests_sources += tests/unit/analysis/test_FILE.c`; nothing to register.
analysis_tests_sources = \
	tests/unit/analysis/kit.c tests/unit/analysis/kit.h \
	tests/unit/analysis/test_analyzer.c \
	tests/unit/analysis/test_custom.c \
	tests/unit/analysis/test_fold.c \
	tests/unit/analysis/test_han_words.c \
	tests/unit/analysis/test_icu_words.c \
	tests/unit/analysis/test_id.c \
	tests/unit/analysis/test_lane_words.c \
	tests/unit/analysis/test_lexicon.c \
	tests/unit/analysis/test_memo.c \
	tests/unit/analysis/test_mixed.c \
	tests/unit/analysis/test_options.c \
	tests/unit/analysis/test_scan.c \
	tests/unit/analysis/test_shape.c \
	tests/unit/analysis/test_simple.c \
	tests/unit/analysis/test_english_stem.c \
	tests/unit/analysis/test_stem.c \
	tests/unit/analysis/test_stopwords.c \
	tests/unit/analysis/test_unicode.c \
	tests/unit/analysis/test_utf8.c \
	tests/unit/analysis/test_word.c \
	tests/unit/analysis/test_wordbreak.c

EXTRA_DIST += tests/unit/analysis/mixed_v1_differences.txt
unit_programs += tests/unit/analysis/analysis_tests
tests_unit_analysis_analysis_tests_SOURCES = $(analysis_tests_sources)
nodist_EXTRA_tests_unit_analysis_analysis_tests_SOURCES = force_cxx_linker.cc
tests_unit_analysis_analysis_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_analysis_analysis_tests_LDADD = $(unit_ldadd)
