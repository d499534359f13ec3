/* text.h - texts handed to the caller, who frees them with prism_free_text after the handle may be
 * gone. */
#ifndef PRS_BASE_TEXT_H
#define PRS_BASE_TEXT_H

#include "base/mem.h"

/** A copy of len bytes and a NUL, from mem's hook but not counted in mem, so that it may outlive
 *  it.  NULL when out of memory.   Out: owned: prs_text_free */
char *prs_text_new(const prs_mem *mem, const void *ptr, size_t len) PRS_NODISCARD;
/** NULL is fine. */
void prs_text_free(char *text);

#endif
