/* guess.c - of which type is a field, to judge by its values?
 *
 *   all whole numbers of 64 bits       i64        all true or false      bool
 *   all numbers                        f64        all ISO 8601 dates     date
 *   strings of one word, ids, urls     keyword    with a column if they repeat themselves
 *   short strings that repeat          keyword, with a column
 *   other strings                      text
 *
 * A field with values of several kinds is one of strings.  "Repeat" means that half of the values
 * have been there before; a few thousand distinct values are told apart, beyond that they do not
 * repeat.  Chinese has no spaces, so a string of one word that is not ASCII is a keyword only if
 * it repeats.
 * Tested by: tests/cli/init.sh */
#include "guess.h"

#include <stdlib.h>
#include <string.h>

int guesses_init(guesses *g) {
    static const char schema_text[] =
        "{\"fields\":[{\"name\":\"d\",\"type\":\"date\",\"many\":true}]}";
    prism_error err = PRISM_ERROR_INIT;
    prism_schema *schema;
    memset(g, 0, sizeof *g);
    if (prism_schema_from_json(schema_text, strlen(schema_text), &schema, &err) != PRISM_OK)
        return cli_fail(&err);
    prism_status status = prism_doc_new(schema, &g->dates, &err);
    prism_schema_unref(schema);
    return status == PRISM_OK ? CLI_OK : cli_fail(&err);
}

void guesses_fini(guesses *g) {
    for (size_t i = 0; i < g->n; i++) {
        free(g->all[i].name);
        free(g->all[i].seen);
    }
    free(g->all);
    prism_doc_free(g->dates);
}

guess *guesses_find(const guesses *g, const char *name) {
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->all[i].name, name) == 0) return &g->all[i];
    return NULL;
}

guess *guesses_field(guesses *g, const char *name, size_t len) {
    for (size_t i = 0; i < g->n; i++)
        if (strncmp(g->all[i].name, name, len) == 0 && g->all[i].name[len] == 0) return &g->all[i];
    if (g->n == g->cap) {
        size_t cap = g->cap ? g->cap * 2 : 32;
        guess *all = realloc(g->all, cap * sizeof *all);
        if (all == NULL) return NULL;
        g->all = all;
        g->cap = cap;
    }
    guess *field = &g->all[g->n];
    memset(field, 0, sizeof *field);
    field->name = malloc(len + 1);
    field->seen = calloc(GUESS_SLOTS, sizeof *field->seen);
    if (field->name == NULL || field->seen == NULL) {
        free(field->name);
        free(field->seen);
        return NULL;
    }
    memcpy(field->name, name, len);
    field->name[len] = 0;
    g->n++;
    return field;
}

/* ---- values --------------------------------------------------------------------------------- */

static void note_distinct(guess *field, const char *text, size_t len) {
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    if (hash == 0) hash = 1;
    if (field->distinct >= GUESS_SLOTS / 2) { /* full: as if it were new */
        field->distinct++;
        return;
    }
    size_t at = hash % GUESS_SLOTS;
    while (field->seen[at] != 0 && field->seen[at] != hash) at = (at + 1) % GUESS_SLOTS;
    if (field->seen[at] == 0) field->distinct++;
    field->seen[at] = hash;
}

static bool is_date(guesses *g, const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    if (len < 7 || len > 40 || text[4] != '-') return false;
    for (size_t i = 0; i < 4; i++)
        if (text[i] < '0' || text[i] > '9') return false;
    bool is = prism_doc_add(g->dates, "d", text, len, &err) == PRISM_OK;
    prism_doc_clear(g->dates);
    return is;
}

bool guess_string(guesses *g, guess *field, const char *text, size_t len) {
    bool words = false, foreign = false;
    for (size_t i = 0; i < len; i++) {
        words |= text[i] == ' ' || text[i] == '\n' || text[i] == '\t';
        foreign |= (unsigned char)text[i] >= 0x80;
    }
    field->n++;
    field->words += words;
    field->foreign += foreign;
    if (len > field->longest) field->longest = len;
    note_distinct(field, text, len);
    field->dates += is_date(g, text, len);
    return true;
}

