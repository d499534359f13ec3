/* queries.h - a random query made twice: a naive tree, and the same tree as JSON for the engine. */
#ifndef PRISM_DIFF_QUERIES_H
#define PRISM_DIFF_QUERIES_H

#include "diff/world.h"

typedef struct diff_query {
    nv_node *root;
    char *json;
    void **blocks; /* everything that the tree is made of */
    size_t n_blocks, cap_blocks;
} diff_query;

void diff_query_make(diff_query *q, diff_world *w);
void diff_query_free(diff_query *q);
/** n zero bytes that live as long as the query. */
void *diff_query_take(diff_query *q, size_t n);

#endif
