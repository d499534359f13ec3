/* texts.c - does the parser read a text as the manual says?
 *
 * A text is made together with its meaning, by rules taken from psearch-query(7) alone:
 *
 *   signs    [+-] operand ...   what has + must be there, what has - must not; the rest counts,
 *                               and one of it must be there if nothing has +
 *   and      the same, read with the operator and: everything without - must be there
 *   logic    chain { OR chain }, chain = [NOT] operand { AND [NOT] operand }
 *   operand  word, tag:value, ranges and values of n, date, label, field:word, "phrase",
 *            "near"~n, begin*, field:*, *:*, (signs), field:(signs), with ^n or without
 *
 * Words are some whose analysis is known by heart, each used once in a text: two equal clauses are
 * one of twice the weight, whose roundings differ.  Boosts are multiples of 1/4, so that products
 * are exact. */
#include "diff/texts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct word {
    const char *written, *key; /* key: kind byte, then the term */
} word;

static const word words[] = {
    {"chip", "\1chip"},
    {"CLOUD", "\1cloud"},
    {"silicon", "\1silicon"},
    {"custom", "\1custom"},
    {"running", "\1run"},
    {"Nvidia", "\1nvidia"},
    {"power", "\1power"},
    {"data", "\1data"},
    {"models", "\1model"},
    {"x", "\1x"},
    {"y", "\1y"},
    {"Über", "\1uber"},
    {"数据", "\3数据"},
    {"中心", "\3中心"},
    {"N2", "\1n2"},
    {"O", "\1o"},
    {"ｄａｔｕｍ", "\1datum"},
    {"w1", "\1w1"},
    {"w3", "\1w3"},
    {"w40", "\1w40"},
};
enum { N_WORDS = sizeof words / sizeof words[0], N_LATIN = 12 };

typedef struct maker {
    diff_text *t;
    diff_world *w;
    size_t len;
    bool used[N_WORDS];
    uint32_t n_tags; /* used */
    int field;       /* of the group around, -1 = the default ones */
    bool negated;    /* no *:*: a clause that nothing can match is dropped, and the scale with it */
} maker;

static uint32_t below(maker *m, uint32_t n) {
    return diff_below(&m->w->rng, n);
}

__attribute__((format(printf, 2, 3))) static void put(maker *m, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(m->t->text + m->len, sizeof m->t->text - m->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof m->t->text - m->len) diff_die("a text is too long", NULL);
    m->len += (size_t)n;
}

static void *take(maker *m, size_t n) {
    return diff_query_take(&m->t->meaning, n);
}

static const word *take_word(maker *m) {
    for (uint32_t i = below(m, N_WORDS), n = 0; n < N_WORDS; i = (i + 1) % N_WORDS, n++) {
        if (m->used[i]) continue;
        m->used[i] = true;
        return &words[i];
    }
    return NULL;
}

/* ---- operands -------------------------------------------------------------------------------- */

static nv_node *new_leaf(maker *m, nv_kind kind, int field) {
    nv_node *node = take(m, sizeof *node);
    node->kind = kind;
    node->boost = 1;
    if (field < 0) {
        node->fields[0] = FIELD_TITLE;
        node->weights[0] = 2;
        node->fields[1] = FIELD_BODY;
        node->weights[1] = 1;
        node->n_fields = 2;
    } else {
        node->fields[0] = field;
        node->weights[0] = 1;
        node->n_fields = 1;
    }
    return node;
}

/* Where dictionary words are terms, a ranked pair alone is not all of its meaning: no pair then. */
static nv_node *make_word(maker *m, int field) {
    const word *one = take_word(m);
    while (one != NULL && one->key[0] == 3 && m->w->has_words) one = take_word(m);
    if (one == NULL) return NULL;
    nv_node *node = new_leaf(m, NV_TERM, field);
    put(m, "%s", one->written);
    node->key = one->key;
    node->key_len = strlen(one->key);
    return node;
}

