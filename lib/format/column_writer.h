/* column_writer.h - a column writer from the inside, for the two files that it is made of:
 * column_write.c gathers, column_finish.c writes. */
#ifndef PRS_FORMAT_COLUMN_WRITER_H
#define PRS_FORMAT_COLUMN_WRITER_H

#include "format/column.h"

#include "base/map.h"
#include "base/vec.h"
#include "store/spool.h"

#define PRS_COLUMN_PART 128u /* integers packed at a time: whole bytes for every width */

PRS_VEC_DEFINE(prs_int_vec, int64_t)
PRS_VEC_DEFINE(prs_id_vec, uint32_t)

struct prs_column_writer {
    prs_mem *mem;
    prs_column_type type;
    bool many;
    prism_error error; /* of values that were not made ready; code PRISM_OK while there is none */
    uint32_t next_doc, n_docs_with;
    uint64_t n_values;
    uint64_t present; /* single: bits of the current 64 documents */
    prs_spool places;
    /* integers: the open block, then packed ones */
    uint32_t n_block;
    int64_t block[PRS_COLUMN_BLOCK];
    uint8_t block_present[PRS_COLUMN_BLOCK];
    prs_spool heads; /* min, max, offset from the first block */
    prs_spool blocks;
    /* words */
    prs_map words;
    prs_spool numbers;
    /* values of one document, distinct: those that are ready; scratch of finish */
    uint32_t n_ready;
    prs_map_mark words_before;
    prs_int_vec ints, ints_scratch;
    prs_id_vec ids, ids_scratch;
};

/** Documents up to `doc` have no value.
 *  Errors : ENOMEM: as far as it came, which is good for going on */
prism_status prs_column_writer_skip(prs_column_writer *cw, uint32_t doc,
                                    prism_error *err) PRS_NODISCARD;
/** Room for the ids of one document, beside room of the same size; NULL on failure. */
uint32_t *prs_column_writer_ids(prs_column_writer *cw, uint32_t n, uint32_t **scratch);
void prs_column_sort_ids(uint32_t *ids, uint32_t *scratch, uint32_t n);
/** Least value and width of the open block. */
uint32_t prs_column_writer_width(const prs_column_writer *cw, int64_t *min, int64_t *max);
/** Pack at most PRS_COLUMN_PART values of the open block from number `from` on; returns the bytes
 *  of `bits` that they take. */
size_t prs_column_writer_pack(const prs_column_writer *cw, uint32_t from, int64_t min,
                              uint32_t width, uint8_t bits[8 * PRS_COLUMN_PART + 16]);

#endif
