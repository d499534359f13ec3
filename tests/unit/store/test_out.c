/* test_out.c - is a file exactly the bytes of the format, and is a failed one gone? */
#include "places.h"

#include "harness/fault_dir.h"
#include "store/envelope.h"
#include "store/in.h"

#include <stdlib.h>

static const prs_id sample_id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

static prism_status write_sample(prs_dir *dir, uint64_t *len, prs_hash128 *digest,
                                 prism_error *err) {
    prs_out *out;
    PRS_TRY(prs_out_open(dir, "f.idx", PRS_FILE_IDX, &sample_id, 0, &out, err));
    prs_out_section(out, 9, 2, 1);
    prs_out_write(out, "second", 6);
    ck_assert(prs_out_status(out, NULL) != PRISM_OK || prs_out_offset(out) == 6);
    prs_out_align(out, 8);
    ck_assert(prs_out_status(out, NULL) != PRISM_OK || prs_out_offset(out) == 8);
    prs_out_section(out, 9, 1, 1);
    prs_out_write(out, "first", 5);
    return prs_out_finish(out, len, digest, err);
}

START_TEST(bytes_are_those_of_the_format) {
    place p;
    uint64_t len;
    size_t got;
    prs_hash128 digest;
    place_open(&p, PLACE_MEM);
    ck_assert_int_eq(write_sample(p.dir, &len, &digest, NULL), PRISM_OK);
    uint8_t *bytes = place_read(&p, "f.idx", &got);
    /* header 64, "second" 64, "first" 64, directory 64, one region 8, footer 64 */
    ck_assert_uint_eq(len, 328);
    ck_assert_uint_eq(got, 328);
    ck_assert_mem_eq(bytes, "\x89PRSM\r\n\x1a\3\1\0\0", 12);
    ck_assert_mem_eq(bytes + 24, sample_id.bytes, 16);
    ck_assert_mem_eq(bytes + 64, "second\0\0", 8);
    ck_assert_mem_eq(bytes + 128, "first\0\0\0", 8);
    static const uint8_t directory[64] = {9, 0, 1, 0, 1,  0, 0, 0, 128, 0, 0, 0, 0, 0,
                                          0, 0, 5, 0, 0,  0, 0, 0, 0,   0, 9, 0, 2, 0,
                                          1, 0, 0, 0, 64, 0, 0, 0, 0,   0, 0, 0, 8};
    ck_assert_mem_eq(bytes + 192, directory, 64);
    uint8_t seed[32] = {0}, footer[64] = {0};
    memcpy(seed, sample_id.bytes, 16);
    seed[16] = 3; /* region 0: the last eight bytes are 0 */
    ck_assert_uint_eq(prs_load64(bytes + 256), prs_hash64(bytes, 256, prs_hash64(seed, 32, 0)));
    prs_hash128 want = prs_hash128_of(bytes + 256, 8);
    ck_assert(want.lo == digest.lo && want.hi == digest.hi);
    prs_store64(footer, 192);
    prs_store32(footer + 8, 2);
    prs_store64(footer + 16, 256);
    prs_store32(footer + 24, 1);
    prs_store32(footer + 28, 16);
    prs_store64(footer + 32, 328);
    prs_store64(seed + 24, UINT64_MAX - 2);
    prs_store64(footer + 40, prs_hash64(bytes + 256, 8, prs_hash64(seed, 32, 0)));
    prs_store64(seed + 24, UINT64_MAX - 1);
    prs_store64(footer + 48, prs_hash64(footer, 48, prs_hash64(seed, 32, 0)));
    memcpy(footer + 56, "\x76\xaf\xad\xac\xb2\xf2\xf5\xe5", 8);
    ck_assert_mem_eq(bytes + 264, footer, 64);
    free(bytes);
    place_close(&p);
}
END_TEST

START_TEST(the_digest_never_changes) {
    /* the value of this release: another one would mean another format */
    place p;
    prs_hash128 digest;
    place_open(&p, PLACE_MEM);
    ck_assert_int_eq(write_sample(p.dir, NULL, &digest, NULL), PRISM_OK);
    ck_assert_uint_eq(digest.lo, UINT64_C(11187544515579047542));
    ck_assert_uint_eq(digest.hi, UINT64_C(12837488292788215808));
    place_close(&p);
}
END_TEST

START_TEST(a_file_is_synced_once) {
    place p;
    place_open(&p, PLACE_FS);
    ck_assert_int_eq(write_sample(p.dir, NULL, NULL, NULL), PRISM_OK);
    ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), 1); /* the directory is the committer's */
    place_close(&p);
}
END_TEST

static prism_status count(void *ctx, const char *name) {
    (void)name;
    ++*(int *)ctx;
    return PRISM_OK;
}

