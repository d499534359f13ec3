/* ref_check.c - what does the second reader see, and does the library agree?
 *
 *     ref_check dump DIRECTORY...      everything as text (ref_dump.c), with ids and block forms
 *     ref_check agree DIRECTORY...     compare with the library and with an independent inversion
 *     ref_check answers DIRECTORY...   the library's answers to fixed queries
 *     ref_check map DIRECTORY...       the sections of all files: component, field, offset, length
 *     ref_check zstd                   the version of zstd, on which the bytes of frames depend
 *
 * Exit status 0, or 1 with a sentence on standard error at the first thing that is not as it should
 * be. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "second.h"

void complain(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("ref_check: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void complain_error(const char *what, const prism_error *err) {
    complain("%s: %s %s (%s)", what, prism_status_name(err->code), err->text, err->file);
}

static void dump(const char *directory) {
    ref_index *ix = ref_open(directory);
    ref_dump(ix, stdout, 1);
    ref_close(ix);
}

static void map_file(const ref_file *f) {
    for (uint32_t i = 0; i < f->n_sections; i++) {
        const ref_section *s = &f->sections[i];
        printf("%s component %u", f->name, s->component);
        if (s->field != REF_NO_FIELD) printf(" field %u", s->field);
        printf(" at %llu length %llu\n", (unsigned long long)s->off, (unsigned long long)s->len);
    }
}

static void map(const char *directory) {
    ref_index *ix = ref_open(directory);
    map_file(ix->commit);
    if (ix->deletes != NULL) map_file(ix->deletes);
    for (uint32_t i = 0; i < ix->n_segments; i++) {
        map_file(ix->segments[i].idx);
        map_file(ix->segments[i].doc);
    }
    ref_close(ix);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "zstd") == 0)
        puts(ZSTD_versionString());
    else if (argc < 3)
        complain("usage: ref_check dump|agree|answers|map DIRECTORY...");
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[1], "dump") == 0)
            dump(argv[i]);
        else if (strcmp(argv[1], "agree") == 0)
            agree(argv[i]);
        else if (strcmp(argv[1], "map") == 0)
            map(argv[i]);
        else if (strcmp(argv[1], "answers") == 0)
            answers(argv[i], stdout);
        else
            complain("no such command: %s", argv[1]);
    }
    if (fflush(stdout) != 0) complain("standard output cannot be written");
    return 0;
}
