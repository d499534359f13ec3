/* help.h - help, manual page and completions, all from the tables of commands and options. */
#ifndef PSEARCH_HELP_H
#define PSEARCH_HELP_H

#include "cli.h"

bool help_is_built(const cli_command *c);
/** An option of every command. */
bool help_is_common(const cli_option *option);
/** `psearch COMMAND --help`. */
void help_short(const cli_command *c);

void help_man(void);
void help_bash(void);
void help_zsh(void);
void help_fish(void);

#endif
