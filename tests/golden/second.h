/* second.h - what the parts of ref_check share: the same index in two readers. */
#ifndef GOLDEN_SECOND_H
#define GOLDEN_SECOND_H

#include <prismsearch.h>
#include <stdio.h>

#include "ref/ref_reader.h"

/* Print a printf-formatted complaint and end with status 1. */
_Noreturn void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for a call of the library that failed. */
_Noreturn void complain_error(const char *what, const prism_error *err);

/* agree.c: everything the library says of a snapshot, and what its analyzer makes of the stored
 * documents, is what the second reader finds. */
void agree(const char *directory);
/* agree_terms.c: the lists of a field of a segment are those of its stored values, inverted
 * here. */
void agree_inverted(const prism_schema *schema, ref_index *ix, const ref_segment *s, uint32_t field,
                    const ref_cur *docs);
/* agree_columns.c: a column holds the stored values. */
void agree_column(ref_index *ix, const ref_segment *s, uint32_t field, const ref_cur *docs);

/* answers.c: the hits of fixed queries as text: keys, scores, totals. */
void answers(const char *directory, FILE *out);

#endif
