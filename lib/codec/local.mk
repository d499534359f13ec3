# Sources of lib/codec: hot loops, so they are built as kernels (lib/local.mk).
libprs_kernels_sources += \
	lib/codec/between.c lib/codec/between.h lib/codec/between_kernels.h \
	lib/codec/bits.h lib/codec/codes.h \
	lib/codec/eliasfano.c lib/codec/eliasfano.h \
	lib/codec/eliasfano_count.h lib/codec/eliasfano_ends.h lib/codec/eliasfano_kernels.h \
	lib/codec/eliasfano_meet.h lib/codec/eliasfano_read.h \
	lib/codec/pack.c lib/codec/pack.h \
	lib/codec/pack_kernels.h lib/codec/pack_rows.h \
	lib/codec/pack_scalar.c lib/codec/pack_vec.c \
	lib/codec/planes.c lib/codec/planes.h lib/codec/planes_kernels.h \
	lib/codec/unbits.c lib/codec/unbits.h lib/codec/unbits_kernels.h
libprs_kernels_avx2_sources += lib/codec/between_avx2.c lib/codec/eliasfano_avx2.c lib/codec/planes_avx2.c lib/codec/unbits_avx2.c
libprs_kernels_avx512_sources += lib/codec/between_avx512.c lib/codec/eliasfano_avx512.c lib/codec/planes_avx512.c lib/codec/unbits_avx512.c
