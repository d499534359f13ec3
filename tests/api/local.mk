# The library as a stranger meets it: installed, found by pkg-config, used from C and C++.
dist_api_tests = tests/api/installed.sh
long_tests += $(dist_api_tests)
EXTRA_DIST += $(dist_api_tests) tests/api/outside.c
