# Many threads at once; --seconds N for a long run, and configure --enable-sanitizers=thread.
check_PROGRAMS += tests/stress/stress_threads
tests_stress_stress_threads_SOURCES = tests/stress/stress_threads.c
tests_stress_stress_threads_CPPFLAGS = $(AM_CPPFLAGS)
tests_stress_stress_threads_LDADD = libprismsearch.la $(DEPS_LIBS)
long_tests += tests/stress/stress_threads
long_tests += tests/stress/memory.sh tests/stress/memory_limit.sh
EXTRA_DIST += tests/stress/memory.sh tests/stress/memory_limit.sh
# Many processes and threads over one index.
check_PROGRAMS += tests/stress/processes
tests_stress_processes_SOURCES = tests/stress/processes.c tests/crash/herd.c tests/crash/herd.h $(crash_common)
tests_stress_processes_CPPFLAGS = $(crash_cppflags)
tests_stress_processes_LDADD = libprismsearch.la
long_tests += tests/stress/processes
