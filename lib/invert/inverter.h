/* inverter.h - documents in memory, on their way to becoming a segment: streams of terms, columns.
 *
 *   document -> per indexed text or keyword field: stream of term ids, and
 *               (doc, start, length, span)
 *            -> per column field: values in a column writer
 *
 * Stored texts and keys are not here: pending.h streams them out beside.  flush.h turns the whole
 * into a file. */
#ifndef PRS_INVERT_INVERTER_H
#define PRS_INVERT_INVERTER_H

#include "format/column.h"
#include "index/core.h"
#include "invert/batch.h"
#include "invert/tally.h"
#include "invert/transpose.h"
#include "schema/document.h"

PRS_VEC_DEFINE(prs_id_table, uint32_t)

typedef struct prs_inverter_field {
    const prs_field *field;
    prs_lexicon *lexicon; /* NULL: not analyzed.  Shared by fields with one analyzer */
    uint32_t owner;       /* the first of them, where it is among inverter.lexicons */
    bool is_callers;      /* the caller's tokenizer cuts it */
    prs_stream stream;
    prs_stream_docs docs;
    uint64_t n_places;         /* sum of the spans */
    size_t mark;               /* stream.n before the document being added */
    prs_column_writer *column; /* NULL: none; made with the first value */
} prs_inverter_field;

typedef struct prs_inverter {
    prs_mem *mem;
    prs_recipe *recipe;
    prs_inverter_field *fields; /* by field number */
    uint32_t n_fields;
    prs_lexicon **lexicons; /* by field number, each once; NULL else */
    uint32_t n_docs;
    uint64_t n_bad; /* ill-formed UTF-8 parts met */
    size_t limit;   /* bytes that streams and columns may hold; 0 = no limit */
    /* scratch of add */
    uint32_t *first, *order; /* values of a document by field */
    int64_t *ints;
    prs_bytes *words;
    size_t values_cap; /* of order, ints, words */
} prs_inverter;

prism_status prs_inverter_new(prs_recipe *recipe, prs_mem *mem, prs_inverter **out,
                              prism_error *err) PRS_NODISCARD;
void prs_inverter_free(prs_inverter *inverter);

/** Take one document; its number is the n_docs of before.
 *  Errors : ELIMIT too many positions, EBUDGET over `limit`, ENOMEM: the document is not taken, and
 *           memory that was had for it is given back */
prism_status prs_inverter_add(prs_inverter *inverter, const prs_document *doc,
                              prism_error *err) PRS_NODISCARD;
/** Take one document whose texts go to `batch`, for its results to be taken later, in order of the
 *  batches.  It is known that its texts can be analyzed and are within `limit`.
 *  Errors : ENOMEM: neither inverter nor batch has changed */
prism_status prs_inverter_add_later(prs_inverter *inverter, const prs_document *doc,
                                    prs_text_batch *batch, prism_error *err) PRS_NODISCARD;
/** Append what the texts of a batch came to.
 *  Params : tables by number of a lexicon's owner: the worker's ids -> ids of that lexicon
 *  Errors : ENOMEM: nothing was appended */
prism_status prs_inverter_take(prs_inverter *inverter, const prs_text_batch *batch,
                               const prs_id_table *tables, prism_error *err) PRS_NODISCARD;
/** Analyze a batch here and now, and append that.   Errors : ENOMEM: nothing was appended */
prism_status prs_inverter_scan(prs_inverter *inverter, const prs_text_batch *batch,
                               prism_error *err) PRS_NODISCARD;
/** Forget all documents.  Lexicons stay, unless together they weigh more than `lexicon_share`. */
void prs_inverter_clear(prs_inverter *inverter, size_t lexicon_share);

/** Bytes of the lexicons, and of all else; the columns' part of that. */
size_t prs_inverter_lexicon_bytes(const prs_inverter *inverter);
size_t prs_inverter_stream_bytes(const prs_inverter *inverter);
size_t prs_inverter_column_bytes(const prs_inverter *inverter);
/** Sum of prs_lexicon_weight. */
uint64_t prs_inverter_lexicon_weight(const prs_inverter *inverter);
/** What the documents whose texts were analyzed have come to. */
prs_tally_mark prs_inverter_mark(const prs_inverter *inverter);
/** True when positions or a stream come near what 32 bits or one block of memory can hold; the
 *  second with counts of the caller's. */
bool prs_inverter_is_full(const prs_inverter *inverter);
bool prs_inverter_is_full_at(const prs_inverter *inverter, uint64_t most_ids, uint64_t most_places);

#endif
