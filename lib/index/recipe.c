/* recipe.c - a schema and its analyzers, opened: one for each set of equal names and options.
 *
 * Tested by tests/unit/index/test_recipe.c */
#include "base/error.h"
#include "index/core.h"

bool prs_recipe_is_analyzed(const prs_field *field) {
    return (field->flags & PRISM_FIELD_INDEXED) != 0 &&
           (field->type == PRISM_FIELD_TEXT || field->type == PRISM_FIELD_KEYWORD);
}

static prism_status set_option(void *ctx, const char *name, const char *value, prism_error *err) {
    return prs_analyzer_options_set(ctx, name, value, err);
}

static prism_status open_analyzer(prs_mem *mem, const prism_tokenizers *tokenizers,
                                  const prs_field *field, prs_analyzer **out, prism_error *err) {
    prs_analyzer_options options;
    const prs_tokenizer *custom = prs_tokenizers_find(tokenizers, field->analyzer);
    if (custom != NULL) {
        prs_analyzer_options_custom(&options, custom->name, custom->version, custom->tokenize,
                                    custom->ctx);
    } else if (prs_analyzer_is_builtin(field->analyzer)) {
        prs_analyzer_options_init(&options);
        memcpy(options.name, field->analyzer, strlen(field->analyzer) + 1);
    } else {
        return prs_error_set(
            err, PRISM_EANALYZER,
            "field %s: its tokenizer \"%s\" is not registered: open the index with "
            "it (prism_index_opts.tokenizers)",
            field->name, field->analyzer);
    }
    PRS_TRY(prs_field_each_option(field, set_option, &options, err));
    return prs_analyzer_new(mem, &options, out, err);
}

static bool same_analyzer(const prs_field *a, const prs_field *b) {
    return strcmp(a->analyzer, b->analyzer) == 0 && strcmp(a->options, b->options) == 0;
}

/* The analyzer of field f, shared with an earlier field if one is equal. */
static prism_status give_analyzer(prs_recipe *recipe, uint32_t f, prism_error *err) {
    const prs_field *fields = recipe->schema->fields;
    if (!prs_recipe_is_analyzed(&fields[f])) return PRISM_OK;
    for (uint32_t g = 0; g < f; g++) {
        if (recipe->analyzers[g] == NULL || !same_analyzer(&fields[f], &fields[g])) continue;
        recipe->analyzers[f] = prs_analyzer_ref(recipe->analyzers[g]);
        return PRISM_OK;
    }
    return open_analyzer(recipe->mem, recipe->schema->tokenizers, &fields[f], &recipe->analyzers[f],
                         err);
}

prism_status prs_recipe_new(prs_mem *mem, const prism_schema *schema, prs_recipe **out,
                            prism_error *err) {
    *out = NULL;
    prs_recipe *recipe = prs_mem_calloc(mem, 1, sizeof *recipe);
    if (recipe == NULL) return prs_error_nomem(err);
    prs_ref_init(&recipe->refs);
    recipe->mem = mem;
    recipe->schema = prs_schema_ref(schema);
    recipe->n_fields = schema->n_fields;
    recipe->analyzers = prs_mem_calloc(mem, recipe->n_fields, sizeof(prs_analyzer *));
    prism_status status = recipe->analyzers == NULL ? prs_error_nomem(err) : PRISM_OK;
    for (uint32_t f = 0; status == PRISM_OK && f < recipe->n_fields; f++) {
        status = give_analyzer(recipe, f, err);
    }
    if (status != PRISM_OK) {
        prs_recipe_unref(recipe);
        return status;
    }
    *out = recipe;
    return PRISM_OK;
}

prism_status prs_recipe_read_schema(prs_bytes text, const char *file, bool of_segment,
                                    prism_schema **out, prism_error *err) {
    prism_error own = PRISM_ERROR_INIT;
    const char *json = text.len > 0 ? (const char *)text.ptr : ""; /* the section may be missing */
    prism_status status = of_segment ? prs_schema_from_file(json, text.len, out, &own)
                                     : prs_schema_from_json(json, text.len, out, &own);
    if (status == PRISM_OK || status == PRISM_ENOMEM) {
        return status == PRISM_OK ? PRISM_OK : prs_error_nomem(err);
    }
    return prs_error_corrupt(err, file, 0, "the schema in it cannot be read: %s", own.text);
}

prs_recipe *prs_recipe_ref(prs_recipe *recipe) {
    prs_ref_inc(&recipe->refs);
    return recipe;
}

void prs_recipe_unref(prs_recipe *recipe) {
    if (recipe == NULL || !prs_ref_dec(&recipe->refs)) return;
    for (uint32_t f = 0; recipe->analyzers != NULL && f < recipe->n_fields; f++) {
        if (recipe->analyzers[f] != NULL) prs_analyzer_unref(recipe->analyzers[f]);
    }
    prs_mem_free(recipe->mem, recipe->analyzers, recipe->n_fields * sizeof(prs_analyzer *));
    prs_schema_unref(recipe->schema);
    prs_mem_free(recipe->mem, recipe, sizeof *recipe);
}
