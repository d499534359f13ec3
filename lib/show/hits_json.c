/* hits_json.c - how does an answer travel to another process, and come back to the bit?
 *
 *     {"v":1,"shift":22,"k":10,"offset":0,"total":3,"exact":true,"stopped":0,"hits":[
 *       {"key":"a","gdoc":17,"score":402653184,"arrival":17,"part":0}, ...]}
 *
 * "score" is the raw integer; a key that is no UTF-8 stands in hexadecimal as "hex".  Answers in an
 * order of their own, and those with more behind them, have more members (hits_sort_json.c).
 * Invariants  What is read is as sound as what a search gives: at most PRISM_MAX_K hits, scores
 *             within 0 and 2^30 and not rising (or the order is kept), the shift one that score.h
 *             knows, numbers up to 2^53 (which JSON readers elsewhere would round).
 * Tested by   tests/unit/show/test_hits_json.c */
#include "base/error.h"
#include "kernel/score.h"
#include "schema/json_text.h"
#include "show/hits_sort_json.h"

#define NUMBER_MAX ((json_int_t)1 << 53)
#define SCORE_MAX ((json_int_t)1 << 30)

/* ---- writing ------------------------------------------------------------------------------- */

static void put_key(prs_buf *out, const prism_hit *hit) {
    prs_hits_put_bytes(out, "key", prs_bytes_of(hit->key, hit->key_len));
}

static const char *truth(bool is_true) {
    return is_true ? "true" : "false";
}

prism_status prs_hits_encode(const prism_hits *hits, prs_buf *out, prism_error *err) {
    prs_buf_printf(out,
                   "{\"v\":1,\"shift\":%d,\"k\":%u,\"offset\":%u,\"total\":%llu,\"exact\":%s,"
                   "\"stopped\":%d,",
                   hits->shift, hits->k, hits->offset, (unsigned long long)hits->total,
                   truth(hits->total_exact), (int)hits->stopped);
    prs_hits_put_order(hits, out);
    prs_buf_printf(out, "\"hits\":[");
    for (uint32_t i = 0; i < hits->n; i++) {
        const prism_hit *hit = &hits->hits[i];
        prs_buf_printf(out, "%s{", i > 0 ? "," : "");
        put_key(out, hit);
        prs_buf_printf(out, ",\"gdoc\":%llu,\"score\":%d,\"arrival\":%llu,\"part\":%u",
                       (unsigned long long)hit->gdoc, hit->raw_score,
                       (unsigned long long)hit->arrival, hit->part);
        prs_hits_put_values(hits, i, out);
        prs_buf_put8(out, '}');
    }
    prs_buf_printf(out, "]}");
    return prs_buf_status(out, err);
}

/* ---- reading ------------------------------------------------------------------------------- */

static prism_status refuse(prism_error *err, const char *what) {
    return prs_error_set(err, PRISM_EPARSE, "the answer is not what prism_hits_encode writes: %s",
                         what);
}

/* Member `name`, a whole number from..to. */
static bool get_number(const json_t *object, const char *name, json_int_t from, json_int_t to,
                       json_int_t *out) {
    const json_t *value = json_object_get(object, name);
    *out = json_integer_value(value);
    return json_is_integer(value) && *out >= from && *out <= to;
}

static prism_status read_hex(prism_hits *hits, const json_t *value, prism_hit *hit,
                             prism_error *err) {
    const char *hex = json_string_value(value);
    size_t n = json_string_length(value);
    if (hex == NULL || n / 2 > PRISM_MAX_KEY_BYTES) return refuse(err, "hex");
    char *key = prs_arena_alloc(&hits->arena, n / 2 + 1);
    if (key == NULL) return prs_error_nomem(err);
    if (!prs_hits_read_hex(hex, n, key)) return refuse(err, "hex");
    hit->key = key;
    hit->key_len = n / 2;
    return PRISM_OK;
}

