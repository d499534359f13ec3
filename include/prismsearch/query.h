/* query.h - from a query text, a JSON tree or calls to a query.
 *
 * A query is immutable, reference-counted, shareable, and independent of any index: terms are
 * analyzed by the schema given.  Text form: psearch-query(7). */
#ifndef PRISMSEARCH_QUERY_H
#define PRISMSEARCH_QUERY_H

#include <prismsearch/schema.h>
#include <prismsearch/vocabulary.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct prism_query prism_query;

/** What stands between two words that have no operator between them. */
typedef enum prism_operator { PRISM_OR = 0, PRISM_AND = 1 } prism_operator;

/** Something the lenient parser ignored or read otherwise: byte offset in the text and a
 *  sentence. */
typedef void (*prism_note_fn)(void *ctx, size_t at, const char *text);

/** How to read a query text; start from PRISM_QUERY_OPTS_INIT. */
typedef struct prism_query_opts {
    size_t size;
    prism_operator default_operator;
    int strict; /* notes become PRISM_EPARSE */
    int plain;  /* words only: no character is an operator (psearch run) */
    /* "title^2,body": fields of words without a field; NULL = all text fields with a boost */
    const char *fields;
    int keep_stopwords; /* do not leave stop words out of ranked queries */
    prism_note_fn note; /* may be NULL */
    void *note_ctx;
    const prism_vocabulary *vocabulary; /* stop words, words, synonyms of your own; may be NULL */
} prism_query_opts;
#define PRISM_QUERY_OPTS_INIT                                                                      \
    { sizeof(prism_query_opts), PRISM_OR, 0, 0, NULL, 0, NULL, NULL, NULL }

/** Parse and analyze a query text.
 *  Params : schema [referenced], text UTF-8; out [owned: prism_query_unref]
 *  Errors : PRISM_EPARSE in strict mode, with offset and column; PRISM_ELIMIT too long, deep or
 *           many; PRISM_EINVAL bad opts
 *  Cost   : linear in the text */
PRISM_API prism_status prism_query_parse(const prism_schema *schema, const char *text, size_t len,
                                         const prism_query_opts *opts, prism_query **out,
                                         prism_error *err);
/** The tree as JSON (see psearch-query(7)).   Out: owned: prism_free_text */
PRISM_API prism_status prism_query_to_json(const prism_query *query, char **json, prism_error *err);
/** A query from such JSON.  Errors: PRISM_EPARSE with line and column */
PRISM_API prism_status prism_query_from_json(const prism_schema *schema, const char *text,
                                             size_t len, prism_query **out, prism_error *err);
PRISM_API prism_query *prism_query_ref(prism_query *query);
PRISM_API void prism_query_unref(prism_query *query);
/** Shape of the tree, for benchmark classes: "term", "and", "or", "phrase", "near", "prefix",
 *  "mixed", "all", "none".  Static. */
PRISM_API const char *prism_query_shape(const prism_query *query);

/** One token of an analyzed text. */
typedef struct prism_token {
    const char *term; /* borrowed during the callback */
    size_t len;
    const char *kind; /* "word", "han1", "han2", "hanend", "exact" */
    uint32_t pos, span;
    size_t start, end; /* bytes of the input */
} prism_token;
typedef int (*prism_token_fn)(void *ctx, const prism_token *token);
/** Tokens of a text under the analyzer of a field (NULL field = "mixed-v1" with its defaults).
 *  Errors : PRISM_ENOTFOUND no such field; PRISM_ECANCELED the callback returned non-zero */
PRISM_API prism_status prism_analyze(const prism_schema *schema, const char *field,
                                     const char *text, size_t len, prism_token_fn each, void *ctx,
                                     prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
