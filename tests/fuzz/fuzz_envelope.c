/* fuzz_envelope.c - is every file that is not whole and right refused, and can none crash the
 * reader?
 *
 *   byte 0   bits 0-1 checksums: 0 lazy, 1 eager, 2 and 3 off   bit 2 read with pread
 *            bit 3 hashes made right after the edits   bit 4 bytes as they are   bit 5 the length
 *            and digest of the whole file are known, as from a manifest
 *   then     a seed (4), sections (1), bits of their lengths (1)
 *   rest     bytes; or edits
 *
 * States    - A file that differs by one bit from what was written is refused by eager opening, and
 *             by prs_in_verify_all; lazily, a section that prs_in_touch lets pass is what was
 *             written.
 *           - Sections lie in the file.  No error but ECORRUPT, ETOONEW, ETOOOLD.
 *           - Unedited, all sections come back. */
#include "fuzz.h"

#include "store/envelope.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SECTIONS = 9 };

static const char name[] = "00000000000000000000000000000007.idx";

typedef struct file {
    uint8_t *bytes;
    size_t len;
    prs_hash128 digest;
} file;

static void put_section(prs_out *out, uint32_t i, uint32_t bits, uint64_t *state) {
    uint64_t len = fuzz_some_bits(state, 1 + bits % 18), at = 0;
    uint8_t piece[256];
    prs_out_section(out, (uint16_t)(1 + i % 5), (uint16_t)(i / 5), 1);
    for (; at < len; at += sizeof piece) {
        memset(piece, (int)(fuzz_next(state) & 0xff), sizeof piece);
        prs_out_write(out, piece, (size_t)PRS_MIN(len - at, (uint64_t)sizeof piece));
    }
}

static file make_file(uint32_t n, uint32_t bits, uint64_t *state, prs_mem *mem) {
    prs_id id = {{7}};
    prs_dir *dir;
    prs_out *out;
    prs_view view;
    file f = {0};
    uint64_t len;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_must(prs_dir_mem_new(mem, &dir, &err), &err, "directory");
    fuzz_must(prs_out_open(dir, name, PRS_FILE_IDX, &id, 3, &out, &err), &err, "out");
    for (uint32_t i = 0; i < n; i++) put_section(out, i, bits, state);
    fuzz_must(prs_out_finish(out, &len, &f.digest, &err), &err, "finish");
    fuzz_must(dir->vt->view_open(dir, name, &view, &err), &err, "view");
    f.len = (size_t)view.len;
    FUZZ_NEED(f.len == len);
    f.bytes = fuzz_malloc(f.len);
    memcpy(f.bytes, view.ptr, f.len);
    dir->vt->view_close(dir, &view);
    dir->vt->close_dir(dir);
    return f;
}

static prs_dir *lay_out(const uint8_t *bytes, size_t len, prs_mem *mem) {
    prs_dir *dir;
    prs_file *out;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_must(prs_dir_mem_new(mem, &dir, &err), &err, "directory");
    fuzz_must(dir->vt->create(dir, name, &out, &err), &err, "create");
    fuzz_must(dir->vt->write(dir, out, bytes, len, &err), &err, "write");
    fuzz_must(dir->vt->close(dir, out, &err), &err, "close");
    return dir;
}

/* Hashes as a writer of these bytes would have made them. */
static void mend(uint8_t *bytes, size_t len) {
    if (len < 128) return;
    prs_header header = {.type = (prs_file_type)bytes[8]};
    memcpy(header.id.bytes, bytes + 24, 16);
    prs_store64(bytes + 56, prs_envelope_hash(&header, PRS_HASH_HEADER, bytes, 56));
    uint8_t *footer = bytes + len - 64;
    uint64_t covered = prs_load64(footer + 16), n = (covered + PRS_REGION - 1) >> PRS_REGION_LOG2;
    if (covered <= len - 64 && n <= (len - 64 - covered) / 8) {
        for (uint64_t r = 0; r < n; r++) {
            uint64_t off = r << PRS_REGION_LOG2, left = covered - off;
            size_t size = (size_t)PRS_MIN(left, (uint64_t)PRS_REGION);
            prs_store64(bytes + covered + 8 * r, prs_envelope_hash(&header, r, bytes + off, size));
        }
        prs_store64(footer + 40,
                    prs_envelope_hash(&header, PRS_HASH_TABLE, bytes + covered, (size_t)n * 8));
    }
    prs_store64(footer + 48, prs_envelope_hash(&header, PRS_HASH_FOOTER, footer, 48));
}

