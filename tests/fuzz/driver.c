/* driver.c - how does a fuzz program run without a fuzzer?
 *
 * Reads its corpus, a text file beside the sources, one input a line: printable ASCII stands for
 * itself, any byte may be written \xNN, a backslash is \\.  Each input runs as it is, then mutated:
 * bytes changed, cut, joined with other inputs, the same every time.  Given files as arguments, it
 * runs those and nothing else.  Speaks TAP: the program either ends well or does not end.
 * PRISM_FUZZ_RUNS says how many mutations of each input (default 8). */
#include "fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INPUTS = 512, MOST_BYTES = 1 << 16 };

typedef struct input {
    uint8_t *bytes;
    size_t len;
} input;

static input corpus[MOST_INPUTS];
static size_t n_corpus;
static uint64_t state = 20261130;

static uint32_t below(uint32_t n) {
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) % n);
}

static int digit(int c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

/* Take one line apart; comments and empty lines give nothing. */
static void add_line(const char *line, size_t n) {
    if (n == 0 || line[0] == '#' || n_corpus == MOST_INPUTS) return;
    uint8_t *out = malloc(n);
    size_t len = 0;
    if (out == NULL) fuzz_fail("out of memory", NULL);
    for (size_t i = 0; i < n; i++) {
        if (line[i] != '\\' || i + 1 >= n) {
            out[len++] = (uint8_t)line[i];
        } else if (line[i + 1] == 'x' && i + 3 < n) {
            out[len++] = (uint8_t)(digit(line[i + 2]) << 4 | digit(line[i + 3]));
            i += 3;
        } else {
            out[len++] = (uint8_t)line[++i];
        }
    }
    corpus[n_corpus++] = (input){out, len};
}

static bool read_corpus(const char *path) {
    FILE *file = fopen(path, "rb");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    if (file == NULL) return false;
    while ((n = getline(&line, &cap, file)) > 0) {
        if (line[n - 1] == '\n') n--;
        add_line(line, (size_t)n);
    }
    free(line);
    (void)fclose(file);
    return true;
}

/* Run on a block of exactly that size, so that reading past its end is noticed. */
static void run(const uint8_t *bytes, size_t len) {
    uint8_t *copy = malloc(len ? len : 1);
    if (copy == NULL) fuzz_fail("out of memory", NULL);
    memcpy(copy, bytes, len);
    (void)LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

static void run_mutated(const input *from) {
    static uint8_t buf[2 * MOST_BYTES];
    static const uint8_t odd[] = {0, 1, 0x7f, 0x80, 0xff, '"', '\\', '(', ')', '*', '{', '['};
    size_t len = from->len < MOST_BYTES ? from->len : MOST_BYTES;
    memcpy(buf, from->bytes, len);
    for (uint32_t n = 1 + below(4); n > 0; n--) {
        size_t at = len ? below((uint32_t)len) : 0;
        const input *other = &corpus[below((uint32_t)n_corpus)];
        switch (below(6)) {
        case 0:
            if (len) buf[at] = (uint8_t)below(256);
            break;
        case 1:
            if (len) buf[at] = odd[below(sizeof odd)];
            break;
        case 2:
            if (len) buf[at] ^= (uint8_t)(1u << below(8));
            break;
        case 3: len = at; break;
        case 4:
            if (len < MOST_BYTES && len > 0) {
                memmove(buf + at + 1, buf + at, len - at);
                buf[at] = odd[below(sizeof odd)];
                len++;
            }
            break;
        default:
            if (other->len > 0 && other->len < MOST_BYTES && len < MOST_BYTES) {
                size_t cut = below((uint32_t)other->len);
                memcpy(buf + at, other->bytes + cut, other->len - cut);
                len = at + other->len - cut;
            }
        }
    }
    run(buf, len);
}

static void run_file(const char *path) {
    static uint8_t buf[1 << 20];
    FILE *file = fopen(path, "rb");
    if (file == NULL) fuzz_fail(path, NULL);
    size_t len = fread(buf, 1, sizeof buf, file);
    (void)fclose(file);
    run(buf, len);
}

int main(int argc, char **argv) {
    const char *name = strrchr(argv[0], '/'), *srcdir = getenv("PRISM_SRCDIR"),
               *runs = getenv("PRISM_FUZZ_RUNS");
    char path[4096];
    for (int i = 1; i < argc; i++) run_file(argv[i]);
    if (argc > 1) return 0;
    name = name != NULL ? name + 1 : argv[0];
    if (strncmp(name, "lt-", 3) == 0) name += 3;
    snprintf(path, sizeof path, "%s/tests/fuzz/%s.txt", srcdir != NULL ? srcdir : ".", name);
    if (!read_corpus(path)) {
        printf("not ok 1 - no corpus: %s\n1..1\n", path);
        return 1;
    }
    unsigned long n_runs = runs != NULL ? strtoul(runs, NULL, 10) : 8;
    size_t n = n_corpus;
    for (size_t i = 0; i < n; i++) {
        run(corpus[i].bytes, corpus[i].len);
        for (unsigned long k = 0; k < n_runs; k++) run_mutated(&corpus[i]);
    }
    printf("# %zu inputs, %lu mutations of each\nok 1 - nothing broke\n1..1\n", n, n_runs);
    for (size_t i = 0; i < n_corpus; i++) free(corpus[i].bytes);
    return 0;
}
