/* frames.c - how are frames packed beside the thread that writes them?
 *
 * Structure   a ring of frames; a packer for each worker, made when it packs its first
 * Invariants  A frame's bytes follow from what was put into it alone: a packer keeps nothing from
 *             one frame to the next.  So which worker packs it does not matter.
 * Tested by   tests/unit/format/test_frames.c, test_docstore.c */
#include "format/frames.h"

#include "base/error.h"
#include "format/zstd_frame.h"

typedef struct frame_slot {
    prs_frames *owner;
    prs_task task;
    prs_frame frame;
} frame_slot;

struct prs_frames {
    prs_mem *mem;
    prs_pool *pool;
    prs_zstd_packer **packers; /* by worker; NULL until it packs */
    uint32_t n_workers, n_slots;
    int level;
    frame_slot *slots;
    uint32_t first, n;
};

static void pack(void *ctx, uint32_t worker) {
    frame_slot *slot = ctx;
    prs_frame *frame = &slot->frame;
    prs_frames *frames = slot->owner;
    prs_zstd_packer **packer = &frames->packers[worker];
    frame->status =
        *packer != NULL ? PRISM_OK : prs_zstd_packer_new(frames->mem, frames->level, packer, NULL);
    if (frame->status != PRISM_OK) return;
    prs_bytes in = prs_bytes_of(frame->unpacked.ptr, frame->unpacked.len);
    frame->status = prs_zstd_pack(*packer, in, &frame->packed, NULL);
}

prism_status prs_frames_new(prs_mem *mem, prs_pool *pool, uint32_t n_workers, int level,
                            prs_frames **out, prism_error *err) {
    *out = NULL;
    prs_frames *f = prs_mem_calloc(mem, 1, sizeof *f);
    if (f == NULL) return prs_error_nomem(err);
    f->mem = mem;
    f->pool = pool;
    f->n_workers = n_workers;
    f->n_slots = 2 * n_workers;
    f->level = level;
    f->packers = prs_mem_calloc(mem, n_workers, sizeof(prs_zstd_packer *));
    f->slots = prs_mem_calloc(mem, f->n_slots, sizeof *f->slots);
    for (uint32_t i = 0; f->slots != NULL && i < f->n_slots; i++) {
        frame_slot *slot = &f->slots[i];
        slot->owner = f;
        slot->task = (prs_task){.run = pack, .ctx = slot, .n_workers = n_workers};
        prs_buf_init(&slot->frame.unpacked, mem);
        prs_buf_init(&slot->frame.packed, mem);
    }
    if (f->packers == NULL || f->slots == NULL) {
        prs_frames_free(f);
        return prs_error_nomem(err);
    }
    *out = f;
    return PRISM_OK;
}

static frame_slot *slot_at(const prs_frames *f, uint32_t i) {
    return &f->slots[(f->first + i) % f->n_slots];
}

void prs_frames_free(prs_frames *f) {
    if (f == NULL) return;
    for (uint32_t i = f->n; i-- > 0;) prs_pool_take_back(f->pool, &slot_at(f, i)->task);
    for (uint32_t i = 0; f->packers != NULL && i < f->n_workers; i++)
        prs_zstd_packer_free(f->packers[i]);
    for (uint32_t i = 0; f->slots != NULL && i < f->n_slots; i++) {
        prs_buf_fini(&f->slots[i].frame.unpacked);
        prs_buf_fini(&f->slots[i].frame.packed);
    }
    prs_mem_free(f->mem, f->packers, f->n_workers * sizeof(prs_zstd_packer *));
    prs_mem_free(f->mem, f->slots, f->n_slots * sizeof *f->slots);
    prs_mem_free(f->mem, f, sizeof *f);
}

bool prs_frames_is_full(const prs_frames *f) {
    return f->n == f->n_slots;
}

bool prs_frames_any(const prs_frames *f) {
    return f->n > 0;
}

bool prs_frames_is_oldest_done(prs_frames *f) {
    return f->n > 0 && prs_pool_is_done(f->pool, &slot_at(f, 0)->task);
}

prs_frame *prs_frames_next(prs_frames *f) {
    PRS_ASSERT(!prs_frames_is_full(f));
    return &slot_at(f, f->n)->frame;
}

void prs_frames_submit(prs_frames *f) {
    PRS_ASSERT(!prs_frames_is_full(f));
    prs_pool_submit(f->pool, &slot_at(f, f->n++)->task);
}

const prs_frame *prs_frames_oldest(prs_frames *f) {
    PRS_ASSERT(f->n > 0);
    prs_pool_wait(f->pool, &slot_at(f, 0)->task);
    return &slot_at(f, 0)->frame;
}

void prs_frames_drop_oldest(prs_frames *f) {
    PRS_ASSERT(f->n > 0);
    f->first = (f->first + 1) % f->n_slots;
    f->n--;
}

size_t prs_frames_bytes(const prs_frames *f) {
    size_t sum = sizeof *f;
    for (uint32_t i = 0; i < f->n_slots; i++)
        sum += sizeof f->slots[i] + f->slots[i].frame.unpacked.cap + f->slots[i].frame.packed.cap;
    return sum;
}
