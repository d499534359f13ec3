/* parser.c - how do lexemes become a tree?
 *
 *     expr    = chain { [OR] chain }
 *     chain   = operand { AND operand }            AND may be left out where it is the default
 *     operand = { + | - | NOT } primary
 *     primary = [field:] ( word | pre* | phrase | "(" expr ")" | * | range )   |   *:*
 *
 * So AND binds tighter than OR, and a space binds as the default operator does.  An expression is
 * one BOOL: chains in should; a chain of one operand keeps its sign (must, must_not); a chain of
 * several is a BOOL of its own.  "a OR NOT b" is the union with everything that is not b, while "a
 * -b" is a without b: a NOT that touches a written OR is wrapped.
 *
 * Words       Neighbouring words without operators, boosts or quotes become one TEXT leaf, because
 *             what they say depends on their neighbours ("iPhone 15", stop words). The lexemes are
 *             unescaped into one buffer in order, so joining two leaves is adding their lengths.
 * Limits      Nodes are counted when made; parentheses are counted before the recursion that they
 *             cause (PRISM_MAX_QUERY_DEPTH). One lexeme of look-ahead, nothing is read twice.
 * Lenient     What has no operand or no meaning is left out with a note (notes.h); a dropped form
 *             is an operand that matches nothing in particular: NULL, and its operator goes with
 *             it.
 * Tested by   tests/unit/query/test_parser.c (texts, trees, notes), test_parser_random.c */
#include "query/parser.h"

#include "base/error.h"
#include "query/lexer.h"
#include "query/range.h"

typedef struct parser {
    prs_lexer lexer;
    prs_lexeme next; /* one lexeme of look-ahead */
    prism_query *query;
    const prs_field_analyzers *analyzers;
    const prs_notes *notes;
    char *scratch; /* unescaped texts, each followed by a space */
    uint32_t scratch_len;
    uint32_t depth; /* open parentheses */
} parser;

typedef enum occur { SHOULD, MUST, MUST_NOT } occur;

typedef struct operand {
    prs_node *node; /* NULL: dropped */
    occur occur;
    bool wrapped; /* a chain of several: its signs are inside */
} operand;

/* Fields of the leaves to be made, and whether neighbouring words in them may be joined. */
typedef struct scope {
    prs_fields fields;
    bool joins;
    const prs_field *field; /* the only one, if it was named */
} scope;

static prism_status parse_expr(parser *p, scope in, prs_node **out);

static prism_error *error_of(const parser *p) {
    return p->notes->err;
}

static prism_status failed(const prism_error *err) {
    return err != NULL && err->code != PRISM_OK ? err->code : PRISM_ENOMEM;
}

static prism_status advance(parser *p) {
    return prs_lexer_next(&p->lexer, &p->next);
}

static bool defaults_to_and(const parser *p) {
    return p->notes->opts->default_operator == PRISM_AND;
}

/* Ends an operand list or stands between operands. */
static bool is_between(prs_lexeme_kind kind) {
    return kind == PRS_LEX_END || kind == PRS_LEX_CLOSE || kind == PRS_LEX_AND ||
           kind == PRS_LEX_OR;
}

/* ---- leaves ------------------------------------------------------------------------------- */

static prism_status make_node(parser *p, prs_node_kind kind, const prs_lexeme *from,
                              prs_node **out) {
    *out = prs_build_node(p->query, kind, error_of(p));
    if (*out == NULL) return failed(error_of(p));
    (*out)->at = from->at;
    (*out)->at_len = from->end - from->at;
    (*out)->boost = from->boost;
    return PRISM_OK;
}

static prism_status make_text(parser *p, const prs_lexeme *lexeme, prs_fields fields,
                              prs_node **out) {
    prs_node *node;
    PRS_TRY(make_node(p, PRS_NODE_TEXT, lexeme, &node));
    node->fields = fields;
    node->text = p->scratch + p->scratch_len;
    node->text_len = (uint32_t)prs_lexer_unescape(&p->lexer, lexeme, p->scratch + p->scratch_len);
    p->scratch_len += node->text_len;
    p->scratch[p->scratch_len++] = ' ';
    node->quoted = lexeme->kind != PRS_LEX_WORD;
    node->prefix_last = lexeme->prefix_last || lexeme->kind == PRS_LEX_PREFIX;
    node->near = lexeme->near;
    node->slop = lexeme->slop;
    node->implicit = !node->quoted && !lexeme->boosted;
    *out = node;
    if (node->near && node->prefix_last) {
        node->prefix_last = false;
        return prs_note(p->notes, lexeme->at, "* does not go with ~: ignored");
    }
    return PRISM_OK;
}

