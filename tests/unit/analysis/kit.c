/* kit.c - what do the tests of analysis share?  See kit.h.
 *
 * Random text is made of pieces, because random bytes hardly ever make a token: letters and digits
 * in all cases, every sign of T1-T9, marks, Han in both scripts, kana, Hangul, full-width and
 * half-width forms, emoji parts, compat signs, Hebrew, Thai, ill-formed bytes, white space.  An
 * alphabet is a choice of these groups. */
#include "kit.h"

#include "analysis/utf8.h"

#include <jansson.h>
#include <prismsearch.h>
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

/* ---- analyzers ---------------------------------------------------------------------------- */

prs_analyzer_options kit_options(const char *options) {
    prs_analyzer_options out;
    char text[256], *rest = text;
    prs_analyzer_options_init(&out);
    snprintf(text, sizeof text, "%s", options);
    for (char *name; (name = strtok_r(rest, " ", &rest)) != NULL;) {
        prism_error err = PRISM_ERROR_INIT;
        char *value = strchr(name, '=');
        ck_assert_ptr_nonnull(value);
        *value++ = '\0';
        if (strcmp(name, "name") == 0) {
            snprintf(out.name, sizeof out.name, "%s", value);
        } else {
            ck_assert_msg(prs_analyzer_options_set(&out, name, value, &err) == PRISM_OK, "%s",
                          err.text);
        }
    }
    return out;
}

kit *kit_open(const char *options) {
    prism_error err = PRISM_ERROR_INIT;
    prs_analyzer_options parsed = kit_options(options);
    kit *k = calloc(1, sizeof *k);
    ck_assert_ptr_nonnull(k);
    prs_mem_init(&k->mem, NULL);
    prs_buf_init(&k->terms, &k->mem);
    prs_buf_init(&k->text, &k->mem);
    ck_assert_msg(prs_analyzer_new(&k->mem, &parsed, &k->analyzer, &err) == PRISM_OK, "%s",
                  err.text);
    ck_assert_msg(prs_analysis_new(k->analyzer, &k->mem, &k->analysis, &err) == PRISM_OK, "%s",
                  err.text);
    return k;
}

void kit_close(kit *k) {
    prs_analysis_free(k->analysis);
    prs_analyzer_unref(k->analyzer);
    prs_buf_fini(&k->terms);
    prs_buf_fini(&k->text);
    ck_assert_uint_eq(atomic_load(&k->mem.live), 0);
    free(k->tokens);
    free(k);
}

static prism_status collect(void *ctx, const prs_token *token) {
    kit *k = ctx;
    if (k->n == k->cap) {
        k->cap = k->cap == 0 ? 64 : 2 * k->cap;
        k->tokens = realloc(k->tokens, k->cap * sizeof *k->tokens);
        ck_assert_ptr_nonnull(k->tokens);
    }
    k->tokens[k->n] = (kit_token){*token, k->terms.len};
    k->tokens[k->n++].token.term = NULL;
    prs_buf_put(&k->terms, token->term, token->len);
    return PRISM_OK;
}

