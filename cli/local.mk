# The command-line program.  Sees include/ only.  Append `psearch_sources += cli/FILE.c`.
psearch_sources =
