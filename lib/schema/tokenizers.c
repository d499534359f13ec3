/* tokenizers.c - which of the caller's tokenizers has this name, and when is its context released?
 *
 * Structure   A counted list of name, version, callback and context.  Schemas and index handles
 *             hold references; what they make of it (analyzers, snapshots, queries) holds them.
 * Invariants  - A set that more than one holder refers to does not change: no lock to read it.
 *             - Names and versions are of [A-Za-z0-9_.-]: they stand bare in analyzer ids and JSON.
 *             - release is called once for each tokenizer taken, behind the last reference.
 * Why so      Contexts belong to the set and not to a handle, because a snapshot or a query may be
 *             the last thing that calls back, long after the handle was closed.
 * Tested by   tests/unit/schema/test_tokenizers.c */
#include "schema/tokenizers.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/sync.h"
#include "base/vec.h"

PRS_VEC_DEFINE(prs_tokenizer_list, prs_tokenizer)

struct prism_tokenizers {
    prs_refcount refs;
    prs_mem mem;
    prs_tokenizer_list list;
};

/* The set holds its own prs_mem, so its own block is taken and given back through a copy. */
prism_status prs_tokenizers_new(prism_tokenizers **out, prism_error *err) {
    prs_mem own;
    prs_mem_init(&own, NULL);
    prism_tokenizers *set = prs_mem_calloc(&own, 1, sizeof *set);
    *out = set;
    if (set == NULL) return prs_error_nomem(err);
    prs_ref_init(&set->refs);
    prs_mem_init(&set->mem, NULL);
    prs_tokenizer_list_init(&set->list, &set->mem);
    return PRISM_OK;
}

prism_tokenizers *prs_tokenizers_ref(prism_tokenizers *set) {
    if (set != NULL) prs_ref_inc(&set->refs);
    return set;
}

void prs_tokenizers_unref(prism_tokenizers *set) {
    if (set == NULL || !prs_ref_dec(&set->refs)) return;
    for (size_t i = 0; i < set->list.n; i++) {
        const prs_tokenizer *t = &set->list.ptr[i];
        if (t->release != NULL) t->release(t->ctx);
    }
    prs_tokenizer_list_fini(&set->list);
    prs_mem own;
    prs_mem_init(&own, NULL);
    prs_mem_free(&own, set, sizeof *set);
}

const prs_tokenizer *prs_tokenizers_find(const prism_tokenizers *set, const char *name) {
    for (size_t i = 0; set != NULL && i < set->list.n; i++) {
        if (strcmp(set->list.ptr[i].name, name) == 0) return &set->list.ptr[i];
    }
    return NULL;
}

/* Copy a name or version, if it is one. */
static prism_status take_name(char *out, const char *given, const char *what, prism_error *err) {
    size_t len = given == NULL ? 0 : strnlen(given, PRS_TOKENIZER_NAME_MAX + 1);
    bool ok = len > 0 && len <= PRS_TOKENIZER_NAME_MAX;
    for (size_t i = 0; ok && i < len; i++) {
        char c = given[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '.' || c == '-';
    }
    if (!ok) {
        return prs_error_set(err, PRISM_EINVAL,
                             "the %s of a tokenizer has 1 to %u bytes of [A-Za-z0-9_.-]", what,
                             PRS_TOKENIZER_NAME_MAX);
    }
    memcpy(out, given, len + 1);
    return PRISM_OK;
}

static prism_status check_free(const prism_tokenizers *set, const char *name, prism_error *err) {
    static const char *const own[] = {"mixed-v1", "keyword", "whitespace"};
    for (size_t i = 0; i < PRS_COUNT(own); i++) {
        if (strcmp(name, own[i]) != 0) continue;
        return prs_error_set(err, PRISM_EEXISTS, "\"%s\" is an analyzer of the library", name);
    }
    if (prs_tokenizers_find(set, name) == NULL) return PRISM_OK;
    return prs_error_set(err, PRISM_EEXISTS, "the tokenizer \"%s\" is registered already", name);
}

prism_status prs_tokenizers_add(prism_tokenizers *set, const prism_tokenizer *tokenizer,
                                prism_error *err) {
    prs_tokenizer taken = {
        .tokenize = tokenizer->tokenize, .ctx = tokenizer->ctx, .release = tokenizer->release};
    PRS_TRY(take_name(taken.name, tokenizer->name, "name", err));
    PRS_TRY(take_name(taken.version, tokenizer->version, "version", err));
    if (taken.tokenize == NULL) {
        return prs_error_set(err, PRISM_EINVAL, "the tokenizer \"%s\" has no function", taken.name);
    }
    PRS_TRY(check_free(set, taken.name, err));
    if (atomic_load_explicit(&set->refs, memory_order_acquire) != 1) {
        return prs_error_set(err, PRISM_EMISUSE,
                             "the set of tokenizers is in use: it takes no more");
    }
    if (!prs_tokenizer_list_push(&set->list, taken)) return prs_error_nomem(err);
    return PRISM_OK;
}
