/* test_fragments.c - is the best stretch chosen, and cut where a reader would cut it? */
#include "harness/test.h"

#include "show/fragments.h"

static prs_bytes text_of(const char *s) {
    return prs_bytes_of(s, strlen(s));
}

static void check_cuts(const char *s, const char *allowed) {
    prs_bytes text = text_of(s);
    for (size_t at = 0; at <= text.len; at++) {
        bool expected = allowed[at] == '|';
        ck_assert_msg(prs_fragment_may_cut(text, at) == expected, "\"%s\" at %zu", s, at);
    }
}

START_TEST(words_and_clusters_are_not_cut) {
    check_cuts("ab cd", "|.||.|");
    check_cuts("a1-b", "|.||"
                       "|");
    /* two Han characters: between them */
    check_cuts("\xe6\x95\xb0\xe6\x8d\xae", "|..|..|");
    /* e and a combining acute accent */
    check_cuts("e\xcc\x81", "|..|");
    check_cuts("\xe6\x95\xb0"
               "ai",
               "|..|.|"); /* Han, then a word */
    check_cuts("\r\n", "|.|");
    /* woman, joiner, rocket */
    check_cuts("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80", "|..........|");
    check_cuts("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", "|.......|"); /* thumb with a skin tone */
    check_cuts("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", "|.......|"); /* a flag */
}
END_TEST

typedef struct frame {
    prs_mem mem;
    prs_marks marks;
    prs_clause clauses[3];
    uint32_t seen[3];
} frame;

static void begin(frame *f) {
    memset(f, 0, sizeof *f);
    prs_mem_init(&f->mem, NULL);
    prs_marks_init(&f->marks, &f->mem);
    for (int i = 0; i < 3; i++) f->clauses[i].weight = 1.0 + i;
}

/* Mark every occurrence of a word, in order of the text. */
static void mark(frame *f, const char *text, const char *word, uint32_t clause) {
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        uint32_t start = (uint32_t)(at - text), k = 0;
        prs_mark m = {start, start + (uint32_t)strlen(word), clause, false};
        ck_assert(prs_marks_push(&f->marks, m));
        for (k = (uint32_t)f->marks.n - 1; k > 0 && f->marks.ptr[k - 1].start > start; k--) {
            f->marks.ptr[k] = f->marks.ptr[k - 1];
        }
        f->marks.ptr[k] = m;
    }
}

static const char *best(frame *f, const char *s, const prs_stretch *taken, uint32_t n_taken,
                        uint32_t most, prs_stretch *out) {
    static char copy[512];
    if (!prs_fragment_best(text_of(s), &f->marks, f->clauses, 3, f->seen, taken, n_taken, most,
                           out))
        return NULL;
    ck_assert_uint_le(out->end - out->start, most);
    memcpy(copy, s + out->start, out->end - out->start);
    copy[out->end - out->start] = '\0';
    return copy;
}

START_TEST(different_clauses_weigh_more_than_repeats) {
    frame f;
    prs_stretch s;
    begin(&f);
    const char *text = "cat cat cat cat and more of it. Nothing here at all, only words. A cat and "
                       "a dog met there. End";
    mark(&f, text, "cat", 0);
    mark(&f, text, "dog", 1);
    ck_assert_str_eq(best(&f, text, NULL, 0, 27, &s), "A cat and a dog met there.");
    ck_assert_str_eq(best(&f, text, &s, 1, 27, &s), "cat cat cat cat and more of");
    prs_marks_fini(&f.marks);
}
END_TEST

/* Marks that close the sentence before stay with it. */
START_TEST(a_fragment_does_not_begin_with_a_closing_mark) {
    static const struct {
        const char *text, *word, *best;
        uint32_t most;
    } cases[] = {
        {"他说:「这是一句话。」然后数据来了", "数据", "然后数据来了", 21},
        {"他说:“这是一句话！”然后数据来了", "数据", "然后数据来了", 21},
        {"一句(看。)」然后数据来了", "数据", "然后数据来了", 21},
        {"He said: \"that is all.\" Then the dog ran", "dog", "Then the dog ran", 20},
        {"He said: “that is all.” Then the dog ran", "dog", "Then the dog ran", 22},
        {"He said that is all. \"Then\" the dog ran", "dog", "\"Then\" the dog ran", 22},
        {"很长很长的一句话没有句号，数据来了", "数据", "数据来了", 15},
        {"all of it, and much more), dog ran", "dog", "dog ran", 12},
        /* what matched is never skipped */
        {"all of it, and much more), dog ran", "), dog", "), dog ran", 12},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        frame f;
        prs_stretch s;
        begin(&f);
        mark(&f, cases[i].text, cases[i].word, 0);
        ck_assert_str_eq(best(&f, cases[i].text, NULL, 0, cases[i].most, &s), cases[i].best);
        prs_marks_fini(&f.marks);
    }
    /* and end with them */
    frame f;
    prs_stretch s;
    begin(&f);
    const char *text = "数据很多，他说：「这是一句话。」然后来了别的什么东西";
    mark(&f, text, "数据", 0);
    ck_assert_str_eq(best(&f, text, NULL, 0, 54, &s), "数据很多，他说：「这是一句话。」");
    prs_marks_fini(&f.marks);
}
END_TEST

