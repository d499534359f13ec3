/* sqlite_tests.c - do the stories of tests/scenarios come true through SQL, and does FTS5 with the
 * tokenizer keep its promises?
 *
 *     stories   each search through prism_search(): same hits, same order; each search that is one
 *               string, through a table of FTS5: the same documents
 *     texts     random texts, ill-formed ones too: FTS5's own integrity check holds, which reads
 *               the texts again; every run of ideographs of a text is found by itself
 *     readers   8 connections search while a writer commits: each sees whole commits only
 *     interrupt one search is ended in its middle
 *
 * Usage: sqlite_tests, with PRISM_SRCDIR and PRISM_BUILDDIR.  Speaks TAP. */
#include "bindings/sqlite/tests/loaded.h"
#include "scenarios/story.h"

#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The first column of each row.   Params: values are bound in their order; NULL = SQL's null */
static json_t *column_of(sqlite3 *db, const char *sql, const char *const *values, int n) {
    sqlite3_stmt *s = NULL;
    json_t *list = json_array();
    int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
    for (int i = 0; i < n && code == SQLITE_OK; i++)
        code = sqlite3_bind_text(s, i + 1, values[i], -1, SQLITE_TRANSIENT);
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(s, 0);
        json_array_append_new(list, text ? json_string(text) : json_null());
        code = SQLITE_OK;
    }
    if (code != SQLITE_DONE) {
        printf("# %s: %s\n", sql, sqlite3_errmsg(db));
        json_decref(list);
        list = NULL;
    }
    sqlite3_finalize(s);
    return list;
}

/* ---- stories --------------------------------------------------------------------------------- */

static bool same_set(json_t *a, json_t *b) {
    size_t i, j, found = 0;
    json_t *x, *y;
    json_array_foreach(a, i, x) {
        json_array_foreach(b, j, y) {
            if (json_equal(x, y)) found++;
        }
    }
    return json_array_size(a) == json_array_size(b) && found == json_array_size(a);
}

static void judge(const char *name, json_t *search, json_t *ids) {
    const char *query = json_string_value(json_object_get(search, "query"));
    json_t *hits = json_object_get(search, "hits"), *set = json_object_get(search, "set");
    json_t *first = json_object_get(search, "first");
    if (hits) result(json_equal(hits, ids), name, query);
    if (set) result(same_set(set, ids), name, query);
    if (first) result(json_equal(first, json_array_get(ids, 0)), name, query);
}

static void ask_index(sqlite3 *db, const char *name, const char *path, json_t *search) {
    static const char sql[] =
        "select key from prism_search(?1, ?2) where filter = ?3 and sort = ?4 and fields = ?5 and "
        "operator = ?6 order by rank";
    const char *values[6] = {path};
    static const char *const members[] = {"query", "filter", "sort", "fields", "operator"};
    for (int i = 0; i < 5; i++)
        values[i + 1] = json_string_value(json_object_get(search, members[i]));
    if (json_object_get(search, "error") || values[1] == NULL) return;
    json_t *ids = column_of(db, sql, values, 6);
    if (ids)
        judge(name, search, ids);
    else
        result(false, name, values[1]);
    json_decref(ids);
}

/* One string of FTS5: words and ideographs without an operator of either language. */
static bool is_one_string(const char *query) {
    size_t len = strlen(query);
    if (len == 0) return false;
    if (query[0] == '"') return len > 2 && strchr(query + 1, '"') == query + len - 1;
    return strpbrk(query, " \"()[]{}:*^~+-|!&/\\,") == NULL;
}

static void ask_fts5(sqlite3 *db, const char *name, json_t *search) {
    const char *query = json_string_value(json_object_get(search, "query"));
    json_t *wanted = json_object_get(search, "hits"), *ids;
    char text[256], what[300];
    if (wanted == NULL) wanted = json_object_get(search, "set");
    if (json_object_get(search, "fields") || json_object_get(search, "filter")) return;
    if (json_object_get(search, "error") || json_object_get(search, "page")) return;
    if (wanted == NULL || query == NULL || !is_one_string(query)) return;
    snprintf(text, sizeof text, query[0] == '"' ? "%s" : "\"%s\"", query);
    snprintf(what, sizeof what, "%s through FTS5", query);
    const char *values[1] = {text};
    ids = column_of(db, "select id from texts where texts match ?1", values, 1);
    result(ids && same_set(wanted, ids), name, what);
    json_decref(ids);
}

