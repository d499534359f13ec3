/* term_keys.h - the keys of one term block but for its first, which TERMS_INDEX holds (FORMAT.md
 * section 6). */
#ifndef PRS_FORMAT_TERM_KEYS_H
#define PRS_FORMAT_TERM_KEYS_H

#include "base/buf.h"
#include "base/cur.h"

typedef enum prs_keys_form {
    PRS_KEYS_RAW,     /* bytes */
    PRS_KEYS_LETTERS, /* nibbles: one for frequent letters, two for others */
    PRS_KEYS_PAIRS,   /* pairs of Han characters, as differences of code points */
} prs_keys_form;

/** Append the keys of a block, the first one left out, in the shortest form.
 *  Params : keys: n of them, back to back, in order and distinct; ends[i] = where key i ends
 *  Errors : out of memory is sticky in `out` */
prs_keys_form prs_term_keys_put(const uint8_t *keys, const uint32_t *ends, uint32_t n,
                                prs_buf *out);

/* Reading, key by key.  What `step` says of a key is bounded by the bytes that are there. */
typedef struct prs_term_keys {
    prs_keys_form form;
    const uint8_t *heads; /* of the next key: bytes or letters in common, and of its own */
    prs_cur extras, rests;
    const uint8_t *rest;    /* all of them, in bytes or nibbles: those of the next key are at */
    uint64_t unit, n_units; /* `unit` */
    uint32_t first, second; /* pairs: the code points of the key stood on */
} prs_term_keys;

/** Begin a block of n keys whose first is `first`.  False if the bytes are unsound. */
bool prs_term_keys_begin(prs_term_keys *keys, prs_keys_form form, prs_bytes first, uint32_t n,
                         prs_cur bytes);
/** Turn key[0 .. *len) into the one behind it, which must be larger.  False if the bytes are
 *  unsound.  key has room for PRISM_MAX_TERM_BYTES. */
bool prs_term_keys_next(prs_term_keys *keys, uint8_t *key, uint32_t *len);
/** Was the block read to its last byte? */
bool prs_term_keys_done(const prs_term_keys *keys);
/** Place of `key` among the n keys of a block just begun with `first`; UINT32_MAX if it is not
 *  there.  *sound false if the bytes that were looked at are not. */
uint32_t prs_term_keys_find(prs_term_keys *keys, prs_bytes first, uint32_t n, prs_bytes key,
                            bool *sound);

#endif
