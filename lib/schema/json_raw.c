/* json_raw.c - where does a value of sound JSON text end, and what is the text without its blanks?
 *
 * Strings are the bulk of all input, so they are walked LOOK bytes at a time, to the next quote or
 * backslash; what stands between strings is little, and goes byte by byte.
 *
 * Why so      simdjson's own minify is a tenth as fast where the processor is slow at storing
 *             chosen bytes of a vector (0.8 GB/s measured, 6 % of a build of English articles), for
 *             it looks for white space in strings, too.
 * Tested by   tests/unit/schema/test_json_raw.c */
#include "schema/json_raw.h"

#include "schema/json_dom.h"

#ifdef __SSE2__
#include <emmintrin.h>

#define LOOK 16u

/* Bit i: byte i of the next LOOK is a quote or a backslash. */
static inline uint32_t ends_at(const char *p) {
    __m128i bytes = _mm_loadu_si128((const void *)p);
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(quote, slash));
}
#else
#define LOOK 8u

static inline uint32_t ends_at(const char *p) {
    uint32_t mask = 0;
    for (uint32_t i = 0; i < LOOK; i++) mask |= (uint32_t)(p[i] == '"' || p[i] == '\\') << i;
    return mask;
}
#endif

static_assert(LOOK + 1 <= PRS_JSON_PADDING, "a string that ends the text is looked at whole");

const char *prs_json_skip_string(const char *p) {
    for (p++;;) {
        uint32_t found = ends_at(p);
        if (PRS_LIKELY(found == 0)) {
            p += LOOK;
            continue;
        }
        p += __builtin_ctz(found);
        if (*p == '"') return p + 1;
        p += 2;
    }
}

const char *prs_json_skip_value(const char *p) {
    size_t depth = 0;
    do {
        switch (*p) {
        case '"': p = prs_json_skip_string(p); break;
        case '{':
        case '[':
            depth++;
            p++;
            break;
        case '}':
        case ']':
            depth--;
            p++;
            break;
        case ',':
        case ':': p++; break;
        default: p += strcspn(p, ",]}"); break; /* a number, true, false, null */
        }
    } while (depth > 0);
    return p;
}

/* Copy the string whose opening quote is at *p; *p and the end of the copy go behind it. */
static char *copy_string(const char **p, char *out) {
    const char *in = *p;
    *out++ = *in++;
    for (;;) {
        memcpy(out, in, LOOK);
        uint32_t found = ends_at(in);
        if (PRS_LIKELY(found == 0)) {
            in += LOOK;
            out += LOOK;
            continue;
        }
        uint32_t n = (uint32_t)__builtin_ctz(found) + 1;
        if (in[n - 1] == '"') {
            *p = in + n;
            return out + n;
        }
        out[n] = in[n]; /* what is escaped may be the first byte not yet copied */
        in += n + 1;
        out += n + 1;
    }
}

size_t prs_json_compact(const char *text, size_t len, char *out) {
    const char *p = text, *end = text + len;
    char *at = out;
    while (p < end) {
        if (*p == '"') {
            at = copy_string(&p, at);
        } else {
            *at = *p;
            at += *p != ' ' && *p != '\t' && *p != '\n' && *p != '\r';
            p++;
        }
    }
    return (size_t)(at - out);
}
