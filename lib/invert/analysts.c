/* analysts.c - how do documents get analyzed beside the thread that puts them, to the same result?
 *
 * Structure   slots    a ring: batches handed in, oldest first, then the open one
 *             seats    one a worker: lexicons of its own; per lexicon a table: its ids -> ids of
 *                      the inverter's lexicon, kept by the thread that settles
 * Invariants  - Batches are settled in order of their documents, so streams are those of one
 *               thread.  Ids of terms may differ; nothing that is written hangs on them.
 *             - A worker's batches begin in the order in which they were handed in, so the table of
 *               its seat grows in order of ids: each batch brings the keys of those that it added.
 *             - A seat that has outgrown its share forgets everything before its next batch, which
 *               then begins with id 0.  What it has learnt is a cache: the inverter's lexicon is
 *               the dictionary.
 *             - A batch that a worker failed at (no memory) is analyzed by the thread that settles
 *               it, straight into the inverter.  Only if that fails, too, anyone hears of it.
 * Why so      One dictionary instead of one per worker: segments as large as those of one thread,
 *             and a bound on memory that does not hang on the number of threads.
 * Cost        ~1 ns for each entry of the stream and ~0.1 us for each term new to a seat, both in
 *             the thread that settles.
 * Tested by   tests/unit/invert/test_analysts.c */
#include "invert/analysts.h"

#include "base/error.h"

#define MAX_SLOTS (PRS_TALLY_BATCHES + 1u)

typedef struct seat {
    prs_lexicon **owners;   /* by field number, each once; NULL else */
    prs_lexicon **lexicons; /* by field number, as analyzers are shared */
    prs_id_table *tables;   /* by field number of the owner; of the thread that settles */
    bool has_failed;        /* its lexicons are to be emptied */
} seat;

typedef struct slot {
    prs_analysts *owner;
    prs_task task;
    prs_text_batch batch;
    uint32_t worker; /* who analyzed it */
} slot;

struct prs_analysts {
    prs_mem *mem;
    prs_inverter *inverter;
    prs_pool *pool;
    uint32_t n_fields, n_seats, n_slots;
    seat *seats;
    size_t share; /* bytes of one seat's lexicons */
    slot *slots;
    uint32_t first, n; /* handed in */
};

/* ---- seats ----------------------------------------------------------------------------------- */

static prism_status init_seat(prs_analysts *a, seat *s, prism_error *err) {
    s->owners = prs_mem_calloc(a->mem, a->n_fields, sizeof(prs_lexicon *));
    s->lexicons = prs_mem_calloc(a->mem, a->n_fields, sizeof(prs_lexicon *));
    s->tables = prs_mem_calloc(a->mem, a->n_fields, sizeof *s->tables);
    if (s->owners == NULL || s->lexicons == NULL || s->tables == NULL) return prs_error_nomem(err);
    for (uint32_t f = 0; f < a->n_fields; f++) prs_id_table_init(&s->tables[f], a->mem);
    return PRISM_OK;
}

static void fini_seat(prs_analysts *a, seat *s) {
    for (uint32_t f = 0; f < a->n_fields; f++) {
        if (s->owners != NULL) prs_lexicon_free(s->owners[f]);
        if (s->tables != NULL && s->tables[f].mem != NULL) prs_id_table_fini(&s->tables[f]);
    }
    prs_mem_free(a->mem, s->owners, a->n_fields * sizeof(prs_lexicon *));
    prs_mem_free(a->mem, s->lexicons, a->n_fields * sizeof(prs_lexicon *));
    prs_mem_free(a->mem, s->tables, a->n_fields * sizeof *s->tables);
}

static size_t seat_bytes(const prs_analysts *a, const seat *s) {
    size_t sum = 0;
    for (uint32_t f = 0; f < a->n_fields; f++) {
        if (s->owners[f] != NULL) sum += prs_lexicon_bytes(s->owners[f]);
    }
    return sum;
}

static void empty_seat(const prs_analysts *a, seat *s) {
    for (uint32_t f = 0; f < a->n_fields; f++) {
        if (s->owners[f] != NULL) prs_lexicon_reset(s->owners[f]);
    }
    s->has_failed = false;
}

/* Lexicons as the inverter has them: made when the seat is first taken. */
static prism_status furnish(const prs_analysts *a, seat *s) {
    const prs_inverter *inv = a->inverter;
    for (uint32_t f = 0; f < a->n_fields; f++) {
        if (inv->lexicons[f] == NULL || s->owners[f] != NULL) continue;
        PRS_TRY(prs_lexicon_new(inv->recipe->analyzers[f], a->mem, &s->owners[f], NULL));
    }
    for (uint32_t f = 0; f < a->n_fields; f++) {
        if (inv->fields[f].lexicon != NULL) s->lexicons[f] = s->owners[inv->fields[f].owner];
    }
    return PRISM_OK;
}

