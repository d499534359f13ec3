/* column.h - the values of one field by document: integers or words, one or many per document.
 *
 * FORMAT.md section 13.  Values have numbers (value = doc for single columns); a word is a number
 * into the column's own sorted dictionary of original keyword values.  Bool, date and f64 are
 * integers here; what they mean is the schema's business (prs_column_from_f64 / _to_f64 keep
 * order). */
#ifndef PRS_FORMAT_COLUMN_H
#define PRS_FORMAT_COLUMN_H

#include "base/mem.h"
#include "store/in.h"

typedef enum prs_column_type { PRS_COLUMN_INT = 1, PRS_COLUMN_WORD = 2 } prs_column_type;

#define PRS_COLUMN_BLOCK 1024u /* integers per block */

/** f64 <-> i64 that sorts the same; -0.0 becomes 0.0; NaN must not be given. */
int64_t prs_column_from_f64(double x);
double prs_column_to_f64(int64_t v);

/* ---- writing --------------------------------------------------------------------------------- */
typedef struct prs_column_writer prs_column_writer;
prism_status prs_column_writer_new(prs_mem *mem, prs_column_type type, bool many,
                                   prs_column_writer **out, prism_error *err) PRS_NODISCARD;
/** Make the values of a document ready to be taken: docs strictly ascending, docs without a value
 *  may be left out.  Many: sorted and made distinct here.  Single: n is 1.  n = 0 is nothing.
 *  Errors : ENOMEM; EBUDGET 2^32 values in a column; EINVAL: nothing is ready, all is as before */
prism_status prs_column_writer_ready_ints(prs_column_writer *cw, uint32_t doc,
                                          const int64_t *values, uint32_t n,
                                          prism_error *err) PRS_NODISCARD;
prism_status prs_column_writer_ready_words(prs_column_writer *cw, uint32_t doc,
                                           const prs_bytes *words, uint32_t n,
                                           prism_error *err) PRS_NODISCARD;
/** Take what is ready, if anything is: cannot fail. */
void prs_column_writer_take(prs_column_writer *cw);
/** Give up what is ready. */
void prs_column_writer_forget(prs_column_writer *cw);
/** Both steps in one, for who has nothing to lose: errors are sticky, told by finish. */
void prs_column_writer_ints(prs_column_writer *cw, uint32_t doc, const int64_t *values, uint32_t n);
void prs_column_writer_words(prs_column_writer *cw, uint32_t doc, const prs_bytes *words,
                             uint32_t n);
/** Documents that have a value so far. */
uint32_t prs_column_writer_docs_with(const prs_column_writer *cw);
/** Bytes of memory held, for budgets. */
size_t prs_column_writer_bytes(const prs_column_writer *cw);
/** Write the section COLUMN (begun by the caller) of n_docs documents.  Nothing is used up: it can
 *  be written again, whatever failed, with no document added in between. */
prism_status prs_column_writer_finish(prs_column_writer *cw, prs_out *out, uint32_t n_docs,
                                      prism_error *err) PRS_NODISCARD;
void prs_column_writer_free(prs_column_writer *cw);

/* ---- reading --------------------------------------------------------------------------------- */
typedef struct prs_column { /* immutable after open: any threads */
    prs_section section;
    prs_column_type type;
    bool many;
    uint32_t n_docs;
    uint64_t n_values;
    /* single: bit array of docs with a value; many: first value number by doc */
    const uint8_t *places;
    const uint8_t *blocks; /* integers: n_blocks x (min, max, offset) */
    uint32_t n_blocks;
    uint32_t n_words, width; /* words */
    const uint8_t *word_offs, *numbers, *word_bytes;
    uint64_t word_bytes_len;
} prs_column;

/** Checks the layout: O(1).  The getters below cannot fail and are memory-safe whatever the bytes
 *  are, but tell the truth only after prs_column_touch. */
prism_status prs_column_open(prs_column *column, const prs_section *section, uint32_t n_docs,
                             prism_error *err) PRS_NODISCARD;
/** Verify the whole section, which is read at random afterwards: once per query, before the first
 *  getter.
 *  Errors : ECORRUPT, EIO.   Cost: 64 KiB in 2 us at first, then one load per 64 KiB */
prism_status prs_column_touch(const prs_column *column, prism_error *err) PRS_NODISCARD;
/** Every rule of FORMAT.md section 13 that open does not look at: order, bounds, zeros.
 *  Cost: O(values) */
prism_status prs_column_check(const prs_column *column, prism_error *err) PRS_NODISCARD;
/** Numbers of the doc's values: [*first, result).  Empty if it has none or doc >= n_docs. */
uint64_t prs_column_values(const prs_column *column, uint32_t doc, uint64_t *first);
bool prs_column_has(const prs_column *column, uint32_t doc);
/** Integer value number v (0 if v is out of range).   Cost: ~3 ns */
int64_t prs_column_int(const prs_column *column, uint64_t v);
/** Integers number [first, first + n) into out; beyond the end 0. */
void prs_column_ints(const prs_column *column, uint64_t first, uint32_t n, int64_t *out);
/** Set bit i of `words` for each value i of a block with from <= value <= to; nothing for a block
 *  of damaged size.   Cost: about 0.2 ns a value */
void prs_column_between(const prs_column *column, uint32_t block, int64_t from, int64_t to,
                        uint64_t *words);
/** Least and greatest value of a block of PRS_COLUMN_BLOCK values. */
void prs_column_range(const prs_column *column, uint32_t block, int64_t *min, int64_t *max);
/** Word number of value number v. */
uint32_t prs_column_word(const prs_column *column, uint64_t v);
/** Bytes of a word; empty if word >= n_words. */
prs_bytes prs_column_word_bytes(const prs_column *column, uint32_t word);
/** Number of the first word >= key (n_words if none); *exact tells if it is key. */
uint32_t prs_column_find_word(const prs_column *column, prs_bytes key, bool *exact);

#endif
