/* zipf.c - the generated corpus as NDJSON on standard output.
 *
 *     zipf [--docs N] [--first N] [--seed N] [--text ascii|han|mixed] [--median WORDS]
 *          [--sigma THOUSANDTHS]
 *
 * The same line for the same number, seed and options, on every machine (zipf.h).  A reader that
 * goes away ends it.
 * Tested by: tests/bench/zipf.sh */
#include "zipf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 1 << 18 };

typedef struct arguments {
    zipf_options options;
    uint64_t n, first;
} arguments;

static int usage(void) {
    fputs("usage: zipf [--docs N] [--first N] [--seed N] [--text ascii|han|mixed] [--median WORDS] "
          "[--sigma THOUSANDTHS]\n",
          stderr);
    return 2;
}

static int read_script(const char *text, zipf_script *script) {
    static const char *const names[] = {"ascii", "han", "mixed"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) != 0) continue;
        *script = (zipf_script)i;
        return 1;
    }
    return 0;
}

/* Digits only, not more than `most`. */
static int read_number(const char *text, uint64_t most, uint64_t *out) {
    char *end;
    if (*text < '0' || *text > '9') return 0;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' && *out <= most;
}

static int read_argument(const char *name, const char *value, arguments *a) {
    uint64_t number = 0;
    if (strcmp(name, "--text") == 0) return read_script(value, &a->options.script);
    if (strcmp(name, "--seed") == 0) return read_number(value, UINT64_MAX, &a->options.seed);
    if (strcmp(name, "--docs") == 0) return read_number(value, 1000000000, &a->n);
    if (strcmp(name, "--first") == 0) return read_number(value, 1000000000, &a->first);
    if (strcmp(name, "--median") == 0) {
        int good = read_number(value, ZIPF_MAX_WORDS, &number) && number > 0;
        a->options.median = (uint32_t)number;
        return good;
    }
    if (strcmp(name, "--sigma") == 0) {
        int good = read_number(value, 5000, &number);
        a->options.sigma = (uint32_t)number;
        return good;
    }
    return 0;
}

static int flush(const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return 0;
        bytes += n;
        len -= (size_t)n;
    }
    return 1;
}

static int generate(const arguments *a, const zipf *z, char *buffer) {
    size_t len = 0;
    for (uint64_t i = 0; i < a->n; i++) {
        len += zipf_document(z, a->first + i, buffer + len);
        if (len < BUFFER) continue;
        if (!flush(buffer, len)) return 0;
        len = 0;
    }
    return flush(buffer, len);
}

int main(int argc, char **argv) {
    arguments a = {ZIPF_OPTIONS_INIT, 10000, 0};
    for (int i = 1; i < argc; i += 2)
        if (i + 1 == argc || !read_argument(argv[i], argv[i + 1], &a)) return usage();
    zipf *z = zipf_new(&a.options);
    char *buffer = malloc(BUFFER + ZIPF_MAX_DOCUMENT);
    int done = z != NULL && buffer != NULL && generate(&a, z, buffer);
    if (!done) perror("zipf");
    free(buffer);
    zipf_free(z);
    return done ? 0 : 8;
}