/* The task of a batch. */
static void analyze(void *ctx, uint32_t worker) {
    slot *own = ctx;
    prs_analysts *a = own->owner;
    seat *s = &a->seats[worker];
    own->worker = worker;
    if (s->has_failed || seat_bytes(a, s) > a->share) empty_seat(a, s);
    own->batch.status = furnish(a, s);
    if (own->batch.status == PRISM_OK)
        prs_batch_analyze(&own->batch, a->inverter->recipe, s->lexicons, s->owners);
    s->has_failed = own->batch.status != PRISM_OK;
}

/* ---- life ------------------------------------------------------------------------------------ */

/* ICU's dictionaries may be missing: then texts in the scripts that need them fail, and each put
 * has to say so itself. */
static bool can_fail(prs_mem *mem, prs_analyzer *analyzer) {
    static const char probe[] =
        "\xe4\xb8\xad\xe5\x9b\xbd\xe4\xba\xba\xe6\xb0\x91 "
        "\xe0\xb8\xa0\xe0\xb8\xb2\xe0\xb8\xa9\xe0\xb8\xb2\xe0\xb9\x84\xe0\xb8\x97\xe0\xb8\xa2";
    prs_lexicon *lexicon;
    prs_stream stream = {.mem = mem};
    uint32_t n_pos, n_span;
    uint64_t n_bad;
    if (prs_lexicon_new(analyzer, mem, &lexicon, NULL) != PRISM_OK) return true;
    prism_status status =
        prs_lexicon_scan(lexicon, probe, sizeof probe - 1, &stream, &n_pos, &n_span, &n_bad, NULL);
    prs_mem_free(mem, stream.ids, stream.cap * sizeof *stream.ids);
    prs_lexicon_free(lexicon);
    return status != PRISM_OK;
}

/* Is there anything to analyze, and can it be left to others? */
static bool is_wanted(const prs_inverter *inv) {
    bool any = false;
    for (uint32_t f = 0; f < inv->n_fields; f++) {
        if (inv->lexicons[f] == NULL || inv->fields[f].is_callers) continue;
        const prs_analyzer_options *o = prs_analyzer_options_of(inv->recipe->analyzers[f]);
        bool asks_icu = o->sa == PRS_SA_ICU || o->han == PRS_HAN_UNI_BI_WORDS;
        if (asks_icu && can_fail(inv->mem, inv->recipe->analyzers[f])) return false;
        any = true;
    }
    return any;
}

static prism_status make_parts(prs_analysts *a, prism_error *err) {
    a->seats = prs_mem_calloc(a->mem, a->n_seats, sizeof *a->seats);
    a->slots = prs_mem_calloc(a->mem, a->n_slots, sizeof *a->slots);
    if (a->seats == NULL || a->slots == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < a->n_seats; i++) PRS_TRY(init_seat(a, &a->seats[i], err));
    for (uint32_t i = 0; i < a->n_slots; i++) {
        slot *s = &a->slots[i];
        s->owner = a;
        s->task = (prs_task){.run = analyze, .ctx = s, .n_workers = a->n_seats};
        PRS_TRY(prs_batch_init(&s->batch, a->n_fields, a->mem, err));
    }
    return PRISM_OK;
}

static void free_parts(prs_analysts *a) {
    for (uint32_t i = 0; a->seats != NULL && i < a->n_seats; i++) fini_seat(a, &a->seats[i]);
    for (uint32_t i = 0; a->slots != NULL && i < a->n_slots; i++)
        prs_batch_fini(&a->slots[i].batch);
    prs_mem_free(a->mem, a->seats, a->n_seats * sizeof *a->seats);
    prs_mem_free(a->mem, a->slots, a->n_slots * sizeof *a->slots);
    prs_mem_free(a->mem, a, sizeof *a);
}

prism_status prs_analysts_new(prs_inverter *inverter, prs_pool *pool, uint32_t n_seats,
                              size_t memory, prs_analysts **out, prism_error *err) {
    *out = NULL;
    n_seats = PRS_MIN(PRS_MIN(n_seats, MAX_SLOTS), prs_pool_width(pool));
    if (n_seats < 2 || !is_wanted(inverter)) return PRISM_OK;
    prs_analysts *a = prs_mem_calloc(inverter->mem, 1, sizeof *a);
    if (a == NULL) return prs_error_nomem(err);
    a->mem = inverter->mem;
    a->inverter = inverter;
    a->pool = pool;
    a->n_fields = inverter->n_fields;
    a->n_seats = n_seats;
    a->share = memory / n_seats;
    a->n_slots = PRS_MIN(2 * a->n_seats + 3, MAX_SLOTS);
    prism_status status = make_parts(a, err);
    if (status != PRISM_OK) {
        prs_analysts_free(a);
        return status;
    }
    *out = a;
    return PRISM_OK;
}

