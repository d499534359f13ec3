/* test_lexicon.c - is the lexicon's stream the analyzer's token stream, on any text?
 *
 * The proof obligation of lexicon.h: for every text, the terms behind the ids, their positions, the
 * number of positions and of ill-formed parts are those of prs_analysis_run.  Random text over
 * eight alphabets under the option sets that change lanes, the corpora, and the same with texts cut
 * short at every byte. */
#include "kit.h"

#include "analysis/ascii_word.h"
#include "analysis/lexicon.h"

#include <stdlib.h>

static const char *const option_sets[] = {"",
                                          "stem=dual",
                                          "han=bi",
                                          "han=uni stem=off",
                                          "han=uni_bi_words",
                                          "hangul=word diacritics=keep",
                                          "join_linebreak=on",
                                          "compounds=off sigils=off",
                                          "emoji=off ts_fold=off",
                                          "max_token_bytes=16 stem=french",
                                          "sa=icu",
                                          "stem=dual stem_language=russian",
                                          "stem=off",
                                          "name=whitespace",
                                          "name=whitespace max_token_bytes=16"};

typedef struct pair {
    kit *k;
    prs_lexicon *lexicon;
    prs_stream stream;
} pair;

static pair pair_open(const char *options) {
    pair p = {kit_open(options), NULL, {NULL, NULL, 0, 0}};
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_msg(prs_lexicon_new(p.k->analyzer, &p.k->mem, &p.lexicon, &err) == PRISM_OK, "%s",
                  err.text);
    p.stream.mem = &p.k->mem;
    return p;
}

static void pair_close(pair *p) {
    prs_lexicon_free(p->lexicon);
    prs_mem_free(p->stream.mem, p->stream.ids, p->stream.cap * sizeof *p->stream.ids);
    kit_close(p->k);
}

static bool is_wide(const uint8_t *p) {
    return (p[0] & 0xf0) == 0xe0;
}

/* Is token i a character that the stream leaves out, because the next token tells it? */
static bool is_left_out(const pair *p, size_t i) {
    if (p->k->tokens[i].token.kind != PRS_KIND_HAN1 || i + 1 == p->k->n) return false;
    prs_bytes next = kit_term(p->k, i + 1);
    uint8_t kind = p->k->tokens[i + 1].token.kind;
    if (kind == PRS_KIND_HANEND) return next.len == 3 && is_wide(next.ptr);
    return kind == PRS_KIND_HAN2 && next.len == 6 && is_wide(next.ptr) && is_wide(next.ptr + 3);
}

/* Does the term of the entry tell of the character `token` that was left out before it? */
static bool tells(const pair *p, uint32_t entry, size_t token) {
    uint32_t c = prs_lexicon_char_of(p->lexicon, entry & PRS_STREAM_ID);
    if (c >= prs_lexicon_count(p->lexicon)) return false;
    prs_bytes key = prs_lexicon_key(p->lexicon, c);
    return key.ptr[0] == PRS_KIND_HAN1 &&
           prs_bytes_equal(prs_bytes_of(key.ptr + 1, key.len - 1), kit_term(p->k, token));
}

/* First difference of stream and tokens, or -1: token index, counted in terms. */
static long first_difference(const pair *p, size_t from) {
    const prs_stream *s = &p->stream;
    uint32_t next = 0;
    size_t at = from, i = 0;
    for (; i < p->k->n && at < s->n; i++, at++) {
        bool left_out = is_left_out(p, i);
        i += left_out;
        const prs_token *t = &p->k->tokens[i].token;
        bool is_stacked = i > 0 && t->pos + 1 == next;
        if (prs_stream_is_gap(s->ids[at])) {
            if (at + 2 >= s->n || is_stacked || s->ids[at + 1] != t->pos - next) return (long)i;
            at += 2;
        } else if (!is_stacked && t->pos != next) {
            return (long)i;
        }
        next = t->pos + 1;
        if (((s->ids[at] & PRS_STREAM_STACKED) != 0) != is_stacked) return (long)i;
        uint32_t id = s->ids[at] & PRS_STREAM_ID;
        if (id >= prs_lexicon_count(p->lexicon)) return (long)i;
        bool tells_none = prs_lexicon_char_of(p->lexicon, id) == UINT32_MAX;
        if (left_out ? !tells(p, id, i - 1) : !tells_none) return (long)i;
        bool is_char = t->kind == PRS_KIND_HAN1 && prs_lexicon_leaves_chars(p->lexicon);
        if (((s->ids[at] & PRS_STREAM_TELLS) != 0) != (left_out || is_char)) return (long)i;
        prs_bytes key = prs_lexicon_key(p->lexicon, id), term = kit_term(p->k, i);
        if (key.ptr[0] != t->kind ||
            !prs_bytes_equal(prs_bytes_of(key.ptr + 1, key.len - 1), term)) {
            return (long)i;
        }
    }
    return i == p->k->n && at == s->n ? -1 : (long)i;
}

