/* check_twice.c - do keys stand for live documents in several segments?
 *
 * That is no damage: PRISM_PUT_APPEND does not look for older versions, and they stay live in
 * their own segments until a merge or a put of the key.  But searches find all of them, so whoever
 * checks an index is told how many there are, as a note.
 * Cost: for each live document one look into the keys of each later segment, with memory read as
 * the hashes fall.
 * Tested by tests/unit/maintain/test_check_twice.c */
#include "base/error.h"
#include "maintain/check.h"
#include "index/snapshot.h"

typedef struct seeker {
    const prs_bitset *deleted; /* of the later segment */
    bool live;
} seeker;

static bool is_live(const prs_bitset *deleted, uint32_t doc) {
    return deleted == NULL || !prs_bitset_get(deleted, doc);
}

static prism_status take(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    seeker *s = ctx;
    (void)probe;
    s->live |= is_live(s->deleted, doc);
    return PRISM_OK;
}

static prism_status has_newer(const prism_snapshot *snap, uint32_t leaf, const prs_key_probe *probe,
                              bool *newer, prism_error *err) {
    *newer = false;
    for (uint32_t i = leaf + 1; i < snap->n_leaves && !*newer; i++) {
        seeker s = {.deleted = snap->leaves[i].deleted};
        PRS_TRY(prs_keys_find_all(&snap->leaves[i].segment->keys, probe, 1, take, &s, err));
        *newer = s.live;
    }
    return PRISM_OK;
}

static prism_status count(const prism_snapshot *snap, uint32_t leaf, uint64_t *n,
                          prism_error *err) {
    const prs_keys *keys = &snap->leaves[leaf].segment->keys;
    for (uint32_t doc = 0; doc < keys->n_docs; doc++) {
        prs_key_probe probe = {.hash = 0};
        bool newer;
        if (!is_live(snap->leaves[leaf].deleted, doc)) continue;
        PRS_TRY(prs_keys_get(keys, doc, &probe.key, err));
        probe.hash = prs_keys_hash(probe.key);
        PRS_TRY(has_newer(snap, leaf, &probe, &newer, err));
        *n += newer;
    }
    return PRISM_OK;
}

prism_status prs_check_twice(prs_check *check, const prism_snapshot *snap, prism_error *err) {
    prism_error own = PRISM_ERROR_INIT;
    prism_status status = PRISM_OK;
    uint64_t n = 0;
    for (uint32_t i = 0; i + 1 < snap->n_leaves && status == PRISM_OK; i++)
        status = count(snap, i, &n, &own);
    if (status != PRISM_OK) return prs_check_absorb(check, status, &own, err);
    if (n == 0) return PRISM_OK;
    prs_error_set(
        &own, PRISM_OK,
        "%llu of the documents found have a newer one of the same key in a later segment: "
        "they were added without replacing; a merge of all segments drops them",
        (unsigned long long)n);
    prs_check_tell(check, &own);
    return PRISM_OK;
}
