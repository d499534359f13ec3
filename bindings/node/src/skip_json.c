/* skip_json.c - how does a reader get over members that nobody asked for, without a value of them?
 *
 * Brackets are counted, strings are passed by their ends; what stands between is not looked at.
 * Tested by: test/search.test.js, test/fuzz.test.js */
#include "json_reader.h"

bool json_skip_string(json_reader *r) {
    for (;;) {
        r->at = json_plain_end(r);
        if (r->at >= r->end) return false;
        if (*r->at++ == '"') return true;
        if (r->at++ >= r->end) return false;
    }
}

/* An array or object: as many closing brackets as opening ones. */
static bool skip_nested(json_reader *r) {
    size_t open = 1;
    while (open > 0 && r->at < r->end) {
        char c = *r->at++;
        if (c == '"' && !json_skip_string(r)) return false;
        if (c == '{' || c == '[') open++;
        if (c == '}' || c == ']') open--;
    }
    return open == 0;
}

bool json_skip_value(json_reader *r) {
    json_skip_blanks(r);
    if (r->at >= r->end) return false;
    char c = *r->at;
    if (c == '"' || c == '{' || c == '[') {
        r->at++;
        return c == '"' ? json_skip_string(r) : skip_nested(r);
    }
    while (r->at < r->end && *r->at != ',' && *r->at != '}' && *r->at != ']') r->at++;
    return true;
}

static bool is_among(const addon_names *names, const char *name, size_t len) {
    size_t from = 0;
    for (uint32_t i = 0; i < names->n; from = names->ends[i++])
        if (names->ends[i] - from == len &&
            (len == 0 || memcmp(names->text.ptr + from, name, len) == 0))
            return true;
    return false;
}

bool json_is_wanted(json_reader *r) {
    const char *from = r->at, *end = json_plain_end(r);
    if (end >= r->end || *end == '"') return is_among(r->names, from, (size_t)(end - from));
    bool good = json_unescape(r) && !r->text.failed;
    r->at = from;
    return !good || is_among(r->names, r->text.ptr, r->text.len); /* its reader complains */
}
