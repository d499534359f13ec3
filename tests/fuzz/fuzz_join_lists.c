/* fuzz_join_lists.c - are lists of several segments joined safely whatever their bytes are, and is
 * what comes out the list of what went in?
 *
 *   byte 0   bit 0 the first list's bytes as they are, else written and edited   bit 1 without
 *            positions   bit 2 added twice   bits 3-5 shape   bit 6 the dictionary lies about the
 *            first list
 *   then     a seed (4), documents of a segment (2), one in so many deleted (1), segments (1), the
 *            most postings (2), bits of a freq (1)
 *   rest     bytes; or edits of the first list (of its payload if it is inline)
 *
 * States    - Joining gives ECORRUPT, or a list that is read without an error: the documents and
 *             freqs that were told of the inputs, where they went.
 *           - Positions, where all inputs' can be read, are those of the inputs.
 *           - Unedited, it succeeds. */
#include "fuzz.h"

#include "format/components.h"
#include "format/postings_join.h"
#include "format/postings_writer.h"

#include <stdlib.h>
#include <string.h>

enum { PARTS = 3, MOST_DOCS = 9000, MOST_DF = 5000 };

typedef struct part {
    uint32_t n_docs, *number; /* new numbers, UINT32_MAX: deleted */
    prs_lengths_builder builder;
    prs_lengths lengths; /* spans, too */
    fuzz_copy list, payload;
    prs_term_info info;
    prs_postings_source source;
} part;

typedef struct joining {
    uint32_t n_parts, n_left;
    uint64_t max_df;
    bool positions, intact;
    part parts[PARTS];
    prs_lengths_builder builder;
    prs_lengths lengths;
    /* what the inputs told: of the last pass */
    uint32_t n, *docs, *freqs;
    uint64_t sum;       /* of positions, if they could be read */
    bool positions_bad; /* some could not */
} joining;

static uint64_t mix(uint64_t sum, uint64_t v) {
    return (sum ^ v) * UINT64_C(0x9e3779b97f4a7c15);
}

/* ---- segments -------------------------------------------------------------------------------- */

