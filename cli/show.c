/* show.c - how does an answer look to a person?
 *
 *    1. Title in bold, words that matched in red
 *       … the best part of the text, wrapped at the width of the terminal, Han counted as two
 *       columns, never broken before a closing mark…
 *       score 3.498 · 2025-11-03 · articles/a.md            dim
 *
 * The id is the title where there is none.  A field in which nothing matched is shown only if no
 * other did (its beginning, so that a hit by its title still tells what it is about).  Off a
 * terminal there are no colours and a part is one line, for grep.  A document's own control and
 * direction characters never reach the terminal.
 * Tested by: tests/cli/human.sh */
#include "show.h"

#include "sorted.h"
#include "units.h"
#include "width.h"

#include <string.h>
#include <unistd.h>

#define MARK_ON "\033[1;31m"
#define BOLD_ON "\033[1m"
#define DIM_ON "\033[2m"
#define OFF "\033[0m"
enum { INDENT = 4, WIDEST = 100 };

/* A running line of output. */
typedef struct pen {
    bool color, keep_lines;
    const char *base; /* style of unmarked text */
    unsigned width;   /* columns to wrap at; 0 = never */
    unsigned column;
    bool space, line; /* a blank, a line break is due before the next word */
} pen;

static void new_line(pen *p) {
    printf("\n%*s", INDENT, "");
    p->column = INDENT;
    p->space = p->line = false;
}

static bool is_blank(uint32_t cp) {
    return cp == ' ' || cp == 0xa0 || cp == 0x3000 || width_is_control(cp);
}

/* The end of the piece at `at` that no line may end in, and its columns. */
static size_t piece_end(const prism_fragment *f, size_t at, unsigned *columns) {
    uint32_t before = 0, cp;
    *columns = 0;
    while (at < f->len) {
        size_t n = width_read(f->text + at, f->text + f->len, &cp);
        if (is_blank(cp) || (before && width_may_break(before, cp))) break;
        *columns += width_of(cp);
        before = cp;
        at += n;
    }
    return at;
}

static void write_piece(pen *p, const prism_fragment *f, size_t at, size_t end, uint32_t *span) {
    while (at < end) {
        uint32_t cp;
        size_t n = width_read(f->text + at, f->text + end, &cp);
        unsigned columns = width_of(cp);
        while (*span < f->n_spans && f->spans[*span].end <= at) ++*span;
        bool marked = *span < f->n_spans && f->spans[*span].start <= at;
        if (p->width && p->column + columns > p->width) new_line(p);
        if (p->color && marked && (f->spans[*span].start == at)) fputs(MARK_ON, stdout);
        if (cp == 0xfffd)
            fputs("\xef\xbf\xbd", stdout);
        else
            fwrite(f->text + at, 1, n, stdout);
        p->column += columns;
        at += n;
        if (p->color && marked && f->spans[*span].end <= at) printf(OFF "%s", p->base);
    }
}

/* A text from byte `at` on with its spans marked, wrapped; runs of blanks and control characters
 * are one blank. */
static void write_text(pen *p, const prism_fragment *f, size_t at) {
    uint32_t span = 0, cp;
    while (at < f->len) {
        unsigned columns;
        size_t n = width_read(f->text + at, f->text + f->len, &cp);
        if (is_blank(cp)) {
            if (p->keep_lines && cp == '\n' && p->column > INDENT) p->line = true;
            p->space = p->column > INDENT;
            at += n;
            continue;
        }
        size_t end = piece_end(f, at, &columns);
        bool full = p->width && p->column + p->space + columns > p->width;
        if (p->column > INDENT && (p->line || full)) {
            new_line(p);
        } else if (p->space) {
            putchar(' ');
            p->column++;
        }
        p->space = false;
        write_piece(p, f, at, end, &span);
        at = end;
    }
}

static pen new_pen(const search_answer *a, const char *base) {
    pen p = {a->options->color, a->options->highlight, base, 0, INDENT, false, false};
    if (isatty(STDOUT_FILENO)) p.width = width_terminal(STDOUT_FILENO);
    if (p.width > WIDEST) p.width = WIDEST;
    if (p.width < 2 * INDENT) p.width = 0;
    return p;
}

