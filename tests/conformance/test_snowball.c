/* test_snowball.c - does the analyzer stem the vocabularies of the Snowball project right?
 *
 * Each word of voc.txt goes through the analyzer with diacritics kept and the stemmer of its
 * folder, one word a text (no cache), and then all words twice in one text (cache cold, full and
 * warm; with all its slots and with a single one), and through the lexicon, cold and warm.  The
 * answer must be the line of output.txt, without apostrophes, which the analyzer takes out.  Words
 * with an apostrophe outside are left out: it is punctuation to the scanner (T5), so the stemmer
 * never sees it.
 *
 * The data were made by Snowball 3.  A library of version 2.2 differs in known lines: as many as
 * the table says, which are printed.  All lines agree, or exactly so many differ; any other number
 * is a failure. */
#include "kit.h"

#include "analysis/analyzer_impl.h"
#include "analysis/lexicon.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *language;
    unsigned old_differences; /* of a 2.2 library */
} vocabularies[] = {{"english", 5}, {"porter", 0},  {"french", 195},   {"german", 173},
                    {"spanish", 3}, {"italian", 0}, {"portuguese", 0}, {"russian", 0}};

typedef struct lines {
    char *text;
    char **line;
    size_t n;
} lines;

static lines read_lines(const char *folder, const char *name) {
    char path[128];
    size_t len;
    snprintf(path, sizeof path, "snowball/%s/%s", folder, name);
    lines out = {kit_read_file(test_shared_path(path), &len), NULL, 0};
    for (size_t i = 0; i < len; i++) out.n += out.text[i] == '\n';
    out.line = calloc(out.n + 1, sizeof *out.line);
    size_t n = 0;
    for (char *rest = out.text, *line; n < out.n && (line = strsep(&rest, "\n")) != NULL;)
        out.line[n++] = line;
    return out;
}

static void free_lines(lines *l) {
    free(l->line);
    free(l->text);
}

/* The expected term: the stem without apostrophes. */
static prs_bytes expected_term(const char *stem, char *out) {
    size_t n = 0;
    for (const char *p = stem; *p != '\0'; p++) {
        if (*p != '\'') out[n++] = *p;
    }
    return prs_bytes_of(out, n);
}

/* All words, one a line, twice. */
static prs_buf twice(prs_mem *mem, const lines *words) {
    prs_buf text;
    prs_buf_init(&text, mem);
    for (size_t i = 0; i < 2 * words->n; i++)
        prs_buf_printf(&text, "%s\n", words->line[i % words->n]);
    ck_assert(!text.failed);
    return text;
}

/* Terms of all words in one text, twice, are those of the words alone. */
static void check_warm(kit *cold, kit *warm, const lines *words) {
    prs_buf text = twice(&warm->mem, words);
    kit_run(warm, text.ptr, text.len);
    size_t at = 0;
    for (size_t i = 0; i < 2 * words->n; i++) {
        const char *word = words->line[i % words->n];
        kit_run(cold, word, strlen(word));
        for (size_t t = 0; t < cold->n; t++, at++) {
            bool is_same = at < warm->n && prs_bytes_equal(kit_term(cold, t), kit_term(warm, at));
            if (!is_same) ck_abort_msg("\"%s\" in a long text", word);
        }
    }
    ck_assert_uint_eq(at, warm->n);
    prs_buf_fini(&text);
}

/* The lexicon's terms are those of the analyzer's long text, which `k` has just read. */
static void check_lexicon(kit *k, const lines *words) {
    prs_lexicon *lexicon;
    prs_stream stream = {&k->mem, NULL, 0, 0};
    uint32_t n_pos, n_span;
    prs_buf text = twice(&k->mem, words);
    ck_assert_int_eq(prs_lexicon_new(k->analyzer, &k->mem, &lexicon, NULL), PRISM_OK);
    ck_assert_int_eq(prs_lexicon_scan(lexicon, text.ptr, text.len, &stream, &n_pos, &n_span, NULL,
                                      NULL),
                     PRISM_OK);
    ck_assert_uint_eq(stream.n, k->n);
    for (size_t i = 0; i < stream.n; i++) {
        prs_bytes key = prs_lexicon_key(lexicon, stream.ids[i] & PRS_STREAM_ID);
        if (!prs_bytes_equal(prs_bytes_of(key.ptr + 1, key.len - 1), kit_term(k, i)))
            ck_abort_msg("entry %zu of the stream", i);
    }
    prs_mem_free(&k->mem, stream.ids, stream.cap * sizeof *stream.ids);
    prs_lexicon_free(lexicon);
    prs_buf_fini(&text);
}

static bool is_quoted(const char *word) {
    size_t len = strlen(word);
    return len > 0 && (word[0] == '\'' || word[len - 1] == '\'');
}

static unsigned count_differences(kit *k, const lines *words, const lines *stems) {
    unsigned n = 0;
    ck_assert_uint_eq(words->n, stems->n);
    for (size_t i = 0; i < words->n; i++) {
        char buffer[256];
        ck_assert_uint_lt(strlen(stems->line[i]), sizeof buffer);
        prs_bytes expected = expected_term(stems->line[i], buffer);
        kit_run(k, words->line[i], strlen(words->line[i]));
        prs_bytes got = k->n > 0 ? kit_term(k, 0) : prs_bytes_of("", 0);
        if (is_quoted(words->line[i]) || (k->n == 1 && prs_bytes_equal(got, expected))) continue;
        printf("# %s: %.*s, Snowball 3 gives %s\n", words->line[i], (int)got.len,
               (const char *)got.ptr, stems->line[i]);
        n++;
    }
    fflush(stdout);
    return n;
}

static void check_folder(const char *folder, const char *language, unsigned old_differences) {
    char options[64];
    snprintf(options, sizeof options, "diacritics=keep stem=%s", language);
    lines words = read_lines(folder, "voc.txt"), stems = read_lines(folder, "output.txt");
    kit *cold = kit_open(options), *warm = kit_open(options), *small = kit_open(options);
    ck_assert_int_eq(prs_words_warm(&small->analysis->words, 0, NULL), PRISM_OK);
    unsigned n = count_differences(cold, &words, &stems);
    ck_assert_msg(n == 0 || n == old_differences, "%s: %u lines differ, neither 0 nor %u", folder,
                  n, old_differences);
    check_warm(cold, small, &words);
    check_warm(cold, warm, &words);
    check_lexicon(warm, &words);
    kit_close(cold);
    kit_close(warm);
    kit_close(small);
    free_lines(&words);
    free_lines(&stems);
}

START_TEST(vocabularies_of_eight_stemmers) {
    for (size_t i = 0; i < PRS_COUNT(vocabularies); i++) {
        check_folder(vocabularies[i].language, vocabularies[i].language,
                     vocabularies[i].old_differences);
    }
}
END_TEST

START_TEST(all_of_english) {
    check_folder("english-full", "english", 57);
}
END_TEST

TEST_SUITE(snowball, vocabularies_of_eight_stemmers, all_of_english)
