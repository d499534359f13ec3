/* pick.c - some members of a stored document, without reading it as JSON.
 *
 * A stored document is a compact, well-formed object, so that its members can be found by counting
 * brackets and passing over strings; what is picked keeps its bytes, numbers of any size included.
 * Tested by: tests/cli/export.sh */
#include "pick.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *pass_string(const char *at, const char *end) {
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\') at++;
    return at < end ? at + 1 : end;
}

/* Behind the value that begins at `at`. */
static const char *pass_value(const char *at, const char *end) {
    size_t depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = pass_string(at, end);
            continue;
        }
        if (depth == 0 && (*at == ',' || *at == '}')) return at;
        if (*at == '{' || *at == '[') depth++;
        if (*at == '}' || *at == ']') depth--;
        at++;
    }
    return at;
}

typedef struct member {
    const char *name, *value, *end; /* name: its first byte behind the quote */
    size_t name_len;
} member;

/* The next member from *at on; false at the end. */
static bool next_member(const char **at, const char *end, member *m) {
    if (*at >= end || **at != '"') return false;
    const char *colon = pass_string(*at, end);
    m->name = *at + 1;
    if (colon <= m->name) return false; /* a quote is the last byte: no document of ours */
    m->name_len = (size_t)(colon - m->name) - 1;
    m->value = colon < end ? colon + 1 : end;
    m->end = pass_value(m->value, end);
    *at = m->end < end ? m->end + 1 : end;
    return true;
}

static bool is_listed(const member *m, const char *names) {
    while (*names) {
        size_t n = strcspn(names, ",");
        if (n == m->name_len && memcmp(names, m->name, n) == 0) return true;
        names += n;
        names += *names == ',';
    }
    return false;
}

char *pick_members(const char *json, size_t len, const char *names, size_t *out_len) {
    const char *at = json + 1, *end = json + len;
    member m;
    char *out = malloc(len + 2), *w = out; /* of no object at all: {} */
    if (out == NULL) return NULL;
    *w++ = '{';
    while (next_member(&at, end, &m)) {
        if (!is_listed(&m, names)) continue;
        size_t n = (size_t)(m.end - m.name) + 1; /* with the quote before its name */
        if (w > out + 1) *w++ = ',';
        memcpy(w, m.name - 1, n);
        w += n;
    }
    *w++ = '}';
    *out_len = (size_t)(w - out);
    return out;
}

const char *pick_value(const char *json, size_t len, const char *name, size_t *value_len) {
    const char *at = json + 1, *end = json + len;
    member m;
    while (next_member(&at, end, &m)) {
        if (m.name_len != strlen(name) || memcmp(m.name, name, m.name_len) != 0) continue;
        *value_len = (size_t)(m.end - m.value);
        return m.value;
    }
    return NULL;
}