static void write_plain(pen *p, const char *text, size_t len) {
    prism_fragment f = {text, len, 0, NULL, 0};
    write_text(p, &f, 0);
}

/* ---- a hit ---------------------------------------------------------------------------------- */

/* A part out of the middle of a text does not begin with the end of the sentence before it. */
static size_t skip_leftovers(const prism_fragment *f) {
    size_t at = 0, limit = f->n_spans ? f->spans[0].start : f->len;
    while (at < limit) {
        uint32_t cp;
        size_t n = width_read(f->text + at, f->text + f->len, &cp);
        if (!is_blank(cp) && !width_is_closing(cp)) break;
        at += n;
    }
    return at;
}

static bool ends_a_sentence(const prism_fragment *f) {
    static const char *const marks[] = {".", "!", "?", "。", "！", "？"};
    size_t len = f->len;
    while (len > 0 && (unsigned char)f->text[len - 1] <= ' ') len--;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t n = strlen(marks[i]);
        if (len >= n && memcmp(f->text + len - n, marks[i], n) == 0) return true;
    }
    return false;
}

static void show_part(const search_answer *a, const json_t *value, const prism_fragment *f) {
    pen p = new_pen(a, "");
    printf("%*s", INDENT, "");
    if (f->offset > 0) {
        fputs("…", stdout);
        p.column++;
    }
    write_text(&p, f, f->offset > 0 ? skip_leftovers(f) : 0);
    bool more = json_is_string(value) && f->offset + f->len < json_string_length(value);
    puts(more && !ends_a_sentence(f) ? "…" : "");
}

/* The parts of a field; `matched`: only if something in it matched.  Tells whether anything was
 * shown. */
static bool show_field(search_answer *a, const prism_hit *hit, const char *field,
                       const json_t *value, bool matched) {
    bool shown = false;
    prism_snippet *snippet = search_snippet(a, hit->gdoc, field);
    for (uint32_t i = 0; i < prism_snippet_count(snippet); i++) {
        prism_fragment f;
        prism_snippet_get(snippet, i, &f);
        if (f.len == 0 || (matched && f.n_spans == 0)) continue;
        show_part(a, value, &f);
        shown = true;
    }
    prism_snippet_free(snippet);
    return shown;
}

static bool is_title(const char *field) {
    return strcmp(field, "title") == 0;
}

static void show_body(search_answer *a, const prism_hit *hit, const json_t *fields) {
    bool shown = false;
    size_t i;
    json_t *name;
    for (int matched = 1; matched >= 0 && !shown; matched--) {
        json_array_foreach(a->text_fields, i, name) {
            const char *field = json_string_value(name);
            if (is_title(field) || (shown && !matched)) continue;
            if (show_field(a, hit, field, json_object_get(fields, field), matched)) shown = true;
        }
    }
}

/* The title, or the id where there is none; tells which. */
static bool show_title(search_answer *a, const prism_hit *hit, uint64_t rank) {
    const char *bold = a->options->color ? BOLD_ON : "";
    pen p = new_pen(a, bold);
    prism_fragment f = {NULL, 0, 0, NULL, 0};
    prism_snippet *snippet = NULL;
    size_t i;
    json_t *name;
    json_array_foreach(a->text_fields, i, name) {
        if (is_title(json_string_value(name))) snippet = search_snippet(a, hit->gdoc, "title");
    }
    if (prism_snippet_count(snippet) > 0) prism_snippet_get(snippet, 0, &f);
    bool titled = f.len > 0;
    printf("%2llu. %s", (unsigned long long)rank, bold);
    p.keep_lines = false;
    if (titled)
        write_text(&p, &f, 0);
    else
        write_plain(&p, hit->key, hit->key_len);
    puts(a->options->color ? OFF : "");
    prism_snippet_free(snippet);
    return titled;
}

/* A fact stays on one line, with the dot that parts it from the one before at the end of that
 * one's. */
