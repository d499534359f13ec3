/* fuzz_docstore.c - are stored documents safe on any bytes, decompressor included, and exact?
 *
 *   byte 0   bit 0 edits go to DOC_INDEX, else to DOCS   bit 1 frames packed again after the edits,
 *            so that what is in a frame is damaged and the frame itself is whole
 *            bit 2 the bytes are one frame for the decompressor
 *   then     documents (2), a seed (4), bits of a document's length (1)
 *   rest     edits; or the frame, behind the size it is said to have (3)
 *
 * States    - Damage is ECORRUPT; no frame gives more than it promised before it is unpacked.
 *           - Unedited, every document comes back, in order and at random; so do whole frames, and
 *             a copy made of them. */
#include "fuzz.h"

#include "format/components.h"
#include "format/docstore.h"
#include "format/zstd_frame.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DOCS = 400, MOST_BYTES = 300000 };

typedef struct model {
    uint32_t n_docs;
    size_t from[MOST_DOCS + 1];
    uint8_t *bytes;
} model;

static void make_model(model *m, uint32_t n, uint32_t bits, uint64_t *state) {
    size_t len = 0;
    m->bytes = fuzz_malloc(MOST_BYTES);
    for (m->n_docs = 0; m->n_docs < n; m->n_docs++) {
        size_t size = (size_t)fuzz_some_bits(state, 1 + bits % 17), at = len;
        m->from[m->n_docs] = len;
        if (size > MOST_BYTES - len) break;
        bool noise = fuzz_next(state) % 4 == 0;
        for (; len < at + size; len++)
            m->bytes[len] = (uint8_t)(noise ? fuzz_next(state) : 'a' + (len / 5) % 17);
    }
    m->from[m->n_docs] = len;
}

static prs_bytes doc_of(const model *m, uint32_t doc) {
    return prs_bytes_of(m->bytes + m->from[doc], m->from[doc + 1] - m->from[doc]);
}

static void write_model(const model *m, fuzz_file *file, prs_mem *mem) {
    prs_docstore_writer *dw;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_file_begin(file, mem, PRS_COMPONENT_DOCS);
    fuzz_must(prs_docstore_writer_new(mem, file->out, 1, &dw, &err), &err, "writer");
    for (uint32_t doc = 0; doc < m->n_docs; doc++) prs_docstore_writer_add(dw, doc_of(m, doc));
    fuzz_must(prs_docstore_writer_finish(dw, m->n_docs, &err), &err, "store");
    prs_docstore_writer_free(dw);
    fuzz_file_open(file);
}

static bool good(prism_status status, bool intact) {
    FUZZ_NEED(status == PRISM_OK || (status == PRISM_ECORRUPT && !intact));
    return status == PRISM_OK;
}

static void read_all(const prs_docstore *store, prs_mem *mem, const model *m, bool intact,
                     uint64_t *state) {
    prs_docstore_cursor cursor;
    prs_bytes json;
    uint64_t sum = 0;
    prs_docstore_cursor_init(&cursor, mem);
    for (uint32_t i = 0; i < 2 * m->n_docs; i++) {
        uint32_t doc = i < m->n_docs ? i : (uint32_t)(fuzz_next(state) % m->n_docs);
        if (!good(prs_docstore_get(store, &cursor, doc, &json, NULL), intact)) continue;
        for (size_t k = 0; k < json.len; k++) sum += json.ptr[k];
        if (intact) FUZZ_NEED(prs_bytes_equal(json, doc_of(m, doc)));
    }
    FUZZ_NEED(prs_docstore_get(store, &cursor, m->n_docs, &json, NULL) == PRISM_EINVAL);
    prs_docstore_cursor_fini(&cursor);
    (void)sum;
}

/* What a merge does with frames. */
static void copy_frames(const prs_docstore *store, prs_mem *mem, bool intact) {
    fuzz_file file;
    prs_docstore_writer *dw;
    prism_error err = PRISM_ERROR_INIT;
    uint32_t n_docs = 0;
    bool whole = true;
    fuzz_file_begin(&file, mem, PRS_COMPONENT_DOCS);
    fuzz_must(prs_docstore_writer_new(mem, file.out, 1, &dw, &err), &err, "writer");
    for (uint32_t i = 0; i < store->n_frames && whole; i++) {
        prs_docstore_frame frame;
        whole = good(prs_docstore_frame_get(store, i, &frame, NULL), intact);
        if (!whole) break;
        FUZZ_NEED(frame.first_doc == n_docs && frame.unpacked_len <= PRS_DOCSTORE_MAX_FRAME);
        n_docs += frame.n_docs;
        prs_docstore_writer_add_frame(dw, frame.packed, frame.unpacked_len, frame.n_docs);
    }
    if (whole) {
        FUZZ_NEED(n_docs == store->n_docs);
        fuzz_must(prs_docstore_writer_finish(dw, n_docs, &err), &err, "copy");
    }
    prs_docstore_writer_free(dw);
    fuzz_file_end(&file);
}

