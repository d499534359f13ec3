/* test_lane_words.c - do all levels of the CPU find the same plain words, those that a reading byte
 * by byte finds, in any bytes, whatever their number and address?  What the words come to:
 * test_lexicon.c. */
#include "harness/test.h"

#include "analysis/ascii_word.h"
#include "analysis/lane_words.h"
#include "base/cpu.h"

enum { MOST = 300, CAP = 200 };

typedef struct found {
    prs_lane_word words[CAP];
    uint32_t n, done;
    bool stop;
} found;

/* ---- byte by byte ---------------------------------------------------------------------------- */

static bool is_word_byte(uint8_t c, bool spaced) {
    if (spaced) return c > 0x20 && c < 0x80;
    return prs_ascii_is_digit(c) || prs_ascii_is_letter(c);
}

static bool is_plain(uint8_t c, bool spaced) {
    if (spaced) return c == ' ' || (c >= '\t' && c <= '\r');
    return c < 0x80 && !is_word_byte(c, false) && (c == 0 || strchr("#$%&'*+,-.;@_", c) == NULL);
}

static bool is_one_of(uint8_t c, const char *set) {
    return c != 0 && strchr(set, c) != NULL;
}

/* Is byte i surely a separator? */
static bool separates(const uint8_t *t, uint32_t len, uint32_t i, bool spaced) {
    uint8_t c = t[i];
    if (is_plain(c, spaced)) return true;
    if (spaced) return false;
    bool after_word = i > 0 && is_word_byte(t[i - 1], false);
    bool after_single = after_word && (i < 2 || !is_word_byte(t[i - 2], false));
    bool before_end = i + 1 == len || is_plain(t[i + 1], false) || is_one_of(t[i + 1], ",;");
    if (is_one_of(c, ",;%&'+-_") && !after_word) return true;
    if (is_one_of(c, ",;&'-_") && before_end) return true;
    return c == '.' && before_end && !after_single;
}

/* Words up to the first byte that is neither of a short word nor a separator. */
static void read_slowly(const uint8_t *t, uint32_t len, bool spaced, found *out) {
    *out = (found){.n = 0};
    for (uint32_t at = 0; at < len;) {
        uint32_t end = at;
        while (end < len && is_word_byte(t[end], spaced)) end++;
        if (end == at) {
            if (!separates(t, len, at, spaced)) {
                out->stop = true;
                return;
            }
            out->done = ++at;
            continue;
        }
        if (end - at >= PRS_ASCII_WORD_KEY || (end < len && !separates(t, len, end, spaced))) {
            out->stop = true;
            return;
        }
        uint8_t key[PRS_ASCII_WORD_KEY] = {0};
        for (uint32_t i = at; i < end; i++) key[i - at] = spaced ? t[i] : t[i] | 0x20;
        memcpy(&out->words[out->n].key, key, sizeof key);
        out->words[out->n].at = 7 + out->n;
        out->n++;
        out->done = at = end;
    }
}

/* ---- both ------------------------------------------------------------------------------------ */

static prs_word_memo memo;

static void read_fast(const uint8_t *t, uint32_t len, bool spaced, found *out) {
    *out = (found){.n = 0};
    prs_lane_queue queue = {memo, out->words, 0, CAP, 7};
    out->done = prs_lane_words(t, len, spaced, &queue, &out->stop);
    out->n = queue.n;
    ck_assert_uint_eq(queue.entry, 7 + queue.n);
}

static void check(const uint8_t *t, uint32_t len, bool spaced) {
    static found slow, fast;
    read_slowly(t, len, spaced, &slow);
    read_fast(t, len, spaced, &fast);
    bool is_same = slow.n == fast.n && slow.done == fast.done && slow.stop == fast.stop;
    for (uint32_t i = 0; is_same && i < slow.n; i++) {
        const prs_lane_word *a = &slow.words[i], *b = &fast.words[i];
        is_same = a->key.lo == b->key.lo && a->key.hi == b->key.hi && a->at == b->at &&
                  b->hash == prs_word_memo_hash(&memo, b->key);
    }
    if (!is_same)
        ck_abort_msg("%u words to %u, %d, not %u to %u, %d: %.*s", fast.n, fast.done, fast.stop,
                     slow.n, slow.done, slow.stop, (int)len, (const char *)t);
}

