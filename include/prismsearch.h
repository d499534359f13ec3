/* prismsearch.h - full-text search over mixed English and Chinese text, as a C library.
 *
 *   prism_index *ix; prism_writer *w; prism_snapshot *s; prism_query *q; prism_hits *h;
 *   prism_error err = PRISM_ERROR_INIT;
 *   prism_index_create("news", NULL, NULL, &ix, &err);
 *   prism_writer_open(ix, NULL, &w, &err);
 *   prism_writer_put_json(w, doc, doc_len, PRISM_PUT_REPLACE, &err);
 *   prism_writer_commit(w, NULL, 0, NULL, &err);
 *   prism_writer_close(w);
 *   prism_snapshot_open(ix, &s, &err);
 *   prism_query_parse(prism_index_schema(ix), text, text_len, NULL, &q, &err);
 *   prism_search(s, q, NULL, &h, &err);
 *
 * A whole program is examples/embed.c. */
#ifndef PRISMSEARCH_H
#define PRISMSEARCH_H

#include <prismsearch/base.h>
#include <prismsearch/error.h>
#include <prismsearch/schema.h>
#include <prismsearch/index.h>
#include <prismsearch/writer.h>
#include <prismsearch/maintain.h>
#include <prismsearch/vocabulary.h>
#include <prismsearch/query.h>
#include <prismsearch/search.h>
/* Stable within a minor version only. */
#include <prismsearch/ext/tokenizer.h>

#endif
