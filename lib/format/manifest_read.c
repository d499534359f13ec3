/* manifest_read.c - what does a generation consist of, if its bytes make sense?
 *
 * Structure   u64 fields · counts · n_segments x 80 bytes · stop sets
 * Invariants  - Counts are bounded by the bytes that are left before anything is allocated (R22).
 *             - Everything is copied into the arena: the commit file can be closed at once.
 * Source      FORMAT.md section 15.   Tested by tests/unit/format/test_manifest.c */
#include "format/manifest.h"

#include "base/cur.h"

#define PRS_SEGMENT_BYTES 80u /* of one segment in the section */

/* Segments ascend by first arrival, and say of deletions what the manifest says. */
static const char *broken_segment_rule(const prs_manifest *m) {
    for (uint32_t i = 0; i < m->n_segments; i++) {
        const prs_manifest_segment *s = &m->segments[i];
        if (s->n_docs == 0 || s->n_docs > PRISM_MAX_SEGMENT_DOCS) return "documents of a segment";
        if (s->n_deleted > s->n_docs) return "deleted documents of a segment";
        if (s->n_deleted > 0 && m->deletes_generation == 0)
            return "deleted documents without a file of them";
        uint64_t end = i + 1 < m->n_segments ? s[1].arrival_base : m->next_arrival;
        if (s->arrival_base > end) return "order of the segments";
        if (s->n_docs > end - s->arrival_base) return "arrival numbers of a segment";
        if (s->idx.len == 0 || s->doc.len == 0) return "length of a segment's file";
    }
    return NULL;
}

static const char *broken_stop_set_rule(const prs_manifest *m) {
    for (uint32_t i = 0; i < m->n_stop_sets; i++) {
        const prs_stop_set *set = &m->stop_sets[i];
        if (i > 0 && set->field <= set[-1].field) return "order of the stop sets";
        for (uint32_t k = 0; k < set->n; k++) {
            if (set->keys[k].len == 0 || set->keys[k].len > PRISM_MAX_TERM_BYTES) {
                return "length of a key in a stop set";
            }
        }
    }
    return NULL;
}

const char *prs_manifest_broken_rule(const prs_manifest *m) {
    if (m->generation == 0 || m->previous >= m->generation) return "generations";
    if (m->deletes_generation > m->generation) return "generation of the deleted documents";
    if ((m->deletes_generation == 0) != (m->deletes.len == 0))
        return "file of the deleted documents";
    if (m->n_segments > PRS_MAX_SEGMENTS) return "number of segments";
    if (m->n_stop_sets > PRISM_MAX_FIELDS) return "number of stop sets";
    const char *broken = broken_segment_rule(m);
    return broken != NULL ? broken : broken_stop_set_rule(m);
}

static prs_file_check get_check(prs_cur *c) {
    prs_file_check check;
    check.len = prs_cur_64(c);
    check.digest.lo = prs_cur_64(c);
    check.digest.hi = prs_cur_64(c);
    return check;
}

static void get_segment(prs_cur *c, prs_manifest_segment *s) {
    const uint8_t *id = prs_cur_take(c, sizeof s->id.bytes);
    if (id != NULL) memcpy(s->id.bytes, id, sizeof s->id.bytes);
    s->n_docs = prs_cur_32(c);
    s->n_deleted = prs_cur_32(c);
    s->arrival_base = prs_cur_64(c);
    s->idx = get_check(c);
    s->doc = get_check(c);
}

/* false = out of memory; damage is left in the cursor. */
static bool get_stop_set(prs_cur *c, prs_stop_set *set, prs_arena *arena) {
    set->field = prs_cur_16(c);
    set->n = prs_cur_16(c);
    if ((size_t)set->n * 2 > prs_cur_left(c)) { /* each key has a length of two bytes at least */
        prs_cur_fail(c);
        set->n = 0;
    }
    set->keys = prs_arena_calloc(arena, set->n, sizeof *set->keys);
    if (set->keys == NULL) return false;
    for (uint32_t i = 0; i < set->n; i++) {
        size_t len = prs_cur_16(c);
        const uint8_t *key = prs_cur_take(c, len);
        if (key == NULL) return true;
        set->keys[i] = prs_bytes_of(prs_arena_dup(arena, key, len), len);
        if (set->keys[i].ptr == NULL) return false;
    }
    return true;
}

static void get_head(prs_cur *c, prs_manifest *m) {
    memset(m, 0, sizeof *m);
    m->generation = prs_cur_64(c);
    m->previous = prs_cur_64(c);
    m->next_arrival = prs_cur_64(c);
    m->deletes_generation = prs_cur_64(c);
    m->deletes = get_check(c);
    m->n_segments = prs_cur_32(c);
    m->n_stop_sets = prs_cur_32(c);
    if (m->n_segments > prs_cur_left(c) / PRS_SEGMENT_BYTES ||
        m->n_stop_sets > prs_cur_left(c) / 4) {
        prs_cur_fail(c);
    }
    if (c->bad) m->n_segments = m->n_stop_sets = 0;
}

prism_status prs_manifest_read(prs_manifest *m, const prs_section *section, prs_arena *arena,
                               prism_error *err) {
    memset(m, 0, sizeof *m);
    PRS_TRY(prs_in_touch(section, 0, section->len, err));
    prs_cur c = prs_cur_of(section->ptr, (size_t)section->len);
    get_head(&c, m);
    m->segments = prs_arena_calloc(arena, m->n_segments, sizeof *m->segments);
    m->stop_sets = prs_arena_calloc(arena, m->n_stop_sets, sizeof *m->stop_sets);
    if (m->segments == NULL || m->stop_sets == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < m->n_segments; i++) get_segment(&c, &m->segments[i]);
    for (uint32_t i = 0; i < m->n_stop_sets; i++) {
        if (!get_stop_set(&c, &m->stop_sets[i], arena)) return prs_error_nomem(err);
    }
    if (c.bad || prs_cur_left(&c) != 0) {
        return prs_section_corrupt(section, c.at, err,
                                   "the manifest has another length than it says");
    }
    const char *broken = prs_manifest_broken_rule(m);
    if (broken != NULL) return prs_section_corrupt(section, section->ptr, err, broken);
    return PRISM_OK;
}

const prs_manifest_segment *prs_manifest_find(const prs_manifest *m, const prs_id *id) {
    for (uint32_t i = 0; i < m->n_segments; i++) {
        if (prs_id_equal(&m->segments[i].id, id)) return &m->segments[i];
    }
    return NULL;
}
