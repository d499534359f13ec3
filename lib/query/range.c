/* range.c - which values does a range of a field mean?
 *
 *     date   2025-01 is a span: 2025-01-01T00:00:00.000 .. 2025-01-31T23:59:59.999
 *
 *            [2025-01   from its first millisecond      {2025-01   behind its last
 *             2025-01]  to its last                      2025-01}  before its first
 *
 *     i64, f64, bool   a value is a span of one
 *     keyword          bytes of the original values where there is a column, else terms
 *
 * Numbers     Every type is an int64 that sorts as its values do, so an end that does not count is
 *             its neighbour, and both ends of a node count.
 * Words       The column keeps the values as they were given: ranges follow what is shown, and what
 *             a sort by the field gives.  Without a column there are only terms, folded: then the
 *             ends are folded as values are.
 * Empty       A range that no value can lie in (from above to) is NONE here and now, so that it has
 *             one form wherever it came from, and counts nowhere.
 * Full width  ２０２５－０１ is a date: such digits and signs are read as ASCII, in numbers only.
 * Tested by   tests/unit/query/test_range.c */
#include "query/range.h"

#include "analysis/token.h"
#include "base/error.h"
#include "query/combine.h"
#include "query/range_text.h"
#include "query/reading.h"
#include "schema/value.h"

#include <float.h>

#define MOST_VALUE_BYTES 256u           /* of a number or date as text */
#define SORTABLE_MINUS_ZERO INT64_C(-1) /* no value is -0.0: it is kept as 0 */

bool prs_range_has_values(const prs_field *field) {
    return field->type != PRISM_FIELD_TEXT && field->type != PRISM_FIELD_KEYWORD;
}

const char *prs_range_obstacle(const prs_field *field) {
    if (field->type == PRISM_FIELD_TEXT) return "is a text, which has no ranges";
    if ((field->flags & PRISM_FIELD_COLUMN) != 0) return NULL;
    if (prs_range_has_values(field)) return "has no column";
    return (field->flags & PRISM_FIELD_INDEXED) == 0 ? "is only stored" : NULL;
}

prs_range_of prs_range_of_field(const prs_field *field) {
    if (prs_range_has_values(field)) return PRS_RANGE_NUMBERS;
    return (field->flags & PRISM_FIELD_COLUMN) != 0 ? PRS_RANGE_WORDS : PRS_RANGE_TERMS;
}

/* ---- empty ranges ------------------------------------------------------------------------- */

static bool is_empty(const prs_node *node) {
    if (node->range_of == PRS_RANGE_NUMBERS) return node->from > node->to;
    const prs_word_range *words = &node->words;
    if (words->from.ptr == NULL || words->to.ptr == NULL) return false;
    int order = prs_bytes_compare(words->from, words->to);
    return order > 0 || (order == 0 && (words->above || words->below));
}

void prs_range_settle(prs_node *node) {
    if (node->kind != PRS_NODE_RANGE || !is_empty(node)) return;
    node->kind = PRS_NODE_NONE;
    node->fields = (prs_fields){NULL, 0};
    node->from = node->to = 0;
    node->range_of = PRS_RANGE_NUMBERS;
    memset(&node->words, 0, sizeof node->words);
}

/* ---- numbers ------------------------------------------------------------------------------ */

prism_status prs_range_values(const prs_field *field, const char *text, size_t len, int64_t *first,
                              int64_t *last, prism_error *err) {
    char narrow[MOST_VALUE_BYTES];
    *first = *last = 0;
    if (len > sizeof narrow) {
        return prs_error_set(err, PRISM_EREJECTED, "\"%.*s...\" is too long for a value of type %s",
                             prs_quote_len(text, len), text, prs_schema_type_name(field->type));
    }
    size_t n = prs_range_text_narrow(text, len, narrow);
    if (field->type == PRISM_FIELD_DATE) return prs_date_range(narrow, n, first, last, err);
    PRS_TRY(prs_value_parse(field->type, narrow, n, first, err));
    *last = *first;
    return PRISM_OK;
}

static void empty(prs_node *node) {
    node->from = INT64_MAX;
    node->to = INT64_MIN;
}

