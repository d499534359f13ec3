/* world.c - how is the same collection given to both engines?
 *
 * The engine gets JSON documents and analyzes them itself; the judge gets the tokens that
 * prism_analyze (proved on its own) makes of the same texts.  Texts come from small vocabularies,
 * so that terms repeat: Latin with compounds, signs and stop words; Han of 14 characters, in every
 * fourth world with dictionary words; both mixed.  1 to 8 commits, with replacing and deleting in
 * between, also of documents that were not yet committed; no merge happens unless diff_world_merge
 * asks for it.  Every 25th world is big: 5,000 to 12,000 documents of a few words that are as
 * unevenly frequent as in real texts, so that lists have many blocks and several groups.  Fields of
 * numbers, dates, truth values and keywords have few different values, ends of their types among
 * them. */
#include "diff/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const diff_field_names[N_FIELDS] = {"title", "body", "tag",  "n",
                                                "f",     "b",    "date", "label"};
const diff_month diff_months[N_MONTHS] = {{"1969-12", INT64_C(-2678400000), 31},
                                          {"2024-12", INT64_C(1733011200000), 31},
                                          {"2025-01", INT64_C(1735689600000), 31},
                                          {"2025-02", INT64_C(1738368000000), 28}};

static const char *const latin[] = {"chip",   "cloud",   "silicon", "custom",  "the",  "of",
                                    "to",     "Nvidia",  "power",   "running", "runs", "run",
                                    "GPT-4",  "wi-fi",   "C++",     "$10B",    "267%", "data",
                                    "center", "x",       "y",       "Über",    "AT&T", "3.14",
                                    "U.S.A.", "node.js", "be",      "or",      "not",  "model",
                                    "models", "O'Neil"};
static const char *const han[] = {"数", "据", "中", "心", "的", "芯", "片",
                                  "云", "電", "價", "電", "數", "豪", "賭"};

_Noreturn void diff_die(const char *what, const prism_error *err) {
    fprintf(stderr, "diff: %s: %s %s\n", what, err ? prism_status_name(err->code) : "",
            err ? err->text : "");
    exit(1);
}

