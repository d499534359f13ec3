/* search.h - a query over a snapshot: the best hits, counts, snippets, statistics.
 *
 * Over many indexes (shards, machines) as over one:
 *
 *   prism_stats_collect on each -> prism_stats_merge -> prism_search on each with opts.stats
 *       -> prism_hits_encode, prism_hits_decode on the way -> prism_hits_merge
 *
 * Scores are integers that depend on the query, the document and the statistics alone, so the
 * merged answer equals that of one index to the bit.  Queries and statistics travel as JSON text,
 * too. */
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

/** Why a search ended before it was done. */
typedef enum prism_stop {
    PRISM_STOP_NONE = 0,     /* it was done */
    PRISM_STOP_DEADLINE = 1, /* timeout_us */
    PRISM_STOP_CANCEL = 2,   /* *cancel, or progress said so */
    PRISM_STOP_WORK = 3,     /* max_work */
} prism_stop;

/** What to find and when to stop; start from PRISM_SEARCH_OPTS_INIT. */
typedef struct prism_search_opts {
    size_t size;
    uint32_t k;      /* hits wanted, 0..PRISM_MAX_K; 0 = count only */
    uint32_t offset; /* hits skipped before them; k + offset <= PRISM_MAX_K */
    prism_count_mode count;
    int exhaustive;                   /* no pruning: for tests and benches; same hits */
    double k1, b;                     /* negative = 1.2, 0.75; at most 1e6, 1 */
    const prism_stats *stats;         /* statistics from outside, NULL = the snapshot's own */
    uint64_t timeout_us;              /* 0 = none; the answer says so when it was cut */
    const volatile int *cancel;       /* non-zero stops the search; may be NULL */
    const prism_allocator *allocator; /* of hits and work space; NULL = the snapshot's */
    uint64_t max_work;                /* steps of at most 4096 postings; 0 = any number */
    size_t memory;                    /* bytes of work space and hits; 0 = 64 MiB */
    /* every hit must match it too; it adds nothing to scores, changes none, and needs no
     * statistics; of the same schema as the query; NULL = none */
    const prism_query *filter;
    /* "date:desc,n": the order of the hits, a list of fields with columns, each with :asc (as
     * without a direction) or :desc.  _score, best first unless it says :asc, and _arrival may
     * stand among them.  Equal documents stand by arrival.  Of several values the least counts for
     * :asc, the greatest for :desc; documents without one come last in both.  Keywords stand by the
     * bytes of the original values.  NULL or "" = best first */
    const char *sort;
    const char *after; /* token of prism_hits_next: what comes behind it; NULL = from the start */
    /* threads that may work on it, the caller's among them; 0 and 1 = the caller's alone.  Others
     * are started for this search where it is worth them (more than some 100,000 postings), and
     * have ended when it returns.  Segments, and ranges of large ones, are theirs by turns.  Not
     * with an order by values, nor with max_work */
    unsigned threads;
    /* bytes of filters to keep with the snapshot: where > 0, the documents that opts.filter matches
     * are found once, a bit for each of a segment's, and later searches with an equal filter find
     * them there.  Those used longest ago make room.  It is the snapshot's memory, beside
     * opts.memory, and goes with it */
    size_t filter_cache;
    /* called by the searching thread at its first step and then every 32 steps, with the steps so
     * far and 0; anything but 0 stops the search, as *cancel does.  May be NULL */
    prism_progress_fn progress;
    void *progress_ctx;
} prism_search_opts;
#define PRISM_SEARCH_OPTS_INIT                                                                     \
    {                                                                                              \
        sizeof(prism_search_opts), 10, 0, PRISM_COUNT_NONE, 0, -1.0, -1.0, NULL, 0, NULL, NULL, 0, \
            0, NULL, NULL, NULL, 0, 0, NULL, NULL                                                  \
    }

/** One document found. */
typedef struct prism_hit {
    uint64_t gdoc;     /* good for the snapshot that it was found in */
    const char *key;   /* not NUL-terminated; "" if the schema has no key */
    size_t key_len;    /* bytes */
    float score;       /* raw_score * 2^-shift */
    int32_t raw_score; /* equal for equal statistics, whatever the segments */
    uint64_t arrival;  /* order of arrival in its index: decides between equal scores */
    uint32_t part;     /* which of the answers that were merged it is from; else 0 */
} prism_hit;

