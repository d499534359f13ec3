/* input.h - bytes from files, standard input, gzip and zstd; lines with a limit; directories. */
#ifndef PSEARCH_INPUT_H
#define PSEARCH_INPUT_H

#include <prismsearch.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A byte stream: plain, gzip or zstd, told by the first bytes. */
typedef struct input_stream input_stream;

/** Open a path ("-" = standard input).  EIO or ENOTFOUND with errno and file on failure. */
prism_status input_open(const char *path, input_stream **out, prism_error *err);
void input_close(input_stream *in);
/** Up to n unpacked bytes; *got 0 at the end.  EPARSE: damaged gzip or zstd data (offset of the
 *  packed bytes). */
prism_status input_read(input_stream *in, void *buf, size_t n, size_t *got, prism_error *err);
/** Look at the beginning without consuming it. */
prism_status input_peek(input_stream *in, const uint8_t **head, size_t *n, prism_error *err);
/** Bytes taken from the file so far (packed). */
uint64_t input_consumed(const input_stream *in);
/** The whole rest into *data (free()), at most `max` bytes: ELIMIT above. */
prism_status input_read_all(input_stream *in, size_t max, char **data, size_t *len,
                            prism_error *err);

typedef struct input_line {
    const char *text; /* without the line end; valid until the next line */
    size_t len;
    uint64_t number; /* from 1 */
    bool too_long;   /* over PRISM_MAX_DOC_BYTES: text holds its beginning, see input_line_rest */
} input_line;

typedef struct input_lines {
    input_stream *in;
    char *buf;
    size_t from, to, cap;
    uint64_t number;
    bool end;
    bool inside; /* a line that is too long: its rest has not been read */
} input_lines;

void input_lines_init(input_lines *lines, input_stream *in);
void input_lines_fini(input_lines *lines);
/** *more false at the end.  Memory: one line, at most PRISM_MAX_DOC_BYTES + 64 KiB. */
prism_status input_next_line(input_lines *lines, input_line *line, bool *more, prism_error *err);
/** The next part of a line that is too long, *len 0 behind its last one; what is not asked for is
 *  passed over by input_next_line.  *text is valid until the next call. */
prism_status input_line_rest(input_lines *lines, const char **text, size_t *len, prism_error *err);

/* What is met on a walk; each stops it by returning non-zero. */
typedef struct input_walker {
    int (*each)(void *ctx, const char *path);
    int (*skipped)(void *ctx, const char *path, const char *why); /* a directory not entered */
    int (*unreadable)(void *ctx, const char *path);               /* see errno */
} input_walker;

/** Walk a file, "-", or all below a directory in byte order of names, hidden names left out.  A
 *  directory that is an index, or met again on its own path (a loop of links), is skipped.
 *  Returns the first non-zero. */
int input_walk(const char *path, const input_walker *walker, void *ctx);

/** Copy with each maximal ill-formed part (and NUL) replaced by U+FFFD; *n_bad counts them.  free()
 *  the result. */
char *input_mend_utf8(const char *text, size_t len, size_t *out_len, uint64_t *n_bad);

#endif
