/* test_docs.c - is every example of docs/analysis.md true?
 *
 * A row of a table whose first two cells are code is an example:
 *
 *     | `text` | `terms` |                terms as kit_terms writes them
 *     | `text` | `terms` | `options` |
 *     | `query` | `text` | yes |          a query finds, or does not, an index of that one text
 *
 * In code \n is a line end and \xHH a byte. */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

enum { CELL_MAX = 400 };

/* The code in a cell without its escapes; false if the cell is not code. */
static bool read_code(const char *cell, size_t len, char out[CELL_MAX]) {
    size_t n = 0, end;
    while (len > 0 && *cell == ' ') cell++, len--;
    while (len > 0 && cell[len - 1] == ' ') len--;
    if (len < 2 || len >= CELL_MAX || cell[0] != '`' || cell[len - 1] != '`') return false;
    end = len - 1;
    for (size_t i = 1; i < end;) {
        unsigned byte;
        if (cell[i] == '\\' && cell[i + 1] == 'n') {
            out[n++] = '\n';
            i += 2;
        } else if (sscanf(cell + i, "\\x%2x", &byte) == 1) {
            out[n++] = (char)byte;
            i += 4;
        } else {
            out[n++] = cell[i++];
        }
    }
    out[n] = '\0';
    return true;
}

/* The cells of a table row, as ranges of the line; 0 if it is none. */
static size_t split_row(char *line, char *cells[4], size_t lens[4]) {
    size_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    if (*line++ != '|') return 0;
    for (char *bar; n < 4 && (bar = strchr(line, '|')) != NULL; line = bar + 1) {
        cells[n] = line;
        lens[n++] = (size_t)(bar - line);
    }
    return n;
}

static void check_terms(unsigned line, const char *text, const char *terms, const char *options) {
    kit *k = kit_open(options);
    const char *got = kit_terms(k, text);
    ck_assert_msg(strcmp(got, terms) == 0, "line %u: %s\n  gives    %s\n  expected %s", line, text,
                  got, terms);
    kit_close(k);
}

static void check_search(unsigned line, const char *query, const char *text, bool is_wanted) {
    ck_assert_msg(kit_finds(query, text, "") == is_wanted, "line %u: %s %s %s", line, query,
                  is_wanted ? "must find" : "must not find", text);
}

START_TEST(examples_are_true) {
    FILE *file = fopen(test_source_path("docs/analysis.md"), "r");
    ck_assert_ptr_nonnull(file);
    char line[2048], first[CELL_MAX], second[CELL_MAX], third[CELL_MAX];
    size_t n_terms = 0, n_searches = 0, lens[4];
    char *cells[4];
    for (unsigned number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        size_t n = split_row(line, cells, lens);
        if (n < 2 || !read_code(cells[0], lens[0], first) || !read_code(cells[1], lens[1], second))
            continue;
        bool is_yes = n == 3 && strncmp(cells[2], " yes ", lens[2]) == 0 && lens[2] == 5;
        bool is_no = n == 3 && strncmp(cells[2], " no ", lens[2]) == 0 && lens[2] == 4;
        if (is_yes || is_no) {
            check_search(number, first, second, is_yes);
            n_searches++;
        } else {
            bool has_options = n == 3 && read_code(cells[2], lens[2], third);
            check_terms(number, first, second, has_options ? third : "");
            n_terms++;
        }
    }
    fclose(file);
    ck_assert_uint_ge(n_terms, 80);
    ck_assert_uint_ge(n_searches, 25);
}
END_TEST

/* Every option of the analyzer is explained, and nothing else is. */
START_TEST(options_are_all_there) {
    static const char *const names[] = {"stem",
                                        "stem_language",
                                        "diacritics",
                                        "fold_except",
                                        "ts_fold",
                                        "han",
                                        "hangul",
                                        "sa",
                                        "join_linebreak",
                                        "max_token_bytes",
                                        "compounds, sigils, emoji"};
    size_t len;
    char *text = kit_read_file(test_source_path("docs/analysis.md"), &len);
    char *table = strstr(text, "\n| option | values | meaning |");
    ck_assert_ptr_nonnull(table);
    size_t n_rows = 0;
    for (char *row = strchr(table + 1, '\n'); row[1] == '|'; row = strchr(row + 1, '\n')) n_rows++;
    ck_assert_uint_eq(n_rows, PRS_COUNT(names) + 1); /* and the line under the head */
    for (size_t i = 0; i < PRS_COUNT(names); i++) {
        char row[64];
        snprintf(row, sizeof row, "\n| %s | ", names[i]);
        ck_assert_msg(strstr(table, row) != NULL, "no row for %s", names[i]);
    }
    free(text);
}
END_TEST

TEST_SUITE(docs, examples_are_true, options_are_all_there)
