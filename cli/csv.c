/* csv.c - where does a value end, where a record?
 *
 *   a,"b ""c"" d",      fields: a | b "c" d | (empty)
 *
 * One pass over the bytes with one byte of state; a record is gathered in one buffer, its fields
 * are ranges of it.
 * Source: RFC 4180.   Tested by: tests/cli/init.sh */
#include "csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { AT_START, PLAIN, QUOTED, BEHIND_QUOTE } csv_state;

void csv_init(csv_reader *csv, input_stream *in, char separator) {
    memset(csv, 0, sizeof *csv);
    csv->in = in;
    csv->separator = separator;
    csv->line = csv->next_line = 1;
}

void csv_fini(csv_reader *csv) {
    free(csv->text);
    free(csv->ends);
    free(csv->fields);
}

static prism_status fail(csv_reader *csv, prism_status code, const char *what, prism_error *err) {
    err->code = code;
    err->line = (uint32_t)csv->line;
    err->column = 1;
    snprintf(err->text, sizeof err->text, "%s", what);
    return code;
}

/* The next byte, -1 at the end, -2 on an error. */
static int next_byte(csv_reader *csv, prism_error *err) {
    if (csv->at == csv->n) {
        csv->at = 0;
        if (input_read(csv->in, csv->chunk, sizeof csv->chunk, &csv->n, err) != PRISM_OK) {
            csv->n = 0;
            return -2;
        }
        if (csv->n == 0) return -1;
    }
    return (unsigned char)csv->chunk[csv->at++];
}

static prism_status put_byte(csv_reader *csv, char c, prism_error *err) {
    if (csv->len == PRISM_MAX_DOC_BYTES)
        return fail(csv, PRISM_ELIMIT, "the record is longer than a document may be", err);
    if (csv->len == csv->cap) {
        size_t cap = csv->cap ? csv->cap * 2 : 4096;
        char *text = realloc(csv->text, cap);
        if (text == NULL) return fail(csv, PRISM_ENOMEM, "out of memory", err);
        csv->text = text;
        csv->cap = cap;
    }
    csv->text[csv->len++] = c;
    return PRISM_OK;
}

static prism_status end_field(csv_reader *csv, prism_error *err) {
    if (csv->n_fields == csv->cap_fields) {
        size_t cap = csv->cap_fields ? csv->cap_fields * 2 : 64;
        size_t *ends = realloc(csv->ends, cap * sizeof *ends);
        if (ends) csv->ends = ends;
        csv_field *fields = realloc(csv->fields, cap * sizeof *fields);
        if (fields) csv->fields = fields;
        if (ends == NULL || fields == NULL) return fail(csv, PRISM_ENOMEM, "out of memory", err);
        csv->cap_fields = cap;
    }
    csv->ends[csv->n_fields++] = csv->len;
    return PRISM_OK;
}

static void pass_mark(csv_reader *csv) {
    const uint8_t *head;
    size_t n;
    prism_error ignored = PRISM_ERROR_INIT;
    if (csv->line != 1 || csv->n != 0) return;
    if (input_peek(csv->in, &head, &n, &ignored) == PRISM_OK && n >= 3 &&
        memcmp(head, "\xef\xbb\xbf", 3) == 0)
        (void)input_read(csv->in, csv->chunk, 3, &n, &ignored);
}

/* One byte inside a quoted field. */
static prism_status take_quoted(csv_reader *csv, int c, csv_state *state, prism_error *err) {
    if (c == '"') {
        *state = BEHIND_QUOTE;
        return PRISM_OK;
    }
    if (c == '\n') csv->next_line++;
    return put_byte(csv, (char)c, err);
}

/* One byte outside; *done at the end of the record. */
static prism_status take_plain(csv_reader *csv, int c, csv_state *state, bool *done,
                               prism_error *err) {
    if (c == '"' && *state == AT_START) {
        *state = QUOTED;
        return PRISM_OK;
    }
    if (c == '"' && *state == BEHIND_QUOTE) {
        *state = QUOTED;
        return put_byte(csv, '"', err);
    }
    if (c == csv->separator) {
        *state = AT_START;
        return end_field(csv, err);
    }
    if (c == '\n') {
        csv->next_line++;
        *done = true;
        size_t from = csv->n_fields ? csv->ends[csv->n_fields - 1] : 0;
        if (*state != BEHIND_QUOTE && csv->len > from && csv->text[csv->len - 1] == '\r')
            csv->len--;
        return end_field(csv, err);
    }
    if (*state == BEHIND_QUOTE) {
        if (c == '\r') return PRISM_OK;
        return fail(csv, PRISM_EPARSE, "there is text behind a quoted value", err);
    }
    *state = PLAIN;
    return put_byte(csv, (char)c, err);
}

static prism_status read_record(csv_reader *csv, bool *more, prism_error *err) {
    csv_state state = AT_START;
    bool done = false;
    csv->len = csv->n_fields = 0;
    csv->line = csv->next_line;
    while (!done) {
        int c = next_byte(csv, err);
        if (c == -2) return err->code;
        if (c == -1) {
            if (state == QUOTED) return fail(csv, PRISM_EPARSE, "a quoted value has no end", err);
            *more = csv->n_fields > 0 || csv->len > 0 || state != AT_START;
            return *more ? end_field(csv, err) : PRISM_OK;
        }
        prism_status status = state == QUOTED ? take_quoted(csv, c, &state, err)
                                              : take_plain(csv, c, &state, &done, err);
        if (status != PRISM_OK) return status;
    }
    *more = true;
    return PRISM_OK;
}

prism_status csv_next(csv_reader *csv, bool *more, prism_error *err) {
    pass_mark(csv);
    do {
        prism_status status = read_record(csv, more, err);
        if (status != PRISM_OK || !*more) return status;
    } while (csv->n_fields == 1 && csv->ends[0] == 0);
    for (size_t i = 0; i < csv->n_fields; i++) {
        size_t from = i ? csv->ends[i - 1] : 0;
        csv->fields[i] = (csv_field){csv->text + from, csv->ends[i] - from};
    }
    return PRISM_OK;
}
