/* driver.c - how does a fuzz program run without a fuzzer?
 *
 * Reads its corpus: a text file beside the sources, one input a line (printable ASCII stands for
 * itself, any byte may be written \xNN, a backslash is \\), and the files of corpus/NAME, which a
 * fuzzer found and minimised.  Each input runs as it is, then mutated: bytes changed, cut, joined
 * with other inputs, or as the program's own LLVMFuzzerCustomMutator does it; the same every time.
 * Given files as arguments, it runs those and nothing else.  Speaks TAP: the program either ends
 * well or does not end.
 *
 *   PRISM_FUZZ_RUNS=n      mutations of each line of the text file (default 8); of files an eighth
 *   PRISM_FUZZ_SECONDS=n   instead, mutate for so long, and print `counters: ...`
 *   PRISM_SEED=n           of the mutations
 *   PRISM_FUZZ_CPU=n       seconds of CPU time that one case may take (default 10, for slow builds
 *                          on busy machines; tools/fuzz.sh is stricter) */
#include "fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { MOST_INPUTS = 4096, MOST_BYTES = 1 << 16 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                                                     unsigned seed);

typedef struct input {
    uint8_t *bytes;
    size_t len;
} input;

static input corpus[MOST_INPUTS];
static size_t n_corpus;
static uint64_t state = 20261130, n_cases;
static double most_cpu = 10;

static uint32_t below(uint32_t n) {
    return (uint32_t)(fuzz_next(&state) % n);
}

static unsigned long number_of(const char *variable, unsigned long usual) {
    const char *text = getenv(variable);
    return text != NULL ? strtoul(text, NULL, 10) : usual;
}

/* ---- the corpus ------------------------------------------------------------------------------ */

static int digit(int c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

/* Take one line apart; comments and empty lines give nothing. */
static void add_line(const char *line, size_t n) {
    if (n == 0 || line[0] == '#' || n_corpus == MOST_INPUTS) return;
    uint8_t *out = fuzz_malloc(n);
    size_t len = 0;
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

static bool read_lines(const char *path) {
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

static input read_file(const char *path) {
    input in = {fuzz_malloc(MOST_BYTES), 0};
    FILE *file = fopen(path, "rb");
    if (file == NULL) fuzz_fail(path, NULL);
    in.len = fread(in.bytes, 1, MOST_BYTES, file);
    (void)fclose(file);
    return in;
}

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_files(const char dir[4096]) {
    struct dirent **names;
    int n = scandir(dir, &names, NULL, by_name);
    for (int i = 0; i < n; i++) {
        char path[4096 + 256];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && n_corpus < MOST_INPUTS)
            corpus[n_corpus++] = read_file(path);
        free(names[i]);
    }
    if (n >= 0) free(names);
}

/* ---- runs ------------------------------------------------------------------------------------ */

static double cpu_time(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* On a block of exactly that size, so that reading past its end is noticed. */
static void run(const uint8_t *bytes, size_t len) {
    uint8_t *copy = fuzz_malloc(len);
    memcpy(copy, bytes, len);
    double before = cpu_time();
    (void)LLVMFuzzerTestOneInput(copy, len);
    if (cpu_time() - before > most_cpu) fuzz_fail("a case takes too long", NULL);
    n_cases++;
    free(copy);
}

static size_t mutate_once(uint8_t *buf, size_t len, size_t max) {
    static const uint8_t odd[] = {0, 1, 0x7f, 0x80, 0xff, '"', '\\', '(', ')', '*', '{', '['};
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
    case 3: return at;
    case 4:
        if (len >= max || len == 0) break;
        memmove(buf + at + 1, buf + at, len - at);
        buf[at] = odd[below(sizeof odd)];
        return len + 1;
    default: {
        size_t cut = other->len ? below((uint32_t)other->len) : 0, n = other->len - cut;
        if (n > max - at) n = max - at;
        memcpy(buf + at, other->bytes + cut, n);
        return at + n;
    }
    }
    return len;
}

/* What a program's own mutator calls where bytes are just bytes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) {
    for (uint32_t n = 1 + below(4); n > 0; n--) size = mutate_once(data, size, max);
    return size;
}

static void run_mutated(const input *from) {
    static uint8_t buf[MOST_BYTES];
    memcpy(buf, from->bytes, from->len);
    size_t len =
        LLVMFuzzerCustomMutator != NULL
            ? LLVMFuzzerCustomMutator(buf, from->len, sizeof buf, (unsigned)fuzz_next(&state))
            : LLVMFuzzerMutate(buf, from->len, sizeof buf);
    run(buf, len);
}

static void run_for(unsigned long seconds, const char *name, unsigned long seed) {
    double begin = cpu_time();
    time_t end = time(NULL) + (time_t)seconds;
    while (time(NULL) < end)
        for (int i = 0; i < 64; i++) run_mutated(&corpus[below((uint32_t)n_corpus)]);
    printf("counters: %s cases=%llu seconds=%.0f seed=%lu findings=0\n", name,
           (unsigned long long)n_cases, cpu_time() - begin, seed);
}

static const char *own_name(const char *path) {
    const char *name = strrchr(path, '/');
    name = name != NULL ? name + 1 : path;
    return strncmp(name, "lt-", 3) == 0 ? name + 3 : name;
}

static void run_arguments(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        input in = read_file(argv[i]);
        run(in.bytes, in.len);
        free(in.bytes);
    }
}

int main(int argc, char **argv) {
    const char *name = own_name(argv[0]), *srcdir = getenv("PRISM_SRCDIR");
    unsigned long seconds = number_of("PRISM_FUZZ_SECONDS", 0),
                  runs = number_of("PRISM_FUZZ_RUNS", 8), seed = number_of("PRISM_SEED", 20261130);
    char path[4096];
    state = seed;
    most_cpu = (double)number_of("PRISM_FUZZ_CPU", 10);
    run_arguments(argc, argv);
    if (argc > 1) return 0;
    snprintf(path, sizeof path, "%s/tests/fuzz/%s.txt", srcdir != NULL ? srcdir : ".", name);
    if (!read_lines(path) || n_corpus == 0) {
        printf("not ok 1 - no corpus: %s\n1..1\n", path);
        return 1;
    }
    size_t n_lines = n_corpus;
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", srcdir != NULL ? srcdir : ".", name + 5);
    read_files(path);
    if (seconds > 0) run_for(seconds, name, seed);
    for (size_t i = 0; seconds == 0 && i < n_corpus; i++) {
        run(corpus[i].bytes, corpus[i].len);
        for (unsigned long k = 0; k < (i < n_lines ? runs : (runs + 7) / 8); k++)
            run_mutated(&corpus[i]);
    }
    printf("# %zu inputs, %zu of them found, %llu cases\nok 1 - nothing broke\n1..1\n", n_corpus,
           n_corpus - n_lines, (unsigned long long)n_cases);
    for (size_t i = 0; i < n_corpus; i++) free(corpus[i].bytes);
    return 0;
}
