/* stream.c - feed an index from a stream: a JSON document a line, bad lines told and skipped.
 *
 *   cc stream.c $(pkg-config --cflags --libs prismsearch) -o stream
 *   ./stream /tmp/news-index < articles.ndjson
 *
 * What is wrong with one document (PRISM_EPARSE, PRISM_EREJECTED, PRISM_ELIMIT) leaves the writer
 * as it was; everything else ends the load, and what was committed stays.  Ends with 0 if every
 * line was taken, 1 if some were skipped, 2 if the load failed. */
#define _POSIX_C_SOURCE 200809L /* getline */
#include <prismsearch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#define BATCH 1000 /* documents a commit: a commit waits for the disk */

typedef struct loader {
    prism_index *index;
    prism_writer *writer;
    unsigned long lines, taken, skipped;
    prism_error err;
} loader;

/* The index at path; one with the default schema if there is none. */
static prism_status open_or_create(loader *l, const char *path) {
    prism_status status = prism_index_open(path, NULL, &l->index, &l->err);
    if (status == PRISM_ENOTFOUND)
        status = prism_index_create(path, NULL, NULL, &l->index, &l->err);
    return status;
}

static prism_status put_line(loader *l, const char *line, size_t len) {
    prism_status status = prism_writer_put_json(l->writer, line, len, PRISM_PUT_REPLACE, &l->err);
    l->lines++;
    if (status == PRISM_EPARSE || status == PRISM_EREJECTED || status == PRISM_ELIMIT) {
        fprintf(stderr, "line %lu, column %u: %s\n", l->lines, (unsigned)l->err.column,
                l->err.text);
        l->skipped++;
        return PRISM_OK;
    }
    if (status != PRISM_OK) return status;
    if (++l->taken % BATCH != 0) return PRISM_OK;
    return prism_writer_commit(l->writer, NULL, 0, NULL, &l->err);
}

/* Every line of standard input, then the last commit. */
static prism_status load(loader *l) {
    prism_status status = PRISM_OK;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len = 0;
    while (status == PRISM_OK && (len = getline(&line, &cap, stdin)) > 0)
        status = put_line(l, line, (size_t)len);
    free(line);
    if (status != PRISM_OK) return status;
    if (!feof(stdin)) { /* half of a stream is not committed */
        snprintf(l->err.text, sizeof l->err.text, "standard input cannot be read to its end");
        return PRISM_EIO;
    }
    return prism_writer_commit(l->writer, NULL, 0, NULL, &l->err);
}

int main(int argc, char **argv) {
    loader l = {NULL, NULL, 0, 0, 0, PRISM_ERROR_INIT};
    prism_status status = open_or_create(&l, argc > 1 ? argv[1] : "news-index");
    if (status == PRISM_OK) status = prism_writer_open(l.index, NULL, &l.writer, &l.err);
    if (status == PRISM_OK) status = load(&l);
    if (status != PRISM_OK) fprintf(stderr, "%s: %s\n", prism_status_name(status), l.err.text);
    printf("%lu taken, %lu skipped\n", l.taken, l.skipped);
    prism_writer_close(l.writer); /* gives up what is not committed */
    prism_index_close(l.index);
    return status != PRISM_OK ? 2 : l.skipped > 0;
}
