/* hard_tests.c - what does the extension do with bytes that are no text, with arguments that are
 * none, when its process is killed, and over and over?
 *
 *     bytes      any bytes, NUL too, into a table of FTS5 and as its queries: its integrity holds
 *     arguments  values of any kind for every argument of prism_search: rows or an error
 *     options    any words behind the tokenizer's name: a table or an error
 *     kill       a process that puts is killed: what was committed is there, and whole
 *     leaks      all of that again: what malloc has handed out does not grow
 *
 * Usage: hard_tests, with PRISM_BUILDDIR; PRISM_SEED=n for another run.  Speaks TAP. */
#include "bindings/sqlite/tests/loaded.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t state = 20261130;

static uint32_t below(uint32_t n) { /* xorshift64* */
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return (uint32_t)((state * 0x2545F4914F6CDD1DULL) >> 33) % n;
}

/* Up to `most` bytes: some of anything, most of what texts and queries are made of. */
static int random_bytes(char *out, int most) {
    static const char *const pieces[] = {"數據", "库",       "\xf0\x9f\x9a\x80", "abc", " ", "\"",
                                         "*",    " OR ",     " NEAR(",           ")",   ":", "\xe4",
                                         "\xb8", "\xc0\x80", "\xed\xa0\x80",     "^",   "-", "w1"};
    int len = 0;
    for (int n = (int)below((uint32_t)most); len < n;) {
        const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
        if (below(4) == 0) {
            out[len++] = (char)below(256);
        } else {
            for (; *piece != '\0' && len < n; piece++) out[len++] = *piece;
        }
    }
    return len;
}

static void bind_any(sqlite3_stmt *s, int at, char *room) {
    int len = random_bytes(room, 200);
    switch (below(7)) {
    case 0: sqlite3_bind_null(s, at); break;
    case 1:
        sqlite3_bind_int64(s, at, (sqlite3_int64)((uint64_t)below(1u << 30) << below(34)));
        break;
    case 2: sqlite3_bind_int64(s, at, -(sqlite3_int64)below(100)); break;
    case 3: sqlite3_bind_double(s, at, below(2) ? 1e308 * 10 : -0.5); break;
    case 4: sqlite3_bind_blob(s, at, room, len, SQLITE_TRANSIENT); break;
    default: sqlite3_bind_text(s, at, room, len, SQLITE_TRANSIENT); break;
    }
}

/* Step to the end, reading all columns; SQLITE_DONE or the error. */
static int drain(sqlite3_stmt *s) {
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(s); i++) (void)sqlite3_column_text(s, i);
    return code;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool put_bytes(sqlite3 *db, int n) {
    sqlite3_stmt *put = NULL, *ask = NULL;
    char text[2000];
    int found = 0;
    bool good =
        run(db, "create virtual table if not exists bytes using fts5(x, tokenize = 'prism')");
    good = good && sqlite3_prepare_v2(db, "insert into bytes values (?1)", -1, &put, NULL) == 0;
    good =
        good && sqlite3_prepare_v2(db,
                                   "select highlight(bytes, 0, '[', ']'), snippet(bytes, 0, '[', "
                                   "']', '...', 5) from bytes where bytes match ?1 limit 20",
                                   -1, &ask, NULL) == 0;
    for (int i = 0; i < n && good; i++) {
        int len = random_bytes(text, sizeof text);
        sqlite3_bind_text(put, 1, text, len, SQLITE_TRANSIENT);
        good = drain(put) == SQLITE_DONE;
        sqlite3_reset(put);
        len = random_bytes(text, 60);
        sqlite3_bind_text(ask, 1, text, len, SQLITE_TRANSIENT);
        found += drain(ask) == SQLITE_DONE; /* or a query that FTS5 does not understand */
        sqlite3_reset(ask);
    }
    sqlite3_finalize(put);
    sqlite3_finalize(ask);
    return good && (n < 100 || found > n / 20);
}

static void test_bytes(sqlite3 *db) {
    result(put_bytes(db, 3000), "bytes", "any are taken, and asked for");
    result(run(db, "insert into bytes(bytes, rank) values ('integrity-check', 1)"), "bytes",
           "are read again as they were");
    result(run(db,
               "delete from bytes where rowid % 2; insert into bytes(bytes) values ('optimize'); "
               "insert into bytes(bytes, rank) values ('integrity-check', 1)"),
           "bytes", "are found again to be deleted");
}

/* ---- arguments, options ---------------------------------------------------------------------- */

/* Of n statements those that gave rows or none, and those that failed. */
static void ask_anything(sqlite3 *db, const char *path, int n, int *good, int *bad) {
    static const char sql[] =
        "select * from prism_search(?1, ?2) where \"limit\" = ?3 and filter = ?4 and sort = ?5 and "
        "fields = ?6 and operator = ?7 and snippet_of = ?8";
    sqlite3_stmt *s = NULL;
    char room[256];
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) return;
    for (int i = 0; i < n; i++) {
        sqlite3_clear_bindings(s);
        if (below(10) > 0)
            sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
        else
            bind_any(s, 1, room);
        bind_any(s, 2, room);
        for (int at = 3; at <= 8; at++)
            if (below(4) == 0) bind_any(s, at, room);
        *(drain(s) == SQLITE_DONE ? good : bad) += 1;
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
}

