/* hash.c - which hash do checksums, fingerprints and tables share, and where do random bytes come
 * from?
 *
 * XXH3 of libxxhash, named here and nowhere else; seeds and ids come from the kernel.
 * Tested by tests/unit/base/test_hash.c */
#include "base/hash.h"

#include "base/error.h"

#include <errno.h>
#include <sys/random.h>
#include <xxhash.h>

uint64_t prs_hash64(const void *ptr, size_t n, uint64_t seed) {
    return XXH3_64bits_withSeed(ptr, n, seed);
}

prs_hash128 prs_hash128_of(const void *ptr, size_t n) {
    XXH128_hash_t h = XXH3_128bits(ptr, n);
    prs_hash128 out = {h.low64, h.high64};
    return out;
}

prism_status prs_random_bytes(void *out, size_t n, prism_error *err) {
    uint8_t *p = out;
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return prs_error_sys(err, errno, NULL, "cannot get random bytes from the kernel");
        }
        p += got;
        n -= (size_t)got;
    }
    return PRISM_OK;
}