/* The stories whose documents stay as they are put: id, title and body of each in a table. */
static bool fill_fts5(sqlite3 *db, json_t *story) {
    static const char sql[] = "insert into texts(id, title, body) values (?1, ?2, ?3)";
    size_t i;
    json_t *doc, *done;
    if (json_object_get(story, "delete") || json_object_get(story, "delete_query") ||
        json_object_get(story, "adopt") || json_object_get(story, "later"))
        return false;
    if (!run(db, "drop table if exists texts") ||
        !run(db, "create virtual table texts using fts5(id unindexed, title, body, "
                 "tokenize = 'prism')"))
        return false;
    json_array_foreach(json_object_get(story, "documents"), i, doc) {
        const char *values[3] = {json_string_value(json_object_get(doc, "id")),
                                 json_string_value(json_object_get(doc, "title")),
                                 json_string_value(json_object_get(doc, "body"))};
        done = column_of(db, sql, values, 3);
        json_decref(done);
        if (done == NULL) return false;
    }
    return true;
}

static void tell(sqlite3 *db, const char *file) {
    prism_error err = PRISM_ERROR_INIT;
    json_t *story = json_load_file(file, 0, NULL), *search;
    const char *name = json_string_value(json_object_get(story, "name"));
    char path[64], other[64];
    size_t i;
    static int number;
    snprintf(path, sizeof path, "%s/index-%d", work, ++number);
    snprintf(other, sizeof other, "%s/other-%d", work, number);
    prism_index *index = story && name ? story_build(story, path, other, &err) : NULL;
    result(index != NULL, name ? name : file, "is indexed");
    if (index) {
        bool plain = fill_fts5(db, story);
        prism_index_close(index);
        json_array_foreach(json_object_get(story, "searches"), i, search) {
            ask_index(db, name, path, search);
            if (plain) ask_fts5(db, name, search);
        }
    }
    json_decref(story);
}

static void tell_stories(sqlite3 *db) {
    char folder[4096], file[4400];
    int n_stories = 0;
    const char *sources = getenv("PRISM_SRCDIR");
    snprintf(folder, sizeof folder, "%s/tests/scenarios", sources ? sources : ".");
    DIR *dir = opendir(folder);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        if (strstr(e->d_name, ".json") == NULL) continue;
        snprintf(file, sizeof file, "%s/%s", folder, e->d_name);
        tell(db, file);
        n_stories++;
    }
    if (dir) closedir(dir);
    result(n_stories >= 5, "stories", "are there");
}

/* ---- texts ----------------------------------------------------------------------------------- */

static uint64_t state;

static uint32_t below(uint32_t n) { /* xorshift64* */
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return (uint32_t)((state * 0x2545F4914F6CDD1DULL) >> 33) % n;
}

static void random_text(char *out, size_t size) {
    static const char *const pieces[] = {
        "數",    "据",   "數據中心", "中心",     "公司",
        "近",    "２４", "AI",       "Uber One", "state-of-the-art",
        "267%",  "$10B", " ",        "。",       "，",
        "\n",    "café", "한국",     "ภาษา",     "🚀",
        "C++",   "\xff", "\xe4\xb8", "a.b.c",    "user@mail.org",
        "don't", "かな", "́",         "1,234.5"};
    size_t len = 0;
    out[0] = '\0';
    for (uint32_t n = below(40); n > 0; n--) {
        int more =
            snprintf(out + len, size - len, "%s", pieces[below(sizeof pieces / sizeof *pieces)]);
        if (more < 0 || (size_t)more >= size - len) return;
        len += (size_t)more;
    }
}

