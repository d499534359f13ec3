/* manifest_write.c - how does a generation become bytes?
 *
 * What it says is checked once more before it is written, by the rules a reader applies: a wrong
 * manifest must fail its own commit, not every open after it.  Nothing is allocated.
 * Source: FORMAT.md section 15.  Tested by tests/unit/format/test_manifest.c */
#include "format/manifest.h"

static void put32(prs_out *out, uint32_t v) {
    uint8_t bytes[4];
    prs_store32(bytes, v);
    prs_out_write(out, bytes, sizeof bytes);
}

static void put16(prs_out *out, uint16_t v) {
    uint8_t bytes[2];
    prs_store16(bytes, v);
    prs_out_write(out, bytes, sizeof bytes);
}

static void put64(prs_out *out, uint64_t v) {
    uint8_t bytes[8];
    prs_store64(bytes, v);
    prs_out_write(out, bytes, sizeof bytes);
}

static void put_check(prs_out *out, const prs_file_check *check) {
    put64(out, check->len);
    put64(out, check->digest.lo);
    put64(out, check->digest.hi);
}

static void put_segment(prs_out *out, const prs_manifest_segment *s) {
    prs_out_write(out, s->id.bytes, sizeof s->id.bytes);
    put32(out, s->n_docs);
    put32(out, s->n_deleted);
    put64(out, s->arrival_base);
    put_check(out, &s->idx);
    put_check(out, &s->doc);
}

static void put_stop_set(prs_out *out, const prs_stop_set *set) {
    put16(out, set->field);
    put16(out, set->n);
    for (uint32_t i = 0; i < set->n; i++) {
        put16(out, (uint16_t)set->keys[i].len);
        prs_out_write(out, set->keys[i].ptr, set->keys[i].len);
    }
}

prism_status prs_manifest_write(const prs_manifest *m, prs_out *out, prism_error *err) {
    const char *broken = prs_manifest_broken_rule(m);
    if (broken != NULL)
        return prs_error_set(err, PRISM_EINVAL, "a manifest that must not be: %s", broken);
    put64(out, m->generation);
    put64(out, m->previous);
    put64(out, m->next_arrival);
    put64(out, m->deletes_generation);
    put_check(out, &m->deletes);
    put32(out, m->n_segments);
    put32(out, m->n_stop_sets);
    for (uint32_t i = 0; i < m->n_segments; i++) put_segment(out, &m->segments[i]);
    for (uint32_t i = 0; i < m->n_stop_sets; i++) put_stop_set(out, &m->stop_sets[i]);
    return prs_out_status(out, err);
}
