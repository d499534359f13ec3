# Many processes and threads over one index.
check_PROGRAMS += tests/stress/processes
tests_stress_processes_SOURCES = tests/stress/processes.c tests/crash/herd.c tests/crash/herd.h $(crash_common)
tests_stress_processes_CPPFLAGS = $(crash_cppflags)
tests_stress_processes_LDADD = libprismsearch.la
long_tests += tests/stress/processes
