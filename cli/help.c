/* help.c - help, man page and completions, all from the tables of options.c and main.c.
 *
 *   psearch help            the commands            psearch help --    (also -h)
 *   psearch help COMMAND    one command, whole
 *   psearch help man        psearch(1) in mdoc      psearch help bash|zsh|fish    completions
 *
 * The build runs the last two forms, so that what is installed cannot disagree with what is
 * parsed. */
#include "cli.h"

#include <string.h>

static bool is_built(const cli_command *c) {
    return c->run != NULL;
}

static void print_options(const char *command) {
    for (const cli_option *p = cli_option_table; p->name; p++) {
        if (p->summary == NULL || !cli_option_applies(p, command)) continue;
        char left[64];
        char letter[8] = "    ";
        if (p->letter) snprintf(letter, sizeof letter, "-%c, ", p->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, p->name, p->arg ? "=" : "",
                 p->arg ? p->arg : "");
        printf("  %-34s %s\n", left, p->summary);
    }
}

static void print_overview(void) {
    puts("psearch - full-text search over English and Chinese articles\n");
    puts("usage: psearch [-i INDEX] COMMAND [OPTIONS] [ARGS]\n");
    for (const cli_command *c = cli_commands; c->name; c++)
        if (is_built(c)) printf("  %-10s %s\n", c->name, c->summary);
    puts("\nexamples:\n  psearch put -i news articles/\n  psearch search -i news custom silicon "
         "Nvidia\n"
         "  psearch search -i news 數據中心\n\npsearch help COMMAND tells more; the query language "
         "is in psearch-query(7).");
}

static void print_command(const cli_command *c) {
    printf("usage: psearch %s %s\n\n%s\n", c->name, c->synopsis, c->summary);
    if (c->details[0]) printf("\n%s\n", c->details);
    puts("\noptions:");
    print_options(c->name);
    if (c->examples[0]) printf("\nexamples:\n");
    for (const char *line = c->examples; *line; line += strcspn(line, "\n"), line += *line == '\n')
        printf("  %.*s\n", (int)strcspn(line, "\n"), line);
}

/* ---- psearch(1) ----------------------------------------------------------------------------- */

/* roff: backslashes and leading dots and quotes are special. */
static void print_roff(const char *text) {
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
        start = *text == '\n';
    }
}

static void man_options(const char *command) {
    puts(".Bl -tag -width Ds");
    for (const cli_option *p = cli_option_table; p->name; p++) {
        if (p->summary == NULL || !cli_option_applies(p, command)) continue;
        fputs(".It ", stdout);
        if (p->letter) printf("Fl %c , ", p->letter);
        printf("Fl \\-%s%s%s\n", p->name, p->arg ? " Ns = Ns Ar " : "", p->arg ? p->arg : "");
        print_roff(p->summary);
        putchar('\n');
    }
    puts(".El");
}

static void man_command(const cli_command *c) {
    printf(".Ss psearch %s ", c->name);
    print_roff(c->synopsis);
    putchar('\n');
    print_roff(c->summary);
    puts(".");
    if (c->details[0]) {
        print_roff(c->details);
        putchar('\n');
    }
    man_options(c->name);
    if (c->examples[0]) {
        puts(".Bd -literal -offset indent");
        print_roff(c->examples);
        puts("\n.Ed");
    }
}

static void print_man(void) {
    puts(".Dd November 24, 2026\n.Dt PSEARCH 1\n.Os\n.Sh NAME\n.Nm psearch\n.Nd full\\-text search "
         "over English and "
         "Chinese articles\n.Sh SYNOPSIS\n.Nm\n.Op Fl i Ar index\n.Ar command\n.Op Ar options\n.Op "
         "Ar arguments\n"
         ".Sh DESCRIPTION\nStandard output carries results only; messages, progress and timing go "
         "to standard error.\n"
         "Sizes and times take units (512M, 30s).\n.Sh COMMANDS");
    for (const cli_command *c = cli_commands; c->name; c++)
        if (is_built(c)) man_command(c);
    puts(".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev PSEARCH_INDEX\nthe index, where\n.Fl i\nis "
         "not given\n"
         ".It Ev NO_COLOR\nno colours unless asked for\n.El\n.Sh EXIT STATUS\n.Bl -tag -width "
         "Ds\n.It 0\ndone, or found\n"
         ".It 1\nnothing found\n.It 2\nusage, or a query error in strict mode\n.It 3\nindex "
         "missing, unreadable or too new\n"
         ".It 4\ndamage found\n.It 5\nlocked by another writer\n.It 6\npartial answer\n.It "
         "7\ninput rejected\n"
         ".It 8\nthe system refused (disk full, memory, I/O)\n.It 130\ninterrupted\n.El\n"
         ".Sh SEE ALSO\n.Xr psearch\\-query 7 ,\n.Xr libprismsearch 3");
}

