/* test_in.c - does a file come back as written, and is every damage found when it should be? */
#include "places.h"

#include "harness/fault_dir.h"
#include "store/envelope.h"
#include "store/in.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "f.idx"

static const prs_id sample_id = {{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}};

/* Bytes of section i: different everywhere, so that a shift is seen. */
static uint8_t byte_of(uint32_t section, size_t at) {
    return (uint8_t)prs_hash_mix64(((uint64_t)section << 40) + at);
}

static void write_bytes(prs_out *out, uint32_t section, size_t len) {
    uint8_t chunk[1000];
    for (size_t at = 0; at < len;) {
        size_t n = PRS_MIN(len - at, sizeof chunk);
        for (size_t i = 0; i < n; i++) chunk[i] = byte_of(section, at + i);
        prs_out_write(out, chunk, n);
        at += n;
    }
}

static prism_status write_file(prs_dir *dir, const size_t *lens, uint32_t n, uint64_t *len,
                               prs_hash128 *digest) {
    prs_out *out;
    PRS_TRY(prs_out_open(dir, NAME, PRS_FILE_IDX, &sample_id, 5, &out, NULL));
    for (uint32_t i = n; i-- > 0;) { /* sections may come in any order */
        prs_out_section(out, (uint16_t)(i / 3 + 1), (uint16_t)(i % 3), 1);
        write_bytes(out, i, lens[i]);
    }
    return prs_out_finish(out, len, digest, NULL);
}

static prism_status open_mode(prs_dir *dir, prs_checksum_mode mode, prs_in **in, prism_error *err) {
    return prs_in_open(dir, NAME, PRS_FILE_IDX, &sample_id, 0, NULL, mode, in, err);
}

static void check_sections(prs_in *in, const size_t *lens, uint32_t n) {
    prs_section s;
    uint16_t component, field;
    for (uint32_t i = 0; i < n; i++) {
        ck_assert(prs_in_section(in, (uint16_t)(i / 3 + 1), (uint16_t)(i % 3), &s));
        ck_assert_uint_eq(s.len, lens[i]);
        ck_assert_uint_eq(s.version, 1);
        ck_assert_uint_eq(s.offset % 64, 0);
        ck_assert_int_eq(prs_in_touch(&s, 0, s.len, NULL), PRISM_OK);
        ck_assert_int_eq(prs_in_touch(&s, s.len, 0, NULL), PRISM_OK);
        ck_assert_int_eq(prs_in_touch(&s, s.len, 1, NULL), PRISM_ECORRUPT);
        ck_assert_int_eq(prs_in_touch(&s, UINT64_MAX, 2, NULL), PRISM_ECORRUPT);
        size_t good = 0; /* one assertion for all: each costs a system call */
        while (good < lens[i] && s.ptr[good] == byte_of(i, good)) good++;
        ck_assert_uint_eq(good, lens[i]);
        ck_assert(prs_in_entry(in, i, &component, &field, &s));
        ck_assert_uint_eq(component, i / 3 + 1);
        ck_assert_uint_eq(field, i % 3);
    }
    ck_assert(!prs_in_section(in, 99, 0, &s));
    ck_assert_ptr_null(s.ptr);
    ck_assert(!prs_in_entry(in, n, &component, &field, &s));
}

static void round_trip(place *p, const size_t *lens, uint32_t n) {
    static const prs_checksum_mode modes[] = {PRS_CHECKSUM_LAZY, PRS_CHECKSUM_EAGER,
                                              PRS_CHECKSUM_OFF};
    prs_hash128 digest;
    uint64_t len;
    ck_assert_int_eq(write_file(p->dir, lens, n, &len, &digest), PRISM_OK);
    for (size_t m = 0; m < PRS_COUNT(modes); m++) {
        prs_in *in;
        ck_assert_int_eq(prs_in_open(p->dir, NAME, PRS_FILE_IDX, &sample_id, len, &digest, modes[m],
                                     &in, NULL),
                         PRISM_OK);
        check_sections(in, lens, n);
        ck_assert_int_eq(prs_in_verify_all(in, NULL), PRISM_OK);
        ck_assert_uint_eq(prs_in_len(in), len);
        ck_assert_uint_eq(prs_in_generation(in), 5);
        ck_assert_uint_eq(prs_in_format(in), PRS_FORMAT);
        ck_assert_str_eq(prs_in_name(in), NAME);
        ck_assert(prs_id_equal(prs_in_id(in), &sample_id));
        ck_assert(!prs_in_read_only(in));
        prs_in_close(in);
    }
    ck_assert_int_eq(p->dir->vt->unlink(p->dir, NAME, NULL), PRISM_OK);
}

