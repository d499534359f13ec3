/* hits_sort_json.h - the parts of hits_json.c that are about orders and pages. */
#ifndef PRS_SHOW_HITS_SORT_JSON_H
#define PRS_SHOW_HITS_SORT_JSON_H

#include "show/hits.h"

/** The members of an answer about pages and order, each with a comma behind it; of hit i, with one
 *  before. */
void prs_hits_put_order(const prism_hits *hits, prs_buf *out);
void prs_hits_put_values(const prism_hits *hits, uint32_t i, prs_buf *out);
/** "NAME":"text", or "hex":"..." for what is no UTF-8. */
void prs_hits_put_bytes(prs_buf *out, const char *text_name, prs_bytes bytes);

/** Read the same from a json_t of the answer, of hit i, which is read already.   Errors : EPARSE,
 *  ENOMEM */
prism_status prs_hits_read_order(prism_hits *hits, const void *root, prism_error *err);
prism_status prs_hits_read_values(prism_hits *hits, uint32_t i, const void *from, prism_error *err);
/** Hexadecimal into room for len / 2 bytes; false if it is none. */
bool prs_hits_read_hex(const char *hex, size_t len, char *out);

#endif
