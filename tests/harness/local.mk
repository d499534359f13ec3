# What every test program shares; tests/harness/test.h is the page to read.
check_LTLIBRARIES += tests/harness/libharness.la
tests_harness_libharness_la_SOURCES = \
	tests/harness/alloc.c \
	tests/harness/crash_dir.c \
	tests/harness/crash_dir.h \
	tests/harness/fault_dir.c \
	tests/harness/fault_dir.h \
	tests/harness/hurt.h \
	tests/harness/main.c \
	tests/harness/place.c \
	tests/harness/private.h \
	tests/harness/rng.c \
	tests/harness/search_kit.c \
	tests/harness/search_kit.h \
	tests/harness/section_file.c \
	tests/harness/section_file.h \
	tests/harness/test.h \
	tests/harness/world.c \
	tests/harness/world.h
tests_harness_libharness_la_CPPFLAGS = $(unit_cppflags)
