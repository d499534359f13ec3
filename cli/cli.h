/* cli.h - what the files of the program share: exit codes, parsed options, the command table. */
#ifndef PSEARCH_CLI_H
#define PSEARCH_CLI_H

#include <prismsearch.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Exit codes of the contract. */
enum {
    CLI_OK = 0,
    CLI_NOTHING = 1,
    CLI_USAGE = 2,
    CLI_INDEX = 3,
    CLI_DAMAGE = 4,
    CLI_LOCKED = 5,
    CLI_PARTIAL = 6,
    CLI_REJECTED = 7,
    CLI_SYSTEM = 8,
    CLI_INTERRUPTED = 130,
};

typedef enum { FORMAT_HUMAN, FORMAT_JSON, FORMAT_JSONL, FORMAT_IDS } cli_format;
typedef enum { PROGRESS_AUTO, PROGRESS_PLAIN, PROGRESS_JSON, PROGRESS_NEVER } cli_progress_mode;
typedef enum { INPUT_AUTO, INPUT_NDJSON, INPUT_TEXT, INPUT_MARKDOWN } cli_input;
typedef enum { OFFSETS_BYTE, OFFSETS_CHAR, OFFSETS_UTF16 } cli_offsets;
typedef enum { YES_NO_UNSET, YES, NO } cli_yes_no;
typedef enum { CHECK_NORMAL, CHECK_QUICK, CHECK_DEEP, CHECK_REPAIR, CHECK_SALVAGE } cli_check;

/* Everything the command line can say.  Defaults in options.c. */
typedef struct cli_options {
    const char *index, *fields, *queries, *tag, *field, *prefix, *rejects, *mode, *fields_searched;
    const char *after, *sort, *filter, *reorder;
    const char *query, *vocabulary, *base, *rescue;
    const char *schema, *infer, *key, *output, *to, *analyzer, *analyzer_options;
    prism_vocabulary *words; /* read from it by cli_read_words */
    cli_format format;
    cli_progress_mode progress;
    cli_input input;
    cli_offsets offsets;
    cli_check check;
    prism_checksums checksums;
    bool color, strict, strict_schema, load, skip_errors, dry_run, exhaustive, count, highlight,
        and_operator, copy, pread;
    bool help, drop_unstored, many, column, boost; /* boost: it is given */
    cli_yes_no stored, indexed, positions, lengths;
    uint64_t boost_value;
    bool from; /* merge: the arguments are other indexes */
    uint64_t max_segments;
    uint64_t memory, threads, commit_every, n, offset, k, top, repeat, warmup, timeout_us,
        commits_back;
    const char *cpu;
    char **args; /* what is left: files, keys, query words */
    int n_args;
} cli_options;

typedef struct cli_command {
    const char *name, *synopsis, *summary, *details, *examples;
    int (*run)(cli_options *options); /* NULL: not in this version */
    bool text_args;                   /* options end at the first plain argument */
} cli_command;

extern const cli_command cli_commands[];
const cli_command *cli_find_command(const char *name);

/* One option, the single source of parsing, help, man page and completions. */
typedef struct cli_option {
    const char *name;
    char letter; /* 0 = none */
    /* NULL = a switch; "a|b|c" = one of these; "[NAME]" = may do without; else name of a value */
    const char *arg;
    const char *commands; /* space-separated; "*" = all */
    const char *summary;  /* NULL: not in this version */
} cli_option;

extern const cli_option cli_option_table[];
/** May it stand without a value? */
static inline bool cli_option_is_bare(const cli_option *option) {
    return option->arg != NULL && option->arg[0] == '[';
}
bool cli_option_applies(const cli_option *option, const char *command);
/** Parse argv[1..] into options; *command is found first.  CLI_OK, or CLI_USAGE with a message
 *  printed. */
int cli_parse(int argc, char **argv, const cli_command **command, cli_options *options);

/* commands, one file each */
int cmd_put(cli_options *o);
int cmd_add(cli_options *o);
int cmd_rm(cli_options *o);
int cmd_merge(cli_options *o);
int cmd_search(cli_options *o);
int cmd_get(cli_options *o);
int cmd_analyze(cli_options *o);
int cmd_parse(cli_options *o);
int cmd_terms(cli_options *o);
int cmd_info(cli_options *o);
int cmd_check(cli_options *o);
int cmd_run(cli_options *o);
int cmd_bench(cli_options *o);
int cmd_init(cli_options *o);
int cmd_schema(cli_options *o);
int cmd_export(cli_options *o);
int cmd_reindex(cli_options *o);
int cmd_upgrade(cli_options *o);
int cmd_backup(cli_options *o);
int cmd_restore(cli_options *o);
int cmd_help(cli_options *o);

/* session.c: opening, messages, interrupts */
/** The index path by the contract: -i, PSEARCH_INDEX, the nearest .psearch upwards; NULL if none.
 *  Static buffer. */
const char *cli_index_path(const cli_options *o);
/** How a command that only reads opens an index: --io, --checksums, --commits-back. */
prism_index_opts cli_reading(const cli_options *o);
/** Open index and newest snapshot, or print why not and return the exit code. */
int cli_open(const cli_options *o, prism_index **index, prism_snapshot **snap);
/** Read --vocabulary, if it is given, for the fields of a schema, into o->words. */
int cli_read_words(cli_options *o, const prism_schema *schema);
/** "psearch: file:line:column: text" on standard error; returns the exit code for this status. */
int cli_fail(const prism_error *err);
/** The same with the file named by the caller, whose paths may be longer than an error holds. */
int cli_fail_in(const char *file, const prism_error *err);
/** Messages about files of an index name this directory from now on (borrowed). */
void cli_use(const char *path);
/** The same for an index that cannot be opened: names it, and whatever is there is exit code 3 or
 *  worse. */
int cli_fail_index(const char *path, prism_error *err);
/** The same where a writer was opened: an order that is none is the command line's fault. */
int cli_fail_writer(const char *path, const cli_options *o, prism_error *err);
/** Is there something in this directory, a lock file aside, or no directory but something else? */
bool cli_is_foreign(const char *path);
/** Is there an index, whole or not? */
bool cli_is_index(const char *path);
/** There is no index to be found: the message, and CLI_INDEX. */
int cli_no_index(void);
int cli_exit_code(prism_status status);
void cli_message(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int cli_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** Flush standard output; CLI_SYSTEM with a message if it could not be written, else `code`. */
int cli_finish(int code);
void cli_catch_interrupts(void);
extern volatile int cli_interrupted; /* set by SIGINT and SIGTERM */

/* The query words as one text (joined by spaces): free(). */
char *cli_join_args(const cli_options *o);

#endif
