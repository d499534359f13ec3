/* stops.c - which words of a field have lists of pairs?
 *
 *   STOP_SET   u16 n | u16 length, term key | ...
 *
 * Source      FORMAT.md section 10.   Tested by tests/unit/format/test_stops.c */
#include "format/stops.h"

#include "base/cur.h"
#include "format/components.h"

prism_status prs_stops_read(prs_stops *stops, const prs_section *section, prism_error *err) {
    stops->n = 0;
    if (section->len == 0) return PRISM_OK;
    PRS_TRY(prs_in_touch(section, 0, section->len, err));
    prs_cur c = prs_cur_of(section->ptr, (size_t)section->len);
    uint32_t n = prs_cur_16(&c);
    bool sound = n >= 1 && n <= PRS_STOPS_MAX;
    for (uint32_t i = 0; i < n && sound; i++) {
        size_t len = prs_cur_16(&c);
        stops->keys[i] = prs_bytes_of(prs_cur_take(&c, len), len);
        sound = !c.bad && len >= 1 && len <= PRS_STOP_KEY_MAX &&
                (i == 0 || prs_bytes_compare(stops->keys[i - 1], stops->keys[i]) < 0);
    }
    if (!sound || c.at != c.end)
        return prs_section_corrupt(section, section->ptr, err, "set of stop words is unsound");
    stops->n = n;
    return PRISM_OK;
}

void prs_stops_write(const prs_stops *stops, uint16_t field, prs_out *out) {
    uint8_t number[2];
    PRS_ASSERT(stops->n >= 1 && stops->n <= PRS_STOPS_MAX);
    prs_out_section(out, PRS_COMPONENT_STOP_SET, field, PRS_COMPONENT_VERSION);
    prs_store16(number, (uint16_t)stops->n);
    prs_out_write(out, number, sizeof number);
    for (uint32_t i = 0; i < stops->n; i++) {
        prs_store16(number, (uint16_t)stops->keys[i].len);
        prs_out_write(out, number, sizeof number);
        prs_out_write(out, stops->keys[i].ptr, stops->keys[i].len);
    }
}

bool prs_stops_may(prs_bytes key) {
    return key.len >= 2 && key.len <= PRS_STOP_KEY_MAX && key.ptr[0] == 1 && key.ptr[1] >= 'a' &&
           key.ptr[1] <= 'z';
}

uint32_t prs_stops_find(const prs_stops *stops, prs_bytes key) {
    uint32_t low = 0, high = stops->n;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        int c = prs_bytes_compare(stops->keys[mid], key);
        if (c == 0) return mid;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return PRS_STOPS_MAX;
}

bool prs_stops_equal(const prs_stops *a, const prs_stops *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++) {
        if (!prs_bytes_equal(a->keys[i], b->keys[i])) return false;
    }
    return true;
}

uint32_t prs_stops_pair(prs_bytes first, prs_bytes second, uint8_t out[PRS_PAIR_KEY_MAX]) {
    PRS_ASSERT(first.len <= PRS_STOP_KEY_MAX && second.len <= PRS_STOP_KEY_MAX);
    out[0] = (uint8_t)first.len;
    memcpy(out + 1, first.ptr, first.len);
    memcpy(out + 1 + first.len, second.ptr, second.len);
    return (uint32_t)(1 + first.len + second.len);
}