START_TEST(what_is_written_comes_back) {
    static const size_t sizes[] = {0,     1,     63,    64,    65,    65471,
                                   65472, 65473, 65535, 65536, 65537, 200000};
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        place_open(&p, (place_kind)kind);
        p.dir->no_sync = true;
        round_trip(&p, NULL, 0);
        for (size_t i = 0; i < PRS_COUNT(sizes); i++) {
            round_trip(&p, &sizes[i], 1);
            size_t three[3] = {sizes[i], 0, sizes[PRS_COUNT(sizes) - 1 - i]};
            round_trip(&p, three, 3);
        }
        round_trip(&p, sizes, PRS_COUNT(sizes));
        place_close(&p);
    }
}
END_TEST

/* ---- damage: a good file's bytes, changed and written again
 * -------------------------------------- */

typedef struct damaged {
    place p;
    uint8_t *bytes;
    size_t len;
    prs_hash128 digest;
} damaged;

static void damaged_open(damaged *d, place_kind kind, const size_t *lens, uint32_t n) {
    uint64_t len;
    place_open(&d->p, kind);
    d->p.dir->no_sync = true;
    ck_assert_int_eq(write_file(d->p.dir, lens, n, &len, &d->digest), PRISM_OK);
    d->bytes = place_read(&d->p, NAME, &d->len);
}

static void damaged_write(damaged *d, size_t len) {
    ck_assert_int_eq(d->p.dir->vt->unlink(d->p.dir, NAME, NULL), PRISM_OK);
    place_write(&d->p, NAME, d->bytes, len);
}

static void damaged_close(damaged *d) {
    free(d->bytes);
    place_close(&d->p);
}

/* Open, touch everything; the first failure. */
static prism_status open_and_touch(damaged *d, prs_checksum_mode mode, prism_error *err) {
    prs_in *in;
    prs_section s;
    uint16_t component, field;
    PRS_TRY(open_mode(d->p.dir, mode, &in, err));
    prism_status status = PRISM_OK;
    for (uint32_t i = 0; status == PRISM_OK && prs_in_entry(in, i, &component, &field, &s); i++) {
        status = prs_in_touch(&s, 0, s.len, err);
    }
    prs_in_close(in);
    return status;
}

