# Scripts that keep the house rules, and generators.
EXTRA_DIST += tools/lint.sh tools/size_allow.txt tools/strip_c.awk

# The rules only, in seconds: what to run before each commit.
lint: libprismsearch.la
	@failed=0; for check in $(lint_rules); do \
		PRISM_BUILDDIR='$(abs_builddir)' $(BASH_PROG) $(srcdir)/$$check || failed=1; \
	done; test $$failed = 0
.PHONY: lint
