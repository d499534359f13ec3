# Sources of lib/invert: append `libprismsearch_sources += lib/invert/FILE.c`, headers too.
libprismsearch_sources += \
	lib/invert/analysts.c lib/invert/analysts.h \
	lib/invert/batch.c lib/invert/batch.h \
	lib/invert/field_scan.c lib/invert/field_scan.h \
	lib/invert/flush.c lib/invert/flush.h \
	lib/invert/flush_lists.c lib/invert/flush_lists.h \
	lib/invert/flush_pairs.c lib/invert/flush_pairs.h \
	lib/invert/inverter.c lib/invert/inverter.h \
	lib/invert/inverter_take.c \
	lib/invert/pending.c lib/invert/pending.h \
	lib/invert/pending_texts.c \
	lib/invert/tally.c lib/invert/tally.h

# Each token and each term of a flush.
libprs_kernels_sources += \
	lib/invert/term_encode.c lib/invert/term_encode.h \
	lib/invert/term_sort.c lib/invert/term_sort.h \
	lib/invert/char_counts.h lib/invert/transpose.c lib/invert/transpose.h
