/* opts.h - options structs from callers of any version: what they have, defaults for the rest. */
#ifndef PRS_API_OPTS_H
#define PRS_API_OPTS_H

#include "base/prs.h"

/* Copy the caller's options over the defaults in `own`, as far as its `size` says; false for a bad
 * size. */
static inline bool prs_opts_copy(void *own, size_t own_size, const void *given) {
    size_t size;
    if (given == NULL) return true;
    memcpy(&size, given, sizeof size);
    if (size < sizeof size) return false;
    memcpy(own, given, size < own_size ? size : own_size);
    return true;
}

#endif
