/* reorder.c - which order was asked for, and what are the numbers of documents in it?
 *
 *   places in the order asked for   p0 p1 p2 ...     ->   docs[p0] = 0, docs[p1] = 1, ...
 *
 * Tested by tests/unit/merge/test_reorder.c */
#include "merge/reorder.h"

#include "base/error.h"
#include "merge/merge.h"
#include "schema/value.h"

/* ---- what was asked for ---------------------------------------------------------------------- */

static prism_status refuse(const char *text, const char *why, prism_error *err) {
    return prs_error_set(err, PRISM_EINVAL, "documents cannot be put in the order \"%.*s\": %s",
                         prs_quote_len(text, strlen(text)), text, why);
}

static prism_status parse_seed(const char *text, const char *digits, prs_reorder *out,
                               prism_error *err) {
    uint64_t seed = 0;
    size_t n = 0;
    for (; digits[n] >= '0' && digits[n] <= '9' && n < 18; n++)
        seed = seed * 10 + (uint64_t)(digits[n] - '0');
    if (n == 0 || digits[n] != '\0')
        return refuse(text, "random: is followed by a number of at most 18 digits", err);
    out->kind = PRS_REORDER_RANDOM;
    out->seed = seed;
    return PRISM_OK;
}

static prism_status parse_field(const char *text, const prism_schema *schema, prs_reorder *out,
                                prism_error *err) {
    const char *name = text + (*text == '-' || *text == '+');
    size_t len = strlen(name);
    const prs_field *field = prs_schema_field(schema, name, len);
    if (field == NULL || len >= sizeof out->field)
        return refuse(text, "there is no such field", err);
    if ((field->flags & PRISM_FIELD_COLUMN) == 0)
        return refuse(text, "the field has no column", err);
    out->kind = PRS_REORDER_FIELD;
    out->desc = *text == '-';
    memcpy(out->field, name, len + 1);
    return PRISM_OK;
}

prism_status prs_reorder_parse(const char *text, const prism_schema *schema, prs_reorder *out,
                               prism_error *err) {
    static const char random[] = "random:";
    size_t memory = out->memory;
    *out = (prs_reorder){.kind = PRS_REORDER_NONE, .memory = memory};
    if (text == NULL || *text == '\0') return PRISM_OK;
    if (strncmp(text, random, sizeof random - 1) == 0)
        return parse_seed(text, text + sizeof random - 1, out, err);
    if (strcmp(text, "bp") != 0) return parse_field(text, schema, out, err);
    out->kind = PRS_REORDER_BISECT;
    return PRISM_OK;
}

/* ---- the order ------------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state) { /* splitmix64 */
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void shuffle(uint32_t *places, uint32_t n, uint64_t seed) {
    for (uint32_t i = n; i > 1; i--) {
        uint32_t k = (uint32_t)(next_random(&seed) % i), at = places[i - 1];
        places[i - 1] = places[k];
        places[k] = at;
    }
}

static prism_status find_order(prs_merge *merge, uint32_t *places, prism_error *err) {
    switch (merge->reorder->kind) {
    case PRS_REORDER_FIELD: return prs_reorder_field(merge, places, err);
    case PRS_REORDER_BISECT: return prs_reorder_bisect(merge, places, err);
    case PRS_REORDER_RANDOM: shuffle(places, merge->n_docs, merge->reorder->seed); break;
    case PRS_REORDER_NONE: break;
    }
    return PRISM_OK;
}

prism_status prs_reorder_run(prs_merge *merge, uint32_t *docs, prism_error *err) {
    prs_mem *mem = &merge->core->mem;
    uint32_t *places = prs_mem_alloc(mem, (size_t)merge->n_docs * sizeof *places);
    if (places == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < merge->n_docs; i++) places[i] = i;
    prism_status status = find_order(merge, places, err);
    for (uint32_t i = 0; i < merge->n_docs && status == PRISM_OK; i++) docs[places[i]] = i;
    prs_mem_free(mem, places, (size_t)merge->n_docs * sizeof *places);
    return status;
}
