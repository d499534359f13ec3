/* units.h - numbers with units, both ways. */
#ifndef PSEARCH_UNITS_H
#define PSEARCH_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Decimal digits only, no sign, no overflow. */
bool units_number(const char *text, uint64_t *out);
/** 1024, 64K, 512M, 1.5G, 1T, also with a trailing B or iB: bytes, powers of 1024. */
bool units_size(const char *text, uint64_t *out);
/** 500ms, 30s, 2m, 1h, 250us; a bare number is seconds; fractions allowed (1.5s).  Microseconds. */
bool units_time_us(const char *text, uint64_t *out);
#define UNITS_DATE 48 /* room for a date */
/** "2025-11-03T10:00:00Z" of milliseconds since 1970, with .123 where there are any; returned. */
const char *units_show_date(int64_t ms, char *out);
/** "12.3 MB" (powers of 1000), "1,234"; out has room for 32 bytes; returned. */
const char *units_show_bytes(uint64_t bytes, char *out);
const char *units_show_count(uint64_t n, char *out);
/** "1 document", "1,234 documents"; out has room for 64 bytes; returned. */
const char *units_show_things(uint64_t n, const char *thing, char *out);

#endif
