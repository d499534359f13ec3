/* bound.c - how few bytes could an index of this collection have?
 *
 *   prism_bound CORPUS.tok      one JSON object: docs, tokens, terms, postings, bound
 *
 * bench/RESULTS.md has the formulas: each list's df and the histogram of freqs are known, the order
 * of documents tells nothing.  The text is read twice: first for the df of each term, which decides
 * whether its list counts as `listed`, then for what its postings cost.  It shares no code with
 * lib/, so that its counts are also what the engines' are compared with.
 *
 * Cost: a minute a GB; memory for the distinct terms. */
#include <math.h>

#include "peers/peer.h"

#define FREQS 4096u /* freqs from here on share one place of the histogram */

typedef struct term {
    uint64_t hash, cf;
    char *text;
    uint32_t len, df, doc, freq; /* freq in document `doc`, counted from 1 */
} term;

typedef struct sums {
    double docs, freqs, positions;
    uint64_t postings, tokens, histogram[FREQS];
} sums;

typedef struct bound {
    term *slots;
    size_t cap, n;
    uint32_t *touched; /* places of the document's terms */
    size_t n_touched, cap_touched;
    double *factorials; /* log2 n! */
    size_t n_factorials;
    uint64_t docs, tokens, postings;
    sums all, listed;
    int is_second;
} bound;

static void *must(void *memory) {
    if (memory == NULL) peer_die("bound", "out of memory");
    return memory;
}

static uint64_t hash_of(const char *text, size_t len) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    return h ^ h >> 29;
}

static size_t slot_of(const bound *b, uint64_t hash, const char *text, size_t len) {
    size_t at = hash & (b->cap - 1);
    for (; b->slots[at].text != NULL; at = (at + 1) & (b->cap - 1)) {
        const term *t = &b->slots[at];
        if (t->hash == hash && t->len == len && memcmp(t->text, text, len) == 0) break;
    }
    return at;
}

static void grow(bound *b) {
    term *old = b->slots;
    size_t n = b->cap;
    b->cap = n == 0 ? 1 << 20 : 2 * n;
    b->slots = must(calloc(b->cap, sizeof *b->slots));
    for (size_t i = 0; i < n; i++) {
        if (old[i].text != NULL) {
            b->slots[slot_of(b, old[i].hash, old[i].text, old[i].len)] = old[i];
        }
    }
    free(old);
}

static double log2_choose(bound *b, uint64_t n, uint64_t k) {
    if (n >= b->n_factorials) {
        size_t from = b->n_factorials, to = (size_t)(2 * n + 1024);
        b->factorials = must(realloc(b->factorials, to * sizeof *b->factorials));
        for (size_t i = from; i < to; i++) b->factorials[i] = lgamma((double)i + 1) / log(2);
        b->n_factorials = to;
    }
    return b->factorials[n] - b->factorials[k] - b->factorials[n - k];
}

static void touch(bound *b, const char *text, size_t len) {
    if (2 * b->n >= b->cap && b->n_touched == 0) grow(b); /* places are kept within a document */
    if (b->n + 1 >= b->cap) peer_die("bound", "a document has more new terms than all before it");
    uint64_t hash = hash_of(text, len);
    size_t at = slot_of(b, hash, text, len);
    term *t = &b->slots[at];
    if (t->text == NULL) {
        t->text = must(strndup(text, len));
        t->hash = hash;
        t->len = (uint32_t)len;
        b->n++;
    }
    if (t->doc != b->docs) {
        t->doc = (uint32_t)b->docs;
        t->freq = 0;
        if (b->n_touched == b->cap_touched) {
            b->cap_touched = 2 * b->cap_touched + 1024;
            b->touched = must(realloc(b->touched, b->cap_touched * sizeof *b->touched));
        }
        b->touched[b->n_touched++] = (uint32_t)at;
    }
    t->freq++;
}

static void add_posting(bound *b, sums *s, const term *t, uint64_t len) {
    s->postings++;
    s->tokens += t->freq;
    s->histogram[t->freq < FREQS ? t->freq : 0]++;
    s->positions += log2_choose(b, len, t->freq);
}

static void end_document(bound *b, uint64_t len) {
    for (size_t i = 0; i < b->n_touched; i++) {
        term *t = &b->slots[b->touched[i]];
        if (b->is_second) {
            add_posting(b, &b->all, t, len);
            if (t->df > 4 || t->cf > 32) add_posting(b, &b->listed, t, len);
        } else {
            t->df++;
            t->cf += t->freq;
            b->postings++;
        }
    }
    if (!b->is_second) b->tokens += len;
    b->n_touched = 0;
}

static void pass(bound *b, const char *path) {
    peer_lines in;
    peer_lines_open(&in, path);
    b->docs = 0;
    for (size_t i = 0; i < b->cap; i++) b->slots[i].doc = 0;
    while (peer_lines_next(&in)) {
        uint64_t len = 0;
        b->docs++;
        for (char *p = in.line, *end = in.line + in.len; p < end; len++) {
            char *stop = memchr(p, ' ', (size_t)(end - p));
            if (stop == NULL) stop = end;
            touch(b, p, (size_t)(stop - p));
            p = stop + 1;
        }
        end_document(b, len);
    }
    peer_lines_close(&in);
}

static void finish(bound *b) {
    sums *both[2] = {&b->all, &b->listed};
    for (size_t i = 0; i < b->cap; i++) {
        const term *t = &b->slots[i];
        if (t->text == NULL) continue;
        double docs = log2_choose(b, b->docs, t->df);
        b->all.docs += docs;
        if (t->df > 4 || t->cf > 32) b->listed.docs += docs;
    }
    for (int i = 0; i < 2; i++) {
        for (size_t f = 0; f < FREQS; f++) {
            double n = (double)both[i]->histogram[f];
            if (n > 0) both[i]->freqs -= n * log2(n / (double)both[i]->postings);
        }
    }
}

static void print_sums(const char *prefix, const sums *s) {
    printf("\"%sdocs\":%.0f,\"%sfreqs\":%.0f,\"%spositions\":%.0f", prefix, s->docs / 8, prefix,
           s->freqs / 8, prefix, s->positions / 8);
}

int main(int argc, char **argv) {
    static bound b;
    if (argc != 2) peer_die("usage", "prism_bound CORPUS.tok");
    pass(&b, argv[1]);
    b.is_second = 1;
    pass(&b, argv[1]);
    finish(&b);
    printf("{\"docs\":%llu,\"tokens\":%llu,\"terms\":%zu,\"postings\":%llu,\"bound\":{",
           (unsigned long long)b.docs, (unsigned long long)b.tokens, b.n,
           (unsigned long long)b.postings);
    print_sums("", &b.all);
    printf(",");
    print_sums("listed_", &b.listed);
    printf(",\"listed_postings\":%llu,\"listed_tokens\":%llu}}\n",
           (unsigned long long)b.listed.postings, (unsigned long long)b.listed.tokens);
    return 0;
}
