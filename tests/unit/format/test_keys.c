/* test_keys.c - are keys found again, in every document that has them, and in no other? */
#include "harness/test.h"

#include "format/keys.h"
#include "harness/section_file.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_DOCS 5000u

typedef struct key_set { /* keys of n documents, and where they came back */
    uint32_t n;
    char text[MAX_DOCS][24];
    size_t len[MAX_DOCS];
} key_set;

static prs_bytes key_of(const key_set *set, uint32_t doc) {
    return prs_bytes_of(set->text[doc], set->len[doc]);
}

static void make_keys(key_set *set, uint32_t n, test_rng *rng) {
    set->n = n;
    for (uint32_t doc = 0; doc < n; doc++) {
        uint64_t number = test_rng_below(rng, (uint64_t)n * 2);
        int len =
            snprintf(set->text[doc], sizeof set->text[doc], "k%llu", (unsigned long long)number);
        set->len[doc] = test_rng_one_in(rng, 50) ? 0 : (size_t)len;
    }
}

static prism_status write_keys(const key_set *set, prs_mem *mem, section_file *f) {
    prs_keys_writer *kw;
    PRS_TRY(section_file_begin(f, mem, PRS_COMPONENT_KEYS));
    PRS_TRY(prs_keys_writer_new(mem, &kw, NULL));
    for (uint32_t doc = 0; doc < set->n; doc++) {
        prs_keys_writer_add(kw, key_of(set, doc));
        prs_bytes back = prs_keys_writer_key(kw, doc);
        ck_assert(back.ptr == NULL || prs_bytes_equal(back, key_of(set, doc)));
    }
    prism_status status = prs_keys_writer_finish(kw, f->out, set->n, NULL);
    prs_keys_writer_free(kw);
    return status;
}

typedef struct seen {
    const key_set *set;
    uint8_t *docs; /* times told, by doc */
    uint64_t last_tag;
    uint32_t last_doc;
} seen;

static prism_status note(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    seen *s = ctx;
    ck_assert_uint_lt(doc, s->set->n);
    ck_assert(prs_bytes_equal(key_of(s->set, doc), probe->key));
    ck_assert(probe->tag != s->last_tag || doc > s->last_doc);
    s->last_tag = probe->tag;
    s->last_doc = doc;
    if (probe->tag == doc) s->docs[doc]++;
    return PRISM_OK;
}

static prism_status ignore(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    (void)probe;
    (void)doc;
    ++*(uint32_t *)ctx;
    return PRISM_OK;
}

static prism_status ignore_entry(void *ctx, uint32_t doc, prs_bytes key, bool fresh) {
    (void)doc;
    prs_hash64(key.ptr, key.len, 0);
    *(uint32_t *)ctx += fresh;
    return PRISM_OK;
}

static prism_status mark(void *ctx, uint32_t doc) {
    ((uint8_t *)ctx)[doc]++;
    return PRISM_OK;
}

/* Told once: exactly the documents with a later one of the same key. */
static void check_superseded(const key_set *set, const prs_keys *keys) {
    uint8_t *told = calloc(set->n + 1, 1);
    ck_assert_int_eq(prs_keys_superseded(keys, &(prs_order){.n_docs = keys->n_docs}, mark, told,
                                         NULL),
                     PRISM_OK);
    for (uint32_t doc = 0; doc < set->n; doc++) {
        bool later = false;
        for (uint32_t i = doc + 1; i < set->n && !later; i++) {
            later = prs_bytes_equal(key_of(set, doc), key_of(set, i));
        }
        ck_assert_uint_eq(told[doc], later);
    }
    free(told);
}

typedef struct walked {
    const key_set *set;
    uint8_t *told; /* by doc */
    prs_bytes before;
    uint32_t n_fresh;
} walked;