START_TEST(every_flipped_bit_is_found) {
    static const size_t lens[] = {100, 1, 300};
    for (int kind = PLACE_MEM; kind <= PLACE_MEM_PREAD; kind++) {
        damaged d;
        damaged_open(&d, (place_kind)kind, lens, 3);
        ck_assert_uint_lt(d.len, 1200);
        for (size_t bit = 0; bit < d.len * 8; bit++) {
            prs_in *in;
            d.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            damaged_write(&d, d.len);
            /* one region: it holds the directory, so open reads all of it */
            ck_assert_msg(open_mode(d.p.dir, PRS_CHECKSUM_LAZY, &in, NULL) == PRISM_ECORRUPT,
                          "bit %zu", bit);
            ck_assert_ptr_null(in);
            d.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        damaged_close(&d);
    }
}
END_TEST

START_TEST(every_cut_is_found) {
    static const size_t lens[] = {100, 1, 300};
    damaged d;
    prs_in *in;
    damaged_open(&d, PLACE_MEM, lens, 3);
    for (size_t len = 0; len < d.len; len++) {
        prism_error err = PRISM_ERROR_INIT;
        damaged_write(&d, len);
        ck_assert_int_eq(open_mode(d.p.dir, PRS_CHECKSUM_OFF, &in, &err), PRISM_ECORRUPT);
        bool none = strstr(err.text, "no file of an index") != NULL; /* header and footer */
        ck_assert_int_eq(none, len < 128);
    }
    damaged_write(&d, d.len);
    ck_assert_int_eq(open_mode(d.p.dir, PRS_CHECKSUM_OFF, &in, NULL), PRISM_OK);
    prs_in_close(in);
    d.bytes = realloc(d.bytes, d.len + 64);
    memset(d.bytes + d.len, 0, 64);
    for (size_t more = 1; more <= 64; more++) {
        damaged_write(&d, d.len + more);
        ck_assert_int_eq(open_mode(d.p.dir, PRS_CHECKSUM_OFF, &in, NULL), PRISM_ECORRUPT);
    }
    damaged_close(&d);
}
END_TEST

START_TEST(damage_is_found_when_it_is_met) {
    static const size_t lens[] = {300000, 10};
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        damaged d;
        prs_in *in;
        prs_section s;
        prism_error err = PRISM_ERROR_INIT;
        damaged_open(&d, (place_kind)kind, lens, 2);
        size_t at = 3 * PRS_REGION + 1234; /* in the large section, far from the directory */
        d.bytes[at] ^= 4;
        damaged_write(&d, d.len);
        ck_assert_int_eq(open_mode(d.p.dir, PRS_CHECKSUM_LAZY, &in, NULL), PRISM_OK);
        ck_assert(prs_in_section(in, 1, 0, &s));
        ck_assert_int_eq(prs_in_touch(&s, 0, 2 * PRS_REGION, NULL), PRISM_OK);
        ck_assert_int_eq(prs_in_touch(&s, at - s.offset, 1, &err), PRISM_ECORRUPT);
        ck_assert_str_eq(err.file, NAME);
        ck_assert_uint_eq(err.offset, 3 * PRS_REGION);
        ck_assert_int_eq(prs_in_touch(&s, at - s.offset, 1, NULL), PRISM_ECORRUPT); /* every time */
        ck_assert_int_eq(prs_in_touch(&s, 4 * PRS_REGION - s.offset, 10, NULL), PRISM_OK);
        ck_assert_int_eq(prs_in_verify_all(in, &err), PRISM_ECORRUPT);
        ck_assert_uint_eq(err.offset, 3 * PRS_REGION);
        prs_in_close(in);
        ck_assert_int_eq(open_mode(d.p.dir, PRS_CHECKSUM_EAGER, &in, &err), PRISM_ECORRUPT);
        ck_assert_uint_eq(err.offset, 3 * PRS_REGION);
        ck_assert_int_eq(open_and_touch(&d, PRS_CHECKSUM_OFF, NULL), PRISM_OK);
        damaged_close(&d);
    }
}
END_TEST

START_TEST(regions_are_verified_some_at_a_time) {
    const size_t lens[] = {300000};
    place p;
    prs_in *in;
    bool more;
    place_open(&p, PLACE_MEM);
    ck_assert_int_eq(write_file(p.dir, lens, 1, NULL, NULL), PRISM_OK);
    prs_view view;
    ck_assert_int_eq(p.dir->vt->view_open(p.dir, NAME, &view, NULL), PRISM_OK);
    ((uint8_t *)(uintptr_t)view.ptr)[3 * 65536 + 5] ^= 1; /* of five regions the fourth */
    p.dir->vt->view_close(p.dir, &view);
    ck_assert_int_eq(open_mode(p.dir, PRS_CHECKSUM_LAZY, &in, NULL), PRISM_OK);
    ck_assert_int_eq(prs_in_verify_some(in, 0, 3, &more, NULL), PRISM_OK);
    ck_assert(more);
    ck_assert_int_eq(prs_in_verify_some(in, 3, 1, &more, NULL), PRISM_ECORRUPT);
    ck_assert_int_eq(prs_in_verify_some(in, 4, 9, &more, NULL), PRISM_OK);
    ck_assert(!more);
    ck_assert_int_eq(prs_in_verify_some(in, 5, 1, &more, NULL), PRISM_OK);
    ck_assert(!more);
    ck_assert_int_eq(prs_in_verify_some(in, 2, UINT64_MAX, &more, NULL), PRISM_ECORRUPT);
    prs_in_close(in);
    place_close(&p);
}
END_TEST

START_TEST(regions_do_not_change_places) {
    static const size_t lens[] = {300000};
    damaged d;
    damaged_open(&d, PLACE_MEM, lens, 1);
    uint8_t *swap = malloc(PRS_REGION); /* two whole regions with their right bytes, exchanged */
    memcpy(swap, d.bytes + PRS_REGION, PRS_REGION);
    memcpy(d.bytes + PRS_REGION, d.bytes + 2 * PRS_REGION, PRS_REGION);
    memcpy(d.bytes + 2 * PRS_REGION, swap, PRS_REGION);
    damaged_write(&d, d.len);
    ck_assert_int_eq(open_and_touch(&d, PRS_CHECKSUM_LAZY, NULL), PRISM_ECORRUPT);
    free(swap);
    damaged_close(&d);
}
END_TEST