static void test_arguments(sqlite3 *db, const char *path) {
    int good = 0, bad = 0;
    ask_anything(db, path, 3000, &good, &bad);
    printf("# %d gave rows or none, %d an error\n", good, bad);
    result(good > 300 && bad > 300, "arguments", "of any kind give rows or an error");
}

static void test_options(sqlite3 *db) {
    static const char *const words[] = {"stem", "off",  "german", "han", "bi",   "dual",
                                        "stop", "keep", "''",     "x",   "\"\"", "diacritics"};
    int good = 0, bad = 0;
    char sql[300];
    for (int i = 0; i < 400; i++) {
        int len =
            snprintf(sql, sizeof sql, "create virtual table o using fts5(x, tokenize = \"prism");
        for (int n = (int)below(5); n > 0; n--)
            len += snprintf(sql + len, sizeof sql - (size_t)len, " %s",
                            words[below(sizeof words / sizeof *words)]);
        snprintf(sql + len, sizeof sql - (size_t)len, "\"); drop table o");
        *(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? &good : &bad) += 1;
    }
    result(good > 20 && bad > 20, "options", "of any kind give a table or an error");
}

/* ---- kill ------------------------------------------------------------------------------------ */

enum { PER_COMMIT = 20 };

/* Rows commit by commit, each told through the pipe, until it is killed. */
static void put_for_ever(const char *path, int from, int out) {
    sqlite3 *db = open_loaded(path);
    char sql[400];
    for (int i = from; db != NULL; i++) {
        if (!run(db, "begin")) break;
        for (int k = 0; k < PER_COMMIT; k++) {
            snprintf(sql, sizeof sql, "insert into t values ('每天备份數據庫 word%d row%d')", i, k);
            if (!run(db, sql)) _exit(1);
        }
        if (!run(db, "commit") || write(out, &i, sizeof i) != (ssize_t)sizeof i) break;
    }
    _exit(1);
}

/* The child is killed after some commits; returns the last one that was told. */
static int kill_one(const char *path, int from) {
    int ends[2], told = from - 1;
    if (pipe(ends) != 0) return -1;
    pid_t child = fork();
    if (child == 0) put_for_ever(path, from, ends[1]);
    close(ends[1]);
    for (int wanted = from + 1 + (int)below(4); told < wanted;)
        if (read(ends[0], &told, sizeof told) != (ssize_t)sizeof told) break;
    usleep(below(3000));
    kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    while (read(ends[0], &told, sizeof told) == (ssize_t)sizeof told) continue;
    close(ends[0]);
    return WIFSIGNALED(status) ? told : -1;
}

static int number_of(sqlite3 *db, const char *sql) {
    sqlite3_stmt *s = NULL;
    int n = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    return n;
}

static void test_kill(const char *folder) {
    char path[200];
    int from = 0;
    snprintf(path, sizeof path, "%s/killed.db", folder);
    sqlite3 *db = open_loaded(path);
    bool good = db != NULL && run(db, "create virtual table t using fts5(x, tokenize = 'prism')");
    sqlite3_close(db);
    for (int round = 0; round < 8 && good; round++) {
        int told = kill_one(path, from);
        db = open_loaded(path);
        int rows = db != NULL ? number_of(db, "select count(*) from t") : -1;
        good = told >= from &&
               (rows == (told + 1) * PER_COMMIT || rows == (told + 2) * PER_COMMIT) &&
               number_of(db, "select count(*) from t where t match '數據庫'") == rows &&
               run(db, "insert into t(t, rank) values ('integrity-check', 1)");
        if (!good) printf("# round %d: told %d, rows %d\n", round, told, rows);
        from = rows / PER_COMMIT;
        sqlite3_close(db);
    }
    result(good, "kill", "what was committed is there, and whole");
}

/* ---- leaks ----------------------------------------------------------------------------------- */

static size_t in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static void once_more(const char *path) {
    int good = 0, bad = 0;
    sqlite3 *db = open_loaded(":memory:");
    if (db == NULL) return;
    (void)put_bytes(db, 20);
    ask_anything(db, path, 40, &good, &bad);
    sqlite3_close(db);
}

static void test_leaks(const char *path) {
    size_t least = SIZE_MAX;
    for (int i = 0; i < 10; i++) once_more(path);
    for (int window = 0; window < 4; window++) {
        size_t before = in_use();
        for (int i = 0; i < 30; i++) once_more(path);
        size_t after = in_use(), growth = after > before ? after - before : 0;
        if (growth < least) least = growth;
    }
    printf("# %zu bytes more in 30 rounds\n", least);
    result(least < 30 * 32 / 2, "leaks", "nothing stays behind");
}

int main(void) {
    const char *seed = getenv("PRISM_SEED");
    char path[200];
    if (seed != NULL && seed[0] >= '0' && seed[0] <= '9') state = strtoull(seed, NULL, 10) | 1;
    int skip = find_extension();
    if (skip != 0) return skip > 0 ? 0 : 99;
    sqlite3 *db = open_loaded(":memory:");
    if (db == NULL) return 1;
    snprintf(path, sizeof path, "%s/index", work);
    result(make_index(path, 300), "index", "is made");
    test_bytes(db);
    test_arguments(db, path);
    test_options(db);
    sqlite3_close(db);
    test_kill(work);
    test_leaks(path);
    return finish();
}
