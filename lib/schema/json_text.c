/* json_text.c - where in a JSON text did Jansson stop, and how does JSON get into our buffers?
 *
 * Place       Jansson tells how many bytes it had consumed, which is behind the token it refused,
 *             and quotes short tokens in its sentence. People want the byte where the token begins:
 *
 *                 {"a":1,"a":2}          sentence: duplicate object key near '"a"'
 *                        ^  ^ consumed   length of the quotation taken back
 *                        place
 *
 *             A repeated name is looked up backwards from its closing quote instead, as long ones
 *             are not quoted.  Ill-formed UTF-8 and control characters have their own byte.
 * Output      Through json_dump_callback, so that no memory changes hands.
 * Tested by   tests/unit/schema/test_json_text.c */
#include "schema/json_text.h"

#include "base/error.h"

#include <unicode/utf8.h>

/* ---- output ------------------------------------------------------------------------------- */

static int put_chunk(const char *chunk, size_t len, void *ctx) {
    prs_buf *buf = ctx;
    prs_buf_put(buf, chunk, len);
    return buf->failed ? -1 : 0;
}

void prs_json_put(prs_buf *buf, const json_t *value, size_t flags) {
    if (json_dump_callback(value, put_chunk, buf, flags) != 0) buf->failed = true;
}

size_t prs_json_ill_formed(const char *text, size_t len, size_t at, size_t *n) {
    /* A window of 8 bytes holds any sequence: ICU counts in int32_t, we do not. */
    const uint8_t *s = (const uint8_t *)text + at;
    int32_t window = (int32_t)PRS_MIN(len - at, (size_t)8), i = 0;
    UChar32 c;
    U8_NEXT(s, i, window, c);
    *n = (size_t)i;
    return c < 0 ? (size_t)i : 0;
}

static void put_escape(prs_buf *buf, uint8_t byte) {
    static const char short_forms[] = "\b"
                                      "b"
                                      "\t"
                                      "t"
                                      "\n"
                                      "n"
                                      "\f"
                                      "f"
                                      "\r"
                                      "r"
                                      "\"\""
                                      "\\\\";
    for (size_t i = 0; i + 1 < sizeof short_forms; i += 2) {
        if ((uint8_t)short_forms[i] != byte) continue;
        prs_buf_put8(buf, '\\');
        prs_buf_put8(buf, (uint8_t)short_forms[i + 1]);
        return;
    }
    prs_buf_printf(buf, "\\u%04x", byte);
}

void prs_json_put_string(prs_buf *buf, const char *text, size_t len) {
    prs_buf_put8(buf, '"');
    size_t done = 0, at = 0;
    while (at < len) {
        uint8_t byte = (uint8_t)text[at];
        size_t n = 1, bad = 0;
        bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
        if (byte >= 0x80) bad = prs_json_ill_formed(text, len, at, &n);
        if (!plain && (byte < 0x80 || bad > 0)) {
            prs_buf_put(buf, text + done, at - done);
            if (bad > 0)
                prs_buf_put(buf, "\xef\xbf\xbd", 3);
            else
                put_escape(buf, byte);
            done = at + n;
        }
        at += n;
    }
    prs_buf_put(buf, text + done, len - done);
    prs_buf_put8(buf, '"');
}

/* ---- errors ------------------------------------------------------------------------------- */

void prs_json_error_at(prism_error *err, const char *text, size_t len, size_t offset) {
    size_t line = 1, line_start = 0;
    if (offset > len) offset = len;
    if (offset == 0) text = ""; /* no bytes may come without an address */
    for (const char *p = text; (p = memchr(p, '\n', offset - (size_t)(p - text))) != NULL; p++) {
        line++;
        line_start = (size_t)(p - text) + 1;
    }
    prs_error_at(err, offset, (uint32_t)PRS_MIN(line, UINT32_MAX),
                 (uint32_t)PRS_MIN(offset - line_start + 1, UINT32_MAX));
}

/* Offset of the opening quote of the string whose closing quote is the last byte before `end`. */
static size_t string_start(const char *text, size_t end) {
    size_t at = end < 2 ? 0 : end - 2;
    for (; at > 0; at--) {
        if (text[at] != '"') continue;
        size_t slashes = 0;
        while (slashes < at && text[at - 1 - slashes] == '\\') slashes++;
        if (slashes % 2 == 0) break;
    }
    return at;
}

/* Length of the token that Jansson's sentence ends with (`... near 'x'`), 0 if it has none. */
static size_t quoted_token(const char *sentence) {
    const char *near = strstr(sentence, " near '");
    size_t len = strlen(sentence);
    if (near == NULL || sentence[len - 1] != '\'') return 0;
    size_t start = (size_t)(near - sentence) + strlen(" near '");
    return len - 1 > start ? len - 1 - start : 0;
}

static size_t place_of(const char *text, size_t len, const json_error_t *where) {
    size_t consumed = where->position < 0 ? 0 : PRS_MIN((size_t)where->position, len);
    switch (json_error_code(where)) {
    case json_error_duplicate_key: return string_start(text, consumed);
    case json_error_premature_end_of_input: return len;
    default: break;
    }
    bool inside = strncmp(where->text, "control character", 17) == 0 ||
                  strncmp(where->text, "unexpected newline", 18) == 0;
    if (inside) return consumed;
    size_t token = quoted_token(where->text);
    return token <= consumed ? consumed - token : 0;
}

/* First ill-formed byte of the text, len if there is none. */
static size_t first_ill_formed(const char *text, size_t len) {
    size_t at = 0, n = 1;
    while (at < len) {
        if ((uint8_t)text[at] < 0x80)
            n = 1;
        else if (prs_json_ill_formed(text, len, at, &n) > 0)
            break;
        at += n;
    }
    return at;
}

prism_status prs_json_syntax_error(const char *text, size_t len, const json_error_t *where,
                                   const char *what, prism_error *err) {
    if (json_error_code(where) == json_error_out_of_memory) return prs_error_nomem(err);
    size_t place = place_of(text, len, where);
    size_t consumed = where->position < 0 ? 0 : PRS_MIN((size_t)where->position, len);
    size_t bad = first_ill_formed(text, PRS_MIN(len, consumed + 4));
    if (bad <= consumed && bad < len) {
        prs_error_set(err, PRISM_EPARSE, "%s is not well-formed UTF-8: byte 0x%02x", what,
                      (uint8_t)text[bad]);
        place = bad;
    } else if (json_error_code(where) == json_error_duplicate_key) {
        prs_error_set(err, PRISM_EPARSE, "%s gives a name twice in one object", what);
    } else {
        prs_error_set(err, PRISM_EPARSE, "%s is not JSON: %s", what, where->text);
    }
    prs_json_error_at(err, text, len, place);
    return PRISM_EPARSE;
}

prism_status prs_json_locate_error(const char *text, size_t len, const char *what,
                                   prism_error *err) {
    json_error_t where;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (root == NULL) return prs_json_syntax_error(text, len, &where, what, err);
    json_decref(root);
    /* Jansson steps over a NUL between two tokens; nothing else is known that it takes and simdjson
     * does not. */
    const char *nul = memchr(text, '\0', len);
    prs_error_set(
        err, PRISM_EPARSE,
        nul != NULL ? "%s is not JSON: a NUL byte" : "%s holds JSON that is not supported", what);
    prs_json_error_at(err, text, len, nul != NULL ? (size_t)(nul - text) : 0);
    return PRISM_EPARSE;
}