static void test_texts(sqlite3 *db) {
    const char *seed = getenv("PRISM_SEED");
    char text[2048];
    bool put = run(db, "create virtual table random using fts5(x, tokenize = 'prism')");
    state = seed ? strtoull(seed, NULL, 10) : 20261130;
    for (int i = 0; i < 2000 && put; i++) {
        const char *values[1] = {text};
        random_text(text, sizeof text);
        json_t *done = column_of(db, "insert into random(x) values (?1)", values, 1);
        put = done != NULL;
        json_decref(done);
    }
    result(put, "texts", "random ones are taken");
    result(run(db, "insert into random(random, rank) values ('integrity-check', 1)"), "texts",
           "documents are read again as they were");
    json_t *odd = column_of(db,
                            "select x from random where x like '%數据中心%' and rowid not in "
                            "(select rowid from random where random match '数據中心')",
                            NULL, 0);
    result(odd && json_array_size(odd) == 0, "texts", "a run is found wherever it stands");
    json_t *some = column_of(db, "select x from random where random match '数據中心'", NULL, 0);
    result(some && json_array_size(some) > 0, "texts", "there are such runs");
    json_decref(some);
    json_decref(odd);
}

/* ---- readers --------------------------------------------------------------------------------- */

enum { N_READERS = 8, N_COMMITS = 40, PER_COMMIT = 5 };
static char shared_index[128];
static volatile int writing;

/* Commit i has PER_COMMIT documents of the word; a reader must see a multiple, never fewer than
 * before. */
static void *read_all_the_time(void *failed) {
    const char *values[1] = {shared_index};
    sqlite3 *db = open_loaded(":memory:");
    int seen = 0, rounds = 0;
    bool good = db != NULL;
    while (good && (writing || rounds < 3)) {
        json_t *total =
            column_of(db, "select max(total) from prism_search(?1, 'silicon') where \"limit\" = 3",
                      values, 1);
        const char *text = total ? json_string_value(json_array_get(total, 0)) : NULL;
        int n = text ? (int)strtol(text, NULL, 10) : 0;
        good = total != NULL && n >= seen && n % PER_COMMIT == 0;
        seen = n;
        rounds++;
        json_decref(total);
    }
    sqlite3_close(db);
    if (!good) *(bool *)failed = true;
    return NULL;
}

static bool commit_some(prism_writer *writer, int commit) {
    char text[128];
    for (int i = 0; i < PER_COMMIT; i++) {
        int len = snprintf(text, sizeof text, "{\"id\":\"%d\",\"body\":\"custom silicon\"}",
                           commit * PER_COMMIT + i);
        if (prism_writer_put_json(writer, text, (size_t)len, PRISM_PUT_REPLACE, NULL) != PRISM_OK)
            return false;
    }
    return prism_writer_commit(writer, NULL, 0, NULL, NULL) == PRISM_OK;
}

static void test_readers(void) {
    pthread_t readers[N_READERS];
    bool failed[N_READERS] = {false};
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    snprintf(shared_index, sizeof shared_index, "%s/shared", work);
    bool good = prism_index_create(shared_index, NULL, NULL, &index, NULL) == PRISM_OK &&
                prism_writer_open(index, NULL, &writer, NULL) == PRISM_OK;
    writing = 1;
    int started = 0;
    while (good && started < N_READERS &&
           pthread_create(&readers[started], NULL, read_all_the_time, &failed[started]) == 0)
        started++;
    for (int i = 0; i < N_COMMITS && good; i++) good = commit_some(writer, i);
    writing = 0;
    for (int i = 0; i < started; i++) {
        pthread_join(readers[i], NULL);
        good = good && !failed[i];
    }
    prism_writer_close(writer);
    prism_index_close(index);
    result(good && started == N_READERS, "readers", "see whole commits, and the newest one");
}

/* ---- arguments ------------------------------------------------------------------------------- */

static void counts(sqlite3 *db, const char *what, const char *sql, const char *wanted) {
    const char *values[1] = {shared_index};
    json_t *got = column_of(db, sql, values, 1);
    const char *n = got ? json_string_value(json_array_get(got, 0)) : NULL;
    bool good = wanted ? n && strcmp(n, wanted) == 0 : got == NULL;
    if (!good) printf("# got %s\n", n ? n : "nothing");
    result(good, "arguments", what);
    json_decref(got);
}

