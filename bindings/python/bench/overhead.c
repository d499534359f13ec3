/* overhead.c - what do the C calls cost that a search from Python is made of?
 *
 *     overhead INDEX QUERIES LIMIT ROUNDS DOCUMENTS
 *
 * Reads queries, one a line, and prints for each round the seconds of all of them: parse, search,
 * and, with DOCUMENTS 1, read the stored text of each hit, as hit.fields does.  overhead.py runs it
 * in turn with Python, on the same index, and prints the ratio.
 *
 * malloc keeps what is freed, as it does in Python, whose heap never ends in free memory: given
 * back after each search and asked for again, it would cost C half of its time. */
#include <prismsearch.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void give_up(const char *what, const prism_error *err) {
    fprintf(stderr, "%s: %s\n", what, err->text);
    exit(1);
}

/* Bytes of the documents found. */
static size_t ask(prism_snapshot *snap, const char *text, uint32_t limit, int documents) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_query *query = NULL;
    prism_hits *hits = NULL;
    size_t bytes = 0;
    opts.k = limit;
    if (prism_query_parse(prism_snapshot_schema(snap), text, strlen(text), NULL, &query, &err) !=
            PRISM_OK ||
        prism_search(snap, query, &opts, &hits, &err) != PRISM_OK)
        give_up(text, &err);
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        char *json = NULL;
        size_t len = 0;
        prism_hits_get(hits, i, &hit);
        bytes += hit.key_len;
        if (!documents) continue;
        if (prism_document_get(snap, hit.gdoc, &json, &len, &err) != PRISM_OK) give_up(text, &err);
        bytes += len;
        prism_free_text(json);
    }
    prism_hits_free(hits);
    prism_query_unref(query);
    return bytes;
}

static char **read_lines(const char *path, size_t *n) {
    char line[4096];
    char **lines = NULL;
    FILE *f = fopen(path, "r");
    if (f == NULL) exit(2);
    for (*n = 0; fgets(line, sizeof line, f) != NULL; ++*n) {
        line[strcspn(line, "\n")] = '\0';
        lines = realloc(lines, (*n + 1) * sizeof *lines);
        if (lines == NULL || (lines[*n] = strdup(line)) == NULL) exit(2);
    }
    fclose(f);
    return lines;
}

int main(int argc, char **argv) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_snapshot *snap = NULL;
    size_t n, bytes = 0;
    if (argc != 6) return 2;
    if (mallopt(M_TRIM_THRESHOLD, 1 << 30) == 0 || mallopt(M_MMAP_THRESHOLD, 1 << 24) == 0)
        return 2;
    char **lines = read_lines(argv[2], &n);
    if (prism_index_open(argv[1], NULL, &index, &err) != PRISM_OK ||
        prism_snapshot_open(index, &snap, &err) != PRISM_OK)
        give_up(argv[1], &err);
    uint32_t limit = (uint32_t)strtol(argv[3], NULL, 10);
    int documents = argv[5][0] == '1';
    for (long round = strtol(argv[4], NULL, 10); round > 0; round--) {
        double began = now();
        for (size_t i = 0; i < n; i++) bytes += ask(snap, lines[i], limit, documents);
        printf("%.6f\n", now() - began);
    }
    fprintf(stderr, "%zu bytes of keys and documents\n", bytes);
    for (size_t i = 0; i < n; i++) free(lines[i]);
    free(lines);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return 0;
}
