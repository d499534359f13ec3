/* stats_json.c - statistics on their way to another process: how do they become text and come back
 * whole?
 *
 * Structure
 * {"v":1,"sets":[{"fields":["body","title"],"documents":123224,"tokens":[51002233,1020331]}],
 *              "words":[{"set":0,"key":"01636174","df":912}]}
 *
 *             Sets and words in order of their ids.  A key is a term key in hexadecimal: its first
 *             byte is the kind, and keyword values may be bytes that are no UTF-8.
 * Invariants  What comes back is as trustworthy as a number from an index: df <= documents, nothing
 *             over 2^53 (which JSON readers elsewhere would round), ids dense, no name twice.
 * Tested by   tests/unit/search/test_stats.c */
#include "search/stats.h"

#include "base/error.h"
#include "schema/json_text.h"

#define PRS_STATS_MAX ((json_int_t)1 << 53)

static void put_names(prs_buf *out, prs_bytes names) {
    const uint8_t *at = names.ptr, *end = names.ptr + names.len;
    prs_buf_put8(out, '[');
    for (;;) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL) stop = end;
        prs_json_put_string(out, (const char *)at, (size_t)(stop - at));
        if (stop == end) break;
        prs_buf_put8(out, ',');
        at = stop + 1;
    }
    prs_buf_put8(out, ']');
}

static void put_set(prs_buf *out, prs_bytes names, const prs_stats_set *set) {
    prs_buf_printf(out, "{\"fields\":");
    put_names(out, names);
    prs_buf_printf(out, ",\"documents\":%llu,\"tokens\":[", (unsigned long long)set->n_docs);
    for (uint32_t f = 0; f < set->n_fields; f++) {
        prs_buf_printf(out, "%s%llu", f == 0 ? "" : ",", (unsigned long long)set->tokens[f]);
    }
    prs_buf_printf(out, "]}");
}

static void put_word(prs_buf *out, prs_bytes key, uint64_t df) {
    prs_buf_printf(out, "{\"set\":%u,\"key\":\"", (unsigned)prs_load32(key.ptr));
    for (size_t i = 4; i < key.len; i++) prs_buf_printf(out, "%02x", key.ptr[i]);
    prs_buf_printf(out, "\",\"df\":%llu}", (unsigned long long)df);
}

prism_status prs_stats_to_json(const prism_stats *stats, prs_buf *out, prism_error *err) {
    prs_buf_printf(out, "{\"v\":1,\"sets\":[");
    for (uint32_t i = 0; i < stats->set_keys.n; i++) {
        if (i > 0) prs_buf_put8(out, ',');
        put_set(out, stats->set_keys.keys[i], &stats->sets[i]);
    }
    prs_buf_printf(out, "],\"words\":[");
    for (uint32_t i = 0; i < stats->word_keys.n; i++) {
        if (i > 0) prs_buf_put8(out, ',');
        put_word(out, stats->word_keys.keys[i], stats->dfs[i]);
    }
    prs_buf_printf(out, "]}");
    return prs_buf_status(out, err);
}

static prism_status refuse(prism_error *err, const char *what) {
    return prs_error_set(err, PRISM_EPARSE,
                         "the statistics are not what prism_stats_to_json writes: %s", what);
}

/* A whole number 0 .. 2^53. */
static bool get_number(const json_t *value, uint64_t *out) {
    if (!json_is_integer(value)) return false;
    json_int_t v = json_integer_value(value);
    if (v < 0 || v > PRS_STATS_MAX) return false;
    *out = (uint64_t)v;
    return true;
}

static prism_status read_set(prism_stats *stats, const json_t *from, prs_buf *names,
                             prism_error *err) {
    const json_t *fields = json_object_get(from, "fields"),
                 *tokens = json_object_get(from, "tokens");
    size_t n = json_array_size(fields);
    if (n == 0 || n > PRISM_MAX_FIELDS || json_array_size(tokens) != n)
        return refuse(err, "fields and tokens");
    prs_buf_clear(names);
    for (size_t i = 0; i < n; i++) {
        const char *name = json_string_value(json_array_get(fields, i));
        if (name == NULL || strchr(name, '\n') != NULL) return refuse(err, "a field's name");
        if (i > 0) prs_buf_put8(names, '\n');
        prs_buf_put(names, name, strlen(name));
    }
    PRS_TRY(prs_buf_status(names, err));
    uint32_t id;
    bool added;
    PRS_TRY(prs_stats_add_set(stats, prs_bytes_of(names->ptr, names->len), (uint32_t)n, &id, &added,
                              err));
    if (!added) return refuse(err, "a set of fields stands twice");
    if (!get_number(json_object_get(from, "documents"), &stats->sets[id].n_docs))
        return refuse(err, "documents");
    for (size_t i = 0; i < n; i++) {
        if (!get_number(json_array_get(tokens, i), &stats->sets[id].tokens[i]))
            return refuse(err, "tokens");
    }
    return PRISM_OK;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes of a hexadecimal string; 0 if it is none or too long. */
static size_t read_hex(const char *hex, uint8_t *out, size_t cap) {
    size_t n = hex == NULL ? 0 : strlen(hex);
    if (n % 2 != 0 || n / 2 > cap) return 0;
    for (size_t i = 0; i < n / 2; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return 0;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return n / 2;
}

static prism_status read_word(prism_stats *stats, const json_t *from, prism_error *err) {
    uint8_t key[PRISM_MAX_TERM_BYTES];
    uint64_t set, df;
    if (!get_number(json_object_get(from, "set"), &set) || set >= stats->set_keys.n)
        return refuse(err, "set");
    size_t len = read_hex(json_string_value(json_object_get(from, "key")), key, sizeof key);
    if (len == 0) return refuse(err, "key");
    if (!get_number(json_object_get(from, "df"), &df) || df > stats->sets[set].n_docs)
        return refuse(err, "df");
    uint32_t word;
    bool added;
    PRS_TRY(prs_stats_add_word(stats, (uint32_t)set, prs_bytes_of(key, len), &word, &added, err));
    if (!added) return refuse(err, "a word stands twice");
    stats->dfs[word] = df;
    return PRISM_OK;
}

static prism_status read_all(prism_stats *stats, const json_t *root, prs_buf *names,
                             prism_error *err) {
    const json_t *sets = json_object_get(root, "sets"), *words = json_object_get(root, "words");
    if (json_integer_value(json_object_get(root, "v")) != 1) return refuse(err, "v is not 1");
    if (!json_is_array(sets) || !json_is_array(words)) return refuse(err, "sets and words");
    for (size_t i = 0; i < json_array_size(sets); i++) {
        PRS_TRY(read_set(stats, json_array_get(sets, i), names, err));
    }
    for (size_t i = 0; i < json_array_size(words); i++)
        PRS_TRY(read_word(stats, json_array_get(words, i), err));
    return PRISM_OK;
}

prism_status prs_stats_from_json(prism_stats *stats, const char *text, size_t len,
                                 prism_error *err) {
    json_error_t where;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
    if (root == NULL) return prs_json_syntax_error(text, len, &where, "the statistics", err);
    prs_buf names;
    prs_buf_init(&names, &stats->mem);
    prism_status status = read_all(stats, root, &names, err);
    prs_buf_fini(&names);
    json_decref(root);
    return status;
}
