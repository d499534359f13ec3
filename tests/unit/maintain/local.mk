# Unit tests of lib/maintain: append `maintain_tests_sources += tests/unit/maintain/test_FILE.c`; nothing to register.
maintain_tests_sources = \
	tests/unit/maintain/test_backup.c \
	tests/unit/maintain/test_check.c \
	tests/unit/maintain/test_check_lists.c \
	tests/unit/maintain/test_check_older.c \
	tests/unit/maintain/test_check_parts.c \
	tests/unit/maintain/test_check_twice.c \
	tests/unit/maintain/test_deletions.c \
	tests/unit/maintain/test_lost.c \
	tests/unit/maintain/test_reindex.c \
	tests/unit/maintain/test_repair.c \
	tests/unit/maintain/test_salvage.c \
	tests/unit/maintain/test_stored.c \
	tests/unit/maintain/test_upgrade.c

unit_programs += tests/unit/maintain/maintain_tests
tests_unit_maintain_maintain_tests_SOURCES = $(maintain_tests_sources)
nodist_EXTRA_tests_unit_maintain_maintain_tests_SOURCES = force_cxx_linker.cc
tests_unit_maintain_maintain_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_maintain_maintain_tests_LDADD = $(unit_ldadd)