/* Two leaves of plain words, made one after the other, become one, and count as one. */
static bool join_words(parser *p, prs_node *before, const prs_node *leaf) {
    if (!before->joins || !leaf->joins || before->fields.ptr != leaf->fields.ptr) return false;
    if (before->text + before->text_len + 1 != leaf->text) return false;
    before->text_len += 1 + leaf->text_len;
    before->at_len = leaf->at + leaf->at_len - before->at;
    p->query->n_nodes--;
    return true;
}

/* ---- primaries ---------------------------------------------------------------------------- */

static prism_status parse_group(parser *p, scope in, prs_node **out) {
    uint32_t at = p->next.at;
    if (p->depth == PRISM_MAX_QUERY_DEPTH) {
        prs_error_set(error_of(p), PRISM_ELIMIT, "parentheses are nested deeper than %u",
                      PRISM_MAX_QUERY_DEPTH);
        prs_error_at(error_of(p), at, 0, at + 1);
        return PRISM_ELIMIT;
    }
    bool outer = p->lexer.values;
    p->depth++;
    prs_lexer_set_values(&p->lexer, in.field != NULL && in.field->type != PRISM_FIELD_TEXT);
    PRS_TRY(advance(p));
    bool empty = p->next.kind == PRS_LEX_CLOSE;
    PRS_TRY(parse_expr(p, in, out));
    p->depth--;
    prs_lexer_set_values(&p->lexer, outer);
    if (p->next.kind != PRS_LEX_CLOSE)
        return prs_note(p->notes, at, "a parenthesis is never closed");
    if (*out != NULL) (*out)->boost = p->next.boost;
    PRS_TRY(advance(p));
    return empty ? prs_note(p->notes, at, "nothing stands in these parentheses: ignored")
                 : PRISM_OK;
}

static prism_status parse_exists(parser *p, const prs_field *field, prs_fields fields,
                                 prs_node **out) {
    prs_lexeme lexeme = p->next;
    PRS_TRY(advance(p));
    if ((field->flags & (PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN)) == 0) {
        return prs_note(p->notes, lexeme.at, "field %s is only stored: left out", field->name);
    }
    PRS_TRY(make_node(p, PRS_NODE_EXISTS, &lexeme, out));
    (*out)->fields = fields;
    return PRISM_OK;
}

/* A text of the query's own, without its backslashes. */
static prism_status take_text(parser *p, uint32_t from, uint32_t to, prs_range_end *end) {
    prs_lexeme content = {.from = from, .to = to};
    char *own = prs_build_alloc(p->query, (size_t)(to - from) + 1, error_of(p));
    if (own == NULL) return PRISM_ENOMEM;
    end->len = prs_lexer_unescape(&p->lexer, &content, own);
    end->text = own;
    return PRISM_OK;
}

static prism_status take_end(parser *p, const prs_range_mark *mark, prs_range_end *end) {
    *end = (prs_range_end){NULL, 0, mark->excluded};
    return mark->open ? PRISM_OK : take_text(p, mark->at, mark->end, end);
}

/* The range from one end to another; left out, with a note, if an end is no value of the field. */
static prism_status make_range(parser *p, const prs_lexeme *lexeme, const prs_field *field,
                               const prs_range_end *from, const prs_range_end *to, prs_node **out) {
    prism_error why = PRISM_ERROR_INIT;
    const char *obstacle = prs_range_obstacle(field);
    *out = NULL;
    if (obstacle != NULL)
        return prs_note(p->notes, lexeme->at, "field %s %s: left out", field->name, obstacle);
    prs_node *node;
    PRS_TRY(make_node(p, PRS_NODE_RANGE, lexeme, &node));
    prism_status status = prs_range_fill(p->query, field, from, to, node, &why);
    if (status == PRISM_OK) {
        *out = node;
        return PRISM_OK;
    }
    if (status == PRISM_EREJECTED) return prs_note(p->notes, lexeme->at, "%s: left out", why.text);
    return prs_error_set(error_of(p), status, "%s", why.text);
}