static int n_files(prs_dir *dir) {
    int n = 0;
    ck_assert_int_eq(dir->vt->list(dir, count, &n, NULL), PRISM_OK);
    return n;
}

START_TEST(a_sealed_file_is_whole_and_not_synced) {
    for (int end = 0; end < 3; end++) {
        place p;
        prs_out *out;
        prs_in *in;
        uint64_t len;
        prs_hash128 digest;
        place_open(&p, PLACE_FS);
        ck_assert_int_eq(prs_out_open(p.dir, "f.idx", PRS_FILE_IDX, &sample_id, 0, &out, NULL),
                         PRISM_OK);
        prs_out_section(out, 9, 1, 1);
        prs_out_write(out, "first", 5);
        ck_assert_int_eq(prs_out_seal(out, &len, &digest, NULL), PRISM_OK);
        ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), 0);
        ck_assert_int_eq(prs_in_open(p.dir, "f.idx", PRS_FILE_IDX, &sample_id, len, &digest,
                                     PRS_CHECKSUM_EAGER, &in, NULL),
                         PRISM_OK);
        prs_in_close(in);
        if (end == 0) ck_assert_int_eq(prs_out_confirm(out, NULL), PRISM_OK);
        if (end == 1) prs_out_leave(out);
        if (end == 2) prs_out_abandon(out);
        ck_assert_uint_eq(atomic_load(&p.dir->n_syncs), end == 0);
        ck_assert_int_eq(n_files(p.dir), end < 2);
        prs_out_leave(NULL);
        place_close(&p);
    }
}
END_TEST

/* A file of several regions, in small and large writes. */
static prism_status write_large(prs_dir *dir, prism_error *err) {
    static const uint8_t bytes[200000];
    prs_out *out;
    uint64_t len = 1;
    prs_hash128 digest = {1, 1};
    PRS_TRY(prs_out_open(dir, "f.idx", PRS_FILE_IDX, &sample_id, 0, &out, err));
    prs_out_section(out, 1, 0, 1);
    for (int i = 0; i < 70; i++) prs_out_write(out, bytes, 1000);
    prs_out_write(out, bytes, sizeof bytes);
    prism_status status = prs_out_finish(out, &len, &digest, err);
    ck_assert((status == PRISM_OK) == (len != 0 && digest.lo != 0));
    return status;
}

START_TEST(every_failing_call_is_told) {
    for (int kind = PLACE_MEM; kind < PLACE_KINDS; kind++) {
        for (int on = 0; on < 2; on++) {
            for (uint64_t n = 1;; n++) {
                place p;
                fault_dir fault;
                prism_error err = PRISM_ERROR_INIT;
                place_open(&p, (place_kind)kind);
                fault_dir_init(&fault, p.dir);
                fault.calls = FAULT_CREATE | FAULT_WRITE | FAULT_SYNC | FAULT_CLOSE;
                fault.fail_at = n;
                fault.fail_on = on != 0;
                fault.status = PRISM_ENOSPC;
                prism_status status = write_large(&fault.base, &err);
                ck_assert_int_eq(status, fault.n_failed > 0 ? PRISM_ENOSPC : PRISM_OK);
                ck_assert_int_eq(err.code, status); /* the first failure, not what came after */
                ck_assert_int_eq(n_files(p.dir), status == PRISM_OK);
                if (fault.n_failed > 0) ck_assert_str_eq(err.text, "a fault that was asked for");
                place_close(&p);
                if (status == PRISM_OK) break;
            }
        }
    }
}
END_TEST

START_TEST(nothing_happens_after_a_failure) {
    place p;
    fault_dir fault;
    prs_out *out;
    prism_error err = PRISM_ERROR_INIT;
    static const uint8_t bytes[100000];
    place_open(&p, PLACE_MEM);
    fault_dir_init(&fault, p.dir);
    fault.calls = FAULT_WRITE;
    fault.fail_at = 1;
    ck_assert_int_eq(prs_out_open(&fault.base, "f.idx", PRS_FILE_IDX, &sample_id, 0, &out, NULL),
                     PRISM_OK);
    prs_out_section(out, 1, 0, 1);
    prs_out_write(out, bytes, sizeof bytes);
    ck_assert_int_eq(prs_out_status(out, &err), PRISM_EIO);
    ck_assert_int_eq(err.code, PRISM_EIO);
    for (int i = 0; i < 5; i++) {
        prs_out_write(out, bytes, sizeof bytes);
        prs_out_section(out, 2, (uint16_t)i, 1);
        prs_out_align(out, 64);
    }
    ck_assert_uint_eq(fault.n_calls, 1);
    ck_assert_int_eq(prs_out_finish(out, NULL, NULL, NULL), PRISM_EIO);
    ck_assert_uint_eq(fault.n_calls, 1);
    ck_assert_uint_eq(atomic_load(&fault.base.n_syncs), 0);
    place_close(&p);
}
END_TEST

