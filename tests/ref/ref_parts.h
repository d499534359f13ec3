/* ref_parts.h - what the files of the second reader say to each other. */
#ifndef REF_PARTS_H
#define REF_PARTS_H

#include "ref/ref_reader.h"

/* ref_envelope.c */
ref_file *ref_file_open(ref_heap *heap, const char *directory, const char *name, int type);
/* 1 and a cursor over the section, or 0. */
int ref_file_section(const ref_file *file, uint32_t component, uint32_t field, ref_cur *out);
void ref_hex(const uint8_t *bytes, uint32_t n, char *out); /* 2 n + 1 characters */

/* ref_terms.c: the dictionary of PAIR_TERMS_INDEX and PAIR_LISTS */
void ref_pair_terms(ref_index *index, const ref_segment *s, uint32_t field, ref_term_fn each,
                    void *ctx);

/* ref_schema.c */
ref_schema *ref_schema_of(ref_heap *heap, const ref_file *file);

/* ref_segment.c: SEGMENT and the list of sections that a segment may have */
void ref_segment_open(ref_index *index, const char *directory, ref_segment *s);
const ref_stats *ref_stats_of(const ref_segment *s, uint32_t field);

/* A list; fills docs, freqs and positions of the term */
typedef struct ref_list {
    const uint32_t *lengths; /* NULL = 0 for all */
    const uint32_t *spans;
    uint32_t n_docs;
    int has_positions;
    uint64_t df;
    uint32_t *docs, *freqs, *positions; /* room for df, df, cf */
    uint64_t cf;
    /* filled */
    uint64_t n, n_positions;
    uint32_t n_blocks, n_groups, n_run, n_bitset, n_packed, n_exceptions;
} ref_list;
/* ref_postings.c: of more than 128 documents */
void ref_list_read(ref_list *list, ref_cur postings, ref_cur positions);

/* ref_short.c: up to 128; returns the bytes that count as postings */
uint64_t ref_short_read(ref_list *list, ref_cur bytes);
/* In the dictionary; `more`: the bits of freqs and positions. */
void ref_inline_read(ref_list *list, uint64_t more, ref_bit_cur *c);
/* Positions of the postings from `first` on. */
void ref_groups_read(ref_list *list, uint64_t first, ref_bit_cur *c);

/* ref_term_keys.c */
typedef struct ref_key_walk {
    uint32_t form;
    ref_cur heads, extras, rests;
    ref_bit_cur nibbles;
} ref_key_walk;
void ref_keys_begin(ref_key_walk *walk, uint32_t form, uint64_t n, ref_cur bytes);
/* Turns the key of 1024 bytes' room into the next one; returns its length. */
uint64_t ref_keys_next(ref_key_walk *walk, uint8_t *key, uint64_t len);
void ref_keys_end(const ref_key_walk *walk);

/* ref_block.c */
void ref_block_read(ref_list *list, ref_cur *block, int64_t last_before);
void ref_block_positions(ref_list *list, uint64_t first, ref_cur *run);
typedef struct ref_impacts {
    uint32_t n;
    uint32_t freq[8], length[8];
} ref_impacts;
void ref_impacts_read(ref_cur *c, uint32_t at_most, ref_impacts *out);
/* Every posting first .. list->n - 1 lies under some pair. */
void ref_impacts_hold(const ref_impacts *impacts, const ref_list *list, uint64_t first,
                      const char *what);

#endif