/* A phrase or near of two or three words.  A Han pair takes two positions. */
static nv_node *make_phrase(maker *m, int field, bool near) {
    const word *all[3];
    uint32_t n = 2 + below(m, 2), pos = 0;
    for (uint32_t i = 0; i < n; i++)
        if ((all[i] = take_word(m)) == NULL) return NULL;
    nv_node *node = new_leaf(m, near ? NV_NEAR : NV_PHRASE, field);
    node->slots = take(m, n * sizeof *node->slots);
    node->n_slots = (int)n;
    put(m, "\"");
    for (uint32_t i = 0; i < n; i++) {
        nv_slot *slot = &node->slots[i];
        put(m, "%s%s", i ? " " : "", all[i]->written);
        slot->n_keys = 1;
        slot->keys[0] = slot->idf_key = all[i]->key;
        slot->key_len[0] = slot->idf_len = strlen(all[i]->key);
        slot->pos = pos;
        pos += all[i]->key[0] == 3 ? 2 : 1;
    }
    put(m, "\"");
    if (near) {
        node->slop = (int)below(m, 5);
        put(m, "~%d", node->slop);
    }
    return node;
}

static nv_node *make_prefix(maker *m, int field) {
    static const char *const prefixes[] = {"\1chi", "\1clo", "\1sil", "\1nvi",
                                           "\1pow", "\1mod", "\1w1"};
    nv_node *node = new_leaf(m, NV_PREFIX, field);
    node->key = prefixes[below(m, 7)];
    node->key_len = strlen(node->key);
    put(m, "%s*", node->key + 1);
    return node;
}

static nv_node *make_tag(maker *m) {
    static const char *const tags[] = {"\1red", "\1green", "\1blue"};
    if (m->n_tags == 3) return NULL;
    nv_node *node = new_leaf(m, NV_TERM, FIELD_TAG);
    node->key = tags[m->n_tags++];
    node->key_len = strlen(node->key);
    put(m, "tag:%s", node->key + 1);
    return node;
}

/* A range as it is written: of whole numbers, of days and months, of labels. */
static nv_node *make_range(maker *m) {
    static const char *const froms[] = {"[", "{"}, *const tos[] = {"]", "}"};
    bool above = below(m, 3) == 0, under = below(m, 3) == 0;
    uint32_t kind = below(m, 3);
    nv_node *node = new_leaf(m, NV_RANGE,
                             kind == 0   ? FIELD_N
                             : kind == 1 ? FIELD_DATE
                                         : FIELD_LABEL);
    node->has_from = node->has_to = 1;
    if (kind == 0) {
        node->from = (nv_value){.type = NV_INT, .i = (int64_t)below(m, 12) - 5};
        node->to = (nv_value){.type = NV_INT, .i = node->from.i + 2 + below(m, 9)};
        put(m, "n:%s%lld TO %lld%s", froms[above], (long long)node->from.i, (long long)node->to.i,
            tos[under]);
        node->above = above;
        node->below = under;
    } else if (kind == 1) { /* a month is all of its milliseconds */
        const diff_month *a = &diff_months[below(m, N_MONTHS)], *b = &diff_months[N_MONTHS - 1];
        above = above && a != b && !under;
        node->from = (nv_value){.type = NV_INT, .i = a->first + (above ? a->days * DIFF_DAY : 0)};
        node->to = (nv_value){.type = NV_INT, .i = b->first + (under ? 0 : b->days * DIFF_DAY)};
        node->below = 1;
        put(m, "date:%s%s TO %s%s", froms[above], a->name, b->name, tos[under]);
        if (node->from.i >= node->to.i) node->kind = NV_NONE;
    } else {
        node->from = (nv_value){.type = NV_TEXT, .text = "A", .len = 1};
        node->has_to = 0;
        node->above = above;
        put(m, "label:%s", above ? ">A" : "[\"A\" TO *}");
    }
    return node;
}

