# Stories as data, run through the C interface and through psearch; bindings run the same files.
check_PROGRAMS += tests/scenarios/scenarios_c tests/scenarios/scenarios_psearch
tests_scenarios_scenarios_c_SOURCES = tests/scenarios/run_scenarios.c tests/scenarios/story.c tests/scenarios/story.h
tests_scenarios_scenarios_c_CPPFLAGS = $(AM_CPPFLAGS) $(DEPS_CFLAGS)
tests_scenarios_scenarios_c_LDADD = libprismsearch.la $(DEPS_LIBS)
tests_scenarios_scenarios_psearch_SOURCES = tests/scenarios/run_scenarios.c tests/scenarios/story.c tests/scenarios/story.h
tests_scenarios_scenarios_psearch_CPPFLAGS = $(AM_CPPFLAGS) $(DEPS_CFLAGS)
tests_scenarios_scenarios_psearch_LDADD = libprismsearch.la $(DEPS_LIBS)
long_tests += tests/scenarios/scenarios_c tests/scenarios/scenarios_psearch
EXTRA_DIST += tests/scenarios/articles.json tests/scenarios/complaints.json tests/scenarios/dates.json tests/scenarios/operators.json \
	tests/scenarios/updates.json tests/scenarios/whole_indexes.json