START_TEST(what_is_abandoned_is_gone) {
    for (int kind = 0; kind < PLACE_KINDS; kind++) {
        place p;
        prs_out *out;
        place_open(&p, (place_kind)kind);
        ck_assert_int_eq(prs_out_open(p.dir, "f.idx", PRS_FILE_IDX, &sample_id, 0, &out, NULL),
                         PRISM_OK);
        prs_out_section(out, 1, 0, 1);
        prs_out_write(out, "x", 1);
        prs_out_abandon(out);
        prs_out_abandon(NULL);
        ck_assert_int_eq(n_files(p.dir), 0);
        place_close(&p);
    }
}
END_TEST

START_TEST(bugs_of_callers_are_told) {
    place p;
    prs_out *out;
    prism_error err = PRISM_ERROR_INIT;
    place_open(&p, PLACE_MEM);
    ck_assert_int_eq(prs_out_open(p.dir, "f.idx", PRS_FILE_IDX, &sample_id, 0, &out, NULL),
                     PRISM_OK);
    prs_out_section(out, 1, 3, 1);
    prs_out_section(out, 2, 3, 1);
    prs_out_section(out, 1, 3, 1);
    ck_assert_int_eq(prs_out_finish(out, NULL, NULL, &err), PRISM_EINVAL);
    ck_assert_int_eq(n_files(p.dir), 0);
    ck_assert_int_eq(write_sample(p.dir, NULL, NULL, NULL), PRISM_OK);
    ck_assert_int_eq(write_sample(p.dir, NULL, NULL, NULL),
                     PRISM_EEXISTS); /* and the first one stays */
    ck_assert_int_eq(n_files(p.dir), 1);
    ck_assert_int_eq(prs_out_open(p.dir, "../f", PRS_FILE_IDX, &sample_id, 0, &out, NULL),
                     PRISM_EINVAL);
    ck_assert_ptr_null(out);
    place_close(&p);
}
END_TEST

static prism_status write_in_memory(prs_mem *mem, void *ctx) {
    prs_dir *dir;
    PRS_TRY(prs_dir_mem_new(mem, &dir, NULL));
    prism_status status =
        *(int *)ctx ? write_large(dir, NULL) : write_sample(dir, NULL, NULL, NULL);
    dir->vt->close_dir(dir);
    return status;
}

START_TEST(memory_may_run_out) {
    for (int large = 0; large < 2; large++)
        ck_assert_uint_gt(test_oom_sweep(write_in_memory, &large), 6);
}
END_TEST

/* Bytes of a file that failed, moved into another: from its first byte, which is no region's, and
 * with an end in each region and in what is not in the file yet. */
START_TEST(bytes_are_had_back_from_a_file) {
    enum { LEN = 200000 };
    static const uint64_t ends[] = {0, 1, 65000, 65536, 70000, 131072, 131100, 196607, LEN};
    uint8_t *bytes = malloc(LEN);
    for (size_t i = 0; i < LEN; i++) bytes[i] = (uint8_t)prs_hash_mix64(i);
    for (size_t i = 0; i < PRS_COUNT(ends); i++) {
        place p;
        prs_out *from, *to;
        prs_in *in;
        prs_section s;
        place_open(&p, PLACE_MEM_PREAD);
        ck_assert_int_eq(prs_out_open(p.dir, "f.idx", PRS_FILE_IDX, &sample_id, 0, &from, NULL),
                         PRISM_OK);
        prs_out_section(from, 1, 0, 1);
        prs_out_write(from, bytes, LEN);
        ck_assert_int_eq(prs_out_open(p.dir, "g.idx", PRS_FILE_IDX, &sample_id, 0, &to, NULL),
                         PRISM_OK);
        prs_out_section(to, 1, 0, 1);
        ck_assert_int_eq(prs_out_copy(from, ends[i], to, NULL), PRISM_OK);
        ck_assert_int_eq(prs_out_finish(to, NULL, NULL, NULL), PRISM_OK);
        prs_out_abandon(from);
        ck_assert_int_eq(prs_in_open(p.dir, "g.idx", PRS_FILE_IDX, &sample_id, 0, NULL,
                                     PRS_CHECKSUM_EAGER, &in, NULL),
                         PRISM_OK);
        ck_assert(prs_in_section(in, 1, 0, &s));
        ck_assert_uint_eq(s.len, ends[i]);
        ck_assert_int_eq(prs_in_touch(&s, 0, s.len, NULL), PRISM_OK);
        ck_assert_int_eq(memcmp(s.ptr, bytes, (size_t)ends[i]), 0);
        prs_in_close(in);
        place_close(&p);
    }
    free(bytes);
}
END_TEST

