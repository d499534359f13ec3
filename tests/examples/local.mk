# The programs of examples/ and the README's, run, their output compared.
dist_example_tests = tests/examples/examples.sh tests/examples/readme.sh
long_tests += $(dist_example_tests)
EXTRA_DIST += $(dist_example_tests)
