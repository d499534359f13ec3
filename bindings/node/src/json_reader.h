/* json_reader.h - where a reader of JSON stands, and how it gets over plain text: what from_json.c
 * and skip_json.c share. */
#ifndef PRISMSEARCH_NODE_JSON_READER_H
#define PRISMSEARCH_NODE_JSON_READER_H

#include "addon.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define KNOWN_NAMES 16

/* A member's name that an earlier document of the page had: its string is there, and V8 has looked
 * it up. */
typedef struct known_name {
    const char *bytes;
    size_t len;
    napi_value value;
} known_name;

typedef struct json_reader {
    napi_env env;
    const char *at, *end;
    int depth;
    const addon_names *names; /* of the outermost object; NULL = all */
    addon_text text; /* of the string with escapes that is being read; its memory is used again */
    uint32_t members, n_known, next_known;
    known_name known[KNOWN_NAMES]; /* in the order in which documents have them */
} json_reader;

static inline void json_skip_blanks(json_reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
}

/* Take `c`, blanks before it left out. */
static inline bool json_take(json_reader *r, char c) {
    json_skip_blanks(r);
    if (r->at >= r->end || *r->at != c) return false;
    r->at++;
    return true;
}

#ifdef __SSE2__
#define JSON_STEP 16
/* Where among sixteen bytes is the first quote or backslash?  JSON_STEP: nowhere. */
static inline int json_find_special(const char *at) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                 _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    int mask = _mm_movemask_epi8(found);
    return mask == 0 ? JSON_STEP : __builtin_ctz((unsigned)mask);
}
#else
#define JSON_STEP 8
/* The same of eight: a byte that is zero borrows, and sets its high bit; those before it cannot. */
static inline int json_find_special(const char *at) {
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t eight;
    memcpy(&eight, at, 8);
    uint64_t quote = eight ^ (ones * '"'), backslash = eight ^ (ones * '\\');
    if (((((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & highs) == 0)
        return JSON_STEP;
    int i = 0;
    while (at[i] != '"' && at[i] != '\\') i++;
    return i;
}
#endif

/* The end of the part that has neither quote nor escape. */
static inline const char *json_plain_end(const json_reader *r) {
    const char *at = r->at;
    while (r->end - at >= JSON_STEP) {
        int i = json_find_special(at);
        at += i;
        if (i < JSON_STEP) return at;
    }
    while (at < r->end && *at != '"' && *at != '\\') at++;
    return at;
}

/** Behind the first quote of a string: to behind the last one. */
bool json_skip_string(json_reader *r);
/** Over any value. */
bool json_skip_value(json_reader *r);
/** Is the name at r->at, behind its quote, one that is wanted? */
bool json_is_wanted(json_reader *r);
/** Behind the first quote of a string: to behind the last one, its value in r->text. */
bool json_unescape(json_reader *r);

#endif
