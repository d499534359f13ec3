/* build.c - how fast, and into how few bytes, do we build an index of what the peers are given?
 *
 *   prism_build --version
 *   prism_build MODE CORPUS DIR MEMORY        see bench/peers/peer.h
 *   prism_build MODE:OTHER ...                not what the mode asks for: tokens:whitespace,
 *                                             native-stem:plain, zh:bi, stored:add
 *   prism_build query[:whitespace]|query-zh   with a column `n`, for bench/run-queries; as it may
 *   be found elsewhere: query:whitespace,ten   ten segments       ,deleted    a tenth deleted
 *                       ,shuffled              in a random order  ,reordered  like beside like
 *
 * Bulk load in one thread, one segment at the end, as any program outside would do it.  The tokens
 * of a .tok file are given to mixed-v1 without stemming, whose words they are already: that the
 * terms are the same is what bench/run checks before it believes a ratio.  Mode `stored` is
 * `psearch put --load` (stored:add: `add`) of the same build, run as a child. */
#include <prismsearch.h>
#include <sys/wait.h>

#include "../peer.h"

#define TEXT(name, options) "{\"name\":\"" name "\",\"type\":\"text\",\"stored\":false," options "}"
#define MIXED(more) "\"analyzer\":\"mixed-v1\",\"options\":{" more "}"
#define NUMBER ",{\"name\":\"n\",\"type\":\"i64\",\"stored\":false}"
#define OFF "\"stem\":\"off\""

typedef struct task {
    const char *mode, *corpus, *dir;
    const char *variant; /* what stands behind the comma, or "" */
    uint64_t step;       /* documents to a commit; 0 = one commit */
    size_t memory;
    peer_clock clock;
} task;

static const struct {
    const char *mode, *fields;
} schemas[] = {
    {"tokens", TEXT("body", MIXED(OFF))},
    {"tokens:whitespace", TEXT("body", "\"analyzer\":\"whitespace\"")},
    {"tokens-nopos", TEXT("body", "\"positions\":false," MIXED(OFF))},
    {"native", TEXT("title", MIXED(OFF)) "," TEXT("body", MIXED(OFF))},
    {"native-stem", TEXT("title", MIXED("")) "," TEXT("body", MIXED(""))},
    {"native-stem:plain", TEXT("title", MIXED(OFF)) "," TEXT("body", MIXED(OFF))},
    {"query", TEXT("body", MIXED(OFF)) NUMBER},
    {"query:whitespace", TEXT("body", "\"analyzer\":\"whitespace\"") NUMBER},
    {"query-zh", TEXT("body", MIXED("")) NUMBER},
    {"zh", TEXT("title", MIXED("")) "," TEXT("body", MIXED(""))},
    {"zh:bi", TEXT("title", MIXED("\"han\":\"bi\"")) "," TEXT("body", MIXED("\"han\":\"bi\""))},
};

static void check(prism_status status, const prism_error *err, const char *what) {
    if (status != PRISM_OK) peer_die(what, err->text);
}

static prism_schema *make_schema(const char *mode) {
    char json[1024];
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = NULL;
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        if (strcmp(schemas[i].mode, mode) != 0) continue;
        int n = snprintf(json, sizeof json, "{\"fields\":[%s]}", schemas[i].fields);
        check(prism_schema_from_json(json, (size_t)n, &schema, &err), &err, "schema");
        return schema;
    }
    peer_die(mode, "no such mode");
    return NULL;
}

/* To be searched by bench/run-queries: tokens, and a number for filters. */
static int is_query(const char *mode) {
    return strncmp(mode, "query", 5) == 0 && strcmp(mode, "query-zh") != 0;
}

/* 0 to 1023, as if by dice (number_of in bench/corpora). */
static uint32_t number_of(uint32_t line) {
    line = (line ^ line >> 16) * 0x7feb352du;
    line = (line ^ line >> 15) * 0x846ca68bu;
    return (line ^ line >> 16) >> 22;
}

static void add_number(prism_doc *doc, uint64_t line) {
    char text[8];
    prism_error err = PRISM_ERROR_INIT;
    int n = snprintf(text, sizeof text, "%u", number_of((uint32_t)line));
    check(prism_doc_add(doc, "n", text, (size_t)n, &err), &err, "number");
}

