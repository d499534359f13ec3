# Sources of lib/base: append `libprismsearch_sources += lib/base/FILE.c`, headers too.
libprismsearch_sources += \
	lib/base/bitset.c lib/base/bitset.h \
	lib/base/buf.c lib/base/buf.h \
	lib/base/cpu.c lib/base/cpu.h \
	lib/base/cur.h \
	lib/base/error.c lib/base/error.h \
	lib/base/hash.c lib/base/hash.h \
	lib/base/heap.h \
	lib/base/mem.c lib/base/mem.h \
	lib/base/prs.h \
	lib/base/sort.h \
	lib/base/pool.c lib/base/pool.h \
	lib/base/sync.c lib/base/sync.h \
	lib/base/text.c lib/base/text.h \
	lib/base/vec.h

# Counting bits: a kernel of each level that has an instruction for it.
libprs_kernels_sources += \
	lib/base/words.c lib/base/words.h lib/base/words_kernel.h
libprs_kernels_sse42_sources += lib/base/words_sse42.c
libprs_kernels_avx2_sources += lib/base/words_avx2.c
libprs_kernels_avx512_sources += lib/base/words_avx512.c
# Hot loops of a build.
libprs_kernels_sources += lib/base/map.c lib/base/map.h
# Of a search: lib/search/local.mk.
libprs_kernels_sources += lib/base/arena.c lib/base/arena.h lib/base/spare.c lib/base/spare.h
