/* build.h - make query trees within the limits: what parser, rewrite and the JSON reader build
 * with. */
#ifndef PRS_QUERY_BUILD_H
#define PRS_QUERY_BUILD_H

#include "base/buf.h"
#include "query/ast.h"

#define PRS_MAX_BOOST 1e6 /* of one node; products along a path may be larger */

/** A query object with an empty tree (root NULL) and its arena.  Owned: prs_query_unref. */
prism_status prs_query_new(const prism_schema *schema, prism_query **out, prism_error *err);
prism_query *prs_query_ref(prism_query *query);
void prs_query_unref(prism_query *query);

/** A node with boost 1 and nothing in it; NULL with *err filled: ELIMIT above
 *  PRISM_MAX_QUERY_NODES, ENOMEM. */
prs_node *prs_build_node(prism_query *query, prs_node_kind kind, prism_error *err);
/** Memory in the query's arena; NULL with ENOMEM in *err. */
void *prs_build_alloc(prism_query *query, size_t n, prism_error *err);
/** A term key (kind byte + text) in the arena; ptr NULL with *err filled: ELIMIT above
 *  PRISM_MAX_TERM_BYTES. */
prs_bytes prs_build_key(prism_query *query, uint8_t kind, const void *text, size_t len,
                        prism_error *err);
/** Append a child to one of a node's lists (must, should, ...): grows by doubling in the arena. */
prism_status prs_build_child(prism_query *query, prs_node ***list, uint32_t *n, prs_node *child,
                             prism_error *err);
/** Set the root after checking depth (ELIMIT above PRISM_MAX_QUERY_DEPTH) and the form of every
 *  node. */
prism_status prs_build_root(prism_query *query, prs_node *root, prism_error *err);

/** Static name of a kind, "term"; and the shape of a tree for benchmark classes. */
const char *prs_node_kind_name(prs_node_kind kind);
const char *prs_query_shape(const prism_query *query);

/** As prism_query_parse.  opts is not NULL. */
prism_status prs_query_parse(const prism_schema *schema, const char *text, size_t len,
                             const prism_query_opts *opts, prism_query **out, prism_error *err);

/** Tree to JSON text and back; the form is in psearch-query(7). */
prism_status prs_query_to_json(const prism_query *query, prs_buf *out, prism_error *err);
prism_status prs_query_from_json(const prism_schema *schema, const char *text, size_t len,
                                 prism_query **out, prism_error *err);

#endif
