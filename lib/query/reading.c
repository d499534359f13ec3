/* reading.c - what does the analyzer make of a piece of query text, position by position?
 *
 *     text     wi-fi 你好
 *     places   0: wi wifi(concat)   1: fi   2: 你 你好   3: 好 好(end)
 *
 * The rewriter asks for the tokens of a place by kind and flags; it never sees the order in which
 * they came.
 * A character of a run is its HAN1 or HANEND term; where the analyzer emits neither (han = bi), it
 * is what remains of the pair when the next character is taken from its end, so a run is read
 * backwards.
 * Tested by tests/unit/query/test_reading.c */
#include "query/reading.h"

#include "base/error.h"

static prism_status keep_token(void *ctx, const prs_token *token) {
    prs_reading *reading = ctx;
    prs_read_token kept = {token->kind,
                           token->flags,
                           token->pos,
                           token->span,
                           token->start,
                           token->end,
                           (uint32_t)reading->bytes.len,
                           token->len};
    prs_buf_put(&reading->bytes, token->term, token->len);
    bool is_new =
        reading->places.n == 0 || reading->places.ptr[reading->places.n - 1].pos != token->pos;
    prs_place place = {token->pos, (uint32_t)reading->tokens.n, 0, 0, 0};
    if (is_new && !prs_places_push(&reading->places, place)) return PRISM_ENOMEM;
    if (reading->bytes.failed || !prs_read_tokens_push(&reading->tokens, kept)) return PRISM_ENOMEM;
    reading->places.ptr[reading->places.n - 1].n++;
    return PRISM_OK;
}

static void find_char(prs_reading *reading, uint32_t place) {
    prs_place *at = &reading->places.ptr[place];
    const prs_read_token *whole = prs_reading_find(reading, place, PRS_KIND_HAN1, 0, 0);
    if (whole == NULL) whole = prs_reading_find(reading, place, PRS_KIND_HANEND, 0, 0);
    if (whole == NULL) whole = prs_reading_find(reading, place, PRS_KIND_HAN2, 0, 0);
    at->char_off = whole->off;
    at->char_len = whole->len;
    if (whole->kind != PRS_KIND_HAN2) return;
    uint32_t behind = place + 1 < reading->places.n ? at[1].char_len : 0;
    at->char_len -= PRS_MIN(behind, at->char_len);
}

prism_status prs_reading_init(prs_reading *reading, prs_mem *mem, prs_field_analyzers *analyzers,
                              uint32_t group, prs_analyzer_use use, const char *text, size_t len,
                              prism_error *err) {
    memset(reading, 0, sizeof *reading);
    reading->analyzers = analyzers;
    reading->group = group;
    reading->use = use;
    reading->text = text;
    prs_buf_init(&reading->bytes, mem);
    prs_read_tokens_init(&reading->tokens, mem);
    prs_places_init(&reading->places, mem);
    PRS_TRY(prs_field_analyzers_take(analyzers, group, use, &reading->analysis, err));
    prism_status status =
        prs_analysis_run(reading->analysis, text, len, keep_token, reading, NULL, NULL, err);
    if (status == PRISM_ENOMEM) return prs_error_nomem(err); /* keep_token says nothing */
    if (status != PRISM_OK) return status;
    for (uint32_t i = (uint32_t)reading->places.n; i-- > 0;) {
        if (prs_reading_is_han(reading, i)) find_char(reading, i);
    }
    return PRISM_OK;
}

void prs_reading_fini(prs_reading *reading) {
    prs_field_analyzers_give(reading->analyzers, reading->group, reading->use, reading->analysis);
    reading->analysis = NULL;
    prs_buf_fini(&reading->bytes);
    prs_read_tokens_fini(&reading->tokens);
    prs_places_fini(&reading->places);
}

prs_bytes prs_reading_term(const prs_reading *reading, const prs_read_token *token) {
    return prs_bytes_of(reading->bytes.ptr + token->off, token->len);
}

const prs_read_token *prs_reading_find(const prs_reading *reading, uint32_t place, uint8_t kind,
                                       uint8_t mask, uint8_t flags) {
    const prs_place *at = &reading->places.ptr[place];
    for (uint32_t i = 0; i < at->n; i++) {
        const prs_read_token *token = &reading->tokens.ptr[at->first + i];
        if (token->kind == kind && (token->flags & mask) == flags) return token;
    }
    return NULL;
}

uint32_t prs_reading_covered(const prs_reading *reading, uint32_t place,
                             const prs_read_token *token) {
    const prs_place *places = reading->places.ptr;
    uint32_t n = 1;
    while (place + n < reading->places.n &&
           places[place + n].pos - places[place].pos < token->span) {
        n++;
    }
    return n;
}

static bool is_han_kind(uint8_t kind) {
    return kind == PRS_KIND_HAN1 || kind == PRS_KIND_HAN2 || kind == PRS_KIND_HANEND;
}

bool prs_reading_is_han(const prs_reading *reading, uint32_t place) {
    return is_han_kind(reading->tokens.ptr[reading->places.ptr[place].first].kind);
}

/* The run goes on while the next place is Han, the next position, and not the start of another
 * run. */
uint32_t prs_reading_run_end(const prs_reading *reading, uint32_t place) {
    const prs_place *places = reading->places.ptr;
    uint32_t end = place + 1;
    while (end < reading->places.n && prs_reading_is_han(reading, end) &&
           places[end].pos == places[end - 1].pos + 1 &&
           (reading->tokens.ptr[places[end].first].flags & PRS_TOKEN_RUN_START) == 0) {
        end++;
    }
    return end;
}

prs_bytes prs_reading_char(const prs_reading *reading, uint32_t place) {
    const prs_place *at = &reading->places.ptr[place];
    return prs_bytes_of(reading->bytes.ptr + at->char_off, at->char_len);
}
