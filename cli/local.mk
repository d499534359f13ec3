# The command-line program.  Sees include/ only.
psearch_sources = cli/answer.c cli/answer.h cli/article.c cli/article.h cli/bench.h \
	cli/bench_read.c cli/cli.h cli/cmd_backup.c cli/cmd_bench.c cli/cmd_check.c \
	cli/cmd_export.c cli/cmd_init.c cli/cmd_reindex.c cli/cmd_schema.c cli/csv.c cli/csv.h \
	cli/guess.c cli/guess.h cli/infer.c cli/infer.h cli/pick.c cli/pick.h cli/schema_file.c cli/schema_file.h \
	cli/cmd_documents.c cli/cmd_info.c cli/cmd_look.c cli/cmd_merge.c cli/cmd_put.c cli/cmd_rm.c cli/cmd_run.c \
	cli/cmd_search.c cli/cmd_terms.c cli/complete.c cli/help.c cli/help.h cli/input.c cli/input.h cli/kind.c cli/load.c \
	cli/load.h cli/main.c cli/options.c cli/progress.c cli/progress.h cli/session.c \
	cli/show.c cli/show.h cli/sorted.c cli/sorted.h cli/units.c cli/units.h cli/walk.c cli/words.c cli/width.c cli/width.h

bin_PROGRAMS += psearch
psearch_SOURCES = $(psearch_sources)
psearch_CPPFLAGS = $(AM_CPPFLAGS) $(DEPS_CFLAGS)
psearch_LDADD = libprismsearch.la $(DEPS_LIBS)

# The manual page and the completions come from the option table of the program itself, so a cross
# build does without them.
if !CROSS
cli/psearch.1: psearch$(EXEEXT)
	$(AM_V_GEN)./psearch$(EXEEXT) help man >$@.tmp && mv $@.tmp $@
cli/psearch.bash: psearch$(EXEEXT)
	$(AM_V_GEN)./psearch$(EXEEXT) help bash >$@.tmp && mv $@.tmp $@
cli/_psearch: psearch$(EXEEXT)
	$(AM_V_GEN)./psearch$(EXEEXT) help zsh >$@.tmp && mv $@.tmp $@
cli/psearch.fish: psearch$(EXEEXT)
	$(AM_V_GEN)./psearch$(EXEEXT) help fish >$@.tmp && mv $@.tmp $@

nodist_man_MANS = cli/psearch.1
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_zshcompletion_DATA = cli/_psearch
nodist_fishcompletion_DATA = cli/psearch.fish
CLEANFILES += cli/psearch.1 cli/psearch.bash cli/_psearch cli/psearch.fish

# bash looks for a file of the command's own name.
install-data-hook:
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)'
	$(INSTALL_DATA) cli/psearch.bash '$(DESTDIR)$(bashcompletiondir)/psearch'
uninstall-hook:
	rm -f '$(DESTDIR)$(bashcompletiondir)/psearch'
all-local: cli/psearch.bash
endif