static prism_status walk(void *ctx, uint32_t doc, prs_bytes key, bool fresh) {
    walked *w = ctx;
    w->told[doc]++;
    ck_assert(prs_bytes_equal(key, key_of(w->set, doc)));
    TEST_NEED(fresh == (w->before.ptr == NULL || !prs_bytes_equal(key, w->before)));
    w->before = key;
    w->n_fresh += fresh;
    return PRISM_OK;
}

/* Each document once, those of a key together; and each is where it should be. */
static void check_entries(const key_set *set, const prs_keys *keys) {
    walked w = {.set = set, .told = calloc(set->n + 1, 1)};
    uint32_t n_keys = 0;
    ck_assert_int_eq(prs_keys_each(keys, walk, &w, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < set->n; doc++) {
        prs_bytes key = key_of(set, doc);
        prs_key_probe probe = {prs_keys_hash(key), key, 0};
        bool has, first = true;
        ck_assert_uint_eq(w.told[doc], 1);
        for (uint32_t i = 0; i < set->n && (i < doc || i % 61 == 0); i++) {
            bool same = prs_bytes_equal(key, key_of(set, i));
            if (i < doc) first = first && !same;
            if (i % 61 != 0 && i + 1 != doc) continue;
            ck_assert_int_eq(prs_keys_has(keys, &probe, i, &has, NULL), PRISM_OK);
            TEST_NEED(has == same);
        }
        n_keys += first;
        ck_assert_int_eq(prs_keys_has(keys, &probe, doc, &has, NULL), PRISM_OK);
        ck_assert(has);
        ck_assert_int_eq(prs_keys_has(keys, &probe, set->n, &has, NULL), PRISM_OK);
        ck_assert(!has);
    }
    ck_assert_uint_eq(w.n_fresh, n_keys);
    free(w.told);
}

static void check_keys(const key_set *set, const prs_keys *keys) {
    check_superseded(set, keys);
    check_entries(set, keys);
    seen s = {set, calloc(set->n + 1, 1), UINT64_MAX, 0};
    prs_key_probe *probes = calloc(set->n + 1, sizeof *probes);
    for (uint32_t doc = 0; doc < set->n; doc++) {
        prs_bytes key;
        ck_assert_int_eq(prs_keys_get(keys, doc, &key, NULL), PRISM_OK);
        ck_assert(prs_bytes_equal(key, key_of(set, doc)));
        probes[doc] = (prs_key_probe){prs_keys_hash(key), key_of(set, doc), doc};
    }
    ck_assert_int_eq(prs_keys_find_all(keys, probes, set->n, note, &s, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < set->n; doc++) ck_assert_uint_eq(s.docs[doc], 1);
    uint32_t n_found = 0;
    prs_bytes other = prs_bytes_of("another", 7);
    prs_key_probe probe = {prs_keys_hash(other), other, 0};
    ck_assert_int_eq(prs_keys_find_all(keys, &probe, 1, ignore, &n_found, NULL), PRISM_OK);
    ck_assert_uint_eq(n_found, 0);
    prs_bytes key;
    ck_assert_int_eq(prs_keys_get(keys, set->n, &key, NULL), PRISM_EINVAL);
    free(probes);
    free(s.docs);
}

START_TEST(every_key_finds_its_documents) {
    static const uint32_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 1000, MAX_DOCS};
    static key_set set;
    test_rng rng = test_rng_of("keys");
    prs_mem mem;
    prs_mem_init(&mem, NULL);
    for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
        section_file f;
        prs_section s;
        prs_keys keys;
        make_keys(&set, sizes[i], &rng);
        ck_assert_int_eq(write_keys(&set, &mem, &f), PRISM_OK);
        ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, i % 2 == 0, &s), PRISM_OK);
        ck_assert_int_eq(prs_keys_open(&keys, &s, set.n, NULL), PRISM_OK);
        check_keys(&set, &keys);
        ck_assert_int_eq(prs_keys_open(&keys, &s, set.n + 1, NULL), PRISM_ECORRUPT);
        section_file_end(&f);
        ck_assert_uint_eq(atomic_load(&mem.live), 0);
    }
}
END_TEST

