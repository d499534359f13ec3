/* list_file.h - random fields and lists, and a section LISTS that holds them: what tests of
 * postings need. */
#ifndef PRS_TESTS_LIST_FILE_H
#define PRS_TESTS_LIST_FILE_H

#include "harness/section_file.h"

#include "format/postings_writer.h"

/* Documents of a segment with the lengths and spans of one field. */
typedef struct field_model {
    uint32_t n_docs;
    uint32_t *length, *span; /* by doc; span >= 1 */
    prs_lengths_builder length_builder, span_builder;
    prs_lengths lengths, spans;
} field_model;

field_model *field_model_new(prs_mem *mem, uint32_t n_docs, test_rng *rng);
void field_model_free(field_model *field);

typedef enum list_shape {
    SHAPE_ALL,   /* every document */
    SHAPE_DENSE, /* most documents */
    SHAPE_HALF,
    SHAPE_SPARSE,
    SHAPE_RUNS,  /* stretches of neighbours */
    SHAPE_MIXED, /* all of the above by turns */
    N_SHAPES,
} list_shape;

/* One term's postings. */
typedef struct list_model {
    uint32_t df;
    uint64_t cf;
    uint32_t *docs, *freqs;
    uint32_t *positions; /* flat */
    uint64_t *first;     /* of each doc's positions; df + 1 */
} list_model;

/** At most max_df postings (0 = as many as the shape gives), at least one.  max_freq limits
 *  freqs. */
list_model *list_model_new(const field_model *field, list_shape shape, uint32_t max_df,
                           uint32_t max_freq, test_rng *rng);
void list_model_free(list_model *list);

/** Write the list through a writer: in pieces of 1 .. piece postings, or at once for piece 0. */
prism_status list_model_write(const list_model *list, prs_postings_writer *pw, bool positions,
                              uint32_t piece, test_rng *rng, prs_term_info *info);

/* One list in a file of its own. */
typedef struct list_file {
    section_file file;
    prs_section section;
    prs_term_info info;
    uint8_t payload[512]; /* where info.payload points to */
    prs_postings_source source;
} list_file;

/** Bytes of the payload of an inline list; 0 where there is none. */
static inline size_t list_payload_len(const prs_term_info *info) {
    return info->payload == NULL ? 0 : (info->payload_bit + (size_t)info->payload_bits + 7) / 8;
}
/** Copy a borrowed payload. */
static inline void list_payload_keep(prs_term_info *info, uint8_t *room) {
    if (info->payload == NULL) return;
    memcpy(room, info->payload, list_payload_len(info));
    info->payload = room;
}

void list_file_make(list_file *lf, prs_mem *mem, const field_model *field, const list_model *list,
                    bool positions, uint32_t piece, test_rng *rng);
void list_file_end(list_file *lf);

/** Read all of a list whose bytes may be anything: block by block with freqs, impacts and
 *  positions, by seeking, and by windows.  Fails the test unless every answer is an error or within
 *  bounds; true if there was no error. */
bool list_walk_any_bytes(const prs_postings_source *src, const prs_term_info *info, test_rng *rng);

#endif
