/* keys_write.c - how does a segment get its sorted table of key hashes without sorting it as a
 * whole?
 *
 * Structure   add:    hash -> spool, length and bytes -> spool, their place -> spool, in doc order
 *             finish: count hashes per bucket (top b bits, about 4 documents each); their prefix
 *                     sums are the section's bucket table; then for a window of buckets at a time
 *                         scan all hashes -> place each of the window's -> sort each bucket hashes
 *                         are written at once; documents wait in a spool, for they come behind.
 *
 * Invariants  - Buckets are filled in doc order and sorted stably, by hash and then, where hashes
 *               are equal, by key, so entries ascend by (hash, key, doc): a million keys made to
 *               have one hash are still found by halves.
 *             - finish reads what was gathered and changes none of it: after a failure the same can
 *               be written to another file.
 *             - A window holds at most PRS_KEYS_WINDOW entries, or one bucket.
 * Cost        About 20 bytes of memory per document and the key bytes, in small blocks; time n per
 *             window, so one scan of 8 bytes per document for each million documents.
 * Rejected    Sorting 16-byte entries as a whole (n log n, and one block of memory for it).
 * Source      FORMAT.md section 11.   Tested by tests/unit/format/test_keys.c */
#include "format/keys.h"

#include "base/sort.h"
#include "store/spool.h"

#define PRS_KEYS_WINDOW ((uint64_t)1 << 20)

typedef struct key_entry {
    uint64_t hash;
    uint32_t doc;
} key_entry;

#define ENTRY_BEFORE(ctx, a, b) ((void)(ctx), (a)->hash < (b)->hash)
PRS_SORT_DEFINE(sort_entries, key_entry, ENTRY_BEFORE)

static inline bool key_before(const void *ctx, const key_entry *a, const key_entry *b) {
    const prs_keys_writer *kw = ctx;
    return prs_bytes_compare(prs_keys_writer_key(kw, a->doc), prs_keys_writer_key(kw, b->doc)) < 0;
}
PRS_SORT_DEFINE(sort_same_hash, key_entry, key_before)

struct prs_keys_writer {
    prs_mem *mem;
    prism_error error; /* code PRISM_OK while nothing failed */
    uint32_t n_docs;
    uint64_t bytes_len;
    prs_spool hashes;
    prs_spool texts; /* u16 length and bytes of each key, in one piece */
    prs_spool refs;  /* pointers to these pieces, for finding one by its doc */
};

typedef struct key_job { /* one finish */
    const prs_keys_writer *kw;
    prs_out *out;
    uint32_t log2_buckets;
    size_t n_buckets;
    uint32_t *starts; /* [n_buckets + 1]; starts[b] moves forward while bucket b is filled */
    prs_spool docs;
} key_job;

prism_status prs_keys_writer_new(prs_mem *mem, prs_keys_writer **out, prism_error *err) {
    prs_keys_writer *kw = prs_mem_calloc(mem, 1, sizeof *kw);
    *out = kw;
    if (kw == NULL) return prs_error_nomem(err);
    kw->mem = mem;
    kw->error.size = sizeof kw->error;
    prs_spool_init(&kw->hashes, mem);
    prs_spool_init(&kw->texts, mem);
    prs_spool_init(&kw->refs, mem);
    return PRISM_OK;
}

void prs_keys_writer_free(prs_keys_writer *kw) {
    if (kw == NULL) return;
    prs_spool_fini(&kw->hashes);
    prs_spool_fini(&kw->texts);
    prs_spool_fini(&kw->refs);
    prs_mem_free(kw->mem, kw, sizeof *kw);
}

prism_status prs_keys_writer_reserve(prs_keys_writer *kw, size_t len, prism_error *err) {
    PRS_ASSERT(len <= PRISM_MAX_KEY_BYTES);
    PRS_TRY(prs_spool_reserve(&kw->texts, 1, 2 + len, err));
    PRS_TRY(prs_spool_reserve(&kw->refs, 1, sizeof(uint8_t *), err));
    return prs_spool_reserve(&kw->hashes, 1, 8, err);
}

