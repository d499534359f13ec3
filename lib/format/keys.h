/* keys.h - the key of each document of a segment, and the documents of a key.
 *
 *   offsets   [n_docs + 1]      doc -> its bytes
 *   buckets   [2^b + 1]         top b bits of the hash -> first entry
 *   hashes    [n_docs] sorted   entry -> XXH3-64 of the key; equal ones by key, then by doc
 *   docs      [n_docs]          entry -> doc
 *   key bytes
 *
 * FORMAT.md section 11.  A key may stand for several documents of a segment (old versions are
 * deleted elsewhere); callers ask the deletes. */
#ifndef PRS_FORMAT_KEYS_H
#define PRS_FORMAT_KEYS_H

#include "base/hash.h"
#include "base/mem.h"
#include "format/order.h"
#include "store/in.h"

static inline uint64_t prs_keys_hash(prs_bytes key) {
    return prs_hash64(key.ptr, key.len, 0);
}

/* ---- writing --------------------------------------------------------------------------------- */
typedef struct prs_keys_writer prs_keys_writer;
prism_status prs_keys_writer_new(prs_mem *mem, prs_keys_writer **out,
                                 prism_error *err) PRS_NODISCARD;
/** Have room for a key of len bytes, so that adding it next cannot fail.
 *  Errors : ENOMEM: all is as before */
prism_status prs_keys_writer_reserve(prs_keys_writer *kw, size_t len,
                                     prism_error *err) PRS_NODISCARD;
/** The key of the next document (doc 0 first).  At most PRISM_MAX_KEY_BYTES.  Errors are sticky. */
void prs_keys_writer_add(prs_keys_writer *kw, prs_bytes key);
/** The key of a document added before, borrowed until the next add; empty if there is none (or it
 *  was lost to a sticky error).  For finding the pending document of a key. */
prs_bytes prs_keys_writer_key(const prs_keys_writer *kw, uint32_t doc);
/** Bytes of memory held, for budgets: 20 per document and the key bytes. */
size_t prs_keys_writer_bytes(const prs_keys_writer *kw);
/** Write the section KEYS (begun by the caller) of n_docs documents.  Nothing is used up: it can be
 *  written again, whatever failed. */
prism_status prs_keys_writer_finish(prs_keys_writer *kw, prs_out *out, uint32_t n_docs,
                                    prism_error *err) PRS_NODISCARD;
void prs_keys_writer_free(prs_keys_writer *kw);

/* ---- reading --------------------------------------------------------------------------------- */
typedef struct prs_keys { /* immutable after open: any threads */
    prs_section section;
    uint32_t n_docs, log2_buckets, off_width;
    uint64_t offs, buckets, hashes, docs, bytes; /* offsets of the parts in the section */
    uint64_t bytes_len;
} prs_keys;

/** Checks the layout, not each key: O(1). */
prism_status prs_keys_open(prs_keys *keys, const prs_section *section, uint32_t n_docs,
                           prism_error *err) PRS_NODISCARD;
/** Key of a document, borrowed from the section.   Errors: EINVAL doc, ECORRUPT. */
prism_status prs_keys_get(const prs_keys *keys, uint32_t doc, prs_bytes *key,
                          prism_error *err) PRS_NODISCARD;

typedef struct prs_key_probe {
    uint64_t hash; /* prs_keys_hash(key) */
    prs_bytes key;
    uint64_t tag; /* the caller's */
} prs_key_probe;
typedef prism_status (*prs_key_found_fn)(void *ctx, const prs_key_probe *probe, uint32_t doc);

/** Tell every document of every probe's key, probes in order, docs of one key ascending.  Probes
 *  sorted by hash are several times faster, because memory is then read front to back.
 *  Errors : ECORRUPT, and what `found` returns (which ends the walk). */
prism_status prs_keys_find_all(const prs_keys *keys, const prs_key_probe *probes, size_t n,
                               prs_key_found_fn found, void *ctx, prism_error *err) PRS_NODISCARD;

/** Is that document an entry of the probe's key, where FORMAT.md has it?  By halves, however many
 *  documents have the key.
 *  Errors : ECORRUPT */
prism_status prs_keys_has(const prs_keys *keys, const prs_key_probe *probe, uint32_t doc, bool *has,
                          prism_error *err) PRS_NODISCARD;

/** Tell every entry's document in their order, so that those of one key come one after another;
 *  fresh: its key is not that of the one before.
 *  Errors : ECORRUPT, and what `found` returns.   Cost: one scan */
typedef prism_status (*prs_key_entry_fn)(void *ctx, uint32_t doc, prs_bytes key, bool fresh);
prism_status prs_keys_each(const prs_keys *keys, prs_key_entry_fn found, void *ctx,
                           prism_error *err) PRS_NODISCARD;

/** Tell every document whose key a document of the segment has too that arrived later, in no
 *  special order.
 *  Errors : ECORRUPT, and what `found` returns.   Cost: one scan of the hashes */
typedef prism_status (*prs_key_doc_fn)(void *ctx, uint32_t doc);
prism_status prs_keys_superseded(const prs_keys *keys, const prs_order *order, prs_key_doc_fn found,
                                 void *ctx, prism_error *err) PRS_NODISCARD;

#endif
