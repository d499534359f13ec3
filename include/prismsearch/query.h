/* query.h - from a query text, a JSON tree or calls to a query.
 *
 * A query is immutable, reference-counted, shareable, and independent of any index: terms are
 * analyzed by the schema given, which it refers to.  Text form and JSON form: psearch-query(7). */
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
    int strict;         /* notes become PRISM_EPARSE */
    int plain;          /* words only: no character is an operator (psearch run) */
    const char *fields; /* "title^2,body": fields of words that name none, ^ a weight from 1 to 100;
                            NULL = all text fields with a boost */
    int keep_stopwords; /* do not leave stop words out of ranked queries */
    prism_note_fn note; /* may be NULL */
    void *note_ctx;
    const prism_vocabulary *vocabulary; /* stop words, words, synonyms of your own; may be NULL */
} prism_query_opts;
#define PRISM_QUERY_OPTS_INIT                                                                      \
    { sizeof(prism_query_opts), PRISM_OR, 0, 0, NULL, 0, NULL, NULL, NULL }

/** Parse and analyze a query text.
 *  Params : schema [referenced]; out [owned: prism_query_unref]
 *  Errors : PRISM_EPARSE in strict mode, with offset and column; PRISM_ELIMIT
 *           PRISM_MAX_QUERY_BYTES, _NODES, _DEPTH, PRISM_MAX_PHRASE_TERMS; PRISM_EINVAL
 *           opts.fields; what a tokenizer returns
 *  Cost   : linear in the text; milliseconds when a schema is first asked */
PRISM_API prism_status prism_query_parse(const prism_schema *schema, const char *text, size_t len,
                                         const prism_query_opts *opts, prism_query **out,
                                         prism_error *err);
/** The tree as JSON: after analysis, terms instead of texts.
 *  Params : *json [owned: prism_free_text], a string
 *  Errors : none but those of base.h */
PRISM_API prism_status prism_query_to_json(const prism_query *query, char **json, prism_error *err);
/** A query from such JSON.
 *  Params : schema [referenced]; out [owned: prism_query_unref]
 *  Errors : PRISM_EPARSE not JSON (with line and column), or no such tree; PRISM_ELIMIT as
 *           prism_query_parse, and PRISM_MAX_DOC_BYTES */
PRISM_API prism_status prism_query_from_json(const prism_schema *schema, const char *text,
                                             size_t len, prism_query **out, prism_error *err);

/* ---- by calls ------------------------------------------------------------------------------ */

/** Documents with all words of a text, in which no character is an operator.  A text without any
 *  word matches nothing.
 *  Params : schema [referenced]; fields as prism_query_opts.fields, may be NULL; out [owned:
 *           prism_query_unref]
 *  Errors : PRISM_EINVAL fields; PRISM_ELIMIT as prism_query_parse; what a tokenizer returns */
PRISM_API prism_status prism_query_term(const prism_schema *schema, const char *fields,
                                        const char *text, size_t len, prism_query **out,
                                        prism_error *err);
/** Documents with the words of a text side by side, as they stand.
 *  Params, Errors: as prism_query_term */
PRISM_API prism_status prism_query_phrase(const prism_schema *schema, const char *fields,
                                          const char *text, size_t len, prism_query **out,
                                          prism_error *err);
/** Documents with the words of a text in any order within their number plus `slop` positions.
 *  Params, Errors: as prism_query_term; PRISM_EINVAL slop over PRISM_MAX_DOC_TOKENS */
PRISM_API prism_status prism_query_near(const prism_schema *schema, const char *fields,
                                        const char *text, size_t len, uint32_t slop,
                                        prism_query **out, prism_error *err);
/** Documents with a word that begins so; several words: a phrase whose last word begins so.
 *  Params, Errors: as prism_query_term */
PRISM_API prism_status prism_query_prefix(const prism_schema *schema, const char *fields,
                                          const char *text, size_t len, prism_query **out,
                                          prism_error *err);

#define PRISM_RANGE_OPEN_FROM 1u /* the value `from` itself does not count */
#define PRISM_RANGE_OPEN_TO 2u   /* nor does the value `to` */
/** Documents with a value of a field between two ends, all with the same score.  Any of several
 *  values will do.  A date that is a year, month, day, minute or second means all of it.  Keywords
 *  are compared by the bytes of the original values where the field has a column, else folded.
 *  Params : schema [referenced]; from, to as in prism_doc_add, NULL = no end; flags PRISM_RANGE_*;
 *           out [owned: prism_query_unref].  An end below its beginning finds nothing
 *  Errors : PRISM_ENOTFOUND no such field; PRISM_EINVAL a text field or one without a column, an
 *           end that is no value of the field, unknown flags; what a tokenizer returns */