static prism_status parse_range(parser *p, const prs_field *field, prs_node **out) {
    prs_lexeme lexeme = p->next;
    prs_range_end from, to;
    PRS_TRY(take_end(p, &lexeme.range.from, &from));
    PRS_TRY(take_end(p, &lexeme.range.to, &to));
    PRS_TRY(make_range(p, &lexeme, field, &from, &to, out));
    return advance(p);
}

/* A plain value of a field of numbers or dates: all that it means. */
static prism_status make_value(parser *p, const prs_lexeme *lexeme, const prs_field *field,
                               prs_node **out) {
    prs_range_end end = {NULL, 0, false};
    if (lexeme->kind == PRS_LEX_PREFIX || lexeme->prefix_last || lexeme->near) {
        return prs_note(p->notes, lexeme->at,
                        "field %s, of type %s, has values, not words: left out", field->name,
                        prs_schema_type_name(field->type));
    }
    PRS_TRY(take_text(p, lexeme->from, lexeme->to, &end));
    return make_range(p, lexeme, field, &end, &end, out);
}

static prism_status parse_primary(parser *p, scope in, prs_node **out);

static prism_status parse_field(parser *p, prs_node **out) {
    const prs_field *field = p->next.field;
    uint32_t at = p->next.at;
    prs_field_weight *one = prs_build_alloc(p->query, sizeof *one, error_of(p));
    if (one == NULL) return PRISM_ENOMEM;
    one->field = field->no;
    one->weight = 1;
    uint32_t group = prs_field_analyzers_group(p->analyzers, field->no);
    scope in = {{one, 1},
                group != PRS_NO_GROUP && !prs_field_analyzers_is_whole(p->analyzers, group),
                field};
    PRS_TRY(advance(p));
    if (p->next.kind == PRS_LEX_EXISTS) return parse_exists(p, field, in.fields, out);
    prs_lexeme_kind target = p->next.kind;
    PRS_TRY(parse_primary(p, in, out));
    bool needs_terms =
        target != PRS_LEX_RANGE && target != PRS_LEX_DROPPED && group != PRS_NO_GROUP;
    if (!needs_terms || (field->flags & PRISM_FIELD_INDEXED) != 0) return PRISM_OK;
    *out = NULL;
    return prs_note(p->notes, at, "field %s is not indexed: left out", field->name);
}

static prism_status make_leaf(parser *p, const prs_lexeme *lexeme, scope in, prs_node **out) {
    if (in.field != NULL && prs_range_has_values(in.field))
        return make_value(p, lexeme, in.field, out);
    return make_text(p, lexeme, in.fields, out);
}

static prism_status parse_primary(parser *p, scope in, prs_node **out) {
    prs_lexeme lexeme = p->next;
    *out = NULL;
    switch (lexeme.kind) {
    case PRS_LEX_OPEN: return parse_group(p, in, out);
    case PRS_LEX_FIELD: return parse_field(p, out);
    case PRS_LEX_RANGE: return parse_range(p, in.field, out);
    case PRS_LEX_ALL: PRS_TRY(make_node(p, PRS_NODE_ALL, &lexeme, out)); break;
    case PRS_LEX_WORD:
    case PRS_LEX_PREFIX:
    case PRS_LEX_PHRASE: PRS_TRY(make_leaf(p, &lexeme, in, out)); break;
    default: break; /* DROPPED */
    }
    if (*out != NULL) (*out)->joins = in.joins && (*out)->implicit;
    return advance(p);
}

/* ---- operands, chains, expressions -------------------------------------------------------- */

