/* column_join_words.c - how do the dictionaries of keyword columns become one, and their word
 * numbers those of the result?
 *
 * Structure   mark     which words of each input a document of the result has
 *             number   walk over the dictionaries, which are sorted: words get numbers in order
 *             write    offsets (a walk), numbers (the documents), bytes (a walk)
 * Invariants  - A word that no document of the result has is not in it.
 *             - Numbers ascend with the words of an input, so the words of a document stay in
 *               order.
 * Why so      Any document may have any word, so what a word of an input is called must be had at
 *             random: 4 bytes for each.  Nothing is held of the words themselves.
 * Cost        about 10 ns a value, 100 ns a word.
 * Source      FORMAT.md section 13.   Tested by tests/unit/format/test_column_join.c */
#include "base/error.h"
#include "base/heap.h"
#include "codec/bits.h"
#include "format/column_join.h"

#define CHUNK_LOG2 20u /* words of a chunk of the map: 4 MiB */
#define CHUNK ((uint32_t)1 << CHUNK_LOG2)
#define STEP 512u /* numbers packed at a time: a whole number of bytes for every width */

/* By word of an input: 0 = not in the result, else 1 + its number there. */
typedef struct word_map {
    uint32_t n, n_chunks;
    uint32_t **chunks;
} word_map;

typedef struct word_ref {
    uint64_t prefix; /* first 8 bytes: decides nearly every comparison */
    uint32_t input, word;
    const prs_column *column;
} word_ref;

static prs_bytes bytes_of(const word_ref *ref) {
    return prs_column_word_bytes(ref->column, ref->word);
}

static bool word_before(const word_ref *a, const word_ref *b) {
    if (a->prefix != b->prefix) return a->prefix < b->prefix;
    int c = prs_bytes_compare(bytes_of(a), bytes_of(b));
    return c != 0 ? c < 0 : a->input < b->input;
}

PRS_HEAP_DEFINE(word_heap, word_ref, word_before)

typedef struct words {
    const prs_column_join *join;
    prs_mem *mem;
    prs_out *out;
    word_map *maps; /* by input */
    word_ref *heap;
    size_t n_heap;
    uint32_t n_words, width;        /* of the result */
    uint64_t bytes_len, most_bytes; /* of the result; of all words of the inputs */
    /* numbers on their way */
    uint32_t n;
    uint8_t bits[STEP * 4 + 16];
} words;

static uint32_t *entry_of(const words *w, uint32_t input, uint32_t word) {
    return &w->maps[input].chunks[word >> CHUNK_LOG2][word & (CHUNK - 1)];
}

static prism_status make_map(word_map *map, uint32_t n, prs_mem *mem, prism_error *err) {
    uint32_t n_chunks = (uint32_t)(((uint64_t)n + CHUNK - 1) >> CHUNK_LOG2);
    map->n = n;
    map->chunks = prs_mem_calloc(mem, n_chunks, sizeof *map->chunks);
    if (map->chunks == NULL) return prs_error_nomem(err);
    map->n_chunks = n_chunks;
    for (uint32_t c = 0; c < n_chunks; c++) {
        map->chunks[c] = prs_mem_calloc(mem, PRS_MIN(CHUNK, n - c * CHUNK), sizeof(uint32_t));
        if (map->chunks[c] == NULL) return prs_error_nomem(err);
    }
    return PRISM_OK;
}

static void free_map(word_map *map, prs_mem *mem) {
    if (map->chunks == NULL) return;
    for (uint32_t c = 0; c < map->n_chunks; c++)
        prs_mem_free(mem, map->chunks[c], PRS_MIN(CHUNK, map->n - c * CHUNK) * sizeof(uint32_t));
    prs_mem_free(mem, map->chunks, map->n_chunks * sizeof *map->chunks);
}

/* ---- the words that are wanted --------------------------------------------------------------- */

/* Word number v of an input's column, read once: what is looked up by it is ours. */
static prism_status read_word(const words *w, uint32_t input, uint64_t v, uint32_t *word,
                              prism_error *err) {
    const prs_column *column = w->join->inputs[input];
    *word = prs_column_word(column, v);
    if (PRS_LIKELY(*word < w->maps[input].n)) return PRISM_OK;
    return prs_section_corrupt(&column->section, column->numbers, err, "a wrong word number");
}

static prism_status mark_words(void *ctx, uint32_t input, uint64_t first, uint64_t end,
                               prism_error *err) {
    words *w = ctx;
    for (uint64_t v = first, least = 0; v < end; v++) {
        const prs_column *column = w->join->inputs[input];
        uint32_t word;
        PRS_TRY(read_word(w, input, v, &word, err));
        if (PRS_UNLIKELY(word < least)) return prs_column_join_unordered(column, err);
        least = (uint64_t)word + 1;
        *entry_of(w, input, word) = 1;
    }
    return PRISM_OK;
}

static uint64_t prefix_of(prs_bytes word) {
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++) prefix = prefix << 8 | (i < word.len ? word.ptr[i] : 0);
    return prefix;
}

/* Go to the first wanted word at or behind ref->word; false if there is none. */
static bool find_wanted(const words *w, word_ref *ref) {
    uint32_t n = w->maps[ref->input].n;
    while (ref->word < n && *entry_of(w, ref->input, ref->word) == 0) ref->word++;
    if (ref->word == n) return false;
    ref->prefix = prefix_of(bytes_of(ref));
    return true;
}

/* ---- words in order -------------------------------------------------------------------------- */

typedef void (*word_fn)(words *w, prs_bytes word);

static prism_status too_many(prism_error *err) {
    return prs_error_set(err, PRISM_ELIMIT, "more than 2^32 - 1 words in a column");
}

