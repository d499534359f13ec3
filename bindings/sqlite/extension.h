/* extension.h - what the parts of the SQLite extension show each other. */
#ifndef PRISM_SQLITE_EXTENSION_H
#define PRISM_SQLITE_EXTENSION_H

#include <sqlite3ext.h>

/** The tokenizer `prism` of FTS5 (tokenizer.c).
 *  Errors : SQLITE_ERROR and *message [owned: sqlite3_free] where this SQLite has no FTS5 */
int prism_sqlite_add_tokenizer(sqlite3 *db, char **message);
/** The table-valued function prism_search (search_table.c). */
int prism_sqlite_add_search(sqlite3 *db);

#endif
