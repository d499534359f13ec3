/* story.h - the documents of a story (see run_scenarios.c for its members) as an index. */
#ifndef PRS_TESTS_STORY_H
#define PRS_TESTS_STORY_H

#include <prismsearch.h>

#include <jansson.h>

/** Put, adopt, delete as the story says.
 *  Params : path of the index, NULL = in memory; other = path for the documents to be adopted
 *  Returns: [owned: prism_index_close]; NULL and *err when a step failed */
prism_index *story_build(json_t *story, const char *path, const char *other, prism_error *err);

#endif
