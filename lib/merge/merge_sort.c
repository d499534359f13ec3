/* merge_sort.c - how does a list get into another order of documents?
 *
 *   added     doc 7 2 9 4   freqs 1 2 1 3   positions |.|..|.|...|   first 0 1 3 4
 *   rare      (doc, number of the posting) as one 64-bit key, sorted
 *   frequent  one bit a document says where, slots[doc] the number of the posting: no sort at all
 *   drained   128 postings at a time
 *
 * Why so      A list of every 32nd document has two bits in each word of the set: walking the set
 *             is then cheaper than comparing; for rarer terms the set would be mostly empty words.
 * Memory      16 bytes a posting and 4 a position of one list; 4 bytes and a bit a document.
 * Tested by   tests/unit/merge/test_merge_sort.c */
#include "merge/merge_sort.h"

#include "base/bitset.h"
#include "base/error.h"
#include "base/sort.h"
#include "base/vec.h"

#define DENSE 32u               /* documents a posting, above which keys are sorted */
#define CHUNK ((size_t)1 << 18) /* positions; no block grows with a list */

PRS_VEC_DEFINE(sort_u32s, uint32_t)
PRS_VEC_DEFINE(sort_u64s, uint64_t)
PRS_VEC_DEFINE(sort_chunks, uint32_t *)

#define KEY_BEFORE(ctx, a, b) ((void)(ctx), *(a) < *(b))
PRS_SORT_DEFINE(sort_keys, uint64_t, KEY_BEFORE)

struct prs_merge_sorter {
    prs_mem *mem;
    const uint32_t *numbers; /* by place */
    uint32_t n_docs;
    sort_u64s keys;     /* doc << 32 | posting */
    sort_u32s freqs;    /* by posting */
    sort_u32s firsts;   /* ... its first position */
    sort_chunks chunks; /* positions of all, CHUNK in each */
    uint64_t n_positions;
    uint32_t *slots; /* by doc: its posting, where `set` has it */
    prs_bitset set;  /* all zero between lists */
    sort_u32s chunk; /* positions of the postings at hand */
};

prism_status prs_merge_sorter_new(prs_mem *mem, const uint32_t *numbers, uint32_t n_docs,
                                  prs_merge_sorter **out, prism_error *err) {
    prs_merge_sorter *s = prs_mem_calloc(mem, 1, sizeof *s);
    *out = s;
    if (s == NULL) return prs_error_nomem(err);
    s->mem = mem;
    s->numbers = numbers;
    s->n_docs = n_docs;
    sort_u64s_init(&s->keys, mem);
    sort_u32s_init(&s->freqs, mem);
    sort_u32s_init(&s->firsts, mem);
    sort_chunks_init(&s->chunks, mem);
    sort_u32s_init(&s->chunk, mem);
    s->slots = prs_mem_alloc(mem, (size_t)n_docs * sizeof *s->slots);
    if (s->slots != NULL && prs_bitset_init(&s->set, mem, n_docs) == PRISM_OK) return PRISM_OK;
    prs_merge_sorter_free(s);
    *out = NULL;
    return prs_error_nomem(err);
}

void prs_merge_sorter_free(prs_merge_sorter *s) {
    if (s == NULL) return;
    sort_u64s_fini(&s->keys);
    sort_u32s_fini(&s->freqs);
    sort_u32s_fini(&s->firsts);
    for (size_t i = 0; i < s->chunks.n; i++)
        prs_mem_free(s->mem, s->chunks.ptr[i], CHUNK * sizeof(uint32_t));
    sort_chunks_fini(&s->chunks);
    sort_u32s_fini(&s->chunk);
    prs_mem_free(s->mem, s->slots, (size_t)s->n_docs * sizeof *s->slots);
    if (s->set.words != NULL) prs_bitset_fini(&s->set);
    prs_mem_free(s->mem, s, sizeof *s);
}

/* ---- positions ------------------------------------------------------------------------------- */

/* Room for positions up to number `end`. */
static bool make_room(prs_merge_sorter *s, uint64_t end) {
    while (s->chunks.n * CHUNK < end) {
        uint32_t *chunk = prs_mem_alloc(s->mem, CHUNK * sizeof *chunk);
        if (chunk == NULL || !sort_chunks_push(&s->chunks, chunk)) {
            prs_mem_free(s->mem, chunk, CHUNK * sizeof *chunk);
            return false;
        }
    }
    return true;
}

/* The run of at most n positions from number `at` on that lies in one piece. */
static uint32_t *run_at(const prs_merge_sorter *s, uint64_t at, size_t n, size_t *len) {
    size_t within = (size_t)(at % CHUNK);
    *len = PRS_MIN(n, CHUNK - within);
    return s->chunks.ptr[at / CHUNK] + within;
}

static void put_positions(prs_merge_sorter *s, const uint32_t *from, size_t n) {
    for (size_t len; n > 0; n -= len, from += len, s->n_positions += len) {
        uint32_t *to = run_at(s, s->n_positions, n, &len);
        memcpy(to, from, len * sizeof *from);
    }
}