/* Scan a text that ends where its block ends, so that AddressSanitizer sees any over-read. */
static void check_text(pair *p, const uint8_t *text, size_t len) {
    uint32_t n_pos, n_span;
    uint64_t n_bad;
    prism_error err = PRISM_ERROR_INIT;
    uint8_t *exact = malloc(len + 1);
    ck_assert_ptr_nonnull(exact);
    memcpy(exact + 1, text, len);
    size_t from = p->stream.n = p->stream.n > 100000 ? 0 : p->stream.n;
    kit_run(p->k, exact + 1, len);
    ck_assert_int_eq(prs_lexicon_scan(p->lexicon, exact + 1, len, &p->stream, &n_pos, &n_span,
                                      &n_bad, &err),
                     PRISM_OK);
    free(exact);
    long at = first_difference(p, from);
    if (at >= 0) {
        size_t i = (size_t)at < p->k->n ? (size_t)at : p->k->n - 1;
        uint32_t where = p->k->n == 0 ? 0 : p->k->tokens[i].token.start;
        size_t begin = where < 40 ? 0 : where - 40, show = PRS_MIN(len - begin, 120);
        ck_abort_msg("token %ld of %zu at byte %u differs: ...%.*s... (options %s)", at, p->k->n,
                     where, (int)show, (const char *)text + begin, prs_analyzer_id(p->k->analyzer));
    }
    ck_assert_uint_eq(n_pos, p->k->n_pos);
    ck_assert_uint_eq(n_bad, p->k->n_bad);
    ck_assert_uint_eq(n_span, p->k->n_pos);
}

START_TEST(equals_the_analyzer_on_random_text) {
    test_rng rng = test_rng_of("lexicon");
    size_t todo = kit_effort(10u << 20) / PRS_COUNT(option_sets) / KIT_ALPHABETS;
    uint8_t text[8192];
    for (size_t o = 0; o < PRS_COUNT(option_sets); o++) {
        pair p = pair_open(option_sets[o]);
        for (unsigned alphabet = 0; alphabet < KIT_ALPHABETS; alphabet++) {
            for (size_t done = 0; done < todo;) {
                size_t len =
                    kit_random_text(&rng, alphabet, text, 1 + test_rng_below(&rng, sizeof text));
                check_text(&p, text, len);
                done += len + 1;
            }
        }
        prs_lexicon_reset(p.lexicon);
        ck_assert_uint_eq(prs_lexicon_count(p.lexicon), 0);
        check_text(&p, text, 100);
        pair_close(&p);
    }
}
END_TEST

START_TEST(equals_the_analyzer_on_short_text) {
    test_rng rng = test_rng_of("lexicon short");
    uint8_t text[24];
    pair p = pair_open(""), bi = pair_open("han=bi stem=dual");
    for (size_t i = 0; i < kit_effort(1u << 20) / 16; i++) {
        unsigned alphabet = (unsigned)test_rng_below(&rng, KIT_ALPHABETS);
        size_t len = kit_random_text(&rng, alphabet, text, 1 + test_rng_below(&rng, sizeof text));
        check_text(test_rng_one_in(&rng, 2) ? &p : &bi, text, len);
    }
    pair_close(&p);
    pair_close(&bi);
}
END_TEST