/* ---- completions ---------------------------------------------------------------------------- */

static void print_words(bool (*wanted)(const cli_command *)) {
    for (const cli_command *c = cli_commands; c->name; c++)
        if (wanted(c)) printf("%s ", c->name);
}

static void print_bash(void) {
    puts("# bash completion for psearch; generated by `psearch help bash`\n_psearch() {\n"
         "    local cur=${COMP_WORDS[COMP_CWORD]} cmd= w i\n"
         "    for ((i = 1; i < COMP_CWORD; i++)); do\n        w=${COMP_WORDS[i]}\n"
         "        case $w in -i|--index) ((i++)) ;; -*) ;; *) cmd=$w; break ;; esac\n    done\n    "
         "local opts=\n"
         "    case $cmd in");
    fputs("    '') COMPREPLY=($(compgen -W '", stdout);
    print_words(is_built);
    puts("' -- \"$cur\")); return ;;");
    for (const cli_command *c = cli_commands; c->name; c++) {
        if (!is_built(c)) continue;
        printf("    %s) opts='", c->name);
        for (const cli_option *p = cli_option_table; p->name; p++)
            if (p->summary && cli_option_applies(p, c->name))
                printf("--%s%s ", p->name, p->arg ? "=" : "");
        puts("' ;;");
    }
    puts("    esac\n    case $cur in\n    -*) COMPREPLY=($(compgen -W \"$opts\" -- \"$cur\")); "
         "[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace ;;\n    *) COMPREPLY=($(compgen -f -- "
         "\"$cur\")) ;;\n    esac\n}\n"
         "complete -o filenames -F _psearch psearch");
}

static void print_zsh(void) {
    puts("#compdef psearch\n# generated by `psearch help zsh`\nlocal -a commands\ncommands=(");
    for (const cli_command *c = cli_commands; c->name; c++)
        if (is_built(c)) printf("  '%s:%s'\n", c->name, c->summary);
    puts(
        ")\nif (( CURRENT == 2 )); then _describe command commands; return; fi\ncase $words[2] in");
    for (const cli_command *c = cli_commands; c->name; c++) {
        if (!is_built(c)) continue;
        printf("%s) _arguments ", c->name);
        for (const cli_option *p = cli_option_table; p->name; p++)
            if (p->summary && cli_option_applies(p, c->name))
                printf("'--%s%s' ", p->name, p->arg ? "=" : "");
        puts("'*:file:_files' ;;");
    }
    puts("esac");
}

static void print_fish(void) {
    puts("# fish completion for psearch; generated by `psearch help fish`");
    for (const cli_command *c = cli_commands; c->name; c++) {
        if (!is_built(c)) continue;
        printf("complete -c psearch -n __fish_use_subcommand -a %s -d '%s'\n", c->name, c->summary);
        for (const cli_option *p = cli_option_table; p->name; p++)
            if (p->summary && cli_option_applies(p, c->name))
                printf("complete -c psearch -n '__fish_seen_subcommand_from %s' -l %s%s -d '%s'\n",
                       c->name, p->name, p->arg ? " -r" : "", p->summary);
    }
}

int cmd_help(cli_options *o) {
    static const struct {
        const char *name;
        void (*print)(void);
    } forms[] = {
        {"man", print_man}, {"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    if (o->n_args == 0) {
        print_overview();
        return CLI_OK;
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(o->args[0], forms[i].name) != 0) continue;
        forms[i].print();
        return CLI_OK;
    }
    if (strcmp(o->args[0], "version") == 0) {
        printf("psearch %s\n", prism_version());
        return CLI_OK;
    }
    const cli_command *c = cli_find_command(o->args[0]);
    if (c == NULL) return cli_usage("help: %s: no such command", o->args[0]);
    if (!is_built(c)) return cli_usage("%s: not in this version", c->name);
    print_command(c);
    return CLI_OK;
}
