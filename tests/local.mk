# All tests.  Three lists, run by `make check`:
#   unit_tests   Check programs, one for each layer, reported test by test through TAP
#   lint_tests   the house rules, tools/check_*.sh, and the tests of those scripts
#   long_tests   scenarios, differential, crash; left out with --disable-long-tests (distcheck)
# Programs without a suffix speak TAP (tests/harness does it for Check programs); *.sh are plain
# scripts: exit 0 passed, 77 skipped, 99 broken, else failed.
unit_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/lib -I$(srcdir)/tests $(DEPS_CFLAGS) $(CHECK_CFLAGS)
unit_ldadd = tests/harness/libharness.la libprs.la $(CHECK_LIBS)
unit_programs =

include tests/lint/local.mk

if HAVE_CHECK
include tests/harness/local.mk
include tests/unit/base/local.mk
include tests/unit/codec/local.mk
include tests/unit/store/local.mk
include tests/unit/schema/local.mk
include tests/unit/analysis/local.mk
include tests/unit/format/local.mk
include tests/unit/index/local.mk
include tests/unit/invert/local.mk
include tests/unit/merge/local.mk
include tests/unit/write/local.mk
include tests/unit/maintain/local.mk
include tests/unit/query/local.mk
include tests/unit/kernel/local.mk
include tests/unit/search/local.mk
include tests/unit/show/local.mk
include tests/unit/api/local.mk
include tests/conformance/local.mk
endif

include tests/diff/local.mk
include tests/golden/local.mk
include tests/fuzz/local.mk
include tests/long/local.mk
include tests/scenarios/local.mk
include tests/crash/local.mk
include tests/stress/local.mk
include tests/cli/local.mk
include tests/api/local.mk
include tests/examples/local.mk
include tests/bench/local.mk


check_PROGRAMS += $(unit_programs)
unit_tests += $(unit_programs)

TESTS += $(lint_tests) $(unit_tests)
if LONG_TESTS
TESTS += $(long_tests)
endif

TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/tap-driver.sh
SH_LOG_COMPILER = $(BASH_PROG)
AM_TESTS_ENVIRONMENT = \
	PRISM_TAP=1; export PRISM_TAP; \
	PRISM_SHARED='$(SHARED_DIR)'; export PRISM_SHARED; \
	PRISM_SRCDIR='$(abs_srcdir)'; export PRISM_SRCDIR; \
	PRISM_BUILDDIR='$(abs_builddir)'; export PRISM_BUILDDIR; \
	CC='$(CC)'; export CC; CXX='$(CXX)'; export CXX; \
	PATH='$(abs_builddir)':"$$PATH"; export PATH;
