# The command-line program.  Sees include/ only.
psearch_sources = cli/answer.c cli/answer.h cli/article.c cli/article.h cli/cli.h cli/cmd_bench.c \
	cli/cmd_documents.c cli/cmd_look.c cli/cmd_put.c cli/cmd_run.c cli/cmd_search.c cli/help.c \
	cli/input.c cli/input.h cli/main.c cli/options.c cli/progress.c cli/progress.h cli/session.c \
	cli/units.c cli/units.h cli/walk.c
