/* spare.c - who keeps a block between two that need it, without a lock?  A few places, each of
 * which has a block or none, exchanged as a whole. */
#include "base/spare.h"

void prs_spares_init(prs_spares *spares, prs_mem *mem, size_t size) {
    spares->mem = mem;
    spares->size = size;
    for (uint32_t i = 0; i < PRS_SPARES; i++) atomic_init(&spares->block[i], NULL);
}

void prs_spares_fini(prs_spares *spares) {
    for (void *block; (block = prs_spares_take(spares)) != NULL;)
        prs_mem_free(spares->mem, block, spares->size);
}

void *prs_spares_take(prs_spares *spares) {
    for (uint32_t i = 0; i < PRS_SPARES; i++) {
        if (atomic_load_explicit(&spares->block[i], memory_order_relaxed) == NULL) continue;
        void *block = atomic_exchange_explicit(&spares->block[i], NULL, memory_order_acquire);
        if (block != NULL) return block;
    }
    return NULL;
}

void prs_spares_give(prs_spares *spares, void *block) {
    for (uint32_t i = 0; i < PRS_SPARES; i++) {
        void *none = NULL;
        if (atomic_load_explicit(&spares->block[i], memory_order_relaxed) != NULL) continue;
        if (atomic_compare_exchange_strong_explicit(&spares->block[i], &none, block,
                                                    memory_order_release, memory_order_relaxed))
            return;
    }
    prs_mem_free(spares->mem, block, spares->size);
}

void *prs_spares_borrow(prs_spares *spares, prs_mem *mem, bool *used) {
    if (!prs_mem_charge(mem, spares->size)) return NULL;
    void *block = prs_spares_take(spares);
    *used = block != NULL;
    if (block == NULL) block = prs_mem_alloc(spares->mem, spares->size);
    if (block == NULL) prs_mem_discharge(mem, spares->size);
    return block;
}

void prs_spares_return(prs_spares *spares, prs_mem *mem, void *block) {
    prs_spares_give(spares, block);
    prs_mem_discharge(mem, spares->size);
}
