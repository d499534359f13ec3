/* snippet.c - how does a hit become a few lines of text with the words that matter marked?
 *
 * Structure   stored JSON -> text of the field -> marks (highlight.h) -> stretches (fragments.h) ->
 *             copies with spans, counted from the fragment's own beginning.
 *
 *                 text   ....the big data center....      marks  big data (one phrase), data (a
 *                        word)
 *                 span       [4,7) [8,12)                 equal and overlapping ranges are one
 *                            span; Han
 *                                                         ranges that touch are one, too
 *
 * Invariants  - Spans ascend, do not overlap, and lie in the fragment's text.
 *             - Fragments stand in the order of the text, those of a later value behind those of an
 *               earlier.
 *             - Text and spans are copies: a snippet outlives the snapshot.
 * Cost        One frame of stored documents, one pass of analysis over the field.
 * Tested by   tests/unit/show/test_snippet.c */
#include "show/snippet.h"

#include "base/error.h"
#include "schema/document.h"
#include "show/fragments.h"

typedef struct making {
    const prs_snippet_request *request;
    prism_snippet *snippet;
    prs_highlight highlight;
    prs_docstore_cursor store;
    prs_json_reader *reader;
    prs_stretch stretches[PRS_SNIPPET_MAX_FRAGMENTS]; /* of the value in hand */
    uint32_t n_stretches;
    size_t left; /* bytes that may still be looked at */
} making;

/* ---- fragments
 * --------------------------------------------------------------------------------- */

/* Marks inside a stretch as spans: clipped, merged, counted from its beginning. */
static prism_status make_spans(making *m, const prs_stretch *s, prism_fragment *out,
                               prism_error *err) {
    const prs_marks *marks = &m->highlight.marks;
    prism_span *spans = NULL;
    uint32_t n = 0, most = 0;
    bool han = false;
    for (size_t i = 0; i < marks->n; i++)
        most += marks->ptr[i].start < s->end && marks->ptr[i].end > s->start;
    spans = prs_arena_alloc(&m->snippet->arena, most * sizeof *spans);
    if (spans == NULL) return prs_error_nomem(err);
    for (size_t i = 0; i < marks->n; i++) {
        const prs_mark *mark = &marks->ptr[i];
        if (mark->start >= s->end || mark->end <= s->start) continue;
        prism_span span = {PRS_MAX(mark->start, s->start) - s->start,
                           PRS_MIN(mark->end, s->end) - s->start};
        bool joins = n > 0 && (span.start < spans[n - 1].end ||
                               (span.start == spans[n - 1].end && han && mark->han));
        if (joins) {
            spans[n - 1].end = PRS_MAX(spans[n - 1].end, span.end);
        } else {
            spans[n++] = span;
        }
        han = mark->han;
    }
    out->spans = spans;
    out->n_spans = n;
    return PRISM_OK;
}

static prism_status add_fragment(making *m, prs_bytes text, const prs_stretch *s,
                                 prism_error *err) {
    prism_snippet *snippet = m->snippet;
    if (snippet->n == snippet->cap) {
        uint32_t cap = snippet->cap == 0 ? 4 : snippet->cap * 2;
        void *p = prs_mem_resize(&snippet->mem, snippet->fragments,
                                 snippet->cap * sizeof *snippet->fragments,
                                 cap * sizeof *snippet->fragments);
        if (p == NULL) return prs_error_nomem(err);
        snippet->fragments = p;
        snippet->cap = cap;
    }
    prism_fragment fragment = {.offset = s->start, .len = s->end - s->start};
    fragment.text = (const char *)prs_arena_dup(&snippet->arena, text.ptr + s->start, fragment.len);
    if (fragment.text == NULL) return prs_error_nomem(err);
    PRS_TRY(make_spans(m, s, &fragment, err));
    snippet->fragments[snippet->n++] = fragment;
    return PRISM_OK;
}

/* The best stretches of the value in hand, in the order of the text. */
static prism_status choose_stretches(making *m, prs_bytes text, uint32_t most, prism_error *err) {
    const prs_highlight *h = &m->highlight;
    uint32_t *seen = prs_arena_alloc(&m->highlight.arena, h->clauses.n * sizeof *seen);
    if (seen == NULL) return prs_error_nomem(err);
    m->n_stretches = 0;
    while (m->n_stretches < most) {
        prs_stretch s;
        if (!prs_fragment_best(text, &h->marks, h->clauses.ptr, (uint32_t)h->clauses.n, seen,
                               m->stretches, m->n_stretches, m->request->max_bytes, &s)) {
            break;
        }
        if (s.end <= s.start) break; /* not one character fits */
        uint32_t k = m->n_stretches++;
        for (; k > 0 && m->stretches[k - 1].start > s.start; k--)
            m->stretches[k] = m->stretches[k - 1];
        m->stretches[k] = s;
    }
    return PRISM_OK;
}

/* What may be looked at of a value: cut behind a blank or a line, so that no part of a word is
 * taken for a word; where none is near, between characters. */