static prism_status parse_operand(parser *p, scope in, operand *out) {
    bool must = false, negated = false;
    uint32_t at = p->next.at;
    *out = (operand){NULL, SHOULD, false};
    while (p->next.kind == PRS_LEX_MUST || p->next.kind == PRS_LEX_NOT) {
        if (p->next.kind == PRS_LEX_MUST)
            must = true;
        else
            negated = !negated;
        PRS_TRY(advance(p));
    }
    if (is_between(p->next.kind))
        return prs_note(p->notes, at, "this operator stands before nothing: ignored");
    PRS_TRY(parse_primary(p, in, &out->node));
    out->occur = negated ? MUST_NOT : must ? MUST : SHOULD;
    return PRISM_OK;
}

/* What is asked for by an operator is asked for whole. */
static void require(prs_node *node) {
    if (node->kind != PRS_NODE_TEXT) return;
    node->required = true;
    node->implicit = node->joins = false;
}

static prism_status add(parser *p, prs_node *to, prs_node *child, occur where) {
    if (where == MUST) return prs_build_child(p->query, &to->must, &to->n_must, child, error_of(p));
    if (where == MUST_NOT)
        return prs_build_child(p->query, &to->must_not, &to->n_must_not, child, error_of(p));
    return prs_build_child(p->query, &to->should, &to->n_should, child, error_of(p));
}

/* Put an operand of a chain into the chain's BOOL; written_and if one stands on either side of
 * it. */
static prism_status add_to_chain(parser *p, prs_node *chain, operand o, bool written_and) {
    if (o.node == NULL) return PRISM_OK;
    if (o.occur == MUST_NOT) {
        require(o.node);
        return add(p, chain, o.node, MUST_NOT);
    }
    if (written_and || o.occur == MUST) require(o.node);
    if (o.node->kind == PRS_NODE_TEXT) o.node->required = true;
    prs_node *before = chain->n_must > 0 ? chain->must[chain->n_must - 1] : NULL;
    if (before != NULL && join_words(p, before, o.node)) return PRISM_OK;
    return add(p, chain, o.node, MUST);
}

/* The ANDs between two operands; *written if the last of them has an operand behind it. */
static prism_status take_ands(parser *p, bool *written) {
    *written = false;
    while (p->next.kind == PRS_LEX_AND) {
        uint32_t at = p->next.at;
        PRS_TRY(advance(p));
        *written = !is_between(p->next.kind);
        if (!*written) PRS_TRY(prs_note(p->notes, at, "AND stands beside nothing: ignored"));
    }
    return PRISM_OK;
}

static prism_status parse_chain(parser *p, scope in, operand *out) {
    prs_lexeme first = p->next;
    bool all = defaults_to_and(p), written_before = false, written_behind;
    first.boost = 1.0;
    PRS_TRY(parse_operand(p, in, out));
    PRS_TRY(take_ands(p, &written_behind));
    if (!all && !written_behind) return PRISM_OK;
    prs_node *chain;
    operand o = *out;
    PRS_TRY(make_node(p, PRS_NODE_BOOL, &first, &chain));
    for (;;) {
        PRS_TRY(add_to_chain(p, chain, o, written_before || written_behind));
        if (is_between(p->next.kind) || !(all || written_behind)) break;
        written_before = written_behind;
        PRS_TRY(parse_operand(p, in, &o));
        PRS_TRY(take_ands(p, &written_behind));
    }
    chain->at_len = p->next.at - chain->at;
    bool any = chain->n_must + chain->n_must_not > 0;
    *out = (operand){any ? chain : NULL, SHOULD, true};
    return PRISM_OK;
}

/* A word beside a written OR is meant, even a stop word. */
static void mean(prs_node *node) {
    if (node->kind == PRS_NODE_BOOL && node->n_must == 1) node = node->must[0];
    if (node->kind == PRS_NODE_TEXT) node->implicit = node->joins = false;
}

static prism_status add_to_expr(parser *p, prs_node *expr, operand o, bool written_or) {
    if (o.node == NULL) return PRISM_OK;
    if (written_or) mean(o.node);
    if (o.wrapped) return add(p, expr, o.node, SHOULD);
    if (o.occur != SHOULD) require(o.node);
    if (o.occur == MUST_NOT && written_or) {
        prs_node *wrap = prs_build_node(p->query, PRS_NODE_BOOL, error_of(p));
        if (wrap == NULL) return failed(error_of(p));
        PRS_TRY(add(p, wrap, o.node, MUST_NOT));
        return add(p, expr, wrap, SHOULD);
    }
    prs_node *before = expr->n_should > 0 ? expr->should[expr->n_should - 1] : NULL;
    if (o.occur == SHOULD && !written_or && before != NULL && join_words(p, before, o.node))
        return PRISM_OK;
    return add(p, expr, o.node, o.occur);
}

