/* column_range.h - the documents whose column has a value between two ends. */
#ifndef PRS_SEARCH_COLUMN_RANGE_H
#define PRS_SEARCH_COLUMN_RANGE_H

#include "format/column.h"
#include "query/ast.h"
#include "search/watch.h"

/** Set the bit of every document with a value in [from, to].
 *  Params : column of integers; words: bits of all its documents, one word more behind them
 *  Errors : ECORRUPT, EIO, ECANCELED
 *  Cost   : nothing for blocks outside, a copy of the places for blocks inside, about 0.3 ns a
 *           value for the rest; 2 ns in columns of many values a document */
prism_status prs_column_range_ints(const prs_column *column, int64_t from, int64_t to,
                                   uint64_t *words, prs_watch *watch,
                                   prism_error *err) PRS_NODISCARD;
/** ... with a word between two ends.
 *  Params : column of words
 *  Cost   : two searches of the dictionary, about 2 ns a value */
prism_status prs_column_range_words(const prs_column *column, const prs_word_range *range,
                                    uint64_t *words, prs_watch *watch,
                                    prism_error *err) PRS_NODISCARD;

/** Documents of a window with a value in [from, to].
 *  Params : column of integers, one a document, touched; base a multiple of 64 */
void prs_column_range_window(const prs_column *column, int64_t from, int64_t to, uint32_t base,
                             uint64_t *words, uint32_t n_words);

#endif
