/* api_tokenizer.c - the exported functions of ext/tokenizer.h: check arguments, call down.
 *
 * prism_schema_from_json_with stands beside its sister in api_schema.c.
 * Tested by tests/unit/api/test_api_tokenizer.c */
#include "api/opts.h"
#include "base/error.h"
#include "schema/schema.h"

static prism_status null_argument(prism_error *err, const char *name) {
    return prs_error_set(err, PRISM_EINVAL, "%s must not be NULL", name);
}

prism_status prism_tokenizers_new(prism_tokenizers **out, prism_error *err) {
    if (out == NULL) return null_argument(err, "out");
    return prs_tokenizers_new(out, err);
}

prism_status prism_tokenizers_add(prism_tokenizers *set, const prism_tokenizer *tokenizer,
                                  prism_error *err) {
    prism_tokenizer own = PRISM_TOKENIZER_INIT;
    if (set == NULL || tokenizer == NULL)
        return null_argument(err, set == NULL ? "set" : "tokenizer");
    if (!prs_opts_copy(&own, sizeof own, tokenizer))
        return prs_error_set(err, PRISM_EINVAL, "a tokenizer without its size");
    return prs_tokenizers_add(set, &own, err);
}

void prism_tokenizers_unref(prism_tokenizers *set) {
    prs_tokenizers_unref(set);
}

prism_status prism_schema_set_tokenizers(prism_schema *schema, prism_tokenizers *set,
                                         prism_error *err) {
    if (schema == NULL || set == NULL) return null_argument(err, schema == NULL ? "schema" : "set");
    if (schema->tokenizers != NULL || schema->cache->slot != NULL)
        return prs_error_set(err, PRISM_EMISUSE, "the schema has tokenizers already, or is in use");
    prs_schema_set_tokenizers(schema, set);
    return PRISM_OK;
}
