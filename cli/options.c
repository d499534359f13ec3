/* options.c - what may stand on the command line, and what does it mean?
 *
 * One table (cli_option_table) drives parsing here, and help, man page and completions in help.c,
 * so that they cannot disagree.  An option whose summary is NULL is in the contract but not built
 * yet: it exits 2 with "not in this version".
 *
 *   psearch [-i INDEX] COMMAND [OPTIONS] [ARGS]
 *
 * Commands that take a text (search, analyze, parse) end their options at the first plain
 * argument, so that `psearch search apple -pear` needs no quoting; all others may mix.
 * Tested by: tests/cli/usage.sh */
#include "cli.h"
#include "units.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOADS "put add"
#define READS "search get terms info run bench parse analyze backup export schema"
#define ANSWERS "search get terms info check parse analyze"

const cli_option cli_option_table[] = {
    {"index", 'i', "PATH", "*",
     "the index directory (else $PSEARCH_INDEX, else the nearest .psearch upwards)"},
    {"help", 'h', NULL, "*", "short help"},
    {"format", 0, "human|json|jsonl|ids", "*", "form of the results"},
    {"format-version", 0, "1", "*", "version of the JSON forms"},
    {"fields", 0, "A,B", "search get export", "stored fields to show"},
    {"color", 0, "auto|always|never", "*", "colours in human output"},
    {"progress", 0, "auto|plain|json|never", "*",
     "how to show progress on standard error (a bar on a terminal only)"},
    {"io", 0, "mmap|pread", READS,
     "map files, or read them: for files that are not trusted or on a network"},
    {"commits-back", 0, "N", READS,
     "read an older commit: pass over the N newest, take the next that is whole"},
    {"input", 0, "auto|ndjson|text|markdown", LOADS, "kind of the input files"},
    {"threads", 0, "N", LOADS " search run bench",
     "loads: build with so many, and merge in one more; searches: that one may use where it is "
     "worth "
     "them (1)"},
    {"memory", 0, "SIZE", LOADS " reindex", "memory budget of the build (256M)"},
    {"commit-every", 0, "N", LOADS, "commit after every N documents"},
    {"on-error", 0, "stop|skip", LOADS, "stop at a bad record (default) or skip and count it"},
    {"rejects", 0, "FILE", LOADS, "write skipped records to FILE"},
    {"strict-schema", 0, NULL, LOADS, "reject documents with names that the schema does not know"},
    {"load", 0, NULL, LOADS, "bulk load: merge once, at the end"},
    {"dry-run", 0, NULL, "rm check", "tell what would be done, and do nothing"},
    {"query", 0, "Q", "rm", "delete the documents that match this query"},
    {"max-segments", 0, "N", "merge", "segments to leave (1)"},
    {"from", 0, "OTHER...", "merge", "other indexes to add, this and all that follow"},
    {"reorder", 0, "[ORDER]", LOADS " merge",
     "put the documents of merged segments in another order: bp (the default) is like beside like, "
     "for a smaller and faster index; FIELD or -FIELD is by a column"},
    {"n", 'n', "N", "search", "number of hits (10)"},
    {"offset", 0, "N", "search", "hits to skip first"},
    {"offsets", 0, "byte|char|utf16", "search", "unit of the highlight spans"},
    {"highlight", 0, NULL, "search",
     "show the whole field with its matches instead of the best part"},
    {"strict", 0, NULL, "search parse rm", "query errors end the command with exit code 2"},
    {"count", 0, NULL, "search", "print the number of matching documents only"},
    {"timeout", 0, "TIME", "search", "stop after this time with what was found (exit code 6)"},
    {"default-operator", 0, "or|and", "search parse bench rm",
     "how words without an operator combine"},
    {"fields-searched", 0, "F^W,G", "search parse run bench rm",
     "fields and weights of words without a field"},
    {"vocabulary", 0, "FILE", "search parse run bench",
     "stop words, words and synonyms of your own; see psearch-query(7)"},
    {"exhaustive", 0, NULL, "search bench run", "no pruning"},
    {"after", 0, "TOKEN", "search", "the page behind the one that gave this token (its \"next\")"},
    {"sort", 0, "F:desc,G", "search bench",
     "order by fields with columns, _score or _arrival, each with :asc or :desc"},
    {"filter", 0, "Q", "search bench",
     "only documents that match this query, too; it does not rank"},
    {"facet", 0, "F:N", "search", NULL},
    {"collapse", 0, "F", "search", NULL},
    {"explain", 0, NULL, "search", NULL},
    {"queries", 0, "FILE", "run bench", "file with the queries"},
    {"k", 'k', "N", "run", "hits a query (1000)"},
    {"tag", 0, "NAME", "run", "name of the run (psearch)"},
    {"mode", 0, "top10|top100|top1000|count|top10+count", "bench",
     "what is asked of each query (top10)"},
    {"repeat", 0, "N", "bench", "timed repeats of each query (10)"},
    {"warmup", 0, "N", "bench", "untimed repeats first (3)"},
    {"json", 0, NULL, "bench info", "the same as --format=json"},
    {"cpu", 0, "scalar|sse42|avx2|avx512", "bench", "kernels to use (the best of this CPU)"},
    {"checksums", 0, "lazy|eager|off", "bench", "when stored bytes are verified"},
    {"field", 0, "F", "terms analyze", "the field"},
    {"prefix", 0, "P", "terms", "only terms that begin so"},
    {"top", 0, "N", "terms", "the N terms with the highest df"},
    {"quick", 0, NULL, "check", "metadata of every file"},
    {"deep", 0, NULL, "check", "also analyze the stored documents again and compare"},
    {"repair", 0, NULL, "check", "leave damaged segments out of a new commit"},
    {"salvage", 0, NULL, "check", "make the newest whole commit the newest again"},
    {"rescue", 0, "FILE", "check", "keep the readable texts of lost documents in a new file"},
    {"copy", 0, NULL, "backup restore", "copy all files, link none"},
    {"base", 0, "DIR", "backup restore",
     "an earlier backup beside the new one, to link the files from that both have"},
    {"schema", 0, "FILE", "init reindex", "the schema, as JSON (init: instead of the default one)"},
    {"infer", 0, "FILE", "init",
     "print the schema that an NDJSON, CSV or TSV file asks for, and make nothing"},
    {"key", 0, "FIELD", "init", "the field that names a document (id)"},
    {"many", 0, NULL, "schema", "add-field: a document may have several values"},
    {"column", 0, NULL, "schema", "add-field: a keyword's values at hand, to sort and filter by"},
    {"stored", 0, "yes|no", "schema", "add-field: kept in the stored document"},
    {"indexed", 0, "yes|no", "schema", "add-field: searchable (text and keyword)"},
    {"positions", 0, "yes|no", "schema", "add-field: phrases work (text)"},
    {"lengths", 0, "yes|no", "schema", "add-field: ranking knows lengths (text)"},
    {"boost", 0, "N", "schema", "add-field: weight in ranking, 0 to 100 (text; 1)"},
    {"analyzer", 0, "NAME", "schema", "add-field: mixed-v1, keyword or whitespace"},
    {"analyzer-options", 0, "JSON", "schema", "add-field: options of the analyzer"},
    {"output", 'o', "FILE", "export", "write to FILE, which gets its name when it is whole"},
    {"to", 0, "DIR", "reindex", "build a new index there, and leave this one as it is"},
    {"drop-unstored", 0, NULL, "reindex",
     "go on though fields that are not stored lose their values"},
    {NULL, 0, NULL, NULL, NULL},
};

