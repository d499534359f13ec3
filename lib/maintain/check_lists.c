/* check_lists.c - do a field's dictionary and lists say the truth about each other?
 *
 * Structure   walk the dictionary; per term decode the whole list: order, counts, positions; every
 *             bound (block, group, list impacts, dominance points) against the postings it speaks
 *             for
 * Invariants  Decoders already refuse bytes that have no meaning (ECORRUPT); here the meaning is
 *             compared.
 * Source      FORMAT.md sections 6 to 9; rule R17.
 * Tested by   tests/unit/maintain/test_check_lists.c, test_check.c */
#include "base/error.h"
#include "base/vec.h"
#include "maintain/check.h"

PRS_VEC_DEFINE(position_list, uint32_t)

typedef struct list_check {
    prs_check *check;
    const prs_segment *segment;
    const prs_segment_field *field;
    const prs_field *schema_field;
    bool of_pairs; /* its pairs of stop words, not its terms */
    prs_stops stops;
    prs_terms_cursor terms;
    prs_postings list;
    position_list positions;
    uint64_t n_terms, sum_df, sum_cf;
    /* of the current term */
    uint64_t df, cf;
    uint64_t dominating[PRS_DOMINANCE_POINTS];
    uint32_t last_doc;
    bool any;
} list_check;

static void say(list_check *c, const char *what) {
    prs_check_say(c->check, prs_in_name(c->segment->idx), "field %s, %s %llu: %s",
                  c->schema_field->name, c->of_pairs ? "pair" : "term",
                  (unsigned long long)c->terms.info.ord, what);
}

static bool is_bounded(const prs_impact *pairs, uint32_t n, uint32_t freq, uint32_t length) {
    for (uint32_t i = 0; i < n; i++) {
        if (pairs[i].freq >= freq && pairs[i].length <= length) return true;
    }
    return false;
}

static prism_status check_positions(list_check *c, uint32_t i, prism_error *err) {
    uint32_t freq = c->list.freqs[i], span = prs_lengths_get(&c->field->spans, c->list.docs[i]);
    position_list_clear(&c->positions);
    uint32_t *at = position_list_extend(&c->positions, freq);
    if (at == NULL) return prs_error_nomem(err);
    PRS_TRY(prs_postings_positions(&c->list, i, at, err));
    for (uint32_t k = 0; k < freq; k++) {
        if (at[k] >= span || (k > 0 && at[k] < at[k - 1])) {
            say(c, "positions out of order or beyond the document");
            return PRISM_OK;
        }
    }
    return PRISM_OK;
}

static void check_bounds(list_check *c, const prs_impact *block, uint32_t n_block, uint32_t freq,
                         uint32_t length) {
    const prs_postings *list = &c->list;
    if (list->n_groups == 0) return; /* no skip data, no bounds */
    if (!is_bounded(block, n_block, freq, length))
        say(c, "a block's impacts do not cover a posting");
    if (!is_bounded(list->group_impacts, list->n_group_impacts, freq, length)) {
        say(c, "a group's impacts do not cover a posting");
    }
    if (!is_bounded(list->list_impacts, list->n_list_impacts, freq, length)) {
        say(c, "the list's impacts do not cover a posting");
    }
    for (uint32_t k = 0; k < list->n_dominance; k++) {
        c->dominating[k] += freq >= list->dominance[k].freq && length <= list->dominance[k].length;
    }
}

static prism_status check_block(list_check *c, prism_error *err) {
    prs_postings *list = &c->list;
    const prs_impact *block;
    uint32_t n_block;
    PRS_TRY(prs_postings_block_impacts(list, &block, &n_block, err));
    PRS_TRY(prs_postings_load(list, err));
    PRS_TRY(prs_postings_freqs(list, err));
    for (uint32_t i = 0; i < list->n; i++) {
        uint32_t doc = list->docs[i], freq = list->freqs[i];
        if (doc >= c->segment->n_docs || (c->any && doc <= c->last_doc))
            say(c, "documents out of order or range");
        c->any = true;
        c->last_doc = doc;
        uint32_t length = prs_lengths_get(&c->field->lengths, doc);
        if (c->field->has_lengths && length == 0)
            say(c, "a document that has the term has length 0");
        check_bounds(c, block, n_block, freq, length);
        c->df++;
        c->cf += freq;
    }
    /* Afterwards: where positions stand follows from lengths, which are told of first. */
    bool positions = list->info.has_positions && list->src->spans != NULL;
    for (uint32_t i = 0; i < list->n && positions; i++) PRS_TRY(check_positions(c, i, err));
    return PRISM_OK;
}

static prism_status walk_list(list_check *c, prism_error *err) {
    const prs_segment_field *field = c->field;
    PRS_TRY(prs_postings_open(&c->list, c->of_pairs ? &field->pair_source : &field->source,
                              &c->terms.info, err));
    while (c->list.last_doc != PRS_DOC_END) {
        PRS_TRY(check_block(c, err));
        PRS_TRY(prs_postings_next_block(&c->list, err));
    }
    return PRISM_OK;
}

/* A key of two keys of the set. */
static bool is_pair(const list_check *c) {
    uint32_t len = c->terms.key[0];
    if (len + 1 >= c->terms.key_len) return false;
    prs_bytes first = prs_bytes_of(c->terms.key + 1, len);
    prs_bytes second = prs_bytes_of(c->terms.key + 1 + len, c->terms.key_len - 1 - len);
    return prs_stops_find(&c->stops, first) < PRS_STOPS_MAX &&
           prs_stops_find(&c->stops, second) < PRS_STOPS_MAX;
}

