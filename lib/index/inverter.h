/* inverter.h - documents in memory, on their way to becoming a segment: streams of terms, columns.
 *
 *   document -> per indexed text or keyword field: stream of term ids, and (doc, start, length,
 *   span)
 *            -> per column field: values in a column writer
 *
 * Stored texts and keys are not here: pending.h streams them out beside.  flush.h turns the whole
 * into a file. */
#ifndef PRS_INDEX_INVERTER_H
#define PRS_INDEX_INVERTER_H

#include "base/vec.h"
#include "format/column.h"
#include "index/core.h"
#include "index/transpose.h"
#include "schema/document.h"

PRS_VEC_DEFINE(prs_stream_docs, prs_stream_doc)

typedef struct prs_inverter_field {
    const prs_field *field;
    prs_lexicon *lexicon; /* NULL: not analyzed.  Shared by fields with one analyzer */
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
/** Forget all documents.  Lexicons stay, unless together they hold more than `lexicon_share`
 *  bytes. */
void prs_inverter_clear(prs_inverter *inverter, size_t lexicon_share);

/** Bytes of the lexicons, and of all else. */
size_t prs_inverter_lexicon_bytes(const prs_inverter *inverter);
size_t prs_inverter_stream_bytes(const prs_inverter *inverter);
/** True when positions or a stream come near what 32 bits or one block of memory can hold. */
bool prs_inverter_is_full(const prs_inverter *inverter);

#endif
