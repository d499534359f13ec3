/* main.c - which command is asked for?
 *
 * The table of commands, with what help and the manual say about each.  A command of the contract
 * that is not built yet stands in it without a function, and answers "not in this version" whatever
 * follows it.  Before anything is opened the standard files are made sure of, and SIGPIPE ends us
 * quietly.
 * Tested by: tests/cli/usage.sh, tests/cli/help.sh, tests/cli/exits.sh */
#include "help.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

const cli_command cli_commands[] = {
    {"put", "[OPTIONS] FILE... DIR... -", "index documents, replacing those with the same key",
     "Creates the index with the default schema where there is none. Reads NDJSON, plain text and "
     "Markdown, also as .gz and .zst; a directory is walked, hidden names left out; - is standard "
     "input. A Markdown file's front matter (key: value lines between ---) fills the fields of "
     "that name, else its first heading is the title; a text file's first line is its title. The "
     "id of a file is its path as typed, unless its front matter gives one. "
     "Under --on-error=stop, the default, a rejected record ends the command with exit code 7 and "
     "nothing since the last commit is kept.",
     "psearch put -i news articles/\npsearch put -i news --memory=512M --load dump.ndjson.zst\n"
     "some-program | psearch put -i news --on-error=skip --rejects=bad.ndjson -",
     cmd_put, false},
    {"add", "[OPTIONS] FILE... DIR... -",
     "as put, without looking for old versions (append-only loads)",
     "For keys that are new. One that is not then stands for several documents, until a put of it "
     "or a merge; check counts them.",
     "psearch add -i news --load dump.ndjson.zst", cmd_add, false},
    {"rm", "[OPTIONS] KEY... | - | --query Q", "delete documents, by key or by query",
     "With - the keys are read from standard input, one a line. With --query all documents that "
     "match are deleted, however many; what the query cannot mean is left out of it with a note, "
     "as in a search: --dry-run tells how many it would be, and --strict takes no such query.",
     "psearch rm -i news articles/old.md\npsearch rm -i news --query 'source:rumours +2019' "
     "--dry-run",
     cmd_rm, false},
    {"merge", "[--max-segments N] [--reorder] [--from OTHER...]",
     "merge segments, and take other indexes in",
     "Deleted documents stop taking room when all is merged into one segment. With --from, whole "
     "other indexes are added without reading their texts again: their documents replace those of "
     "the same key, in the order of the indexes. Each field there must be here, with the same "
     "type, flags and analyzer. With --reorder, a segment of what is merged has its documents in "
     "another order, one that makes it smaller and searches faster; no answer changes, since equal "
     "scores stand as they were put. One segment alone is written anew in that order. All in one "
     "commit: Ctrl-C leaves the index as it was.",
     "psearch merge -i news\npsearch merge -i news --reorder\npsearch merge -i news --max-segments "
     "4 --from shard-1 shard-2",
     cmd_merge, false},
    {"search", "[OPTIONS] QUERY...", "find the best documents for a query",
     "Options stand before the query; after -- nothing is an option. The query language is in "
     "psearch-query(7). With --sort, documents without a value come last, and equal ones in the "
     "order in which they were put. --after gives the page behind another, however deep, under the "
     "same query and order: its token is \"next\" in JSON.",
     "psearch search -i news custom silicon Nvidia\npsearch search -i news '\"right of first "
     "refusal\"'\n"
     "psearch search -i news --sort date:desc --filter 'date:[2025 TO *]' chips\n"
     "psearch search -i news --sort date:desc --filter 'lang:zh*' 數據中心\n"
     "psearch search -i news --format=json -n 3 數據中心",
     cmd_search, true},
    {"get", "[OPTIONS] KEY...", "fetch stored documents by key, as JSON lines", "",
     "psearch get -i news articles/a.md", cmd_get, false},
    {"info", "[OPTIONS]", "documents, segments, bytes of an index", "",
     "psearch info -i news --json", cmd_info, false},
    {"check", "[--quick|--deep|--repair|--salvage] [OPTIONS]", "verify an index",
     "Findings go to standard output; exit code 4 if there are any, mended or not. Notes, of files "
     "that no commit needs or of keys that add has put twice, are no findings. "
     "--repair publishes a new commit without the segments that are damaged and prints the keys "
     "that are lost with them. --salvage, for a newest commit that cannot be read at all, makes "
     "the newest one that is whole the newest again. Neither overwrites or removes anything: the "
     "damaged commit stays beside the new one, and can be read with --commits-back, until put, "
     "add or rm have made two more. --rescue keeps the texts that could be read, for psearch put; "
     "--dry-run only tells.",
     "psearch check -i news --deep\n"
     "psearch check -i news --repair --rescue=lost.ndjson; psearch put -i news lost.ndjson",
     cmd_check, false},
    {"analyze", "[OPTIONS] [TEXT...]", "the tokens of a text, as JSON lines",
     "Offsets are bytes of the input.", "psearch analyze '達267%。'", cmd_analyze, true},
    {"parse", "[OPTIONS] QUERY...", "the tree of a query as JSON, with the parser's notes", "",
     "psearch parse '+gpt-4 -\"dark pattern\"'", cmd_parse, true},
    {"terms", "--field F [OPTIONS]", "the dictionary of a field", "",
     "psearch terms -i news --field body --top 20", cmd_terms, false},
    {"run", "--queries FILE [OPTIONS]", "a TREC run over a file of queries (TSV: id, tab, text)",
     "The text is plain words: no character in it is an operator.",
     "psearch run -i news --queries q.tsv -k 100 > news.run", cmd_run, false},
    {"bench", "--queries FILE [OPTIONS]",
     "time queries: microseconds and queries a second, by class",
     "A query a line; also .jsonl with query and tags, and luceneutil .tasks. A class is a tag, "
     "else the shape of the query. A query has the percentiles of its repeats, a class those of "
     "the p50 of its queries. Forms that are not built yet are skipped and counted.",
     "psearch bench -i news --queries q.txt --json", cmd_bench, false},
    {"init", "[--schema FILE | --infer FILE] [--key FIELD]", "create an empty index",
     "Without --schema it has the default schema, as put makes it. A schema file holds a key and "
     "fields as JSON, or what schema show --format=json printed. --infer makes nothing: it prints "
     "the schema that a file asks for, to be looked over and given to --schema. An index that is "
     "there is left alone (exit code 3). Where neither -i nor PSEARCH_INDEX is given, the index is "
     ".psearch in this directory.",
     "psearch init -i news\npsearch init --infer articles.ndjson > schema.json\n"
     "psearch init -i news --schema schema.json --key url",
     cmd_init, false},
    {"schema", "[show | add-field NAME TYPE | set FILE] [OPTIONS]",
     "show the fields of an index, or change them",
     "show prints a table, with --format=json the schema as init reads it. add-field adds a field "
     "behind the others; TYPE is text, keyword, i64, f64, bool or date, or the field is one JSON "
     "object. Documents that are there have no value of it, until they are put again or the index "
     "is reindexed. set takes a whole schema: fields may be added, boosts may change, stored may "
     "become false, many may become true. Any other change is refused with its reason, and needs "
     "reindex.",
     "psearch schema -i news\npsearch schema -i news add-field price f64\n"
     "psearch schema -i news add-field topics keyword --many --column\n"
     "psearch schema -i news add-field '{\"name\":\"summary\",\"type\":\"text\",\"boost\":2}'",
     cmd_schema, false},
    {"export", "[-o FILE] [--fields A,B]", "the stored documents, a line of JSON each",
     "In the order in which they were put, without deleted ones. put reads it back: an index of "
     "the same schema made from it answers alike. With --format=ids the keys.",
     "psearch export -i news > news.ndjson\npsearch export -i news -o news.ndjson\n"
     "psearch export -i news | psearch put -i copy -",
     cmd_export, false},
    {"reindex", "[--schema FILE] [--to DIR] [--drop-unstored]",
     "build an index anew from its stored documents",
     "Under another schema, or under the same one when its text was cut by other rules. Readers "
     "see the old index until the new one is committed; it needs room for both. Values of fields "
     "that are not stored are nowhere else, so they are not given up without --drop-unstored.",
     "psearch reindex -i news\npsearch reindex -i news --schema schema.json\n"
     "psearch reindex -i news --schema schema.json --to news2",
     cmd_reindex, false},
    {"upgrade", "[OPTIONS]", "rewrite segments of older formats",
     "Format 1.0 is the first, so there is nothing to do for this version's own indexes. Older "
     "versions of psearch cannot read what a newer one has written.",
     "psearch upgrade -i news", cmd_upgrade, false},
    {"backup", "[OPTIONS] DIR", "copy the newest commit, also while the index is written to",
     "DIR is made and then is an index like any other; one that stands there is never touched. "
     "Files are linked where the file system can, for they never change; --copy makes a copy that "
     "shares nothing, for another disk. Every byte is proved against its checksum in DIR, and the "
     "commit comes last: an unfinished backup is no index. Damage that is met ends it with exit "
     "code 4 and the file's name, and DIR is removed again.",
     "psearch backup -i news /backup/news-monday\n"
     "psearch backup -i news --base=/backup/news-monday /backup/news-tuesday",
     cmd_backup, false},
    {"restore", "[-i INDEX] BACKUP", "make an index from a backup",
     "INDEX is made (./.psearch where none is named) and must not be there: move a broken one away "
     "first.",
     "mv news news.broken && psearch restore -i news /backup/news-monday", cmd_restore, false},
    {"help", "[COMMAND]", "help", "", "psearch help search", cmd_help, false},
    {"similar", "", "documents like one", "", "", NULL, false},
    {"complete", "", "completions of a beginning", "", "", NULL, false},
    {"spell", "", "did you mean", "", "", NULL, false},
    {"serve", "", "HTTP server and search page", "", "", NULL, false},
    {"shell", "", "interactive prompt", "", "", NULL, true},
    {NULL, NULL, NULL, NULL, NULL, NULL, false},
};

