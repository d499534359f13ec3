/* fuzz_stops.c - is a set of stop words read safely from any bytes, and exactly?
 *
 *   byte 0   bit 0 bytes as they are, else a set from a seed, written and then edited
 *   then     a seed (4), words (1), the most bytes of a word (1)
 *   rest     bytes; or edits
 *
 * States    - Reading gives ECORRUPT or a set: ascending, distinct, each word found where it is,
 *             nothing else found.
 *           - A set that was read is written in the same bytes.
 *           - The key of a pair says where its words part.
 *           - Unedited, the set comes back. */
#include "fuzz.h"

#include "format/components.h"
#include "format/stops.h"

#include <stdlib.h>
#include <string.h>

static uint8_t room[PRS_STOPS_MAX][PRS_STOP_KEY_MAX];

static int by_key(const void *a, const void *b) {
    return prs_bytes_compare(*(const prs_bytes *)a, *(const prs_bytes *)b);
}

static void make(prs_stops *stops, uint32_t n, uint32_t most, uint64_t *state) {
    prs_bytes keys[PRS_STOPS_MAX];
    for (uint32_t i = 0; i < n; i++) {
        size_t len = 1 + fuzz_next(state) % most;
        for (size_t k = 0; k < len; k++) room[i][k] = (uint8_t)("\1aeth\xff"[fuzz_next(state) % 6]);
        keys[i] = prs_bytes_of(room[i], len);
    }
    qsort(keys, n, sizeof keys[0], by_key);
    stops->n = 0;
    for (uint32_t i = 0; i < n; i++)
        if (stops->n == 0 || !prs_bytes_equal(stops->keys[stops->n - 1], keys[i]))
            stops->keys[stops->n++] = keys[i];
}

static fuzz_copy write_set(const prs_stops *stops, prs_mem *mem) {
    fuzz_file file;
    prs_section section;
    fuzz_file_begin(&file, mem, PRS_COMPONENT_SEGMENT);
    prs_stops_write(stops, 3, file.out);
    fuzz_file_open(&file);
    FUZZ_NEED(prs_in_section(file.in, PRS_COMPONENT_STOP_SET, 3, &section));
    fuzz_copy copy = fuzz_copy_of(section.ptr, (size_t)section.len);
    fuzz_file_end(&file);
    return copy;
}

static void check_pairs(const prs_stops *stops) {
    uint8_t key[PRS_PAIR_KEY_MAX];
    for (uint32_t i = 0; i < stops->n; i++) {
        prs_bytes a = stops->keys[i], b = stops->keys[stops->n - 1 - i];
        FUZZ_NEED(prs_stops_pair(a, b, key) == 1 + a.len + b.len && key[0] == a.len);
        FUZZ_NEED(prs_bytes_equal(prs_bytes_of(key + 1, a.len), a));
        FUZZ_NEED(prs_bytes_equal(prs_bytes_of(key + 1 + a.len, b.len), b));
    }
}

static void check(const prs_stops *stops, const fuzz_copy *copy, prs_mem *mem) {
    FUZZ_NEED(stops->n <= PRS_STOPS_MAX);
    for (uint32_t i = 0; i < stops->n; i++) {
        uint8_t other[PRS_STOP_KEY_MAX + 1];
        prs_bytes key = stops->keys[i];
        FUZZ_NEED(key.len >= 1 && key.len <= PRS_STOP_KEY_MAX);
        FUZZ_NEED(i == 0 || prs_bytes_compare(stops->keys[i - 1], key) < 0);
        FUZZ_NEED(prs_stops_find(stops, key) == i);
        memcpy(other, key.ptr, key.len);
        other[key.len] = 0;
        uint32_t place = prs_stops_find(stops, prs_bytes_of(other, key.len + 1));
        if (place != PRS_STOPS_MAX)
            FUZZ_NEED(prs_bytes_equal(stops->keys[place], prs_bytes_of(other, key.len + 1)));
    }
    FUZZ_NEED(prs_stops_find(stops, prs_bytes_of("", 0)) == PRS_STOPS_MAX);
    check_pairs(stops);
    if (stops->n == 0) return;
    fuzz_copy again = write_set(stops, mem);
    FUZZ_NEED(again.len == copy->len && memcmp(again.bytes, copy->bytes, copy->len) == 0);
    fuzz_copy_end(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    prs_stops stops, read;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    uint64_t state = fuzz_take(&in, 4);
    uint32_t n = 1 + (uint32_t)fuzz_take(&in, 1) % PRS_STOPS_MAX;
    uint32_t most = 1 + (uint32_t)fuzz_take(&in, 1) % PRS_STOP_KEY_MAX;
    bool intact = false;
    fuzz_copy copy;
    fuzz_mem_begin(&mem);
    make(&stops, n, most, &state);
    if (flags & 1) {
        copy = fuzz_copy_of(in.at, fuzz_left(&in));
    } else {
        copy = write_set(&stops, &mem);
        intact = fuzz_edit(&in, copy.bytes, &copy.len) == 0;
    }
    prs_section section = fuzz_copy_section(&copy);
    prism_status status = prs_stops_read(&read, &section, NULL);
    FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && !intact));
    if (status == PRISM_OK) check(&read, &copy, &mem);
    if (intact) FUZZ_NEED(prs_stops_equal(&read, &stops));
    fuzz_copy_end(&copy);
    fuzz_mem_end(&mem);
    return 0;
}
