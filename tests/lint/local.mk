# The house rules, and the tests that the rules' scripts see what they should.
lint_rules = \
	tools/check_layers.sh \
	tools/check_sizes.sh \
	tools/check_banned.sh \
	tools/check_docs.sh \
	tools/check_exports.sh

lint_tests += $(lint_rules) \
	tests/lint/public_headers.sh \
	tests/lint/test_check_banned.sh \
	tests/lint/test_check_docs.sh \
	tests/lint/test_check_exports.sh \
	tests/lint/test_check_layers.sh \
	tests/lint/test_check_sizes.sh

EXTRA_DIST += $(lint_tests) tests/lint/compilers.sh tests/lint/seed.sh tests/unit/EXEMPT