static void put_lines(task *t, prism_writer *writer, const prism_schema *schema, int is_json) {
    prism_error err = PRISM_ERROR_INIT;
    prism_doc *doc = NULL;
    peer_lines in;
    check(prism_doc_new(schema, &doc, &err), &err, "document");
    peer_lines_open(&in, t->corpus);
    while (peer_lines_next(&in)) {
        if (is_json) {
            check(prism_writer_put_json(writer, in.line, in.len, PRISM_PUT_APPEND, &err), &err,
                  t->corpus);
        } else {
            prism_doc_clear(doc);
            check(prism_doc_add(doc, "body", in.line, in.len, &err), &err, t->corpus);
            if (is_query(t->mode)) add_number(doc, t->clock.docs);
            check(prism_writer_put(writer, doc, PRISM_PUT_APPEND, &err), &err, t->corpus);
        }
        t->clock.docs++;
        if (t->step > 0 && t->clock.docs % t->step == 0) {
            check(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
        }
    }
    peer_lines_close(&in);
    prism_doc_free(doc);
}

static int is_variant(const task *t, const char *name) {
    return strcmp(t->variant, name) == 0;
}

static uint64_t lines_of(const char *path) {
    peer_lines in;
    uint64_t n = 0;
    peer_lines_open(&in, path);
    while (peer_lines_next(&in)) n++;
    peer_lines_close(&in);
    return n;
}

/* Those with n up to 102 are a tenth of all. */
static void delete_tenth(prism_writer *writer, const prism_schema *schema) {
    prism_error err = PRISM_ERROR_INIT;
    prism_query *query = NULL;
    check(prism_query_range(schema, "n", "0", 1, "102", 3, 0, &query, &err), &err, "range");
    check(prism_writer_delete_query(writer, query, NULL, &err), &err, "delete");
    check(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
    prism_query_unref(query);
}

/* The end that is asked for: one segment, but where ten are wanted. */
static void finish(task *t, prism_writer *writer, const prism_schema *schema) {
    prism_error err = PRISM_ERROR_INIT;
    if (!is_variant(t, "ten")) {
        check(prism_writer_merge(writer, 1, NULL, NULL, &err), &err, "merge");
    }
    if (is_variant(t, "deleted")) delete_tenth(writer, schema);
}

static void build(task *t) {
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema = make_schema(t->mode);
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    opts.memory = t->memory;
    opts.load = 1;
    opts.max_segments = PRISM_NO_MERGE;
    if (is_variant(t, "reordered")) opts.reorder = "bp";
    if (is_variant(t, "shuffled")) opts.reorder = "random:1";
    check(prism_index_create(t->dir, schema, NULL, &index, &err), &err, t->dir);
    check(prism_writer_open(index, &opts, &writer, &err), &err, t->dir);
    put_lines(t, writer, schema, !is_query(t->mode) && strncmp(t->mode, "tokens", 6) != 0);
    check(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
    peer_merge(&t->clock);
    finish(t, writer, schema);
    prism_writer_close(writer);
    prism_index_close(index);
    prism_schema_unref(schema);
}

/* psearch stands where it was built: PSEARCH, else the search path. */
static void put_with_psearch(task *t, const char *command) {
    char memory[32];
    const char *psearch = getenv("PSEARCH") != NULL ? getenv("PSEARCH") : "psearch";
    snprintf(memory, sizeof memory, "%zuM", t->memory >> 20);
    pid_t pid = fork();
    if (pid == 0) {
        if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) _exit(127);
        execlp(psearch, psearch, "-i", t->dir, command, "--load", "--input=ndjson", "--memory",
               memory, "--threads=1", "--progress=never", t->corpus, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        peer_die(psearch, "could not be run, or failed");
    }
}

static uint64_t member(const char *json, const char *name) {
    uint64_t sum = 0;
    char key[64];
    snprintf(key, sizeof key, "\"%s\":", name);
    for (const char *p = json; (p = strstr(p, key)) != NULL;) {
        p += strlen(key);
        sum += strtoull(p, NULL, 10);
    }
    return sum;
}

/* What psearch info says, and the same under the names that all engines share. */
static void print_sizes(const char *json) {
    const char *c = strstr(json, "\"components\":{");
    const char *end = c == NULL ? NULL : strchr(c, '}');
    if (end == NULL) peer_die("info", "no components");
    char parts[1024];
    snprintf(parts, sizeof parts, "%.*s", (int)(end - c), c);
    uint64_t stored =
        member(parts, "docs") + member(parts, "doc_index") + member(parts, "doc_dictionary");
    printf(",%.*s},\"parts\":{\"docs_freqs\":%llu,\"positions\":%llu,\"terms\":%llu,"
           "\"lengths\":%llu,\"stored\":%llu}",
           (int)(end - c), c, (unsigned long long)member(parts, "postings"),
           (unsigned long long)member(parts, "positions"),
           (unsigned long long)(member(parts, "terms") + member(parts, "terms_index")),
           (unsigned long long)(member(parts, "lengths") + member(parts, "spans")),
           (unsigned long long)stored);
}

/* Documents are counted here, so that those which psearch put are, too. */
static void print_index(task *t) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_snapshot *snap = NULL;
    char *json = NULL;
    check(prism_index_open(t->dir, NULL, &index, &err), &err, t->dir);
    check(prism_snapshot_open(index, &snap, &err), &err, t->dir);
    check(prism_snapshot_info(snap, &json, &err), &err, "info");
    t->clock.docs = prism_snapshot_documents(snap);
    const char *fields = strstr(json, "\"fields\":{"), *rest = strstr(json, "\"components\":{");
    if (fields == NULL || rest == NULL) peer_die("info", "no fields");
    peer_print(&t->clock);
    char *only = strndup(fields, (size_t)(rest - fields));
    if (only == NULL) peer_die("info", "out of memory");
    peer_counts(member(only, "terms"), member(only, "postings"), member(only, "tokens"));
    printf(",\"segments\":%u", prism_snapshot_segments(snap));
    print_sizes(json);
    puts("}");
    free(only);
    prism_free_text(json);
    prism_snapshot_unref(snap);
    prism_index_close(index);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("{\"version\":\"%s\",\"detail\":\"%s\"}\n", prism_version(), __VERSION__);
        return 0;
    }
    if (argc != 5) {
        fputs("usage: prism_build MODE CORPUS DIR MEMORY\n", stderr);
        return 2;
    }
    task t = {.mode = argv[1], .corpus = argv[2], .dir = argv[3]};
    t.memory = (size_t)strtoull(argv[4], NULL, 10);
    char *comma = strchr(argv[1], ',');
    t.variant = comma == NULL ? "" : comma + 1;
    if (comma != NULL) *comma = '\0';
    if (comma != NULL && !is_variant(&t, "deleted")) t.step = lines_of(t.corpus) / 10 + 1;
    peer_start(&t.clock);
    if (strcmp(t.mode, "stored") == 0 || strcmp(t.mode, "stored-zh") == 0) {
        put_with_psearch(&t, "put");
    } else if (strcmp(t.mode, "stored:add") == 0) {
        put_with_psearch(&t, "add");
    } else {
        build(&t);
    }
    peer_stop(&t.clock);
    print_index(&t);
    return 0;
}
