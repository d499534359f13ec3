/* units.c - how are 512M, 30s, 1,234 and 2025-11-03T00:00:00Z read and written?
 *
 * Sizes are read in powers of 1024 and written in powers of 1000.  Nothing follows the locale.
 * Dates are those of the calendar that the library counts in, UTC, whatever the time zone.
 * Why so: scripts and people write both; commas in a number are for people, never in JSON.
 * Tested by: tests/cli/usage.sh, tests/cli/sort.sh */
#include "units.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *read_digits(const char *p, uint64_t *out) {
    uint64_t v = 0;
    const char *start = p;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (__builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
            return NULL;
    }
    *out = v;
    return p == start ? NULL : p;
}

/* `.5` after a number as part / scale, six digits of it. */
static const char *read_fraction(const char *p, uint64_t *part, uint64_t *scale) {
    *part = 0;
    *scale = 1;
    if (p == NULL || *p != '.') return p;
    for (p++; *p >= '0' && *p <= '9'; p++) {
        if (*scale >= 1000000) continue;
        *part = *part * 10 + (uint64_t)(*p - '0');
        *scale *= 10;
    }
    return p;
}

bool units_number(const char *text, uint64_t *out) {
    const char *end = read_digits(text, out);
    return end && *end == 0;
}

bool units_size(const char *text, uint64_t *out) {
    uint64_t v, part, scale;
    const char *p = read_fraction(read_digits(text, &v), &part, &scale);
    if (p == NULL) return false;
    static const char letters[] = "KMGT";
    unsigned shift = 0;
    if (*p && *p != 'B') {
        const char *letter = strchr(letters, *p >= 'a' ? *p - 32 : *p);
        if (letter == NULL) return false;
        shift = 10u * (unsigned)(letter - letters + 1);
        p++;
        if (*p == 'i') p++;
    }
    if (*p == 'B' || *p == 'b') p++;
    if (*p != 0 || (shift > 0 && v >= UINT64_MAX >> shift)) return false;
    *out = (v << shift) + (uint64_t)((double)part / (double)scale * (double)(UINT64_C(1) << shift));
    return true;
}

bool units_time_us(const char *text, uint64_t *out) {
    static const struct {
        const char *name;
        uint64_t us;
    } units[] = {{"us", 1},     {"ms", 1000},    {"s", 1000000},
                 {"", 1000000}, {"m", 60000000}, {"h", 3600000000u}};
    uint64_t whole, part, scale;
    const char *p = read_fraction(read_digits(text, &whole), &part, &scale);
    if (p == NULL) return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(p, units[i].name) != 0) continue;
        if (whole > UINT64_MAX / units[i].us / 2) return false;
        *out = whole * units[i].us + part * units[i].us / scale;
        return true;
    }
    return false;
}

const char *units_show_bytes(uint64_t bytes, char *out) {
    static const char *const names[] = {"B", "kB", "MB", "GB", "TB"};
    double v = (double)bytes;
    size_t i = 0;
    for (; v >= 1000 && i + 1 < sizeof names / sizeof names[0]; i++) v /= 1000;
    snprintf(out, 32, i == 0 ? "%.0f %s" : "%.1f %s", v, names[i]);
    return out;
}

const char *units_show_count(uint64_t n, char *out) {
    char plain[24];
    int len = snprintf(plain, sizeof plain, "%llu", (unsigned long long)n);
    char *w = out;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) *w++ = ',';
        *w++ = plain[i];
    }
    *w = 0;
    return out;
}

const char *units_show_things(uint64_t n, const char *thing, char *out) {
    char count[32];
    snprintf(out, 64, "%s %s%s", units_show_count(n, count), thing, n == 1 ? "" : "s");
    return out;
}

const char *units_show_date(int64_t ms, char *out) {
    int64_t rest = ms % 1000 < 0 ? ms % 1000 + 1000 : ms % 1000;
    time_t seconds = (time_t)((ms - rest) / 1000);
    struct tm t;
    if (gmtime_r(&seconds, &t) == NULL) {
        snprintf(out, UNITS_DATE, "%lld", (long long)ms);
        return out;
    }
    int n = snprintf(out, UNITS_DATE, "%04d-%02d-%02dT%02d:%02d:%02d", t.tm_year + 1900,
                     t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
    snprintf(out + n, UNITS_DATE - (size_t)n, rest ? ".%03dZ" : "Z", (int)rest);
    return out;
}
