/* fts5.c - how fast, and into how few bytes, does SQLite FTS5 build the same index?
 *
 * Contentless table, one transaction without journal, `optimize` at the end, which makes one
 * segment; then the file is synced.  Its page cache and its table of pending terms have MEMORY.
 * The pre-tokenized run uses the ascii tokenizer, whose tokens are the runs between spaces; the
 * native one unicode61, with `porter` for stemming.  It keeps row lengths, so ranking works.
 * Without positions it keeps no freqs either (detail=column), so it has no part in that run. */
#include <jansson.h>
#include <sqlite3.h>

#include "../peer.h"

typedef struct task {
    const char *mode, *corpus, *dir;
    long long memory;
    int has_title;
    sqlite3 *db;
    peer_clock clock;
} task;

static void run(task *t, const char *sql) {
    char *why = NULL;
    if (sqlite3_exec(t->db, sql, NULL, NULL, &why) != SQLITE_OK) peer_die(sql, why);
}

static void runf(task *t, const char *format, const char *word, long long n) {
    char sql[512];
    snprintf(sql, sizeof sql, format, word, n);
    run(t, sql);
}

static const char *tokenizer(const char *mode) {
    if (strcmp(mode, "tokens") == 0) return "ascii";
    if (strcmp(mode, "native") == 0) return "unicode61 remove_diacritics 0";
    if (strcmp(mode, "native-stem") == 0) return "porter unicode61";
    peer_die(mode, "no such mode");
    return NULL;
}

static void create(task *t) {
    char path[4096], options[256];
    snprintf(path, sizeof path, "%s/fts5.db", t->dir);
    mkdir(t->dir, 0777);
    if (sqlite3_open(path, &t->db) != SQLITE_OK) peer_die(path, sqlite3_errmsg(t->db));
    run(t, "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
           "PRAGMA locking_mode=EXCLUSIVE");
    runf(t, "PRAGMA cache_size=%s%lld", "-", t->memory / 2 / 1024);
    snprintf(options, sizeof options, "content='',tokenize='%s'", tokenizer(t->mode));
    runf(t,
         t->has_title ? "CREATE VIRTUAL TABLE t USING fts5(title,body,%s)"
                      : "CREATE VIRTUAL TABLE t USING fts5(body,%s)",
         options, 0);
    runf(t, "INSERT INTO t(t,rank) VALUES('%s',%lld)", "hashsize",
         t->memory / 2 < INT32_MAX ? t->memory / 2 : INT32_MAX);
}

static void bind(task *t, sqlite3_stmt *insert, int at, const char *text, size_t len) {
    if (sqlite3_bind_text(insert, at, text, (int)len, SQLITE_STATIC) != SQLITE_OK) {
        peer_die("bind", sqlite3_errmsg(t->db));
    }
}

static json_t *bind_object(task *t, sqlite3_stmt *insert, const peer_lines *in) {
    json_error_t why;
    json_t *object = json_loadb(in->line, in->len, 0, &why);
    if (object == NULL) peer_die(t->corpus, why.text);
    json_t *title = json_object_get(object, "title"), *body = json_object_get(object, "body");
    bind(t, insert, 2, json_string_value(title), json_string_length(title));
    bind(t, insert, 3, json_string_value(body), json_string_length(body));
    return object;
}

static void insert_all(task *t) {
    sqlite3_stmt *insert;
    peer_lines in;
    const char *sql = t->has_title ? "INSERT INTO t(rowid,title,body) VALUES(?,?,?)"
                                   : "INSERT INTO t(rowid,body) VALUES(?,?)";
    if (sqlite3_prepare_v2(t->db, sql, -1, &insert, NULL) != SQLITE_OK) {
        peer_die(sql, sqlite3_errmsg(t->db));
    }
    run(t, "BEGIN");
    peer_lines_open(&in, t->corpus);
    while (peer_lines_next(&in)) {
        json_t *object = NULL;
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)++t->clock.docs);
        if (t->has_title) {
            object = bind_object(t, insert, &in);
        } else {
            bind(t, insert, 2, in.line, in.len);
        }
        if (sqlite3_step(insert) != SQLITE_DONE) peer_die(t->corpus, sqlite3_errmsg(t->db));
        sqlite3_reset(insert);
        json_decref(object);
    }
    peer_lines_close(&in);
    run(t, "COMMIT");
    sqlite3_finalize(insert);
}

static sqlite3_int64 ask(task *t, const char *sql, int column) {
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(t->db, sql, -1, &query, NULL) != SQLITE_OK ||
        sqlite3_step(query) != SQLITE_ROW) {
        peer_die(sql, sqlite3_errmsg(t->db));
    }
    sqlite3_int64 value = sqlite3_column_int64(query, column);
    sqlite3_finalize(query);
    return value;
}

/* A term in both columns is one term here and two in engines with a dictionary a field, so that
 * counts are by column. */
static void print_counts(task *t) {
    const char *sql = "SELECT count(*),sum(doc),sum(cnt) FROM v";
    run(t, "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main,t,col)");
    peer_counts((uint64_t)ask(t, sql, 0), (uint64_t)ask(t, sql, 1), (uint64_t)ask(t, sql, 2));
    printf(",\"segments\":1,\"components\":{\"segments\":%lld,\"lengths\":%lld}}\n",
           (long long)ask(t, "SELECT sum(length(block)) FROM t_data", 0),
           (long long)ask(t, "SELECT sum(length(sz)) FROM t_docsize", 0));
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("{\"version\":\"%s\",\"detail\":\"contentless\"}\n", sqlite3_libversion());
        return 0;
    }
    if (argc != 5) peer_die("usage", "fts5 MODE CORPUS DIR MEMORY");
    task t = {.mode = argv[1], .corpus = argv[2], .dir = argv[3]};
    t.memory = strtoll(argv[4], NULL, 10);
    t.has_title = strncmp(t.mode, "tokens", 6) != 0;
    peer_start(&t.clock);
    create(&t);
    insert_all(&t);
    peer_merge(&t.clock);
    run(&t, "INSERT INTO t(t) VALUES('optimize')");
    peer_sync(t.dir);
    peer_stop(&t.clock);
    peer_print(&t.clock);
    print_counts(&t);
    sqlite3_close(t.db);
    return 0;
}
