/* vocabulary.c - which of the caller's own words stand at this place of a query?
 *
 * Structure   An entry is analyzed as a query is, once for each different analyzer of the schema;
 *             what it is known by is the group of the analyzer and, place by place, the character
 *             or the word, with its sign if it has one:
 *
 *                 "graphics card"   ->   group | word graphic ff | word card ff     -> number
 *                 显卡              ->   group | char 显 ff | char 卡 ff             -> number
 *
 *             By number: is it a stop word, a word of runs, which text of which family.
 * Invariants  - ff is in no folded text, so no entry is the beginning of another's last word.
 *             - An entry belongs to one family at most; the longest entry at a place is the one.
 *             - Nothing changes after reading: any thread may look.
 * Cost        A look-up builds the key of at most PRISM_MAX_VOCABULARY_WORDS places once, and asks
 *             for each length.
 * Tested by   tests/unit/query/test_vocabulary.c */
#include "query/vocabulary.h"

#include "base/error.h"
#include "base/sync.h"

enum { IS_STOP = 1, IS_WORD = 2, IS_KIN = 4 };

typedef struct entry {
    unsigned is;
    uint32_t family, own; /* IS_KIN */
    uint32_t line;        /* IS_KIN: where it was said */
} entry;

PRS_VEC_DEFINE(entries, entry)
PRS_VEC_DEFINE(families, prs_family)

struct prism_vocabulary {
    prs_refcount refs;
    prs_mem mem;
    prs_arena arena; /* texts of families */
    prism_schema *schema;
    prs_map keys;
    entries entries; /* by number of the key */
    families families;
    uint32_t longest; /* places of the longest entry */
};

/* ---- keys --------------------------------------------------------------------------------- */

static void put_place(const prs_reading *reading, uint32_t place, prs_buf *key) {
    uint8_t kind = PRS_KIND_HAN1;
    prs_bytes term;
    if (prs_reading_is_han(reading, place)) {
        term = prs_reading_char(reading, place);
    } else {
        const prs_read_token *token =
            prs_reading_find(reading, place, PRS_KIND_WORD, PRS_TOKEN_SIGIL, PRS_TOKEN_SIGIL);
        if (token == NULL) token = prs_reading_word(reading, place);
        if (token == NULL) token = &reading->tokens.ptr[reading->places.ptr[place].first];
        kind = PRS_KIND_WORD;
        term = prs_reading_term(reading, token);
    }
    prs_buf_put8(key, kind);
    prs_buf_put(key, term.ptr, term.len);
    prs_buf_put8(key, 0xff);
}

/* The key of places [from, to), at most PRISM_MAX_VOCABULARY_WORDS; ends[i] = its length with i + 1
 * of them. */
static uint32_t make_key(const prs_reading *reading, uint32_t from, uint32_t to, prs_buf *key,
                         size_t *ends) {
    uint32_t n = PRS_MIN(to - from, PRISM_MAX_VOCABULARY_WORDS);
    prs_buf_put32(key, reading->group);
    for (uint32_t i = 0; i < n; i++) {
        put_place(reading, from + i, key);
        ends[i] = key->len;
    }
    return n;
}

/* ---- looking up --------------------------------------------------------------------------- */

/* The longest entry of a kind that begins at a place; *len 0 = none. */
static prism_status find_longest(const prism_vocabulary *v, const prs_reading *reading,
                                 uint32_t place, uint32_t to, unsigned is, const entry **out,
                                 uint32_t *len, prism_error *err) {
    *len = 0;
    if (v == NULL || v->longest == 0) return PRISM_OK;
    prs_mem mem;
    prs_buf key;
    size_t ends[PRISM_MAX_VOCABULARY_WORDS];
    prs_mem_init(&mem, NULL);
    prs_buf_init(&key, &mem);
    uint32_t n = make_key(reading, place, PRS_MIN(to, place + v->longest), &key, ends);
    prism_status status = prs_buf_status(&key, err);
    for (uint32_t i = n; status == PRISM_OK && i > 0 && *len == 0; i--) {
        uint32_t id = prs_map_find(&v->keys, prs_bytes_of(key.ptr, ends[i - 1]));
        if (id == UINT32_MAX || (v->entries.ptr[id].is & is) == 0) continue;
        *out = &v->entries.ptr[id];
        *len = i;
    }
    prs_buf_fini(&key);
    return status;
}

prism_status prs_vocabulary_is_stop(const prism_vocabulary *vocabulary, const prs_reading *reading,
                                    uint32_t place, bool *is_stop, prism_error *err) {
    const entry *found;
    uint32_t len;
    PRS_TRY(find_longest(vocabulary, reading, place, place + 1, IS_STOP, &found, &len, err));
    *is_stop = len > 0;
    return PRISM_OK;
}

prism_status prs_vocabulary_word(const prism_vocabulary *vocabulary, const prs_reading *reading,
                                 uint32_t place, uint32_t to, uint32_t *len, prism_error *err) {
    const entry *found;
    return find_longest(vocabulary, reading, place, to, IS_WORD, &found, len, err);
}