static void add_key(prs_keys_writer *kw, prs_bytes key) {
    if (prs_keys_writer_reserve(kw, key.len, &kw->error) != PRISM_OK) return;
    uint8_t *text = prs_spool_extend(&kw->texts, 2 + key.len);
    uint8_t *ref = prs_spool_extend(&kw->refs, sizeof text);
    prs_spool_put64(&kw->hashes, prs_keys_hash(key));
    prs_store16(text, (uint16_t)key.len);
    if (key.len > 0) memcpy(text + 2, key.ptr, key.len);
    memcpy(ref, &text, sizeof text);
    kw->bytes_len += key.len;
    kw->n_docs++;
}

void prs_keys_writer_add(prs_keys_writer *kw, prs_bytes key) {
    if (kw->error.code != PRISM_OK) return;
    if (key.len > PRISM_MAX_KEY_BYTES) {
        prs_error_set(&kw->error, PRISM_ELIMIT, "a key of more than %u bytes", PRISM_MAX_KEY_BYTES);
    } else if (kw->n_docs == PRISM_MAX_SEGMENT_DOCS) {
        prs_error_set(&kw->error, PRISM_ELIMIT, "more than %u documents in a segment",
                      PRISM_MAX_SEGMENT_DOCS);
    } else {
        add_key(kw, key);
    }
}

/* The key in a piece of `texts`. */
static prs_bytes key_in(const uint8_t *text) {
    return prs_bytes_of(text + 2, prs_load16(text));
}

prs_bytes prs_keys_writer_key(const prs_keys_writer *kw, uint32_t doc) {
    const uint8_t *text;
    if (doc >= kw->n_docs) return prs_bytes_of(NULL, 0);
    memcpy(&text, prs_spool_at(&kw->refs, (uint64_t)doc * sizeof text), sizeof text);
    return key_in(text);
}

size_t prs_keys_writer_bytes(const prs_keys_writer *kw) {
    return sizeof *kw + (size_t)(kw->hashes.bytes + kw->texts.bytes + kw->refs.bytes);
}

/* The next key of a walk over `texts`. */
static prs_bytes next_key(prs_spool_reader *texts) {
    prs_bytes key = key_in(prs_spool_next(texts, 2));
    (void)prs_spool_next(texts, key.len);
    return key;
}

static void write_offsets(const prs_keys_writer *kw, prs_out *out, uint32_t width) {
    prs_spool_reader texts = prs_spool_read(&kw->texts);
    uint8_t bytes[8];
    uint64_t off = 0;
    for (uint32_t doc = 0; doc < kw->n_docs; doc++) {
        prs_store64(bytes, off);
        prs_out_write(out, bytes, width);
        off += next_key(&texts).len;
    }
    prs_store64(bytes, off);
    prs_out_write(out, bytes, width);
}

static void write_texts(const prs_keys_writer *kw, prs_out *out) {
    prs_spool_reader texts = prs_spool_read(&kw->texts);
    for (uint32_t doc = 0; doc < kw->n_docs; doc++) {
        prs_bytes key = next_key(&texts);
        prs_out_write(out, key.ptr, key.len);
    }
}

static size_t bucket_of(const key_job *job, uint64_t hash) {
    return job->log2_buckets == 0 ? 0 : (size_t)(hash >> (64 - job->log2_buckets));
}

/* starts[b] = number of entries in the buckets before b. */
static void count_buckets(key_job *job) {
    prs_spool_reader hashes = prs_spool_read(&job->kw->hashes);
    for (uint32_t doc = 0; doc < job->kw->n_docs; doc++) {
        job->starts[bucket_of(job, prs_load64(prs_spool_next(&hashes, 8))) + 1]++;
    }
    for (size_t b = 0; b < job->n_buckets; b++) job->starts[b + 1] += job->starts[b];
}

static void write_buckets(const key_job *job) {
    uint8_t bytes[4];
    for (size_t b = 0; b <= job->n_buckets; b++) {
        prs_store32(bytes, job->starts[b]);
        prs_out_write(job->out, bytes, sizeof bytes);
    }
}

/* First bucket behind the window that begins with bucket `from`. */
static size_t window_end(const key_job *job, size_t from) {
    size_t to = from + 1;
    while (to < job->n_buckets && job->starts[to + 1] - job->starts[from] <= PRS_KEYS_WINDOW) to++;
    return to;
}

/* Entries of a bucket, in doc order, into the order of the section. */
static void sort_bucket(const key_job *job, key_entry *entries, key_entry *scratch, size_t n) {
    sort_entries(entries, scratch, n, NULL);
    for (size_t i = 0, end; i < n; i = end) {
        end = i + 1;
        while (end < n && entries[end].hash == entries[i].hash) end++;
        if (end - i > 1) sort_same_hash(entries + i, scratch, end - i, job->kw);
    }
}

