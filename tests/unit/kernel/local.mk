# Unit tests of lib/kernel: append `kernel_tests_sources += tests/unit/kernel/test_FILE.c`; nothing to register.
kernel_tests_sources = \
	tests/unit/kernel/test_cover.c \
	tests/unit/kernel/test_dense.c \
	tests/unit/kernel/test_match.c \
	tests/unit/kernel/test_intersect.c \
	tests/unit/kernel/test_score.c \
	tests/unit/kernel/test_score_block.c \
	tests/unit/kernel/test_score_keep.c \
	tests/unit/kernel/test_select.c \
	tests/unit/kernel/test_topk.c

unit_programs += tests/unit/kernel/kernel_tests
tests_unit_kernel_kernel_tests_SOURCES = $(kernel_tests_sources)
nodist_EXTRA_tests_unit_kernel_kernel_tests_SOURCES = force_cxx_linker.cc
tests_unit_kernel_kernel_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_kernel_kernel_tests_LDADD = $(unit_ldadd) -lm