START_TEST(the_right_file_is_asked_for) {
    static const size_t lens[] = {100};
    damaged d;
    prs_in *in;
    prs_id other = sample_id;
    damaged_open(&d, PLACE_MEM, lens, 1);
    prs_dir *dir = d.p.dir;
    prs_hash128 digest = d.digest;
    other.bytes[9] ^= 1;
    ck_assert_int_eq(prs_in_open(dir, NAME, PRS_FILE_DOC, &sample_id, 0, NULL, PRS_CHECKSUM_OFF,
                                 &in, NULL),
                     PRISM_ECORRUPT);
    ck_assert_int_eq(prs_in_open(dir, NAME, PRS_FILE_IDX, &other, 0, NULL, PRS_CHECKSUM_OFF, &in,
                                 NULL),
                     PRISM_ECORRUPT);
    ck_assert_int_eq(prs_in_open(dir, NAME, PRS_FILE_IDX, &sample_id, d.len + 64, NULL,
                                 PRS_CHECKSUM_OFF, &in, NULL),
                     PRISM_ECORRUPT);
    digest.lo ^= 1;
    ck_assert_int_eq(prs_in_open(dir, NAME, PRS_FILE_IDX, &sample_id, d.len, &digest,
                                 PRS_CHECKSUM_OFF, &in, NULL),
                     PRISM_ECORRUPT);
    digest = d.digest;
    digest.hi ^= 1;
    ck_assert_int_eq(prs_in_open(dir, NAME, PRS_FILE_IDX, &sample_id, d.len, &digest,
                                 PRS_CHECKSUM_OFF, &in, NULL),
                     PRISM_ECORRUPT);
    ck_assert_int_eq(prs_in_open(dir, "g.idx", PRS_FILE_IDX, &sample_id, 0, NULL, PRS_CHECKSUM_OFF,
                                 &in, NULL),
                     PRISM_ENOTFOUND);
    ck_assert_int_eq(prs_in_open(dir, "../f", PRS_FILE_IDX, &sample_id, 0, NULL, PRS_CHECKSUM_OFF,
                                 &in, NULL),
                     PRISM_EINVAL);
    ck_assert_int_eq(prs_in_open(dir, NAME, PRS_FILE_IDX, NULL, d.len, &d.digest, PRS_CHECKSUM_OFF,
                                 &in, NULL),
                     PRISM_OK);
    prs_in_close(in);
    prs_in_close(NULL);
    damaged_close(&d);
}
END_TEST

START_TEST(any_directory_is_safe) {
    /* without checksums a wrong directory gets through to the checks of its own */
    static const size_t lens[] = {100, 1, 0, 500, 64};
    damaged d;
    test_rng rng = test_rng_of("in hostile");
    damaged_open(&d, PLACE_MEM, lens, PRS_COUNT(lens));
    size_t covered = (size_t)prs_load64(d.bytes + d.len - 64 + 16),
           dir_off = (size_t)prs_load64(d.bytes + d.len - 64);
    uint8_t *good = malloc(d.len);
    memcpy(good, d.bytes, d.len);
    int n_opened = 0;
    for (int round = 0; round < 5000; round++) {
        prs_in *in;
        memcpy(d.bytes, good, d.len);
        for (uint64_t k = test_rng_below(&rng, 3) + 1; k > 0; k--) {
            size_t at = dir_off + (size_t)test_rng_below(&rng, covered - dir_off);
            d.bytes[at] = test_rng_one_in(&rng, 3) ? 0xff : (uint8_t)test_rng_below(&rng, 256);
        }
        damaged_write(&d, d.len);
        if (open_mode(d.p.dir, PRS_CHECKSUM_OFF, &in, NULL) != PRISM_OK) continue;
        n_opened++;
        prs_section s;
        uint16_t component, field;
        bool inside = true;
        for (uint32_t i = 0; prs_in_entry(in, i, &component, &field, &s); i++) {
            inside = inside && s.offset >= 64 && s.offset < dir_off && s.len < dir_off - s.offset;
        }
        ck_assert(inside);
        prs_in_close(in);
    }
    ck_assert_int_gt(n_opened,
                     0); /* versions, and padding behind the last entry, may be anything */
    free(good);
    damaged_close(&d);
}
END_TEST

/* ---- faults, memory, threads ----------------------------------------------------------------- */

