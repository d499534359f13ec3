/* snippet.h - the parts of a hit's text that show why it is one. */
#ifndef PRS_SHOW_SNIPPET_H
#define PRS_SHOW_SNIPPET_H

#include "index/snapshot.h"
#include "query/ast.h"

#include <prismsearch/search.h>

#define PRS_SNIPPET_BYTES 240u
#define PRS_SNIPPET_MAX_FRAGMENTS 64u

struct prism_snippet {
    prs_mem mem;
    prs_arena arena; /* texts and spans */
    prism_fragment *fragments;
    uint32_t n, cap;
};

typedef struct prs_snippet_request {
    const prism_snapshot *snap;
    const prism_query *query;
    uint64_t gdoc;
    const char *field;
    uint32_t max_bytes, n_fragments; /* not 0 */
    bool whole_field;
} prs_snippet_request;

/** See prism_snippet_make.   Out: owned: prs_snippet_free */
prism_status prs_snippet_make(const prs_snippet_request *request, prism_snippet **out,
                              prism_error *err) PRS_NODISCARD;
void prs_snippet_free(prism_snippet *snippet);

#endif