/* The value next to `v` in a direction of 1 or -1; false if there is none.  Behind the greatest
 * finite double stands infinity, and between 0 and what is below it a -0.0: neither is a value. */
static bool step_from(const prs_field *field, int64_t v, int direction, int64_t *next) {
    bool is_f64 = field->type == PRISM_FIELD_F64;
    int64_t last =
        is_f64 ? prs_f64_to_sortable(direction * DBL_MAX) : (direction > 0 ? INT64_MAX : INT64_MIN);
    if (v == last) return false;
    *next = v + direction;
    if (is_f64 && *next == SORTABLE_MINUS_ZERO) *next += direction;
    return true;
}

void prs_range_bound(prs_node *node, const prs_field *field, bool is_from, bool excluded,
                     int64_t first, int64_t last) {
    int64_t end = is_from ? first : last;
    if (excluded && !step_from(field, is_from ? last : first, is_from ? 1 : -1, &end))
        empty(node);
    else if (is_from)
        node->from = PRS_MAX(node->from, end);
    else
        node->to = PRS_MIN(node->to, end);
}

static prism_status bound_by(const prs_field *field, const prs_range_end *end, bool is_from,
                             prs_node *node, prism_error *err) {
    int64_t first, last;
    if (end->text == NULL) return PRISM_OK;
    PRS_TRY(prs_range_values(field, end->text, end->len, &first, &last, err));
    prs_range_bound(node, field, is_from, end->excluded, first, last);
    return PRISM_OK;
}

/* ---- words -------------------------------------------------------------------------------- */

static prism_status copy_word(prism_query *query, const prs_range_end *end, prs_bytes *out,
                              prism_error *err) {
    char *own = prs_build_alloc(query, end->len + 1, err);
    if (own == NULL) return PRISM_ENOMEM;
    if (end->len > 0) memcpy(own, end->text, end->len);
    *out = prs_bytes_of(own, end->len);
    return PRISM_OK;
}

/* The one term that the field's analyzer makes of an end. */
static prism_status take_term(prism_query *query, const prs_reading *reading,
                              const prs_range_end *end, prs_bytes *out, prism_error *err) {
    if (reading->tokens.n != 1) {
        return prs_error_set(err, PRISM_EREJECTED, "\"%.*s\" is not one value of the field",
                             prs_quote_len(end->text, end->len), end->text);
    }
    const prs_read_token *token = &reading->tokens.ptr[0];
    prs_bytes term = prs_reading_term(reading, token);
    *out = prs_build_key(query, token->kind, term.ptr, term.len, err);
    return out->ptr != NULL ? PRISM_OK : err->code;
}

static prism_status fold_word(prism_query *query, const prs_field *field, const prs_range_end *end,
                              prs_bytes *out, prism_error *err) {
    prs_field_analyzers *analyzers;
    prs_reading reading;
    PRS_TRY(prs_field_analyzers_get(query->schema, &analyzers, err));
    uint32_t group = prs_field_analyzers_group(analyzers, field->no);
    prism_status status = prs_reading_init(&reading, &query->mem, analyzers, group, PRS_AS_INDEXED,
                                           end->text, end->len, err);
    if (status == PRISM_OK) status = take_term(query, &reading, end, out, err);
    prs_reading_fini(&reading);
    return status;
}

static prism_status take_word(prism_query *query, const prs_field *field, const prs_range_end *end,
                              prs_range_of of, prs_bytes *out, prism_error *err) {
    *out = prs_bytes_of(NULL, 0);
    if (end->text == NULL) return PRISM_OK;
    if (of == PRS_RANGE_WORDS) return copy_word(query, end, out, err);
    return fold_word(query, field, end, out, err);
}

/* ---- the node ----------------------------------------------------------------------------- */

static prism_status set_field(prism_query *query, const prs_field *field, prs_node *node,
                              prism_error *err) {
    prs_field_weight *one = prs_build_alloc(query, sizeof *one, err);
    if (one == NULL) return PRISM_ENOMEM;
    one->field = field->no;
    one->weight = 1;
    node->fields = (prs_fields){one, 1};
    return PRISM_OK;
}