static bool word_in(const char *word, size_t len, const char *list, char separator) {
    while (*list) {
        const char *end = strchr(list, separator);
        size_t n = end ? (size_t)(end - list) : strlen(list);
        if (n == len && memcmp(list, word, len) == 0) return true;
        if (end == NULL) return false;
        list = end + 1;
    }
    return false;
}

bool cli_option_applies(const cli_option *option, const char *command) {
    return strcmp(option->commands, "*") == 0 ||
           word_in(command, strlen(command), option->commands, ' ');
}

/* NO_COLOR counts when it is set to something (no-color.org). */
static bool want_color(void) {
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == 0) && terminal &&
           strcmp(terminal, "dumb") != 0;
}

static void set_defaults(cli_options *o) {
    memset(o, 0, sizeof *o);
    o->tag = "psearch";
    o->mode = "top10";
    o->memory = UINT64_C(256) << 20;
    o->max_segments = 1;
    o->threads = 1;
    o->n = 10;
    o->k = 1000;
    o->repeat = 10;
    o->warmup = 3;
    o->color = want_color();
}

static int position(const char *value, const char *list) {
    int i = 0;
    for (const char *p = list; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL, i++) {
        size_t n = strcspn(p, "|");
        if (strlen(value) == n && memcmp(p, value, n) == 0) return i;
    }
    return -1;
}

