/* keys_read.c - which documents have this key, and which key has this document?
 *
 * Structure   probe: bucket (one cache miss) -> its 4 or so hashes (one more) -> on a match: doc,
 *             offsets, bytes
 * Invariants  - Every number read from the section is fetched once, compared with its bound and
 *               only then used (R19, R20); open checks nothing but the layout, so it costs the same
 *               for any size.
 *             - A matching hash is only a hint: the bytes decide.  Keys that collide are in their
 *               own order, so that many of them cost no more than their logarithm.
 * Why so      Buckets of top bits instead of a search by halves: 2 misses instead of 20; instead of
 *             a hash table: sorted entries can be merged and checked, and take no empty slots.
 * Source      FORMAT.md section 11.   Tested by tests/unit/format/test_keys.c */
#include "format/keys.h"

#define FEW 4u /* entries of one hash that are looked at one by one */

static uint64_t align8(uint64_t n) {
    return (n + 7) & ~UINT64_C(7);
}

/* Where each part begins; false if the section is too short for them. */
static bool lay_out(prs_keys *k) {
    uint64_t n = k->n_docs;
    k->offs = 8;
    k->buckets = align8(k->offs + (n + 1) * k->off_width);
    k->hashes = align8(k->buckets + ((UINT64_C(1) << k->log2_buckets) + 1) * 4);
    k->docs = k->hashes + n * 8;
    k->bytes = k->docs + n * 4;
    if (k->bytes > k->section.len) return false;
    k->bytes_len = k->section.len - k->bytes;
    return true;
}

prism_status prs_keys_open(prs_keys *keys, const prs_section *section, uint32_t n_docs,
                           prism_error *err) {
    memset(keys, 0, sizeof *keys);
    if (section->len < 8)
        return prs_section_corrupt(section, section->ptr, err, "no head in the keys");
    PRS_TRY(prs_in_touch(section, 0, 8, err));
    keys->section = *section;
    keys->n_docs = prs_load32(section->ptr);
    keys->log2_buckets = section->ptr[4];
    keys->off_width = section->ptr[5];
    bool good = keys->n_docs == n_docs && keys->log2_buckets < 32 &&
                (keys->off_width == 4 || keys->off_width == 8) && prs_load16(section->ptr + 6) == 0;
    if (!good || !lay_out(keys)) {
        memset(keys, 0, sizeof *keys);
        return prs_section_corrupt(section, section->ptr, err, "a wrong head in the keys");
    }
    return PRISM_OK;
}

static uint64_t load_offset(const prs_keys *k, uint64_t doc) {
    const uint8_t *p = k->section.ptr + k->offs + doc * k->off_width;
    return k->off_width == 4 ? prs_load32(p) : prs_load64(p);
}

prism_status prs_keys_get(const prs_keys *k, uint32_t doc, prs_bytes *key, prism_error *err) {
    *key = prs_bytes_of(NULL, 0);
    if (doc >= k->n_docs) return prs_error_set(err, PRISM_EINVAL, "no such document");
    PRS_TRY(
        prs_in_touch(&k->section, k->offs + (uint64_t)doc * k->off_width, 2 * k->off_width, err));
    uint64_t from = load_offset(k, doc), to = load_offset(k, (uint64_t)doc + 1);
    if (from > to || to > k->bytes_len || to - from > PRISM_MAX_KEY_BYTES) {
        return prs_section_corrupt(&k->section,
                                   k->section.ptr + k->offs + (uint64_t)doc * k->off_width, err,
                                   "a wrong offset of a key");
    }
    PRS_TRY(prs_in_touch(&k->section, k->bytes + from, to - from, err));
    *key = prs_bytes_of(k->section.ptr + k->bytes + from, (size_t)(to - from));
    return PRISM_OK;
}

/* Entries [*from, *to) are those of the hash's bucket. */
static prism_status find_bucket(const prs_keys *k, uint64_t hash, uint32_t *from, uint32_t *to,
                                prism_error *err) {
    uint64_t b = k->log2_buckets == 0 ? 0 : hash >> (64 - k->log2_buckets);
    const uint8_t *p = k->section.ptr + k->buckets + 4 * b;
    PRS_TRY(prs_in_touch(&k->section, k->buckets + 4 * b, 8, err));
    *from = prs_load32(p);
    *to = prs_load32(p + 4);
    if (*from <= *to && *to <= k->n_docs) return PRISM_OK;
    return prs_section_corrupt(&k->section, p, err, "a wrong bucket of keys");
}

/* First entry in [from, to) whose hash is not below. */
static uint32_t lower_bound(const uint8_t *hashes, uint32_t from, uint32_t to, uint64_t hash) {
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (prs_load64(hashes + 8 * (size_t)mid) < hash) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return from;
}

/* The document and the key of an entry. */
static prism_status look_at(const prs_keys *k, uint32_t entry, uint32_t *doc, prs_bytes *key,
                            prism_error *err) {
    uint64_t at = k->docs + 4 * (uint64_t)entry;
    PRS_TRY(prs_in_touch(&k->section, at, 4, err));
    *doc = prs_load32(k->section.ptr + at);
    if (*doc >= k->n_docs) {
        return prs_section_corrupt(&k->section, k->section.ptr + at, err,
                                   "a wrong document of a key");
    }
    return prs_keys_get(k, *doc, key, err);
}

