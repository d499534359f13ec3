# Unit tests of lib/store: append `store_tests_sources += tests/unit/store/test_FILE.c`; nothing to register.
store_tests_sources = \
	tests/unit/store/places.c tests/unit/store/places.h \
	tests/unit/store/syscalls.c tests/unit/store/syscalls.h \
	tests/unit/store/test_dir.c \
	tests/unit/store/test_dir_fs.c \
	tests/unit/store/test_dir_mem.c \
	tests/unit/store/test_envelope.c \
	tests/unit/store/test_fd.c \
	tests/unit/store/test_in.c \
	tests/unit/store/test_lock.c \
	tests/unit/store/test_out.c \
	tests/unit/store/test_spool.c \
	tests/unit/store/test_syscalls.c

unit_programs += tests/unit/store/store_tests
tests_unit_store_store_tests_SOURCES = $(store_tests_sources)
nodist_EXTRA_tests_unit_store_store_tests_SOURCES = force_cxx_linker.cc
tests_unit_store_store_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_store_store_tests_LDADD = $(unit_ldadd)
