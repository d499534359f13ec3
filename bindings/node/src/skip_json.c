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

bool json_is_wanted(const json_reader *r) {
    const addon_names *names = r->names;
    const char *end = json_plain_end(r);
    size_t len = (size_t)(end - r->at), from = 0;
    for (uint32_t i = 0; i < names->n; from = names->ends[i++])
        if (names->ends[i] - from == len && memcmp(names->text.ptr + from, r->at, len) == 0)
            return true;
    return false;
}
