/* loaded.h - what the test programs of the extension share: TAP, a folder of their own, connections
 * that have loaded it. */
#ifndef PRISM_SQLITE_TESTS_LOADED_H
#define PRISM_SQLITE_TESTS_LOADED_H

#include <prismsearch.h>
#include <sqlite3.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

extern char work[]; /* the folder */

/** One line of TAP. */
void result(bool ok, const char *name, const char *what);
/** Make the folder and look for the extension.   Returns: 0; 1 = skipped, and said so; -1 failed */
int find_extension(void);
/** A connection that has loaded it; NULL: a comment says why. */
sqlite3 *open_loaded(const char *path);
/** Run statements; a comment says what failed. */
bool run(sqlite3 *db, const char *sql);
/** An index of n short articles, English and Chinese. */
bool make_index(const char *path, int n);
/** Remove the folder, print the plan.   Returns: the exit code */
int finish(void);

#endif