uint64_t diff_random(diff_rng *rng) {
    uint64_t z = (rng->s += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t diff_below(diff_rng *rng, uint32_t n) {
    return (uint32_t)(diff_random(rng) % n);
}

/* Small numbers are likelier: a rough Zipf. */
static uint32_t skewed(diff_rng *rng, uint32_t n) {
    uint32_t a = diff_below(rng, n), b = diff_below(rng, n);
    return a < b ? a : b;
}

/* w0 is in nearly every text, w10 in every tenth, w1000 in hardly any. */
static void make_small_text(diff_rng *rng, uint32_t words, char *out) {
    size_t len = 0;
    *out = 0;
    if (words > 0 && diff_below(rng, 10) != 0) {
        /* One word is nearly everywhere; what stands out of its block and group is rare. */
        uint32_t times = diff_below(rng, 1000) == 0 ? 3 + diff_below(rng, 40) : 1;
        for (; times > 0; times--) len += (size_t)sprintf(out + len, "w0 ");
    }
    for (uint32_t i = 0; i < words; i++) {
        uint32_t a = skewed(rng, 1500), b = skewed(rng, 1500);
        uint32_t number = (uint32_t)((uint64_t)a * b / 1500 * skewed(rng, 1500) / 1500);
        if (diff_below(rng, 5) == 0)
            len += (size_t)sprintf(out + len, "%s ", latin[skewed(rng, 12)]);
        else
            len += (size_t)sprintf(out + len, "w%u ", number);
    }
}

static void make_text(diff_rng *rng, uint32_t words, int kind, char *out) {
    *out = 0;
    for (uint32_t i = 0; i < words; i++) {
        bool is_han = kind == 1 || (kind == 2 && diff_below(rng, 2));
        if (is_han) {
            for (uint32_t n = 1 + diff_below(rng, 5); n > 0; n--)
                strcat(out, han[skewed(rng, sizeof han / sizeof han[0])]);
            if (diff_below(rng, 3) == 0) strcat(out, "，");
        } else {
            strcat(out, latin[skewed(rng, sizeof latin / sizeof latin[0])]);
            strcat(out, kind == 2 && diff_below(rng, 4) == 0 ? ""
                        : diff_below(rng, 8)                 ? " "
                                                             : ". ");
        }
    }
}

typedef struct sink {
    diff_world *w;
    uint32_t doc, length;
    int field;
    int64_t last_pos;
} sink;

static int take_token(void *ctx, const prism_token *t) {
    static const char *const kinds[] = {"", "word", "han1", "han2", "hanend", "exact", "hanword"};
    sink *s = ctx;
    diff_world *w = s->w;
    diff_token token;
    memset(&token, 0, sizeof token);
    for (int k = 1; k < 7; k++)
        if (strcmp(t->kind, kinds[k]) == 0) token.key[0] = (char)k;
    if (t->len + 1 > sizeof token.key) diff_die("a token is too long for the test", NULL);
    memcpy(token.key + 1, t->term, t->len);
    token.len = t->len + 1;
    token.doc = s->doc;
    token.field = s->field;
    token.pos = t->pos;
    bool has_pos = token.key[0] != 2 && token.key[0] != 6 && s->field != FIELD_TAG;
    nv_add_term(w->naive, s->doc, s->field, token.key, token.len, has_pos ? (int64_t)t->pos : -1);
    if ((int64_t)t->pos != s->last_pos) s->length++;
    s->last_pos = t->pos;
    if (w->n_tokens == w->cap_tokens) {
        w->cap_tokens = w->cap_tokens ? 2 * w->cap_tokens : 1024;
        w->tokens = realloc(w->tokens, w->cap_tokens * sizeof *w->tokens);
        if (w->tokens == NULL) diff_die("out of memory", NULL);
    }
    w->tokens[w->n_tokens++] = token;
    return 0;
}

static void add_to_naive(diff_world *w, uint32_t doc, int field, const char *text) {
    prism_error err = PRISM_ERROR_INIT;
    sink s = {w, doc, 0, field, -1};
    if (prism_analyze(w->schema, diff_field_names[field], text, strlen(text), take_token, &s,
                      &err) != PRISM_OK)
        diff_die("analyze", &err);
    if (field != FIELD_TAG && !w->bare[field]) nv_set_length(w->naive, doc, field, s.length);
}

/* ---- values --------------------------------------------------------------------------------- */

int64_t diff_world_int(diff_world *w) {
    static const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    if (diff_below(&w->rng, 30) == 0) return edges[diff_below(&w->rng, 7)];
    return (int64_t)skewed(&w->rng, w->big ? 2000 : 20) - 5;
}

double diff_world_float(diff_world *w) {
    static const double edges[] = {-0.0, 0.0, 1e300, -1e300, 5e-324, -5e-324, 0.1};
    if (diff_below(&w->rng, 10) == 0) return edges[diff_below(&w->rng, 7)];
    return ((double)diff_below(&w->rng, 40) - 15) / 4;
}

const char *diff_world_label(diff_world *w) {
    static const char *const labels[] = {"a", "A", "Ab", "b", "über", "Zoo", "z o o", "数据", "ab"};
    return labels[skewed(&w->rng, sizeof labels / sizeof labels[0])];
}

/* A JSON text that grows, and the judge's document. */
typedef struct members {
    diff_world *w;
    uint32_t doc;
    char *out;
    size_t len;
} members;

/* Begin or go on with a list of values; the caller ends it. */
static size_t begin_member(members *m, int field, uint32_t n) {
    m->len +=
        (size_t)sprintf(m->out + m->len, ",\"%s\":%s", diff_field_names[field], n != 1 ? "[" : "");
    return m->len;
}

static void put_ints(members *m, uint32_t n) {
    size_t start = begin_member(m, FIELD_N, n);
    for (uint32_t i = 0; i < n; i++) {
        nv_value v = {.type = NV_INT, .i = diff_world_int(m->w)};
        nv_add_value(m->w->naive, m->doc, FIELD_N, v);
        m->len +=
            (size_t)sprintf(m->out + m->len, "%s%lld", m->len > start ? "," : "", (long long)v.i);
    }
    if (n != 1) m->out[m->len++] = ']';
}

static void put_labels(members *m, uint32_t n) {
    size_t start = begin_member(m, FIELD_LABEL, n);
    for (uint32_t i = 0; i < n; i++) {
        const char *label = diff_world_label(m->w);
        nv_value v = {.type = NV_TEXT, .text = label, .len = strlen(label)};
        nv_add_value(m->w->naive, m->doc, FIELD_LABEL, v);
        m->len += (size_t)sprintf(m->out + m->len, "%s\"%s\"", m->len > start ? "," : "", label);
    }
    if (n != 1) m->out[m->len++] = ']';
}

static void put_date(members *m) {
    diff_rng *rng = &m->w->rng;
    const diff_month *month = &diff_months[diff_below(rng, N_MONTHS)];
    uint32_t day = diff_below(rng, month->days), hour = skewed(rng, 24);
    nv_value v = {.type = NV_INT,
                  .i = month->first + (int64_t)day * DIFF_DAY + (int64_t)hour * 3600000};
    nv_add_value(m->w->naive, m->doc, FIELD_DATE, v);
    m->len += (size_t)sprintf(m->out + m->len, ",\"date\":\"%s-%02uT%02u:00:00Z\"", month->name,
                              day + 1, hour);
}

/* Members for the fields of values; of each, some documents have none. */
static void put_values(members *m) {
    diff_world *w = m->w;
    if (diff_below(&w->rng, 4)) put_ints(m, w->many ? diff_below(&w->rng, 4) : 1);
    if (diff_below(&w->rng, 4)) {
        nv_value v = {.type = NV_FLOAT, .f = diff_world_float(w)};
        nv_add_value(w->naive, m->doc, FIELD_F, v);
        m->len += (size_t)sprintf(m->out + m->len, ",\"f\":%.17g", v.f);
    }
    if (diff_below(&w->rng, 3)) {
        nv_value v = {.type = NV_INT, .i = diff_below(&w->rng, 2)};
        nv_add_value(w->naive, m->doc, FIELD_B, v);
        m->len += (size_t)sprintf(m->out + m->len, ",\"b\":%s", v.i ? "true" : "false");
    }
    if (diff_below(&w->rng, 5)) put_date(m);
    if (diff_below(&w->rng, 3)) put_labels(m, w->many ? diff_below(&w->rng, 4) : 1);
}

static void put_document(diff_world *w, const char *key, int kind) {
    static char title[4096], body[65536], json[90000];
    static const char *const tags[] = {"red", "green", "blue"};
    prism_error err = PRISM_ERROR_INIT;
    if (w->big) {
        make_small_text(&w->rng, diff_below(&w->rng, 6) == 0, title);
        make_small_text(&w->rng, diff_below(&w->rng, 40) == 0 ? 60 : 1 + diff_below(&w->rng, 7),
                        body);
    } else {
        make_text(&w->rng, diff_below(&w->rng, 5), kind, title);
        make_text(&w->rng, diff_below(&w->rng, diff_below(&w->rng, 8) == 0 ? 60 : 20), kind, body);
    }
    const char *tag = diff_below(&w->rng, 4) ? tags[diff_below(&w->rng, 3)] : NULL;
    uint32_t doc = nv_add_doc(w->naive);
    members m = {w, doc, json, 0};
    m.len =
        (size_t)sprintf(json, "{\"id\":\"%s\",\"title\":\"%s\",\"body\":\"%s\"", key, title, body);
    if (tag) m.len += (size_t)sprintf(json + m.len, ",\"tag\":\"%s\"", tag);
    put_values(&m);
    json[m.len++] = '}';
    if (prism_writer_put_json(w->writer, json, m.len, PRISM_PUT_REPLACE, &err) != PRISM_OK)
        diff_die("put", &err);
    snprintf(w->keys[doc], sizeof w->keys[doc], "%s", key);
    w->alive[doc] = true;
    w->n_docs = doc + 1;
    add_to_naive(w, doc, FIELD_TITLE, title);
    add_to_naive(w, doc, FIELD_BODY, body);
    if (tag) {
        nv_value v = {.type = NV_TEXT, .text = tag, .len = strlen(tag)};
        nv_add_value(w->naive, doc, FIELD_TAG, v);
        add_to_naive(w, doc, FIELD_TAG, tag);
    }
}

static void forget(diff_world *w, uint32_t doc) {
    nv_delete(w->naive, doc);
    w->alive[doc] = false;
}

/* Put the last document again, or delete it, before it was ever committed. */
static void change_pending(diff_world *w, int kind) {
    prism_error err = PRISM_ERROR_INIT;
    char key[16];
    uint32_t last = w->n_docs - 1;
    memcpy(key, w->keys[last], sizeof key);
    forget(w, last);
    if (diff_below(&w->rng, 3) != 0) {
        put_document(w, key, kind);
    } else if (prism_writer_delete(w->writer, key, strlen(key), NULL, &err) != PRISM_OK) {
        diff_die("delete", &err);
    }
}

static void commit(diff_world *w) {
    prism_error err = PRISM_ERROR_INIT;
    if (prism_writer_commit(w->writer, NULL, 0, NULL, &err) != PRISM_OK) diff_die("commit", &err);
}

/* Delete or replace some documents of earlier commits. */
static void change_old(diff_world *w, uint32_t n_old, int kind) {
    for (uint32_t d = 0; d < n_old; d++) {
        if (!w->alive[d] || diff_below(&w->rng, 8) != 0) continue;
        prism_error err = PRISM_ERROR_INIT;
        char key[16];
        memcpy(key, w->keys[d], sizeof key);
        forget(w, d);
        if (diff_below(&w->rng, 2))
            put_document(w, key, kind);
        else if (prism_writer_delete(w->writer, key, strlen(key), NULL, &err) != PRISM_OK)
            diff_die("delete", &err);
    }
}

static void put_new(diff_world *w, int kind) {
    char key[16];
    snprintf(key, sizeof key, "d%u", w->next_key++);
    put_document(w, key, kind);
}

void diff_world_put(diff_world *w, uint32_t n) {
    for (; n > 0; n--) put_new(w, w->kind);
}

static void make_schema(diff_world *w) {
    static const char form[] =
        "{\"key\":\"id\",\"fields\":[{\"name\":\"title\",\"type\":\"text\",\"boost\":2,%s},"
        "{\"name\":\"body\",\"type\":\"text\",%s},"
        "{\"name\":\"tag\",\"type\":\"keyword\"},{\"name\":\"id\",\"type\":\"keyword\"},"
        "{\"name\":\"n\",\"type\":\"i64\",\"many\":%s},{\"name\":\"f\",\"type\":\"f64\"},"
        "{\"name\":\"b\",\"type\":\"bool\"},{\"name\":\"date\",\"type\":\"date\"},"
        "{\"name\":\"label\",\"type\":\"keyword\",\"column\":true,\"many\":%s}]}";
    char json[sizeof form + 200], options[2][80];
    const char *many = w->many ? "true" : "false";
    for (int f = FIELD_TITLE; f <= FIELD_BODY; f++)
        snprintf(options[f - FIELD_TITLE], sizeof options[0], "%s\"options\":{%s}",
                 w->bare[f] ? "\"lengths\":false," : "",
                 w->has_words ? "\"han\":\"uni_bi_words\"" : "");
    int len = snprintf(json, sizeof json, form, options[0], options[1], many, many);
    prism_error err = PRISM_ERROR_INIT;
    if (prism_schema_from_json(json, (size_t)len, &w->schema, &err) != PRISM_OK)
        diff_die("schema", &err);
}

/* The writer again, which will merge in another order of documents or in none. */
static void open_writer(diff_world *w) {
    static const char *const orders[] = {NULL,    "random:1", "random:2", "n",  "-n", "f",
                                         "-date", "label",    "-label",   "bp", "+b", NULL};
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    opts.max_segments = PRISM_NO_MERGE;
    opts.non_durable = 1;
    opts.stop_tokens = w->has_pairs ? 1 : 0;
    if (w->reordered)
        opts.reorder = orders[diff_below(&w->orders, sizeof orders / sizeof orders[0])];
    prism_writer_close(w->writer);
    if (prism_writer_open(w->index, &opts, &w->writer, &err) != PRISM_OK) diff_die("writer", &err);
}

/* In every fifth world, and in some of the big ones, a text field has no lengths, or neither. */
static void choose_bare(diff_world *w, uint64_t seed) {
    bool some = seed % 5 == 3 || seed % 75 == 50;
    w->bare[FIELD_TITLE] = some && seed / 5 % 3 != 1;
    w->bare[FIELD_BODY] = some && seed / 5 % 3 != 0;
    for (int f = FIELD_TITLE; f <= FIELD_BODY; f++)
        if (w->bare[f]) nv_field_without_lengths(w->naive, f);
}

void diff_world_make(diff_world *w, uint64_t seed) {
    enum { MAX_DOCS = 40000 };
    static const double k1s[] = {1.2, 1.2, 0.9, 2.0, 0}, bs[] = {0.75, 0.75, 0.4, 1.0, 0};
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts iopts = PRISM_INDEX_OPTS_INIT;
    memset(w, 0, sizeof *w);
    w->rng.s = seed;
    w->orders.s = ~seed;
    w->reordered = seed % 3 != 0;
    w->has_pairs = seed % 4 != 3;
    w->big = seed % 25 == 0;
    w->k1 = k1s[diff_below(&w->rng, 5)];
    w->b = bs[diff_below(&w->rng, 5)];
    w->naive = nv_new(N_FIELDS, w->k1, w->b);
    nv_field_without_lengths(w->naive, FIELD_TAG);
    choose_bare(w, seed);
    w->keys = calloc(MAX_DOCS, sizeof *w->keys);
    w->alive = calloc(MAX_DOCS, sizeof *w->alive);
    w->has_words = seed % 4 == 2;
    w->many = seed / 2 % 2 == 0;
    make_schema(w);
    iopts.in_memory = 1;
    iopts.use_pread = (int)(seed & 1); /* what a query forgets to verify it would not see at all */
    if (prism_index_create("diff", w->schema, &iopts, &w->index, &err) != PRISM_OK)
        diff_die("create", &err);
    open_writer(w);
    int kind = w->kind = (int)diff_below(&w->rng, 3);
    uint32_t n_commits = 1 + diff_below(&w->rng, w->big ? 3 : 8);
    uint32_t most = diff_below(&w->rng, 10) == 0 ? 60 : 12;
    for (uint32_t c = 0; c < n_commits; c++) {
        uint32_t n_old = w->n_docs, n = 1 + diff_below(&w->rng, most);
        if (w->big) n = (5000 + diff_below(&w->rng, 7000)) / n_commits;
        for (; n > 0; n--) {
            put_new(w, kind);
            if (n > 1 && diff_below(&w->rng, 30) == 0) change_pending(w, kind);
        }
        change_old(w, n_old, kind);
        commit(w);
        if (w->reordered && diff_below(&w->orders, 3) == 0) diff_world_merge(w);
    }
}

void diff_world_merge(diff_world *w) {
    prism_error err = PRISM_ERROR_INIT;
    if (w->reordered) open_writer(w);
    if (prism_writer_merge(w->writer, 1, NULL, NULL, &err) != PRISM_OK) diff_die("merge", &err);
    for (uint32_t d = 0; d < w->n_docs; d++)
        if (!w->alive[d]) nv_purge(w->naive, d);
}

void diff_world_free(diff_world *w) {
    prism_writer_close(w->writer);
    prism_index_close(w->index);
    prism_schema_unref(w->schema);
    nv_free(w->naive);
    free(w->keys);
    free(w->alive);
    free(w->tokens);
}
