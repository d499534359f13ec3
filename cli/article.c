/* article.c - what are the title, the body and the fields of a plain file?
 *
 *   text        first line that is not empty -> title, the rest -> body
 *   Markdown    ---                          front matter: `key: value` fills the field so named
 *               key: value                   lists as `[a, b]` or as `- a` lines below `key:`
 *               ---
 *               # Heading                    title, where the front matter has none
 *               the rest                     body, without a first heading that is the title again
 *
 * Values may be quoted with ' or ".  This is the plain subset of YAML that articles use; nested
 * values are not understood.  Tested by: tests/cli/formats.sh */
#include "article.h"

#include "width.h"

#include <stdlib.h>
#include <string.h>

typedef struct span {
    const char *at, *end;
} span;

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static span trim(span s) {
    while (s.at < s.end && is_space(*s.at)) s.at++;
    while (s.end > s.at && is_space(s.end[-1])) s.end--;
    return s;
}

static span next_line(span *rest) {
    const char *eol = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
    span line = {rest->at, eol ? eol : rest->end};
    rest->at = eol ? eol + 1 : rest->end;
    if (line.end > line.at && line.end[-1] == '\r') line.end--;
    return line;
}

static bool is_exactly(span s, const char *text) {
    return (size_t)(s.end - s.at) == strlen(text) &&
           memcmp(s.at, text, (size_t)(s.end - s.at)) == 0;
}

static prism_status add(prism_doc *doc, const char *field, span value, prism_error *err) {
    return prism_doc_add(doc, field, value.at, (size_t)(value.end - value.at), err);
}

static span skip_bom(const char *text, size_t len) {
    span s = {text, text + len};
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) s.at += 3;
    return s;
}

/* The id of a file: its path as typed.  Names on disk are bytes, ids are UTF-8: what is ill-formed
 * is written %XX, so that two files never share an id by being mended alike.  A text from a pipe
 * has no path and is left without. */
static prism_status add_path(prism_doc *doc, const char *path, prism_error *err) {
    size_t len = strlen(path), n = 0;
    if (strcmp(path, "-") == 0) return PRISM_OK;
    char *id = malloc(3 * len + 1);
    if (id == NULL) return err->code = PRISM_ENOMEM;
    for (const char *p = path, *end = path + len; p < end;) {
        uint32_t cp;
        size_t bytes = width_read(p, end, &cp);
        if (bytes == 1 && (unsigned char)*p >= 0x80)
            n += (size_t)snprintf(id + n, 4, "%%%02X", (unsigned char)*p);
        for (size_t i = 0; i < bytes && (bytes > 1 || (unsigned char)*p < 0x80); i++)
            id[n++] = p[i];
        p += bytes;
    }
    prism_status status = prism_doc_add(doc, "id", id, n, err);
    free(id);
    return status;
}

prism_status article_from_text(prism_doc *doc, const char *path, const char *text, size_t len,
                               prism_error *err) {
    span rest = skip_bom(text, len), title = {text, text};
    while (rest.at < rest.end && title.at == title.end) title = trim(next_line(&rest));
    prism_status status = add_path(doc, path, err);
    if (status == PRISM_OK && title.at < title.end) status = add(doc, "title", title, err);
    if (status == PRISM_OK) status = add(doc, "body", rest, err);
    return status;
}

/* ---- front matter --------------------------------------------------------------------------- */

typedef struct front {
    prism_doc *doc;
    bool strict, has_id;
    tally *left_out;
    span title;
    char key[64];
    uint32_t line;
} front;

static span unquote(span v) {
    v = trim(v);
    if (v.end - v.at >= 2 && (*v.at == '"' || *v.at == '\'') && v.end[-1] == *v.at) {
        v.at++;
        v.end--;
    }
    return v;
}

static prism_status put_value(front *f, span value, prism_error *err) {
    value = unquote(value);
    if (value.at == value.end) return PRISM_OK;
    prism_status status = add(f->doc, f->key, value, err);
    if (status == PRISM_ENOTFOUND && !f->strict) {
        tally_add(f->left_out, f->key);
        return PRISM_OK;
    }
    if (status == PRISM_ENOTFOUND) {
        status = err->code = PRISM_EREJECTED;
        snprintf(err->text, sizeof err->text, "the schema has no field \"%s\"", f->key);
    }
    if (status != PRISM_OK) {
        err->line = f->line;
        err->column = 1;
        return status;
    }
    f->has_id = f->has_id || strcmp(f->key, "id") == 0;
    if (strcmp(f->key, "title") == 0) f->title = value;
    return PRISM_OK;
}

