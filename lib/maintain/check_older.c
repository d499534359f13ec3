/* check_older.c - could the commits before the newest one still be read, if they had to be?
 *
 * Their damage harms nobody now, so it is told as a note; a file that is gone is not even that, for
 * a writer may have dropped the commit meanwhile.
 * Tested by tests/unit/maintain/test_check_older.c */
#include "base/error.h"
#include "maintain/check.h"

static prism_status look(prs_check *check, const char *name, prs_file_type type, const prs_id *id,
                         const prs_file_check *expect, uint64_t generation, prism_error *err) {
    prism_error own = PRISM_ERROR_INIT;
    prs_in *in;
    prism_status status = prs_in_open(check->core->dir, name, type, id, expect->len,
                                      &expect->digest, PRS_CHECKSUM_LAZY, &in, &own);
    if (status == PRISM_OK) {
        status = prs_in_verify_all(in, &own);
        prs_in_close(in);
    }
    if (status == PRISM_OK || status == PRISM_ENOTFOUND) return PRISM_OK;
    if (status != PRISM_ECORRUPT) return prs_check_absorb(check, status, &own, err);
    prs_error_set(&own, PRISM_OK, "damaged; only commit %llu, an older one, needs this file",
                  (unsigned long long)generation);
    prs_error_file(&own, name);
    prs_check_tell(check, &own);
    return PRISM_OK;
}

/* Was the segment looked at as one of the manifests from `i + 1` on, which are newer? */
static bool is_known(const prs_manifest *const *manifests, size_t n, size_t i, const prs_id *id) {
    for (size_t k = 0; k < n; k++)
        if (k > i && prs_manifest_find(manifests[k], id) != NULL) return true;
    return false;
}

static prism_status look_at(prs_check *check, const prs_manifest *const *manifests, size_t n,
                            size_t i, prism_error *err) {
    const prs_manifest *m = manifests[i];
    char name[PRS_NAME_SIZE];
    for (uint32_t s = 0; s < m->n_segments; s++) {
        const prs_manifest_segment *files = &m->segments[s];
        if (is_known(manifests, n, i, &files->id)) continue;
        prs_name_of_segment(name, PRS_NAME_IDX, &files->id);
        PRS_TRY(look(check, name, PRS_FILE_IDX, &files->id, &files->idx, m->generation, err));
        prs_name_of_segment(name, PRS_NAME_DOC, &files->id);
        PRS_TRY(look(check, name, PRS_FILE_DOC, &files->id, &files->doc, m->generation, err));
    }
    const prs_manifest *newest = manifests[n - 1];
    if (m->deletes_generation == 0 || m->deletes_generation == newest->deletes_generation)
        return PRISM_OK;
    prs_name_of_generation(name, PRS_NAME_DELETES, m->deletes_generation);
    return look(check, name, PRS_FILE_DELETES, &check->core->uuid, &m->deletes, m->generation, err);
}

prism_status prs_check_older(prs_check *check, const prs_manifest *const *manifests, size_t n,
                             prism_error *err) {
    if (check->level == PRISM_CHECK_QUICK) return PRISM_OK;
    for (size_t i = 0; i + 1 < n; i++) PRS_TRY(look_at(check, manifests, n, i, err));
    return PRISM_OK;
}
