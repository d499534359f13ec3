/* vocabulary.h - words that the reading of queries knows besides the rules of the analyzers.
 *
 * Nothing of it touches the index: a vocabulary may change from one query to the next.  As text, an
 * entry a line, `#` begins a comment line:
 *
 *     stop  pls thx 吧                   words that only rank where other words stand beside them
 *     word  人工智能芯片 超级应用          words for cutting unquoted Chinese, before any dictionary
 *     same  GPU, graphics card, 显卡      each of them also finds the others (and is a `word`)
 *
 * Entries are folded and stemmed as the fields searched are: `Graphics Cards` in a query is
 * `graphics card` here.
 * Quoted phrases stay as they are written. */
#ifndef PRISMSEARCH_VOCABULARY_H
#define PRISMSEARCH_VOCABULARY_H

#include <prismsearch/schema.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PRISM_MAX_VOCABULARY_BYTES (16u << 20) /* bytes of its text */
#define PRISM_MAX_VOCABULARY_WORDS 16u         /* positions of one entry */
#define PRISM_MAX_VOCABULARY_FAMILY 64u        /* entries of one `same` line */

typedef struct prism_vocabulary prism_vocabulary;

/** Read a vocabulary for the fields of a schema.
 *  Params : schema [referenced]; text [borrowed], UTF-8; out [owned: prism_vocabulary_unref]
 *  Errors : PRISM_EPARSE an unknown kind of line, an entry without a word, a `same` line of fewer
 *           than two, an entry in two `same` lines (line and column); PRISM_ELIMIT as above
 *  Threads: the result is immutable and shareable
 *  Cost   : the analysis of the text, once for each different analyzer of the schema */
PRISM_API prism_status prism_vocabulary_from_text(const prism_schema *schema, const char *text,
                                                  size_t len, prism_vocabulary **out,
                                                  prism_error *err);
/** Another reference; returns its argument.   Threads: any */
PRISM_API prism_vocabulary *prism_vocabulary_ref(prism_vocabulary *vocabulary);
/** Drop a reference; NULL is fine.   Threads: any */
PRISM_API void prism_vocabulary_unref(prism_vocabulary *vocabulary);

#ifdef __cplusplus
}
#endif
#endif
