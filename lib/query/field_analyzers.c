/* field_analyzers.c - which analyzer does a field have, without making one for each query?
 *
 *     schema -> cache.slot -> groups[]: {name, options} -> analyzers[as indexed, unstemmed]
 *                                                          idle[]: analyses nobody is using
 *
 * An analyzer hashes its stemmer's output when it is made, and an analysis owns stemmer handles and
 * buffers: too much for every query.  Both are kept with the schema, which outlives its queries,
 * and die with it.  An analysis is for one thread, so it is lent: taken from the idle ones or made,
 * and given back.
 * Invariants: groups and analyzers do not change once they are published; a place of an idle list
 *             is emptied and filled by one atomic exchange, so that nothing here is ever half done,
 *             in a child process neither.
 * Tested by tests/unit/query/test_field_analyzers.c */
#include "query/field_analyzers.h"

#include "base/error.h"

#define IDLE_MAX 16u

typedef struct pool {
    prs_analyzer *analyzer;
    _Atomic(prs_analysis *) idle[IDLE_MAX]; /* NULL: a free place */
} pool;

typedef struct recipe {
    const char *name, *options; /* of the field that made it */
    pool pools[2];              /* by prs_analyzer_use; both may hold the same analyzer */
    bool is_whole, is_custom;
} recipe;

struct prs_field_analyzers {
    prs_schema_slot slot; /* first */
    prs_mem *mem;
    const prism_tokenizers *tokenizers; /* the schema's */
    uint32_t n_fields, n_groups, cap;
    uint32_t *group_of; /* by field */
    recipe *groups;     /* the first is the default one */
};

static void free_pool(pool *p) {
    for (uint32_t i = 0; i < IDLE_MAX; i++) prs_analysis_free(atomic_load(&p->idle[i]));
    prs_analyzer_unref(p->analyzer);
}

static void free_all(prs_schema_slot *slot) {
    prs_field_analyzers *all = (prs_field_analyzers *)slot;
    for (uint32_t g = 0; g < all->n_groups; g++) {
        free_pool(&all->groups[g].pools[PRS_AS_INDEXED]);
        free_pool(&all->groups[g].pools[PRS_UNSTEMMED]);
    }
    prs_mem_free(all->mem, all->groups, all->cap * sizeof *all->groups);
    prs_mem_free(all->mem, all->group_of, all->n_fields * sizeof *all->group_of);
    prs_mem_free(all->mem, all, sizeof *all);
}

static prism_status set_option(void *ctx, const char *name, const char *value, prism_error *err) {
    return prs_analyzer_options_set(ctx, name, value, err);
}

/* Both analyzers of a field, into an empty group. */
static prism_status make_analyzers(prs_field_analyzers *all, const prs_field *field, recipe *g,
                                   prism_error *err) {
    prs_analyzer_options options;
    const prs_tokenizer *custom = prs_tokenizers_find(all->tokenizers, field->analyzer);
    if (custom != NULL) {
        prs_analyzer_options_custom(&options, custom->name, custom->version, custom->tokenize,
                                    custom->ctx);
    } else {
        prs_analyzer_options_init(&options);
        memcpy(options.name, field->analyzer, strlen(field->analyzer) + 1);
    }
    PRS_TRY(prs_field_each_option(field, set_option, &options, err));
    PRS_TRY(prs_analyzer_new(all->mem, &options, &g->pools[PRS_AS_INDEXED].analyzer, err));
    g->name = field->analyzer;
    g->options = field->options;
    g->is_whole = strcmp(field->analyzer, "keyword") == 0;
    g->is_custom = custom != NULL;
    if (options.stem == PRS_STEM_OFF || strcmp(field->analyzer, "mixed-v1") != 0) {
        g->pools[PRS_UNSTEMMED].analyzer = prs_analyzer_ref(g->pools[PRS_AS_INDEXED].analyzer);
        return PRISM_OK;
    }
    options.stem = PRS_STEM_OFF;
    return prs_analyzer_new(all->mem, &options, &g->pools[PRS_UNSTEMMED].analyzer, err);
}

static uint32_t find_group(const prs_field_analyzers *all, const prs_field *field) {
    uint32_t g = 0;
    while (g < all->n_groups && (strcmp(all->groups[g].name, field->analyzer) != 0 ||
                                 strcmp(all->groups[g].options, field->options) != 0)) {
        g++;
    }
    return g;
}

