# The library: convenience libraries of hidden symbols, and the shared library made of them.
#
#   libprismsearch_sources        everything that is not a kernel
#   libprs_kernels_sources        hot loops at the base level of the CPU, and their dispatch
#   libprs_kernels_<level>_sources  the same for sse42, avx2, avx512: flags of that level, so such a
#                                 file must be guarded by #ifdef __x86_64__ and called behind base/cpu
#
# Kernels leave out -ftrivial-auto-var-init and -fzero-call-used-regs: clearing a 4 KiB scratch array
# or every register per call costs more than the work.  Unit tests link libprs.la and see everything.
libprismsearch_sources =
libprs_kernels_sources =
libprs_kernels_sse42_sources =
libprs_kernels_avx2_sources =
libprs_kernels_avx512_sources =

include lib/base/local.mk
include lib/codec/local.mk
include lib/store/local.mk
include lib/schema/local.mk
include lib/analysis/local.mk
include lib/format/local.mk
include lib/index/local.mk
include lib/invert/local.mk
include lib/merge/local.mk
include lib/write/local.mk
include lib/maintain/local.mk
include lib/query/local.mk
include lib/kernel/local.mk
include lib/search/local.mk
include lib/show/local.mk
include lib/api/local.mk

lib_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/lib $(DEPS_CFLAGS)
kernel_cflags = $(PRS_LANG_CFLAGS) $(PRS_WARN_CFLAGS) $(PRS_WARN_LIB_CFLAGS) $(PRS_HARD_CFLAGS) $(PRS_INSTR_FLAGS)

noinst_LTLIBRARIES += libprs.la libprs_kernels.la libprs_kernels_sse42.la libprs_kernels_avx2.la \
	libprs_kernels_avx512.la

libprs_la_SOURCES = $(libprismsearch_sources)
libprs_la_CPPFLAGS = $(lib_cppflags)
libprs_la_CFLAGS = $(AM_CFLAGS) $(PRS_WARN_LIB_CFLAGS)
libprs_la_LIBADD = libprs_kernels.la libprs_kernels_sse42.la libprs_kernels_avx2.la \
	libprs_kernels_avx512.la $(DEPS_LIBS) $(STEMMER_LIBS)

libprs_kernels_la_SOURCES = $(libprs_kernels_sources)
libprs_kernels_la_CPPFLAGS = $(lib_cppflags)
libprs_kernels_la_CFLAGS = $(kernel_cflags)

libprs_kernels_sse42_la_SOURCES = $(libprs_kernels_sse42_sources)
libprs_kernels_sse42_la_CPPFLAGS = $(lib_cppflags)
libprs_kernels_sse42_la_CFLAGS = $(kernel_cflags) $(PRS_SSE42_CFLAGS)

libprs_kernels_avx2_la_SOURCES = $(libprs_kernels_avx2_sources)
libprs_kernels_avx2_la_CPPFLAGS = $(lib_cppflags)
libprs_kernels_avx2_la_CFLAGS = $(kernel_cflags) $(PRS_AVX2_CFLAGS)

libprs_kernels_avx512_la_SOURCES = $(libprs_kernels_avx512_sources)
libprs_kernels_avx512_la_CPPFLAGS = $(lib_cppflags)
libprs_kernels_avx512_la_CFLAGS = $(kernel_cflags) $(PRS_AVX512_CFLAGS)

# The ABI version, libtool's way.  Before each release, compared with the release before:
#   1. any source changed:                       REVISION + 1
#   2. any function added, removed or changed:   CURRENT + 1, REVISION = 0
#   3. only added (old programs still run):      AGE + 1
#   4. any function removed or changed:          AGE = 0
# None of this follows the package version.
LT_CURRENT = 0
LT_REVISION = 0
LT_AGE = 0

# The ABI list is lib/prismsearch.sym.  The linker exports by pattern (lib/prismsearch.map; libtool's
# own -export-symbols does not hide C++ templates), and tools/check_exports.sh holds the result
# against the list: so a symbol too many and a symbol too few both fail.
lib_LTLIBRARIES += libprismsearch.la
libprismsearch_la_SOURCES =
nodist_EXTRA_libprismsearch_la_SOURCES = force_cxx_linker.cc
libprismsearch_la_LIBADD = libprs.la
EXTRA_libprismsearch_la_DEPENDENCIES = lib/prismsearch.map
libprismsearch_la_LDFLAGS = $(PRS_LANG_LDFLAGS) $(PRS_HARD_LDFLAGS) $(PRS_INSTR_FLAGS) \
	$(PRS_LIB_LDFLAGS) -no-undefined -Wl,--version-script=$(srcdir)/lib/prismsearch.map \
	-version-info $(LT_CURRENT):$(LT_REVISION):$(LT_AGE)

EXTRA_DIST += lib/LAYERS lib/prismsearch.map lib/prismsearch.sym