/* Unpack frame 0, damage what is in it, pack it again in place of all. */
static void edit_inside(fuzz_input *in, fuzz_copy *docs, fuzz_copy *index, prs_mem *mem,
                        const prs_docstore *store) {
    prs_docstore_frame frame;
    prs_zstd_packer *packer;
    prs_zstd_unpacker *unpacker;
    prism_error err = PRISM_ERROR_INIT;
    bool no_memory;
    prs_buf packed;
    if (store->n_frames != 1) return;
    fuzz_must(prs_docstore_frame_get(store, 0, &frame, &err), &err, "frame");
    size_t len = frame.unpacked_len;
    fuzz_copy inside = {fuzz_malloc(len + 64), len};
    fuzz_must(prs_zstd_unpacker_new(mem, &unpacker, &err), &err, "unpacker");
    fuzz_must(prs_zstd_packer_new(mem, 1, &packer, &err), &err, "packer");
    FUZZ_NEED(prs_zstd_unpack(unpacker, frame.packed, inside.bytes, len, &no_memory));
    (void)fuzz_edit(in, inside.bytes, &inside.len);
    prs_buf_init(&packed, mem);
    fuzz_must(prs_zstd_pack(packer, prs_bytes_of(inside.bytes, len), &packed, &err), &err, "pack");
    fuzz_copy_end(docs);
    *docs = fuzz_copy_of(packed.ptr, packed.len);
    prs_store64(index->bytes + 32, packed.len); /* where the last entry says where DOCS ends */
    prs_buf_fini(&packed);
    prs_zstd_packer_free(packer);
    prs_zstd_unpacker_free(unpacker);
    fuzz_copy_end(&inside);
}

static void try_store(fuzz_input *in, unsigned flags, prs_mem *mem) {
    model m = {0};
    fuzz_file file;
    prs_docstore store;
    uint32_t n = 1 + fuzz_below(in, MOST_DOCS);
    uint64_t state = fuzz_take(in, 4);
    make_model(&m, n, (uint32_t)fuzz_take(in, 1), &state);
    write_model(&m, &file, mem);
    fuzz_copy docs = fuzz_file_copy(&file, PRS_COMPONENT_DOCS),
              index = fuzz_file_copy(&file, PRS_COMPONENT_DOC_INDEX);
    prs_section d = fuzz_copy_section(&docs), i = fuzz_copy_section(&index);
    bool intact = fuzz_left(in) < 5;
    if ((flags & 2) && prs_docstore_open(&store, &d, &i, m.n_docs, NULL) == PRISM_OK)
        edit_inside(in, &docs, &index, mem, &store);
    fuzz_copy *which = flags & 1 ? &index : &docs;
    (void)fuzz_edit(in, which->bytes, &which->len);
    d = fuzz_copy_section(&docs);
    i = fuzz_copy_section(&index);
    if (good(prs_docstore_open(&store, &d, &i, m.n_docs, NULL), intact)) {
        if (m.n_docs > 0) read_all(&store, mem, &m, intact, &state);
        copy_frames(&store, mem, intact);
    }
    fuzz_copy_end(&docs);
    fuzz_copy_end(&index);
    fuzz_file_end(&file);
    free(m.bytes);
}

/* One frame as it is, into exactly the bytes it is said to have. */
static void try_frame(fuzz_input *in, prs_mem *mem) {
    prs_zstd_unpacker *unpacker;
    prism_error err = PRISM_ERROR_INIT;
    bool no_memory = false;
    size_t len = fuzz_take(in, 3) % (1u << 20);
    uint8_t *out = fuzz_malloc(len);
    fuzz_copy packed = fuzz_copy_of(in->at, fuzz_left(in));
    fuzz_must(prs_zstd_unpacker_new(mem, &unpacker, &err), &err, "unpacker");
    bool whole =
        prs_zstd_unpack(unpacker, prs_bytes_of(packed.bytes, packed.len), out, len, &no_memory);
    FUZZ_NEED(!no_memory && (!whole || packed.len >= 5)); /* magic and a header */
    prs_zstd_unpacker_free(unpacker);
    fuzz_copy_end(&packed);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_input in = fuzz_input_of(data, size);
    prs_mem mem;
    unsigned flags = (unsigned)fuzz_take(&in, 1);
    fuzz_mem_begin(&mem);
    if (flags & 4)
        try_frame(&in, &mem);
    else
        try_store(&in, flags, &mem);
    fuzz_mem_end(&mem);
    return 0;
}
