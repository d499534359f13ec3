/* ref_dump.c - what does an index hold, as text?
 *
 * One line a thing, numbers in decimal, keys in hex, so that two indexes can be compared by diff
 * and a golden index by cmp.  Positions that follow each other are written first-last, and so are
 * documents that do and have the same freq and positions.  Long things are replaced by their size
 * and XXH3-64: a stored document over 300 bytes, the lengths and documents of a segment of more
 * than 1,000.
 *
 *     segment 0 docs 5 deleted 1 arrival 0
 *     field 1 title docs 5 sum 12 max 4 terms 7 df 9 cf 12 analyzer mixed-v1 ...
 *     lengths 4 3/104 0 2 3           length, and span where it differs
 *     term 01656e67696e65 df 3 cf 4 (0:2[1 7]) (3-4:1[0])
 *     value 2 "en"
 *     doc 0 arrival 0 key "a" {"id":"a",...}
 *
 * Tested by: tests/golden. */
#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "ref/ref_parts.h"

#define LONG_DOCUMENT 300u
#define MANY_DOCUMENTS 1000u

typedef struct dump {
    FILE *out;
    int layout;
} dump;

static void print_quoted(FILE *out, const uint8_t *at, uint64_t len) {
    fputc('"', out);
    for (uint64_t i = 0; i < len; i++) {
        if (at[i] < 32 || at[i] == '"' || at[i] == '\\')
            fprintf(out, "\\x%02x", at[i]);
        else
            fputc(at[i], out);
    }
    fputc('"', out);
}

static void print_positions(FILE *out, const uint32_t *pos, uint32_t n) {
    fputc('[', out);
    for (uint32_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && pos[j] == pos[j - 1] + 1;) j++;
        fprintf(out, "%s%" PRIu32, i > 0 ? " " : "", pos[i]);
        if (j - i > 1) fprintf(out, "-%" PRIu32, pos[j - 1]);
    }
    fputc(']', out);
}

/* How many documents from i on follow each other with the same freq and the same positions. */
static uint64_t same_from(const ref_term *t, uint64_t i, const uint32_t *pos) {
    uint64_t n = 1;
    uint32_t f = t->freqs[i];
    while (i + n < t->df && t->docs[i + n] == t->docs[i] + n && t->freqs[i + n] == f &&
           (pos == NULL || memcmp(pos, pos + n * f, f * sizeof *pos) == 0))
        n++;
    return n;
}

static void print_term(void *ctx, const ref_term *t) {
    dump *d = ctx;
    char hex[2 * 1024 + 1];
    ref_hex(t->key, (uint32_t)t->key_len, hex);
    fprintf(d->out, "term %s df %" PRIu64 " cf %" PRIu64, hex, t->df, t->cf);
    if (d->layout && t->is_inline) fprintf(d->out, " inline");
    if (d->layout && !t->is_inline)
        fprintf(d->out, " groups %u packed %u run %u bitset %u exceptions %u", t->n_groups,
                t->n_packed, t->n_run, t->n_bitset, t->n_exceptions);
    const uint32_t *pos = t->positions;
    for (uint64_t i = 0; i < t->df;) {
        uint64_t n = same_from(t, i, pos);
        fprintf(d->out, " (%" PRIu32, t->docs[i]);
        if (n > 1) fprintf(d->out, "-%" PRIu32, t->docs[i + n - 1]);
        fprintf(d->out, ":%" PRIu32, t->freqs[i]);
        if (pos != NULL) {
            print_positions(d->out, pos, t->freqs[i]);
            pos += n * t->freqs[i];
        }
        fputc(')', d->out);
        i += n;
    }
    fputc('\n', d->out);
}

static void print_value(void *ctx, uint32_t doc, const ref_value *v) {
    dump *d = ctx;
    fprintf(d->out, "value %" PRIu32 " ", doc);
    if (v->word != NULL)
        print_quoted(d->out, v->word, v->word_len);
    else
        fprintf(d->out, "%" PRId64, v->number);
    fputc('\n', d->out);
}

static void print_lengths(ref_index *ix, const ref_segment *s, uint32_t field, FILE *out) {
    const uint32_t *lengths = ref_lengths(ix, s, field), *spans = ref_spans(ix, s, field);
    if (lengths == NULL && spans == NULL) return;
    if (s->n_docs > MANY_DOCUMENTS) {
        uint64_t bytes = s->n_docs * sizeof *spans;
        fprintf(out, "lengths hash %016" PRIx64 " spans hash %016" PRIx64 "\n",
                lengths == NULL ? 0 : (uint64_t)XXH3_64bits(lengths, bytes),
                (uint64_t)XXH3_64bits(spans, bytes));
        return;
    }
    fprintf(out, "lengths");
    for (uint32_t doc = 0; doc < s->n_docs; doc++) {
        uint32_t length = lengths == NULL ? 0 : lengths[doc];
        fprintf(out, " %" PRIu32, length);
        if (spans[doc] != length) fprintf(out, "/%" PRIu32, spans[doc]);
    }
    fputc('\n', out);
}