/** Find the best documents, or the first in the order asked for.
 *  Params : opts may be NULL; out [owned: prism_hits_free], which refers to snap
 *  Shapes : score descending, then arrival ascending; or as opts.sort says, then arrival ascending:
 *           scores are 0 then, unless _score is part of the order
 *  Errors : PRISM_ECORRUPT a damaged segment (file, offset); PRISM_EIO; PRISM_ELIMIT boosts too
 *           large to add up, k > 0; PRISM_EBUDGET opts.memory is too little: it takes a bit a
 *           document of the largest segment for each different prefix, range or exists, and some
 *           KiB a clause; PRISM_EINVAL k + offset, k1, b, statistics of another query; a filter of
 *           another schema; threads over 256; an order by a field that there is not, or without a
 *           column, or twice; a token that is none, or of another order.  Deadline, cancel and
 *           max_work are no errors: see prism_hits_stopped
 *  Threads: with opts.threads over 1 hits, scores and exact totals are those of one thread, to the
 *           bit; a total that is a lower bound may be another each time.  Some 100 KiB a thread
 *  Cost   : the postings that pruning cannot skip; with opts.sort all that match, and a few ns for
 *           each: the total is exact then.  A page behind a token costs what the first one does.
 *           Told to stop, it ends within one step
 *  Source : Ding & Suel, SIGIR 2011; Turtle & Flood 1995 (MaxScore); FORMAT.md section 17 */
PRISM_API prism_status prism_search(prism_snapshot *snap, const prism_query *query,
                                    const prism_search_opts *opts, prism_hits **out,
                                    prism_error *err);
/** Number of hits, at most k; 0 for NULL. */
PRISM_API uint32_t prism_hits_count(const prism_hits *hits);
/** Documents matched, those beyond k included; 0 for NULL.
 *  Params : *exact (may be NULL) = 0 if it is a lower bound only */
PRISM_API uint64_t prism_hits_total(const prism_hits *hits, int *exact);
/** 1 complete; 0 cut short, or NULL: hits and total are of what was seen. */
PRISM_API int prism_hits_complete(const prism_hits *hits);
/** Why the search was cut short; PRISM_STOP_NONE if it was not, or for NULL.  Of a merged answer:
 *  that of the first part that was cut. */
PRISM_API prism_stop prism_hits_stopped(const prism_hits *hits);
/** The power of two of the raw scores; 0 for NULL, and where k was 0. */
PRISM_API int prism_hits_shift(const prism_hits *hits);
/** Hit i, 0 <= i < count; zeros and an empty key otherwise.
 *  Params : *hit, whose key is borrowed from hits */
PRISM_API void prism_hits_get(const prism_hits *hits, uint32_t i, prism_hit *hit);
/** Free; NULL is fine. */
PRISM_API void prism_hits_free(prism_hits *hits);

/** What a value that a hit stands by is. */
typedef enum prism_sort_kind {
    PRISM_SORT_MISSING = 0, /* the document has none */
    PRISM_SORT_I64 = 1,
    PRISM_SORT_F64 = 2,
    PRISM_SORT_BOOL = 3,
    PRISM_SORT_DATE = 4,
    PRISM_SORT_KEYWORD = 5,
    PRISM_SORT_SCORE = 6,   /* _score */
    PRISM_SORT_ARRIVAL = 7, /* _arrival */
} prism_sort_kind;
/** A value that a hit stands by; members that its kind does not use are 0. */
typedef struct prism_sort_value {
    prism_sort_kind kind;
    int64_t i64;      /* I64; BOOL 0 or 1; DATE milliseconds since 1970 UTC; ARRIVAL */
    double f64;       /* F64, SCORE */
    const char *text; /* KEYWORD: the original value, not NUL-terminated */
    size_t len;       /* bytes of text */
} prism_sort_value;
/** Number of criteria of the order; 0 for best first and for NULL. */
PRISM_API uint32_t prism_hits_sort_count(const prism_hits *hits);
/** What hit i stands by under criterion j, 0 <= j < prism_hits_sort_count; MISSING otherwise.
 *  Params : *value, whose text is borrowed from hits */
PRISM_API void prism_hits_sort_value(const prism_hits *hits, uint32_t i, uint32_t j,
                                     prism_sort_value *value);
/** Where the next page begins: for opts.after of the same query, filter and order.  The token
 *  stands for the last hit's place in the order, so there is no limit to the pages.  In another
 *  commit pages go on from that place: what changed in between may be missed or come twice.
 *  Params : part = which of the indexes that were merged the token is for, 0 if there was one only;
 *           *token [owned: prism_free_text], a string of letters, digits, - and _; NULL if no more
 *           hits follow
 *  Errors : PRISM_EINVAL no such part; an answer that was merged twice */