prism_status prs_range_fill(prism_query *query, const prs_field *field, const prs_range_end *from,
                            const prs_range_end *to, prs_node *node, prism_error *err) {
    PRS_TRY(set_field(query, field, node, err));
    node->range_of = prs_range_of_field(field);
    node->from = INT64_MIN;
    node->to = INT64_MAX;
    if (node->range_of == PRS_RANGE_NUMBERS) {
        PRS_TRY(bound_by(field, from, true, node, err));
        PRS_TRY(bound_by(field, to, false, node, err));
    } else {
        prs_word_range *words = &node->words;
        PRS_TRY(take_word(query, field, from, node->range_of, &words->from, err));
        PRS_TRY(take_word(query, field, to, node->range_of, &words->to, err));
        words->above = from->text != NULL && from->excluded;
        words->below = to->text != NULL && to->excluded;
    }
    prs_range_settle(node);
    return PRISM_OK;
}

/* ---- queries by calls --------------------------------------------------------------------- */

static prism_status find_field(const prism_schema *schema, const char *name, const prs_field **out,
                               prism_error *err) {
    *out = prs_schema_field(schema, name, strlen(name));
    if (*out != NULL) return PRISM_OK;
    return prs_error_set(err, PRISM_ENOTFOUND, "the schema has no field %.64s", name);
}

/* A query of one node; `fill` makes it what it is. */
typedef struct single {
    prs_node_kind kind;
    const prs_field *field; /* NULL for ALL */
    const prs_range_end *from, *to;
} single;

static prism_status build_single(prism_query *query, const single *one, prism_error *err) {
    prs_node *node = prs_build_node(query, one->kind, err);
    if (node == NULL) return PRISM_ENOMEM;
    if (one->kind == PRS_NODE_RANGE)
        PRS_TRY(prs_range_fill(query, one->field, one->from, one->to, node, err));
    else if (one->field != NULL)
        PRS_TRY(set_field(query, one->field, node, err));
    return prs_build_root(query, node, err);
}

static prism_status make_single(const prism_schema *schema, const single *one, prism_query **out,
                                prism_error *err) {
    prism_error local = PRISM_ERROR_INIT;
    prism_query *query;
    if (err == NULL || err->size < sizeof *err) err = &local;
    PRS_TRY(prs_query_new(schema, &query, err));
    prism_status status = build_single(query, one, err);
    if (status == PRISM_OK)
        *out = query;
    else
        prs_query_unref(query);
    return status;
}

prism_status prs_query_range(const prism_schema *schema, const char *field,
                             const prs_range_end *from, const prs_range_end *to, prism_query **out,
                             prism_error *err) {
    single one = {PRS_NODE_RANGE, NULL, from, to};
    *out = NULL;
    PRS_TRY(find_field(schema, field, &one.field, err));
    const char *obstacle = prs_range_obstacle(one.field);
    if (obstacle != NULL)
        return prs_error_set(err, PRISM_EINVAL, "field %s %s", one.field->name, obstacle);
    prism_error why = PRISM_ERROR_INIT;
    prism_status status = make_single(schema, &one, out, &why);
    if (status == PRISM_EREJECTED) status = PRISM_EINVAL; /* of a call, not of a document */
    return status == PRISM_OK ? PRISM_OK : prs_error_set(err, status, "%s", why.text);
}

prism_status prs_query_exists(const prism_schema *schema, const char *field, prism_query **out,
                              prism_error *err) {
    single one = {PRS_NODE_EXISTS, NULL, NULL, NULL};
    *out = NULL;
    PRS_TRY(find_field(schema, field, &one.field, err));
    if ((one.field->flags & (PRISM_FIELD_INDEXED | PRISM_FIELD_COLUMN)) == 0)
        return prs_error_set(err, PRISM_EINVAL, "field %s is only stored", one.field->name);
    return make_single(schema, &one, out, err);
}

prism_status prs_query_all(const prism_schema *schema, prism_query **out, prism_error *err) {
    single one = {PRS_NODE_ALL, NULL, NULL, NULL};
    *out = NULL;
    return make_single(schema, &one, out, err);
}
