/* article.h - a text or Markdown file as a document. */
#ifndef PSEARCH_ARTICLE_H
#define PSEARCH_ARTICLE_H

#include <prismsearch.h>

/** Fill `doc` from a file's text: id = path (unless front matter says otherwise), title, body,
 *  front matter fields.  Names in the front matter that the schema does not know are counted in
 *  *unknown (the first is copied to `name`, 64 bytes).
 *  Errors: PRISM_EREJECTED, PRISM_ELIMIT from prism_doc_add, with the line of the front matter. */
prism_status article_from_text(prism_doc *doc, const char *path, const char *text, size_t len,
                               prism_error *err);
prism_status article_from_markdown(prism_doc *doc, const char *path, const char *text, size_t len,
                                   unsigned *unknown, char *name, prism_error *err);

#endif