/* OR or a stray AND between chains. */
static prism_status take_between(parser *p, bool seen, bool *written_or) {
    bool is_or = p->next.kind == PRS_LEX_OR;
    uint32_t at = p->next.at;
    PRS_TRY(advance(p));
    *written_or = is_or && seen && !is_between(p->next.kind);
    if (*written_or) return PRISM_OK;
    return prs_note(p->notes, at, "%s stands beside nothing: ignored", is_or ? "OR" : "AND");
}

/* Up to the end or the parenthesis that closes it, which is left as p->next. */
static prism_status parse_expr(parser *p, scope in, prs_node **out) {
    prs_node *expr;
    bool seen = false, written_or = false;
    prs_lexeme first = p->next;
    first.boost = 1.0;
    PRS_TRY(make_node(p, PRS_NODE_BOOL, &first, &expr));
    for (;;) {
        prs_lexeme_kind kind = p->next.kind;
        if (kind == PRS_LEX_END || (kind == PRS_LEX_CLOSE && p->depth > 0)) break;
        if (kind == PRS_LEX_CLOSE) {
            PRS_TRY(prs_note(p->notes, p->next.at, "a parenthesis that was never opened: ignored"));
            PRS_TRY(advance(p));
        } else if (kind == PRS_LEX_OR || kind == PRS_LEX_AND) {
            PRS_TRY(take_between(p, seen, &written_or));
        } else {
            operand o;
            PRS_TRY(parse_chain(p, in, &o));
            PRS_TRY(add_to_expr(p, expr, o, written_or || p->next.kind == PRS_LEX_OR));
            written_or = false;
            seen = true;
        }
    }
    expr->at_len = p->next.at - expr->at;
    bool any = expr->n_must + expr->n_should + expr->n_must_not > 0;
    *out = any ? expr : NULL;
    return PRISM_OK;
}

/* May words in these fields be joined?  Only where one analyzer reads them all, and not as whole
 * values. */
static bool may_join(const prs_field_analyzers *analyzers, prs_fields fields) {
    uint32_t group =
        fields.n > 0 ? prs_field_analyzers_group(analyzers, fields.ptr[0].field) : PRS_NO_GROUP;
    if (group == PRS_NO_GROUP || prs_field_analyzers_is_whole(analyzers, group)) return false;
    for (uint32_t i = 1; i < fields.n; i++) {
        if (prs_field_analyzers_group(analyzers, fields.ptr[i].field) != group) return false;
    }
    return true;
}

prism_status prs_parser_run(prism_query *query, const prs_field_analyzers *analyzers,
                            prs_fields defaults, const char *text, size_t len,
                            const prs_notes *notes, prs_node **root) {
    parser p = {.query = query, .analyzers = analyzers, .notes = notes};
    *root = NULL;
    p.scratch = prs_build_alloc(query, 2 * len + 1, notes->err); /* each word and its space */
    if (p.scratch == NULL) return PRISM_ENOMEM;
    prs_lexer_init(&p.lexer, text, len, query->schema, notes);
    PRS_TRY(advance(&p));
    return parse_expr(&p, (scope){defaults, may_join(analyzers, defaults), NULL}, root);
}

prism_status prs_parser_plain(prism_query *query, prs_fields defaults, const char *text, size_t len,
                              const prs_notes *notes, prs_node **root) {
    prs_node *leaf = prs_build_node(query, PRS_NODE_TEXT, notes->err);
    *root = leaf;
    if (leaf == NULL) return failed(notes->err);
    leaf->fields = defaults;
    leaf->text = text;
    leaf->text_len = leaf->at_len = (uint32_t)len;
    leaf->required = notes->opts->default_operator == PRISM_AND;
    leaf->implicit = true;
    return PRISM_OK;
}
