/* check_parts.c - keys, lengths, statistics and stored frames of a segment, each against the
 * others.
 *
 * Lengths are summed up against the field's statistics, every key must lead back to its document,
 * every column keeps its rules (prs_column_check), every stored document unpacks.  Tested by
 * tests/unit/maintain/test_check_parts.c, test_check.c */
#include "base/error.h"
#include "maintain/check.h"

/* ---- lengths --------------------------------------------------------------------------------- */

static void check_lengths(prs_check *check, const prs_segment *segment, uint32_t f) {
    const prs_segment_field *field = &segment->fields[f];
    const char *name = segment->recipe->schema->fields[f].name, *file = prs_in_name(segment->idx);
    uint64_t sum = 0;
    uint32_t with = 0, greatest = 0;
    for (uint32_t doc = 0; doc < segment->n_docs; doc++) {
        uint32_t length = prs_lengths_get(&field->lengths, doc),
                 span = prs_lengths_get(&field->spans, doc);
        sum += length;
        with += length > 0;
        greatest = PRS_MAX(greatest, length);
        if (field->has_positions && span < length) {
            prs_check_say(check, file, "field %s, document %u: its span is less than its length",
                          name, doc);
        }
    }
    if (sum != field->sum_length || with != field->n_docs_with || greatest != field->max_length) {
        prs_check_say(check, file, "field %s: its statistics are not those of its lengths", name);
    }
}

static void check_without_lengths(prs_check *check, const prs_segment *segment, uint32_t f) {
    const prs_segment_field *field = &segment->fields[f];
    uint32_t with = 0;
    if (!field->has_column) return;
    for (uint32_t doc = 0; doc < segment->n_docs; doc++)
        with += prs_column_has(&field->column, doc);
    if (with != field->n_docs_with) {
        prs_check_say(check, prs_in_name(segment->idx),
                      "field %s: %u documents have a value, its statistics say %u",
                      segment->recipe->schema->fields[f].name, with, field->n_docs_with);
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

typedef struct key_check {
    prs_check *check;
    const prs_segment *segment;
    const prs_bitset *deleted;
    uint32_t n_live, first; /* live documents of the key, and the first of them */
} key_check;

static void say_shared(const key_check *c, uint32_t doc) {
    prs_check_say(c->check, prs_in_name(c->segment->idx),
                  "document %u shares its key with another live one", doc);
}

static prism_status count_live(void *ctx, uint32_t doc, prs_bytes key, bool fresh) {
    key_check *c = ctx;
    (void)key;
    if (fresh) c->n_live = 0;
    if (c->deleted != NULL && prs_bitset_get(c->deleted, doc)) return PRISM_OK;
    if (c->n_live++ == 0) c->first = doc;
    if (c->n_live == 2) say_shared(c, c->first);
    if (c->n_live >= 2) say_shared(c, doc);
    return PRISM_OK;
}

/* However many documents have one key, each is looked at once and sought by halves. */
static prism_status check_keys(prs_check *check, const prs_segment *segment,
                               const prs_bitset *deleted, prism_error *err) {
    key_check c = {.check = check, .segment = segment, .deleted = deleted};
    for (uint32_t doc = 0; doc < segment->keys.n_docs; doc++) {
        prs_key_probe probe = {.hash = 0};
        bool found;
        PRS_TRY(prs_keys_get(&segment->keys, doc, &probe.key, err));
        probe.hash = prs_keys_hash(probe.key);
        PRS_TRY(prs_keys_has(&segment->keys, &probe, doc, &found, err));
        if (!found) {
            prs_check_say(check, prs_in_name(segment->idx), "document %u is not found by its key",
                          doc);
        }
    }
    if (!check->deletions_unknown) PRS_TRY(prs_keys_each(&segment->keys, count_live, &c, err));
    if (segment->keys.n_docs == 0 && segment->recipe->schema->key_field >= 0) {
        prs_check_say(check, prs_in_name(segment->idx),
                      "the schema has a key but the segment has no keys");
    }
    return PRISM_OK;
}

/* ---- documents ------------------------------------------------------------------------------- */

static prism_status unpack_documents(prs_check *check, const prs_segment *segment,
                                     prism_error *err) {
    prs_docstore_cursor cursor;
    prs_docstore_cursor_init(&cursor, &check->core->mem);
    prism_status status = PRISM_OK;
    for (uint32_t doc = 0; doc < segment->n_docs && status == PRISM_OK; doc++) {
        prs_bytes json;
        status = prs_docstore_get(&segment->docs, &cursor, doc, &json, err);
    }
    prs_docstore_cursor_fini(&cursor);
    return status;
}

static prism_status check_all(prs_check *check, const prs_segment *segment,
                              const prs_bitset *deleted, prism_error *err) {
    for (uint32_t f = 0; f < segment->n_fields; f++) {
        if (!segment->fields[f].present) continue;
        if (segment->fields[f].has_column)
            PRS_TRY(prs_column_check(&segment->fields[f].column, err));
        if ((segment->recipe->schema->fields[f].flags & PRISM_FIELD_LENGTHS) != 0) {
            check_lengths(check, segment, f);
        } else {
            check_without_lengths(check, segment, f);
        }
    }
    PRS_TRY(check_keys(check, segment, deleted, err));
    PRS_TRY(prs_order_check(&segment->order, &check->core->mem, err));
    return unpack_documents(check, segment, err);
}

prism_status prs_check_parts(prs_check *check, const prs_segment *segment,
                             const prs_bitset *deleted, prism_error *err) {
    prism_error own = PRISM_ERROR_INIT;
    return prs_check_absorb(check, check_all(check, segment, deleted, &own), &own, err);
}
