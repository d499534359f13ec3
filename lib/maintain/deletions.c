/* deletions.c - which documents are deleted, when the file that says so may be damaged?
 *
 *   a segment's deletions only grow from commit to commit, so an older commit's are true as well;
 *   of the documents of one key only the last one lives.
 *
 * Tested by tests/unit/maintain/test_deletions.c */
#include "base/error.h"
#include "format/components.h"
#include "format/deletes.h"
#include "format/names.h"
#include "maintain/repair.h"

prism_status prs_deletions_init(prs_deletions *d, prs_mem *mem, uint32_t n, prism_error *err) {
    *d = (prs_deletions){.mem = mem, .n = n};
    d->sets = prs_mem_calloc(mem, n, sizeof *d->sets);
    return d->sets == NULL ? prs_error_nomem(err) : PRISM_OK;
}

void prs_deletions_fini(prs_deletions *d) {
    for (uint32_t i = 0; d->sets != NULL && i < d->n; i++)
        if (d->sets[i].words != NULL) prs_bitset_fini(&d->sets[i]);
    prs_mem_free(d->mem, d->sets, d->n * sizeof *d->sets);
    d->sets = NULL;
}

static prism_status need_set(prs_deletions *d, uint32_t i, uint32_t n_docs, prism_error *err) {
    if (d->sets[i].words != NULL) return PRISM_OK;
    return prs_bitset_init(&d->sets[i], d->mem, n_docs) == PRISM_OK ? PRISM_OK
                                                                    : prs_error_nomem(err);
}

/* ---- reading --------------------------------------------------------------------------------- */

static prism_status add_entry(prs_deletions *d, uint32_t i, uint32_t n_docs,
                              const prs_deletes *deletes, const prs_deletes_entry *entry,
                              prism_error *err) {
    prs_bitset set;
    PRS_TRY(need_set(d, i, n_docs, err));
    if (prs_bitset_init(&set, d->mem, n_docs) != PRISM_OK) return prs_error_nomem(err);
    prism_status status = prs_deletes_decode(deletes, entry, &set, err);
    for (uint32_t w = 0; status == PRISM_OK && w < prs_bitset_words(n_docs); w++)
        d->sets[i].words[w] |= set.words[w];
    prs_bitset_fini(&set);
    return status;
}

static prism_status read_section(prs_deletions *d, prs_in *in, const prs_commit *of,
                                 const prs_manifest *manifest, prs_arena *arena, prism_error *err) {
    prs_section section;
    prs_deletes deletes;
    (void)prs_in_section(in, PRS_COMPONENT_DELETES, PRS_FIELD_NONE, &section);
    PRS_TRY(prs_deletes_open(&deletes, &section, &of->manifest, arena, err));
    for (uint32_t i = 0; i < manifest->n_segments; i++) {
        const prs_manifest_segment *s = &manifest->segments[i];
        const prs_deletes_entry *entry = prs_deletes_find(&deletes, &s->id);
        if (entry != NULL) PRS_TRY(add_entry(d, i, s->n_docs, &deletes, entry, err));
    }
    return PRISM_OK;
}

prism_status prs_deletions_read(prs_deletions *d, prs_dir *dir, const prs_commit *of,
                                const prs_manifest *manifest, prism_error *err) {
    const prs_manifest *m = &of->manifest;
    char name[PRS_NAME_SIZE];
    prs_in *in;
    prs_arena arena;
    if (m->deletes_generation == 0) return PRISM_OK;
    prs_name_of_generation(name, PRS_NAME_DELETES, m->deletes_generation);
    PRS_TRY(prs_in_open(dir, name, PRS_FILE_DELETES, &of->uuid, m->deletes.len, &m->deletes.digest,
                        PRS_CHECKSUM_EAGER, &in, err));
    prs_arena_init(&arena, d->mem, 0);
    prism_status status = read_section(d, in, of, manifest, &arena, err);
    prs_arena_fini(&arena);
    prs_in_close(in);
    return status;
}

/* ---- keys ------------------------------------------------------------------------------------ */

typedef struct marker { /* deletes documents of one segment */
    prs_deletions *d;
    uint32_t i, n_docs;
} marker;

