# The manual pages that are written by hand; psearch(1) is made from the option table (cli/local.mk).
dist_man_MANS += docs/man/libprismsearch.3 docs/man/psearch-query.7
EXTRA_DIST += docs/analysis.md
EXTRA_DIST += docs/bench