/* However SQLite takes them: by itself, twice, beside many conditions, or of another table. */
static void test_arguments(sqlite3 *db) {
    run(db, "create table asked(q); insert into asked values ('silicon')");
    counts(db, "many conditions",
           "select count(*) from prism_search(?1, 'silicon') where rank<1000 and rank<1001 and "
           "rank<1002 and rank<1003 and rank<1004 and rank<1005 and rank<1006 and rank<1007 and "
           "rank<1008 and rank<1009 and rank<1010 and rank<1011 and rank<1012 and rank<1013 and "
           "rank<1014 and rank<1015 and rank<1016",
           "100");
    counts(db, "one given twice",
           "select count(*) from prism_search(?1, 'silicon') where path = ?1", "100");
    counts(db, "of another table",
           "select count(*) from asked, prism_search(?1, asked.q) s where asked.q = s.query",
           "100");
    counts(db, "by IS", "select count(*) from prism_search(?1, 'silicon') where filter is 'id:1'",
           "1");
    counts(db, "by < is an error",
           "select count(*) from prism_search(?1, 'silicon') where \"limit\" < 5", NULL);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

enum { N_SLOW = 6000, SLOW_WORDS = 31 };

/* An index and a query that take long together. */
static bool make_slow(const char *path, char *query, size_t size) {
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    char text[512];
    bool good = prism_index_create(path, NULL, NULL, &index, NULL) == PRISM_OK &&
                prism_writer_open(index, NULL, &writer, NULL) == PRISM_OK;
    for (int i = 0; i < N_SLOW && good; i++) {
        int len = snprintf(text, sizeof text, "{\"id\":\"%d\",\"body\":\"", i);
        for (int k = 0; k < SLOW_WORDS; k++)
            len +=
                snprintf(text + len, sizeof text - (size_t)len, "w%d ", (i + k * 7) % SLOW_WORDS);
        len += snprintf(text + len, sizeof text - (size_t)len, "\"}");
        good = prism_writer_put_json(writer, text, (size_t)len, PRISM_PUT_APPEND, NULL) == PRISM_OK;
    }
    good = good && prism_writer_commit(writer, NULL, 0, NULL, NULL) == PRISM_OK;
    prism_writer_close(writer);
    prism_index_close(index);
    size_t at = 0;
    for (int i = 0; i < SLOW_WORDS; i++)
        for (int k = 1; k < 10; k++)
            at +=
                (size_t)snprintf(query + at, size - at, "\"w%d w%d\"~3 ", i, (i + k) % SLOW_WORDS);
    return good;
}

typedef struct stopper {
    sqlite3 *db;
    useconds_t after;
} stopper;

static void *stop_it(void *arg) {
    const stopper *s = arg;
    usleep(s->after);
    sqlite3_interrupt(s->db);
    return NULL;
}

/* Seconds of the thread's own time that the statement took; *code = how it ended. */
static double time_of(sqlite3 *db, const char *path, const char *query, int *code) {
    struct timespec a, b;
    sqlite3_stmt *s = NULL;
    *code = sqlite3_prepare_v2(db, "select max(total) from prism_search(?1, ?2)", -1, &s, NULL);
    sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, query, -1, SQLITE_STATIC);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    if (*code == SQLITE_OK) *code = sqlite3_step(s);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    sqlite3_finalize(s);
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9;
}

static void test_interrupt(sqlite3 *db) {
    static char query[8192];
    char path[64];
    int code;
    pthread_t thread;
    snprintf(path, sizeof path, "%s/slow", work);
    bool good = make_slow(path, query, sizeof query);
    double whole = time_of(db, path, query, &code);
    result(good && code == SQLITE_ROW, "interrupt", "a long search ends by itself");
    stopper s = {db, (useconds_t)(whole * 1e5)};
    if (pthread_create(&thread, NULL, stop_it, &s) != 0) return;
    double cut = time_of(db, path, query, &code);
    pthread_join(thread, NULL);
    printf("# %.0f ms, interrupted after %.0f\n", whole * 1e3, cut * 1e3);
    result(code == SQLITE_INTERRUPT, "interrupt", "ends it");
    result(whole < 0.1 || cut < whole * 0.7, "interrupt", "in its middle");
    (void)time_of(db, path, "w1", &code);
    result(code == SQLITE_ROW, "interrupt", "is over with the statement");
}

int main(void) {
    int skip = find_extension();
    if (skip != 0) return skip > 0 ? 0 : 99;
    sqlite3 *db = open_loaded(":memory:");
    if (db == NULL) return 1;
    tell_stories(db);
    test_texts(db);
    test_readers();
    test_arguments(db);
    test_interrupt(db);
    sqlite3_close(db);
    return finish();
}