static void copy_positions(const prs_merge_sorter *s, uint64_t at, uint32_t *to, size_t n) {
    for (size_t len; n > 0; n -= len, to += len, at += len) {
        const uint32_t *from = run_at(s, at, n, &len);
        memcpy(to, from, len * sizeof *to);
    }
}

prism_status prs_merge_sorter_add(prs_merge_sorter *s, const uint32_t *places,
                                  const uint32_t *freqs, const uint32_t *positions, uint32_t n,
                                  prism_error *err) {
    uint32_t posting = (uint32_t)s->freqs.n;
    uint64_t first = s->n_positions, sum = 0;
    for (uint32_t i = 0; i < n && positions != NULL; i++) sum += freqs[i];
    if (first + sum > UINT32_MAX)
        return prs_error_set(err, PRISM_ELIMIT, "a list of more than 2^32 positions");
    uint64_t *key = sort_u64s_extend(&s->keys, n);
    uint32_t *freq = sort_u32s_extend(&s->freqs, n);
    uint32_t *begin = sort_u32s_extend(&s->firsts, n);
    if (key == NULL || freq == NULL || begin == NULL || !make_room(s, first + sum))
        return prs_error_nomem(err);
    memcpy(freq, freqs, n * sizeof *freqs);
    put_positions(s, positions, (size_t)sum);
    for (uint32_t i = 0; i < n; i++) {
        key[i] = (uint64_t)s->numbers[places[i]] << 32 | (posting + i);
        begin[i] = (uint32_t)first;
        first += freqs[i];
    }
    return PRISM_OK;
}

/* ---- order ----------------------------------------------------------------------------------- */

/* Sorts by walking the documents: keys become what they would be sorted. */
static void sort_dense(prs_merge_sorter *s) {
    uint64_t *keys = s->keys.ptr;
    size_t n = s->keys.n, at = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t doc = (uint32_t)(keys[i] >> 32);
        prs_bitset_set(&s->set, doc);
        s->slots[doc] = (uint32_t)keys[i];
    }
    for (uint32_t w = 0; w < prs_bitset_words(s->n_docs); w++) {
        uint64_t word = s->set.words[w];
        s->set.words[w] = 0;
        for (; word != 0; word &= word - 1) {
            uint32_t doc = 64 * w + (uint32_t)__builtin_ctzll(word);
            keys[at++] = (uint64_t)doc << 32 | s->slots[doc];
        }
    }
    s->keys.n = at; /* n, since no document stands twice in one list */
}

static bool sort_sparse(prs_merge_sorter *s) {
    size_t n = s->keys.n;
    if (sort_u64s_extend(&s->keys, n) == NULL) return false;
    sort_keys(s->keys.ptr, s->keys.ptr + n, n, NULL);
    s->keys.n = n;
    return true;
}

/* The positions of n postings, one behind the other. */
static const uint32_t *gather_positions(prs_merge_sorter *s, const uint64_t *keys, uint32_t n) {
    sort_u32s_clear(&s->chunk);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t posting = (uint32_t)keys[i], freq = s->freqs.ptr[posting];
        uint32_t *to = sort_u32s_extend(&s->chunk, freq);
        if (to == NULL) return NULL;
        copy_positions(s, s->firsts.ptr[posting], to, freq);
    }
    return s->chunk.ptr;
}

static prism_status give(prs_merge_sorter *s, prs_postings_writer *pw, prism_error *err) {
    uint32_t docs[PRS_BLOCK], freqs[PRS_BLOCK];
    for (size_t at = 0; at < s->keys.n; at += PRS_BLOCK) {
        uint32_t n = (uint32_t)PRS_MIN(s->keys.n - at, PRS_BLOCK);
        const uint64_t *keys = s->keys.ptr + at;
        const uint32_t *positions = NULL;
        for (uint32_t i = 0; i < n; i++) {
            docs[i] = (uint32_t)(keys[i] >> 32);
            freqs[i] = s->freqs.ptr[(uint32_t)keys[i]];
        }
        if (s->n_positions > 0) {
            positions = gather_positions(s, keys, n);
            if (positions == NULL) return prs_error_nomem(err);
        }
        prs_postings_writer_add(pw, docs, freqs, positions, n);
    }
    return PRISM_OK;
}

prism_status prs_merge_sorter_drain(prs_merge_sorter *s, prs_postings_writer *pw,
                                    prism_error *err) {
    bool sorted = true;
    if (s->keys.n >= s->n_docs / DENSE)
        sort_dense(s);
    else
        sorted = sort_sparse(s);
    prism_status status = sorted ? give(s, pw, err) : prs_error_nomem(err);
    sort_u64s_clear(&s->keys);
    sort_u32s_clear(&s->freqs);
    sort_u32s_clear(&s->firsts);
    s->n_positions = 0;
    return status;
}
