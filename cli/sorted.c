/* sorted.c - how are the values shown that a hit of a sorted answer stands by?
 *
 *     --sort date:desc,n   ->   "sort":["2025-11-03T00:00:00Z",5]      n 5
 *
 * Tested by: tests/cli/sort.sh */
#include "sorted.h"

#include "answer.h"
#include "units.h"

#include <string.h>

bool sorted_has_scores(const prism_hits *hits) {
    uint32_t n = prism_hits_sort_count(hits);
    for (uint32_t j = 0; j < n; j++) {
        prism_sort_value value;
        prism_hits_sort_value(hits, 0, j, &value);
        if (value.kind == PRISM_SORT_SCORE) return true;
    }
    return n == 0;
}

static json_t *value_json(const prism_sort_value *value) {
    char date[UNITS_DATE];
    switch (value->kind) {
    case PRISM_SORT_MISSING: return json_null();
    case PRISM_SORT_I64:
    case PRISM_SORT_ARRIVAL: return json_integer((json_int_t)value->i64);
    case PRISM_SORT_F64:
    case PRISM_SORT_SCORE: return json_real(value->f64);
    case PRISM_SORT_BOOL: return json_boolean(value->i64 != 0);
    case PRISM_SORT_DATE: return json_string(units_show_date(value->i64, date));
    case PRISM_SORT_KEYWORD: return answer_string(value->text, value->len);
    }
    return json_null();
}

json_t *sorted_values(const prism_hits *hits, uint32_t i) {
    json_t *values = json_array();
    for (uint32_t j = 0; j < prism_hits_sort_count(hits); j++) {
        prism_sort_value value;
        prism_hits_sort_value(hits, i, j, &value);
        json_array_append_new(values, value_json(&value));
    }
    return values;
}

/* The name of item j of --sort; its length, 0 if there is none. */
static size_t name_of(const char *sort, uint32_t j, const char **name) {
    for (; j > 0 && sort; j--) sort = strchr(sort, ',') ? strchr(sort, ',') + 1 : NULL;
    *name = sort;
    return sort ? strcspn(sort, ":,") : 0;
}

bool sorted_fact(const prism_hits *hits, uint32_t i, uint32_t j, const char *sort, char *out,
                 size_t size) {
    const char *name;
    int len = (int)name_of(sort, j, &name);
    char date[UNITS_DATE];
    prism_sort_value v;
    prism_hits_sort_value(hits, i, j, &v);
    switch (v.kind) {
    case PRISM_SORT_I64: snprintf(out, size, "%.*s %lld", len, name, (long long)v.i64); break;
    case PRISM_SORT_F64: snprintf(out, size, "%.*s %.15g", len, name, v.f64); break;
    case PRISM_SORT_BOOL:
        snprintf(out, size, "%.*s %s", len, name, v.i64 ? "true" : "false");
        break;
    case PRISM_SORT_DATE:
        snprintf(out, size, "%.*s %s", len, name, units_show_date(v.i64, date));
        break;
    case PRISM_SORT_KEYWORD: snprintf(out, size, "%.*s %.*s", len, name, (int)v.len, v.text); break;
    default: return false;
    }
    return true;
}