const cli_command *cli_find_command(const char *name) {
    for (const cli_command *c = cli_commands; c->name; c++)
        if (strcmp(c->name, name) == 0) return c;
    return NULL;
}

/* A command that is not built yet says so whatever options follow it. */
static const cli_command *unbuilt(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-i") == 0 || strcmp(argv[i], "--index") == 0)
            i++;
        else if (argv[i][0] != '-') {
            const cli_command *c = cli_find_command(argv[i]);
            return c && c->run == NULL ? c : NULL;
        }
    }
    return NULL;
}

/* A standard file that the caller closed must not become the number of a file of the index: what we
 * print would be written into it.  The stand-ins refuse what nobody should do: reading from 0,
 * writing to 1. */
static bool fill_standard_files(void) {
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd) return false;
    return true;
}

int main(int argc, char **argv) {
    /* One write for a page of help or hits: fewer calls, and what the system says of it is told. */
    static char buffer[1 << 16];
    if (!isatty(STDOUT_FILENO)) (void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    if (!fill_standard_files()) return CLI_SYSTEM;
    /* A reader that goes away ends us quietly, even below a parent that ignores the signal. */
    signal(SIGPIPE, SIG_DFL);
    const cli_command *command = unbuilt(argc, argv);
    cli_options options;
    if (command) return cli_usage("%s: not in this version", command->name);
    int code = cli_parse(argc, argv, &command, &options);
    if (code != CLI_OK) return code;
    if (options.help && command->run != cmd_help) {
        help_short(command);
        return cli_finish(CLI_OK);
    }
    code = command->run(&options);
    prism_vocabulary_unref(options.words);
    return cli_finish(code);
}
