/* search.h - a query over a snapshot: the best hits, counts, snippets, statistics. */
#ifndef PRISMSEARCH_SEARCH_H
#define PRISMSEARCH_SEARCH_H

#include <prismsearch/index.h>
#include <prismsearch/query.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct prism_hits prism_hits;
typedef struct prism_stats prism_stats;

/** Whether the number of all matches must be exact. */
typedef enum prism_count_mode {
    PRISM_COUNT_NONE = 0,  /* total is a lower bound */
    PRISM_COUNT_EXACT = 1, /* total is exact */
} prism_count_mode;

/** What to find and when to stop; start from PRISM_SEARCH_OPTS_INIT. */
typedef struct prism_search_opts {
    size_t size;
    uint32_t k;      /* hits wanted, 0..PRISM_MAX_K; 0 = count only */
    uint32_t offset; /* hits skipped before them; k + offset <= PRISM_MAX_K */
    prism_count_mode count;
    int exhaustive;             /* no pruning: for tests and benches; same hits */
    double k1, b;               /* negative = 1.2, 0.75 */
    const prism_stats *stats;   /* statistics from outside, NULL = the snapshot's own */
    uint64_t timeout_us;        /* 0 = none; the answer says so when it was cut */
    const volatile int *cancel; /* non-zero stops the search; may be NULL */
    const prism_allocator *allocator;
} prism_search_opts;
#define PRISM_SEARCH_OPTS_INIT                                                                     \
    { sizeof(prism_search_opts), 10, 0, PRISM_COUNT_NONE, 0, -1.0, -1.0, NULL, 0, NULL, NULL }

/** One document found. */
typedef struct prism_hit {
    uint64_t gdoc; /* valid for this snapshot */
    /* borrowed from the snapshot, not NUL-terminated; "" if the schema has no key */
    const char *key;
    size_t key_len;
    float score;
    int32_t raw_score; /* the integer score, in units of 2^-shift: equal for equal statistics */
    uint64_t arrival;
} prism_hit;

/** Find the best documents.
 *  Params : snap, query [borrowed], opts may be NULL; out [owned: prism_hits_free]
 *  Shapes : score descending, then arrival ascending
 *  Errors : PRISM_ECORRUPT damaged segment (file and offset); PRISM_EIO; PRISM_ENOMEM;
 *           PRISM_EINVAL.  Deadline and cancel are not errors: see prism_hits_complete
 *  Threads: any number on one snapshot and query.
 *  Source : Ding & Suel, SIGIR 2011; Turtle & Flood 1995 (MaxScore); FORMAT.md section 17 */
PRISM_API prism_status prism_search(prism_snapshot *snap, const prism_query *query,
                                    const prism_search_opts *opts, prism_hits **out,
                                    prism_error *err);
PRISM_API uint32_t prism_hits_count(const prism_hits *hits);
/** Documents matched; *exact tells whether it is a lower bound only. */
PRISM_API uint64_t prism_hits_total(const prism_hits *hits, int *exact);
/** 1 complete; 0 cut by deadline or cancel. */
PRISM_API int prism_hits_complete(const prism_hits *hits);
/** The power of two of the raw scores: score = raw * 2^-shift. */
PRISM_API int prism_hits_shift(const prism_hits *hits);
/** Hit i, 0 <= i < count; zeros otherwise.  Borrowed from hits and snapshot. */
PRISM_API void prism_hits_get(const prism_hits *hits, uint32_t i, prism_hit *hit);
PRISM_API void prism_hits_free(prism_hits *hits);

/** What of a text to show; start from PRISM_SNIPPET_OPTS_INIT. */
typedef struct prism_snippet_opts {
    size_t size;
    uint32_t max_bytes;   /* length of a fragment, cut at word and cluster boundaries; 0 = 240 */
    uint32_t n_fragments; /* at most; 0 = 1 */
    int whole_field;      /* the whole text instead of fragments */
} prism_snippet_opts;
#define PRISM_SNIPPET_OPTS_INIT                                                                    \
    { sizeof(prism_snippet_opts), 0, 0, 0 }

/** A matched range. */
typedef struct prism_span {
    uint32_t start, end; /* bytes in the fragment's text */
} prism_span;
/** A piece of text with its matched ranges, ascending and apart. */
typedef struct prism_fragment {
    const char *text; /* UTF-8, borrowed from the snippet */
    size_t len;
    size_t offset; /* of the text in the field's value, bytes */
    const prism_span *spans;
    uint32_t n_spans;
} prism_fragment;
typedef struct prism_snippet prism_snippet;
/** The best fragments of a stored text field of a document, with the byte ranges that take part in
 *  matched clauses of the query.  A field without a match gives its beginning and no spans.
 *  Errors : PRISM_ENOTFOUND no such field or not stored; out [owned: prism_snippet_free] */
PRISM_API prism_status prism_snippet_make(prism_snapshot *snap, const prism_query *query,
                                          uint64_t gdoc, const char *field,
                                          const prism_snippet_opts *opts, prism_snippet **out,
                                          prism_error *err);
PRISM_API uint32_t prism_snippet_count(const prism_snippet *snippet);
PRISM_API void prism_snippet_get(const prism_snippet *snippet, uint32_t i,
                                 prism_fragment *fragment);
PRISM_API void prism_snippet_free(prism_snippet *snippet);

/* Statistics as integers, to be collected from many indexes, merged, and handed to searches. */
/** The statistics that a query needs, from one snapshot.   Out: owned: prism_stats_free */
PRISM_API prism_status prism_stats_collect(prism_snapshot *snap, const prism_query *query,
                                           prism_stats **out, prism_error *err);
/** Add `from` into `into`; both must come from the same query.  Errors: PRISM_EINVAL if not,
 *  PRISM_ELIMIT on overflow */
PRISM_API prism_status prism_stats_merge(prism_stats *into, const prism_stats *from,
                                         prism_error *err);
/** As JSON text and back.   Out: owned: prism_free_text / prism_stats_free */
PRISM_API prism_status prism_stats_to_json(const prism_stats *stats, char **json, prism_error *err);
PRISM_API prism_status prism_stats_from_json(const char *text, size_t len, prism_stats **out,
                                             prism_error *err);
PRISM_API void prism_stats_free(prism_stats *stats);

#ifdef __cplusplus
}
#endif
#endif
