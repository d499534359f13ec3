/* fuzz_answers.c - can an answer or statistics that came over a wire crash who receives them, or
 * change on the way?
 *
 *   byte 0   modulo 3: 0 hits, 1 two answers to be merged (cut at the NUL), 2 statistics
 *   byte 1   k and offset of a merge
 *   rest     JSON
 *
 * States    - What is not what prism_hits_encode or prism_stats_to_json writes is EPARSE.
 *           - What was decoded is encoded, decoded and encoded to the same text.
 *           - Merged hits are in order and as many as asked for; merging one answer changes
 *             nothing. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static prism_hits *decode(const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_hits *hits;
    prism_status status = prism_hits_decode(text, len, &hits, &err);
    FUZZ_NEED(status == PRISM_OK || status == PRISM_EPARSE);
    return status == PRISM_OK ? hits : NULL;
}

static void check_hits(const prism_hits *hits) {
    prism_error err = PRISM_ERROR_INIT;
    char *json, *again;
    prism_hit hit;
    uint64_t sum = 0;
    int exact;
    for (uint32_t i = 0; i <= prism_hits_count(hits); i++) {
        prism_hits_get(hits, i, &hit);
        for (size_t k = 0; k < hit.key_len; k++) sum += (unsigned char)hit.key[k];
    }
    FUZZ_NEED(prism_hits_total(hits, &exact) >= prism_hits_count(hits));
    fuzz_must(prism_hits_encode(hits, &json, &err), &err, "encode");
    prism_hits *back = decode(json, strlen(json));
    FUZZ_NEED(back != NULL);
    fuzz_must(prism_hits_encode(back, &again, &err), &err, "encode again");
    FUZZ_NEED(strcmp(json, again) == 0);
    prism_free_text(json);
    prism_free_text(again);
    prism_hits_free(back);
    (void)sum;
}

static void merge(const prism_hits *const *parts, size_t n, uint32_t k, uint32_t offset) {
    prism_error err = PRISM_ERROR_INIT;
    prism_hits *out;
    prism_hit before = {0}, hit;
    uint32_t most = 0;
    prism_status status = prism_hits_merge(parts, n, k, offset, &out, &err);
    FUZZ_NEED(status == PRISM_OK || status == PRISM_EINVAL);
    if (status != PRISM_OK) return;
    for (size_t i = 0; i < n; i++) most += prism_hits_count(parts[i]);
    FUZZ_NEED(prism_hits_count(out) <= k && prism_hits_count(out) <= most);
    for (uint32_t i = 0; i < prism_hits_count(out); i++) {
        prism_hits_get(out, i, &hit);
        FUZZ_NEED(hit.part < n && (i == 0 || hit.raw_score <= before.raw_score));
        before = hit;
    }
    prism_hits_free(out);
}

static void try_hits(const char *text, size_t len, bool two, uint8_t how) {
    const char *nul = two ? memchr(text, 0, len) : NULL;
    const char *end = text + len, *cut = nul != NULL ? nul : end;
    prism_hits *a = decode(text, (size_t)(cut - text)),
               *b = nul != NULL ? decode(nul + 1, (size_t)(end - nul - 1)) : NULL;
    const prism_hits *parts[3] = {a, b, a};
    if (a != NULL) check_hits(a);
    if (a != NULL) merge(parts, 1, 1 + (how & 15), how >> 6);
    if (a != NULL && b != NULL) merge(parts, 3, 1 + (how & 15), how >> 6);
    prism_hits_free(a);
    prism_hits_free(b);
}

static void try_stats(const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_stats *stats, *back;
    char *json, *again;
    prism_status status = prism_stats_from_json(text, len, &stats, &err);
    FUZZ_NEED(status == PRISM_OK || status == PRISM_EPARSE);
    if (status != PRISM_OK) return;
    fuzz_must(prism_stats_to_json(stats, &json, &err), &err, "to JSON");
    fuzz_must(prism_stats_from_json(json, strlen(json), &back, &err), &err, json);
    fuzz_must(prism_stats_to_json(back, &again, &err), &err, "to JSON again");
    FUZZ_NEED(strcmp(json, again) == 0);
    status = prism_stats_merge(stats, back, &err);
    FUZZ_NEED(status == PRISM_OK || status == PRISM_EINVAL || status == PRISM_ELIMIT);
    prism_free_text(json);
    prism_free_text(again);
    prism_stats_free(stats);
    prism_stats_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    if (data[0] % 3 == 2)
        try_stats((const char *)data + 2, size - 2);
    else
        try_hits((const char *)data + 2, size - 2, data[0] % 3 == 1, data[1]);
    return 0;
}
