/* load.h - from one input file to documents in a writer. */
#ifndef PSEARCH_LOAD_H
#define PSEARCH_LOAD_H

#include "cli.h"
#include "progress.h"

/* A counter that remembers its first case, for the report at the end. */
typedef struct tally {
    uint64_t n;
    char first[128];
} tally;

/* What put and add are doing. */
typedef struct loader {
    const cli_options *options;
    prism_index *index;
    prism_writer *writer;
    prism_doc *doc;
    unsigned flags;
    FILE *rejects;
    progress progress;
    uint64_t documents, rejected, mended, committed_at, generation;
    uint64_t bytes;       /* unpacked, of everything read */
    uint64_t packed_done; /* of the files that are finished, as they lie on disk */
    tally left_out;       /* front matter names that the schema does not know */
    tally empty;          /* files without anything in them */
} loader;

void tally_add(tally *t, const char *what);

/** Put the documents of a file ("-" = standard input).  0 to go on, else an exit code, told. */
int load_file(loader *l, const char *path);
/** A file or record that cannot be taken: tell it, keep it in --rejects; 0 to go on, else an exit
 *  code. */
int load_reject(loader *l, const char *path, const prism_error *err, const char *record,
                size_t len);
/** Commit what has been put; 0 or an exit code, told. */
int load_commit(loader *l);

/* kind.c: what is in a file? */
typedef enum { KIND_NDJSON, KIND_TEXT, KIND_MARKDOWN, KIND_BINARY, KIND_UNBUILT } file_kind;
/** By its name, else by its first bytes. */
file_kind kind_guess(const char *path, const uint8_t *head, size_t n);

#endif