/* A plain value, or a comparison. */
static nv_node *make_value(maker *m) {
    uint32_t kind = below(m, 4);
    int64_t v = (int64_t)below(m, 15) - 5;
    const diff_month *month = &diff_months[below(m, N_MONTHS)];
    nv_node *node = new_leaf(m, NV_RANGE, kind == 3 ? FIELD_DATE : FIELD_N);
    node->from = node->to = (nv_value){.type = NV_INT, .i = v};
    node->has_from = kind != 2;
    node->has_to = kind != 1;
    node->above = kind == 1;
    if (kind == 3) {
        node->from.i = month->first;
        node->to.i = month->first + month->days * DIFF_DAY;
        node->below = 1;
        put(m, "date:%s", month->name);
    } else {
        put(m, "n:%s%lld", kind == 0 ? "" : kind == 1 ? ">" : "<=", (long long)v);
    }
    return node;
}

static nv_node *make_signs(maker *m, int depth, bool all);

static nv_node *make_group(maker *m, int depth, bool all) {
    int field = m->field;
    if (below(m, 2) == 0) {
        m->field = below(m, 2) ? FIELD_TITLE : FIELD_BODY;
        put(m, "%s:", diff_field_names[m->field]);
    }
    put(m, "(");
    nv_node *node = make_signs(m, depth + 1, all);
    put(m, ")");
    m->field = field;
    return node;
}

static void put_boost(maker *m, nv_node *node) {
    static const double boosts[] = {0.25, 0.5, 1.5, 2, 3.75, 8};
    if (below(m, 4) != 0) return;
    double boost = boosts[below(m, 6)];
    node->boost *= boost;
    put(m, "^%g", boost);
}

/* NULL: the words are used up, and what was written has to be forgotten. */
static nv_node *make_operand(maker *m, int depth, bool all) {
    nv_node *node;
    uint32_t r = below(m, 100);
    int field = m->field;
    if (depth < 2 && r < 15) {
        node = make_group(m, depth, all);
        if (node != NULL) put_boost(m, node);
        return node;
    }
    if (r < 22) return make_tag(m);
    if (r < 25 && !m->negated) {
        node = below(m, 2) ? make_range(m) : make_value(m);
        put_boost(m, node);
        return node;
    }
    if (r < 28) {
        field = below(m, 2) ? FIELD_TITLE : FIELD_BODY;
        put(m, "%s:*", diff_field_names[field]);
        return new_leaf(m, NV_EXISTS, field);
    }
    if (r < 30 && !m->negated) {
        put(m, "*:*");
        node = new_leaf(m, NV_ALL, -1);
        node->n_fields = 0;
        return node;
    }
    if (r < 45) {
        field = below(m, 2) ? FIELD_TITLE : FIELD_BODY;
        put(m, "%s:", diff_field_names[field]);
    }
    r = below(m, 100);
    node = r < 60   ? make_word(m, field)
           : r < 75 ? make_phrase(m, field, false)
           : r < 85 ? make_phrase(m, field, true)
                    : make_prefix(m, field);
    if (node != NULL) put_boost(m, node);
    return node;
}

static nv_node *make_signed(maker *m, int depth, bool all, bool negated) {
    bool before = m->negated;
    m->negated |= negated;
    nv_node *node = make_operand(m, depth, all);
    m->negated = before;
    return node;
}

/* ---- lists ----------------------------------------------------------------------------------- */

static nv_node *new_bool(maker *m) {
    nv_node *node = take(m, sizeof *node);
    enum { MOST = 8 };
    node->kind = NV_BOOL;
    node->boost = 1;
    node->must = take(m, MOST * sizeof(nv_node *));
    node->should = take(m, MOST * sizeof(nv_node *));
    node->must_not = take(m, MOST * sizeof(nv_node *));
    node->filter = take(m, sizeof(nv_node *));
    return node;
}

/* A range that nothing lies in takes the rest of an AND with it, and is no part of an OR: what it
 * leaves out weighs nothing, either. */
