/* ast.h - the query tree: what the parser makes, rewrite simplifies, and search plans.
 *
 * Two stages share the node type.  After parse, leaves are PRS_NODE_TEXT (raw text, quoted or not);
 * after rewrite only the *final* kinds are left, every term analyzed, nothing depends on the index:
 *
 *   ALL NONE                    every / no document (constant score)
 *   TERM                        a word over fields: one group, scored once (BM25F)
 *   PHRASE                      slots at relative positions in one field, over fields; slop 0
 *   NEAR                        words inside n + slop positions, unordered, no overlap
 *   PREFIX                      terms that begin so; constant score
 *   EXISTS RANGE                a field has a value, has one between two ends; constant score
 *   BOOL                        must / should / must_not / filter, minimum should match; extra:
 *                               clauses that only rank, never decide a match, are never marked
 *   MAX                         the best child's score (compound: phrase or concatenation)
 *   CONST                       child's documents, constant score
 *
 * Trees live in one arena, are immutable after rewrite, and are freed at once.  Depth and node
 * count are bounded (R44) when nodes are made, so walking may recurse up to
 * PRISM_MAX_QUERY_DEPTH. */
#ifndef PRS_QUERY_AST_H
#define PRS_QUERY_AST_H

#include "base/arena.h"
#include "base/sync.h"
#include "schema/schema.h"

#include <prismsearch/query.h>

typedef enum prs_node_kind {
    PRS_NODE_ALL = 1,
    PRS_NODE_NONE,
    PRS_NODE_TERM,
    PRS_NODE_PHRASE,
    PRS_NODE_NEAR,
    PRS_NODE_PREFIX,
    PRS_NODE_EXISTS,
    PRS_NODE_RANGE,
    PRS_NODE_BOOL,
    PRS_NODE_MAX,
    PRS_NODE_CONST,
    PRS_NODE_TEXT, /* before rewrite only */
} prs_node_kind;

typedef struct prs_node prs_node;

/* Fields a leaf is searched in, ascending by field number, weights 1..100. */
typedef struct prs_field_weight {
    uint16_t field;
    uint16_t weight;
} prs_field_weight;

typedef struct prs_fields {
    const prs_field_weight *ptr;
    uint32_t n;
} prs_fields;

/* One place of a phrase: any of `keys` (exact term keys), or any key that begins with `prefix`.
 * A lone Han character inside a phrase: keys = {HANEND c}, prefix = {HAN2 c...}.
 * A last word that is a prefix ("..."*): keys empty, prefix = its beginning. */
typedef struct prs_slot {
    const prs_bytes *keys; /* kind byte + folded bytes */
    uint32_t n_keys;
    prs_bytes prefix; /* len 0 = none */
    uint32_t pos;     /* relative to the phrase's first slot */
    /* The key whose df stands for this slot in the phrase's idf (HAN1 c, or keys[0]); len 0 = it
     * contributes nothing. */
    prs_bytes idf_key;
} prs_slot;

/* What the ends of a RANGE are compared with. */
typedef enum prs_range_of {
    PRS_RANGE_NUMBERS, /* integers of columns: i64, bool, dates, f64 as sortable bits */
    PRS_RANGE_WORDS,   /* keyword columns: the original values, byte-wise */
    PRS_RANGE_TERMS,   /* keyword fields without a column: term keys, byte-wise */
} prs_range_of;

/* Ends of WORDS and TERMS: ptr NULL = open. */
typedef struct prs_word_range {
    prs_bytes from, to;
    bool above, below; /* the end itself does not count */
} prs_word_range;

struct prs_node {
    prs_node_kind kind;
    double boost;        /* 1.0 */
    uint32_t at, at_len; /* bytes of the query text it came from */
    prs_fields fields;   /* leaves */
    /* TERM, PREFIX */
    prs_bytes key;
    /* PHRASE, NEAR */
    prs_slot *slots;
    uint32_t n_slots, slop;
    /* BOOL, MAX, CONST (one child in must) */
    prs_node **must, **should, **must_not, **filter, **extra; /* MAX uses should */
    uint32_t n_must, n_should, n_must_not, n_filter, n_extra;
    uint32_t min_should;
    /* RANGE over fields of one type; never empty by its ends alone: that is a NONE */
    prs_range_of range_of;
    int64_t from, to; /* NUMBERS: both count; the least and the greatest int64 = open */
    prs_word_range words;
    /* TEXT: before rewrite only */
    const char *text; /* without backslashes */
    uint32_t text_len;
    bool quoted;      /* one phrase; else words */
    bool prefix_last; /* the last word is a beginning */
    bool near;        /* quoted: words within slop, in any order */
    bool required;    /* words: all of them, else ranked */
    bool implicit;    /* words given without an operator: stop words may only rank */
    bool joins;       /* may become one leaf with its neighbours */
    /* TERM, while the tree is being rewritten: a stop word that may become extra */
    bool stop;
};

struct prism_query {
    prs_refcount refs;
    prs_mem mem;
    prs_arena arena;
    prism_schema *schema;
    const prs_node *root; /* final kinds only */
    uint32_t n_nodes;
    char *text; /* the text it came from, or NULL */
    size_t text_len;
};

#endif
