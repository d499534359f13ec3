# psearch as scripts see it, a file a question.
dist_cli_tests = tests/cli/backup.sh tests/cli/bad_input.sh tests/cli/bench.sh tests/cli/check.sh \
	tests/cli/documents.sh tests/cli/exits.sh tests/cli/export.sh tests/cli/formats.sh tests/cli/help.sh \
	tests/cli/human.sh tests/cli/init.sh tests/cli/look.sh tests/cli/merge.sh tests/cli/progress.sh \
	tests/cli/put.sh tests/cli/reading.sh tests/cli/reindex.sh tests/cli/repair.sh tests/cli/rm.sh \
	tests/cli/run.sh tests/cli/schema.sh tests/cli/search.sh tests/cli/search_json.sh tests/cli/seeds.sh \
	tests/cli/signals.sh tests/cli/sort.sh tests/cli/usage.sh
long_tests += $(dist_cli_tests)
EXTRA_DIST += $(dist_cli_tests) tests/cli/lib.sh
