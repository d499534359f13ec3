/* embed.c - prismsearch inside your program: index two articles, ask a question, print the hits.
 *
 *   cc embed.c $(pkg-config --cflags --libs prismsearch) -o embed && ./embed /tmp/news-index */
#include <prismsearch.h>
#include <stdio.h>
#include <string.h>

static const char *const articles[] = {
    "{\"id\":\"1\",\"title\":\"Custom silicon\",\"body\":\"Every cloud wants chips beside "
    "Nvidia.\"}",
    "{\"id\":\"2\",\"title\":\"數據中心\",\"body\":\"誰為人工智慧的電費買單？\"}",
};

int main(int argc, char **argv) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    prism_snapshot *snap = NULL;
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    const char *path = argc > 1 ? argv[1] : "news-index", *text = argc > 2 ? argv[2] : "数据中心";
    if (prism_index_create(path, NULL, NULL, &index, &err) != PRISM_OK) goto out;
    if (prism_writer_open(index, NULL, &writer, &err) != PRISM_OK) goto out;
    for (size_t i = 0; i < 2; i++)
        if (prism_writer_put_json(writer, articles[i], strlen(articles[i]), PRISM_PUT_REPLACE,
                                  &err) != PRISM_OK)
            goto out;
    if (prism_writer_commit(writer, NULL, 0, NULL, &err) != PRISM_OK) goto out;
    if (prism_snapshot_open(index, &snap, &err) != PRISM_OK) goto out;
    if (prism_query_parse(prism_index_schema(index), text, strlen(text), NULL, &query, &err) !=
        PRISM_OK)
        goto out;
    if (prism_search(snap, query, NULL, &hits, &err) != PRISM_OK) goto out;
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        printf("%.*s %.3f\n", (int)hit.key_len, hit.key, (double)hit.score);
    }
out:
    if (err.code != PRISM_OK) fprintf(stderr, "%s: %s\n", prism_status_name(err.code), err.text);
    prism_hits_free(hits);
    prism_query_unref(query);
    prism_snapshot_unref(snap);
    prism_writer_close(writer);
    prism_index_close(index);
    return err.code != PRISM_OK;
}