static prism_status put_list(front *f, span list, prism_error *err) {
    list.at++;
    list.end--;
    while (list.at < list.end) {
        const char *comma = memchr(list.at, ',', (size_t)(list.end - list.at));
        span item = {list.at, comma ? comma : list.end};
        prism_status status = put_value(f, item, err);
        if (status != PRISM_OK) return status;
        list.at = comma ? comma + 1 : list.end;
    }
    return PRISM_OK;
}

static prism_status front_line(front *f, span line, prism_error *err) {
    span plain = trim(line);
    if (plain.at == plain.end || *plain.at == '#') return PRISM_OK;
    if (*plain.at == '-' && f->key[0]) {
        plain.at++;
        return put_value(f, plain, err);
    }
    const char *colon = memchr(plain.at, ':', (size_t)(plain.end - plain.at));
    if (colon == NULL || line.at != plain.at) return PRISM_OK;
    span key = trim((span){plain.at, colon}), value = trim((span){colon + 1, plain.end});
    size_t n = (size_t)(key.end - key.at);
    if (n == 0 || n >= sizeof f->key) return PRISM_OK;
    memset(f->key, 0, sizeof f->key);
    memcpy(f->key, key.at, n);
    if (value.end - value.at >= 2 && *value.at == '[' && value.end[-1] == ']')
        return put_list(f, value, err);
    return put_value(f, value, err);
}

/* Reads the front matter if the text begins with one that also ends; *rest moves behind it. */
static prism_status read_front(front *f, span *rest, prism_error *err) {
    span scan = *rest;
    if (!is_exactly(trim(next_line(&scan)), "---")) return PRISM_OK;
    span body = scan;
    bool ended = false;
    while (body.at < body.end && !ended) ended = is_exactly(trim(next_line(&body)), "---");
    if (!ended) return PRISM_OK;
    for (f->line = 2;; f->line++) {
        span line = next_line(&scan);
        if (is_exactly(trim(line), "---")) break;
        prism_status status = front_line(f, line, err);
        if (status != PRISM_OK) return status;
    }
    *rest = body;
    return PRISM_OK;
}

/* The text of a line that is a heading; empty if it is none. */
static span heading_of(span line) {
    line = trim(line);
    const char *p = line.at;
    while (p < line.end && *p == '#') p++;
    if (p == line.at || p - line.at > 6 || p == line.end || !is_space(*p))
        return (span){line.end, line.end};
    span title = trim((span){p, line.end});
    while (title.end > title.at && title.end[-1] == '#') title.end--;
    return trim(title);
}

static span first_heading(span rest) {
    span found = {rest.end, rest.end};
    while (rest.at < rest.end && found.at == found.end) found = heading_of(next_line(&rest));
    return found;
}

/* A text that opens with its title as a heading would be counted and shown twice. */
static span without_title(span rest, span title) {
    span after = rest, line = {rest.at, rest.at};
    while (after.at < after.end && line.at == line.end) line = trim(next_line(&after));
    span heading = heading_of(line);
    size_t n = (size_t)(heading.end - heading.at);
    bool same =
        n > 0 && n == (size_t)(title.end - title.at) && memcmp(heading.at, title.at, n) == 0;
    return same ? after : rest;
}

prism_status article_from_markdown(prism_doc *doc, const char *path, const char *text, size_t len,
                                   bool strict, tally *left_out, prism_error *err) {
    span rest = skip_bom(text, len);
    front f = {doc, strict, false, left_out, {text, text}, "", 0};
    prism_status status = read_front(&f, &rest, err);
    if (status == PRISM_OK && !f.has_id) status = add_path(doc, path, err);
    if (status == PRISM_OK && f.title.at == f.title.end) {
        f.title = first_heading(rest);
        if (f.title.at < f.title.end) status = add(doc, "title", f.title, err);
    }
    if (status == PRISM_OK) status = add(doc, "body", without_title(rest, f.title), err);
    return status;
}
