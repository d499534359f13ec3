/* history.c - a history of an index that follows from a seed, and the check against it. */
#include "history.h"

#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char history_schema[] =
    "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\",\"stored\":true,"
    "\"indexed\":true},{\"name\":\"body\",\"type\":\"text\",\"stored\":true,\"indexed\":true,"
    "\"positions\":true,\"lengths\":true},{\"name\":\"n\",\"type\":\"i64\",\"stored\":true,"
    "\"column\":true}]}";

typedef struct step {
    uint32_t key;
    bool put;
} step;

/* The steps of a commit; returns their number. */
static uint32_t steps_of(uint64_t seed, uint32_t round, step out[32]) {
    uint64_t state = seed * 1000003u + round;
    uint32_t n = round == 1 ? 20 : 1 + (uint32_t)program_below(&state, 12);
    for (uint32_t i = 0; i < n; i++) {
        out[i].key = (uint32_t)program_below(&state, HISTORY_KEYS);
        out[i].put = round == 1 || program_below(&state, 4) != 0;
    }
    return n;
}

static prism_status put(prism_writer *writer, uint32_t key, uint32_t round, uint32_t padding,
                        prism_error *err) {
    size_t room = padding + 256u;
    char *json = malloc(room);
    if (json == NULL) return PRISM_ENOMEM;
    int len =
        snprintf(json, room, "{\"id\":\"k%u\",\"body\":\"common 数据 v%ux%u ", key, round, key);
    uint64_t state = round * 64u + key;
    for (uint32_t i = 0; i < padding; i++)
        json[len++] = i % 8 == 7 ? ' ' : (char)('a' + program_below(&state, 26));
    len += snprintf(json + len, room - (size_t)len, "\",\"n\":%u}", round);
    prism_status status = prism_writer_put_json(writer, json, (size_t)len, 0, err);
    free(json);
    return status;
}

prism_status history_write(prism_writer *writer, uint64_t seed, uint32_t round, uint32_t padding,
                           uint32_t *acked, prism_error *err) {
    step steps[32];
    char text[16];
    uint32_t n = steps_of(seed, round, steps);
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; i < n && status == PRISM_OK; i++) {
        int len = snprintf(text, sizeof text, "k%u", steps[i].key);
        status = steps[i].put ? put(writer, steps[i].key, round, padding, err)
                              : prism_writer_delete(writer, text, (size_t)len, NULL, err);
    }
    int len = snprintf(text, sizeof text, "%u", round);
    if (status == PRISM_OK) status = prism_writer_commit(writer, text, (size_t)len, NULL, err);
    if (status != PRISM_OK) return status;
    if (acked != NULL) *acked = round;
    return round % 5 == 0 ? prism_writer_merge(writer, 1, NULL, NULL, err) : PRISM_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The round of each key's version as of a commit; 0 = absent. */
static uint32_t replay(uint64_t seed, uint32_t round, uint32_t versions[HISTORY_KEYS]) {
    step steps[32];
    uint32_t live = 0;
    memset(versions, 0, HISTORY_KEYS * sizeof *versions);
    for (uint32_t r = 1; r <= round; r++) {
        uint32_t n = steps_of(seed, r, steps);
        for (uint32_t i = 0; i < n; i++) versions[steps[i].key] = steps[i].put ? r : 0;
    }
    for (uint32_t k = 0; k < HISTORY_KEYS; k++) live += versions[k] != 0;
    return live;
}

static void wrong(history_answer *a, const char *what, uint32_t key, uint64_t got, uint64_t want) {
    a->whole = false;
    snprintf(a->why, sizeof a->why, "commit %u: %s %u: %llu, not %llu", a->round, what, key,
             (unsigned long long)got, (unsigned long long)want);
}

static prism_status count_hits(prism_snapshot *snap, const char *text, uint64_t *n,
                               prism_error *err) {
    prism_query *query;
    prism_hits *hits;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.count = PRISM_COUNT_EXACT;
    prism_status status =
        prism_query_parse(prism_snapshot_schema(snap), text, strlen(text), NULL, &query, err);
    if (status != PRISM_OK) return status;
    status = prism_search(snap, query, &opts, &hits, err);
    if (status == PRISM_OK) *n = prism_hits_total(hits, NULL);
    if (status == PRISM_OK) prism_hits_free(hits);
    prism_query_unref(query);
    return status;
}

/* One key: there with its version in the stored text and in the dictionary, or not there. */
static prism_status compare_key(prism_snapshot *snap, uint32_t key, uint32_t version,
                                history_answer *a) {
    char text[64];
    uint64_t gdoc, n = 0;
    int len = snprintf(text, sizeof text, "k%u", key);
    prism_status status = prism_document_find(snap, text, (size_t)len, &gdoc, &a->err);
    if (status == PRISM_ENOTFOUND) {
        if (version != 0) wrong(a, "key", key, 0, version);
        return PRISM_OK;
    }
    if (status != PRISM_OK) return status;
    char *json;
    status = prism_document_get(snap, gdoc, &json, NULL, &a->err);
    if (status != PRISM_OK) return status;
    const char *at = strstr(json, "\"n\":");
    uint64_t found = at != NULL ? strtoull(at + 4, NULL, 10) : 0;
    if (found != version) wrong(a, "version of key", key, found, version);
    prism_free_text(json);
    snprintf(text, sizeof text, "v%ux%u", version, key);
    if (version == 0) return PRISM_OK;
    status = count_hits(snap, text, &n, &a->err);
    if (status == PRISM_OK && n != 1) wrong(a, "hits for key", key, n, 1);
    return status;
}

static prism_status compare(prism_snapshot *snap, uint64_t seed, history_answer *a) {
    uint32_t versions[HISTORY_KEYS];
    size_t len;
    const char *payload = prism_snapshot_payload(snap, &len);
    char text[16] = "0";
    uint64_t n;
    if (len < sizeof text && len > 0) memcpy(text, payload, len), text[len] = '\0';
    a->round = (uint32_t)strtoul(text, NULL, 10);
    a->whole = true;
    uint32_t live = replay(seed, a->round, versions);
    if (prism_snapshot_documents(snap) != live)
        wrong(a, "documents", 0, prism_snapshot_documents(snap), live);
    prism_status status = count_hits(snap, "common", &n, &a->err);
    if (status != PRISM_OK) return status;
    if (n != live) wrong(a, "hits", 0, n, live);
    for (uint32_t k = 0; k < HISTORY_KEYS && status == PRISM_OK; k++)
        status = compare_key(snap, k, versions[k], a);
    return status;
}

static void explain(history_answer *a) {
    if (a->status == PRISM_OK) return;
    a->whole = false;
    snprintf(a->why, sizeof a->why, "%s: %s", a->err.file, a->err.text);
}

history_answer history_read_snapshot(prism_snapshot *snap, uint64_t seed) {
    history_answer a = {.err = PRISM_ERROR_INIT};
    a.status = compare(snap, seed, &a);
    explain(&a);
    return a;
}

history_answer history_read(prism_index *index, uint64_t seed) {
    history_answer a = {.err = PRISM_ERROR_INIT};
    prism_snapshot *snap;
    a.status = prism_snapshot_open(index, &snap, &a.err);
    if (a.status == PRISM_OK) {
        a = history_read_snapshot(snap, seed);
        prism_snapshot_unref(snap);
    }
    explain(&a);
    return a;
}