prism_status prs_vocabulary_kin(const prism_vocabulary *vocabulary, const prs_reading *reading,
                                uint32_t place, uint32_t to, prs_kinship *out, prism_error *err) {
    const entry *found;
    PRS_TRY(find_longest(vocabulary, reading, place, to, IS_KIN, &found, &out->len, err));
    if (out->len == 0) return PRISM_OK;
    out->family = &vocabulary->families.ptr[found->family];
    out->own = found->own;
    return PRISM_OK;
}

/* ---- reading ------------------------------------------------------------------------------ */

typedef struct reader {
    prism_vocabulary *v;
    prs_field_analyzers *analyzers;
    const char *text;
    uint32_t line;
    const char *line_start;
    prism_error *err;
} reader;

static prism_status bad(const reader *r, const char *at, prism_status code, const char *what) {
    prs_error_set(r->err, code, "the vocabulary: %s", what);
    if (r->err != NULL && r->err->size >= sizeof *r->err) {
        r->err->line = r->line;
        r->err->column = (uint32_t)(at - r->line_start) + 1;
        r->err->offset = (uint64_t)(at - r->text);
    }
    return code;
}

/* Say `what` of an entry under one analyzer. */
static prism_status say(const reader *r, uint32_t group, prs_bytes text, const entry *what) {
    prism_vocabulary *v = r->v;
    const char *at = (const char *)text.ptr;
    prs_reading reading;
    prs_buf key;
    size_t ends[PRISM_MAX_VOCABULARY_WORDS];
    uint32_t id;
    bool added;
    prs_buf_init(&key, &v->mem);
    prism_status status = prs_reading_init(&reading, &v->mem, r->analyzers, group, PRS_AS_INDEXED,
                                           at, text.len, r->err);
    PRS_TRY_OUT(status);
    uint32_t n = (uint32_t)reading.places.n;
    if (n == 0) PRS_TRY_OUT(bad(r, at, PRISM_EPARSE, "an entry without a word"));
    if (n > PRISM_MAX_VOCABULARY_WORDS)
        PRS_TRY_OUT(bad(r, at, PRISM_ELIMIT, "an entry of more than 16 words"));
    if (n > 1 && what->is == IS_STOP)
        PRS_TRY_OUT(bad(r, at, PRISM_EPARSE, "a stop word is one word or one character"));
    make_key(&reading, 0, n, &key, ends);
    PRS_TRY_OUT(prs_buf_status(&key, r->err));
    if (prs_map_add(&v->keys, prs_bytes_of(key.ptr, key.len), &id, &added) != PRISM_OK ||
        (added && !entries_push(&v->entries, (entry){0})))
        PRS_TRY_OUT(prs_error_nomem(r->err));
    entry *e = &v->entries.ptr[id];
    if ((e->is & what->is & IS_KIN) != 0 && e->family != what->family)
        PRS_TRY_OUT(bad(r, at, PRISM_EPARSE, "an entry that another `same` line has"));
    if ((what->is & IS_KIN) != 0 && (e->is & IS_KIN) == 0) {
        e->family = what->family;
        e->own = what->own;
    }
    e->is |= what->is;
    v->longest = PRS_MAX(v->longest, n);
out:
    prs_reading_fini(&reading);
    prs_buf_fini(&key);
    return status;
}

static prism_status say_everywhere(const reader *r, prs_bytes text, const entry *what) {
    for (uint32_t g = 0; g < prs_field_analyzers_count(r->analyzers); g++) {
        if (!prs_field_analyzers_is_whole(r->analyzers, g)) PRS_TRY(say(r, g, text, what));
    }
    return PRISM_OK;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static prs_bytes trim(const char *from, const char *to) {
    while (from < to && is_blank(*from)) from++;
    while (to > from && is_blank(to[-1])) to--;
    return prs_bytes_of(from, (size_t)(to - from));
}

/* Words parted by blanks. */
static prism_status read_words(const reader *r, prs_bytes rest, unsigned is) {
    const char *at = (const char *)rest.ptr, *end = at + rest.len;
    if (rest.len == 0) return bad(r, at, PRISM_EPARSE, "no word");
    while (at < end) {
        const char *word = at;
        while (at < end && !is_blank(*at)) at++;
        entry what = {.is = is};
        PRS_TRY(say_everywhere(r, prs_bytes_of(word, (size_t)(at - word)), &what));
        while (at < end && is_blank(*at)) at++;
    }
    return PRISM_OK;
}

/* End of the entry that begins at `at`: a comma, ASCII or full width; *next is behind it. */
static const char *find_comma(const char *at, const char *end, const char **next) {
    for (; at < end; at++) {
        if (*at == ',' || (end - at >= 3 && memcmp(at, "\xef\xbc\x8c", 3) == 0)) {
            *next = at + (*at == ',' ? 1 : 3);
            return at;
        }
    }
    *next = NULL;
    return end;
}

/* Entries parted by commas, each of which stands for all. */
static prism_status read_family(const reader *r, prs_bytes rest) {
    prism_vocabulary *v = r->v;
    prs_bytes texts[PRISM_MAX_VOCABULARY_FAMILY];
    uint32_t n = 0;
    const char *at = (const char *)rest.ptr, *end = at + rest.len;
    while (at != NULL) {
        const char *next, *comma = find_comma(at, end, &next);
        prs_bytes text = trim(at, comma);
        if (text.len == 0) return bad(r, at, PRISM_EPARSE, "an entry without a word");
        if (n == PRISM_MAX_VOCABULARY_FAMILY)
            return bad(r, at, PRISM_ELIMIT, "more than 64 entries");
        texts[n++] = text;
        at = next;
    }
    if (n < 2) return bad(r, end, PRISM_EPARSE, "`same` needs two entries with a comma between");
    prs_bytes *kept = prs_arena_alloc(&v->arena, n * sizeof *kept);
    if (kept == NULL) return prs_error_nomem(r->err);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t *copy = prs_arena_alloc(&v->arena, texts[i].len);
        if (copy == NULL) return prs_error_nomem(r->err);
        memcpy(copy, texts[i].ptr, texts[i].len);
        kept[i] = prs_bytes_of(copy, texts[i].len);
    }
    /* of runs they are words too: whoever names 显卡 wants it in one piece */
    entry what = {.is = IS_KIN | IS_WORD, .family = (uint32_t)v->families.n};
    if (!families_push(&v->families, (prs_family){kept, n})) return prs_error_nomem(r->err);
    for (; what.own < n; what.own++) PRS_TRY(say_everywhere(r, texts[what.own], &what));
    return PRISM_OK;
}