/* Put every entry of buckets [from, to) into its place, and sort each bucket.  Afterwards starts[b]
 * is what starts[b + 1] was; `base` is what starts[from] was. */
static void fill_window(key_job *job, size_t from, size_t to, uint32_t base, key_entry *window,
                        key_entry *scratch) {
    prs_spool_reader hashes = prs_spool_read(&job->kw->hashes);
    for (uint32_t doc = 0; doc < job->kw->n_docs; doc++) {
        uint64_t hash = prs_load64(prs_spool_next(&hashes, 8));
        size_t b = bucket_of(job, hash);
        if (b < from || b >= to) continue;
        key_entry entry = {hash, doc};
        window[job->starts[b]++ - base] = entry;
    }
    uint32_t begin = base;
    for (size_t b = from; b < to; b++) {
        sort_bucket(job, window + (begin - base), scratch, job->starts[b] - begin);
        begin = job->starts[b];
    }
}

static prism_status write_window(key_job *job, size_t from, size_t to, uint32_t base,
                                 prism_error *err) {
    prs_mem *mem = job->kw->mem;
    size_t n = job->starts[to] - base;
    if (n == 0) return PRISM_OK;
    key_entry *window = prs_mem_alloc(mem, n * sizeof *window);
    key_entry *scratch = prs_mem_alloc(mem, n * sizeof *scratch);
    if (window != NULL && scratch != NULL) {
        fill_window(job, from, to, base, window, scratch);
        for (size_t i = 0; i < n; i++) {
            uint8_t bytes[8];
            prs_store64(bytes, window[i].hash);
            prs_out_write(job->out, bytes, sizeof bytes);
            prs_spool_put32(&job->docs, window[i].doc);
        }
    }
    bool failed = window == NULL || scratch == NULL;
    prs_mem_free(mem, window, n * sizeof *window);
    prs_mem_free(mem, scratch, n * sizeof *scratch);
    return failed ? prs_error_nomem(err) : prs_spool_status(&job->docs, err);
}

static prism_status write_entries(key_job *job, prism_error *err) {
    uint32_t base = 0;
    for (size_t from = 0; from < job->n_buckets;) {
        size_t to = window_end(job, from);
        uint32_t end = job->starts[to];
        PRS_TRY(write_window(job, from, to, base, err));
        base = end;
        from = to;
    }
    prs_spool_replay(&job->docs, job->out);
    return PRISM_OK;
}

static void write_head(const key_job *job, uint32_t width) {
    uint8_t head[8] = {0};
    prs_store32(head, job->kw->n_docs);
    head[4] = (uint8_t)job->log2_buckets;
    head[5] = (uint8_t)width;
    prs_out_write(job->out, head, sizeof head);
}

prism_status prs_keys_writer_finish(prs_keys_writer *kw, prs_out *out, uint32_t n_docs,
                                    prism_error *err) {
    if (kw->error.code != PRISM_OK) {
        if (err != NULL && err->size >= sizeof *err) *err = kw->error;
        return kw->error.code;
    }
    if (n_docs != kw->n_docs) return prs_error_set(err, PRISM_EINVAL, "not one key per document");
    key_job job = {.kw = kw, .out = out};
    uint32_t bits = prs_bit_width32(n_docs);
    job.log2_buckets = bits > 2 ? bits - 2 : 0;
    job.n_buckets = (size_t)1 << job.log2_buckets;
    job.starts = prs_mem_calloc(kw->mem, job.n_buckets + 1, sizeof *job.starts);
    if (job.starts == NULL) return prs_error_nomem(err);
    prs_spool_init(&job.docs, kw->mem);
    uint32_t width = kw->bytes_len <= UINT32_MAX ? 4 : 8;
    write_head(&job, width);
    write_offsets(kw, out, width);
    prs_out_align(out, 8);
    count_buckets(&job);
    write_buckets(&job);
    prs_out_align(out, 8);
    prism_status status = write_entries(&job, err);
    write_texts(kw, out);
    prs_spool_fini(&job.docs);
    prs_mem_free(kw->mem, job.starts, (job.n_buckets + 1) * sizeof *job.starts);
    return status == PRISM_OK ? prs_out_status(out, err) : status;
}