static void print_field(ref_index *ix, const ref_segment *s, uint32_t field, dump *d) {
    const ref_stats *st = ref_stats_of(s, field);
    fprintf(d->out, "field %" PRIu32 " %s", field, s->schema->fields[field].name);
    if (st != NULL)
        fprintf(d->out,
                " docs %" PRIu64 " sum %" PRIu64 " max %" PRIu64 " terms %" PRIu64 " df %" PRIu64
                " cf %" PRIu64 " analyzer %.*s",
                st->n_docs_with, st->sum_length, st->max_length, st->n_terms, st->sum_df,
                st->sum_cf, (int)st->analyzer_len, (const char *)st->analyzer);
    fputc('\n', d->out);
    print_lengths(ix, s, field, d->out);
    ref_terms(ix, s, field, print_term, d);
    (void)ref_pairs(ix, s, field, print_term, d);
    ref_column(ix, s, field, print_value, d);
}

static void print_document(const ref_segment *s, uint32_t doc, uint64_t arrival, const ref_cur *key,
                           const ref_cur *json, FILE *out) {
    fprintf(out, "doc %" PRIu32 " arrival %" PRIu64, doc, arrival);
    if (s->deleted[doc]) fprintf(out, " deleted");
    if (key != NULL) {
        fprintf(out, " key ");
        print_quoted(out, key->at, ref_left(key));
    }
    if (ref_left(json) <= LONG_DOCUMENT)
        fprintf(out, " %.*s\n", (int)ref_left(json), (const char *)json->at);
    else
        fprintf(out, " bytes %" PRIu64 " hash %016" PRIx64 "\n", ref_left(json),
                (uint64_t)XXH3_64bits(json->at, ref_left(json)));
}

/* All keys and documents as one number: the hash of their hashes. */
static void print_many(const ref_segment *s, const ref_cur *keys, const ref_cur *docs, FILE *out) {
    uint64_t hash = 0;
    for (uint32_t d = 0; d < s->n_docs; d++) {
        if (keys != NULL) hash = XXH3_64bits_withSeed(keys[d].at, ref_left(&keys[d]), hash);
        hash = XXH3_64bits_withSeed(docs[d].at, ref_left(&docs[d]), hash + s->deleted[d]);
    }
    fprintf(out, "docs hash %016" PRIx64 "\n", hash);
}

static void print_segment(ref_index *ix, uint32_t i, dump *d) {
    const ref_segment *s = &ix->segments[i];
    const ref_cur *keys = ref_keys(ix, s), *docs = ref_documents(ix, s);
    const uint64_t *arrivals = ref_arrivals(ix, s);
    char id[33];
    ref_hex(s->id, 16, id);
    fprintf(d->out, "segment %" PRIu32 " docs %" PRIu32 " deleted %" PRIu32 " arrival %" PRIu64, i,
            s->n_docs, s->n_deleted, s->arrival_base);
    if (d->layout) fprintf(d->out, " id %s", id);
    fputc('\n', d->out);
    for (uint32_t f = 0; f < s->schema->n_fields; f++) print_field(ix, s, f, d);
    if (s->n_docs > MANY_DOCUMENTS) print_many(s, keys, docs, d->out);
    for (uint32_t doc = 0; s->n_docs <= MANY_DOCUMENTS && doc < s->n_docs; doc++)
        print_document(s, doc, arrivals[doc], keys == NULL ? NULL : &keys[doc], &docs[doc], d->out);
}

void ref_dump(ref_index *ix, FILE *out, int layout) {
    dump d = {out, layout};
    fprintf(out, "index generation %" PRIu64 " next arrival %" PRIu64 " segments %" PRIu32 "\n",
            ix->generation, ix->next_arrival, ix->n_segments);
    if (ix->payload != NULL) {
        fprintf(out, "payload ");
        print_quoted(out, ix->payload, ix->payload_len);
        fputc('\n', out);
    }
    fprintf(out, "schema %.*s\n", (int)ix->schema->json_len, (const char *)ix->schema->json);
    for (uint32_t i = 0; i < ix->n_segments; i++) print_segment(ix, i, &d);
}