/* The newest first: else each would be waited for while it runs. */
static void take_back(prs_analysts *a) {
    for (uint32_t i = a->n; i-- > 0;)
        prs_pool_take_back(a->pool, &a->slots[(a->first + i) % a->n_slots].task);
}

void prs_analysts_free(prs_analysts *a) {
    if (a == NULL) return;
    take_back(a);
    free_parts(a);
}

/* ---- batches --------------------------------------------------------------------------------- */

static prs_text_batch *open_batch(prs_analysts *a) {
    return &a->slots[(a->first + a->n) % a->n_slots].batch;
}

prism_status prs_analysts_add(prs_analysts *a, const prs_document *doc, prism_error *err) {
    return prs_inverter_add_later(a->inverter, doc, open_batch(a), err);
}

uint32_t prs_analysts_under_way(const prs_analysts *a) {
    return a->n;
}

bool prs_analysts_must_settle(const prs_analysts *a) {
    return a->n + 1 == a->n_slots;
}

void prs_analysts_submit(prs_analysts *a) {
    PRS_ASSERT(!prs_analysts_must_settle(a));
    if (open_batch(a)->texts.len == 0) return;
    prs_pool_submit(a->pool, &a->slots[(a->first + a->n++) % a->n_slots].task);
}

prism_status prs_analysts_scan_open(prs_analysts *a, prism_error *err) {
    PRS_ASSERT(a->n == 0);
    PRS_TRY(prs_inverter_scan(a->inverter, open_batch(a), err));
    prs_batch_clear(open_batch(a));
    return PRISM_OK;
}

/* ---- settling -------------------------------------------------------------------------------- */

/* Give the new terms of a batch their ids in the inverter's lexicon.  What the table has from
 * `first` on is of a seat's life before it forgot all, or of a try that failed. */
static prism_status learn_terms(const prs_batch_terms *terms, prs_id_table *table,
                                prs_lexicon *lexicon, prism_error *err) {
    const uint8_t *at = terms->keys.ptr;
    PRS_ASSERT(terms->first <= table->n);
    table->n = terms->first;
    for (uint32_t i = 0; i < terms->n; i++) {
        uint16_t len = prs_load16(at);
        uint32_t id;
        PRS_TRY(prs_lexicon_intern(lexicon, prs_bytes_of(at + 2, len), &id, err));
        if (!prs_id_table_push(table, id)) return prs_error_nomem(err);
        at += 2 + len;
    }
    return PRISM_OK;
}

static prism_status take_results(prs_analysts *a, const slot *s, prism_error *err) {
    seat *from = &a->seats[s->worker];
    for (uint32_t f = 0; f < a->n_fields; f++) {
        prs_lexicon *lexicon = a->inverter->lexicons[f];
        if (lexicon != NULL)
            PRS_TRY(learn_terms(&s->batch.terms[f], &from->tables[f], lexicon, err));
    }
    return prs_inverter_take(a->inverter, &s->batch, from->tables, err);
}

prism_status prs_analysts_settle(prs_analysts *a, prism_error *err) {
    PRS_ASSERT(a->n > 0);
    slot *s = &a->slots[a->first];
    prs_pool_wait(a->pool, &s->task);
    if (s->batch.status == PRISM_OK) {
        PRS_TRY(take_results(a, s, err));
    } else {
        PRS_TRY(prs_inverter_scan(a->inverter, &s->batch, err));
    }
    prs_batch_clear(&s->batch);
    a->first = (a->first + 1) % a->n_slots;
    a->n--;
    return PRISM_OK;
}

/* With a batch go the keys that its seat had learnt from it: then the seat cannot go on, either. */
void prs_analysts_clear(prs_analysts *a, bool keep_terms) {
    keep_terms = keep_terms && a->n == 0;
    take_back(a);
    for (uint32_t i = 0; i < a->n_slots; i++) prs_batch_clear(&a->slots[i].batch);
    a->n = 0;
    for (uint32_t i = 0; !keep_terms && i < a->n_seats; i++) {
        empty_seat(a, &a->seats[i]);
        for (uint32_t f = 0; f < a->n_fields; f++) prs_id_table_clear(&a->seats[i].tables[f]);
    }
}

size_t prs_analysts_lexicon_bytes(const prs_analysts *a) {
    size_t sum = 0;
    for (uint32_t i = 0; i < a->n_seats; i++) sum += seat_bytes(a, &a->seats[i]);
    return sum;
}

size_t prs_analysts_bytes(const prs_analysts *a) {
    size_t sum = 0;
    for (uint32_t i = 0; i < a->n_slots; i++) sum += prs_batch_bytes(&a->slots[i].batch);
    for (uint32_t i = 0; i < a->n_seats; i++) {
        for (uint32_t f = 0; f < a->n_fields; f++)
            sum += a->seats[i].tables[f].cap * sizeof(uint32_t);
    }
    return sum;
}
