/* texts.h - random query texts with their meaning, read independently of the engine's parser. */
#ifndef PRISM_DIFF_TEXTS_H
#define PRISM_DIFF_TEXTS_H

#include "diff/queries.h"

typedef struct diff_text {
    char text[1024];
    prism_operator op;  /* how it is to be read */
    diff_query meaning; /* root only; free with diff_query_free */
} diff_text;

/** A query text of the forms in psearch-query(7), and the tree that it stands for. */
void diff_text_make(diff_text *t, diff_world *w);

#endif
