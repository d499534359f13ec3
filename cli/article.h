/* article.h - a plain file as a document. */
#ifndef PSEARCH_ARTICLE_H
#define PSEARCH_ARTICLE_H

#include "load.h"

/** Fill `doc` from the text of a file: id = path (a text from standard input has none, and gets one
 *  by its content), title, body, front matter fields.  Names in the front matter that the schema
 *  does not know are left out and counted;
 *  with `strict` they reject the file.
 *  Errors : PRISM_EREJECTED, PRISM_ELIMIT, with the line of the front matter */
prism_status article_from_text(prism_doc *doc, const char *path, const char *text, size_t len,
                               prism_error *err);
prism_status article_from_markdown(prism_doc *doc, const char *path, const char *text, size_t len,
                                   bool strict, tally *left_out, prism_error *err);

#endif
