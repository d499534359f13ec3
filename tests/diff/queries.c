/* queries.c - which queries can tell two engines apart?
 *
 * Leaves are made from tokens that stand in some document, so that most match something: words over
 * one or two fields, phrases of neighbours (sometimes disturbed), lone Han characters inside
 * phrases, near, prefixes; ranges of values with and without ends.  Inner nodes: bool with every
 * clause kind and min_should, max, const; three levels at most. */
#include "diff/queries.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct maker {
    diff_query *q;
    diff_world *w;
} maker;

void *diff_query_take(diff_query *q, size_t n) {
    if (q->n_blocks == q->cap_blocks) {
        q->cap_blocks = q->cap_blocks ? 2 * q->cap_blocks : 32;
        q->blocks = realloc(q->blocks, q->cap_blocks * sizeof *q->blocks);
        if (q->blocks == NULL) diff_die("out of memory", NULL);
    }
    void *p = calloc(1, n + 1);
    if (p == NULL) diff_die("out of memory", NULL);
    q->blocks[q->n_blocks++] = p;
    return p;
}

static void *take(maker *m, size_t n) {
    return diff_query_take(m->q, n);
}

static uint32_t below(maker *m, uint32_t n) {
    return diff_below(&m->w->rng, n);
}

static json_t *key_json(const char *key, size_t len) {
    static const char *const kinds[] = {"", "word", "han1", "han2", "hanend", "exact", "hanword"};
    return json_pack("{s:s, s:s%}", "kind", kinds[(int)key[0]], "text", key + 1, len - 1);
}

static const diff_token *any_token(maker *m) {
    return &m->w->tokens[below(m, (uint32_t)m->w->n_tokens)];
}

/* ---- leaves --------------------------------------------------------------------------------- */

static nv_node *new_node(maker *m, nv_kind kind, json_t *object, const char *type) {
    nv_node *node = take(m, sizeof *node);
    node->kind = kind;
    node->boost = 1;
    json_object_set_new(object, "type", json_string(type));
    if (below(m, 4) == 0) {
        node->boost = (double)(1 + below(m, 40)) / 8;
        json_object_set_new(object, "boost", json_real(node->boost));
    }
    return node;
}

static void set_fields(maker *m, nv_node *node, json_t *object, int field) {
    json_t *fields = json_object();
    if (field == FIELD_TAG || below(m, 3) == 0) {
        node->fields[node->n_fields] = field;
        node->weights[node->n_fields++] = 1 + (int)below(m, 3);
    } else {
        for (int f = FIELD_TITLE; f <= FIELD_BODY; f++) {
            node->fields[node->n_fields] = f;
            node->weights[node->n_fields++] = f == FIELD_TITLE ? 2 : 1;
        }
    }
    for (int i = 0; i < node->n_fields; i++)
        json_object_set_new(fields, diff_field_names[node->fields[i]],
                            json_integer(node->weights[i]));
    json_object_set_new(object, "fields", fields);
}

static nv_node *make_term(maker *m, json_t *object) {
    const diff_token *t = any_token(m);
    nv_node *node = new_node(m, NV_TERM, object, "term");
    set_fields(m, node, object, t->field);
    node->key = t->key;
    node->key_len = t->len;
    if (below(m, 20) == 0) {
        node->key = "\1nowhere";
        node->key_len = 8;
    }
    json_object_set_new(object, "key", key_json(node->key, node->key_len));
    return node;
}