START_TEST(equals_the_analyzer_on_random_bytes) {
    test_rng rng = test_rng_of("lexicon bytes");
    uint8_t text[512];
    pair p = pair_open(""), spaced = pair_open("name=whitespace");
    for (size_t i = 0; i < kit_effort(1u << 20) / sizeof text; i++) {
        test_rng_fill(&rng, text, sizeof text);
        check_text(&p, text, sizeof text);
        for (size_t j = 0; j < sizeof text; j++) { /* short words, some of them ill-formed */
            if (test_rng_one_in(&rng, 6)) text[j] = ' ';
            if (!test_rng_one_in(&rng, 9)) text[j] &= 0x7f;
        }
        check_text(&spaced, text, sizeof text);
    }
    pair_close(&p);
    pair_close(&spaced);
}
END_TEST

static void check_value(pair *p, const json_t *value) {
    check_text(p, (const uint8_t *)json_string_value(value), json_string_length(value));
}

static void check_article(void *ctx, const json_t *article) {
    check_value(ctx, json_object_get(article, "title"));
    check_value(ctx, json_object_get(article, "body"));
}

/* Every title and body of the shared articles; what was learned from one serves the next. */
static void check_articles(const char *options) {
    pair p = pair_open(options);
    kit_each_article(check_article, &p);
    ck_assert_uint_gt(prs_lexicon_count(p.lexicon), 100000);
    pair_close(&p);
}

START_TEST(equals_the_analyzer_on_articles) {
    check_articles("");
}
END_TEST

START_TEST(equals_the_analyzer_on_articles_otherwise) {
    check_articles("stem=dual han=bi diacritics=keep ts_fold=off");
}
END_TEST

START_TEST(has_the_stream_of_the_contract) {
    pair p = pair_open("");
    uint32_t n_pos, n_span;
    ck_assert_int_eq(prs_lexicon_scan(p.lexicon, "AI AI 中国", 12, &p.stream, &n_pos, &n_span, NULL,
                                      NULL),
                     PRISM_OK);
    /* ai, ai, 中国 (and 中), 国$ (and 国) */
    ck_assert_uint_eq(p.stream.n, 4);
    ck_assert_uint_eq(n_pos, 4);
    ck_assert_uint_eq(n_span, 4);
    ck_assert_uint_eq(p.stream.ids[0], p.stream.ids[1]);
    ck_assert_uint_lt(p.stream.ids[2], PRS_STREAM_STACKED);
    ck_assert_uint_lt(p.stream.ids[3], PRS_STREAM_STACKED);
    prs_bytes one =
        prs_lexicon_key(p.lexicon, prs_lexicon_char_of(p.lexicon, p.stream.ids[2] & PRS_STREAM_ID));
    ck_assert_uint_eq(one.len, 4);
    ck_assert_mem_eq(one.ptr, "\x02中", 4);
    prs_bytes key = prs_lexicon_key(p.lexicon, p.stream.ids[0]);
    ck_assert_uint_eq(key.len, 3);
    ck_assert_mem_eq(key.ptr,
                     "\x01"
                     "ai",
                     3);
    ck_assert_uint_eq(prs_lexicon_count(p.lexicon), 5);
    size_t held = prs_lexicon_bytes(p.lexicon);
    ck_assert_uint_gt(held, 0);
    prs_lexicon_reset(p.lexicon);
    ck_assert_uint_lt(prs_lexicon_bytes(p.lexicon), held);
    pair_close(&p);
}
END_TEST

static prism_status gappy(void *ctx, const char *text, size_t len, prism_token_fn emit,
                          void *emit_ctx, prism_error *err) {
    (void)ctx;
    (void)text;
    (void)err;
    prism_token token = {.term = "x", .len = 1, .pos = 3, .end = len};
    if (emit(emit_ctx, &token) != 0) return PRISM_ECANCELED;
    token.term = "y";
    if (emit(emit_ctx, &token) != 0) return PRISM_ECANCELED;
    token.term = "x";
    token.pos = 10;
    return emit(emit_ctx, &token);
}