START_TEST(every_failing_call_is_told) {
    static const size_t lens[] = {200000, 10};
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        for (uint64_t n = 1;; n++) {
            place p;
            fault_dir fault;
            prs_in *in;
            prs_section s;
            prism_error err = PRISM_ERROR_INIT;
            place_open(&p, (place_kind)kind);
            ck_assert_int_eq(write_file(p.dir, lens, 2, NULL, NULL), PRISM_OK);
            fault_dir_init(&fault, p.dir);
            fault.base.pread = p.dir->pread;
            fault.fail_at = n;
            prism_status status = open_mode(&fault.base, PRS_CHECKSUM_LAZY, &in, &err);
            if (status == PRISM_OK) {
                ck_assert(prs_in_section(in, 1, 0, &s));
                status = prs_in_touch(&s, 0, s.len, &err);
                if (status == PRISM_OK) status = prs_in_verify_all(in, &err);
                if (fault.n_failed > 0)
                    ck_assert_int_eq(prs_in_touch(&s, 0, s.len, NULL), PRISM_OK); /* EIO once */
                prs_in_close(in);
            }
            ck_assert_int_eq(status, fault.n_failed > 0 ? PRISM_EIO : PRISM_OK);
            ck_assert_int_eq(err.code, status);
            place_close(&p);
            if (status == PRISM_OK) break;
        }
    }
}
END_TEST

static prism_status write_and_read(prs_mem *mem, void *ctx) {
    static const size_t lens[] = {70000, 10, 0};
    prs_dir *dir;
    prs_in *in;
    PRS_TRY(prs_dir_mem_new(mem, &dir, NULL));
    dir->pread = *(bool *)ctx;
    prism_status status = write_file(dir, lens, 3, NULL, NULL);
    if (status == PRISM_OK) {
        status = open_mode(dir, PRS_CHECKSUM_LAZY, &in, NULL);
        if (status == PRISM_OK) {
            check_sections(in, lens, 3);
            status = prs_in_verify_all(in, NULL);
            prs_in_close(in);
        }
    }
    dir->vt->close_dir(dir);
    return status;
}

START_TEST(memory_may_run_out) {
    for (int i = 0; i < 2; i++) {
        bool pread = i != 0;
        ck_assert_uint_gt(test_oom_sweep(write_and_read, &pread), 12);
    }
}
END_TEST

typedef struct toucher {
    prs_in *in;
    size_t len;
    uint64_t seed;
    bool good;
} toucher;

static void *touch_at_random(void *arg) {
    toucher *t = arg;
    prs_section s;
    t->good = prs_in_section(t->in, 1, 0, &s);
    for (uint64_t i = 0; i < 4000 && t->good; i++) {
        size_t at = (size_t)(prs_hash_mix64(t->seed * 100000 + i) % t->len);
        t->good = prs_in_touch(&s, at, 1, NULL) == PRISM_OK && s.ptr[at] == byte_of(0, at);
    }
    return NULL;
}

START_TEST(threads_may_share_a_reader) {
    static const size_t lens[] = {3000000};
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        prs_in *in;
        pthread_t threads[4];
        toucher t[4];
        place_open(&p, (place_kind)kind);
        ck_assert_int_eq(write_file(p.dir, lens, 1, NULL, NULL), PRISM_OK);
        ck_assert_int_eq(open_mode(p.dir, PRS_CHECKSUM_LAZY, &in, NULL), PRISM_OK);
        for (int i = 0; i < 4; i++) {
            t[i] = (toucher){in, lens[0], (uint64_t)i, false};
            ck_assert_int_eq(pthread_create(&threads[i], NULL, touch_at_random, &t[i]), 0);
        }
        for (int i = 0; i < 4; i++) {
            ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
            ck_assert(t[i].good);
        }
        prs_in_close(in);
        place_close(&p);
    }
}
END_TEST

START_TEST(sections_in_memory_are_sections) {
    static const uint8_t bytes[10 + 64];
    prs_section s = prs_section_of(bytes, 10);
    prism_error err = PRISM_ERROR_INIT;
    ck_assert_int_eq(prs_in_touch(&s, 0, 10, NULL), PRISM_OK);
    ck_assert_int_eq(prs_in_touch(&s, 10, 1, NULL), PRISM_ECORRUPT);
    ck_assert_int_eq(prs_section_corrupt(&s, bytes + 4, &err, "so"), PRISM_ECORRUPT);
    ck_assert_uint_eq(err.offset, 4);
    ck_assert_str_eq(err.text, "so");
}
END_TEST