static bool is_impossible(nv_node *node) {
    int n = 0, given = node->n_must + node->n_should;
    for (int i = 0; i < node->n_must; i++)
        if (node->must[i]->kind == NV_NONE) return true;
    for (int i = 0; i < node->n_should; i++)
        if (node->should[i]->kind != NV_NONE) node->should[n++] = node->should[i];
    node->n_should = n;
    return given > 0 && node->n_must + n == 0;
}

/* Nothing but what must not be there: everything else. */
static nv_node *finish(maker *m, nv_node *node) {
    if (node->n_must + node->n_should + node->n_must_not == 0) return NULL;
    if (is_impossible(node)) {
        nv_node *none = new_leaf(m, NV_NONE, -1);
        none->n_fields = 0;
        return none;
    }
    if (node->n_must + node->n_should == 0) {
        nv_node *every = new_leaf(m, NV_ALL, -1);
        every->n_fields = 0;
        node->filter[node->n_filter++] = every;
    }
    node->min_should = node->n_must == 0 && node->n_should > 0;
    return node;
}

static nv_node *make_signs(maker *m, int depth, bool all) {
    nv_node *node = new_bool(m);
    for (uint32_t n = 1 + below(m, depth == 0 ? 5 : 3); n > 0; n--) {
        uint32_t sign = below(m, 5);
        size_t before = m->len;
        put(m, "%s%s", before > 0 && m->t->text[before - 1] != '(' ? " " : "",
            sign == 0   ? "+"
            : sign == 1 ? "-"
                        : "");
        nv_node *one = make_signed(m, depth, all, sign == 1);
        if (one == NULL) {
            m->len = before;
            m->t->text[before] = '\0';
        } else if (sign == 1) {
            node->must_not[node->n_must_not++] = one;
        } else if (sign == 0 || all) {
            node->must[node->n_must++] = one;
        } else {
            node->should[node->n_should++] = one;
        }
    }
    return finish(m, node);
}

static nv_node *make_chain(maker *m) {
    nv_node *node = new_bool(m);
    for (uint32_t n = 1 + below(m, 3), first = 1; n > 0; n--) {
        bool negated = below(m, 4) == 0;
        size_t before = m->len;
        put(m, "%s%s", first ? "" : " AND ", negated ? "NOT " : "");
        nv_node *one = make_signed(m, 1, false, negated);
        if (one == NULL) {
            m->len = before;
            m->t->text[before] = '\0';
            break;
        }
        first = 0;
        if (negated)
            node->must_not[node->n_must_not++] = one;
        else
            node->must[node->n_must++] = one;
    }
    return finish(m, node);
}

static nv_node *make_logic(maker *m) {
    nv_node *node = new_bool(m);
    for (uint32_t n = 1 + below(m, 3); n > 0; n--) {
        size_t before = m->len;
        put(m, "%s", node->n_should ? " OR " : "");
        nv_node *one = make_chain(m);
        if (one == NULL) {
            m->len = before;
            m->t->text[before] = '\0';
            break;
        }
        node->should[node->n_should++] = one;
    }
    return finish(m, node);
}

void diff_text_make(diff_text *t, diff_world *w) {
    maker m = {.t = t, .w = w, .field = -1};
    memset(t, 0, sizeof *t);
    t->op = below(&m, 3) == 0 ? PRISM_AND : PRISM_OR;
    bool all = t->op == PRISM_AND;
    t->meaning.root = all || below(&m, 2) ? make_signs(&m, 0, all) : make_logic(&m);
    if (t->meaning.root == NULL) {
        t->meaning.root = new_leaf(&m, NV_NONE, -1);
        t->meaning.root->n_fields = 0;
    }
    size_t len = strlen(t->text) + 1;
    t->meaning.json = malloc(len);
    if (t->meaning.json == NULL) diff_die("out of memory", NULL);
    memcpy(t->meaning.json, t->text, len);
}