START_TEST(bytes_are_those_of_the_format) {
    /* two documents with keys "b" and "a": everything in the section can be said beforehand */
    static key_set set = {2, {"b", "a"}, {1, 1}};
    prs_mem mem;
    section_file f;
    prs_section s;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_keys(&set, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, false, &s), PRISM_OK);
    uint64_t hash[2] = {prs_keys_hash(key_of(&set, 0)), prs_keys_hash(key_of(&set, 1))};
    uint32_t first = hash[0] < hash[1] ? 0 : 1;
    uint8_t want[66] = {2, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0};
    prs_store32(want + 24, 0); /* one bucket: entries 0 .. 2 */
    prs_store32(want + 28, 2);
    prs_store64(want + 32, hash[first]);
    prs_store64(want + 40, hash[1 - first]);
    prs_store32(want + 48, first);
    prs_store32(want + 52, 1 - first);
    memcpy(want + 56, "ba", 2);
    ck_assert_uint_eq(s.len, 58);
    ck_assert_mem_eq(s.ptr, want, 58);
    section_file_end(&f);
}
END_TEST

START_TEST(limits_are_told) {
    static const uint8_t large[PRISM_MAX_KEY_BYTES + 1];
    prs_mem mem;
    section_file f;
    prs_keys_writer *kw;
    prs_mem_init(&mem, NULL);
    for (size_t over = 0; over < 2; over++) {
        ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_KEYS), PRISM_OK);
        ck_assert_int_eq(prs_keys_writer_new(&mem, &kw, NULL), PRISM_OK);
        prs_keys_writer_add(kw, prs_bytes_of(large, PRISM_MAX_KEY_BYTES + over));
        ck_assert_int_eq(prs_keys_writer_finish(kw, f.out, 1, NULL),
                         over ? PRISM_ELIMIT : PRISM_OK);
        prs_keys_writer_free(kw);
        section_file_end(&f);
    }
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_KEYS), PRISM_OK);
    ck_assert_int_eq(prs_keys_writer_new(&mem, &kw, NULL), PRISM_OK);
    ck_assert_int_eq(prs_keys_writer_finish(kw, f.out, 1, NULL), PRISM_EINVAL);
    prs_keys_writer_free(kw);
    section_file_end(&f);
}
END_TEST

static prism_status write_and_find(prs_mem *mem, void *ctx) {
    const key_set *set = ctx;
    section_file f;
    prs_section s;
    prs_keys keys;
    prism_status status = write_keys(set, mem, &f);
    if (status == PRISM_OK) status = section_file_open(&f, PRS_COMPONENT_KEYS, false, &s);
    if (status == PRISM_OK) status = prs_keys_open(&keys, &s, set->n, NULL);
    if (status == PRISM_OK) check_keys(set, &keys);
    section_file_end(&f);
    return status;
}

START_TEST(memory_may_run_out) {
    static key_set set;
    test_rng rng = test_rng_of("keys oom");
    make_keys(&set, 300, &rng);
    ck_assert_uint_gt(test_oom_sweep(write_and_find, &set), 10);
}
END_TEST

/* Ask everything of a section that may be any bytes. */
static void ask(const section_copy *copy, const key_set *set) {
    prs_section s = prs_section_of(copy->bytes, copy->len);
    prs_keys keys;
    uint32_t n_found = 0;
    if (prs_keys_open(&keys, &s, set->n, NULL) != PRISM_OK) return;
    for (uint32_t doc = 0; doc < set->n; doc++) {
        prs_bytes key;
        if (prs_keys_get(&keys, doc, &key, NULL) == PRISM_OK && key.len > 0) {
            ck_assert_uint_le(key.len, PRISM_MAX_KEY_BYTES);
            prs_hash64(key.ptr, key.len, 0); /* reads all of it */
        }
        key = key_of(set, doc);
        prs_key_probe probe = {prs_keys_hash(key), key, 0};
        (void)!prs_keys_find_all(&keys, &probe, 1, ignore, &n_found, NULL);
        bool has;
        (void)!prs_keys_has(&keys, &probe, doc, &has, NULL);
    }
    (void)!prs_keys_each(&keys, ignore_entry, &n_found, NULL);
}

