/* ref_reader.h - the second reader of the index format, written from FORMAT.md alone.
 *
 * It shares no code with lib/, holds everything in memory, and checks every sentence of FORMAT.md
 * that can be checked; at the first one that does not hold it says so and ends the program.
 * ref_open has proved envelopes, hashes and manifest; the other calls prove what they read. */
#ifndef REF_READER_H
#define REF_READER_H

#include <stdio.h>

#include "ref/ref_bytes.h"

/* Component numbers of FORMAT.md section 4. */
enum {
    REF_SEGMENT = 1,
    REF_LISTS = 2,
    REF_TERMS_INDEX = 3,
    REF_LENGTHS = 4,
    REF_SPANS = 5,
    REF_PAIR_LISTS = 6,
    REF_PAIR_TERMS_INDEX = 7,
    REF_KEYS = 8,
    REF_ORDER = 9,
    REF_COLUMN = 10,
    REF_DOCS = 11,
    REF_DOC_INDEX = 12,
    REF_DOC_DICTIONARY = 13,
    REF_MANIFEST = 14,
    REF_SCHEMA = 15,
    REF_PAYLOAD = 16,
    REF_DELETES = 17,
    REF_STOP_SET = 18
};
enum { REF_FILE_COMMIT = 1, REF_FILE_DELETES = 2, REF_FILE_IDX = 3, REF_FILE_DOC = 4 };
#define REF_NO_FIELD 65535u

typedef struct ref_section {
    uint32_t component, field;
    uint64_t off, len;
} ref_section;

typedef struct ref_file {
    char name[64];
    uint8_t *bytes;
    uint64_t len;
    uint8_t id[16], digest[16];
    uint64_t generation;
    ref_section *sections;
    uint32_t n_sections;
} ref_file;

typedef enum { REF_TEXT, REF_KEYWORD, REF_I64, REF_F64, REF_BOOL, REF_DATE } ref_type;

/* A field of the schema; its number is its place. */
typedef struct ref_field {
    const char *name;
    ref_type type;
    int stored, indexed, column, many, positions, lengths;
    int partial; /* older documents may hold a member of its name that is not indexed */
} ref_field;

typedef struct ref_schema {
    ref_field *fields;
    uint32_t n_fields;
    int key_field; /* -1 = none */
    const uint8_t *json;
    uint64_t json_len;
} ref_schema;

/* What SEGMENT says of a field. */
typedef struct ref_stats {
    uint32_t number;
    uint64_t n_docs_with, sum_length, max_length, n_terms, sum_df, sum_cf;
    const uint8_t *analyzer;
    uint64_t analyzer_len;
} ref_stats;

typedef struct ref_segment {
    uint8_t id[16];
    uint32_t n_docs, n_deleted;
    uint64_t arrival_base;
    ref_file *idx, *doc;
    uint8_t *deleted; /* a byte a document */
    ref_schema *schema;
    ref_stats *stats;
    uint32_t n_stats;
} ref_segment;

typedef struct ref_index {
    ref_heap heap;
    ref_file *commit, *deletes; /* deletes NULL = none */
    uint64_t generation, next_arrival;
    ref_schema *schema;
    ref_segment *segments;
    uint32_t n_segments, n_stop_sets;
    const uint8_t *payload; /* NULL = none */
    uint64_t payload_len;
} ref_index;

/* A term with all its postings. */
typedef struct ref_term {
    const uint8_t *key;
    uint64_t key_len;
    uint64_t df, cf;
    int is_inline, has_positions;
    const uint32_t *docs, *freqs; /* df of each */
    const uint32_t *positions;    /* cf of them, document by document; NULL if there are none */
    uint32_t n_blocks, n_groups;  /* 0 where inline; n_groups 0 for df <= 128 */
    uint32_t n_run, n_bitset, n_packed, n_exceptions; /* blocks by form; patched values */
} ref_term;
typedef void (*ref_term_fn)(void *ctx, const ref_term *term);

/* A value of a column. */
typedef struct ref_value {
    int64_t number;
    const uint8_t *word; /* keyword columns; else NULL */
    uint64_t word_len;
} ref_value;
typedef void (*ref_value_fn)(void *ctx, uint32_t doc, const ref_value *value);

ref_index *ref_open(const char *directory);
void ref_close(ref_index *index);

/* All terms of a field in key order.  Proves TERMS_INDEX, LISTS and the sums of SEGMENT. */
void ref_terms(ref_index *index, const ref_segment *s, uint32_t field, ref_term_fn each, void *ctx);
/* All pairs of stop words of a field in key order; 0 if the segment keeps none.  Proves STOP_SET,
 * and that the lists are those that follow from positions. */
int ref_pairs(ref_index *index, const ref_segment *s, uint32_t field, ref_term_fn each, void *ctx);
/* A number for each document; NULL where the segment has none for the field. */
const uint32_t *ref_lengths(ref_index *index, const ref_segment *s, uint32_t field);
const uint32_t *ref_spans(ref_index *index, const ref_segment *s, uint32_t field);
/* Key of each document; NULL where there is no KEYS.  Proves hashes, order and buckets. */
const ref_cur *ref_keys(ref_index *index, const ref_segment *s);
/* Arrival number of each document. */
const uint64_t *ref_arrivals(ref_index *index, const ref_segment *s);
/* The values of a column in document order; returns 0 if the segment has no such column. */
int ref_column(ref_index *index, const ref_segment *s, uint32_t field, ref_value_fn each,
               void *ctx);
/* The stored document of each document. */
const ref_cur *ref_documents(ref_index *index, const ref_segment *s);

/* Everything as text that does not depend on encodings: two indexes that hold the same give the
 * same text.  `layout` adds what does: counts of block forms. */
void ref_dump(ref_index *index, FILE *out, int layout);

#endif