START_TEST(escapes_gaps) {
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_analyzer_options options;
    prs_analyzer_options_custom(&options, "gappy", "1", gappy, NULL);
    prs_analyzer *analyzer;
    prs_lexicon *lexicon;
    prs_stream out = {&mem, NULL, 0, 0};
    uint32_t n_pos, n_span;
    ck_assert_int_eq(prs_analyzer_new(&mem, &options, &analyzer, NULL), PRISM_OK);
    ck_assert_int_eq(prs_lexicon_new(analyzer, &mem, &lexicon, NULL), PRISM_OK);
    ck_assert_int_eq(prs_lexicon_scan(lexicon, "abc", 3, &out, &n_pos, &n_span, NULL, NULL),
                     PRISM_OK);
    static const uint32_t expected[] = {PRS_STREAM_GAP, 3, 0, 1 | PRS_STREAM_STACKED,
                                        PRS_STREAM_GAP, 6, 0};
    ck_assert_uint_eq(out.n, PRS_COUNT(expected));
    ck_assert_mem_eq(out.ids, expected, sizeof expected);
    ck_assert_uint_eq(n_pos, 2);
    ck_assert_uint_eq(n_span, 11);
    prs_lexicon_free(lexicon);
    prs_analyzer_unref(analyzer);
    prs_mem_free(&mem, out.ids, out.cap * sizeof *out.ids);
}
END_TEST

START_TEST(refuses_too_many_positions) {
    size_t len = 2 * ((size_t)PRISM_MAX_DOC_TOKENS + 1);
    uint8_t *text = malloc(len);
    for (size_t i = 0; i < len; i++) text[i] = i % 2 == 0 ? 'a' : ' ';
    pair p = pair_open("");
    uint32_t n_pos, n_span;
    prism_error err = PRISM_ERROR_INIT;
    prism_status status =
        prs_lexicon_scan(p.lexicon, text, len, &p.stream, &n_pos, &n_span, NULL, &err);
    ck_assert_int_eq(status, PRISM_ELIMIT);
    ck_assert_uint_eq(p.stream.n, 0);
    status = prs_lexicon_scan(p.lexicon, text, len - 2, &p.stream, &n_pos, &n_span, NULL, &err);
    ck_assert_int_eq(status, PRISM_OK);
    ck_assert_uint_eq(n_pos, PRISM_MAX_DOC_TOKENS);
    free(text);
    pair_close(&p);
}
END_TEST

static prism_status scan_under_pressure(prs_mem *mem, void *ctx) {
    (void)ctx;
    static const char text[] = "Running naïve node.js 數據中心 C++ 10€ connection 中國 運動";
    prs_analyzer_options options;
    prs_analyzer *analyzer = NULL;
    prs_lexicon *lexicon = NULL;
    prs_stream out = {mem, NULL, 0, 0};
    uint32_t n_pos, n_span;
    prs_analyzer_options_init(&options);
    prism_status status = prs_analyzer_new(mem, &options, &analyzer, NULL);
    if (status == PRISM_OK) status = prs_lexicon_new(analyzer, mem, &lexicon, NULL);
    for (int i = 0; i < 40 && status == PRISM_OK; i++) {
        size_t before = out.n;
        status =
            prs_lexicon_scan(lexicon, text, sizeof text - 1, &out, &n_pos, &n_span, NULL, NULL);
        if (status != PRISM_OK) ck_assert_uint_eq(out.n, before);
    }
    prs_lexicon_free(lexicon);
    prs_analyzer_unref(analyzer);
    prs_mem_free(mem, out.ids, out.cap * sizeof *out.ids);
    return status;
}

START_TEST(survives_every_refused_allocation) {
    test_oom_sweep(scan_under_pressure, NULL);
}
END_TEST