static bool is_choice(const cli_option *option) {
    return option->arg && (strchr(option->arg, '|') || strcmp(option->name, "format-version") == 0);
}

/* Options with a fixed set of values: `choice` is the place in the list of the table. */
static void set_choice(cli_options *o, const char *name, int choice, const char *value) {
    if (strcmp(name, "format") == 0)
        o->format = (cli_format)choice;
    else if (strcmp(name, "color") == 0)
        o->color = choice == 0 ? want_color() : choice == 1;
    else if (strcmp(name, "progress") == 0)
        o->progress = (cli_progress_mode)choice;
    else if (strcmp(name, "input") == 0)
        o->input = (cli_input)choice;
    else if (strcmp(name, "on-error") == 0)
        o->skip_errors = choice == 1;
    else if (strcmp(name, "stored") == 0)
        o->stored = choice == 0 ? YES : NO;
    else if (strcmp(name, "indexed") == 0)
        o->indexed = choice == 0 ? YES : NO;
    else if (strcmp(name, "positions") == 0)
        o->positions = choice == 0 ? YES : NO;
    else if (strcmp(name, "lengths") == 0)
        o->lengths = choice == 0 ? YES : NO;
    else if (strcmp(name, "offsets") == 0)
        o->offsets = (cli_offsets)choice;
    else if (strcmp(name, "default-operator") == 0)
        o->and_operator = choice == 1;
    else if (strcmp(name, "checksums") == 0)
        o->checksums = (prism_checksums)choice;
    else if (strcmp(name, "io") == 0)
        o->pread = choice == 1;
    else if (strcmp(name, "mode") == 0)
        o->mode = value;
    else if (strcmp(name, "cpu") == 0)
        o->cpu = value;
}

static void set_switch(cli_options *o, const char *name) {
    if (strcmp(name, "help") == 0)
        o->help = true;
    else if (strcmp(name, "strict-schema") == 0)
        o->strict_schema = true;
    else if (strcmp(name, "load") == 0)
        o->load = true;
    else if (strcmp(name, "dry-run") == 0)
        o->dry_run = true;
    else if (strcmp(name, "highlight") == 0)
        o->highlight = true;
    else if (strcmp(name, "strict") == 0)
        o->strict = true;
    else if (strcmp(name, "count") == 0)
        o->count = true;
    else if (strcmp(name, "exhaustive") == 0)
        o->exhaustive = true;
    else if (strcmp(name, "json") == 0)
        o->format = FORMAT_JSON;
    else if (strcmp(name, "many") == 0)
        o->many = true;
    else if (strcmp(name, "column") == 0)
        o->column = true;
    else if (strcmp(name, "drop-unstored") == 0)
        o->drop_unstored = true;
    else if (strcmp(name, "quick") == 0)
        o->check = CHECK_QUICK;
    else if (strcmp(name, "repair") == 0)
        o->check = CHECK_REPAIR;
    else if (strcmp(name, "salvage") == 0)
        o->check = CHECK_SALVAGE;
    else if (strcmp(name, "copy") == 0)
        o->copy = true;
    else if (strcmp(name, "deep") == 0)
        o->check = CHECK_DEEP;
}

