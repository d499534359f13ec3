/* flush_lists.c - how are the lists of a field encoded by many, and written as if by one?
 *
 *   pass       | terms ... | terms ... | terms ... |        sorted, with their places
 *   run             0           1           2               about RUN_PLACES places each
 *               a worker     a worker    a worker           lists and infos into the run's memory
 *   `.idx`     | run 0     | run 1     | run 2     |       appended in order by the caller's thread
 *
 * Structure   Without a pool each term is encoded straight into the file.  Between runs the caller
 *             is asked whether to go on (stopper.h).
 * Invariants  - Runs are appended in order, and a list is encoded without regard to where it will
 *               stand: the bytes are those of one thread.
 *             - A run whose worker had no memory is encoded by the caller's thread when its turn
 *               comes, straight into the file.
 * Why so      Encoding is two thirds of a flush and needs nothing but the places; the dictionary
 *             and the file are cheap and need an order.
 * Cost        A copy of the lists, ~30 ns a term for the dictionary, in the caller's thread.
 * Tested by   tests/unit/invert/test_flush_lists.c, test_flush.c */
#include "invert/flush_lists.h"

#include "base/error.h"
#include "format/components.h"

#define RUN_PLACES ((size_t)1 << 17)
#define RUN_TERMS 2048u
#define MIN_RUNS 3u

typedef struct lists_write lists_write;

typedef struct run {
    lists_write *owner;
    prs_task task;
    const prs_transpose_pass *pass;
    uint32_t first, last;  /* terms of the pass */
    struct helper *helper; /* who encodes it */
    prs_buf bytes, payloads;
    prs_term_info *infos; /* RUN_TERMS; where there is a payload, off is its place */
    uint32_t n;           /* infos that are there */
    prism_status status;
} run;

typedef struct helper { /* of one worker, made at its first run */
    prs_term_encoder encoder;
    prs_out *out;
    bool is_made;
} helper;

struct lists_write {
    const prs_flush_lists *how;
    prs_mem *mem;
    prs_term_field field;
    prs_out *out;
    prs_term_sink sink; /* straight into `out` */
    helper *helpers;    /* by worker */
    uint32_t n_helpers;
    run *runs; /* a ring */
    uint32_t n_runs, first, n;
};

/* ---- a worker -------------------------------------------------------------------------------- */

static prism_status keep_term(void *ctx, const prs_transpose_term *term, prism_error *err) {
    run *r = ctx;
    helper *h = r->helper;
    prs_term_info *info = &r->infos[r->n];
    PRS_TRY(prs_term_encode(&h->encoder, term, info, err));
    if (info->payload != NULL) {
        info->off = r->payloads.len;
        prs_buf_put(&r->payloads, info->payload,
                    (info->payload_bit + (size_t)info->payload_bits + 7) / 8);
    }
    r->n++;
    return PRISM_OK;
}

static prism_status make_helper(lists_write *w, helper *h) {
    if (h->is_made) return PRISM_OK;
    if (h->out == NULL) PRS_TRY(prs_out_gather_new(w->mem, &h->out, NULL));
    prs_term_encoder_fini(&h->encoder);
    PRS_TRY(prs_term_encoder_init(&h->encoder, &w->field, h->out, w->mem, NULL));
    h->is_made = true;
    return PRISM_OK;
}

static void exchange(prs_buf *a, prs_buf *b) {
    prs_buf swap = *a;
    *a = *b;
    *b = swap;
}

static prism_status encode_run(run *r, helper *h) {
    PRS_TRY(make_helper(r->owner, h));
    prs_buf_clear(&r->payloads);
    prs_buf *bytes = prs_out_gather_begin(h->out);
    PRS_TRY(prs_transpose_terms(r->pass, r->first, r->last, keep_term, r, NULL));
    exchange(bytes, &r->bytes);
    return prs_buf_status(&r->payloads, NULL);
}

/* The task of a run. */
static void encode(void *ctx, uint32_t worker) {
    run *r = ctx;
    r->n = 0;
    r->helper = &r->owner->helpers[worker];
    r->status = encode_run(r, r->helper);
}

