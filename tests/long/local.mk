# The long programme: jobs.txt says what, tools/check_long.sh deals it out, docs/RELIABILITY.md has the counters.
MINUTES = 150
SHARD = 1/1
check-long: all $(check_PROGRAMS)
	PRISM_BUILDDIR='$(abs_builddir)' PRISM_SHARED='$(SHARED_DIR)' $(BASH_PROG) $(srcdir)/tools/check_long.sh '$(MINUTES)' '$(SHARD)' $(JOBS)
.PHONY: check-long

long_tests += tests/long/table.sh
EXTRA_DIST += tests/long/jobs.txt tests/long/table.sh tools/check_long.sh tools/reliability_table.sh tools/build_matrix.sh \
	tools/static_analysis.sh tools/mutate.py docs/RELIABILITY.md