static const char **text_place(cli_options *o, const char *name) {
    static const struct {
        const char *name;
        size_t offset;
    } places[] = {
        {"index", offsetof(cli_options, index)},
        {"fields", offsetof(cli_options, fields)},
        {"rejects", offsetof(cli_options, rejects)},
        {"queries", offsetof(cli_options, queries)},
        {"tag", offsetof(cli_options, tag)},
        {"field", offsetof(cli_options, field)},
        {"prefix", offsetof(cli_options, prefix)},
        {"after", offsetof(cli_options, after)},
        {"sort", offsetof(cli_options, sort)},
        {"filter", offsetof(cli_options, filter)},
        {"reorder", offsetof(cli_options, reorder)},
        {"fields-searched", offsetof(cli_options, fields_searched)},
        {"vocabulary", offsetof(cli_options, vocabulary)},
        {"query", offsetof(cli_options, query)},
        {"base", offsetof(cli_options, base)},
        {"rescue", offsetof(cli_options, rescue)},
        {"schema", offsetof(cli_options, schema)},
        {"infer", offsetof(cli_options, infer)},
        {"key", offsetof(cli_options, key)},
        {"output", offsetof(cli_options, output)},
        {"to", offsetof(cli_options, to)},
        {"analyzer", offsetof(cli_options, analyzer)},
        {"analyzer-options", offsetof(cli_options, analyzer_options)},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp(name, places[i].name) == 0) return (const char **)((char *)o + places[i].offset);
    return NULL;
}

static uint64_t *number_place(cli_options *o, const char *name) {
    static const struct {
        const char *name;
        size_t offset;
    } places[] = {
        {"threads", offsetof(cli_options, threads)},
        {"commit-every", offsetof(cli_options, commit_every)},
        {"n", offsetof(cli_options, n)},
        {"max-segments", offsetof(cli_options, max_segments)},
        {"offset", offsetof(cli_options, offset)},
        {"k", offsetof(cli_options, k)},
        {"top", offsetof(cli_options, top)},
        {"repeat", offsetof(cli_options, repeat)},
        {"warmup", offsetof(cli_options, warmup)},
        {"memory", offsetof(cli_options, memory)},
        {"commits-back", offsetof(cli_options, commits_back)},
        {"timeout", offsetof(cli_options, timeout_us)},
        {"boost", offsetof(cli_options, boost_value)},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp(name, places[i].name) == 0) return (uint64_t *)((char *)o + places[i].offset);
    return NULL;
}

static bool parse_value(const char *name, const char *value, uint64_t *out) {
    if (strcmp(name, "memory") == 0) return units_size(value, out);
    if (strcmp(name, "timeout") == 0) return units_time_us(value, out);
    return units_number(value, out);
}

static int set_option(cli_options *o, const cli_option *option, const char *value) {
    const char *name = option->name;
    if (option->arg == NULL) {
        set_switch(o, name);
        return CLI_OK;
    }
    if (is_choice(option)) {
        int choice = position(value, option->arg);
        if (choice < 0 && strcmp(name, "format") == 0 && position(value, "csv|tsv") >= 0)
            return cli_usage("--format=%s: not in this version", value);
        if (choice < 0 && strcmp(name, "input") == 0 && position(value, "csv|tsv|html|trec") >= 0)
            return cli_usage("--input=%s: not in this version", value);
        if (choice < 0) return cli_usage("--%s: '%s' is none of %s", name, value, option->arg);
        set_choice(o, name, choice, value);
        return CLI_OK;
    }
    if (strcmp(name, "from") == 0) { /* the first of the arguments */
        o->from = true;
        o->args[o->n_args++] = (char *)(uintptr_t)value;
        return CLI_OK;
    }
    const char **text = text_place(o, name);
    if (text) {
        *text = value;
        return CLI_OK;
    }
    uint64_t *number = number_place(o, name);
    o->boost |= strcmp(name, "boost") == 0;
    if (!parse_value(name, value, number))
        return cli_usage("--%s: '%s' is not a %s", name, value,
                         strcmp(name, "memory") == 0    ? "size such as 512M"
                         : strcmp(name, "timeout") == 0 ? "time such as 30s"
                                                        : "number");
    return CLI_OK;
}

static const cli_option *find_option(const char *name, size_t len, char letter) {
    for (const cli_option *p = cli_option_table; p->name; p++)
        if (letter ? p->letter == letter
                   : strlen(p->name) == len && memcmp(p->name, name, len) == 0)
            return p;
    return NULL;
}