static void check_pair(list_check *c) {
    const prs_term_info *info = &c->terms.info;
    if (!is_pair(c)) say(c, "no pair of stop words");
    if (info->has_positions) say(c, "positions where there must be none");
    if (info->inlined != (info->df <= PRS_INLINE_MAX_DF && info->cf <= PRS_INLINE_MAX_CF))
        say(c, "its list is in the wrong place");
}

static void check_term(list_check *c) {
    const prs_term_info *info = &c->terms.info;
    uint8_t kind = c->terms.key[0];
    bool wants_positions = c->field->has_positions && prs_kind_has_positions(kind);
    bool text = c->schema_field->type == PRISM_FIELD_TEXT;
    if (kind < PRS_KIND_WORD || kind > (text ? PRS_KIND_MAX : PRS_KIND_WORD))
        say(c, "no such kind of term");
    if (info->has_positions != wants_positions)
        say(c, "positions where there must be none, or none where they must be");
    if (info->inlined != (info->df <= PRS_INLINE_MAX_DF && info->cf <= PRS_INLINE_MAX_CF)) {
        say(c, "its list is in the wrong place");
    }
}

static prism_status check_list(list_check *c, prism_error *err) {
    static const uint64_t least[PRS_DOMINANCE_POINTS] = {10, 100, 1000};
    c->df = c->cf = 0;
    c->any = false;
    memset(c->dominating, 0, sizeof c->dominating);
    if (c->of_pairs) {
        check_pair(c);
    } else {
        check_term(c);
    }
    prism_error own = PRISM_ERROR_INIT;
    prism_status status = walk_list(c, &own);
    PRS_TRY(prs_check_absorb(c->check, status, &own, err));
    if (status != PRISM_OK) return PRISM_OK;
    if (c->df != c->terms.info.df || c->cf != c->terms.info.cf)
        say(c, "its counts are not those of its list");
    for (uint32_t k = 0; k < c->list.n_dominance; k++) {
        if (c->dominating[k] < least[k])
            say(c, "a dominance point promises more documents than there are");
    }
    return PRISM_OK;
}

/* The key of a term before must be smaller. */
static bool is_ascending(const list_check *c, const uint8_t *before, uint32_t before_len) {
    return prs_bytes_compare(prs_bytes_of(before, before_len),
                             prs_bytes_of(c->terms.key, c->terms.key_len)) < 0;
}

static prism_status walk_terms(list_check *c, uint8_t *before, prism_error *err) {
    uint32_t before_len = 0;
    bool more;
    PRS_TRY(prs_terms_cursor_seek(&c->terms, c->of_pairs ? &c->field->pair_terms : &c->field->terms,
                                  prs_bytes_of(NULL, 0), err));
    for (;;) {
        PRS_TRY(prs_terms_cursor_next(&c->terms, &more, err));
        if (!more) break;
        if (c->terms.info.ord != c->n_terms) say(c, "it has the wrong number");
        if (c->n_terms > 0 && !is_ascending(c, before, before_len)) say(c, "terms out of order");
        before_len = c->terms.key_len;
        memcpy(before, c->terms.key, before_len);
        PRS_TRY(check_list(c, err));
        c->n_terms++;
        c->sum_df += c->terms.info.df;
        c->sum_cf += c->terms.info.cf;
    }
    if (prs_terms_cursor_unused(&c->terms) != 0)
        prs_check_say(c->check, prs_in_name(c->segment->idx),
                      "field %s: %llu bytes of its lists belong to no term", c->schema_field->name,
                      (unsigned long long)prs_terms_cursor_unused(&c->terms));
    return PRISM_OK;
}

static prism_status check_field(list_check *c, uint8_t *before, prism_error *err) {
    prism_error own = PRISM_ERROR_INIT;
    prism_status status = walk_terms(c, before, &own);
    PRS_TRY(prs_check_absorb(c->check, status, &own, err));
    if (status != PRISM_OK) return PRISM_OK;
    if (c->n_terms != c->field->n_terms || c->n_terms != c->field->terms.n_terms ||
        c->sum_df != c->field->sum_df || c->sum_cf != c->field->sum_cf) {
        prs_check_say(c->check, prs_in_name(c->segment->idx),
                      "field %s: its statistics are not those of its terms", c->schema_field->name);
    }
    return PRISM_OK;
}

/* Pairs of stop words, if they are kept. */
static prism_status check_pairs(list_check *c, uint8_t *before, prism_error *err) {
    if (c->field->stops.len == 0) return PRISM_OK;
    prism_error own = PRISM_ERROR_INIT;
    c->of_pairs = true;
    c->n_terms = 0;
    prism_status status = prs_stops_read(&c->stops, &c->field->stops, &own);
    if (status == PRISM_OK) status = walk_terms(c, before, &own);
    return prs_check_absorb(c->check, status, &own, err);
}

prism_status prs_check_lists(prs_check *check, const prs_segment *segment, uint32_t field,
                             prism_error *err) {
    prs_mem *mem = &check->core->mem;
    list_check *c = prs_mem_calloc(mem, 1, sizeof *c);
    uint8_t *before = prs_mem_alloc(mem, PRISM_MAX_TERM_BYTES);
    prism_status status = PRISM_OK;
    if (c != NULL && before != NULL) {
        c->check = check;
        c->segment = segment;
        c->field = &segment->fields[field];
        c->schema_field = &segment->recipe->schema->fields[field];
        position_list_init(&c->positions, mem);
        status = check_field(c, before, err);
        if (status == PRISM_OK) status = check_pairs(c, before, err);
        position_list_fini(&c->positions);
    } else {
        status = prs_error_nomem(err);
    }
    prs_mem_free(mem, c, sizeof *c);
    prs_mem_free(mem, before, PRISM_MAX_TERM_BYTES);
    return status;
}