static prism_status read_key(prism_hits *hits, const json_t *from, prism_hit *hit,
                             prism_error *err) {
    const json_t *key = json_object_get(from, "key");
    if (key == NULL) return read_hex(hits, json_object_get(from, "hex"), hit, err);
    hit->key_len = json_string_length(key);
    if (!json_is_string(key) || hit->key_len > PRISM_MAX_KEY_BYTES) return refuse(err, "key");
    hit->key = (const char *)prs_arena_dup(&hits->arena, json_string_value(key), hit->key_len);
    return hit->key != NULL ? PRISM_OK : prs_error_nomem(err);
}

static prism_status read_hit(prism_hits *hits, const json_t *from, uint32_t i, prism_error *err) {
    prism_hit *hit = &hits->hits[i];
    json_int_t gdoc, score, arrival, part;
    bool falls = i > 0 && hits->sort.n == 0;
    json_int_t most = falls ? hits->hits[i - 1].raw_score : SCORE_MAX;
    if (!get_number(from, "gdoc", 0, NUMBER_MAX, &gdoc)) return refuse(err, "gdoc");
    if (!get_number(from, "score", 0, most, &score)) return refuse(err, "score");
    if (!get_number(from, "arrival", 0, NUMBER_MAX, &arrival)) return refuse(err, "arrival");
    if (!get_number(from, "part", 0, UINT32_MAX, &part)) return refuse(err, "part");
    hit->gdoc = (uint64_t)gdoc;
    hit->raw_score = (int32_t)score;
    hit->score = (float)hit->raw_score * prs_score_scale(-hits->shift);
    hit->arrival = (uint64_t)arrival;
    hit->part = (uint32_t)part;
    PRS_TRY(prs_hits_read_values(hits, i, from, err));
    return read_key(hits, from, hit, err);
}

static prism_status read_head(prism_hits *hits, const json_t *root, prism_error *err) {
    json_int_t v, shift, k, offset, total, stopped;
    const json_t *exact = json_object_get(root, "exact");
    if (!get_number(root, "v", 1, 1, &v)) return refuse(err, "v is not 1");
    if (!get_number(root, "shift", PRS_SCORE_MIN_SHIFT, PRS_SCORE_MAX_SHIFT, &shift))
        return refuse(err, "shift");
    if (!get_number(root, "k", 0, PRISM_MAX_K, &k)) return refuse(err, "k");
    if (!get_number(root, "offset", 0, PRISM_MAX_K - k, &offset)) return refuse(err, "offset");
    if (!get_number(root, "total", 0, NUMBER_MAX, &total)) return refuse(err, "total");
    if (!json_is_boolean(exact)) return refuse(err, "exact");
    if (!get_number(root, "stopped", PRISM_STOP_NONE, PRISM_STOP_WORK, &stopped))
        return refuse(err, "stopped");
    hits->shift = (int)shift;
    hits->k = (uint32_t)k;
    hits->offset = (uint32_t)offset;
    hits->total = (uint64_t)total;
    hits->total_exact = json_is_true(exact);
    hits->stopped = (prism_stop)stopped;
    return PRISM_OK;
}

static prism_status read_all(prism_hits *hits, const json_t *root, prism_error *err) {
    const json_t *list = json_object_get(root, "hits");
    PRS_TRY(read_head(hits, root, err));
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > hits->k || n > hits->total) return refuse(err, "hits");
    PRS_TRY(prs_hits_read_order(hits, root, err));
    PRS_TRY(prs_hits_make_room(hits, (uint32_t)n, err));
    PRS_TRY(prs_hits_make_values(hits, err));
    for (uint32_t i = 0; i < hits->n; i++) PRS_TRY(read_hit(hits, json_array_get(list, i), i, err));
    return PRISM_OK;
}

prism_status prs_hits_decode(prism_hits *hits, const char *text, size_t len, prism_error *err) {
    json_error_t where;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (root == NULL) return prs_json_syntax_error(text, len, &where, "the answer", err);
    prism_status status = read_all(hits, root, err);
    json_decref(root);
    return status;
}
