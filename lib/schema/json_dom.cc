/* json_dom.cc - how does C walk what simdjson has parsed?
 *
 * simdjson's element is a trivially copyable pair (document, place on the tape), and so are the
 * iterators of objects and arrays; they cross the border as two words each, by bit cast.  The
 * asserts below stop a build against a version in which that is no longer so.
 *
 * The DOM and not the On-Demand parser, because a document is stored as it was given: all of it
 * must be valid, not only what we look at.  No exceptions: simdjson is asked with error codes only,
 * and it allocates with nothrow new.
 * Tested by tests/unit/schema/test_json_dom.c */
#define SIMDJSON_EXCEPTIONS 0
#include "schema/json_dom.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <type_traits>

namespace dom = simdjson::dom;

struct prs_json_dom {
    dom::parser parser;
    size_t capacity = 0;
    size_t depth = 0;
};

namespace {

constexpr size_t first_capacity = size_t{1} << 14;
constexpr size_t large_capacity = size_t{1} << 22; /* above this, memory is given back */

template <class Handle> constexpr bool is_two_words() {
    return sizeof(Handle) == 2 * sizeof(uint64_t) && std::is_trivially_copyable<Handle>::value;
}
static_assert(is_two_words<dom::element>(), "simdjson's element has changed");
static_assert(is_two_words<dom::object::iterator>(), "simdjson's object iterator has changed");
static_assert(is_two_words<dom::array::iterator>(), "simdjson's array iterator has changed");
static_assert(simdjson::SIMDJSON_PADDING <= PRS_JSON_PADDING, "simdjson reads further");

struct words {
    uint64_t w[2];
};

template <class Handle> void store(const Handle &handle, uint64_t out[2]) {
    std::memcpy(out, &handle, sizeof handle);
}

template <class Handle> Handle load(const uint64_t in[2]) {
    words copy = {{in[0], in[1]}};
    return __builtin_bit_cast(Handle, copy);
}

dom::element element_of(prs_json_value value) {
    return load<dom::element>(value.opaque);
}

prs_json_result result_of(simdjson::error_code code) {
    switch (code) {
    case simdjson::SUCCESS: return PRS_JSON_OK;
    case simdjson::MEMALLOC: return PRS_JSON_NOMEM;
    case simdjson::DEPTH_ERROR: return PRS_JSON_DEEP;
    default: return PRS_JSON_BAD;
    }
}

/* Room for a text of len bytes: doubling, so that slowly growing documents do not reallocate each
 * time; back to size after an outsized one. */
simdjson::error_code make_room(prs_json_dom *dom, size_t len, size_t depth) {
    size_t want = first_capacity;
    while (want < len) want *= 2;
    bool outsized = dom->capacity > large_capacity && want <= dom->capacity / 8;
    if (want <= dom->capacity && !outsized && depth == dom->depth) return simdjson::SUCCESS;
    dom->capacity = 0;
    auto error = dom->parser.allocate(want, depth);
    if (!error) error = dom->parser.doc.allocate(want);
    if (!error) dom->capacity = want;
    dom->depth = depth;
    return error;
}

} // namespace

prs_json_dom *prs_json_dom_new(void) {
    return new (std::nothrow) prs_json_dom;
}

void prs_json_dom_free(prs_json_dom *dom) {
    delete dom;
}

prs_json_result prs_json_dom_parse(prs_json_dom *dom, const char *text, size_t len,
                                   uint32_t max_depth, prs_json_value *root) {
    /* One level of slack: versions differ in whether the root counts. */
    auto error = make_room(dom, len, size_t{max_depth} + 1);
    if (error) return result_of(error);
    dom::element element;
    error = dom->parser.parse(text, len, false).get(element);
    if (error) return result_of(error);
    store(element, root->opaque);
    return PRS_JSON_OK;
}

prs_json_type prs_json_dom_type(prs_json_value value) {
    switch (element_of(value).type()) {
    case dom::element_type::BOOL: return PRS_JSON_BOOL;
    case dom::element_type::INT64: return PRS_JSON_I64;
    case dom::element_type::UINT64: return PRS_JSON_U64;
    case dom::element_type::DOUBLE: return PRS_JSON_F64;
    case dom::element_type::STRING: return PRS_JSON_STRING;
    case dom::element_type::ARRAY: return PRS_JSON_ARRAY;
    case dom::element_type::OBJECT: return PRS_JSON_OBJECT;
    default: return PRS_JSON_NULL;
    }
}

prs_json_iter prs_json_dom_members(prs_json_value value) {
    prs_json_iter iter = {};
    dom::object object;
    if (element_of(value).get(object)) return iter;
    store(object.begin(), iter.at);
    store(object.end(), iter.end);
    return iter;
}

prs_json_iter prs_json_dom_items(prs_json_value value) {
    prs_json_iter iter = {};
    dom::array array;
    if (element_of(value).get(array)) return iter;
    store(array.begin(), iter.at);
    store(array.end(), iter.end);
    return iter;
}

static bool is_over(const prs_json_iter *iter) {
    return std::memcmp(iter->at, iter->end, sizeof iter->at) == 0;
}

bool prs_json_dom_next_member(prs_json_iter *iter, const char **name, size_t *name_len,
                              prs_json_value *value) {
    if (is_over(iter)) return false;
    auto at = load<dom::object::iterator>(iter->at);
    auto key = at.key();
    *name = key.data();
    *name_len = key.size();
    store(at.value(), value->opaque);
    ++at;
    store(at, iter->at);
    return true;
}

bool prs_json_dom_next_item(prs_json_iter *iter, prs_json_value *value) {
    if (is_over(iter)) return false;
    auto at = load<dom::array::iterator>(iter->at);
    store(*at, value->opaque);
    ++at;
    store(at, iter->at);
    return true;
}

const char *prs_json_dom_string(prs_json_value value, size_t *len) {
    std::string_view text;
    *len = 0;
    if (element_of(value).get(text)) return "";
    *len = text.size();
    return text.data();
}

int64_t prs_json_dom_i64(prs_json_value value) {
    int64_t out = 0;
    return element_of(value).get(out) ? 0 : out;
}

double prs_json_dom_f64(prs_json_value value) {
    double out = 0;
    return element_of(value).get(out) ? 0 : out;
}

bool prs_json_dom_bool(prs_json_value value) {
    bool out = false;
    return element_of(value).get(out) ? false : out;
}
