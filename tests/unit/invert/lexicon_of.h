/* lexicon_of.h - a lexicon of given words, for tests of what works on term ids. */
#ifndef PRS_TESTS_INDEX_LEXICON_OF_H
#define PRS_TESTS_INDEX_LEXICON_OF_H

#include "harness/test.h"

#include "analysis/lexicon.h"

/* A lexicon; over the whitespace analyzer lower-case ASCII words stay as they are. */
typedef struct lexicon_of {
    prs_mem mem;
    prs_analyzer *analyzer;
    prs_lexicon *lexicon;
    prs_stream stream;
} lexicon_of;

static inline void lexicon_open_as(lexicon_of *l, const char *analyzer) {
    prs_analyzer_options options;
    memset(l, 0, sizeof *l);
    prs_mem_init(&l->mem, NULL);
    prs_analyzer_options_init(&options);
    strcpy(options.name, analyzer);
    ck_assert_int_eq(prs_analyzer_new(&l->mem, &options, &l->analyzer, NULL), PRISM_OK);
    ck_assert_int_eq(prs_lexicon_new(l->analyzer, &l->mem, &l->lexicon, NULL), PRISM_OK);
    l->stream.mem = &l->mem;
}

static inline void lexicon_open(lexicon_of *l) {
    lexicon_open_as(l, "whitespace");
}

/* Add the words of a text; their ids go to the stream.  Returns their positions. */
static inline uint32_t lexicon_take(lexicon_of *l, const char *text) {
    uint32_t n_pos, n_span;
    uint64_t n_bad;
    ck_assert_int_eq(prs_lexicon_scan(l->lexicon, text, strlen(text), &l->stream, &n_pos, &n_span,
                                      &n_bad, NULL),
                     PRISM_OK);
    return n_span;
}

static inline void lexicon_close(lexicon_of *l) {
    prs_mem_free(&l->mem, l->stream.ids, l->stream.cap * sizeof(uint32_t));
    prs_lexicon_free(l->lexicon);
    prs_analyzer_unref(l->analyzer);
    ck_assert_uint_eq(atomic_load(&l->mem.live), 0);
}

#endif