/* ---- in order -------------------------------------------------------------------------------- */

static void append_term(lists_write *w, const run *r, uint32_t i) {
    prs_term_info info = r->infos[i];
    if (info.payload != NULL) {
        info.payload = r->payloads.ptr + info.off;
        info.off = 0;
    } else if (!info.inlined) {
        const uint8_t *list = r->bytes.ptr + info.off;
        info.off = prs_out_offset(w->out);
        prs_out_write(w->out, list, (size_t)(info.positions_len + info.postings_len));
    }
    prs_bytes key = prs_lexicon_key(r->pass->lexicon, r->pass->ids[r->first + i]);
    prs_terms_writer_add(w->sink.terms, key, &info);
}

/* Write the oldest run; its slot is free. */
static prism_status append_oldest(lists_write *w, prism_error *err) {
    run *r = &w->runs[w->first];
    PRS_TRY(prs_stopper_ask(w->how->stopper, w->how->done, w->how->n_docs, err));
    prs_pool_wait(w->how->pool, &r->task);
    w->first = (w->first + 1) % w->n_runs;
    w->n--;
    if (r->status != PRISM_OK)
        return prs_transpose_terms(r->pass, r->first, r->last, prs_term_write, &w->sink, err);
    for (uint32_t i = 0; i < r->n; i++) append_term(w, r, i);
    return prs_out_status(w->out, err);
}

/* Terms from `first` on for one run; returns the end. */
static uint32_t cut_run(const lists_write *w, const prs_transpose_pass *pass, uint32_t first) {
    size_t places = w->how->run_places != 0 ? w->how->run_places : RUN_PLACES;
    uint32_t last = first + 1;
    while (last < pass->n && last - first < RUN_TERMS &&
           pass->starts[last + 1] - pass->starts[first] <= places)
        last++;
    return last;
}

static prism_status submit_runs(lists_write *w, const prs_transpose_pass *pass, prism_error *err) {
    for (uint32_t first = 0; first < pass->n;) {
        uint32_t last = cut_run(w, pass, first);
        if (w->n == w->n_runs) PRS_TRY(append_oldest(w, err));
        run *r = &w->runs[(w->first + w->n++) % w->n_runs];
        r->pass = pass;
        r->first = first;
        r->last = last;
        prs_pool_submit(w->how->pool, &r->task);
        first = last;
    }
    while (w->n > 0) PRS_TRY(append_oldest(w, err));
    return PRISM_OK;
}

/* Without a pool: run by run, too, so that somebody may stop it. */
static prism_status write_here(lists_write *w, const prs_transpose_pass *pass, prism_error *err) {
    for (uint32_t first = 0; first < pass->n;) {
        uint32_t last = cut_run(w, pass, first);
        PRS_TRY(prs_stopper_ask(w->how->stopper, w->how->done, w->how->n_docs, err));
        PRS_TRY(prs_transpose_terms(pass, first, last, prs_term_write, &w->sink, err));
        first = last;
    }
    return PRISM_OK;
}

