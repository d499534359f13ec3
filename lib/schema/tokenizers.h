/* tokenizers.h - the caller's tokenizers, as schemas and indexes share them. */
#ifndef PRS_SCHEMA_TOKENIZERS_H
#define PRS_SCHEMA_TOKENIZERS_H

#include "base/prs.h"

#include <prismsearch/ext/tokenizer.h>

#define PRS_TOKENIZER_NAME_MAX 31u /* bytes of a name and of a version */

typedef struct prs_tokenizer {
    char name[PRS_TOKENIZER_NAME_MAX + 1], version[PRS_TOKENIZER_NAME_MAX + 1];
    prism_tokenize_fn tokenize;
    void *ctx;
    void (*release)(void *ctx);
} prs_tokenizer;

/** As the public functions of these names.   Params : arguments are not NULL */
prism_status prs_tokenizers_new(prism_tokenizers **out, prism_error *err);
prism_status prs_tokenizers_add(prism_tokenizers *set, const prism_tokenizer *tokenizer,
                                prism_error *err);
void prs_tokenizers_unref(prism_tokenizers *set);

/** Another reference, NULL for NULL: from now on the set does not change.   Threads: any */
prism_tokenizers *prs_tokenizers_ref(prism_tokenizers *set);
/** The tokenizer of a name, or NULL; set may be NULL.   Out: borrowed from the set */
const prs_tokenizer *prs_tokenizers_find(const prism_tokenizers *set, const char *name);

#endif