static prism_status mark_doc(void *ctx, uint32_t doc) {
    marker *m = ctx;
    PRS_TRY(need_set(m->d, m->i, m->n_docs, NULL));
    prs_bitset_set(&m->d->sets[m->i], doc);
    return PRISM_OK;
}

static prism_status mark_found(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    (void)probe;
    return mark_doc(ctx, doc);
}

typedef struct seeker {
    marker early;
    const prs_keys *keys; /* of the early segment */
    prism_error *err;
} seeker;

static prism_status seek_key(void *ctx, uint32_t doc, prs_bytes key, bool fresh) {
    seeker *s = ctx;
    (void)doc;
    prs_key_probe probe = {.hash = prs_keys_hash(key), .key = key};
    if (!fresh) return PRISM_OK; /* sought already */
    return prs_keys_find_all(s->keys, &probe, 1, mark_found, &s->early, s->err);
}

/* Every key of segment `late` is looked for in segment `early`, once. */
static prism_status mark_early(prs_deletions *d, uint32_t i, const prs_segment *early,
                               const prs_segment *late, prism_error *err) {
    seeker s = {{d, i, early->n_docs}, &early->keys, err};
    return prs_keys_each(&late->keys, seek_key, &s, err);
}

static prism_status mark_segment(prs_deletions *d, prs_core *core, const prs_manifest *manifest,
                                 uint32_t i, prism_error *err) {
    prs_segment *early, *late;
    PRS_TRY(prs_segment_open(core, core->recipe, &manifest->segments[i], &early, err));
    marker m = {d, i, early->n_docs};
    prism_status status = PRISM_OK;
    if (early->keys.n_docs > 0)
        status = prs_keys_superseded(&early->keys, &early->order, mark_doc, &m, err);
    for (uint32_t k = i + 1;
         early->keys.n_docs > 0 && status == PRISM_OK && k < manifest->n_segments; k++) {
        status = prs_segment_open(core, core->recipe, &manifest->segments[k], &late, err);
        if (status != PRISM_OK) break;
        status = mark_early(d, i, early, late, err);
        prs_segment_unref(late);
    }
    prs_segment_unref(early);
    return status;
}

prism_status prs_deletions_add_superseded(prs_deletions *d, prs_core *core,
                                          const prs_manifest *manifest, prism_error *err) {
    for (uint32_t i = 0; i < manifest->n_segments; i++)
        PRS_TRY(mark_segment(d, core, manifest, i, err));
    return PRISM_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static prism_status write_section(const prs_deletions *d, prs_out *out, const prs_manifest *m,
                                  prism_error *err) {
    prs_deletes_input *inputs = prs_mem_calloc(d->mem, m->n_segments, sizeof *inputs);
    if (inputs == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < m->n_segments; i++) {
        inputs[i].id = m->segments[i].id;
        if (m->segments[i].n_deleted > 0) inputs[i].deleted = &d->sets[i];
    }
    prs_out_section(out, PRS_COMPONENT_DELETES, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    prism_status status = prs_deletes_write(inputs, m->n_segments, d->mem, out, err);
    prs_mem_free(d->mem, inputs, m->n_segments * sizeof *inputs);
    return status;
}

prism_status prs_deletions_write(const prs_deletions *d, prs_dir *dir, const prs_id *uuid,
                                 prs_manifest *manifest, prism_error *err) {
    char name[PRS_NAME_SIZE];
    prs_out *out;
    bool any = false;
    manifest->deletes_generation = 0;
    manifest->deletes = (prs_file_check){0};
    for (uint32_t i = 0; i < manifest->n_segments; i++) {
        bool has = d->sets[i].words != NULL;
        manifest->segments[i].n_deleted = has ? prs_bitset_count(&d->sets[i]) : 0;
        any |= manifest->segments[i].n_deleted > 0;
    }
    if (!any) return PRISM_OK;
    manifest->deletes_generation = manifest->generation;
    prs_name_of_generation(name, PRS_NAME_DELETES, manifest->generation);
    PRS_TRY(prs_out_open(dir, name, PRS_FILE_DELETES, uuid, manifest->generation, &out, err));
    prism_status status = write_section(d, out, manifest, err);
    if (status == PRISM_OK)
        return prs_out_finish(out, &manifest->deletes.len, &manifest->deletes.digest, err);
    prs_out_abandon(out);
    return status;
}