/* `was`: the file as written, for what lazy reading lets pass; NULL where hashes say nothing. */
static void read_sections(prs_in *in, const file *was, size_t len) {
    prs_section section;
    uint16_t component, field;
    uint64_t sum = 0;
    for (uint32_t i = 0; prs_in_entry(in, i, &component, &field, &section); i++) {
        FUZZ_NEED(section.offset <= len && section.len <= len - section.offset);
        prism_status status = prs_in_touch(&section, 0, section.len, NULL);
        FUZZ_NEED(status == PRISM_OK || status == PRISM_ECORRUPT);
        if (status != PRISM_OK) continue;
        for (uint64_t k = 0; k < section.len; k += 61) sum += section.ptr[k];
        if (was == NULL) continue;
        FUZZ_NEED(section.offset + section.len <= was->len);
        FUZZ_NEED(section.len == 0 ||
                  memcmp(section.ptr, was->bytes + section.offset, (size_t)section.len) == 0);
    }
    (void)prs_in_section(in, 3, 1, &section);
    (void)sum;
}

static void use(const uint8_t *bytes, size_t len, unsigned flags, const file *was, prs_mem *mem) {
    prs_id id = {{7}};
    prs_in *in;
    prism_error err = PRISM_ERROR_INIT;
    unsigned mode = flags & 3;
    bool same = was != NULL && was->len == len && memcmp(was->bytes, bytes, len) == 0;
    bool known = was != NULL && (flags & 32) != 0;
    prs_dir *dir = lay_out(bytes, len, mem);
    dir->pread = (flags & 4) != 0;
    prism_status status =
        prs_in_open(dir, name, PRS_FILE_IDX, &id, known ? was->len : 0, known ? &was->digest : NULL,
                    mode > 1 ? PRS_CHECKSUM_OFF : (prs_checksum_mode)mode, &in, &err);
    if (status == PRISM_OK) {
        bool hashed = was != NULL && (flags & 8) == 0;
        if (hashed && mode == 1) FUZZ_NEED(same);
        if (known && mode == 1) /* the zeros of the footer are under no other hash than its own */
            FUZZ_NEED(was->len == len && memcmp(was->bytes, bytes, len - 64) == 0);
        read_sections(in, hashed && mode == 0 ? was : NULL, len);
        status = prs_in_verify_all(in, &err);
        if (hashed || same) FUZZ_NEED((status == PRISM_OK) == same);
        FUZZ_NEED(prs_in_len(in) == len);
        prs_in_close(in);
    } else {
        FUZZ_NEED(status == PRISM_ECORRUPT || status == PRISM_ETOONEW || status == PRISM_ETOOOLD);
        FUZZ_NEED(!same);
    }
    dir->vt->close_dir(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    fuzz_mem_begin(&mem);
    if (flags & 16) {
        fuzz_copy copy = fuzz_copy_of(in.at, fuzz_left(&in));
        if (flags & 8) mend(copy.bytes, copy.len);
        use(copy.bytes, copy.len, flags & ~32u, NULL, &mem);
        fuzz_copy_end(&copy);
    } else {
        uint64_t state = fuzz_take(&in, 4);
        uint32_t n = (uint32_t)fuzz_take(&in, 1) % MOST_SECTIONS;
        file was = make_file(n, (uint32_t)fuzz_take(&in, 1), &state, &mem);
        fuzz_copy copy = fuzz_copy_of(was.bytes, was.len);
        (void)fuzz_edit(&in, copy.bytes, &copy.len);
        if (flags & 8) mend(copy.bytes, copy.len);
        use(copy.bytes, copy.len, flags, &was, &mem);
        fuzz_copy_end(&copy);
        free(was.bytes);
    }
    fuzz_mem_end(&mem);
    return 0;
}