static prism_status read_line(const reader *r, const char *end) {
    const char *at = r->line_start;
    while (at < end && is_blank(*at)) at++;
    const char *kind = at;
    while (at < end && !is_blank(*at)) at++;
    size_t n = (size_t)(at - kind);
    prs_bytes rest = trim(at, end);
    if (n == 0 || *kind == '#') return PRISM_OK;
    if (n == 4 && memcmp(kind, "stop", 4) == 0) return read_words(r, rest, IS_STOP);
    if (n == 4 && memcmp(kind, "word", 4) == 0) return read_words(r, rest, IS_WORD);
    if (n == 4 && memcmp(kind, "same", 4) == 0) return read_family(r, rest);
    return bad(r, kind, PRISM_EPARSE, "neither `stop` nor `word` nor `same`");
}

static prism_status read_text(reader *r, size_t len) {
    const char *at = r->text, *end = at + len;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL) stop = end;
        r->line++;
        r->line_start = at;
        PRS_TRY(read_line(r, stop));
        at = stop < end ? stop + 1 : end;
    }
    return PRISM_OK;
}

prism_status prs_vocabulary_from_text(const prism_schema *schema, const char *text, size_t len,
                                      prism_vocabulary **out, prism_error *err) {
    prs_mem mem;
    *out = NULL;
    if (len > PRISM_MAX_VOCABULARY_BYTES)
        return prs_error_set(err, PRISM_ELIMIT, "a vocabulary of %zu bytes, %u at most", len,
                             PRISM_MAX_VOCABULARY_BYTES);
    prs_mem_init(&mem, NULL);
    prism_vocabulary *v = prs_mem_calloc(&mem, 1, sizeof *v);
    if (v == NULL) return prs_error_nomem(err);
    prs_ref_init(&v->refs);
    prs_mem_init(&v->mem, NULL);
    prs_arena_init(&v->arena, &v->mem, 0);
    prs_map_init(&v->keys, &v->mem, 0); /* the caller's own words: nobody else pays */
    entries_init(&v->entries, &v->mem);
    families_init(&v->families, &v->mem);
    v->schema = prs_schema_ref(schema);
    reader r = {.v = v, .text = text, .err = err};
    prism_status status = prs_field_analyzers_get(schema, &r.analyzers, err);
    if (status == PRISM_OK) status = read_text(&r, len);
    if (status == PRISM_OK)
        *out = v;
    else
        prs_vocabulary_unref(v);
    return status;
}

bool prs_vocabulary_fits(const prism_vocabulary *vocabulary, const prism_schema *schema) {
    const char *a, *b;
    size_t a_len, b_len;
    if (vocabulary->schema == schema) return true;
    return prs_schema_to_json(vocabulary->schema, &a, &a_len, NULL) == PRISM_OK &&
           prs_schema_to_json(schema, &b, &b_len, NULL) == PRISM_OK && a_len == b_len &&
           memcmp(a, b, a_len) == 0;
}

prism_vocabulary *prs_vocabulary_ref(prism_vocabulary *vocabulary) {
    prs_ref_inc(&vocabulary->refs);
    return vocabulary;
}

void prs_vocabulary_unref(prism_vocabulary *vocabulary) {
    if (vocabulary == NULL || !prs_ref_dec(&vocabulary->refs)) return;
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    prs_schema_unref(vocabulary->schema);
    families_fini(&vocabulary->families);
    entries_fini(&vocabulary->entries);
    prs_map_fini(&vocabulary->keys);
    prs_arena_fini(&vocabulary->arena);
    prs_mem_free(&mem, vocabulary, sizeof *vocabulary);
}