/* The copy of a file, each call of the disk refused in turn: told, and nothing left open. */
static prism_status copy_over(prs_dir *dir, prs_mem *mem, fault_dir *fault, uint64_t at) {
    enum { LEN = 200000 };
    uint8_t *bytes = calloc(1, LEN);
    prs_out *from, *to = NULL;
    (void)mem;
    prism_status status = prs_out_open(dir, "f.idx", PRS_FILE_IDX, &sample_id, 0, &from, NULL);
    if (status == PRISM_OK) {
        prs_out_section(from, 1, 0, 1);
        prs_out_write(from, bytes, LEN);
        status = prs_out_status(from, NULL);
    }
    free(bytes);
    if (fault != NULL) {
        fault->n_calls = 0;
        fault->fail_at = at;
    }
    if (status == PRISM_OK)
        status = prs_out_open(dir, "g.idx", PRS_FILE_IDX, &sample_id, 0, &to, NULL);
    if (status == PRISM_OK) {
        prs_out_section(to, 1, 0, 1);
        status = prs_out_copy(from, LEN, to, NULL);
    }
    prs_out_abandon(to);
    prs_out_abandon(from);
    return status;
}

START_TEST(what_cannot_be_had_back_is_told) {
    for (uint64_t at = 1;; at++) {
        place p;
        fault_dir fault;
        place_open(&p, PLACE_MEM_PREAD);
        fault_dir_init(&fault, p.dir);
        fault.base.pread = true;
        fault.calls = FAULT_CREATE | FAULT_VIEW | FAULT_READ | FAULT_WRITE;
        prism_status status = copy_over(&fault.base, &p.mem, &fault, at);
        ck_assert_int_eq(status, fault.n_failed > 0 ? PRISM_EIO : PRISM_OK);
        bool done = fault.n_failed == 0;
        place_close(&p);
        if (done) break;
        ck_assert_uint_lt(at, 100);
    }
}
END_TEST

static prism_status copy_in_memory(prs_mem *mem, void *ctx) {
    prs_dir *dir;
    (void)ctx;
    PRS_TRY(prs_dir_mem_new(mem, &dir, NULL));
    prism_status status = copy_over(dir, mem, NULL, 0);
    dir->vt->close_dir(dir);
    return status;
}

START_TEST(memory_for_a_copy_may_run_out) {
    ck_assert_uint_gt(test_oom_sweep(copy_in_memory, NULL), 8);
}
END_TEST

static prism_status gather(prs_mem *mem, void *ctx) {
    prs_out *out;
    (void)ctx;
    PRS_TRY(prs_out_gather_new(mem, &out, NULL));
    prism_status status = PRISM_OK;
    for (uint32_t round = 0; round < 3 && status == PRISM_OK; round++) {
        prs_buf *bytes = prs_out_gather_begin(out);
        ck_assert_uint_eq(prs_out_offset(out), 0);
        ck_assert_int_eq(prs_out_status(out, NULL), PRISM_OK); /* no error of before */
        for (uint32_t i = 0; i < 1000; i++) prs_out_write(out, "0123456789", 10);
        status = prs_out_status(out, NULL);
        if (status != PRISM_OK) { /* said until the next begin, and there is memory again */
            prs_out_write(out, "0123456789", 10);
            ck_assert_int_eq(prs_out_status(out, NULL), PRISM_ENOMEM);
            bytes = prs_out_gather_begin(out);
            ck_assert_int_eq(prs_out_status(out, NULL), PRISM_OK);
            continue;
        }
        ck_assert_uint_eq(prs_out_offset(out), 10000);
        ck_assert_uint_eq(bytes->len, 10000);
        ck_assert_mem_eq(bytes->ptr + 9990, "0123456789", 10);
    }
    prs_out_gather_free(out);
    return status;
}

START_TEST(what_is_gathered_is_in_memory) {
    ck_assert_uint_gt(test_oom_sweep(gather, NULL), 3);
}
END_TEST

TEST_SUITE(out, what_is_gathered_is_in_memory, what_cannot_be_had_back_is_told,
           memory_for_a_copy_may_run_out, bytes_are_those_of_the_format, the_digest_never_changes,
           a_file_is_synced_once, a_sealed_file_is_whole_and_not_synced, every_failing_call_is_told,
           nothing_happens_after_a_failure, what_is_abandoned_is_gone, bugs_of_callers_are_told,
           memory_may_run_out, bytes_are_had_back_from_a_file)