static int no_such_option(const char *arg, const cli_command *command) {
    if (command == NULL) return cli_usage("%s: no such option (see psearch help)", arg);
    if (command->text_args)
        return cli_usage("%s: no such option of %s (see psearch help %s); a text that begins with "
                         "'-' stands after --",
                         arg, command->name, command->name);
    return cli_usage("%s: no such option of %s (see psearch help %s)", arg, command->name,
                     command->name);
}

/* Consume the option at argv[*i] (and its value).  `command` NULL: not yet known, only global
 * ones. */
static int take_option(int argc, char **argv, int *i, const cli_command *command, cli_options *o) {
    const char *arg = argv[*i], *value = NULL;
    const cli_option *option;
    if (arg[1] == '-') {
        const char *equals = strchr(arg, '=');
        size_t len = equals ? (size_t)(equals - arg - 2) : strlen(arg + 2);
        option = find_option(arg + 2, len, 0);
        value = equals ? equals + 1 : NULL;
    } else {
        option = find_option(NULL, 0, arg[1]);
        if (arg[2]) value = arg + 2;
    }
    const char *name = command ? command->name : "";
    if (option == NULL || (command && !cli_option_applies(option, name)) ||
        (!command && strcmp(option->commands, "*") != 0))
        return no_such_option(arg, command);
    if (option->summary == NULL) return cli_usage("--%s: not in this version", option->name);
    if (option->arg == NULL && value) return cli_usage("--%s takes no value", option->name);
    if (value == NULL && cli_option_is_bare(option)) value = "bp"; /* --reorder, the only one */
    if (option->arg && value == NULL) {
        if (*i + 1 >= argc) return cli_usage("%s needs a value (%s)", arg, option->arg);
        value = argv[++*i];
    }
    return set_option(o, option, value);
}

static int check_values(const cli_options *o) {
    if (o->threads == 0) return cli_usage("--threads must be at least 1");
    if (o->threads > 256) return cli_usage("--threads must be at most 256");
    if (o->memory < (16u << 20)) return cli_usage("--memory must be at least 16M");
    if (o->n > PRISM_MAX_K || o->offset > PRISM_MAX_K - o->n || o->k > PRISM_MAX_K)
        return cli_usage("at most %u hits can be asked for, skipped ones included", PRISM_MAX_K);
    if (o->commits_back > 1000) return cli_usage("--commits-back: at most 1000 commits are kept");
    return CLI_OK;
}

/* What is meant as an option is easily typed behind the text. */
static void note_late_option(const char *arg, const cli_command *command) {
    if (arg[0] != '-' || arg[1] != '-') return;
    const cli_option *option = find_option(arg + 2, strcspn(arg + 2, "="), 0);
    if (option == NULL || !cli_option_applies(option, command->name)) return;
    cli_message("note: %s is taken as text: options of %s stand before the text", arg,
                command->name);
}

int cli_parse(int argc, char **argv, const cli_command **command, cli_options *o) {
    set_defaults(o);
    *command = NULL;
    o->args = argv; /* compacted in place: never ahead of the place being read */
    bool options_end = false, in_text = false;
    for (int i = 1; i < argc; i++) {
        char *arg = argv[i];
        if (!options_end && strcmp(arg, "--") == 0) {
            options_end = true;
        } else if (!options_end && strcmp(arg, "--version") == 0 && *command == NULL) {
            *command = cli_find_command("help");
            static char version[] = "version";
            o->args[o->n_args++] = version;
        } else if (!options_end && arg[0] == '-' && arg[1] != 0) {
            int code = take_option(argc, argv, &i, *command, o);
            if (code != CLI_OK) return code;
        } else if (*command == NULL) {
            *command = cli_find_command(arg);
            if (*command == NULL) return cli_usage("%s: no such command (see psearch help)", arg);
        } else {
            if (in_text) note_late_option(arg, *command);
            o->args[o->n_args++] = arg;
            in_text |= (*command)->text_args && !options_end;
            options_end |= (*command)->text_args;
        }
    }
    if (*command == NULL) {
        if (!o->help) return cli_usage("a command is needed (see psearch help)");
        *command = cli_find_command("help");
    }
    return check_values(o);
}
