/* tokenizer.h - words cut by your own code: a tokenizer under a name that fields can ask for.
 *
 *   prism_tokenizers_new -> _add -+-> prism_schema_from_json_with   "analyzer":"NAME" in a field
 *                                 +-> prism_index_opts.tokenizers   to open such an index again
 *                                 +-> prism_index_check             to read its documents again
 *
 * The same tokenizer cuts documents, queries, the texts of highlights, and what a deep check reads
 * again.  Its name is kept in the index, with its version: an index opened without it, or with
 * another version of it, gives PRISM_EANALYZER.  Nothing is global: a set of tokenizers is an
 * object of yours that schemas and indexes refer to.
 *
 * What is below ext/ is stable within a minor version only. */
#ifndef PRISMSEARCH_EXT_TOKENIZER_H
#define PRISMSEARCH_EXT_TOKENIZER_H

#include <prismsearch/query.h>
#include <prismsearch/schema.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PRISM_MAX_STACKED_TOKENS 8u /* tokens at one position */

/** Cut a text into tokens, handing each to `emit(emit_ctx, &token)`.
 *  Params : ctx as registered; text [borrowed] any bytes, not NUL-terminated; emit and emit_ctx are
 *           good during the call only; if emit returns non-zero, return at once, any status: the
 *           reason is known.  err is never NULL; its text, if set, becomes part of the message
 *  Token  : zero it first.  `term` is what is searched for, 1 to 1023 bytes, UTF-8, folded as you
 *           like; copied.  `start` and `end` are the bytes of the text that a highlight marks, and
 *           cut no character.  `pos` never falls, begins anywhere and may leave gaps; phrases go by
 *           it.  `kind` is NULL or "word".  `span` 0 means 1 Stacked: tokens at one position are
 *           forms of one word: any of them matches there.  One that is given twice counts once
 *  Wide   : a token of span n > 1 is n positions written together ("parsejson" over "parse" and
 *           "json").  It follows a token of span 1 at its first position.  A query asks for the
 *           parts side by side or the first such token, whichever scores more Returns: PRISM_OK, or
 *           a negative status, which the caller of the library gets with a text that names the
 *           tokenizer.  PRISM_EREJECTED refuses a document, and a bulk load goes on
 *  Errors : what breaks these rules ends the caller's call with PRISM_EINVAL, or with PRISM_ELIMIT
 *           for terms over 1023 bytes, positions from PRISM_MAX_DOC_TOKENS on and more than
 *           PRISM_MAX_STACKED_TOKENS at one position Purity : the tokens depend on the text alone.
 *           A text may be cut many times
 *  Threads: called from every thread that writes or asks, at the same time; a lock of the library
 *           may be held, so call nothing of the handle at work.  No C++ exception may leave it */
typedef prism_status (*prism_tokenize_fn)(void *ctx, const char *text, size_t len,
                                          prism_token_fn emit, void *emit_ctx, prism_error *err);

/** A tokenizer; start from PRISM_TOKENIZER_INIT. */
typedef struct prism_tokenizer {
    size_t size;
    const char *name;           /* 1 to 31 bytes of [A-Za-z0-9_.-], none of the library's own */
    const char *version;        /* the same; changes whenever a text may give other tokens */
    prism_tokenize_fn tokenize; /* not NULL */
    void *ctx;                  /* handed to tokenize and release */
    void (*release)(void *ctx); /* called once, when nothing can call tokenize any more; or NULL */
} prism_tokenizer;
#define PRISM_TOKENIZER_INIT                                                                       \
    { sizeof(prism_tokenizer), NULL, NULL, NULL, NULL, NULL }

/** An empty set of tokenizers.
 *  Params : out [owned: prism_tokenizers_unref]
 *  Errors : PRISM_ENOMEM; PRISM_EINVAL out is NULL */
PRISM_API prism_status prism_tokenizers_new(prism_tokenizers **out, prism_error *err);
/** Register a tokenizer.
 *  Params : tokenizer [borrowed], names are copied; ctx must live until release, also if the set,
 *           the schema and the index are given up before: snapshots and queries may outlive them
 *  Errors : PRISM_EINVAL a bad name or version, no tokenize; PRISM_EEXISTS the name is in the set,
 *           or is the library's; PRISM_EMISUSE the set is in use by a schema or an index;
 *           PRISM_ENOMEM.  After an error release is not called
 *  Threads: one, until the set is first used; then any number may use it */
PRISM_API prism_status prism_tokenizers_add(prism_tokenizers *set, const prism_tokenizer *tokenizer,
                                            prism_error *err);
/** Give up your reference; NULL is fine.  What uses the set keeps it.   Threads: any */
PRISM_API void prism_tokenizers_unref(prism_tokenizers *set);

/** Let fields that are added from now on name these tokenizers as their analyzer.
 *  Params : schema as from prism_schema_new, set [referenced]
 *  Errors : PRISM_EINVAL a NULL; PRISM_EMISUSE the schema has tokenizers, or is in use already */
PRISM_API prism_status prism_schema_set_tokenizers(prism_schema *schema, prism_tokenizers *set,
                                                   prism_error *err);
/** As prism_schema_from_json, where "analyzer" may also name a tokenizer of `set`.  Such a field
 *  takes no "options".
 *  Params : set [referenced], may be NULL; out [owned: prism_schema_unref]
 *  Errors : as prism_schema_from_json */
PRISM_API prism_status prism_schema_from_json_with(const char *text, size_t len,
                                                   prism_tokenizers *set, prism_schema **out,
                                                   prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
