/* api_hits.c - what a hit stands by, and the token of the next page, for callers.
 * Tested by tests/unit/api/test_api_hits.c */
#include "base/error.h"
#include "base/text.h"
#include "kernel/score.h"
#include "show/hits.h"

uint32_t prism_hits_sort_count(const prism_hits *hits) {
    return hits == NULL ? 0 : hits->sort.n;
}

void prism_hits_sort_value(const prism_hits *hits, uint32_t i, uint32_t j,
                           prism_sort_value *value) {
    if (value == NULL) return;
    *value = (prism_sort_value){.kind = PRISM_SORT_MISSING};
    if (hits == NULL || i >= hits->n || j >= hits->sort.n) return;
    const prs_sort_value *own = &hits->values[(size_t)i * hits->sort.n + j];
    prs_sort_show(&hits->sort.keys[j], own, (double)prs_score_scale(-hits->shift), value);
}

prism_status prism_hits_next(const prism_hits *hits, uint32_t part, char **token,
                             prism_error *err) {
    if (token == NULL) return prs_error_set(err, PRISM_EINVAL, "token is NULL");
    *token = NULL;
    if (hits == NULL) return prs_error_set(err, PRISM_EINVAL, "hits is NULL");
    prs_mem mem;
    prs_buf buf;
    prs_mem_init(&mem, NULL);
    prs_buf_init(&buf, &mem);
    prism_status status = prs_hits_next(hits, part, &buf, err);
    if (status == PRISM_OK && buf.len > 0) {
        *token = prs_text_new(&mem, buf.ptr, buf.len);
        if (*token == NULL) status = prs_error_nomem(err);
    }
    prs_buf_fini(&buf);
    return status;
}
