# Scripts that keep the house rules, and generators.
EXTRA_DIST += tools/lint.sh tools/globals_allow.txt tools/size_allow.txt tools/strip_c.awk tools/check_format.sh \
	tools/format.sh tools/torture.sh tools/wrap_comments.awk

# The rules only, in seconds: what to run before each commit.  Layout is looked at here and not in make
# check, because it needs one certain version of clang-format; make format mends it.
lint: libprismsearch.la
	@failed=0; for check in $(lint_rules) tools/check_format.sh; do \
		PRISM_BUILDDIR='$(abs_builddir)' $(BASH_PROG) $(srcdir)/$$check || failed=1; \
	done; test $$failed = 0
format:
	$(BASH_PROG) $(srcdir)/tools/format.sh
# What the analyzers that are installed say of lib/ and cli/: half an hour.  make analyze TOOLS="gcc cppcheck"
analyze:
	PRISM_BUILDDIR='$(abs_builddir)' $(BASH_PROG) $(srcdir)/tools/static_analysis.sh $(TOOLS)
.PHONY: lint format analyze

# The Unicode tables, from an ICU of the pinned UCD version only (exit 77 with another).
check_PROGRAMS += tools/gen_unicode
tools_gen_unicode_SOURCES = tools/gen_unicode.c lib/analysis/han_supplement.def
tools_gen_unicode_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/lib $(DEPS_CFLAGS)
tools_gen_unicode_LDADD = $(DEPS_LIBS)

.PHONY: regen-unicode
regen-unicode: tools/gen_unicode
	tools/gen_unicode $(srcdir)/lib/analysis/gen

lint_tests += tools/check_gen_unicode.sh
EXTRA_DIST += tools/check_gen_unicode.sh
