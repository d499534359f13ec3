/* kit.h - an analyzer in one line, and its tokens as text, for the tests of this folder.
 *
 *     kit *k = kit_open("stem=dual han=bi");
 *     ck_assert_str_eq(kit_terms(k, "GPT-4 達"), "gpt / gpt4, 4, 达 / 达$");
 *     kit_close(k);
 *
 * In that text " / " parts terms of one position and ", " positions; a term of kind HAN1 ends in ',
 * HANEND in $, EXACT in =, HANWORD in ~, HAN2 and WORD in nothing.  A gap of n positions is written
 * "<n>, ". */
#ifndef PRS_TESTS_ANALYSIS_KIT_H
#define PRS_TESTS_ANALYSIS_KIT_H

#include "harness/test.h"

#include "analysis/analyzer.h"
#include "base/buf.h"

#include <jansson.h>

/* A token with its term copied. */
typedef struct kit_token {
    prs_token token; /* term is NULL */
    size_t at;       /* of the term in kit.terms */
} kit_token;

typedef struct kit {
    prs_mem mem;
    prs_analyzer *analyzer;
    prs_analysis *analysis;
    kit_token *tokens;
    size_t n, cap;
    prs_buf terms, text;
    uint32_t n_pos;
    uint64_t n_bad;
} kit;

/** Open with options "name=value ...", where "name" itself is an option too ("name=keyword"). */
kit *kit_open(const char *options);
void kit_close(kit *k);
/** Analyze; the tokens are in k->tokens. */
void kit_run(kit *k, const void *text, size_t len);
prs_bytes kit_term(const kit *k, size_t i);
/** Analyze and write the tokens as text, valid until the next call. */
const char *kit_terms(kit *k, const char *text);
/** As kit_terms, each with kind, position, span, flags and byte range: "4@1+1[4,5)". */
const char *kit_places(kit *k, const char *text);
/** The options struct of such a text. */
prs_analyzer_options kit_options(const char *options);

/** Does a query, through the exported calls, find an index whose only document has this text in a
 *  field with these options? */
bool kit_finds(const char *query, const char *text, const char *options);

/** One random text of about `len` bytes: pieces of an alphabet, see kit.c.  Returns bytes written
 * <= len. */
size_t kit_random_text(test_rng *rng, unsigned alphabet, uint8_t *out, size_t len);
#define KIT_ALPHABETS 8u
/** Bytes that random tests should chew: PRISM_LONG_BYTES, or `usual`. */
size_t kit_effort(size_t usual);
/** A shared file, whole; skips the test if absent.  Free with free(). */
char *kit_read_file(const char *path, size_t *len);
/** Every document of articles-small, in order; skips the test if absent. */
void kit_each_article(void (*each)(void *ctx, const json_t *article), void *ctx);
/** Bodies of articles-small in one language ("en", "zh-"; "" = all), newlines between. */
char *kit_articles(const char *lang, size_t max, size_t *len);

#endif
