/* core.h - what an index handle, its writer and its snapshots share: memory, directory, schema,
 * analyzers.
 *
 *   prism_index  prism_writer  prism_snapshot  prs_segment
 *          \           |            |          /
 *           prs_core (reference-counted): mem, dir, uuid, and the recipe of the schema as of open
 *
 * A recipe is a schema with its analyzers opened, one for each set of equal options.  A snapshot
 * whose commit holds another schema text carries a recipe of its own. */
#ifndef PRS_INDEX_CORE_H
#define PRS_INDEX_CORE_H

#include "analysis/analyzer.h"
#include "base/sync.h"
#include "schema/schema.h"
#include "store/in.h"

#include <prismsearch/index.h>

typedef struct prs_recipe {
    prs_refcount refs;
    prs_mem *mem;
    prism_schema *schema;
    /* by field number; NULL where nothing is analyzed; shared where equal */
    prs_analyzer **analyzers;
    uint32_t n_fields;
} prs_recipe;

/** A field is analyzed if it is text or keyword and indexed. */
bool prs_recipe_is_analyzed(const prs_field *field);
/** Open the analyzers of a schema, which is referenced.
 *  Errors : EANALYZER a tokenizer is not registered, naming it; EINVAL, ENOMEM, EUNSUPPORTED */
prism_status prs_recipe_new(prs_mem *mem, const prism_schema *schema, prs_recipe **out,
                            prism_error *err) PRS_NODISCARD;
/** The schema written in a file of the index; in that of a segment, fields may be partial.
 *  Errors : ECORRUPT it is none, ENOMEM */
prism_status prs_recipe_read_schema(prs_bytes text, const char *file, bool of_segment,
                                    prism_schema **out, prism_error *err) PRS_NODISCARD;
prs_recipe *prs_recipe_ref(prs_recipe *recipe);
void prs_recipe_unref(prs_recipe *recipe);

typedef struct prs_core {
    prs_refcount refs;
    prs_mem mem;
    prs_dir *dir;
    prs_checksum_mode checksums;
    bool read_only;
    unsigned commits_back; /* as asked for at open */
    uint64_t pinned;       /* the only commit that is read; 0 = the newest */
    prs_id uuid;
    prism_tokenizers *tokenizers; /* referenced; of the opener, or of the schema created with */
    prs_recipe *recipe;           /* of the newest commit when the index was opened */
} prs_core;

struct prism_index {
    prs_core *core;
};

/** Make the first commit of a new index and open it.
 *  Params : opts as given by the caller, filled up to its full size; path unused in memory
 *  Errors : EEXISTS, EREADONLY, EUNSUPPORTED, EIO, ENOMEM; EINVAL, EUNSUPPORTED analyzer options */
prism_status prs_core_create(const prism_index_opts *opts, const char *path,
                             const prism_schema *schema, prs_core **out,
                             prism_error *err) PRS_NODISCARD;
/** Open an index: reads the newest manifest's uuid and schema, opens its analyzers.
 *  Errors : ENOTFOUND, ECORRUPT, ETOONEW, EANALYZER, EIO, ENOMEM */
prism_status prs_core_open(const prism_index_opts *opts, const char *path, prs_core **out,
                           prism_error *err) PRS_NODISCARD;
prs_core *prs_core_ref(prs_core *core);
void prs_core_unref(prs_core *core);

/* The steps of the two above, for tests and check: new, give it a directory made with &core->mem
 * (core->dir, closed with the core), then make or load. */
prism_status prs_core_new(const prism_index_opts *opts, prs_core **out,
                          prism_error *err) PRS_NODISCARD;
/** uuid NULL = random. */
prism_status prs_core_make(prs_core *core, const prism_schema *schema, const prs_id *uuid,
                           prism_error *err) PRS_NODISCARD;
prism_status prs_core_load(prs_core *core, prism_error *err) PRS_NODISCARD;

/** The commit to read: the pinned one, or the newest; 0 if there is none. */
prism_status prs_core_generation(prs_core *core, uint64_t *generation,
                                 prism_error *err) PRS_NODISCARD;
/** Load this commit and pin it; the core has no recipe before, and none after an error. */
prism_status prs_core_load_commit(prs_core *core, uint64_t generation,
                                  prism_error *err) PRS_NODISCARD;

#endif
