/* schema_file.h - a schema from a file, for those commands that take one. */
#ifndef PSEARCH_SCHEMA_FILE_H
#define PSEARCH_SCHEMA_FILE_H

#include "cli.h"

#include <jansson.h>

/** Read a schema from a file ("-" = standard input): a schema, or an answer of `schema show`.
 *  key (may be NULL) becomes its key.  0 and *out [prism_schema_unref], or an exit code, told. */
int schema_read_file(const char *path, const char *key, prism_schema **out);
/** The same from JSON of our own making; `name` is said in messages. */
int schema_from_value(const char *name, const json_t *value, prism_schema **out);
/** A schema as a JSON value; NULL when out of memory. */
json_t *schema_to_value(const prism_schema *schema);

#endif
