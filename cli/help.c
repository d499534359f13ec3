/* help.c - help and the manual page, from the tables of options.c and main.c.
 *
 *   psearch help                  the commands
 *   psearch COMMAND --help        one command in short
 *   psearch help COMMAND          one command, whole
 *   psearch help man              psearch(1) in mdoc
 *   psearch help bash|zsh|fish    completions (complete.c)
 *
 * The build runs the last two, so that what is installed cannot disagree with what is parsed.
 * Tested by: tests/cli/usage.sh, tests/cli/help.sh */
#include "help.h"

#include <string.h>

enum { HELP_WIDTH = 80, OPTION_COLUMN = 36 };

bool help_is_built(const cli_command *c) {
    return c->run != NULL;
}

bool help_is_common(const cli_option *option) {
    return strcmp(option->commands, "*") == 0;
}

/* ---- text on a terminal --------------------------------------------------------------------- */

/* Words from `column` on, following lines indented; ends the line. */
static void print_wrapped(const char *text, size_t column, size_t indent) {
    size_t start = column;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (column > start && column + 1 + n > HELP_WIDTH) {
            printf("\n%*s", (int)indent, "");
            column = start = indent;
        }
        if (column > start) column += (size_t)printf(" ");
        column += (size_t)printf("%.*s", (int)n, text);
        text += n;
        text += strspn(text, " ");
    }
    putchar('\n');
}

/* --name=VALUE, --name[=VALUE], --name */
static const char *before_value(const cli_option *p) {
    return cli_option_is_bare(p) ? "[=" : p->arg ? "=" : "";
}

static const char *value_of(const cli_option *p) {
    return p->arg ? p->arg + cli_option_is_bare(p) : "";
}

static int format_option(const cli_option *p, char *out, size_t room) {
    char letter[8] = "    ";
    if (p->letter) snprintf(letter, sizeof letter, "-%c, ", p->letter);
    return snprintf(out, room, "  %s--%s%s%s", letter, p->name, before_value(p), value_of(p));
}

static void print_options(const char *command, bool common) {
    bool any = false;
    for (const cli_option *p = cli_option_table; p->name; p++) {
        char left[96];
        if (p->summary == NULL || help_is_common(p) != common || !cli_option_applies(p, command))
            continue;
        if (!any) puts(common ? "\ncommon options:" : "\noptions:");
        any = true;
        int n = format_option(p, left, sizeof left);
        fputs(left, stdout);
        if (n + 2 > OPTION_COLUMN) {
            putchar('\n');
            n = 0;
        }
        printf("%*s", OPTION_COLUMN - n, "");
        print_wrapped(p->summary, OPTION_COLUMN, OPTION_COLUMN);
    }
}

/* The names alone, on as few lines as they need. */
static void print_option_names(const char *command) {
    char line[2048];
    size_t n = 0;
    line[0] = 0;
    for (const cli_option *p = cli_option_table; p->name; p++) {
        if (p->summary == NULL || help_is_common(p) || !cli_option_applies(p, command)) continue;
        if (n >= sizeof line - 96) break;
        if (p->letter)
            n += (size_t)snprintf(line + n, sizeof line - n, "-%c%s%s", p->letter,
                                  p->arg ? " " : "", p->arg ? p->arg : "");
        else
            n += (size_t)snprintf(line + n, sizeof line - n, "--%s%s%s", p->name, before_value(p),
                                  value_of(p));
        line[n++] = ' ';
        line[n] = 0;
    }
    if (n == 0) return;
    puts("\noptions:");
    printf("  ");
    print_wrapped(line, 2, 2);
}

static void print_examples(const cli_command *c) {
    if (c->examples[0]) printf("\nexamples:\n");
    for (const char *line = c->examples; *line; line += strcspn(line, "\n"), line += *line == '\n')
        printf("  %.*s\n", (int)strcspn(line, "\n"), line);
}

static void print_overview(void) {
    puts("psearch - full-text search over English and Chinese articles\n");
    puts("usage: psearch [-i INDEX] COMMAND [OPTIONS] [ARGS]\n");
    for (const cli_command *c = cli_commands; c->name; c++)
        if (help_is_built(c)) printf("  %-10s %s\n", c->name, c->summary);
    puts("\nexamples:\n  psearch put -i news articles/\n  psearch search -i news custom silicon "
         "Nvidia\n"
         "  psearch search -i news 數據中心\n\npsearch help COMMAND tells more; the query language "
         "is in psearch-query(7).");
}

void help_short(const cli_command *c) {
    printf("usage: psearch %s %s\n\n", c->name, c->synopsis);
    print_wrapped(c->summary, 0, 0);
    print_option_names(c->name);
    print_examples(c);
    printf("\npsearch help %s tells more.\n", c->name);
}

