# Unit tests of lib/write: append `write_tests_sources += tests/unit/write/test_FILE.c`; nothing to register.
write_tests_sources = \
	tests/unit/write/test_adopt.c \
	tests/unit/write/test_adopt_schema.c \
	tests/unit/write/test_adopt_source.c \
	tests/unit/write/test_adopt_undo.c \
	tests/unit/write/test_commit_stop.c \
	tests/unit/write/test_delete_docs.c \
	tests/unit/write/test_durable_after.c \
	tests/unit/write/test_faults.c \
	tests/unit/write/test_fork.c \
	tests/unit/write/test_fork_writer.c \
	tests/unit/write/test_memory.c \
	tests/unit/write/test_merge_job.c \
	tests/unit/write/test_merge_memory.c \
	tests/unit/write/test_merge_run.c \
	tests/unit/write/test_merge_thread.c \
	tests/unit/write/test_model.c \
	tests/unit/write/test_publish.c \
	tests/unit/write/test_retry.c \
	tests/unit/write/test_threads.c \
	tests/unit/write/test_upsert.c \
	tests/unit/write/test_writer.c \
	tests/unit/write/test_writer_schema.c \
	tests/unit/write/test_writer_snapshot.c

unit_programs += tests/unit/write/write_tests
tests_unit_write_write_tests_SOURCES = $(write_tests_sources)
nodist_EXTRA_tests_unit_write_write_tests_SOURCES = force_cxx_linker.cc
tests_unit_write_write_tests_CPPFLAGS = $(unit_cppflags)
tests_unit_write_write_tests_LDADD = $(unit_ldadd)
