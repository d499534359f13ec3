/* reindex.c - how does an index come to obey other rules, when all that can be trusted of it is
 * what its documents said?
 *
 *   stored documents of the newest commit -> a writer that begins afresh, under the new schema
 *        -> segments -> one commit: in place the next generation, elsewhere the first
 *
 * Structure   commit, schema -> is a field lost? -> writer (takes the lock) -> is it still that
 *             commit? -> documents -> commit with the payload of before
 * Invariants  - Nothing that a reader sees changes before the one commit at the end; whatever fails
 *               or is cancelled leaves the index as it was, elsewhere no index at all.
 *             - The old terms are not read: an index whose analyzers are not ours any more is what
 *               this is for.
 *             - Values of fields that are not stored cannot be had again.  The caller says that
 *               they may go, or nothing is done.
 * Why so      In place needs the room for both, but so does every other way that can fail halfway;
 *             the old segments go with the commit before, when the next but one is made.
 * Cost        as building; memory: the writer's budget.
 * Source      FORMAT.md sections 14, 15, 18; rules R4, R16.
 * Tested by   tests/unit/maintain/test_reindex.c, tests/cli/reindex.sh */
#include "maintain/reindex.h"

#include "base/error.h"
#include "write/writer.h"

#define STEP 256u /* documents between looks at the caller's wish to cancel */

typedef struct reindexing {
    prs_stored *stored;
    prism_writer *writer;
    const prs_reindex_args *args;
    bool replace; /* another key: two documents may have the same */
    uint64_t done;
} reindexing;

/* ---- may it be done? ------------------------------------------------------------------------- */

static bool is_lost(const prs_field *field, const prism_schema *to) {
    unsigned asked = PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN;
    if ((field->flags & PRISM_FIELD_STORED) != 0 || (field->flags & asked) == 0) return false;
    return prs_schema_field(to, field->name, strlen(field->name)) != NULL;
}

/* The fields of both schemas whose values nobody has kept. */
static prism_status check_unstored(const prism_schema *from, const prism_schema *to,
                                   prism_error *err) {
    char names[120] = "";
    size_t len = 0;
    uint32_t n = 0, left = 0;
    for (uint32_t i = 0; i < from->n_fields; i++) {
        if (!is_lost(&from->fields[i], to)) continue;
        const char *name = from->fields[i].name;
        size_t more = strlen(name) + 2;
        n++;
        if (len + more >= sizeof names) {
            left++;
            continue;
        }
        memcpy(names + len, len > 0 ? ", " : "", len > 0 ? 2 : 0);
        len += len > 0 ? 2 : 0;
        memcpy(names + len, name, strlen(name) + 1);
        len += strlen(name);
    }
    if (n == 0) return PRISM_OK;
    if (left > 0) {
        return prs_error_set(err, PRISM_EINVAL,
                             "fields %s and %u more are not stored: their values would be lost",
                             names, left);
    }
    return prs_error_set(err, PRISM_EINVAL, "field%s %s %s not stored: %s values would be lost",
                         n > 1 ? "s" : "", names, n > 1 ? "are" : "is", n > 1 ? "their" : "its");
}

/* ---- documents ------------------------------------------------------------------------------- */

static const char *key_name(const prism_schema *schema) {
    return schema->key_field < 0 ? NULL : schema->fields[schema->key_field].name;
}

/* Say which document it is that does not fit. */
static prism_status name_document(reindexing *r, prs_bytes json, const prism_error *own,
                                  prism_error *err) {
    const char *name = key_name(r->stored->schema);
    prs_bytes key = {NULL, 0};
    bool found = false;
    if (name != NULL &&
        prs_json_reader_field(r->writer->reader, (const char *)json.ptr, json.len, name, 0, &key,
                              &found, NULL) == PRISM_OK &&
        found) {
        return prs_error_set(err, own->code, "document %.*s: %s",
                             (int)prs_quote_len((const char *)key.ptr, key.len),
                             (const char *)key.ptr, own->text);
    }
    return prs_error_set(err, own->code, "document number %llu: %s",
                         (unsigned long long)r->done + 1, own->text);
}

static prism_status put_again(void *ctx, prs_bytes json, prism_error *err) {
    reindexing *r = ctx;
    prs_document *doc = &r->writer->document;
    prism_error own = PRISM_ERROR_INIT;
    if (r->args->progress != NULL && r->done % STEP == 0 &&
        r->args->progress(r->args->progress_ctx, r->done, r->stored->n_live) != 0) {
        return prs_error_set(err, PRISM_ECANCELED, "the reindexing was cancelled");
    }
    prism_status status =
        prs_json_reader_read(r->writer->reader, (const char *)json.ptr, json.len, false, doc, &own);
    if (status == PRISM_OK) status = prs_writer_put(r->writer, doc, r->replace, &own);
    if (status == PRISM_EREJECTED || status == PRISM_ELIMIT || status == PRISM_EPARSE)
        return name_document(r, json, &own, err);
    if (status != PRISM_OK && err != NULL && err->size >= sizeof *err) *err = own;
    r->done++;
    return status;
}

