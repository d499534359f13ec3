/* date.c - which millisecond does an ISO 8601 text name, and which text names a millisecond?
 *
 *   2025                          a year: its first millisecond; as a range, all of it
 *   2025-01   2025-01-31          a month, a day
 *   2025-01-31T23:59              a minute; 't' or one space may stand for 'T'
 *   2025-01-31T23:59:60           a second; 60 is the first of the next minute (leap second)
 *   2025-01-31T23:59:59.123456Z   a millisecond; further digits are cut, not rounded
 *   ...+08:00   +0800   +08       an offset from UTC, after a time only; none = UTC
 *
 * Calendar    Gregorian, also before 1582 (proleptic, as ISO 8601 says); years 0001..9999, four
 *             digits. Days are counted from 1970-01-01 by whole 400-year cycles beginning on 1
 *             March, so that the leap day is the last of its year and needs no case of its own.
 * Why so      strptime follows the locale and knows no ranges; a date without a zone is UTC,
 *             because an index must not change its meaning when it is read elsewhere.
 * Tested by   tests/unit/schema/test_date.c */
#include "base/error.h"
#include "schema/value.h"

#include <stdio.h>

#define MS_PER_MINUTE INT64_C(60000)
#define MS_PER_DAY INT64_C(86400000)
#define DAYS_PER_CYCLE INT64_C(146097) /* 400 years */
#define DAYS_TO_1970 INT64_C(719468)   /* from 0000-03-01 */

typedef enum precision { YEAR, MONTH, DAY, MINUTE, SECOND, MILLISECOND } precision;

typedef struct date {
    int64_t year, month, day, hour, minute, second, ms;
    int64_t zone; /* minutes east of UTC */
    precision precision;
} date;

static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    if (month <= 2) year--;
    int64_t cycle = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_cycle = year - cycle * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_cycle =
        year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    return cycle * DAYS_PER_CYCLE + day_of_cycle - DAYS_TO_1970;
}

static int64_t days_in_month(int64_t year, int64_t month) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

static int64_t ms_of(const date *d) {
    int64_t minutes = d->hour * 60 + d->minute - d->zone;
    return days_of(d->year, d->month, d->day) * MS_PER_DAY + minutes * MS_PER_MINUTE +
           d->second * 1000 + d->ms;
}

/* ---- reading ------------------------------------------------------------------------------ */

typedef struct reader {
    const char *at, *end;
} reader;

