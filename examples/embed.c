/* embed.c - prismsearch in your program: make an index, put an article, ask, print the hits.
 *
 *   cc embed.c $(pkg-config --cflags --libs prismsearch) -o embed && ./embed /tmp/news-index */
#include <prismsearch.h>
#include <stdio.h>
#include <string.h>

/* [README] */
static int put_and_ask(const char *path, const char *article, const char *question) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    prism_snapshot *snap = NULL;
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    int ok = prism_index_create(path, NULL, NULL, &index, &err) == PRISM_OK &&
             prism_writer_open(index, NULL, &writer, &err) == PRISM_OK &&
             prism_writer_put_json(writer, article, strlen(article), PRISM_PUT_REPLACE, &err) ==
                 PRISM_OK &&
             prism_writer_commit(writer, NULL, 0, NULL, &err) == PRISM_OK && /* on disk now */
             prism_snapshot_open(index, &snap, &err) == PRISM_OK &&
             prism_query_parse(prism_index_schema(index), question, strlen(question), NULL, &query,
                               &err) == PRISM_OK &&
             prism_search(snap, query, NULL, &hits, &err) == PRISM_OK;
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        printf("%.*s %.4f\n", (int)hit.key_len, hit.key, (double)hit.score);
    }
    if (!ok) fprintf(stderr, "%s: %s\n", prism_status_name(err.code), err.text);
    prism_hits_free(hits); /* NULL is fine for all of these */
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    prism_writer_close(writer);
    prism_index_close(index);
    return ok ? 0 : 1;
}
/* [README] */

int main(int argc, char **argv) {
    return put_and_ask(
        argc > 1 ? argv[1] : "news-index",
        "{\"id\":\"1\",\"title\":\"數據中心\",\"body\":\"Who pays for AI's power?\"}",
        argc > 2 ? argv[2] : "数据中心 power");
}
