/* interrupt.c - how does sqlite3_interrupt reach a search that is under way?
 *
 *   SQLite 3.41 and later   sqlite3_is_interrupted, asked every few steps of the search
 *   earlier                 a statement that does nothing, on the same connection: while another
 *                           one runs, SQLite keeps the mark of an interrupt and refuses to step it
 *
 * What counts is the SQLite that has loaded the extension, not the one it was built against.  Its
 * table of functions grows at the end only, so with headers of 3.40 the next entry is known, too.
 * Cost: some ns a question with the first, 1 us with the second, which is asked every 10 ms.
 * Source: sqlite.org/c3ref/interrupt.html.   Tested by tests/sqlite_tests.c, and with a newer
 *         SQLite by bindings/python/tests/test_sqlite.py */
#include "extension.h"

#include <time.h>

SQLITE_EXTENSION_INIT3

enum { FIRST_WITH_IS_INTERRUPTED = 3041000, EVERY_MS = 10 };

#if SQLITE_VERSION_NUMBER >= 3041000
static int (*is_interrupted_of(void))(sqlite3 *) {
    return sqlite3_api->is_interrupted;
}
#elif SQLITE_VERSION_NUMBER >= 3040000
static int (*is_interrupted_of(void))(sqlite3 *) {
    const struct {
        sqlite3_api_routines known;
        int (*is_interrupted)(sqlite3 *);
    } *later = (const void *)sqlite3_api;
    return later->is_interrupted;
}
#else
static int (*is_interrupted_of(void))(sqlite3 *) {
    return NULL;
}
#endif

static uint64_t now_ms(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) return 0;
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

/* Without the function: does a statement still run? */
static int probe(prism_sqlite_interrupt *i) {
    uint64_t now = now_ms();
    if (now < i->next_ms) return 0;
    i->next_ms = now + EVERY_MS;
    int code =
        i->probe == NULL ? sqlite3_prepare_v2(i->db, "select 1", -1, &i->probe, NULL) : SQLITE_OK;
    if (code == SQLITE_OK && sqlite3_step(i->probe) == SQLITE_ROW) code = SQLITE_OK;
    if (i->probe != NULL) code = sqlite3_reset(i->probe);
    return code == SQLITE_INTERRUPT;
}

void prism_sqlite_interrupt_begin(prism_sqlite_interrupt *i, sqlite3 *db) {
    *i = (prism_sqlite_interrupt){.db = db};
    if (sqlite3_libversion_number() >= FIRST_WITH_IS_INTERRUPTED)
        i->is_interrupted = is_interrupted_of();
    i->next_ms = now_ms() + EVERY_MS;
}

int prism_sqlite_interrupt_ask(void *ctx, uint64_t done, uint64_t total) {
    prism_sqlite_interrupt *i = ctx;
    (void)done, (void)total;
    i->interrupted = i->is_interrupted != NULL ? i->is_interrupted(i->db) != 0 : probe(i) != 0;
    return i->interrupted;
}

void prism_sqlite_interrupt_end(prism_sqlite_interrupt *i) {
    sqlite3_finalize(i->probe);
    i->probe = NULL;
}