/* What was proved when it was first touched is not hashed, nor read from the disk, again: a byte
 * that changes afterwards, in the map or in our copy, stays as it is and is no error. */
START_TEST(a_region_is_proved_once) {
    static const size_t lens[] = {300000};
    for (int kind = PLACE_MEM; kind <= PLACE_MEM_PREAD; kind++) {
        place p;
        prs_in *in;
        prs_section s;
        place_open(&p, (place_kind)kind);
        ck_assert_int_eq(write_file(p.dir, lens, 1, NULL, NULL), PRISM_OK);
        ck_assert_int_eq(open_mode(p.dir, PRS_CHECKSUM_LAZY, &in, NULL), PRISM_OK);
        ck_assert(prs_in_section(in, 1, 0, &s));
        for (uint64_t at = 0; at < s.len; at += 50000) {
            uint8_t *byte = (uint8_t *)(uintptr_t)s.ptr + at;
            ck_assert_int_eq(prs_in_touch(&s, at, 1, NULL), PRISM_OK);
            *byte ^= 1;
            ck_assert_int_eq(prs_in_touch(&s, at, 1, NULL), PRISM_OK);
            ck_assert_uint_eq(*byte, byte_of(0, at) ^ 1u);
        }
        prs_in_close(in);
        place_close(&p);
    }
}
END_TEST

typedef struct slow_read { /* holds up one read, in the process that asked for it */
    pid_t pid;
    atomic_int stage; /* 1: it waits; 2: it may go on */
    const prs_section *section;
} slow_read;

static prism_status wait_amid_read(void *ctx, fault_call call, const char *name) {
    slow_read *slow = ctx;
    (void)name;
    if (call != FAULT_READ || getpid() != slow->pid || atomic_load(&slow->stage) != 0)
        return PRISM_OK;
    atomic_store(&slow->stage, 1);
    while (atomic_load(&slow->stage) != 2) usleep(1000);
    return PRISM_OK;
}

static void *touch_all(void *arg) {
    slow_read *slow = arg;
    return prs_in_touch(slow->section, 0, slow->section->len, NULL) == PRISM_OK ? arg : NULL;
}

/* A region that another thread was loading at the fork is loaded again. */
START_TEST(a_child_reads_what_was_being_loaded) {
    static const size_t lens[] = {200000};
    for (int kind = PLACE_MEM_PREAD; kind <= PLACE_FS_PREAD; kind += 2) {
        place p;
        fault_dir fault;
        prs_in *in;
        prs_section s;
        pthread_t thread;
        void *done;
        int status;
        place_open(&p, (place_kind)kind);
        ck_assert_int_eq(write_file(p.dir, lens, 1, NULL, NULL), PRISM_OK);
        fault_dir_init(&fault, p.dir);
        fault.base.pread = true;
        ck_assert_int_eq(open_mode(&fault.base, PRS_CHECKSUM_LAZY, &in, NULL), PRISM_OK);
        ck_assert(prs_in_section(in, 1, 0, &s));
        slow_read slow = {.pid = getpid(), .section = &s};
        fault.hook = wait_amid_read;
        fault.hook_ctx = &slow;
        ck_assert_int_eq(pthread_create(&thread, NULL, touch_all, &slow), 0);
        while (atomic_load(&slow.stage) != 1) usleep(1000);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            (void)alarm(60);
            bool good = touch_all(&slow) != NULL;
            for (size_t i = 0; i < lens[0]; i++) good &= s.ptr[i] == byte_of(0, i);
            prs_in_close(in);
            _exit(good ? 0 : 1);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child: %#x", status);
        atomic_store(&slow.stage, 2);
        ck_assert_int_eq(pthread_join(thread, &done), 0);
        ck_assert_ptr_nonnull(done);
        prs_in_close(in);
        place_close(&p);
    }
}
END_TEST

TEST_SUITE(in, a_child_reads_what_was_being_loaded, regions_are_verified_some_at_a_time,
           what_is_written_comes_back, every_flipped_bit_is_found, every_cut_is_found,
           damage_is_found_when_it_is_met, regions_do_not_change_places,
           the_right_file_is_asked_for, any_directory_is_safe, every_failing_call_is_told,
           memory_may_run_out, threads_may_share_a_reader, sections_in_memory_are_sections,
           a_region_is_proved_once)
