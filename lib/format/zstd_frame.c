/* zstd_frame.c - how is zstd used so that its memory is counted and its input not believed?
 *
 * The one file that includes zstd.h.  Contexts are made with our allocator; its hooks do not pass
 * sizes back, so each block carries its own in front (16 bytes, to keep the alignment).
 * The `advanced` constructors are the only ones that take an allocator; they are declared for
 * static linking but exported by every libzstd since 1.3, which configure checks.
 * Tested by tests/unit/format/test_zstd_frame.c */
#define ZSTD_STATIC_LINKING_ONLY
#include "format/zstd_frame.h"

#include "base/error.h"

#include <zstd.h>
#include <zstd_errors.h>

#define PRS_ZSTD_HEAD ((size_t)16)

struct prs_zstd_packer {
    prs_mem *mem;
    ZSTD_CCtx *context;
};

struct prs_zstd_unpacker {
    prs_mem *mem;
    ZSTD_DCtx *context;
};

static void *counted_alloc(void *mem, size_t n) {
    if (n > SIZE_MAX - PRS_ZSTD_HEAD) return NULL;
    uint8_t *block = prs_mem_alloc(mem, n + PRS_ZSTD_HEAD);
    if (block == NULL) return NULL;
    memcpy(block, &n, sizeof n);
    return block + PRS_ZSTD_HEAD;
}

static void counted_free(void *mem, void *ptr) {
    if (ptr == NULL) return;
    uint8_t *block = (uint8_t *)ptr - PRS_ZSTD_HEAD;
    size_t n;
    memcpy(&n, block, sizeof n);
    prs_mem_free(mem, block, n + PRS_ZSTD_HEAD);
}

static ZSTD_customMem memory_of(prs_mem *mem) {
    ZSTD_customMem custom = {counted_alloc, counted_free, mem};
    return custom;
}

static prism_status failed(size_t result, prism_error *err) {
    if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) return prs_error_nomem(err);
    return prs_error_set(err, PRISM_EINVAL, "zstd: %s", ZSTD_getErrorName(result));
}

prism_status prs_zstd_packer_new(prs_mem *mem, int level, prs_zstd_packer **out, prism_error *err) {
    *out = NULL;
    if (level < 1 || level > 19) return prs_error_set(err, PRISM_EINVAL, "zstd levels are 1 to 19");
    prs_zstd_packer *packer = prs_mem_calloc(mem, 1, sizeof *packer);
    if (packer == NULL) return prs_error_nomem(err);
    packer->mem = mem;
    packer->context = ZSTD_createCCtx_advanced(memory_of(mem));
    if (packer->context == NULL) {
        prs_zstd_packer_free(packer);
        return prs_error_nomem(err);
    }
    size_t set = ZSTD_CCtx_setParameter(packer->context, ZSTD_c_compressionLevel, level);
    if (!ZSTD_isError(set)) set = ZSTD_CCtx_setParameter(packer->context, ZSTD_c_checksumFlag, 1);
    if (ZSTD_isError(set)) {
        prs_zstd_packer_free(packer);
        return failed(set, err);
    }
    *out = packer;
    return PRISM_OK;
}

void prs_zstd_packer_free(prs_zstd_packer *packer) {
    if (packer == NULL) return;
    (void)ZSTD_freeCCtx(packer->context);
    prs_mem_free(packer->mem, packer, sizeof *packer);
}

prism_status prs_zstd_pack(prs_zstd_packer *packer, prs_bytes in, prs_buf *packed,
                           prism_error *err) {
    prs_buf_clear(packed);
    size_t room = ZSTD_compressBound(in.len);
    if (ZSTD_isError(room)) return failed(room, err);
    if (!prs_buf_reserve(packed, room)) return prs_buf_status(packed, err);
    size_t n = ZSTD_compress2(packer->context, packed->ptr, room, in.ptr, in.len);
    if (ZSTD_isError(n)) return failed(n, err);
    packed->len = n;
    return PRISM_OK;
}

prism_status prs_zstd_unpacker_new(prs_mem *mem, prs_zstd_unpacker **out, prism_error *err) {
    *out = NULL;
    prs_zstd_unpacker *unpacker = prs_mem_calloc(mem, 1, sizeof *unpacker);
    if (unpacker == NULL) return prs_error_nomem(err);
    unpacker->mem = mem;
    unpacker->context = ZSTD_createDCtx_advanced(memory_of(mem));
    if (unpacker->context == NULL) {
        prs_zstd_unpacker_free(unpacker);
        return prs_error_nomem(err);
    }
    *out = unpacker;
    return PRISM_OK;
}

void prs_zstd_unpacker_free(prs_zstd_unpacker *unpacker) {
    if (unpacker == NULL) return;
    (void)ZSTD_freeDCtx(unpacker->context);
    prs_mem_free(unpacker->mem, unpacker, sizeof *unpacker);
}

bool prs_zstd_unpack(prs_zstd_unpacker *unpacker, prs_bytes packed, uint8_t *out, size_t out_len,
                     bool *no_memory) {
    *no_memory = false;
    if (ZSTD_getFrameContentSize(packed.ptr, packed.len) != out_len) return false;
    if (ZSTD_findFrameCompressedSize(packed.ptr, packed.len) != packed.len) return false;
    size_t n = ZSTD_decompressDCtx(unpacker->context, out, out_len, packed.ptr, packed.len);
    *no_memory = ZSTD_isError(n) && ZSTD_getErrorCode(n) == ZSTD_error_memory_allocation;
    return !ZSTD_isError(n) && n == out_len;
}