static bool is_digit(const reader *r) {
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* Exactly n digits with a value in lo..hi. */
static bool take_number(reader *r, int n, int64_t lo, int64_t hi, int64_t *out) {
    int64_t v = 0;
    for (int i = 0; i < n; i++) {
        if (!is_digit(r)) return false;
        v = v * 10 + (*r->at++ - '0');
    }
    *out = v;
    return v >= lo && v <= hi;
}

static bool take(reader *r, char c) {
    if (r->at == r->end || *r->at != c) return false;
    r->at++;
    return true;
}

static bool take_fraction(reader *r, date *d) {
    int64_t unit = 100;
    if (!is_digit(r)) return false;
    for (; is_digit(r); r->at++, unit /= 10) d->ms += (*r->at - '0') * unit;
    d->precision = MILLISECOND;
    return true;
}

static bool take_zone(reader *r, date *d) {
    if (r->at == r->end || take(r, 'Z') || take(r, 'z')) return true;
    bool west = *r->at == '-';
    int64_t hours, minutes = 0;
    if (!take(r, '+') && !take(r, '-')) return false;
    if (!take_number(r, 2, 0, 23, &hours)) return false;
    bool colon = take(r, ':');
    if (colon || r->at < r->end) {
        if (!take_number(r, 2, 0, 59, &minutes)) return false;
    }
    d->zone = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

static bool take_time(reader *r, date *d) {
    if (!take_number(r, 2, 0, 23, &d->hour) || !take(r, ':') ||
        !take_number(r, 2, 0, 59, &d->minute)) {
        return false;
    }
    d->precision = MINUTE;
    if (take(r, ':')) {
        if (!take_number(r, 2, 0, 60, &d->second)) return false;
        d->precision = SECOND;
        if (take(r, '.') && !take_fraction(r, d)) return false;
    }
    return take_zone(r, d);
}

static bool read_date(reader *r, date *d) {
    memset(d, 0, sizeof *d);
    d->month = d->day = 1;
    d->precision = YEAR;
    if (!take_number(r, 4, 1, 9999, &d->year)) return false;
    if (!take(r, '-')) return r->at == r->end;
    if (!take_number(r, 2, 1, 12, &d->month)) return false;
    d->precision = MONTH;
    if (!take(r, '-')) return r->at == r->end;
    if (!take_number(r, 2, 1, days_in_month(d->year, d->month), &d->day)) return false;
    d->precision = DAY;
    if (take(r, 'T') || take(r, 't') || take(r, ' ')) return take_time(r, d) && r->at == r->end;
    return r->at == r->end;
}

/* The first millisecond after what the text names. */
static int64_t next_of(date d) {
    static const int64_t steps[] = {0, 0, MS_PER_DAY, MS_PER_MINUTE, 1000, 1};
    if (d.precision == YEAR) d.year++;
    if (d.precision == MONTH && ++d.month > 12) {
        d.month = 1;
        d.year++;
    }
    return ms_of(&d) + steps[d.precision];
}

prism_status prs_date_range(const char *text, size_t len, int64_t *first, int64_t *last,
                            prism_error *err) {
    reader r = {text, text + len};
    date d;
    *first = *last = 0;
    if (!read_date(&r, &d)) {
        return prs_error_set(err, PRISM_EREJECTED,
                             "\"%.*s\" is not a date like 2025-01-31 or 2025-01-31T23:59:59Z",
                             prs_quote_len(text, len), text);
    }
    *first = ms_of(&d);
    *last = next_of(d) - 1;
    if (*first < PRS_DATE_MIN || *last > PRS_DATE_MAX) {
        return prs_error_set(err, PRISM_EREJECTED, "\"%.*s\" is not within the years 0001..9999",
                             prs_quote_len(text, len), text);
    }
    return PRISM_OK;
}

/* ---- writing ------------------------------------------------------------------------------ */

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

/* Days since 1970 to year, month, day: days_of backwards. */
static void date_of_days(int64_t days, date *d) {
    days += DAYS_TO_1970;
    int64_t cycle = floor_div(days, DAYS_PER_CYCLE);
    int64_t day_of_cycle = days - cycle * DAYS_PER_CYCLE;
    int64_t year =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / 146096) / 365;
    int64_t day_of_year = day_of_cycle - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* from March */
    d->day = day_of_year - (153 * month + 2) / 5 + 1;
    d->month = month < 10 ? month + 3 : month - 9;
    d->year = cycle * 400 + year + (d->month <= 2);
}

size_t prs_date_format(int64_t ms, char out[PRS_DATE_TEXT]) {
    if (ms < PRS_DATE_MIN) ms = PRS_DATE_MIN;
    if (ms > PRS_DATE_MAX) ms = PRS_DATE_MAX;
    int64_t days = floor_div(ms, MS_PER_DAY), rest = ms - days * MS_PER_DAY;
    date d;
    date_of_days(days, &d);
    int n = snprintf(out, PRS_DATE_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", (int)d.year, (int)d.month,
                     (int)d.day, (int)(rest / 3600000), (int)(rest / 60000 % 60),
                     (int)(rest / 1000 % 60));
    if (rest % 1000 != 0)
        n += snprintf(out + n, PRS_DATE_TEXT - (size_t)n, ".%03d", (int)(rest % 1000));
    out[n++] = 'Z';
    out[n] = '\0';
    return (size_t)n;
}