static prism_status unordered(const word_ref *at, prism_error *err) {
    return prs_section_corrupt(&at->column->section, bytes_of(at).ptr, err,
                               "words of a column do not ascend");
}

/* Go to the next wanted word of the input on top, or drop the input.  Its own words ascend,
 * whatever other inputs have: a column has a word once. */
static prism_status step(words *w, prism_error *err) {
    word_ref *top = &w->heap[0];
    const word_ref before = *top;
    top->word++;
    if (!find_wanted(w, top)) {
        *top = w->heap[--w->n_heap];
    } else if (top->prefix <= before.prefix &&
               prs_bytes_compare(bytes_of(&before), bytes_of(top)) >= 0) {
        return unordered(top, err);
    }
    if (w->n_heap > 0) word_heap_down(w->heap, w->n_heap);
    return PRISM_OK;
}

/* Tell each wanted word once; with `number` it gets its number. */
static prism_status each_word(words *w, bool number, word_fn fn, prism_error *err) {
    prs_bytes last = {NULL, 0};
    uint64_t n = 0, bytes = 0;
    w->n_heap = 0;
    for (uint32_t i = 0; i < w->join->n_inputs; i++) {
        word_ref ref = {.input = i, .column = w->join->inputs[i]};
        if (ref.column != NULL && find_wanted(w, &ref)) word_heap_push(w->heap, &w->n_heap, ref);
    }
    while (w->n_heap > 0) {
        word_ref *top = &w->heap[0];
        prs_bytes word = bytes_of(top);
        bytes += word.len;
        if (bytes > w->most_bytes)
            return prs_section_corrupt(&top->column->section, word.ptr, err,
                                       "words of a column overlap");
        int c = n == 0 ? -1 : prs_bytes_compare(last, word);
        if (PRS_UNLIKELY(c > 0)) return unordered(top, err); /* changed while it was read */
        if (c < 0) {
            if (++n > UINT32_MAX) return too_many(err);
            fn(w, word);
            last = word;
        }
        if (number) *entry_of(w, top->input, top->word) = (uint32_t)n;
        PRS_TRY(step(w, err));
    }
    w->n_words = (uint32_t)n;
    return PRISM_OK;
}

static void pass_over(words *w, prs_bytes word) {
    (void)w;
    (void)word;
}

static void write64(prs_out *out, uint64_t v) {
    uint8_t bytes[8];
    prs_store64(bytes, v);
    prs_out_write(out, bytes, sizeof bytes);
}

static void put_offset(words *w, prs_bytes word) {
    write64(w->out, w->bytes_len);
    w->bytes_len += word.len;
}

static void put_word(words *w, prs_bytes word) {
    prs_out_write(w->out, word.ptr, word.len);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void pack_flush(words *w) {
    prs_out_write(w->out, w->bits, (size_t)prs_bits_bytes(w->n, w->width));
    memset(w->bits, 0, sizeof w->bits);
    w->n = 0;
}

static void pack_number(words *w, uint32_t v) {
    prs_bits_store(w->bits, (uint64_t)w->n * w->width, w->width, v);
    if (++w->n == STEP) pack_flush(w);
}

static prism_status put_numbers(void *ctx, uint32_t input, uint64_t first, uint64_t end,
                                prism_error *err) {
    words *w = ctx;
    for (uint64_t v = first; v < end; v++) {
        uint32_t word;
        PRS_TRY(read_word(w, input, v, &word, err));
        pack_number(w, *entry_of(w, input, word) - 1);
    }
    if (first == end && !w->join->many) pack_number(w, 0);
    return PRISM_OK;
}

static prism_status write_parts(words *w, prism_error *err) {
    const prs_column_join *j = w->join;
    for (uint32_t i = 0; i < j->n_inputs; i++) {
        const prs_column *column = j->inputs[i];
        if (column == NULL) continue;
        w->most_bytes += column->word_bytes_len;
        PRS_TRY(make_map(&w->maps[i], column->n_words, w->mem, err));
    }
    PRS_TRY(prs_column_join_each(j, mark_words, w, err));
    PRS_TRY(each_word(w, true, pass_over, err));
    w->width = w->n_words > 1 ? prs_bit_width32(w->n_words - 1) : 0;
    write64(w->out, w->n_words); /* and 4 zero bytes */
    PRS_TRY(each_word(w, false, put_offset, err));
    write64(w->out, w->bytes_len);
    write64(w->out, w->width); /* and 7 zero bytes */
    PRS_TRY(prs_column_join_each(j, put_numbers, w, err));
    pack_flush(w);
    prs_out_align(w->out, 8);
    return each_word(w, false, put_word, err);
}

prism_status prs_column_join_words(const prs_column_join *join, prs_mem *mem, prs_out *out,
                                   prism_error *err) {
    uint32_t n = join->n_inputs;
    words *w = prs_mem_calloc(mem, 1, sizeof *w);
    if (w == NULL) return prs_error_nomem(err);
    w->join = join;
    w->mem = mem;
    w->out = out;
    w->maps = prs_mem_calloc(mem, n, sizeof *w->maps);
    w->heap = prs_mem_alloc(mem, n * sizeof *w->heap);
    prism_status status =
        w->maps == NULL || w->heap == NULL ? prs_error_nomem(err) : write_parts(w, err);
    for (uint32_t i = 0; w->maps != NULL && i < n; i++) free_map(&w->maps[i], mem);
    prs_mem_free(mem, w->maps, n * sizeof *w->maps);
    prs_mem_free(mem, w->heap, n * sizeof *w->heap);
    prs_mem_free(mem, w, sizeof *w);
    return status;
}