PRISM_API prism_status prism_hits_next(const prism_hits *hits, uint32_t part, char **token,
                                       prism_error *err);

/** An answer as JSON text.
 *  Params : *json [owned: prism_free_text], a string
 *  Errors : none but those of base.h */
PRISM_API prism_status prism_hits_encode(const prism_hits *hits, char **json, prism_error *err);
/** An answer from such text.
 *  Params : out [owned: prism_hits_free]
 *  Errors : PRISM_EPARSE not JSON (with line and column), or not what prism_hits_encode writes */
PRISM_API prism_status prism_hits_decode(const char *text, size_t len, prism_hits **out,
                                         prism_error *err);
/** One answer of several, to one query under the same statistics, k1 and b, filter and order.
 *  Params : parts [borrowed], n > 0, of searches with offset 0 and at least k + offset hits wanted;
 *           k, offset as in prism_search_opts; out [owned: prism_hits_free]
 *  Shapes : score descending, then by part, then arrival ascending: the order of one index that
 *           took the documents of part 0 first, then those of part 1 ...; hit.part tells whose gdoc
 *           it is.  Parts in an order of their own stay in it: by their values, then by part
 *           Total is the sum, exact and complete if all are
 *  Errors : PRISM_EINVAL k + offset over PRISM_MAX_K, parts that are not of one scale or order,
 *           or wanted too few
 *  Cost   : k + offset hits times n */
PRISM_API prism_status prism_hits_merge(const prism_hits *const *parts, size_t n, uint32_t k,
                                        uint32_t offset, prism_hits **out, prism_error *err);

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
 *  matched clauses of the query.  A field without a match gives its beginning and no spans;
 *  what lies behind its first PRISM_MAX_SNIPPET_BYTES is not looked at.
 *  Params : gdoc of a hit in snap; opts may be NULL; out [owned: prism_snippet_free], a copy that
 *           outlives snap
 *  Errors : PRISM_ENOTFOUND no such document or field, or not stored; PRISM_ECORRUPT, PRISM_EIO;
 *           what a tokenizer returns
 *  Cost   : one frame of stored documents; the field is analyzed again */
PRISM_API prism_status prism_snippet_make(prism_snapshot *snap, const prism_query *query,
                                          uint64_t gdoc, const char *field,
                                          const prism_snippet_opts *opts, prism_snippet **out,
                                          prism_error *err);
/** Number of fragments; 0 for NULL. */
PRISM_API uint32_t prism_snippet_count(const prism_snippet *snippet);
/** Fragment i, 0 <= i < count; an empty one otherwise.
 *  Params : *fragment, whose text and spans are borrowed from snippet */
PRISM_API void prism_snippet_get(const prism_snippet *snippet, uint32_t i,
                                 prism_fragment *fragment);
/** Free; NULL is fine. */
PRISM_API void prism_snippet_free(prism_snippet *snippet);

/* Statistics as integers, to be collected from many indexes, merged, and handed to searches. */

/** The statistics that a query needs, from one snapshot.
 *  Params : out [owned: prism_stats_free]
 *  Errors : PRISM_ECORRUPT, PRISM_EIO
 *  Cost   : dictionary look-ups; for a word in several fields its lists, once */
PRISM_API prism_status prism_stats_collect(prism_snapshot *snap, const prism_query *query,
                                           prism_stats **out, prism_error *err);
/** Add `from` to `into`.
 *  Errors : PRISM_EINVAL they are not of the same query; PRISM_ELIMIT a sum over 2^63 - 1.  Then
 *           nothing was added
 *  Threads: nobody else uses `into` */
PRISM_API prism_status prism_stats_merge(prism_stats *into, const prism_stats *from,
                                         prism_error *err);
/** Statistics as JSON text.
 *  Params : *json [owned: prism_free_text], a string
 *  Errors : none but those of base.h */
PRISM_API prism_status prism_stats_to_json(const prism_stats *stats, char **json, prism_error *err);
/** Statistics from such text.
 *  Params : out [owned: prism_stats_free]
 *  Errors : PRISM_EPARSE not JSON (with line and column), or not what prism_stats_to_json writes */
PRISM_API prism_status prism_stats_from_json(const char *text, size_t len, prism_stats **out,
                                             prism_error *err);
/** Free; NULL is fine. */
PRISM_API void prism_stats_free(prism_stats *stats);

#ifdef __cplusplus
}
#endif
#endif
