/* ref_pairs.c - are the lists of pairs of stop words what the positions of these words say?
 * (FORMAT.md section 10)
 *
 * All positions of the set's words are gathered from their own lists and sorted by (document,
 * position); of each position and the next the pairs are counted, and compared with the lists.
 * Tested by: tests/golden. */
#include <stdlib.h>
#include <string.h>

#include "ref/ref_parts.h"

enum { MOST = 64 };

typedef struct place {
    uint32_t doc, pos, word;
} place;

typedef struct pairs {
    const uint8_t *keys[MOST];
    uint64_t lens[MOST];
    uint32_t n;
    place *places;
    uint64_t n_places, cap;
    /* of each pair, first * MOST + second */
    uint32_t *docs[MOST * MOST], *freqs[MOST * MOST];
    uint64_t df[MOST * MOST], room[MOST * MOST];
    uint32_t seen;
    void (*each)(void *ctx, const ref_term *term);
    void *ctx;
} pairs;

static void read_set(pairs *p, ref_cur *c) {
    p->n = ref_u16(c);
    ref_must(p->n >= 1 && p->n <= MOST, "STOP_SET", "it has 1 to 64 keys");
    for (uint32_t i = 0; i < p->n; i++) {
        p->lens[i] = ref_u16(c);
        ref_must(p->lens[i] >= 1 && p->lens[i] <= 64, "STOP_SET", "a key has 1 to 64 bytes");
        p->keys[i] = ref_take(c, p->lens[i]);
        if (i > 0)
            ref_must(ref_order(p->keys[i - 1], p->lens[i - 1], p->keys[i], p->lens[i]) < 0,
                     "STOP_SET", "keys ascend");
    }
    ref_done(c);
}

static uint32_t find(const pairs *p, const uint8_t *key, uint64_t len) {
    for (uint32_t i = 0; i < p->n; i++)
        if (ref_order(key, len, p->keys[i], p->lens[i]) == 0) return i;
    return MOST;
}

/* Of a word of the set: all places. */
static void gather(void *ctx, const ref_term *t) {
    pairs *p = ctx;
    uint32_t word = find(p, t->key, t->key_len);
    uint64_t at = 0;
    if (word == MOST) return;
    ref_must(t->has_positions, "STOP_SET", "its words have positions");
    if (p->n_places + t->cf > p->cap) {
        p->cap = 2 * (p->n_places + t->cf);
        p->places = realloc(p->places, p->cap * sizeof *p->places);
        if (p->places == NULL) ref_die("memory", "none left");
    }
    for (uint64_t i = 0; i < t->df; i++)
        for (uint32_t k = 0; k < t->freqs[i]; k++)
            p->places[p->n_places++] = (place){t->docs[i], t->positions[at++], word};
}

static int by_place(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->doc != y->doc) return x->doc < y->doc ? -1 : 1;
    if (x->pos != y->pos) return x->pos < y->pos ? -1 : 1;
    return x->word < y->word ? -1 : x->word > y->word;
}

static void count(pairs *p, uint32_t pair, uint32_t doc) {
    uint64_t n = p->df[pair];
    if (n > 0 && p->docs[pair][n - 1] == doc) {
        p->freqs[pair][n - 1]++;
        return;
    }
    if (n == p->room[pair]) {
        p->room[pair] = n == 0 ? 8 : 2 * n;
        p->docs[pair] = realloc(p->docs[pair], p->room[pair] * sizeof(uint32_t));
        p->freqs[pair] = realloc(p->freqs[pair], p->room[pair] * sizeof(uint32_t));
        if (p->docs[pair] == NULL || p->freqs[pair] == NULL) ref_die("memory", "none left");
    }
    p->docs[pair][n] = doc;
    p->freqs[pair][n] = 1;
    p->df[pair]++;
}

/* Each place with all places one position behind it; the same word twice at one is one place. */
static void count_all(pairs *p) {
    if (p->n_places > 0) qsort(p->places, p->n_places, sizeof *p->places, by_place);
    uint64_t n = 0;
    for (uint64_t i = 0; i < p->n_places; i++)
        if (n == 0 || by_place(&p->places[n - 1], &p->places[i]) != 0)
            p->places[n++] = p->places[i];
    for (uint64_t i = 0; i < n; i++) {
        const place *a = &p->places[i];
        for (uint64_t k = i + 1; k < n; k++) {
            const place *b = &p->places[k];
            if (b->doc != a->doc || b->pos > a->pos + 1) break;
            if (b->pos == a->pos + 1) count(p, a->word * MOST + b->word, a->doc);
        }
    }
}

static void compare(void *ctx, const ref_term *t) {
    pairs *p = ctx;
    uint64_t len = t->key[0];
    ref_must(len >= 1 && len <= 64 && t->key_len > 1 + len, "PAIR_LISTS",
             "a key is the length of the first key and both keys");
    uint32_t first = find(p, t->key + 1, len);
    uint32_t second = find(p, t->key + 1 + len, t->key_len - 1 - len);
    ref_must(first < MOST && second < MOST, "PAIR_LISTS", "both keys are of the set");
    uint32_t pair = first * MOST + second;
    ref_must(t->df == p->df[pair], "PAIR_LISTS", "df counts the documents with the pair");
    for (uint64_t i = 0; i < t->df; i++)
        ref_must(t->docs[i] == p->docs[pair][i] && t->freqs[i] == p->freqs[pair][i], "PAIR_LISTS",
                 "freq counts the places of the pair");
    p->seen++;
    if (p->each != NULL) p->each(p->ctx, t);
}

int ref_pairs(ref_index *ix, const ref_segment *s, uint32_t field, ref_term_fn each, void *ctx) {
    ref_cur c;
    if (!ref_file_section(s->idx, REF_STOP_SET, field, &c)) {
        ref_must(!ref_file_section(s->idx, REF_PAIR_LISTS, field, &c) &&
                     !ref_file_section(s->idx, REF_PAIR_TERMS_INDEX, field, &c),
                 s->idx->name, "there are no pairs without a STOP_SET");
        return 0;
    }
    pairs *p = calloc(1, sizeof *p);
    if (p == NULL) ref_die("memory", "none left");
    p->each = each;
    p->ctx = ctx;
    read_set(p, &c);
    ref_terms(ix, s, field, gather, p);
    count_all(p);
    ref_pair_terms(ix, s, field, compare, p);
    uint32_t wanted = 0;
    for (uint32_t i = 0; i < MOST * MOST; i++) {
        wanted += p->df[i] > 0;
        free(p->docs[i]);
        free(p->freqs[i]);
    }
    ref_must(p->seen == wanted, "PAIR_LISTS", "every pair of the set that stands anywhere has one");
    free(p->places);
    free(p);
    return 1;
}
