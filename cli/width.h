/* width.h - characters as a terminal shows them. */
#ifndef PSEARCH_WIDTH_H
#define PSEARCH_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One character of UTF-8 at p < end: its bytes; *cp is U+FFFD for a byte that begins none. */
size_t width_read(const char *p, const char *end, uint32_t *cp);
/** Columns of a character: 0, 1, or 2 for Han, kana, Hangul, full-width forms and emoji. */
unsigned width_of(uint32_t cp);
/** A character that would command the terminal or reorder the line: never printed. */
bool width_is_control(uint32_t cp);
/** A mark that ends something: no line begins with it. */
bool width_is_closing(uint32_t cp);
/** May a line end between these two neighbours?  Spaces are not asked about. */
bool width_may_break(uint32_t before, uint32_t after);
/** Columns of the terminal at this file descriptor; 0 if it is none. */
unsigned width_terminal(int fd);

#endif