PRISM_API prism_status prism_query_range(const prism_schema *schema, const char *field,
                                         const char *from, size_t from_len, const char *to,
                                         size_t to_len, unsigned flags, prism_query **out,
                                         prism_error *err);
/** Documents that have a field, all with the same score.
 *  Params : schema [referenced]; out [owned: prism_query_unref]
 *  Errors : PRISM_ENOTFOUND no such field; PRISM_EINVAL a field that is only stored */
PRISM_API prism_status prism_query_exists(const prism_schema *schema, const char *field,
                                          prism_query **out, prism_error *err);
/** All documents.
 *  Params : schema [referenced]; out [owned: prism_query_unref]
 *  Errors : none but those of base.h */
PRISM_API prism_status prism_query_all(const prism_schema *schema, prism_query **out,
                                       prism_error *err);

/** What a clause is to the query that it is part of. */
typedef enum prism_occur {
    PRISM_SHOULD = 0,   /* may match: adds to the score */
    PRISM_MUST = 1,     /* must match: adds to the score */
    PRISM_MUST_NOT = 2, /* must not match */
    PRISM_FILTER = 3,   /* must match: adds nothing */
} prism_occur;
/** A part of a query. */
typedef struct prism_clause {
    const prism_query *query; /* borrowed, copied */
    prism_occur occur;
} prism_clause;
/** One query of several.
 *  Params : clauses, n > 0; min_should = how many PRISM_SHOULD must match, 0 = 1 where there is
 *           neither PRISM_MUST nor PRISM_FILTER, else none; out [owned: prism_query_unref].
 *           Nothing but PRISM_MUST_NOT means all other documents
 *  Errors : PRISM_EINVAL queries of different schemas, min_should over the number of PRISM_SHOULD;
 *           PRISM_ELIMIT PRISM_MAX_QUERY_NODES or _DEPTH, for the whole
 *  Cost   : the trees are copied */
PRISM_API prism_status prism_query_bool(const prism_clause *clauses, size_t n, uint32_t min_should,
                                        prism_query **out, prism_error *err);
/** The same query, counting `boost` times as much.
 *  Params : boost 0 to 1000000; out [owned: prism_query_unref]
 *  Errors : PRISM_EINVAL boost, also multiplied by the one that is there
 *  Cost   : the tree is copied */
PRISM_API prism_status prism_query_boost(const prism_query *query, double boost, prism_query **out,
                                         prism_error *err);

/** Another reference; returns its argument, which may be NULL.   Threads: any */
PRISM_API prism_query *prism_query_ref(prism_query *query);
/** Drop a reference; NULL is fine.   Threads: any */
PRISM_API void prism_query_unref(prism_query *query);
/** Shape of the tree, for benchmark classes: "term", "and", "or", "phrase", "near", "prefix",
 *  "range", "mixed", "all" or "none", a static string; "none" for NULL. */
PRISM_API const char *prism_query_shape(const prism_query *query);

/* ---- analysis ------------------------------------------------------------------------------ */

/** One token of an analyzed text, or one that a tokenizer hands over (ext/tokenizer.h). */
typedef struct prism_token {
    const char *term;   /* what is searched for; borrowed during the callback */
    size_t len;         /* bytes of term */
    const char *kind;   /* "word", "han1", "han2", "hanend", "exact", "hanword" */
    uint32_t pos, span; /* first position, from 0, and number of positions */
    size_t start, end;  /* bytes of the input */
} prism_token;
/** Takes a token; return 0 to go on, anything else to stop. */
typedef int (*prism_token_fn)(void *ctx, const prism_token *token);
/** Tokens of a text under the analyzer of a field.
 *  Params : field NULL = "mixed-v1" with its defaults; text any bytes, ill-formed parts separate
 *           words
 *  Errors : PRISM_ENOTFOUND no such field; PRISM_EINVAL a field of numbers or dates;
 *           PRISM_ECANCELED the callback stopped; PRISM_ELIMIT 4 GiB or more; what a tokenizer
 *           returns
 *  Cost   : linear in the text */
PRISM_API prism_status prism_analyze(const prism_schema *schema, const char *field,
                                     const char *text, size_t len, prism_token_fn each, void *ctx,
                                     prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
