/* envelope.c - what makes a run of bytes one of our files, whole and the right one?
 *
 *     0                          dir_off            D                   end-64     end
 *     | header | sections ... 0  | directory ... 0  | region table      | footer   |
 *     `------------ regions of 64 KiB, each hashed --'  hash in footer     own hash
 *
 * Invariants  - Every byte of the file is under exactly one hash, so every flipped bit is found.
 *             - Hashes are seeded with id, type and part number: a region moved within a file or
 *               between two files does not match, though its bytes are intact.
 *             - All sizes follow from the footer and must agree with the file's real length, so
 *               that no stored count can ask for more memory than the file is long (R22).
 * Why so      The header's hash is checked before its version: a damaged version byte is damage,
 *             not news from the future.  So the 64 bytes of the header keep their shape in every
 *             version.
 * Source      FORMAT.md section 3; rules R14, R15, R41.   Tested by
 *             tests/unit/store/test_envelope.c */
#include "store/envelope.h"

static const uint8_t magic[8] = {0x89, 0x50, 0x52, 0x53, 0x4d, 0x0d, 0x0a, 0x1a};

#define PRS_MAJOR (PRS_FORMAT >> 16)
#define PRS_MINOR (PRS_FORMAT & 0xffffu)

uint64_t prs_envelope_hash(const prs_header *header, uint64_t r, const void *ptr, size_t n) {
    uint8_t seed[32] = {0};
    memcpy(seed, header->id.bytes, 16);
    seed[16] = (uint8_t)header->type;
    prs_store64(seed + 24, r);
    return prs_hash64(ptr, n, prs_hash64(seed, sizeof seed, 0));
}

void prs_envelope_put_header(uint8_t out[PRS_ENVELOPE_HEADER], const prs_header *header) {
    memset(out, 0, PRS_ENVELOPE_HEADER);
    memcpy(out, magic, sizeof magic);
    out[8] = (uint8_t)header->type;
    out[9] = (uint8_t)PRS_MAJOR;
    prs_store16(out + 10, PRS_MINOR);
    prs_store32(out + 20, header->compatible_flags);
    memcpy(out + 24, header->id.bytes, 16);
    prs_store64(out + 40, header->generation);
    prs_store64(out + 56, prs_envelope_hash(header, PRS_HASH_HEADER, out, 56));
}

prism_status prs_envelope_get_header(const uint8_t in[PRS_ENVELOPE_HEADER], const char *name,
                                     prs_header *header, prism_error *err) {
    if (memcmp(in, magic, sizeof magic) != 0) {
        return prs_error_corrupt(err, name, 0,
                                 "not a file of an index: its first bytes are others");
    }
    header->type = (prs_file_type)in[8];
    memcpy(header->id.bytes, in + 24, 16);
    header->generation = prs_load64(in + 40);
    if (prs_load64(in + 56) != prs_envelope_hash(header, PRS_HASH_HEADER, in, 56)) {
        return prs_error_corrupt(err, name, 0, "the header does not match its checksum");
    }
    if (in[9] > PRS_MAJOR || prs_load32(in + 12) != 0) {
        prs_error_set(err, PRISM_ETOONEW,
                      "written by a newer version of the library (format %u.%u)", in[9],
                      prs_load16(in + 10));
        prs_error_file(err, name);
        return PRISM_ETOONEW;
    }
    if (in[9] < PRS_MAJOR) {
        prs_error_set(err, PRISM_ETOOOLD, "format %u.%u is no longer read", in[9],
                      prs_load16(in + 10));
        prs_error_file(err, name);
        return PRISM_ETOOOLD;
    }
    header->format = (uint32_t)in[9] << 16 | prs_load16(in + 10);
    header->read_only_flags = prs_load32(in + 16);
    header->compatible_flags = prs_load32(in + 20);
    return PRISM_OK;
}

void prs_envelope_put_footer(uint8_t out[PRS_ENVELOPE_FOOTER], const prs_header *header,
                             const prs_footer *footer) {
    memset(out, 0, PRS_ENVELOPE_FOOTER);
    prs_store64(out, footer->dir_off);
    prs_store32(out + 8, footer->n_sections);
    prs_store64(out + 16, footer->covered);
    prs_store32(out + 24, footer->n_regions);
    prs_store32(out + 28, PRS_REGION_LOG2);
    prs_store64(out + 32, footer->len);
    prs_store64(out + 40, footer->table_hash);
    prs_store64(out + 48, prs_envelope_hash(header, PRS_HASH_FOOTER, out, 48));
    for (size_t i = 0; i < sizeof magic; i++) out[56 + i] = (uint8_t)(magic[i] ^ 0xff);
}

/* Do the footer's numbers describe one file of file_len bytes? */
static bool footer_fits(const prs_footer *f, uint32_t region_log2, uint64_t file_len) {
    if (f->len != file_len || region_log2 != PRS_REGION_LOG2) return false;
    if (f->n_sections > PRS_MAX_SECTIONS) return false;
    if (f->dir_off % PRS_ENVELOPE_ALIGN != 0 || f->dir_off <= PRS_ENVELOPE_HEADER) return false;
    if (f->covered > file_len || f->dir_off > f->covered) return false;
    if (f->covered - f->dir_off !=
        prs_envelope_align((uint64_t)f->n_sections * PRS_ENVELOPE_ENTRY)) {
        return false;
    }
    if (f->n_regions != (f->covered + PRS_REGION - 1) >> PRS_REGION_LOG2) return false;
    return file_len - f->covered == (uint64_t)f->n_regions * 8 + PRS_ENVELOPE_FOOTER;
}

prism_status prs_envelope_get_footer(const uint8_t in[PRS_ENVELOPE_FOOTER], const char *name,
                                     const prs_header *header, uint64_t file_len,
                                     prs_footer *footer, prism_error *err) {
    uint64_t at = file_len - PRS_ENVELOPE_FOOTER;
    for (size_t i = 0; i < sizeof magic; i++) {
        if ((in[56 + i] ^ magic[i]) != 0xff) {
            return prs_error_corrupt(err, name, at,
                                     "the file does not end as it should: cut short?");
        }
    }
    if (prs_load64(in + 48) != prs_envelope_hash(header, PRS_HASH_FOOTER, in, 48)) {
        return prs_error_corrupt(err, name, at, "the footer does not match its checksum");
    }
    footer->dir_off = prs_load64(in);
    footer->n_sections = prs_load32(in + 8);
    footer->covered = prs_load64(in + 16);
    footer->n_regions = prs_load32(in + 24);
    footer->len = prs_load64(in + 32);
    footer->table_hash = prs_load64(in + 40);
    if (!footer_fits(footer, prs_load32(in + 28), file_len)) {
        return prs_error_corrupt(err, name, at,
                                 "the footer contradicts itself or the file's length");
    }
    return PRISM_OK;
}
