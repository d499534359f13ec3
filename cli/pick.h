/* pick.h - members of a stored document, byte for byte. */
#ifndef PSEARCH_PICK_H
#define PSEARCH_PICK_H

#include <stddef.h>

/** The object with only those members that `names` ("a,b") lists, in the order of the document;
 *  json is a compact object.  free() it; NULL when out of memory. */
char *pick_members(const char *json, size_t len, const char *names, size_t *out_len);
/** The value of a member as it stands in the text; NULL if there is none. */
const char *pick_value(const char *json, size_t len, const char *name, size_t *value_len);

#endif
