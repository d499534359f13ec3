/* story.c - the index that a story of tests/scenarios tells of. */
#include "story.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool put(prism_writer *writer, json_t *documents, prism_error *err) {
    size_t i;
    json_t *doc;
    json_array_foreach(documents, i, doc) {
        char *text = json_dumps(doc, JSON_COMPACT);
        prism_status status =
            prism_writer_put_json(writer, text, strlen(text), PRISM_PUT_REPLACE, err);
        free(text);
        if (status != PRISM_OK) return false;
    }
    return prism_writer_commit(writer, NULL, 0, NULL, err) == PRISM_OK;
}

/* Another index, on disk, of these documents; then it is taken in. */
static bool adopt(prism_writer *writer, const char *path, json_t *documents, prism_error *err) {
    prism_index *index = NULL;
    prism_writer *other = NULL;
    if (documents == NULL) return true;
    bool done = prism_index_create(path, NULL, NULL, &index, err) == PRISM_OK &&
                prism_writer_open(index, NULL, &other, err) == PRISM_OK &&
                put(other, documents, err);
    prism_writer_close(other);
    prism_index_close(index);
    return done && prism_writer_add_segments(writer, &path, 1, NULL, NULL, err) == PRISM_OK;
}

static bool delete_query(prism_index *index, prism_writer *writer, json_t *queries,
                         prism_error *err) {
    size_t i;
    json_t *text;
    json_array_foreach(queries, i, text) {
        prism_query *query;
        const char *q = json_string_value(text);
        if (prism_query_parse(prism_index_schema(index), q, strlen(q), NULL, &query, err) !=
            PRISM_OK)
            return false;
        prism_status status = prism_writer_delete_query(writer, query, NULL, err);
        prism_query_unref(query);
        if (status != PRISM_OK) return false;
    }
    return true;
}

prism_index *story_build(json_t *story, const char *path, const char *other, prism_error *err) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    size_t i;
    json_t *key;
    opts.in_memory = path == NULL;
    bool done =
        prism_index_create(path ? path : "scenario", NULL, &opts, &index, err) == PRISM_OK &&
        prism_writer_open(index, NULL, &writer, err) == PRISM_OK &&
        put(writer, json_object_get(story, "documents"), err);
    json_array_foreach(json_object_get(story, "delete"), i, key) {
        const char *text = json_string_value(key);
        done = done && prism_writer_delete(writer, text, strlen(text), NULL, err) == PRISM_OK;
    }
    done = done && adopt(writer, other, json_object_get(story, "adopt"), err) &&
           delete_query(index, writer, json_object_get(story, "delete_query"), err) &&
           put(writer, json_object_get(story, "later"), err);
    prism_writer_close(writer);
    if (done) return index;
    prism_index_close(index);
    return NULL;
}