static void make_documents(joining *j, part *p, uint32_t most, uint32_t gone_in, uint64_t *state,
                           prs_mem *mem) {
    prism_error err = PRISM_ERROR_INIT;
    p->n_docs = 1 + (uint32_t)(fuzz_next(state) % most);
    p->number = fuzz_malloc(p->n_docs * sizeof *p->number);
    prs_lengths_builder_init(&p->builder, mem);
    for (uint32_t doc = 0; doc < p->n_docs; doc++) {
        uint32_t length = 1 + (uint32_t)fuzz_some_bits(state, fuzz_next(state) % 400 ? 9 : 18);
        bool gone = gone_in != 0 && fuzz_next(state) % gone_in == 0;
        prs_lengths_builder_add(&p->builder, length);
        p->number[doc] = gone ? UINT32_MAX : j->n_left++;
        if (!gone) prs_lengths_builder_add(&j->builder, length);
    }
    fuzz_must(prs_lengths_builder_view(&p->builder, &p->lengths, &err), &err, "lengths");
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t gap(uint32_t shape, uint64_t *state) {
    switch (shape) {
    case 0: return 1;
    case 1: return fuzz_next(state) % 9 ? 1 : 2;
    case 2: return fuzz_next(state) % 300 ? 1 : 1 + (uint32_t)(fuzz_next(state) % 500);
    case 3: return 1 + (uint32_t)fuzz_some_bits(state, 10);
    default: return 1 + (uint32_t)fuzz_some_bits(state, 4);
    }
}

/* Postings of one segment, one by one. */
static void put_postings(const joining *j, part *p, prs_postings_writer *pw, uint32_t shape,
                         uint32_t most, uint32_t bits, uint64_t *state) {
    uint32_t doc = (uint32_t)(fuzz_next(state) % (shape % 2 ? p->n_docs : 1)), df = 0;
    for (; doc < p->n_docs && df < most; doc += gap(shape, state), df++) {
        uint32_t freq = bits ? 1 + (uint32_t)fuzz_some_bits(state, bits) : 1;
        uint32_t positions[256];
        freq = PRS_MIN(freq, 256u);
        for (uint32_t i = 0; i < freq; i++)
            positions[i] = (uint32_t)(fuzz_next(state) % prs_lengths_get(&p->lengths, doc));
        qsort(positions, freq, sizeof *positions, by_value);
        prs_postings_writer_add(pw, &doc, &freq, j->positions ? positions : NULL, 1);
    }
}

static void write_list(const joining *j, part *p, uint32_t shape, uint32_t most, uint32_t bits,
                       uint64_t *state, prs_mem *mem) {
    fuzz_file file;
    prs_postings_writer *pw;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file_begin(&file, mem, PRS_COMPONENT_LISTS);
    fuzz_must(prs_postings_writer_new(mem, file.out, p->n_docs, &p->lengths, NULL, &pw, &err), &err,
              "writer");
    prs_postings_writer_begin(pw, j->positions);
    put_postings(j, p, pw, shape, most, bits, state);
    fuzz_must(prs_postings_writer_finish(pw, &p->info, &err), &err, "list");
    p->payload = fuzz_copy_of(p->info.payload, (p->info.payload_bits + 7) / 8);
    prs_postings_writer_free(pw);
    fuzz_file_open(&file);
    p->list = fuzz_file_copy(&file, PRS_COMPONENT_LISTS);
    fuzz_file_end(&file);
    if (p->info.payload != NULL) p->info.payload = p->payload.bytes;
}

/* What a dictionary may say of the bytes of the first list: within the bounds that it is held
 * to. */
static void retell(joining *j, part *p, uint32_t df, uint64_t cf) {
    prs_term_info *info = &p->info;
    memset(info, 0, sizeof *info);
    info->df = 1 + df % p->n_docs;
    info->cf = info->df + cf;
    info->has_positions = j->positions;
    info->inlined = prs_terms_must_inline(info->df, info->cf);
    if (info->cf == 1) {
        info->doc = df % p->n_docs;
        info->position = (uint32_t)cf;
    } else if (info->inlined) {
        info->payload = p->list.bytes;
        info->payload_bits = (uint32_t)PRS_MIN(8 * p->list.len, (size_t)1 << 20);
    } else {
        if (info->df > PRS_SHORT_MAX_DF && j->positions && p->list.len > 0)
            info->positions_len = cf % p->list.len;
        info->postings_len = p->list.len - info->positions_len;
    }
    j->intact = false;
}

static void damage_first(joining *j, fuzz_input *in, unsigned flags, uint64_t *state) {
    part *p = &j->parts[0];
    if (flags & 1) {
        fuzz_copy_end(&p->list);
        p->list = fuzz_copy_of(in->at, fuzz_left(in));
        retell(j, p, (uint32_t)fuzz_some_bits(state, 13), fuzz_some_bits(state, 40));
    } else if (p->info.payload != NULL) {
        j->intact = fuzz_edit(in, p->payload.bytes, &p->payload.len) == 0;
        if (!j->intact) p->info.payload_bits = (uint32_t)(8 * p->payload.len);
    } else {
        size_t len = p->list.len;
        j->intact = fuzz_edit(in, p->list.bytes, &p->list.len) == 0;
        if (p->list.len < len && !p->info.inlined)
            retell(j, p, p->info.df - 1, p->info.cf - p->info.df);
    }
    if (flags & 64)
        retell(j, p, p->info.df + (uint32_t)(fuzz_next(state) % 5),
               p->info.cf - p->info.df + fuzz_some_bits(state, 9));
}

/* ---- joining --------------------------------------------------------------------------------- */

/* Positions of a block, as far as they are sound. */
static void read_positions(joining *j, prs_postings *from, const prs_kept *kept) {
    for (uint32_t i = 0; i < kept->n && !j->positions_bad; i++) {
        prs_postings p = *from; /* the joiner's stays as it is */
        uint32_t freq = p.freqs[kept->places[i]], *out = fuzz_malloc(freq * sizeof *out);
        j->positions_bad = prs_postings_positions(&p, kept->places[i], out, NULL) != PRISM_OK;
        for (uint32_t k = 0; k < freq && !j->positions_bad; k++) j->sum = mix(j->sum, out[k]);
        free(out);
    }
}

static bool keep(joining *j, const part *p, const prs_postings *from, prs_kept *kept) {
    kept->n = 0;
    for (uint32_t i = 0; i < from->n; i++) {
        FUZZ_NEED(from->docs[i] < p->n_docs);
        uint32_t number = p->number[from->docs[i]];
        if (number == UINT32_MAX) continue;
        FUZZ_NEED(j->n < j->n_left);
        j->docs[j->n] = number;
        j->freqs[j->n++] = from->freqs[i];
        kept->places[kept->n] = (uint8_t)i;
        kept->docs[kept->n++] = number;
    }
    kept->shifted = kept->n == from->n && kept->docs[kept->n - 1] - kept->docs[0] ==
                                              from->docs[from->n - 1] - from->docs[0];
    return kept->n > 0;
}

static prism_status add_part(joining *j, const part *p, prs_postings_joiner *pj) {
    prs_postings from;
    prs_kept kept;
    PRS_TRY(prs_postings_open(&from, &p->source, &p->info, NULL));
    while (from.last_doc != PRS_DOC_END) {
        PRS_TRY(prs_postings_load(&from, NULL));
        PRS_TRY(prs_postings_freqs(&from, NULL));
        if (keep(j, p, &from, &kept)) {
            if (j->positions) read_positions(j, &from, &kept);
            PRS_TRY(prs_postings_joiner_add(pj, &from, &p->lengths, &kept, NULL));
        }
        PRS_TRY(prs_postings_next_block(&from, NULL));
    }
    return PRISM_OK;
}

static prism_status add_all(joining *j, prs_postings_joiner *pj) {
    j->n = 0;
    j->sum = 0;
    j->positions_bad = false;
    for (uint32_t i = 0; i < j->n_parts; i++) PRS_TRY(add_part(j, &j->parts[i], pj));
    return PRISM_OK;
}

static prism_status join(joining *j, prs_postings_joiner *pj, bool twice, prs_term_info *info) {
    bool again = false;
    prs_postings_joiner_begin(pj, j->positions, j->max_df, twice);
    PRS_TRY(add_all(j, pj));
    if (j->n == 0) return PRISM_ECANCELED; /* nothing is left: the caller would leave it out */
    if (twice) PRS_TRY(prs_postings_joiner_again(pj, &again, NULL));
    if (again) PRS_TRY(add_all(j, pj));
    return prs_postings_joiner_finish(pj, info, NULL);
}

/* ---- what came out --------------------------------------------------------------------------- */

static void check_block(const joining *j, prs_postings *p, uint32_t at, uint64_t *sum, bool *bad) {
    FUZZ_NEED(p->n <= j->n - at);
    FUZZ_NEED(memcmp(p->docs, j->docs + at, p->n * sizeof *p->docs) == 0);
    FUZZ_NEED(memcmp(p->freqs, j->freqs + at, p->n * sizeof *p->freqs) == 0);
    for (uint32_t i = 0; i < p->n && j->positions && !*bad; i++) {
        uint32_t *out = fuzz_malloc(p->freqs[i] * sizeof *out);
        *bad = prs_postings_positions(p, i, out, NULL) != PRISM_OK;
        for (uint32_t k = 0; k < p->freqs[i] && !*bad; k++) *sum = mix(*sum, out[k]);
        free(out);
    }
}

static void check(const joining *j, const prs_term_info *info, const fuzz_copy *copy) {
    prs_postings_source source = {fuzz_copy_section(copy), j->positions ? &j->lengths : NULL,
                                  j->n_left};
    prism_error err = PRISM_ERROR_INIT;
    prs_postings p;
    uint32_t at = 0;
    uint64_t sum = 0;
    bool bad = false;
    FUZZ_NEED(info->df == j->n);
    FUZZ_NEED(info->inlined || info->off + info->positions_len + info->postings_len <= copy->len);
    fuzz_must(prs_postings_open(&p, &source, info, &err), &err, "open");
    while (p.last_doc != PRS_DOC_END) {
        fuzz_must(prs_postings_load(&p, &err), &err, "load");
        fuzz_must(prs_postings_freqs(&p, &err), &err, "freqs");
        check_block(j, &p, at, &sum, &bad);
        at += p.n;
        if (bad) break; /* the cursor stands at its end */
        fuzz_must(prs_postings_next_block(&p, &err), &err, "next");
    }
    if (!bad) FUZZ_NEED(at == j->n);
    if (j->positions && !j->positions_bad) FUZZ_NEED(!bad && sum == j->sum);
}

static void run(joining *j, bool twice, prs_mem *mem) {
    fuzz_file file;
    prs_postings_joiner *pj;
    prs_term_info info;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_must(prs_lengths_builder_view(&j->builder, &j->lengths, &err), &err, "lengths");
    j->docs = fuzz_malloc(j->n_left * sizeof *j->docs);
    j->freqs = fuzz_malloc(j->n_left * sizeof *j->freqs);
    fuzz_file_begin(&file, mem, PRS_COMPONENT_LISTS);
    fuzz_must(prs_postings_joiner_new(mem, file.out, j->n_left, 9, &pj, &err), &err, "joiner");
    prism_status status = join(j, pj, twice, &info);
    FUZZ_NEED(status == PRISM_OK || status == PRISM_ECANCELED ||
              (status == PRISM_ECORRUPT && !j->intact));
    if (status == PRISM_OK) {
        fuzz_copy payload = fuzz_copy_of(info.payload, (info.payload_bits + 7) / 8);
        if (info.payload != NULL) info.payload = payload.bytes;
        fuzz_file_open(&file);
        fuzz_copy copy = fuzz_file_copy(&file, PRS_COMPONENT_LISTS);
        check(j, &info, &copy);
        fuzz_copy_end(&copy);
        fuzz_copy_end(&payload);
    }
    prs_postings_joiner_free(pj);
    fuzz_file_end(&file);
    free(j->docs);
    free(j->freqs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    joining j = {.intact = true};
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    uint64_t state = fuzz_take(&in, 4);
    uint32_t most = 1 + fuzz_below(&in, MOST_DOCS), gone_in = (uint32_t)fuzz_take(&in, 1);
    j.n_parts = 1 + (uint32_t)fuzz_take(&in, 1) % PARTS;
    uint32_t most_df = 1 + fuzz_below(&in, MOST_DF), bits = (uint32_t)fuzz_take(&in, 1) % 9;
    j.positions = (flags & 2) == 0;
    fuzz_mem_begin(&mem);
    prs_lengths_builder_init(&j.builder, &mem);
    for (uint32_t i = 0; i < j.n_parts; i++) {
        part *p = &j.parts[i];
        make_documents(&j, p, most, gone_in, &state, &mem);
        write_list(&j, p, flags >> 3 & 7, most_df, bits, &state, &mem);
        if (i == 0) damage_first(&j, &in, flags, &state);
        j.max_df += p->info.df;
        p->source = (prs_postings_source){fuzz_copy_section(&p->list),
                                          j.positions ? &p->lengths : NULL, p->n_docs};
    }
    if (j.n_left > 0) run(&j, (flags & 4) != 0, &mem);
    for (uint32_t i = 0; i < j.n_parts; i++) {
        fuzz_copy_end(&j.parts[i].list);
        fuzz_copy_end(&j.parts[i].payload);
        prs_lengths_builder_fini(&j.parts[i].builder);
        free(j.parts[i].number);
    }
    prs_lengths_builder_fini(&j.builder);
    fuzz_mem_end(&mem);
    return 0;
}
