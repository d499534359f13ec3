/* loaded.c - connections with the extension, for tests. */
#include "bindings/sqlite/tests/loaded.h"

#include <string.h>

static int n_tests, n_failed;
char work[] = "/tmp/prism-sqlite-XXXXXX";
static char extension[4096];

void result(bool ok, const char *name, const char *what) {
    n_tests++;
    if (!ok) n_failed++;
    printf("%sok %d - %s: %s\n", ok ? "" : "not ", n_tests, name, what);
    fflush(stdout); /* before a fork */
}

int find_extension(void) {
    const char *build = getenv("PRISM_BUILDDIR");
    snprintf(extension, sizeof extension, "%s/.libs/prism.so", build ? build : ".");
    if (sqlite3_compileoption_used("OMIT_LOAD_EXTENSION") ||
        !sqlite3_compileoption_used("ENABLE_FTS5")) {
        printf("1..0 # SKIP this SQLite loads no extensions, or has no FTS5\n");
        return 1;
    }
    return mkdtemp(work) == NULL ? -1 : 0;
}

sqlite3 *open_loaded(const char *path) {
    sqlite3 *db = NULL;
    char *message = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK) goto failed;
    sqlite3_busy_timeout(db, 10000);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
    if (sqlite3_load_extension(db, extension, NULL, &message) == SQLITE_OK) return db;
failed:
    printf("# %s\n", message ? message : sqlite3_errmsg(db));
    sqlite3_free(message);
    sqlite3_close(db);
    return NULL;
}

bool run(sqlite3 *db, const char *sql) {
    char *message = NULL;
    int code = sqlite3_exec(db, sql, NULL, NULL, &message);
    if (code != SQLITE_OK) printf("# %s: %s\n", sql, message ? message : "?");
    sqlite3_free(message);
    return code == SQLITE_OK;
}

bool make_index(const char *path, int n) {
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    char text[300];
    bool good = prism_index_create(path, NULL, NULL, &index, NULL) == PRISM_OK &&
                prism_writer_open(index, NULL, &writer, NULL) == PRISM_OK;
    for (int i = 0; i < n && good; i++) {
        int len =
            snprintf(text, sizeof text,
                     "{\"id\":\"%d\",\"title\":\"w%d\",\"body\":\"custom silicon 數據庫 w%d\","
                     "\"date\":\"2026-01-%02d\"}",
                     i, i % 7, i, i % 28 + 1);
        good =
            prism_writer_put_json(writer, text, (size_t)len, PRISM_PUT_REPLACE, NULL) == PRISM_OK;
    }
    good = good && prism_writer_commit(writer, NULL, 0, NULL, NULL) == PRISM_OK;
    prism_writer_close(writer);
    prism_index_close(index);
    return good;
}

int finish(void) {
    char clean[80];
    snprintf(clean, sizeof clean, "rm -rf '%s'", work);
    if (system(clean) != 0) printf("# %s is left\n", work);
    printf("1..%d\n", n_tests);
    return n_failed != 0;
}
