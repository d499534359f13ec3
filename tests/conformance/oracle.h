/* oracle.h - the surfaces of a text as ICU and the rule source mixed_v1.rbbi.txt see them. */
#ifndef PRS_TESTS_CONFORMANCE_ORACLE_H
#define PRS_TESTS_CONFORMANCE_ORACLE_H

#include "analysis/scan.h"

enum { ORACLE_MAX_BYTES = 16384 };

typedef struct oracle oracle;

/** An oracle under the options (join_linebreak must be off) from the text of the rule source. */
oracle *oracle_new(const char *rules, const prs_scan_options *options);
void oracle_free(oracle *o);
/** Surfaces of a text of at most ORACLE_MAX_BYTES; valid until the next call. */
const prs_surface *oracle_run(oracle *o, const uint8_t *text, uint32_t len, uint32_t *n,
                              uint64_t *n_bad);
/** False for code points whose properties in this ICU are not those of the pinned UCD. */
bool oracle_knows(uint32_t cp);

#endif