void kit_run(kit *k, const void *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    k->n = 0;
    prs_buf_clear(&k->terms);
    prism_status status =
        prs_analysis_run(k->analysis, text, len, collect, k, &k->n_pos, &k->n_bad, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
}

prs_bytes kit_term(const kit *k, size_t i) {
    return prs_bytes_of(k->terms.ptr + k->tokens[i].at, k->tokens[i].token.len);
}

static const char *kind_mark(uint8_t kind) {
    return kind == PRS_KIND_HAN1      ? "'"
           : kind == PRS_KIND_HANEND  ? "$"
           : kind == PRS_KIND_EXACT   ? "="
           : kind == PRS_KIND_HANWORD ? "~"
                                      : "";
}

/* A cut piece of a token may begin with anything, but terms are text. */
static void write_token(kit *k, size_t i, bool with_place) {
    const prs_token *t = &k->tokens[i].token;
    uint32_t next = i == 0 ? 0 : k->tokens[i - 1].token.pos + 1;
    bool is_stacked = i > 0 && t->pos + 1 == next;
    prs_buf_printf(&k->text, "%s", i == 0 ? "" : is_stacked ? " / " : ", ");
    if (!is_stacked && t->pos > next) prs_buf_printf(&k->text, "<%u>, ", t->pos - next);
    prs_bytes term = kit_term(k, i);
    prs_buf_put(&k->text, term.ptr, term.len);
    prs_buf_printf(&k->text, "%s", kind_mark(t->kind));
    if (with_place) prs_buf_printf(&k->text, "@%u+%u[%u,%u)", t->pos, t->span, t->start, t->end);
}

static const char *write_tokens(kit *k, const char *text, bool with_place) {
    kit_run(k, text, strlen(text));
    prs_buf_clear(&k->text);
    for (size_t i = 0; i < k->n; i++) write_token(k, i, with_place);
    prs_buf_put8(&k->text, 0);
    ck_assert(!k->text.failed);
    return (const char *)k->text.ptr;
}

const char *kit_terms(kit *k, const char *text) {
    return write_tokens(k, text, false);
}
const char *kit_places(kit *k, const char *text) {
    return write_tokens(k, text, true);
}

/* ---- the exported calls ------------------------------------------------------------------- */

/* {"key":"id","fields":[... "body" with the options "a=b c=d"]} */
static prism_schema *schema_of(const char *options) {
    char json[1024], text[256], *rest = text;
    prism_schema *schema;
    prism_error err = PRISM_ERROR_INIT;
    snprintf(text, sizeof text, "%s", options);
    size_t n =
        (size_t)snprintf(json, sizeof json,
                         "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                         "{\"name\":\"body\",\"type\":\"text\",\"options\":{");
    for (char *name; (name = strtok_r(rest, " ", &rest)) != NULL;) {
        char *value = strchr(name, '=');
        ck_assert_ptr_nonnull(value);
        *value++ = '\0';
        n += (size_t)snprintf(json + n, sizeof json - n, "%s\"%s\":\"%s\"",
                              json[n - 1] == '{' ? "" : ",", name, value);
    }
    n += (size_t)snprintf(json + n, sizeof json - n, "}}]}");
    prism_status status = prism_schema_from_json(json, n, &schema, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    return schema;
}

static prism_index *index_of(const char *text, const char *options) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_schema *schema = schema_of(options);
    prism_index *index;
    prism_writer *writer;
    prism_doc *doc;
    opts.in_memory = 1;
    ck_assert_int_eq(prism_index_create("kit", schema, &opts, &index, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_open(index, NULL, &writer, NULL), PRISM_OK);
    ck_assert_int_eq(prism_doc_new(schema, &doc, NULL), PRISM_OK);
    ck_assert_int_eq(prism_doc_add(doc, "id", "it", 2, NULL), PRISM_OK);
    ck_assert_int_eq(prism_doc_add(doc, "body", text, strlen(text), NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_put(writer, doc, PRISM_PUT_REPLACE, NULL), PRISM_OK);
    ck_assert_int_eq(prism_writer_commit(writer, NULL, 0, NULL, NULL), PRISM_OK);
    prism_doc_free(doc);
    prism_writer_close(writer);
    prism_schema_unref(schema);
    return index;
}

bool kit_finds(const char *query_text, const char *text, const char *options) {
    prism_index *index = index_of(text, options);
    prism_snapshot *snap;
    prism_query *query;
    prism_hits *hits;
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prism_snapshot_open(index, &snap, NULL), PRISM_OK);
    prism_status status = prism_query_parse(prism_index_schema(index), query_text,
                                            strlen(query_text), NULL, &query, &err);
    ck_assert_msg(status == PRISM_OK, "%s", err.text);
    ck_assert_int_eq(prism_search(snap, query, NULL, &hits, NULL), PRISM_OK);
    bool is_found = prism_hits_count(hits) > 0;
    prism_hits_free(hits);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return is_found;
}

/* ---- random text --------------------------------------------------------------------------- */

static const char *const letters[] = {"a",
                                      "b",
                                      "I",
                                      "s",
                                      "Running",
                                      "the",
                                      "ed",
                                      "X",
                                      "don",
                                      "y",
                                      "ies",
                                      "connection",
                                      "UPPER",
                                      "abcdefghijklmnop",
                                      "abcdefghijklmnopq",
                                      "abcdefghijklmnopqrstuvwxyzabcdefg"};
static const char *const digits[] = {"1", "23", "0", "456", "2024", "7"};
static const char *const signs[] = {"-", "_", ".", "&", "'", "+",  "++", "#",  "@",
                                    "$", "%", ",", ";", ":", "/",  "*",  "\"", "(",
                                    ")", "!", "?", "=", "^", "\\", "`"};
static const char *const spaces[] = {" ", " ", " ", "\n", "\t", "\r\n", "\0", "\x7f", "\x01"};
static const char *const marks[] = {"\u0301", "\u0308", "\u00ad", "\u200d", "\ufe0f", "\ufe0e",
                                    "\u20e3", "\u3099", "\u0327", "\u200c", "\u061c", "\U000e0100"};
static const char *const han[] = {"中", "國", "国", "的", "數", "据",       "麵", "学", "々", "〇",
                                  "か", "カ", "ー", "한", "글", "数据中心", "を", "發", "乾", "㐀"};
static const char *const wide[] = {"Ａ", "１", "．", "，", "；", "：", "％", "＄",
                                   "＃", "＋", "－", "＿", "＠", "＆", "＇", "。",
                                   "、", "“",  "”",  "　", "ｶ",  "ﾞ",  "ﾊﾟ"};
static const char *const foreign[] = {"é", "Ü", "ß", "ø", "İ", "ı", "ŉ", "ﬁ", "Д", "й",
                                      "Σ", "ς", "א", "״", "ב", "ไ", "ท", "ย", "ำ", "ك",
                                      "ﷺ", "ा", "क", "’", "‘", "ʼ", "·", "٣", "٫"};
static const char *const symbols[] = {"👩",      "🚀",      "❤",      "🇨",          "🇳",
                                      "🏽",   "㎏",     "㍿",     "½",          "①",
                                      "℃",      "€",      "£",      "‰",          "—",
                                      "…",      "©",      "™",      "\U00020000", "\U0002f80a",
                                      "\u1100", "\u1161", "\u11a8", "\u3164",     "\u0378",
                                      "\ufffe", "\u200b", "\u2028", "\xc2\x85",   "\u00a0"};
static const char *const broken[] = {"\x80", "\xe4\xb8",     "\xf0\x9f\x98", "\xff",
                                     "\xc3", "\xed\xa0\x80", "\xc0\xaf"};

typedef struct group {
    const char *const *pieces;
    size_t n;
} group;

#define GROUP(list)                                                                                \
    { list, PRS_COUNT(list) }
static const group groups[] = {GROUP(letters), GROUP(digits), GROUP(signs), GROUP(spaces),
                               GROUP(marks),   GROUP(han),    GROUP(wide),  GROUP(foreign),
                               GROUP(symbols), GROUP(broken)};

/* Weights of the groups: ASCII prose, ASCII code, prose with marks, Chinese, mixed, foreign, all,
 * ill-formed. */
static const uint8_t weights[KIT_ALPHABETS][PRS_COUNT(groups)] = {
    {8, 2, 2, 8, 0, 0, 0, 0, 0, 0},  {6, 4, 8, 2, 0, 0, 0, 0, 0, 0}, {6, 1, 2, 4, 3, 0, 0, 1, 0, 0},
    {1, 0, 1, 1, 0, 12, 2, 0, 0, 0}, {3, 2, 3, 2, 1, 5, 3, 1, 1, 0}, {3, 1, 2, 2, 2, 0, 0, 8, 0, 0},
    {2, 2, 2, 2, 2, 2, 2, 2, 2, 1},  {2, 1, 1, 1, 1, 2, 1, 1, 1, 6}};

static const char *pick_piece(test_rng *rng, unsigned alphabet) {
    unsigned total = 0;
    for (size_t g = 0; g < PRS_COUNT(groups); g++) total += weights[alphabet][g];
    unsigned at = (unsigned)test_rng_below(rng, total);
    size_t g = 0;
    while (at >= weights[alphabet][g]) at -= weights[alphabet][g++];
    return groups[g].pieces[test_rng_below(rng, groups[g].n)];
}

size_t kit_random_text(test_rng *rng, unsigned alphabet, uint8_t *out, size_t len) {
    size_t n = 0;
    for (;;) {
        const char *piece = pick_piece(rng, alphabet);
        size_t size = *piece == '\0' ? 1 : strlen(piece);
        size_t repeats = test_rng_one_in(rng, 200) ? 1 + (size_t)test_rng_below(rng, 300) : 1;
        for (; repeats > 0; repeats--) {
            if (size > len - n) return n;
            memcpy(out + n, piece, size);
            n += size;
        }
    }
}

size_t kit_effort(size_t usual) {
    const char *text = getenv("PRISM_LONG_BYTES");
    return text == NULL ? usual : (size_t)strtoull(text, NULL, 10);
}

/* ---- files --------------------------------------------------------------------------------- */

char *kit_read_file(const char *path, size_t *len) {
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    fseek(file, 0, SEEK_END);
    *len = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*len + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, *len, file), *len);
    text[*len] = '\0';
    fclose(file);
    return text;
}

static char *unpack(const char *packed, size_t len, size_t *out_len) {
    ZSTD_DCtx *stream = ZSTD_createDCtx();
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27);
    ZSTD_inBuffer in = {packed, len, 0};
    size_t cap = len * 8;
    ZSTD_outBuffer out = {malloc(cap + 1), cap, 0};
    while (in.pos < in.size) {
        ck_assert(!ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)));
        if (out.pos == out.size) {
            out.size *= 2;
            out.dst = realloc(out.dst, out.size + 1);
        }
    }
    ZSTD_freeDCtx(stream);
    *out_len = out.pos;
    ((char *)out.dst)[out.pos] = '\0';
    return out.dst;
}

