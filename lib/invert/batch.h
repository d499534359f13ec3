/* batch.h - documents that one worker analyzes in one go: their texts in, streams and new terms
 * out.
 *
 *   in    texts    | doc, field, n | len text | len text | doc, field, n | ...
 *   out   fields   per field: ids of the worker's lexicon, documents
 *         terms    per lexicon: the keys that it had not met before, in order of their ids
 *
 * A batch has memory of its own, which it keeps when it is used again. */
#ifndef PRS_INVERT_BATCH_H
#define PRS_INVERT_BATCH_H

#include "base/buf.h"
#include "base/pool.h"
#include "index/core.h"
#include "invert/transpose.h"

typedef struct prs_batch_field {
    prs_stream stream;
    prs_stream_docs docs;
} prs_batch_field;

typedef struct prs_batch_terms { /* of the lexicon of this field number */
    prs_buf keys;                /* u16 length, bytes */
    uint32_t first, n;           /* ids */
} prs_batch_terms;

typedef struct prs_text_batch {
    prs_mem *mem;
    uint32_t n_fields;
    prs_buf texts;
    uint32_t first_doc;
    /* what the analysis gives */
    prs_batch_field *fields;
    prs_batch_terms *terms;
    uint64_t n_bad;
    prism_status status;
} prs_text_batch;

prism_status prs_batch_init(prs_text_batch *batch, uint32_t n_fields, prs_mem *mem,
                            prism_error *err) PRS_NODISCARD;
void prs_batch_fini(prs_text_batch *batch);
/** Forget texts and results. */
void prs_batch_clear(prs_text_batch *batch);
/** n values of a field of a document follow, each given by prs_batch_put_value.  Errors are sticky:
 *  texts.failed. */
void prs_batch_put_field(prs_text_batch *batch, uint32_t doc, uint32_t field, uint32_t n);
void prs_batch_put_value(prs_text_batch *batch, const void *text, uint32_t len);

/* The texts again, one field of one document after another. */
typedef struct prs_batch_reader {
    const uint8_t *at, *end;
    uint32_t doc, field, n; /* n values are left */
} prs_batch_reader;

prs_batch_reader prs_batch_read(const prs_text_batch *batch);
/** False at the end. */
bool prs_batch_next_field(prs_batch_reader *reader);
prs_bytes prs_batch_next_value(prs_batch_reader *reader);

/** Analyze the texts: fields, terms, n_bad, status.
 *  Params : lexicons by field number, as analyzers are shared; owners: those that are given where
 *           they stand, NULL elsewhere
 *  Threads: the lexicons are the worker's own */
void prs_batch_analyze(prs_text_batch *batch, const prs_recipe *recipe,
                       prs_lexicon *const *lexicons, prs_lexicon *const *owners);
size_t prs_batch_bytes(const prs_text_batch *batch);

#endif