static prism_status add_group(prs_field_analyzers *all, const prs_field *field, prism_error *err) {
    if (all->n_groups == all->cap) {
        uint32_t cap = all->cap == 0 ? 4 : all->cap * 2;
        recipe *groups =
            prs_mem_resize(all->mem, all->groups, all->cap * sizeof *groups, cap * sizeof *groups);
        if (groups == NULL) return prs_error_nomem(err);
        all->groups = groups;
        all->cap = cap;
    }
    recipe *g = &all->groups[all->n_groups++];
    memset(g, 0, sizeof *g);
    prism_error why = PRISM_ERROR_INIT;
    prism_status status = make_analyzers(all, field, g, &why);
    if (status == PRISM_OK) return PRISM_OK;
    return prs_error_set(err, status, "field %s: %s", field->name, why.text);
}

static prism_status add_fields(prs_field_analyzers *all, const prism_schema *schema,
                               prism_error *err) {
    static const prs_field standard = {.name = "", .analyzer = "mixed-v1", .options = ""};
    PRS_TRY(add_group(all, &standard, err));
    for (uint32_t i = 0; i < schema->n_fields; i++) {
        const prs_field *field = &schema->fields[i];
        all->group_of[i] = PRS_NO_GROUP;
        if (field->analyzer[0] == '\0') continue;
        all->group_of[i] = find_group(all, field);
        if (all->group_of[i] == all->n_groups) PRS_TRY(add_group(all, field, err));
    }
    return PRISM_OK;
}

static prism_status make_all(const prism_schema *schema, prs_field_analyzers **out,
                             prism_error *err) {
    prs_mem *mem = schema->cache->mem;
    prs_field_analyzers *all = prs_mem_calloc(mem, 1, sizeof *all);
    if (all == NULL) return prs_error_nomem(err);
    all->slot.free = free_all;
    all->mem = mem;
    all->tokenizers = schema->tokenizers;
    all->n_fields = schema->n_fields;
    all->group_of = prs_mem_calloc(mem, schema->n_fields, sizeof *all->group_of);
    prism_status status =
        all->group_of == NULL ? prs_error_nomem(err) : add_fields(all, schema, err);
    if (status != PRISM_OK) {
        free_all(&all->slot);
        return status;
    }
    *out = all;
    return PRISM_OK;
}

prism_status prs_field_analyzers_get(const prism_schema *schema, prs_field_analyzers **out,
                                     prism_error *err) {
    prs_schema_cache *cache = schema->cache;
    prs_schema_slot *slot = atomic_load_explicit(&cache->slot, memory_order_acquire);
    *out = NULL;
    if (slot == NULL) {
        prs_field_analyzers *own;
        PRS_TRY(make_all(schema, &own, err));
        if (atomic_compare_exchange_strong(&cache->slot, &slot, &own->slot)) {
            slot = &own->slot;
        } else { /* another was faster */
            free_all(&own->slot);
        }
    }
    *out = (prs_field_analyzers *)slot;
    return PRISM_OK;
}

uint32_t prs_field_analyzers_group(const prs_field_analyzers *all, uint16_t field) {
    return field < all->n_fields ? all->group_of[field] : PRS_NO_GROUP;
}

uint32_t prs_field_analyzers_count(const prs_field_analyzers *all) {
    return all->n_groups;
}

uint32_t prs_field_analyzers_default(const prs_field_analyzers *all) {
    (void)all;
    return 0;
}

bool prs_field_analyzers_is_whole(const prs_field_analyzers *all, uint32_t group) {
    return all->groups[group].is_whole;
}

bool prs_field_analyzers_is_custom(const prs_field_analyzers *all, uint32_t group) {
    return all->groups[group].is_custom;
}

prism_status prs_field_analyzers_take(prs_field_analyzers *all, uint32_t group,
                                      prs_analyzer_use use, prs_analysis **out, prism_error *err) {
    pool *p = &all->groups[group].pools[use];
    *out = NULL;
    for (uint32_t i = 0; i < IDLE_MAX && *out == NULL; i++) {
        if (atomic_load_explicit(&p->idle[i], memory_order_relaxed) == NULL) continue;
        *out = atomic_exchange_explicit(&p->idle[i], NULL, memory_order_acquire);
    }
    if (*out != NULL) return PRISM_OK;
    return prs_analysis_new(p->analyzer, all->mem, out, err);
}

void prs_field_analyzers_give(prs_field_analyzers *all, uint32_t group, prs_analyzer_use use,
                              prs_analysis *analysis) {
    if (analysis == NULL) return;
    pool *p = &all->groups[group].pools[use];
    for (uint32_t i = 0; i < IDLE_MAX; i++) {
        prs_analysis *none = NULL;
        if (atomic_compare_exchange_strong_explicit(&p->idle[i], &none, analysis,
                                                    memory_order_release, memory_order_relaxed))
            return;
    }
    prs_analysis_free(analysis);
}