START_TEST(any_bytes_are_safe) {
    static key_set set;
    test_rng rng = test_rng_of("keys hostile");
    prs_mem mem;
    section_file f;
    prs_section s;
    prs_mem_init(&mem, NULL);
    make_keys(&set, 40, &rng);
    ck_assert_int_eq(write_keys(&set, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, false, &s), PRISM_OK);
    for (size_t len = 0; len < s.len; len++) {
        section_copy copy = section_copy_of(&s, len);
        ask(&copy, &set);
        section_copy_free(&copy);
    }
    for (int round = 0; round < 4000; round++) {
        section_copy copy = section_copy_of(&s, (size_t)s.len);
        for (uint64_t k = test_rng_below(&rng, 4) + 1; k > 0; k--) section_copy_damage(&copy, &rng);
        ask(&copy, &set);
        section_copy_free(&copy);
    }
    section_file_end(&f);
}
END_TEST

/* XXH3 of 32 bytes multiplies (first 8 ^ constant) by (next 8 ^ constant): where the first factor
 * is 0 the next 8 bytes may be anything. */
static void collide(uint8_t key[32], uint32_t i) {
    static const uint8_t zero[8] = {0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe};
    memset(key, 'x', 32);
    memcpy(key, zero, sizeof zero);
    memcpy(key + 8, &i, sizeof i);
}

enum { COLLIDING = 300000 };

static prism_status count_found(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    uint32_t *n = ctx;
    ck_assert_uint_eq(doc % (COLLIDING / 3), probe->tag);
    ++*n;
    return PRISM_OK;
}

static prism_status count_superseded(void *ctx, uint32_t doc) {
    uint32_t *n = ctx;
    TEST_NEED(doc < COLLIDING / 3 * 2);
    ++*n;
    return PRISM_OK;
}

/* A hundred thousand keys of one hash, each three times: a look at every pair would take hours. */
START_TEST(keys_of_one_hash_cost_little) {
    uint8_t key[32];
    prs_mem mem;
    section_file f;
    prs_section s;
    prs_keys keys;
    prs_keys_writer *kw;
    uint32_t n_superseded = 0, n_found = 0, one = COLLIDING / 3;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_KEYS), PRISM_OK);
    ck_assert_int_eq(prs_keys_writer_new(&mem, &kw, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < COLLIDING; doc++) {
        collide(key, (doc % one) * 2654435761u); /* an order of their own */
        prs_keys_writer_add(kw, prs_bytes_of(key, 32));
    }
    ck_assert_int_eq(prs_keys_writer_finish(kw, f.out, COLLIDING, NULL), PRISM_OK);
    prs_keys_writer_free(kw);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, false, &s), PRISM_OK);
    ck_assert_int_eq(prs_keys_open(&keys, &s, COLLIDING, NULL), PRISM_OK);
    ck_assert_int_eq(prs_keys_superseded(&keys, &(prs_order){.n_docs = keys.n_docs},
                                         count_superseded, &n_superseded, NULL),
                     PRISM_OK);
    ck_assert_uint_eq(n_superseded, 2 * one);
    for (uint32_t i = 0; i < one; i += 10) {
        collide(key, i * 2654435761u);
        prs_key_probe probe = {prs_keys_hash(prs_bytes_of(key, 32)), prs_bytes_of(key, 32), i};
        ck_assert_int_eq(prs_keys_find_all(&keys, &probe, 1, count_found, &n_found, NULL),
                         PRISM_OK);
        TEST_NEED(n_found == 3 * (i / 10 + 1));
    }
    collide(key, one * 2654435761u); /* of the same hash, and not there */
    prs_key_probe probe = {prs_keys_hash(prs_bytes_of(key, 32)), prs_bytes_of(key, 32), 0};
    ck_assert_int_eq(prs_keys_find_all(&keys, &probe, 1, count_found, &n_found, NULL), PRISM_OK);
    ck_assert_uint_eq(n_found, 3 * one / 10);
    section_file_end(&f);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