START_TEST(takes_nothing_for_an_empty_text) {
    pair p = pair_open("");
    uint32_t n_pos = 1, n_span = 1;
    uint64_t n_bad = 1;
    ck_assert_int_eq(prs_lexicon_scan(p.lexicon, NULL, 0, &p.stream, &n_pos, &n_span, &n_bad, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(n_pos + n_span + n_bad + p.stream.n, 0);
    pair_close(&p);
}
END_TEST

START_TEST(reads_words_alike_in_both_ways) {
    test_rng rng = test_rng_of("ascii word");
    uint8_t text[PRS_ASCII_WORD_LOOK];
    for (int i = 0; i < 200000; i++) {
        test_rng_fill(&rng, text, sizeof text);
        size_t n = test_rng_below(&rng, sizeof text + 1);
        for (size_t j = 0; j < n; j++) {
            text[j] = (uint8_t) "abcXYZ019mNz"[test_rng_below(&rng, 12)];
        }
        prs_ascii_word a = prs_ascii_word_plain(text), b = prs_ascii_word_at(text);
        ck_assert_uint_eq(a.len, b.len);
        ck_assert_int_eq(a.has_digit, b.has_digit);
        ck_assert(a.key.lo == b.key.lo && a.key.hi == b.key.hi);
        uint32_t len = PRS_MIN(a.len, PRS_ASCII_WORD_KEY - 1);
        uint8_t lower[PRS_ASCII_WORD_KEY] = {0}, as_is[PRS_ASCII_WORD_KEY] = {0};
        for (uint32_t j = 0; j < len; j++) lower[j] = text[j] | 0x20;
        memcpy(as_is, text, len);
        prs_word_key key = prs_ascii_key(text, len, false), same = prs_ascii_key(text, len, true);
        ck_assert(memcmp(&key, lower, sizeof key) == 0 && memcmp(&same, as_is, sizeof same) == 0);
    }
}
END_TEST

/* Terms of one lexicon, in any order, to another: then that one has met nothing new in the texts of
 * the first, and weighs the same. */
START_TEST(terms_come_over_from_another_lexicon) {
    static const char text[] = "The wi-fi of \xe4\xb8\xad\xe5\x9b\xbd\xe4\xba\xba and U.S. "
                               "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e caf\xc3\xa9 running "
                               "\xf0\xa0\x80\x80\xe4\xb8\xad x the";
    for (size_t o = 0; o < PRS_COUNT(option_sets); o++) {
        pair a = pair_open(option_sets[o]), b = pair_open(option_sets[o]);
        uint32_t n_pos, n_span, id, again;
        uint64_t n_bad;
        ck_assert_int_eq(prs_lexicon_scan(a.lexicon, text, sizeof text - 1, &a.stream, &n_pos,
                                          &n_span, &n_bad, NULL),
                         PRISM_OK);
        uint32_t n = prs_lexicon_count(a.lexicon);
        ck_assert_uint_gt(n, 10);
        for (uint32_t i = n; i-- > 0;) {
            prs_bytes key = prs_lexicon_key(a.lexicon, i);
            uint32_t before = prs_lexicon_count(b.lexicon);
            ck_assert_int_eq(prs_lexicon_intern(b.lexicon, key, &id, NULL), PRISM_OK);
            /* new, or a character that came in with what tells it */
            bool is_known = key.ptr[0] == PRS_KIND_HAN1 && id < before;
            if (!is_known) ck_assert_uint_eq(id, prs_lexicon_count(b.lexicon) - 1);
            ck_assert(prs_bytes_equal(prs_lexicon_key(b.lexicon, id), key));
            ck_assert_int_eq(prs_lexicon_intern(b.lexicon, key, &again, NULL), PRISM_OK);
            ck_assert_uint_eq(again, id);
        }
        ck_assert_uint_eq(prs_lexicon_count(b.lexicon), n);
        ck_assert_uint_eq(prs_lexicon_weight(b.lexicon), prs_lexicon_weight(a.lexicon));
        ck_assert_int_eq(prs_lexicon_scan(b.lexicon, text, sizeof text - 1, &b.stream, &n_pos,
                                          &n_span, &n_bad, NULL),
                         PRISM_OK);
        ck_assert_uint_eq(prs_lexicon_count(b.lexicon), n);
        ck_assert_uint_eq(prs_lexicon_weight(b.lexicon), prs_lexicon_weight(a.lexicon));
        pair_close(&a);
        pair_close(&b);
    }
}
END_TEST

TEST_SUITE(lexicon, terms_come_over_from_another_lexicon, equals_the_analyzer_on_random_text,
           equals_the_analyzer_on_short_text, equals_the_analyzer_on_random_bytes,
           equals_the_analyzer_on_articles, equals_the_analyzer_on_articles_otherwise,
           has_the_stream_of_the_contract, escapes_gaps, refuses_too_many_positions,
           survives_every_refused_allocation, reads_words_alike_in_both_ways,
           takes_nothing_for_an_empty_text)
