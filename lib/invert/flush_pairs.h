/* flush_pairs.h - lists of adjacent pairs of the most frequent words, when a segment is written. */
#ifndef PRS_INVERT_FLUSH_PAIRS_H
#define PRS_INVERT_FLUSH_PAIRS_H

#include "format/lengths.h"
#include "format/stops.h"
#include "invert/inverter.h"

/** Write PAIR_LISTS, PAIR_TERMS_INDEX and STOP_SET of a field with positions.
 *  Params : known [borrowed] the set in use, n = 0: one is chosen if the stream has at least
 *           `tokens` entries, else nothing is written
 *           n_docs documents of the segment; lengths [borrowed], NULL = none
 *  Errors : ENOMEM; those of `out`
 *  Cost   : 1.5 ns an entry of the stream, 1 byte an id of the lexicon, 20 a posting of a pair;
 *           choosing 5 bytes an id more */
prism_status prs_flush_pairs(const prs_inverter_field *field, const prs_stops *known,
                             uint64_t tokens, uint32_t n_docs, const prs_lengths *lengths,
                             prs_mem *mem, prs_out *out, prism_error *err) PRS_NODISCARD;

#endif
