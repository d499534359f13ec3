/* fuzz_planes.c - can any bytes make the planes of freqs crash, lie, or differ between CPUs?
 *
 *   byte 0   bit 0 bytes as they are, else numbers from a seed, written and then edited
 *   byte 1   n - 1, modulo 128
 *   then     a seed (4), one number in so many is more than 1 (1), bits of a number (1)
 *   rest     bytes; or edits
 *
 * States    - Every CPU level consumes the same bytes, within those that are there, and gives the
 *             same numbers, each at least 1; *all is them ored.
 *           - The bytes behind the end say nothing.
 *           - Unedited, the numbers come back, in the bytes that were planned. */
#include "fuzz.h"

#include "base/cpu.h"
#include "codec/planes.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 128, ROOM = 1200, SPARE = 9 };

/* At each level, with other bytes behind the end each time; what the first one said. */
static size_t decode(const fuzz_copy *copy, uint32_t n, uint32_t *out, uint32_t *all) {
    size_t used = 0;
    bool first = true;
    for (prs_cpu_level level = PRS_CPU_SCALAR; level <= PRS_CPU_NEON; level++) {
        uint32_t numbers[MOST], ored = 0;
        prism_error err = PRISM_ERROR_INIT;
        if (!prs_cpu_supports(level)) continue;
        fuzz_must(prs_cpu_force(level, &err), &err, "cpu");
        memset(copy->bytes + copy->len, first ? 0 : 0xff, 64);
        size_t now = prs_planes_decode(copy->bytes, copy->bytes + copy->len, n, numbers, &ored);
        FUZZ_NEED(now <= copy->len && (first || now == used));
        used = now;
        if (now != 0 && first) {
            memcpy(out, numbers, n * sizeof *out);
            *all = ored;
        }
        if (now != 0) FUZZ_NEED(ored == *all && memcmp(out, numbers, n * sizeof *out) == 0);
        first = false;
    }
    prs_cpu_unforce();
    return used;
}

/* Numbers that came out may go in again, in no more bytes. */
static void check_sound(const uint32_t *numbers, uint32_t n, uint32_t all, size_t used) {
    uint32_t ored = 0, again[MOST], all_again;
    uint8_t bytes[ROOM] = {0};
    for (uint32_t i = 0; i < n; i++) {
        FUZZ_NEED(numbers[i] >= 1);
        ored |= numbers[i];
    }
    FUZZ_NEED(ored == all);
    prs_planes_plan plan = prs_planes_measure(numbers, n);
    FUZZ_NEED(plan.len <= used && plan.len <= ROOM - 64);
    FUZZ_NEED(prs_planes_encode(numbers, n, &plan, bytes) == plan.len);
    FUZZ_NEED(prs_planes_decode(bytes, bytes + plan.len, n, again, &all_again) == plan.len);
    FUZZ_NEED(all_again == all && memcmp(again, numbers, n * sizeof *numbers) == 0);
}

static fuzz_copy write_numbers(uint32_t *numbers, uint32_t n, uint32_t rare, uint32_t bits,
                               uint64_t *state) {
    uint8_t *bytes = fuzz_malloc(ROOM);
    for (uint32_t i = 0; i < n; i++) {
        numbers[i] = 1;
        while (numbers[i] < 10 && fuzz_next(state) % (rare + 1) == 0) numbers[i]++;
        if (fuzz_next(state) % 50 == 0) numbers[i] = 1 + (uint32_t)fuzz_some_bits(state, bits) / 2;
    }
    prs_planes_plan plan = prs_planes_measure(numbers, n);
    FUZZ_NEED(plan.len + SPARE <= ROOM);
    FUZZ_NEED(prs_planes_encode(numbers, n, &plan, bytes) == plan.len);
    fuzz_copy copy = fuzz_copy_of(bytes, plan.len);
    free(bytes);
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    uint32_t numbers[MOST], out[MOST], all = 0;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    uint32_t n = 1 + (uint32_t)fuzz_take(&in, 1) % MOST;
    uint64_t state = fuzz_take(&in, 4);
    uint32_t rare = (uint32_t)fuzz_take(&in, 1), bits = 1 + (uint32_t)fuzz_take(&in, 1) % 32;
    bool intact = false;
    fuzz_copy copy;
    if (flags & 1) {
        copy = fuzz_copy_of(in.at, fuzz_left(&in));
    } else {
        copy = write_numbers(numbers, n, rare, bits, &state);
        intact = fuzz_edit(&in, copy.bytes, &copy.len) == 0;
    }
    size_t used = decode(&copy, n, out, &all);
    if (used != 0) check_sound(out, n, all, used);
    if (intact) FUZZ_NEED(used == copy.len && memcmp(out, numbers, n * sizeof *out) == 0);
    fuzz_copy_end(&copy);
    return 0;
}