/* All documents, and the one commit. */
static prism_status run(reindexing *r, uint64_t *generation, prism_error *err) {
    const prs_reindex_args *args = r->args;
    PRS_TRY(prs_stored_each(r->stored, put_again, r, err));
    if (args->progress != NULL && args->progress(args->progress_ctx, r->done, r->done) != 0)
        return prs_error_set(err, PRISM_ECANCELED, "the reindexing was cancelled");
    return prs_writer_commit(r->writer, r->stored->commit.payload, true, generation, err);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The target's recipe: of our own copy of the schema, with the tokenizers of the index options, or
 * else those that the schema came with. */
static prism_status give_recipe(prs_core *to, const prism_schema *given, prism_error *err) {
    prism_schema *schema;
    PRS_TRY(prs_schema_copy(given, &schema, err));
    if (to->tokenizers == NULL) to->tokenizers = prs_tokenizers_ref(given->tokenizers);
    prs_schema_set_tokenizers(schema, to->tokenizers);
    prism_status status = prs_recipe_new(&to->mem, schema, &to->recipe, err);
    prs_schema_unref(schema);
    return status;
}

static bool key_changes(const prism_schema *from, const prism_schema *to) {
    const char *a = key_name(from), *b = key_name(to);
    return b != NULL && (a == NULL || strcmp(a, b) != 0);
}

/* Between reading the commit and holding the lock somebody may have made another one. */
static prism_status check_unmoved(const prs_stored *stored, const prism_writer *writer,
                                  bool in_place, prism_error *err) {
    uint64_t newest =
        writer->n_kept == 0 ? 0 : writer->kept[writer->n_kept - 1].manifest.generation;
    if (!in_place && newest != 0)
        return prs_error_set(err, PRISM_EEXISTS, "there is an index already");
    if (in_place && newest != stored->commit.manifest.generation) {
        return prs_error_set(err, PRISM_EBUSY,
                             "another process has committed meanwhile: try again");
    }
    return PRISM_OK;
}

static prism_status reindex_stored(prs_stored *stored, prs_core *to, const prs_reindex_args *args,
                                   uint64_t *generation, prism_error *err) {
    const prism_schema *schema = args->schema != NULL ? args->schema : stored->schema;
    bool in_place = stored->core == to;
    prs_writer_options options = {.memory = args->memory,
                                  .keep_commits = 2,
                                  .load = true,
                                  .durable = args->durable,
                                  .afresh = true};
    if (!args->drop_unstored) PRS_TRY(check_unstored(stored->schema, schema, err));
    if (in_place) to->uuid = stored->commit.uuid;
    if (!in_place) PRS_TRY(prs_random_bytes(to->uuid.bytes, sizeof to->uuid.bytes, err));
    PRS_TRY(give_recipe(to, schema, err));
    reindexing r = {.stored = stored, .args = args};
    r.replace = key_changes(stored->schema, schema);
    PRS_TRY(prs_writer_open(to, &options, &r.writer, err));
    prism_status status = check_unmoved(stored, r.writer, in_place, err);
    if (status == PRISM_OK) status = run(&r, generation, err);
    prs_writer_close(r.writer);
    return status;
}

prism_status prs_reindex_cores(prs_core *from, prs_core *to, const prs_reindex_args *args,
                               uint64_t *generation, prism_error *err) {
    prs_stored stored;
    uint64_t there;
    if (from != to) {
        PRS_TRY(prs_commit_find_newest(to->dir, &there, err));
        if (there != 0) return prs_error_set(err, PRISM_EEXISTS, "there is an index already");
    }
    PRS_TRY(prs_stored_open(&stored, from, err));
    prism_status status = reindex_stored(&stored, to, args, generation, err);
    prs_stored_fini(&stored);
    return status;
}

static prism_status open_core(const prs_reindex_args *args, const char *path, bool create,
                              prs_core **out, prism_error *err) {
    PRS_TRY(prs_core_new(args->opts, out, err));
    prism_status status = prs_dir_fs_open(&(*out)->mem, path, create, create, &(*out)->dir, err);
    if (status == PRISM_OK) {
        (*out)->dir->pread = args->opts->use_pread != 0;
        return PRISM_OK;
    }
    prs_core_unref(*out);
    *out = NULL;
    return status;
}

prism_status prs_reindex(const char *path, const char *to, const prs_reindex_args *args,
                         uint64_t *generation, prism_error *err) {
    prs_core *from, *target;
    PRS_TRY(open_core(args, path, false, &from, err));
    prism_status status = PRISM_OK;
    target = from;
    if (to != NULL) status = open_core(args, to, true, &target, err);
    if (status == PRISM_OK) status = prs_reindex_cores(from, target, args, generation, err);
    if (status == PRISM_EEXISTS) prs_error_file(err, to);
    if (to != NULL) prs_core_unref(target);
    prs_core_unref(from);
    return status;
}