/* Texts of bytes that matter, or of any; the block ends where the memory does. */
static void fill(test_rng *rng, uint8_t *t, uint32_t len) {
    static const char often[] = "abcXYZ019mNzaeiou   \n,.", seldom[] = "#$%&'*+,-.;@_\"(\x80\xe4/";
    uint64_t kind = test_rng_below(rng, 4), one_in = 2 + test_rng_below(rng, 30);
    test_rng_fill(rng, t, len);
    for (uint32_t i = 0; i < len && kind != 0; i++) {
        if (kind == 1) t[i] = 'a';
        if (kind == 1 ? test_rng_one_in(rng, one_in) : !test_rng_one_in(rng, 40))
            t[i] = (uint8_t)often[test_rng_below(rng, sizeof often - 1)];
        if (kind == 3 && test_rng_one_in(rng, one_in))
            t[i] = (uint8_t)seldom[test_rng_below(rng, sizeof seldom - 1)];
    }
}

static void check_level(prs_cpu_level level) {
    test_rng rng = test_rng_of("lane words");
    ck_assert_int_eq(prs_cpu_force(level, NULL), PRISM_OK);
    for (uint32_t round = 0; round < 20; round++) {
        for (uint32_t len = 0; len <= MOST; len++) {
            uint8_t *memory = malloc(len + 64);
            ck_assert_ptr_nonnull(memory);
            uint8_t *t = memory + test_rng_below(&rng, 64);
            uint8_t *exact = malloc(len > 0 ? len : 1); /* a byte too far is seen by a sanitizer */
            ck_assert_ptr_nonnull(exact);
            fill(&rng, t, len);
            memcpy(exact, t, len);
            check(t, len, false);
            check(t, len, true);
            check(exact, len, false);
            free(exact);
            free(memory);
        }
    }
    prs_cpu_unforce();
}

START_TEST(finds_the_same_at_every_level) {
    prs_mem mem;
    const uint64_t seed[2] = {3, 4};
    prs_mem_init(&mem, NULL);
    prs_word_memo_init(&memo, &mem, seed);
    ck_assert_int_eq(prs_word_memo_reserve(&memo, 1), PRISM_OK);
    for (int level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        if (prs_cpu_supports((prs_cpu_level)level)) check_level((prs_cpu_level)level);
    }
    prs_word_memo_fini(&memo);
}
END_TEST

/* Two texts in two calls, the second with little room. */
START_TEST(ends_where_the_queue_is_full) {
    static prs_lane_word words[PRS_LANE_WORDS_ROOM + 1];
    prs_mem mem;
    const uint64_t seed[2] = {3, 4};
    uint8_t text[400];
    bool stop;
    for (size_t i = 0; i < sizeof text; i++) text[i] = i % 2 == 0 ? 'a' : ' ';
    prs_mem_init(&mem, NULL);
    prs_word_memo_init(&memo, &mem, seed);
    ck_assert_int_eq(prs_word_memo_reserve(&memo, 1), PRISM_OK);
    prs_lane_queue queue = {memo, words, 0, PRS_LANE_WORDS_ROOM + 1, 0};
    ck_assert_uint_eq(prs_lane_words(text, sizeof text, false, &queue, &stop), 64);
    ck_assert(queue.n == 32 && !stop);
    ck_assert_uint_eq(prs_lane_words(text, sizeof text, false, &queue, &stop), 0);
    ck_assert(queue.n == 32 && !stop);
    prs_word_memo_fini(&memo);
}
END_TEST

TEST_SUITE(lane_words, finds_the_same_at_every_level, ends_where_the_queue_is_full)
