/* deletes_read.c - which documents are deleted, if the bytes make sense?
 *
 * Opening finds the entries and holds them against the manifest; decoding one segment's entry
 * happens when a snapshot needs it, so that unchanged segments cost nothing at a refresh.
 * Source: FORMAT.md section 16.  Tested by tests/unit/format/test_deletes.c */
#include "format/deletes.h"

#include "base/cur.h"

#define PRS_ENTRY_BYTES 32u /* of an entry without its bytes */

static void get_entry(prs_cur *c, prs_deletes_entry *e) {
    const uint8_t *head = prs_cur_take(c, PRS_ENTRY_BYTES);
    if (head == NULL) return;
    memcpy(e->id.bytes, head, sizeof e->id.bytes);
    e->n_deleted = prs_load32(head + 16);
    e->kind = head[20];
    uint64_t len = prs_load64(head + 24);
    if (e->n_deleted == 0 || e->kind > 1 || head[21] != 0 || head[22] != 0 || head[23] != 0 ||
        len > prs_cur_left(c)) {
        prs_cur_fail(c);
        return;
    }
    e->bytes = prs_bytes_of(prs_cur_take(c, (size_t)len), (size_t)len);
}

/* The manifest's segments with deletions, in order, are the entries. */
static bool agrees(const prs_deletes *d, const prs_manifest *m) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < m->n_segments; i++) {
        const prs_manifest_segment *s = &m->segments[i];
        if (s->n_deleted == 0) continue;
        if (at == d->n || !prs_id_equal(&d->entries[at].id, &s->id)) return false;
        if (d->entries[at++].n_deleted != s->n_deleted) return false;
    }
    return at == d->n;
}

prism_status prs_deletes_open(prs_deletes *d, const prs_section *section,
                              const prs_manifest *manifest, prs_arena *arena, prism_error *err) {
    memset(d, 0, sizeof *d);
    d->section = *section;
    PRS_TRY(prs_in_touch(section, 0, section->len, err));
    prs_cur c = prs_cur_of(section->ptr, (size_t)section->len);
    uint32_t n = prs_cur_32(&c);
    if (prs_cur_32(&c) != 0 || n > prs_cur_left(&c) / PRS_ENTRY_BYTES) {
        return prs_section_corrupt(section, section->ptr, err,
                                   "a wrong number of segments with deletions");
    }
    d->entries = prs_arena_calloc(arena, n, sizeof *d->entries);
    if (d->entries == NULL) return prs_error_nomem(err);
    d->n = n;
    for (uint32_t i = 0; i < n; i++) get_entry(&c, &d->entries[i]);
    if (c.bad || prs_cur_left(&c) != 0) {
        return prs_section_corrupt(section, c.at, err, "a wrong entry among the deletions");
    }
    if (manifest != NULL && !agrees(d, manifest)) {
        return prs_section_corrupt(section, section->ptr, err,
                                   "deletions are not those of the manifest");
    }
    return PRISM_OK;
}

const prs_deletes_entry *prs_deletes_find(const prs_deletes *d, const prs_id *id) {
    for (uint32_t i = 0; i < d->n; i++) {
        if (prs_id_equal(&d->entries[i].id, id)) return &d->entries[i];
    }
    return NULL;
}

static bool decode_list(const prs_deletes_entry *e, prs_bitset *set) {
    prs_cur c = prs_cur_of(e->bytes.ptr, e->bytes.len);
    uint64_t doc = 0; /* first that may come next */
    for (uint32_t i = 0; i < e->n_deleted; i++) {
        uint64_t gap = prs_cur_varint(&c);
        if (c.bad || doc >= set->n || gap >= set->n - doc) return false;
        doc += gap;
        prs_bitset_set(set, (uint32_t)doc++);
    }
    return prs_cur_left(&c) == 0;
}

static bool decode_bits(const prs_deletes_entry *e, prs_bitset *set) {
    uint32_t n_words = prs_bitset_words(set->n);
    if (e->bytes.len != (size_t)n_words * 8) return false;
    for (uint32_t i = 0; i < n_words; i++) set->words[i] = prs_load64(e->bytes.ptr + 8 * (size_t)i);
    uint32_t in_last = set->n % 64;
    if (in_last != 0 && set->words[n_words - 1] >> in_last != 0) {
        set->words[n_words - 1] &= (UINT64_C(1) << in_last) - 1; /* the set stays a valid one */
        return false;
    }
    return prs_bitset_count(set) == e->n_deleted;
}

prism_status prs_deletes_decode(const prs_deletes *d, const prs_deletes_entry *entry,
                                prs_bitset *set, prism_error *err) {
    bool good = entry->kind == 0 ? decode_list(entry, set) : decode_bits(entry, set);
    if (good) return PRISM_OK;
    return prs_section_corrupt(&d->section, entry->bytes.ptr, err, "wrong deletions of a segment");
}