static void print_command(const cli_command *c) {
    printf("usage: psearch %s %s\n\n", c->name, c->synopsis);
    print_wrapped(c->summary, 0, 0);
    if (c->details[0]) {
        putchar('\n');
        print_wrapped(c->details, 0, 0);
    }
    print_options(c->name, false);
    print_options(c->name, true);
    print_examples(c);
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

/* Running text: a sentence begins a line (for the spacing after it), lines of at most 72
 * columns. */
static void print_paragraph(const char *text) {
    char line[80];
    size_t n = 0;
    while (*text) {
        size_t len = strcspn(text, " ");
        bool sentence = len > 0 && text[len - 1] == '.';
        if (n > 0 && n + 1 + len > 72) {
            line[n] = 0;
            print_roff(line);
            putchar('\n');
            n = 0;
        }
        if (len > sizeof line - 2) len = sizeof line - 2;
        if (n > 0) line[n++] = ' ';
        memcpy(line + n, text, len);
        n += len;
        text += len;
        text += strspn(text, " ");
        if (sentence || *text == 0) {
            line[n] = 0;
            print_roff(line);
            putchar('\n');
            n = 0;
        }
    }
}

static void man_options(const char *command, bool common) {
    bool any = false;
    for (const cli_option *p = cli_option_table; p->name; p++) {
        if (p->summary == NULL || help_is_common(p) != common || !cli_option_applies(p, command))
            continue;
        if (!any) puts(".Bl -tag -width Ds");
        any = true;
        fputs(".It ", stdout);
        if (p->letter) printf("Fl %c , ", p->letter);
        printf("Fl \\-");
        print_roff(p->name);
        if (cli_option_is_bare(p))
            printf(" Ns Op = Ns Ar %.*s", (int)strlen(p->arg) - 2, p->arg + 1);
        else if (p->arg)
            printf(" Ns = Ns Ar %s", p->arg);
        putchar('\n');
        print_paragraph(p->summary);
    }
    if (any) puts(".El");
}

static void man_command(const cli_command *c) {
    printf(".Ss %s\n.Dl psearch %s ", c->name, c->name);
    print_roff(c->synopsis);
    printf("\n.Pp\n");
    print_paragraph(c->summary);
    if (c->details[0]) {
        puts(".Pp");
        print_paragraph(c->details);
    }
    man_options(c->name, false);
    if (c->examples[0]) {
        puts(".Bd -literal -offset indent");
        print_roff(c->examples);
        puts("\n.Ed");
    }
}

void help_man(void) {
    puts(".Dd November 30, 2026\n.Dt PSEARCH 1\n.Os\n.Sh NAME\n.Nm psearch\n"
         ".Nd full\\-text search over English and Chinese articles\n"
         ".Sh SYNOPSIS\n.Nm\n.Op Fl i Ar index\n.Ar command\n.Op Ar options\n.Op Ar arguments\n"
         ".Sh DESCRIPTION\n"
         "Standard output carries results only; messages, progress and timing go\n"
         "to standard error.\n"
         "Sizes and times take units (512M, 30s).\n"
         "Every JSON object that is an answer names its version\n.Pq Li v ,\n"
         "the index and its generation.\n"
         ".Sh OPTIONS OF ALL COMMANDS");
    man_options("", true);
    puts(".Sh COMMANDS");
    for (const cli_command *c = cli_commands; c->name; c++)
        if (help_is_built(c)) man_command(c);
    puts(".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev PSEARCH_INDEX\nthe index, where\n.Fl i\n"
         "is not given\n.It Ev NO_COLOR\nno colours unless asked for\n.El\n"
         ".Sh FILES\n.Bl -tag -width Ds\n.It Pa .psearch\n"
         "the index that is used in the directory it lies in and below\n.El\n"
         ".Sh EXIT STATUS\n.Bl -tag -width Ds\n.It 0\ndone, or found\n.It 1\nnothing found\n"
         ".It 2\nusage, or a query error in strict mode\n"
         ".It 3\nindex missing, unreadable or too new\n.It 4\ndamage found\n"
         ".It 5\nlocked by another writer\n.It 6\npartial answer: the time was up\n"
         ".It 7\ninput rejected: a record, or a file that is missing, unreadable or binary\n"
         ".It 8\nthe system refused: disk full, out of memory, I/O error\n"
         ".It 130\ninterrupted\n.El\n"
         ".Sh SEE ALSO\n.Xr libprismsearch 3 ,\n.Xr psearch\\-query 7");
}

int cmd_help(cli_options *o) {
    static const struct {
        const char *name;
        void (*print)(void);
    } forms[] = {{"man", help_man}, {"bash", help_bash}, {"zsh", help_zsh}, {"fish", help_fish}};
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
    if (c == NULL) return cli_usage("help: %s: no such command (see psearch help)", o->args[0]);
    if (!help_is_built(c)) return cli_usage("%s: not in this version", c->name);
    print_command(c);
    return CLI_OK;
}
