# psearch as scripts see it.
dist_cli_tests = tests/cli/usage.sh tests/cli/bad_input.sh
long_tests += $(dist_cli_tests)
EXTRA_DIST += $(dist_cli_tests) tests/cli/lib.sh
