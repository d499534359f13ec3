/* buf.h - growable bytes with a sticky error, so that encoders read as straight lines.
 *
 * After a failed growth every further put does nothing; check `failed` once at the end. */
#ifndef PRS_BASE_BUF_H
#define PRS_BASE_BUF_H

#include "base/mem.h"

typedef struct prs_buf {
    prs_mem *mem;
    uint8_t *ptr;
    size_t len, cap;
    bool failed;
} prs_buf;

void prs_buf_init(prs_buf *buf, prs_mem *mem);
void prs_buf_fini(prs_buf *buf);
void prs_buf_clear(prs_buf *buf); /* len = 0, failed = false, keeps memory */
/** Make room for n more bytes; false (and failed set) when out of memory. */
bool prs_buf_reserve(prs_buf *buf, size_t n);
/** Room for n bytes counted into len, to be filled by the caller; NULL on failure. */
uint8_t *prs_buf_extend(prs_buf *buf, size_t n);
void prs_buf_put(prs_buf *buf, const void *ptr, size_t n);
void prs_buf_put8(prs_buf *buf, uint8_t v);
void prs_buf_put16(prs_buf *buf, uint16_t v);
void prs_buf_put32(prs_buf *buf, uint32_t v);
void prs_buf_put64(prs_buf *buf, uint64_t v);
void prs_buf_varint(prs_buf *buf, uint64_t v); /* LEB128 */
void prs_buf_zero(prs_buf *buf, size_t n);     /* n zero bytes */
void prs_buf_printf(prs_buf *buf, const char *fmt, ...) PRS_PRINTF(2, 3);
/** PRISM_OK or PRISM_ENOMEM. */
prism_status prs_buf_status(const prs_buf *buf, prism_error *err);

#endif
