/* naive.h - the judge: a whole search engine in plain arrays and linear scans, sharing no code with
 * lib/.
 *
 * Documents are lists of (term, position) per field, given by the test; queries are its own trees.
 * Two modes: NV_EXACT does the arithmetic of FORMAT.md section 17 in scalar C (documents, order and
 * bits of the real engine must be equal); NV_DOUBLE is the textbook BM25F formula in double. */
#ifndef NAIVE_H
#define NAIVE_H

#include <stddef.h>
#include <stdint.h>

typedef struct nv_index nv_index;

typedef enum { NV_EXACT, NV_DOUBLE } nv_mode;
typedef enum {
    NV_ALL,
    NV_NONE,
    NV_TERM,
    NV_PHRASE,
    NV_NEAR,
    NV_PREFIX,
    NV_EXISTS,
    NV_RANGE,
    NV_BOOL,
    NV_MAX,
    NV_CONST
} nv_kind;

typedef struct nv_slot {
    const char *keys[4]; /* term keys: kind byte first, then bytes */
    size_t key_len[4];
    int n_keys;
    const char *prefix; /* NULL = none */
    size_t prefix_len;
    uint32_t pos;
    const char *idf_key; /* NULL = contributes nothing */
    size_t idf_len;
} nv_slot;

/* A value of a field, or an end of a range: compared as one type. */
typedef enum { NV_INT, NV_FLOAT, NV_TEXT } nv_type;
typedef struct nv_value {
    nv_type type;
    int64_t i;
    double f;
    const char *text;
    size_t len;
} nv_value;

typedef struct nv_node nv_node;
struct nv_node {
    nv_kind kind;
    double boost;
    int fields[8], weights[8], n_fields; /* leaves */
    const char *key;                     /* TERM, PREFIX */
    size_t key_len;
    /* RANGE: no end where has_ is 0, and what is above or below does not count */
    nv_value from, to;
    int has_from, has_to, above, below;
    nv_slot *slots; /* PHRASE, NEAR */
    int n_slots, slop;
    nv_node **must, **should, **must_not, **filter,
        **extra; /* BOOL; MAX uses should; CONST must[0] */
    int n_must, n_should, n_must_not, n_filter, n_extra, min_should;
};

typedef struct nv_hit {
    uint32_t doc; /* number in order of arrival */
    int32_t raw;  /* NV_EXACT */
    double score; /* raw * 2^-shift, or the double formula */
} nv_hit;

nv_index *nv_new(int n_fields, double k1, double b);
void nv_free(nv_index *ix);
/* Give a field no lengths (keyword): c0 = k1, c1 = 0. */
void nv_field_without_lengths(nv_index *ix, int field);
/* A document; returns its number. */
uint32_t nv_add_doc(nv_index *ix);
/* One occurrence.  pos < 0: no position (counts in freq only). */
void nv_add_term(nv_index *ix, uint32_t doc, int field, const char *key, size_t len, int64_t pos);
void nv_set_length(nv_index *ix, uint32_t doc, int field, uint32_t length);
/* A value for ranges and sorting; its text is copied. */
void nv_add_value(nv_index *ix, uint32_t doc, int field, nv_value value);
void nv_delete(nv_index *ix, uint32_t doc); /* still counts in statistics */
void nv_purge(nv_index *ix, uint32_t doc);  /* as if never added (the number stays taken) */

/* All matching live documents, best first: score descending, then number ascending.  Free with
 * free().  *shift = the power of two of NV_EXACT. */
nv_hit *nv_search(const nv_index *ix, const nv_node *query, nv_mode mode, size_t *n, int *shift);
/* A criterion of an order: a field, or one of these. */
enum { NV_BY_SCORE = -1, NV_BY_ARRIVAL = -2 };
typedef struct nv_sort {
    int field, desc;
} nv_sort;
/* The matches that also match `filter` (may be NULL; scores do not change), in the order of n_by
 * criteria, then by number; n_by = 0: best first.  Of several values the least counts where they
 * ascend, else the greatest; documents without one come last in both directions. */
nv_hit *nv_search_by(const nv_index *ix, const nv_node *query, const nv_node *filter,
                     const nv_sort *by, int n_by, nv_mode mode, size_t *n, int *shift);
/* The value of a document that counts for a criterion; NULL if it has none. */
const nv_value *nv_sort_value(const nv_index *ix, uint32_t doc, nv_sort by);
/* The largest score that any document could have: the scale for comparing doubles. */
double nv_scale(const nv_index *ix, const nv_node *query);

#endif
