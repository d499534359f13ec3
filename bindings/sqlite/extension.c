/* extension.c - what does SQLite call when it loads the extension? */
#include "extension.h"

#include <prismsearch.h>

SQLITE_EXTENSION_INIT1

static void version(sqlite3_context *context, int n, sqlite3_value **values) {
    (void)n, (void)values;
    sqlite3_result_text(context, prism_version(), -1, SQLITE_STATIC);
}

/* The name follows from that of the file, prism.so. */
#ifdef _WIN32
__declspec(dllexport)
#else
__attribute__((visibility("default")))
#endif
    int sqlite3_prism_init(sqlite3 *db, char **message, const sqlite3_api_routines *api);

int sqlite3_prism_init(sqlite3 *db, char **message, const sqlite3_api_routines *api) {
    SQLITE_EXTENSION_INIT2(api);
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = prism_sqlite_add_tokenizer(db, message);
    if (code == SQLITE_OK) code = prism_sqlite_add_search(db);
    if (code == SQLITE_OK)
        code = sqlite3_create_function(db, "prism_version", 0, flags, NULL, version, NULL, NULL);
    return code;
}
