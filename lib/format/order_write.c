/* order_write.c - how are arrival numbers written down?
 *
 * Source: FORMAT.md section 12.  Tested by tests/unit/format/test_order.c */
#include "codec/bits.h"
#include "format/order.h"

#define GROUP 64u /* values at once: a whole number of bytes whatever their width */

prism_status prs_order_write(prs_out *out, const uint32_t *arrivals, uint32_t n_docs,
                             prism_error *err) {
    uint32_t width = n_docs > 0 ? prs_bit_width32(n_docs - 1) : 0;
    uint8_t head[8] = {(uint8_t)width};
    prs_out_write(out, head, sizeof head);
    for (uint32_t doc = 0; doc < n_docs; doc += GROUP) {
        uint8_t bytes[GROUP * 4 + 16] = {0};
        uint32_t n = PRS_MIN(n_docs - doc, GROUP);
        for (uint32_t i = 0; i < n; i++)
            prs_bits_store(bytes, (uint64_t)i * width, width, arrivals[doc + i]);
        prs_out_write(out, bytes, (size_t)prs_bits_bytes(n, width));
    }
    return prs_out_status(out, err);
}