/* In the range of an i64. */
static bool is_whole(double v) {
    return v >= -9223372036854775808.0 && v < 9223372036854775808.0 && v == (double)(int64_t)v;
}

bool guess_json(guesses *g, guess *field, const json_t *value) {
    size_t i;
    json_t *item;
    switch (json_typeof(value)) {
    case JSON_NULL: return true;
    case JSON_STRING:
        return guess_string(g, field, json_string_value(value), json_string_length(value));
    case JSON_INTEGER: field->ints++; break;
    case JSON_REAL:
        if (g->all_real && is_whole(json_real_value(value)))
            field->ints++;
        else
            field->reals++;
        break;
    case JSON_TRUE:
    case JSON_FALSE: field->bools++; break;
    case JSON_OBJECT: field->objects++; break;
    case JSON_ARRAY:
        field->many = true;
        json_array_foreach(value, i, item) {
            if (json_is_array(item))
                field->objects++; /* as unsearchable as one */
            else if (!guess_json(g, field, item))
                return false;
        }
        return true;
    }
    field->n++;
    return true;
}

/* A number as JSON writes it; 007 and +1 are strings. */
static bool is_number(const char *text, size_t len, bool *whole) {
    json_error_t where;
    if (len == 0 || len > 40 || (text[0] != '-' && (text[0] < '0' || text[0] > '9'))) return false;
    json_t *value = json_loadb(text, len, JSON_DECODE_ANY, &where);
    bool is = json_is_number(value);
    *whole = json_is_integer(value);
    json_decref(value);
    return is;
}

bool guess_bare(guesses *g, guess *field, const char *text, size_t len) {
    bool whole = false;
    if (len == 0) return true;
    if (is_number(text, len, &whole)) {
        field->n++;
        field->ints += whole;
        field->reals += !whole;
        return true;
    }
    if ((len == 4 && memcmp(text, "true", 4) == 0) || (len == 5 && memcmp(text, "false", 5) == 0)) {
        field->n++;
        field->bools++;
        return true;
    }
    return guess_string(g, field, text, len);
}

/* ---- the answer ----------------------------------------------------------------------------- */

static bool repeats(const guess *field) {
    return field->n >= 4 && field->distinct * 2 <= field->n;
}

static const char *type_of(const guess *field, bool *column) {
    uint64_t strings = field->n - field->ints - field->reals - field->bools;
    *column = false;
    if (field->ints == field->n) return "i64";
    if (field->ints + field->reals == field->n) return "f64";
    if (field->bools == field->n) return "bool";
    if (field->dates == field->n) return "date";
    bool one_word = field->words == 0 && field->longest <= GUESS_ONE_WORD;
    if (strings < field->n) return field->words == 0 ? "keyword" : "text"; /* of several kinds */
    *column = repeats(field) && field->longest <= GUESS_KEYWORD;
    return *column || (one_word && field->foreign == 0) ? "keyword" : "text";
}

json_t *guess_field(const guess *field, bool is_key, const char **why) {
    bool column = false;
    *why = NULL;
    if (field->objects > 0)
        *why = "objects are kept in the stored document, but cannot be searched";
    else if (field->n == 0)
        *why = "it has no value";
    if (*why) return NULL;
    const char *type = is_key ? "keyword" : type_of(field, &column);
    json_t *out = json_pack("{s:s, s:s}", "name", field->name, "type", type);
    /* Several paragraphs are one text, so text takes arrays anyway. */
    if (field->many && strcmp(type, "text") != 0) json_object_set_new(out, "many", json_true());
    if (column) json_object_set_new(out, "column", json_true());
    if (strcmp(type, "text") == 0 && strcmp(field->name, "title") == 0)
        json_object_set_new(out, "boost", json_integer(2));
    return out;
}