typedef struct key_use {
    const key_set *set;
    uint32_t first; /* document that is asked for first */
    int what;
} key_use;

static prism_status stop_at_first(void *ctx, uint32_t doc) {
    (void)ctx;
    (void)doc;
    return PRISM_OK;
}

static prism_status use_keys(prs_in *in, void *ctx) {
    const key_use *use = ctx;
    prs_section s;
    prs_keys keys;
    prs_bytes key;
    uint32_t n = 0;
    bool has;
    ck_assert(prs_in_section(in, PRS_COMPONENT_KEYS, PRS_FIELD_NONE, &s));
    PRS_TRY(prs_keys_open(&keys, &s, use->set->n, NULL));
    prs_bytes wanted = key_of(use->set, use->first);
    prs_key_probe probe = {prs_keys_hash(wanted), wanted, 0};
    switch (use->what) {
    case 0: PRS_TRY(prs_keys_find_all(&keys, &probe, 1, ignore, &n, NULL)); break;
    case 1: PRS_TRY(prs_keys_get(&keys, use->first, &key, NULL)); break;
    case 3: PRS_TRY(prs_keys_has(&keys, &probe, use->first, &has, NULL)); break;
    case 4: PRS_TRY(prs_keys_each(&keys, ignore_entry, &n, NULL)); break;
    default:
        PRS_TRY(prs_keys_superseded(&keys, &(prs_order){.n_docs = keys.n_docs}, stop_at_first, NULL,
                                    NULL));
    }
    return PRISM_OK;
}

/* Wherever the disk gives up, it is told. */
START_TEST(every_read_may_fail) {
    static key_set set;
    test_rng rng = test_rng_of("keys that cannot be read");
    prs_mem mem;
    section_file f;
    prs_section s;
    uint32_t most = 0;
    prs_mem_init(&mem, NULL);
    make_keys(&set, MAX_DOCS, &rng);
    for (uint32_t doc = 0; doc < MAX_DOCS; doc++) { /* long ones: more regions */
        memset(set.text[doc] + set.len[doc], 'x', sizeof set.text[doc] - set.len[doc]);
        set.len[doc] = sizeof set.text[doc];
    }
    ck_assert_int_eq(write_keys(&set, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, false, &s), PRISM_OK);
    for (uint32_t doc = 0; doc < MAX_DOCS; doc += 97) {
        for (int what = 0; what < 5; what++) {
            key_use use = {&set, doc, what};
            if ((what == 2 || what == 4) && doc > 0) continue;
            most = PRS_MAX(most, section_file_sweep(&f, use_keys, &use));
        }
    }
    ck_assert_uint_gt(most, 3);
    section_file_end(&f);
}
END_TEST

/* One key of all documents: each is sought without a look at the others. */
START_TEST(one_key_of_all_costs_little) {
    prs_mem mem;
    section_file f;
    prs_section s;
    prs_keys keys;
    prs_keys_writer *kw;
    prs_bytes key = prs_bytes_of("same", 4);
    prs_key_probe probe = {prs_keys_hash(key), key, 0};
    uint32_t n_fresh = 0;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(section_file_begin(&f, &mem, PRS_COMPONENT_KEYS), PRISM_OK);
    ck_assert_int_eq(prs_keys_writer_new(&mem, &kw, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < COLLIDING; doc++) prs_keys_writer_add(kw, key);
    ck_assert_int_eq(prs_keys_writer_finish(kw, f.out, COLLIDING, NULL), PRISM_OK);
    prs_keys_writer_free(kw);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, false, &s), PRISM_OK);
    ck_assert_int_eq(prs_keys_open(&keys, &s, COLLIDING, NULL), PRISM_OK);
    for (uint32_t doc = 0; doc < COLLIDING; doc++) {
        bool has;
        TEST_NEED(prs_keys_has(&keys, &probe, doc, &has, NULL) == PRISM_OK && has);
    }
    ck_assert_int_eq(prs_keys_each(&keys, ignore_entry, &n_fresh, NULL), PRISM_OK);
    ck_assert_uint_eq(n_fresh, 1);
    section_file_end(&f);
    ck_assert_uint_eq(atomic_load(&mem.live), 0);
}
END_TEST

