# What may break below an index: storage calls, power, memory, processes, disks.  Each program is
# told what and how much on the command line (program.h); make check runs the *.sh, which say how
# little is enough for every change.
crash_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/lib -I$(srcdir)/tests -I$(srcdir)/tests/crash $(DEPS_CFLAGS) $(CHECK_CFLAGS)
crash_common = tests/crash/program.c tests/crash/program.h tests/crash/history.c tests/crash/history.h

if HAVE_CHECK
check_PROGRAMS += tests/crash/sweep
tests_crash_sweep_SOURCES = tests/crash/sweep.c tests/crash/without_check.c $(crash_common)
nodist_EXTRA_tests_crash_sweep_SOURCES = force_cxx_linker.cc
tests_crash_sweep_CPPFLAGS = $(crash_cppflags)
tests_crash_sweep_LDADD = $(unit_ldadd)

check_PROGRAMS += tests/crash/syscalls
tests_crash_syscalls_SOURCES = tests/crash/syscalls.c $(crash_common)
nodist_EXTRA_tests_crash_syscalls_SOURCES = force_cxx_linker.cc
tests_crash_syscalls_CPPFLAGS = $(crash_cppflags)
tests_crash_syscalls_LDADD = libprs.la
tests_crash_syscalls_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=openat -Wl,--wrap=write -Wl,--wrap=pread \
	-Wl,--wrap=fsync -Wl,--wrap=close -Wl,--wrap=renameat2 -Wl,--wrap=linkat -Wl,--wrap=unlinkat \
	-Wl,--wrap=mmap
endif

check_PROGRAMS += tests/crash/kill9
tests_crash_kill9_SOURCES = tests/crash/kill9.c tests/crash/herd.c tests/crash/herd.h $(crash_common)
tests_crash_kill9_CPPFLAGS = $(crash_cppflags)
tests_crash_kill9_LDADD = libprismsearch.la
long_tests += tests/crash/kill9

check_PROGRAMS += tests/crash/power tests/crash/enospc
tests_crash_power_SOURCES = tests/crash/power.c tests/crash/mounts.c tests/crash/mounts.h $(crash_common)
tests_crash_power_CPPFLAGS = $(crash_cppflags)
tests_crash_power_LDADD = libprismsearch.la
tests_crash_enospc_SOURCES = tests/crash/enospc.c tests/crash/mounts.c tests/crash/mounts.h $(crash_common)
tests_crash_enospc_CPPFLAGS = $(crash_cppflags)
tests_crash_enospc_LDADD = libprismsearch.la

dist_crash_tests = tests/crash/disks.sh tests/crash/sweeps.sh tests/crash/torture.sh
long_tests += $(dist_crash_tests)
EXTRA_DIST += $(dist_crash_tests)
