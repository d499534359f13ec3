/* score_table_kernel.h - the loop of prs_score_table_add, written once; each including file is one
 * vector width.
 *
 * Define PRS_TABLE_KERNEL (the function's name) and PRS_TABLE_BYTES (16, 32 or 64) before
 * including.  An absent score is -0, which adds nothing: only its sign has to be looked at. */
#ifndef PRS_TABLE_KERNEL
#error "define PRS_TABLE_KERNEL and PRS_TABLE_BYTES"
#endif

#include "kernel/select.h"

typedef float prs_table_f32 __attribute__((vector_size(PRS_TABLE_BYTES)));
typedef int32_t prs_table_i32 __attribute__((vector_size(PRS_TABLE_BYTES)));

void PRS_TABLE_KERNEL(const float *table, uint32_t n, float scale, int32_t times, int32_t *slots);

void PRS_TABLE_KERNEL(const float *table, uint32_t n, float scale, int32_t times, int32_t *slots) {
    enum { LANES = PRS_TABLE_BYTES / 4 };
    const prs_table_f32 scales = (prs_table_f32){0} + scale;
    uint32_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        prs_table_f32 score;
        prs_table_i32 bits, slot;
        memcpy(&score, table + i, sizeof score);
        memcpy(&bits, table + i, sizeof bits);
        memcpy(&slot, slots + i, sizeof slot);
        prs_table_i32 units = __builtin_convertvector(score * scales + 0.5f, prs_table_i32);
        slot = (slot + units * times) | (~(bits >> 31) & PRS_SLOT_TAKEN);
        memcpy(slots + i, &slot, sizeof slot);
    }
    for (; i < n; i++) {
        int32_t bits;
        memcpy(&bits, table + i, sizeof bits);
        if (bits < 0) continue;
        slots[i] = (slots[i] + prs_score_units(table[i], scale) * times) | PRS_SLOT_TAKEN;
    }
}