static void write_fact(pen *p, const char *text, size_t len) {
    unsigned columns = 0;
    uint32_t cp;
    for (const char *c = text; c < text + len; c += width_read(c, text + len, &cp)) {
        width_read(c, text + len, &cp);
        columns += width_of(cp);
    }
    if (p->column > INDENT) {
        fputs(" ·", stdout);
        p->column += 2;
        if (p->width && p->column + 1 + columns > p->width) new_line(p);
        p->space = p->column > INDENT;
    }
    write_plain(p, text, len);
}

/* What the hit stands by in the order asked for, as far as it is not shown anyway. */
static void show_order(const search_answer *a, pen *p, uint32_t i, const char *const *shown,
                       size_t n_shown) {
    const char *sort = a->options->sort;
    char text[256];
    for (uint32_t j = 0; j < prism_hits_sort_count(a->hits); j++) {
        bool again = false;
        if (!sorted_fact(a->hits, i, j, sort, text, sizeof text)) continue;
        for (size_t k = 0; k < n_shown; k++)
            again |=
                strncmp(text, shown[k], strlen(shown[k])) == 0 && text[strlen(shown[k])] == ' ';
        if (!again) write_fact(p, text, strlen(text));
    }
}

static void show_facts(const search_answer *a, uint32_t i, const prism_hit *hit,
                       const json_t *fields, bool with_id) {
    static const char *const names[] = {"date", "source", "url"};
    const size_t n_names = sizeof names / sizeof names[0];
    char score[40];
    pen p = new_pen(a, "");
    int n = snprintf(score, sizeof score, "score %.3f", (double)hit->score);
    printf("%*s%s", INDENT, "", p.color ? DIM_ON : "");
    if (sorted_has_scores(a->hits)) write_fact(&p, score, (size_t)n);
    show_order(a, &p, i, names, n_names);
    for (size_t k = 0; k < n_names; k++) {
        const char *value = json_string_value(json_object_get(fields, names[k]));
        if (value) write_fact(&p, value, strlen(value));
    }
    if (with_id) write_fact(&p, hit->key, hit->key_len);
    puts(p.color ? OFF : "");
}

static void tell_count(const search_answer *a) {
    char total[32], text[64];
    uint64_t shown = prism_hits_count(a->hits), first = a->options->offset + 1;
    const char *least = a->total_exact ? "" : "at least ";
    double ms = (double)a->took_us / 1000;
    units_show_count(a->total, total);
    units_show_things(a->total, "document", text);
    if (a->total == 0)
        cli_message("nothing found (%.1f ms)", ms);
    else if (a->options->after && shown > 0)
        cli_message("%llu more of %s%s in %.1f ms", (unsigned long long)shown, least, text, ms);
    else if (shown == a->total || shown == 0)
        cli_message("%s%s in %.1f ms", least, text, ms);
    else if (shown == 1)
        cli_message("%llu of %s%s in %.1f ms", (unsigned long long)first, least, text, ms);
    else
        cli_message("%llu to %llu of %s%s in %.1f ms", (unsigned long long)first,
                    (unsigned long long)(first + shown - 1), least, text, ms);
}

/* Who pages through an order is told how to go on. */
static void tell_next(const search_answer *a) {
    char *token;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_hits_next(a->hits, 0, &token, &err) != PRISM_OK || token == NULL) return;
    cli_message("more: --after %s", token);
    prism_free_text(token);
}

void show_answer(search_answer *a) {
    for (uint32_t i = 0; i < prism_hits_count(a->hits) && a->code == CLI_OK && !cli_interrupted;
         i++) {
        prism_hit hit;
        prism_hits_get(a->hits, i, &hit);
        json_t *fields = search_fields(a, hit.gdoc);
        if (i > 0) putchar('\n');
        bool titled = show_title(a, &hit, a->options->offset + i + 1);
        show_body(a, &hit, fields);
        show_facts(a, i, &hit, fields, titled);
        json_decref(fields);
    }
    /* The count comes after the hits also where both go to one place. */
    if (a->code == CLI_OK) a->code = cli_finish(CLI_OK);
    if (a->code == CLI_OK) tell_count(a);
    if (a->code == CLI_OK && (a->options->sort || a->options->after)) tell_next(a);
}
