/* transpose.h - from a field's tokens in order of documents to each term's places in order of
 * terms.
 *
 *   stream   doc 0: the cat   doc 1: cat sat the      places   0 1 | 2 3 4
 *   terms    cat: 1 2         sat: 3         the: 0 4
 *
 * A place is a position counted through all documents of the field: base of the document +
 * position. */
#ifndef PRS_INVERT_TRANSPOSE_H
#define PRS_INVERT_TRANSPOSE_H

#include "analysis/lexicon.h"
#include "base/pool.h"
#include "base/vec.h"

typedef struct prs_stream_doc { /* a document that has the field */
    uint32_t doc;
    uint32_t start;  /* first entry in the stream; it ends where the next document's begin */
    uint32_t length; /* positions used */
    uint32_t span;   /* one more than the last position, gaps included; >= length */
} prs_stream_doc;

PRS_VEC_DEFINE(prs_stream_docs, prs_stream_doc)

typedef struct prs_transpose_input {
    const prs_lexicon *lexicon;
    const uint32_t *ids; /* the stream: see lexicon.h */
    uint32_t n_ids;
    const prs_stream_doc *docs;
    uint32_t n_docs;
} prs_transpose_input;

/* One term of the field.  Borrowed during the call. */
typedef struct prs_transpose_term {
    uint32_t id;
    prs_bytes key;
    const uint32_t *places; /* ascending; equal ones only where a term is stacked on itself */
    uint32_t n;
    uint32_t freq_bits; /* not 0: each of `places` is instead the entry of a document, above these
                           bits, and how often it has the term; freqs of a document are added up */
} prs_transpose_term;

typedef prism_status (*prs_transpose_fn)(void *ctx, const prs_transpose_term *term,
                                         prism_error *err);

/** Call `each` for every distinct term of the stream, in order of keys; characters that it leaves
 *  out (lexicon.h) among them.
 *  Params : scratch = bytes of memory wanted for tables and places; more passes over the stream
 *           where it is less (at least a quarter of it, and one term's places, are held)
 *  Errors : ENOMEM, and what `each` returns.
 *  Cost   : 4 bytes per id of the lexicon (8 where characters are left out), 40 per distinct term;
 *           n_ids x (number of passes + 1) */
prism_status prs_transpose_run(const prs_transpose_input *input, size_t scratch, prs_mem *mem,
                               prs_transpose_fn each, void *ctx, prism_error *err) PRS_NODISCARD;

/* The terms of one pass: sorted, their places one after another. */
typedef struct prs_transpose_pass {
    const prs_lexicon *lexicon;
    const uint32_t *ids;    /* of the terms */
    const uint64_t *heads;  /* of their keys (term_sort.h), or NULL */
    const uint32_t *starts; /* n + 1: where the places of each begin; starts[0] is not 0 */
    const uint32_t *places; /* of starts[0] */
    uint32_t n;
    uint32_t freq_bits; /* not 0: of the lists of HAN1 */
} prs_transpose_pass;

typedef prism_status (*prs_transpose_pass_fn)(void *ctx, const prs_transpose_pass *pass,
                                              prism_error *err);
/** As prs_transpose_run, a pass at a time, with the help of a pool [may be NULL].
 *  Cost   : 4 bytes per id of the lexicon and helper more */
prism_status prs_transpose_passes(const prs_transpose_input *input, size_t scratch, prs_pool *pool,
                                  prs_mem *mem, prs_transpose_pass_fn each, void *ctx,
                                  prism_error *err) PRS_NODISCARD;
/** Key of term i of a pass; a short one in `room`. */
prs_bytes prs_transpose_key(const prs_transpose_pass *pass, uint32_t i, uint8_t room[8]);
/** Call `each` for the terms from `first` to before `last` of a pass. */
prism_status prs_transpose_terms(const prs_transpose_pass *pass, uint32_t first, uint32_t last,
                                 prs_transpose_fn each, void *ctx, prism_error *err) PRS_NODISCARD;

/* Which document a place belongs to: bases of the documents and, per page of places, where to begin
 * to look.  A page is a quarter of a document long, so that a look-up
 * seldom takes a step from there. */
typedef struct prs_places {
    prs_mem *mem;
    const prs_stream_doc *docs;
    uint32_t *bases; /* n_docs + 1 */
    uint32_t *pages; /* first entry that reaches into this page */
    uint32_t n_docs, n_pages;
    uint32_t shift; /* log2 of a page */
} prs_places;

prism_status prs_places_init(prs_places *places, const prs_stream_doc *docs, uint32_t n_docs,
                             prs_mem *mem, prism_error *err) PRS_NODISCARD;
void prs_places_fini(prs_places *places);

/** The entry of a place. */
static inline uint32_t prs_places_entry(const prs_places *places, uint32_t place) {
    uint32_t at = places->pages[place >> places->shift];
    while (place >= places->bases[at + 1]) at++;
    return at;
}

/** The entry of a place, not before entry `from`, which must not lie behind it. */
static inline uint32_t prs_places_find(const prs_places *places, uint32_t from, uint32_t place) {
    if (place < places->bases[from + 1]) return from;
    uint32_t page = places->pages[place >> places->shift];
    uint32_t at = page > from ? page : from + 1;
    while (place >= places->bases[at + 1]) at++;
    return at;
}

#endif
