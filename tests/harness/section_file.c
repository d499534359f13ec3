/* section_file.c - how do format tests get a section that went through a real file, and damaged
 * copies of it? */
#include "harness/section_file.h"

#include "harness/fault_dir.h"

#include <stdlib.h>

#define NAME "00000000000000000000000000000007.idx"

prism_status section_file_begin(section_file *f, prs_mem *mem, uint16_t component) {
    prs_id id = {{7}};
    memset(f, 0, sizeof *f);
    f->mem = mem;
    PRS_TRY(prs_dir_mem_new(mem, &f->dir, NULL));
    PRS_TRY(prs_out_open(f->dir, NAME, PRS_FILE_IDX, &id, 0, &f->out, NULL));
    prs_out_section(f->out, component, PRS_FIELD_NONE, 1);
    return PRISM_OK;
}

prism_status section_file_open(section_file *f, uint16_t component, bool pread,
                               prs_section *section) {
    prs_id id = {{7}};
    prs_out *out = f->out;
    f->out = NULL;
    PRS_TRY(prs_out_finish(out, NULL, NULL, NULL));
    f->dir->pread = pread;
    PRS_TRY(prs_in_open(f->dir, NAME, PRS_FILE_IDX, &id, 0, NULL, PRS_CHECKSUM_LAZY, &f->in, NULL));
    ck_assert(prs_in_section(f->in, component, PRS_FIELD_NONE, section));
    return PRISM_OK;
}

uint32_t section_file_sweep(section_file *f, prism_status (*use)(prs_in *in, void *ctx),
                            void *ctx) {
    prs_id id = {{7}};
    for (uint32_t at = 1;; at++) {
        fault_dir fault;
        prs_in *in;
        fault_dir_init(&fault, f->dir);
        fault.calls = FAULT_READ;
        fault.base.pread = f->dir->pread = true;
        ck_assert_int_eq(prs_in_open(&fault.base, NAME, PRS_FILE_IDX, &id, 0, NULL,
                                     PRS_CHECKSUM_LAZY, &in, NULL),
                         PRISM_OK);
        fault.n_calls = 0;
        fault.fail_at = at;
        fault.fail_on = true;
        prism_status status = use(in, ctx);
        bool failed = fault.n_failed > 0;
        ck_assert_int_eq(status, failed ? PRISM_EIO : PRISM_OK);
        prs_in_close(in);
        if (!failed) {
            ck_assert_uint_gt(at, 1);
            return at - 1;
        }
    }
}

void section_file_end(section_file *f) {
    prs_out_abandon(f->out);
    prs_in_close(f->in);
    if (f->dir != NULL) f->dir->vt->close_dir(f->dir);
    memset(f, 0, sizeof *f);
}

section_copy section_copy_of(const prs_section *section, size_t len) {
    section_copy copy = {malloc(len + 64), len};
    ck_assert_ptr_nonnull(copy.bytes);
    ck_assert_int_eq(prs_in_touch(section, 0, section->len, NULL), PRISM_OK);
    memcpy(copy.bytes, section->ptr, len);
    memset(copy.bytes + len, 0xee, 64);
    return copy;
}

void section_copy_free(section_copy *copy) {
    free(copy->bytes);
}

void section_copy_damage(section_copy *copy, test_rng *rng) {
    if (copy->len == 0) return;
    size_t at = (size_t)test_rng_below(rng, copy->len);
    if (test_rng_one_in(rng, 2)) at = (size_t)test_rng_below(rng, PRS_MIN(copy->len, (size_t)64));
    size_t n = (size_t)test_rng_below(rng, 8) + 1;
    n = PRS_MIN(n, copy->len - at);
    switch (test_rng_below(rng, 5)) {
    case 0: copy->bytes[at] ^= (uint8_t)(1u << test_rng_below(rng, 8)); break;
    case 1: memset(copy->bytes + at, 0xff, n); break;
    case 2: memset(copy->bytes + at, 0, n); break;
    case 3:
        memmove(copy->bytes + at, copy->bytes + test_rng_below(rng, copy->len - n + 1), n);
        break;
    default: test_rng_fill(rng, copy->bytes + at, n);
    }
}