START_TEST(fragments_do_not_touch) {
    frame f;
    begin(&f);
    const char *text = "one cat two cat three cat four cat five cat six cat seven cat eight";
    mark(&f, text, "cat", 0);
    prs_stretch taken[20];
    uint32_t n = 0;
    while (n < 20 && best(&f, text, taken, n, 12, &taken[n]) != NULL) n++;
    ck_assert_uint_ge(n, 4);
    ck_assert_uint_lt(n, 20);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < i; k++)
            ck_assert(taken[i].end <= taken[k].start || taken[k].end <= taken[i].start);
    }
    prs_marks_fini(&f.marks);
}
END_TEST

START_TEST(a_mark_longer_than_the_fragment_is_cut) {
    frame f;
    prs_stretch s;
    begin(&f);
    const char *text = "x internationalization y";
    mark(&f, text, "internationalization", 2);
    ck_assert_str_eq(best(&f, text, NULL, 0, 8, &s), "internat");
    prs_marks_fini(&f.marks);
}
END_TEST

START_TEST(the_head_of_a_text) {
    prs_stretch s = prs_fragment_head(text_of("  one two three"), 9);
    ck_assert(s.start == 2 && s.end == 9);
    s = prs_fragment_head(text_of("one two three"), 10);
    ck_assert(s.start == 0 && s.end == 7);
    s = prs_fragment_head(text_of("short"), 240);
    ck_assert(s.start == 0 && s.end == 5);
    s = prs_fragment_head(text_of(""), 240);
    ck_assert(s.start == 0 && s.end == 0);
    /* 7 bytes: two characters fit */
    s = prs_fragment_head(text_of("\xe6\x95\xb0\xe6\x8d\xae\xe4\xb8\xad"), 7);
    ck_assert(s.start == 0 && s.end == 6);
    s = prs_fragment_head(text_of("\xe6\x95\xb0"), 2);
    ck_assert_uint_eq(s.end, 0);
}
END_TEST

/* Any bytes, any marks: stretches stay inside, short enough, and apart. */
START_TEST(anything_can_be_cut) {
    test_rng rng = test_rng_of("cut");
    for (int round = 0; round < 3000; round++) {
        frame f;
        uint8_t bytes[300];
        size_t len = test_rng_below(&rng, sizeof bytes);
        begin(&f);
        test_rng_fill(&rng, bytes, len);
        for (size_t i = 0; i < len; i++) {
            if (test_rng_one_in(&rng, 2))
                bytes[i] = (uint8_t) " a.\xe6\x95\xb0"[test_rng_below(&rng, 6)];
        }
        uint32_t at = 0;
        while (at + 8 < len) {
            at += (uint32_t)test_rng_below(&rng, 40);
            uint32_t end = at + 1 + (uint32_t)test_rng_below(&rng, 7);
            if (end > len) break;
            prs_mark m = {at, end, (uint32_t)test_rng_below(&rng, 3), false};
            ck_assert(prs_marks_push(&f.marks, m));
        }
        prs_stretch taken[8];
        uint32_t n = 0, most = 1 + (uint32_t)test_rng_below(&rng, 120);
        while (n < 8 && prs_fragment_best(prs_bytes_of(bytes, len), &f.marks, f.clauses, 3, f.seen,
                                          taken, n, most, &taken[n])) {
            ck_assert(taken[n].start <= taken[n].end && taken[n].end <= len);
            ck_assert_uint_le(taken[n].end - taken[n].start, most);
            for (uint32_t k = 0; k < n; k++) {
                ck_assert(taken[n].end <= taken[k].start || taken[k].end <= taken[n].start);
            }
            if (taken[n].end == taken[n].start) break;
            n++;
        }
        prs_marks_fini(&f.marks);
    }
}
END_TEST

TEST_SUITE(fragments, words_and_clusters_are_not_cut, different_clauses_weigh_more_than_repeats,
           a_fragment_does_not_begin_with_a_closing_mark, fragments_do_not_touch,
           a_mark_longer_than_the_fragment_is_cut, the_head_of_a_text, anything_can_be_cut)
