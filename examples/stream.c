/* stream.c - feed NDJSON from standard input, commit every thousand lines, skip bad lines and say
 * where they are.
 *
 *   cc stream.c $(pkg-config --cflags --libs prismsearch) -o stream && ./stream /tmp/news-index < articles.ndjson */
#define _POSIX_C_SOURCE 200809L
#include <prismsearch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

static int fail(const prism_error *err) {
    fprintf(stderr, "%s: %s\n", prism_status_name(err->code), err->text);
    return 1;
}

/* Open the index, or make it with the default schema. */
static prism_status open_or_create(const char *path, prism_index **index, prism_error *err) {
    prism_status status = prism_index_open(path, NULL, index, err);
    return status == PRISM_ENOTFOUND ? prism_index_create(path, NULL, NULL, index, err) : status;
}

int main(int argc, char **argv) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_writer *writer = NULL;
    unsigned long number = 0, taken = 0;
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    if (open_or_create(argc > 1 ? argv[1] : "news-index", &index, &err) != PRISM_OK)
        return fail(&err);
    if (prism_writer_open(index, NULL, &writer, &err) != PRISM_OK) return fail(&err);
    while ((len = getline(&line, &cap, stdin)) > 0) {
        number++;
        prism_status status =
            prism_writer_put_json(writer, line, (size_t)len, PRISM_PUT_REPLACE, &err);
        if (status == PRISM_EPARSE || status == PRISM_EREJECTED || status == PRISM_ELIMIT)
            fprintf(stderr, "line %lu, column %u: %s\n", number, err.column, err.text);
        else if (status != PRISM_OK)
            return fail(&err);
        else if (++taken % 1000 == 0 &&
                 prism_writer_commit(writer, NULL, 0, NULL, &err) != PRISM_OK)
            return fail(&err);
    }
    uint64_t generation;
    if (prism_writer_commit(writer, NULL, 0, &generation, &err) != PRISM_OK) return fail(&err);
    printf("%lu documents, generation %llu\n", taken, (unsigned long long)generation);
    prism_writer_close(writer);
    prism_index_close(index);
    free(line);
    return 0;
}