static prism_status write_pass(void *ctx, const prs_transpose_pass *pass, prism_error *err) {
    lists_write *w = ctx;
    if (w->runs == NULL) return write_here(w, pass, err);
    prism_status status = submit_runs(w, pass, err);
    for (uint32_t i = w->n; i-- > 0;) /* after an error: the newest first */
        prs_pool_take_back(w->how->pool, &w->runs[(w->first + i) % w->n_runs].task);
    w->n = 0;
    return status;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static prism_status make_runs(lists_write *w, prism_error *err) {
    w->n_helpers = PRS_MIN(prs_pool_width(w->how->pool), w->n_runs);
    w->helpers = prs_mem_calloc(w->mem, w->n_helpers, sizeof *w->helpers);
    w->runs = prs_mem_calloc(w->mem, w->n_runs, sizeof *w->runs);
    if (w->helpers == NULL || w->runs == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < w->n_runs; i++) {
        run *r = &w->runs[i];
        r->owner = w;
        r->task = (prs_task){.run = encode, .ctx = r, .n_workers = w->n_helpers};
        prs_buf_init(&r->bytes, w->mem);
        prs_buf_init(&r->payloads, w->mem);
        r->infos = prs_mem_alloc(w->mem, RUN_TERMS * sizeof *r->infos);
        if (r->infos == NULL) return prs_error_nomem(err);
    }
    return PRISM_OK;
}

static void free_runs(lists_write *w) {
    for (uint32_t i = 0; w->helpers != NULL && i < w->n_helpers; i++) {
        prs_term_encoder_fini(&w->helpers[i].encoder);
        prs_out_gather_free(w->helpers[i].out);
    }
    for (uint32_t i = 0; w->runs != NULL && i < w->n_runs; i++) {
        run *r = &w->runs[i];
        if (r->bytes.mem == NULL) continue;
        prs_buf_fini(&r->bytes);
        prs_buf_fini(&r->payloads);
        prs_mem_free(w->mem, r->infos, RUN_TERMS * sizeof *r->infos);
    }
    prs_mem_free(w->mem, w->helpers, w->n_helpers * sizeof *w->helpers);
    prs_mem_free(w->mem, w->runs, w->n_runs * sizeof *w->runs);
}

/* Two for each worker and two that wait, as far as a quarter of the scratch goes; 0 where a pool
 * costs more than it gives. */
static uint32_t count_runs(const prs_flush_lists *how, const prs_inverter_field *field) {
    uint32_t most = 2 * prs_pool_width(how->pool) + 2;
    size_t one = RUN_TERMS * sizeof(prs_term_info) + 4 * RUN_PLACES; /* bytes of a run */
    if (how->pool == NULL) return 0;
    if (how->run_places != 0) return most;
    if (field->stream.n <= RUN_PLACES || how->scratch / 4 / one < MIN_RUNS) return 0;
    return (uint32_t)PRS_MIN(how->scratch / 4 / one, most);
}

prism_status prs_flush_lists_write(const prs_flush_lists *how, const prs_inverter_field *field,
                                   prs_out *out, prs_terms_totals *totals, prism_error *err) {
    prs_places places = {.mem = how->mem};
    lists_write w = {.how = how,
                     .mem = how->mem,
                     .field = {how->n_docs, how->lengths, how->spans, &places,
                               (field->field->flags & PRISM_FIELD_POSITIONS) != 0},
                     .out = out};
    prs_transpose_input input = {field->lexicon, field->stream.ids, (uint32_t)field->stream.n,
                                 field->docs.ptr, (uint32_t)field->docs.n};
    prism_status status;
    w.sink.encoder = prs_mem_calloc(w.mem, 1, sizeof *w.sink.encoder);
    if (w.sink.encoder == NULL) return prs_error_nomem(err);
    w.n_runs = count_runs(how, field);
    prs_pool *pool = w.n_runs > 0 ? how->pool : NULL;
    PRS_TRY_OUT(prs_places_init(&places, field->docs.ptr, (uint32_t)field->docs.n, w.mem, err));
    prs_out_section(out, PRS_COMPONENT_LISTS, field->field->no, PRS_COMPONENT_VERSION);
    PRS_TRY_OUT(prs_term_encoder_init(w.sink.encoder, &w.field, out, w.mem, err));
    PRS_TRY_OUT(prs_terms_writer_new(w.mem, out, how->n_docs, &w.sink.terms, err));
    if (pool != NULL) PRS_TRY_OUT(make_runs(&w, err));
    PRS_TRY_OUT(prs_transpose_passes(&input, how->scratch, pool, w.mem, write_pass, &w, err));
    PRS_TRY_OUT(prs_terms_writer_finish(w.sink.terms, PRS_COMPONENT_TERMS_INDEX, field->field->no,
                                        totals, err));
out:
    free_runs(&w);
    prs_terms_writer_free(w.sink.terms);
    prs_term_encoder_fini(w.sink.encoder);
    prs_places_fini(&places);
    prs_mem_free(w.mem, w.sink.encoder, sizeof *w.sink.encoder);
    return status;
}