static prs_bytes look_at(making *m, prs_bytes text) {
    size_t most = PRS_MIN(text.len, m->left), n = most;
    m->left -= most;
    if (most == text.len) return text;
    while (n > 0 && most - n <= PRISM_MAX_TOKEN_BYTES && text.ptr[n - 1] > ' ') n--;
    if (n > 0 && text.ptr[n - 1] <= ' ') return prs_bytes_of(text.ptr, n);
    while (most > 0 && (text.ptr[most] & 0xc0) == 0x80) most--;
    return prs_bytes_of(text.ptr, most);
}

/* Fragments of one value of the field. */
static prism_status show_value(making *m, prs_bytes text, prism_error *err) {
    const prs_snippet_request *r = m->request;
    PRS_TRY(prs_highlight_run(&m->highlight, look_at(m, text), err));
    if (r->whole_field) {
        prs_stretch all = {0, (uint32_t)text.len};
        return add_fragment(m, text, &all, err);
    }
    PRS_TRY(choose_stretches(m, text, r->n_fragments - m->snippet->n, err));
    for (uint32_t i = 0; i < m->n_stretches; i++)
        PRS_TRY(add_fragment(m, text, &m->stretches[i], err));
    return PRISM_OK;
}

/* ---- the document
 * ------------------------------------------------------------------------------ */

static prism_status value_at(making *m, prs_bytes json, uint32_t i, prs_bytes *text, bool *found,
                             prism_error *err) {
    return prs_json_reader_field(m->reader, (const char *)json.ptr, json.len, m->request->field, i,
                                 text, found, err);
}

/* A field without a match shows its beginning. */
static prism_status show_head(making *m, prs_bytes json, prism_error *err) {
    prs_bytes text;
    bool found;
    PRS_TRY(value_at(m, json, 0, &text, &found, err));
    if (!found) return PRISM_OK;
    prs_marks_clear(&m->highlight.marks);
    prs_stretch head = prs_fragment_head(text, m->request->max_bytes);
    return add_fragment(m, text, &head, err);
}

static prism_status show_document(making *m, const prs_leaf *leaf, uint32_t doc, bool many,
                                  prism_error *err) {
    prs_bytes json, text;
    bool found = true;
    PRS_TRY(prs_segment_document(leaf->segment, &m->store, doc, &json, err));
    PRS_TRY(prs_json_reader_new(&m->snippet->mem, &m->reader, err));
    for (uint32_t i = 0; found && (i == 0 || many); i++) {
        if (!m->request->whole_field && m->snippet->n >= m->request->n_fragments) break;
        PRS_TRY(value_at(m, json, i, &text, &found, err));
        if (found) PRS_TRY(show_value(m, text, err));
    }
    return m->snippet->n == 0 ? show_head(m, json, err) : PRISM_OK;
}

static prism_status make(making *m, prism_error *err) {
    const prs_snippet_request *r = m->request;
    const prs_field *field = prs_schema_field(r->snap->schema, r->field, strlen(r->field));
    if (field == NULL)
        return prs_error_set(err, PRISM_ENOTFOUND, "there is no field %.64s", r->field);
    if ((field->flags & PRISM_FIELD_STORED) == 0) {
        return prs_error_set(err, PRISM_ENOTFOUND, "the field %s is not stored", field->name);
    }
    uint32_t doc;
    const prs_leaf *leaf = prs_snapshot_leaf(r->snap, r->gdoc, &doc);
    if (leaf == NULL)
        return prs_error_set(err, PRISM_ENOTFOUND, "there is no such document in this snapshot");
    PRS_TRY(prs_highlight_init(&m->highlight, &m->snippet->mem, r->snap, r->query, field->no,
                               r->gdoc, err));
    return show_document(m, leaf, doc, (field->flags & PRISM_FIELD_MANY) != 0, err);
}

prism_status prs_snippet_make(const prs_snippet_request *request, prism_snippet **out,
                              prism_error *err) {
    *out = NULL;
    const prism_allocator *hook = &request->snap->mem->hook;
    /* the snippet holds its own prs_mem, so its block is taken and given back through a copy */
    prs_mem own;
    prs_mem_init(&own, hook);
    prism_snippet *snippet = prs_mem_calloc(&own, 1, sizeof *snippet);
    if (snippet == NULL) return prs_error_nomem(err);
    prs_mem_init(&snippet->mem, hook);
    prs_arena_init(&snippet->arena, &snippet->mem, 0);
    making m = {.request = request, .snippet = snippet, .left = PRISM_MAX_SNIPPET_BYTES};
    prs_docstore_cursor_init(&m.store, &snippet->mem);
    prism_status status = make(&m, err);
    prs_json_reader_free(m.reader);
    prs_docstore_cursor_fini(&m.store);
    if (m.highlight.snap != NULL) prs_highlight_fini(&m.highlight);
    if (status != PRISM_OK) {
        prs_snippet_free(snippet);
        return status;
    }
    *out = snippet;
    return PRISM_OK;
}

void prs_snippet_free(prism_snippet *snippet) {
    if (snippet == NULL) return;
    prs_mem_free(&snippet->mem, snippet->fragments, snippet->cap * sizeof *snippet->fragments);
    prs_arena_fini(&snippet->arena);
    prs_mem own;
    prs_mem_init(&own, &snippet->mem.hook);
    prs_mem_free(&own, snippet, sizeof *snippet);
}
