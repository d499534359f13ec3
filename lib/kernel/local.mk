# Sources of lib/kernel: hot loops, at the base level of the CPU and at each higher one.
libprs_kernels_sources += \
	lib/kernel/cover.c \
	lib/kernel/cover.h \
	lib/kernel/dense.c \
	lib/kernel/dense.h \
	lib/kernel/dense_kernels.h \
	lib/kernel/intersect.c \
	lib/kernel/intersect.h \
	lib/kernel/intersect_kernels.h \
	lib/kernel/match.c \
	lib/kernel/match.h \
	lib/kernel/score.c \
	lib/kernel/score.h \
	lib/kernel/score_block.c \
	lib/kernel/score_keep.c \
	lib/kernel/score_keep.h \
	lib/kernel/score_keep_kernels.h \
	lib/kernel/score_kernel.h \
	lib/kernel/score_table_kernel.h \
	lib/kernel/select.c \
	lib/kernel/select.h \
	lib/kernel/select_kernels.h \
	lib/kernel/topk.c \
	lib/kernel/topk.h

libprs_kernels_avx2_sources += lib/kernel/intersect_avx2.c lib/kernel/score_avx2.c lib/kernel/score_table_avx2.c lib/kernel/select_avx2.c
libprs_kernels_avx512_sources += lib/kernel/dense_avx512.c lib/kernel/intersect_avx512.c lib/kernel/score_avx512.c lib/kernel/score_keep_avx512.c lib/kernel/score_table_avx512.c lib/kernel/select_avx512.c
