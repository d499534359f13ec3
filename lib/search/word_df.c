/* word_df.c - how is a union of posting lists counted exactly, when only its size is wanted?
 *
 * Structure   body  |--------------------------|   The dictionary tells the df of each list;
 *             title      |----|                    what they have in common is looked at.
 *
 *             One list: its df.  One list much longer than all others together: df of the long one
 *             plus the documents of the others that are not in it, found by seeking.  Else: both
 *             are written into a bitset, a window of documents at a time, and the ones counted.
 * Why so      idf over BM25F groups asks for documents having the word in *any* field; adding the
 *             dfs would count a document twice and make scores depend on where a word happens to
 *             repeat.
 * Cost        Blocks of the lists once, about 0.3 ns a posting; the caller remembers the result.
 * Tested by   tests/unit/search/test_word_df.c */
#include "search/word_df.h"

#include "base/error.h"

#define PRS_DF_WINDOW_WORDS 64u
#define PRS_DF_SEEK_RATIO 32u /* a seek costs about as much as decoding so many postings */

typedef struct df_lists {
    prs_postings *lists; /* df descending */
    uint32_t n;
    uint64_t rest; /* sum of df of all but the first */
    prs_watch *watch;
} df_lists;

/* Documents of the window [base, base + 64 words) in any list. */
static prism_status count_window(df_lists *in, uint32_t base, uint32_t *n, prism_error *err) {
    uint64_t words[PRS_DF_WINDOW_WORDS] = {0};
    for (uint32_t i = 0; i < in->n; i++) {
        PRS_TRY(prs_watch_tick(in->watch, err));
        PRS_TRY(prs_postings_fill_window(&in->lists[i], base, words, PRS_DF_WINDOW_WORDS, err));
    }
    for (uint32_t i = 0; i < PRS_DF_WINDOW_WORDS; i++)
        *n += (uint32_t)__builtin_popcountll(words[i]);
    return PRISM_OK;
}

static prism_status count_by_windows(df_lists *in, uint32_t n_docs, uint32_t *df,
                                     prism_error *err) {
    uint32_t n = 0;
    for (uint32_t base = 0; base < n_docs; base += 64 * PRS_DF_WINDOW_WORDS) {
        PRS_TRY(count_window(in, base, &n, err));
    }
    *df = n;
    return PRISM_OK;
}

/* Documents of lists[1] that are not in lists[0]. */
static prism_status count_by_seeking(df_lists *in, uint32_t *df, prism_error *err) {
    prs_postings *large = &in->lists[0], *small = &in->lists[1];
    uint32_t n = large->info.df;
    while (small->last_doc != PRS_DOC_END) {
        PRS_TRY(prs_watch_tick(in->watch, err));
        PRS_TRY(prs_postings_load(small, err));
        for (uint32_t i = 0; i < small->n; i++) {
            uint32_t doc;
            PRS_TRY(prs_postings_seek(large, small->docs[i], &doc, err));
            if (doc != small->docs[i]) n++;
        }
        PRS_TRY(prs_postings_next_block(small, err));
    }
    *df = n;
    return PRISM_OK;
}

/* Open the lists of the word, the longest first. */
static prism_status open_lists(const prs_segment *segment, const prs_fields *fields,
                               const prs_term_info *infos, df_lists *in, prism_error *err) {
    uint32_t longest = 0;
    for (uint32_t i = 0; i < fields->n; i++) {
        if (infos[i].df > infos[longest].df) longest = i;
    }
    for (uint32_t k = 0; k < fields->n; k++) {
        uint32_t i = k == 0 ? longest : k <= longest ? k - 1 : k;
        if (infos[i].df == 0) continue;
        const prs_segment_field *field = &segment->fields[fields->ptr[i].field];
        PRS_TRY(prs_postings_open(&in->lists[in->n], &field->source, &infos[i], err));
        if (in->n > 0) in->rest += infos[i].df;
        in->n++;
    }
    return PRISM_OK;
}

static prism_status count_union(const prs_segment *segment, const prs_fields *fields,
                                const prs_term_info *infos, uint32_t n_lists, prs_mem *mem,
                                prs_watch *watch, uint32_t *df, prism_error *err) {
    df_lists in = {.watch = watch};
    size_t bytes = (size_t)n_lists * sizeof *in.lists;
    in.lists = prs_mem_alloc(mem, bytes);
    if (in.lists == NULL) return prs_error_nomem(err);
    prism_status status = open_lists(segment, fields, infos, &in, err);
    if (status == PRISM_OK) {
        bool skewed = in.n == 2 && in.rest * PRS_DF_SEEK_RATIO < in.lists[0].info.df;
        status = skewed ? count_by_seeking(&in, df, err)
                        : count_by_windows(&in, segment->n_docs, df, err);
    }
    prs_mem_free(mem, in.lists, bytes);
    return status;
}

prism_status prs_word_df(const prs_segment *segment, const prs_fields *fields, prs_bytes key,
                         prs_mem *mem, prs_watch *watch, prs_term_info *infos, uint32_t *df,
                         prism_error *err) {
    uint32_t n_lists = 0;
    *df = 0;
    for (uint32_t i = 0; i < fields->n; i++) {
        const prs_segment_field *field = &segment->fields[fields->ptr[i].field];
        bool found = false;
        if (field->present)
            PRS_TRY(prs_terms_find(&field->terms, key, &infos[i], &found, err));
        else
            memset(&infos[i], 0, sizeof infos[i]);
        if (!found) continue;
        n_lists++;
        *df = infos[i].df;
    }
    if (n_lists < 2) return PRISM_OK;
    prism_status status = count_union(segment, fields, infos, n_lists, mem, watch, df, err);
    if (status != PRISM_OK) *df = 0;
    return status;
}