void kit_each_article(void (*each)(void *ctx, const json_t *article), void *ctx) {
    size_t packed_len, lines_len;
    char *packed = kit_read_file(test_shared_path("data/articles-small.ndjson.zst"), &packed_len);
    char *lines = unpack(packed, packed_len, &lines_len);
    for (char *line = lines, *end; line < lines + lines_len; line = end + 1) {
        end = memchr(line, '\n', (size_t)(lines + lines_len - line));
        if (end == NULL) end = lines + lines_len;
        json_t *article = json_loadb(line, (size_t)(end - line), 0, NULL);
        if (article != NULL) each(ctx, article);
        json_decref(article);
    }
    free(lines);
    free(packed);
}

typedef struct bodies {
    const char *lang;
    size_t max, len;
    char *text;
} bodies;

static void add_body(void *ctx, const json_t *article) {
    bodies *b = ctx;
    const char *body = json_string_value(json_object_get(article, "body"));
    const char *has = json_string_value(json_object_get(article, "lang"));
    if (body == NULL || has == NULL || strncmp(has, b->lang, strlen(b->lang)) != 0) return;
    size_t take = PRS_MIN(strlen(body), b->max - b->len);
    memcpy(b->text + b->len, body, take);
    b->len += take;
    if (b->len < b->max) b->text[b->len++] = '\n';
}

char *kit_articles(const char *lang, size_t max, size_t *len) {
    bodies b = {lang, max, 0, malloc(max + 1)};
    ck_assert_ptr_nonnull(b.text);
    kit_each_article(add_body, &b);
    *len = b.len;
    return b.text;
}
