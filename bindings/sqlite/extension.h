/* extension.h - what the parts of the SQLite extension show each other. */
#ifndef PRISM_SQLITE_EXTENSION_H
#define PRISM_SQLITE_EXTENSION_H

#include <sqlite3ext.h>
#include <stdint.h>

/** The tokenizer `prism` of FTS5 (tokenizer.c).
 *  Errors : SQLITE_ERROR and *message [owned: sqlite3_free] where this SQLite has no FTS5 */
int prism_sqlite_add_tokenizer(sqlite3 *db, char **message);
/** Is a search to end because of sqlite3_interrupt? (interrupt.c) */
typedef struct prism_sqlite_interrupt {
    sqlite3 *db;
    int (*is_interrupted)(sqlite3 *); /* NULL: this SQLite has none */
    sqlite3_stmt *probe;
    uint64_t next_ms;
    int interrupted; /* the last answer */
} prism_sqlite_interrupt;
void prism_sqlite_interrupt_begin(prism_sqlite_interrupt *i, sqlite3 *db);
/** A prism_progress_fn whose ctx is a prism_sqlite_interrupt: anything but 0 is yes. */
int prism_sqlite_interrupt_ask(void *ctx, uint64_t done, uint64_t total);
void prism_sqlite_interrupt_end(prism_sqlite_interrupt *i);
/** The table-valued function prism_search (search_table.c). */
int prism_sqlite_add_search(sqlite3 *db);

#endif