static size_t character_len(const char *text) {
    unsigned char c = (unsigned char)*text;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static nv_node *make_prefix(maker *m, json_t *object) {
    const diff_token *t = any_token(m);
    nv_node *node = new_node(m, NV_PREFIX, object, "prefix");
    set_fields(m, node, object, t->field);
    node->key = t->key;
    node->key_len = t->len > 1 ? 1 + character_len(t->key + 1) : 1;
    if (node->key_len < t->len && below(m, 2))
        node->key_len += character_len(t->key + node->key_len);
    json_object_set_new(object, "key", key_json(node->key, node->key_len));
    return node;
}

static nv_node *make_exists(maker *m, json_t *object) {
    nv_node *node = new_node(m, NV_EXISTS, object, "exists");
    int field = (int)below(m, N_FIELDS);
    if (field <= FIELD_TAG) {
        set_fields(m, node, object, field);
    } else {
        node->fields[node->n_fields] = field;
        node->weights[node->n_fields++] = 1;
        json_object_set_new(object, "fields", json_pack("{s:i}", diff_field_names[field], 1));
    }
    return node;
}

/* ---- ranges --------------------------------------------------------------------------------- */

static nv_value any_value(maker *m, int field) {
    nv_value v = {.type = NV_INT};
    static const char *const tags[] = {"red", "green", "blue", "gold", ""};
    const diff_month *month = &diff_months[below(m, N_MONTHS)];
    switch (field) {
    case FIELD_N: v.i = diff_world_int(m->w); break;
    case FIELD_B: v.i = below(m, 2); break;
    case FIELD_DATE: v.i = month->first + (int64_t)below(m, 31) * DIFF_DAY; break;
    case FIELD_F:
        v.type = NV_FLOAT;
        v.f = diff_world_float(m->w);
        break;
    default:
        v.type = NV_TEXT;
        v.text = field == FIELD_TAG ? tags[below(m, 5)] : diff_world_label(m->w);
        v.len = strlen(v.text);
    }
    return v;
}

static json_t *value_json(const nv_value *v) {
    if (v->type == NV_TEXT) return json_stringn(v->text, v->len);
    return v->type == NV_FLOAT ? json_real(v->f) : json_integer(v->i);
}

static int order(const nv_value *a, const nv_value *b) {
    if (a->type == NV_INT) return a->i < b->i ? -1 : a->i > b->i;
    if (a->type == NV_FLOAT) return a->f < b->f ? -1 : a->f > b->f;
    return strcmp(a->text, b->text);
}

/* Does no value lie between the ends, whatever documents have?  Then the range counts nowhere.
 * Doubles whose ends are different always have one, or two of them, between them here. */
static bool is_empty(const nv_node *q) {
    if (q->from.type == NV_INT) {
        if (q->has_from && q->above && q->from.i == INT64_MAX) return true;
        if (q->has_to && q->below && q->to.i == INT64_MIN) return true;
        if (!q->has_from || !q->has_to) return false;
        return q->from.i + q->above > q->to.i - q->below;
    }
    if (!q->has_from || !q->has_to) return false;
    int c = order(&q->from, &q->to);
    return c > 0 || (c == 0 && (q->above || q->below));
}

static nv_node *make_range(maker *m, json_t *object) {
    int field = FIELD_TAG + (int)below(m, N_FIELDS - FIELD_TAG);
    nv_node *node = new_node(m, NV_RANGE, object, "range");
    node->fields[node->n_fields] = field;
    node->weights[node->n_fields++] = 1;
    json_object_set_new(object, "fields", json_pack("{s:i}", diff_field_names[field], 1));
    node->from = any_value(m, field);
    node->to = any_value(m, field);
    if (below(m, 8) != 0 && order(&node->from, &node->to) > 0) {
        nv_value v = node->from;
        node->from = node->to;
        node->to = v;
    }
    node->has_from = below(m, 4) != 0;
    node->has_to = below(m, 4) != 0;
    node->above = below(m, 3) == 0;
    node->below = below(m, 3) == 0;
    if (node->from.type == NV_FLOAT && fabs(node->from.f - node->to.f) < 1e-300)
        node->above = node->below = 0; /* neighbours of 0 */
    if (node->has_from)
        json_object_set_new(object, node->above ? "above" : "from", value_json(&node->from));
    if (node->has_to)
        json_object_set_new(object, node->below ? "below" : "to", value_json(&node->to));
    if (is_empty(node)) node->kind = NV_NONE;
    return node;
}

/* A slot for a token: the token itself, or the lone-character form for a Han character. */
static void fill_slot(maker *m, nv_slot *slot, const diff_token *t, uint32_t pos, json_t *slots) {
    json_t *object = json_object(), *keys = json_array();
    slot->pos = pos;
    slot->n_keys = 1;
    slot->keys[0] = slot->idf_key = t->key;
    slot->key_len[0] = slot->idf_len = t->len;
    if (t->key[0] == 2 || t->key[0] == 4) {
        char *end = take(m, t->len), *pair = take(m, t->len), *one = take(m, t->len);
        memcpy(end, t->key, t->len);
        memcpy(pair, t->key, t->len);
        memcpy(one, t->key, t->len);
        end[0] = 4;
        pair[0] = 3;
        one[0] = 2;
        slot->keys[0] = end;
        slot->prefix = pair;
        slot->prefix_len = t->len;
        slot->idf_key = one;
        json_object_set_new(object, "prefix", key_json(pair, t->len));
    }
    json_array_append_new(keys, key_json(slot->keys[0], slot->key_len[0]));
    json_object_set_new(object, "keys", keys);
    json_object_set_new(object, "pos", json_integer(pos));
    json_object_set_new(object, "idf", key_json(slot->idf_key, slot->idf_len));
    json_array_append_new(slots, object);
}

/* The tokens that stand at the positions after `t` in its document and field, one a position. */
static nv_node *make_phrase(maker *m, json_t *object) {
    size_t at = below(m, (uint32_t)m->w->n_tokens), n = 2 + below(m, 3);
    const diff_token *t = &m->w->tokens[at], *end = m->w->tokens + m->w->n_tokens;
    if (t->field == FIELD_TAG) return make_term(m, object);
    nv_node *node = new_node(m, NV_PHRASE, object, "phrase");
    json_t *slots = json_array();
    set_fields(m, node, object, t->field);
    node->slots = take(m, n * sizeof *node->slots);
    uint32_t first = t->pos, want = t->pos;
    for (const diff_token *s = t;
         s < end && s->doc == t->doc && s->field == t->field && (size_t)node->n_slots < n; s++) {
        if (s->pos < want || (below(m, 3) == 0 && s + 1 < end && s[1].pos == s->pos)) continue;
        const diff_token *chosen = below(m, 12) == 0 ? any_token(m) : s;
        fill_slot(m, &node->slots[node->n_slots++], chosen, s->pos - first, slots);
        want = s->pos + 1 + (below(m, 6) == 0);
    }
    if (node->n_slots == 0) fill_slot(m, &node->slots[node->n_slots++], t, 0, slots);
    if (node->slots[0].pos > 0)
        for (int i = node->n_slots - 1; i >= 0; i--) {
            node->slots[i].pos -= node->slots[0].pos;
            json_object_set_new(json_array_get(slots, (size_t)i), "pos",
                                json_integer(node->slots[i].pos));
        }
    json_object_set_new(object, "slots", slots);
    return node;
}

static nv_node *make_near(maker *m, json_t *object) {
    const diff_token *t = any_token(m), *end = m->w->tokens + m->w->n_tokens;
    if (t->field == FIELD_TAG) return make_term(m, object);
    nv_node *node = new_node(m, NV_NEAR, object, "near");
    json_t *slots = json_array();
    uint32_t n = 2 + below(m, 3);
    set_fields(m, node, object, t->field);
    node->slots = take(m, n * sizeof *node->slots);
    node->slop = (int)below(m, 6);
    for (const diff_token *s = t; (uint32_t)node->n_slots < n; s += 1 + below(m, 4)) {
        if (s >= end || s->field == FIELD_TAG) s = t;
        fill_slot(m, &node->slots[node->n_slots], s, (uint32_t)node->n_slots, slots);
        node->n_slots++;
    }
    json_object_set_new(object, "slots", slots);
    json_object_set_new(object, "slop", json_integer(node->slop));
    return node;
}

/* ---- inner nodes ---------------------------------------------------------------------------- */

static nv_node *make_node(maker *m, json_t *object, int depth);

static nv_node **make_list(maker *m, json_t *object, const char *name, int n, int depth) {
    nv_node **list = take(m, (size_t)n * sizeof *list);
    json_t *array = json_array();
    for (int i = 0; i < n; i++) {
        json_t *child = json_object();
        list[i] = make_node(m, child, depth + 1);
        json_array_append_new(array, child);
    }
    if (n > 0) json_object_set(object, name, array);
    json_decref(array);
    return list;
}

static nv_node *make_bool(maker *m, json_t *object, int depth) {
    nv_node *node = new_node(m, NV_BOOL, object, "bool");
    uint32_t shape = below(m, 6);
    node->n_should = shape == 1 ? 0 : (int)(1 + below(m, 5));
    node->n_must = shape == 0 || shape == 2 ? 0 : (int)(1 + below(m, 3));
    node->n_must_not = below(m, 4) == 0;
    node->n_filter = below(m, 5) == 0;
    node->must = make_list(m, object, "must", node->n_must, depth);
    node->should = make_list(m, object, "should", node->n_should, depth);
    node->must_not = make_list(m, object, "must_not", node->n_must_not, depth);
    node->filter = make_list(m, object, "filter", node->n_filter, depth);
    node->n_extra = below(m, 3) == 0 ? (int)(1 + below(m, 3)) : 0;
    node->extra = make_list(m, object, "extra", node->n_extra, depth);
    if (node->n_should > 1 && below(m, 4) == 0) {
        node->min_should = 1 + (int)below(m, (uint32_t)node->n_should);
        json_object_set_new(object, "min_should", json_integer(node->min_should));
    }
    return node;
}

static nv_node *make_max(maker *m, json_t *object, int depth) {
    nv_node *node = new_node(m, NV_MAX, object, "max");
    node->n_should = 1 + (int)below(m, 3);
    node->should = make_list(m, object, "of", node->n_should, depth);
    return node;
}

static nv_node *make_const(maker *m, json_t *object, int depth) {
    nv_node *node = new_node(m, NV_CONST, object, "const");
    json_t *child = json_object();
    node->must = take(m, sizeof *node->must);
    node->must[0] = make_node(m, child, depth + 1);
    node->n_must = 1;
    json_object_set_new(object, "of", child);
    return node;
}

static nv_node *make_node(maker *m, json_t *object, int depth) {
    uint32_t r = below(m, 100);
    if (depth < 3 && r < (depth == 0 ? 60u : 20u)) {
        if (r % 10 == 8) return make_max(m, object, depth);
        if (r % 10 == 9) return make_const(m, object, depth);
        return make_bool(m, object, depth);
    }
    r = below(m, 100);
    if (r < 48) return make_term(m, object);
    if (r < 60) return make_range(m, object);
    if (r < 78) return make_phrase(m, object);
    if (r < 86) return make_near(m, object);
    if (r < 94) return make_prefix(m, object);
    if (r < 97) return make_exists(m, object);
    return new_node(m, r < 99 ? NV_ALL : NV_NONE, object, r < 99 ? "all" : "none");
}

void diff_query_make(diff_query *q, diff_world *w) {
    memset(q, 0, sizeof *q);
    maker m = {q, w};
    json_t *object = json_object();
    q->root = make_node(&m, object, 0);
    q->json = json_dumps(object, JSON_COMPACT);
    json_decref(object);
}

void diff_query_free(diff_query *q) {
    for (size_t i = 0; i < q->n_blocks; i++) free(q->blocks[i]);
    free(q->blocks);
    free(q->json);
}