static prism_status refuse_entry(void *ctx, uint32_t doc, prs_bytes key, bool fresh) {
    (void)key;
    (void)fresh;
    *(uint32_t *)ctx += doc + 1;
    return PRISM_ECANCELED;
}

static prism_status refuse_probe(void *ctx, const prs_key_probe *probe, uint32_t doc) {
    (void)probe;
    *(uint32_t *)ctx += doc + 1;
    return PRISM_ECANCELED;
}

static prism_status refuse_doc(void *ctx, uint32_t doc) {
    *(uint32_t *)ctx += doc + 1;
    return PRISM_ECANCELED;
}

START_TEST(who_is_told_may_refuse) {
    static key_set set = {3, {"b", "a", "b"}, {1, 1, 1}}, none;
    prs_mem mem;
    section_file f;
    prs_section s;
    prs_keys keys;
    uint32_t told = 0;
    prs_mem_init(&mem, NULL);
    ck_assert_int_eq(write_keys(&set, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, false, &s), PRISM_OK);
    ck_assert_int_eq(prs_keys_open(&keys, &s, 3, NULL), PRISM_OK);
    prs_key_probe probe = {prs_keys_hash(key_of(&set, 0)), key_of(&set, 0), 0};
    ck_assert_int_eq(prs_keys_find_all(&keys, &probe, 1, refuse_probe, &told, NULL),
                     PRISM_ECANCELED);
    ck_assert_uint_eq(told, 1); /* the first of them, and no more */
    told = 0;
    ck_assert_int_eq(prs_keys_superseded(&keys, &(prs_order){.n_docs = keys.n_docs}, refuse_doc,
                                         &told, NULL),
                     PRISM_ECANCELED);
    ck_assert_uint_eq(told, 1);
    told = 0;
    ck_assert_int_eq(prs_keys_each(&keys, refuse_entry, &told, NULL), PRISM_ECANCELED);
    ck_assert(told == 1 || told == 2); /* whichever hash is the least */
    section_file_end(&f);
    ck_assert_int_eq(write_keys(&none, &mem, &f), PRISM_OK);
    ck_assert_int_eq(section_file_open(&f, PRS_COMPONENT_KEYS, false, &s), PRISM_OK);
    ck_assert_int_eq(prs_keys_open(&keys, &s, 0, NULL), PRISM_OK);
    ck_assert_int_eq(prs_keys_find_all(&keys, &probe, 1, refuse_probe, &told, NULL), PRISM_OK);
    ck_assert_int_eq(prs_keys_superseded(&keys, &(prs_order){.n_docs = keys.n_docs}, refuse_doc,
                                         &told, NULL),
                     PRISM_OK);
    bool has = true;
    ck_assert_int_eq(prs_keys_has(&keys, &probe, 0, &has, NULL), PRISM_OK);
    ck_assert(!has);
    ck_assert_int_eq(prs_keys_each(&keys, refuse_entry, &told, NULL), PRISM_OK);
    section_file_end(&f);
}
END_TEST

TEST_SUITE(keys, keys_of_one_hash_cost_little, one_key_of_all_costs_little,
           every_key_finds_its_documents, bytes_are_those_of_the_format, limits_are_told,
           memory_may_run_out, any_bytes_are_safe, every_read_may_fail, who_is_told_may_refuse)