/* First entry in [*from, to), all of one hash, that is not below (key, least). */
static prism_status halve(const prs_keys *k, uint32_t *from, uint32_t to, prs_bytes key,
                          uint32_t least, prism_error *err) {
    while (*from < to) {
        uint32_t mid = *from + (to - *from) / 2, doc;
        prs_bytes here;
        PRS_TRY(look_at(k, mid, &doc, &here, err));
        int order = prs_bytes_compare(here, key);
        if (order < 0 || (order == 0 && doc < least)) {
            *from = mid + 1;
        } else {
            to = mid;
        }
    }
    return PRISM_OK;
}

/* Entries [*from, *to) have the hash. */
static prism_status find_hash(const prs_keys *k, uint64_t hash, uint32_t *from, uint32_t *to,
                              prism_error *err) {
    PRS_TRY(find_bucket(k, hash, from, to, err));
    PRS_TRY(prs_in_touch(&k->section, k->hashes + 8 * (uint64_t)*from, 8 * (uint64_t)(*to - *from),
                         err));
    const uint8_t *hashes = k->section.ptr + k->hashes;
    *from = lower_bound(hashes, *from, *to, hash);
    if (hash < UINT64_MAX) *to = lower_bound(hashes, *from, *to, hash + 1);
    return PRISM_OK;
}

static prism_status find_one(const prs_keys *k, const prs_key_probe *probe, prs_key_found_fn found,
                             void *ctx, prism_error *err) {
    uint32_t from, to;
    PRS_TRY(find_hash(k, probe->hash, &from, &to, err));
    if (to - from > FEW) PRS_TRY(halve(k, &from, to, probe->key, 0, err));
    for (uint32_t i = from; i < to; i++) {
        uint32_t doc;
        prs_bytes key;
        PRS_TRY(look_at(k, i, &doc, &key, err));
        int order = prs_bytes_compare(key, probe->key);
        if (order > 0) break;
        if (order == 0) PRS_TRY(found(ctx, probe, doc));
    }
    return PRISM_OK;
}

prism_status prs_keys_find_all(const prs_keys *keys, const prs_key_probe *probes, size_t n,
                               prs_key_found_fn found, void *ctx, prism_error *err) {
    if (keys->n_docs == 0) return PRISM_OK;
    for (size_t i = 0; i < n; i++) PRS_TRY(find_one(keys, &probes[i], found, ctx, err));
    return PRISM_OK;
}

prism_status prs_keys_has(const prs_keys *keys, const prs_key_probe *probe, uint32_t doc, bool *has,
                          prism_error *err) {
    uint32_t from, to, here;
    prs_bytes key;
    *has = false;
    if (keys->n_docs == 0) return PRISM_OK;
    PRS_TRY(find_hash(keys, probe->hash, &from, &to, err));
    PRS_TRY(halve(keys, &from, to, probe->key, doc, err));
    if (from == to) return PRISM_OK;
    PRS_TRY(look_at(keys, from, &here, &key, err));
    *has = here == doc && prs_bytes_equal(key, probe->key);
    return PRISM_OK;
}

prism_status prs_keys_each(const prs_keys *k, prs_key_entry_fn found, void *ctx, prism_error *err) {
    prs_bytes before = prs_bytes_of(NULL, 0);
    for (uint32_t i = 0; i < k->n_docs; i++) {
        uint32_t doc;
        prs_bytes key;
        PRS_TRY(look_at(k, i, &doc, &key, err));
        PRS_TRY(found(ctx, doc, key, i == 0 || !prs_bytes_equal(key, before)));
        before = key;
    }
    return PRISM_OK;
}

/* The entries of one key are neighbours; *end = behind those of entry `first`, *latest = the one of
 * them that arrived last. */
static prism_status run_of_key(const prs_keys *k, const prs_order *order, uint32_t first,
                               uint32_t *end, uint32_t *latest, prism_error *err) {
    const uint8_t *hashes = k->section.ptr + k->hashes;
    uint64_t hash = prs_load64(hashes + 8 * (size_t)first);
    uint32_t doc, i = first + 1;
    prs_bytes key;
    *latest = first;
    *end = i;
    if (i == k->n_docs || prs_load64(hashes + 8 * (size_t)i) != hash) return PRISM_OK;
    PRS_TRY(look_at(k, first, &doc, &key, err));
    uint32_t last_arrival = prs_order_get(order, doc);
    for (; i < k->n_docs && prs_load64(hashes + 8 * (size_t)i) == hash; i++) {
        prs_bytes other;
        PRS_TRY(look_at(k, i, &doc, &other, err));
        if (!prs_bytes_equal(key, other)) break;
        uint32_t arrival = prs_order_get(order, doc);
        if (arrival > last_arrival) *latest = i;
        last_arrival = PRS_MAX(arrival, last_arrival);
    }
    *end = i;
    return PRISM_OK;
}

prism_status prs_keys_superseded(const prs_keys *k, const prs_order *order, prs_key_doc_fn found,
                                 void *ctx, prism_error *err) {
    if (k->n_docs == 0) return PRISM_OK;
    PRS_TRY(prs_in_touch(&k->section, k->hashes, 8 * (uint64_t)k->n_docs, err));
    for (uint32_t first = 0, end, latest; first < k->n_docs; first = end) {
        PRS_TRY(run_of_key(k, order, first, &end, &latest, err));
        for (uint32_t i = first; i < end; i++) {
            uint32_t doc;
            prs_bytes key;
            if (i == latest) continue;
            PRS_TRY(look_at(k, i, &doc, &key, err));
            PRS_TRY(found(ctx, doc));
        }
    }
    return PRISM_OK;
}
