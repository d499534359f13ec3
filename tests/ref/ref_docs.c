/* ref_docs.c - what was stored?  (FORMAT.md section 14)
 *
 * Tested by: tests/golden. */
#include <jansson.h>
#include <zstd.h>

#include "ref/ref_parts.h"

#define FRAME_BYTES 65536u
#define DOC_BYTES (17u << 20)

typedef struct entry {
    uint32_t first_doc, unpacked;
    uint64_t off;
} entry;

static entry read_entry(ref_cur *c) {
    entry e;
    e.first_doc = ref_u32(c);
    e.unpacked = ref_u32(c);
    e.off = ref_u64(c);
    return e;
}

static void check_json(const ref_cur *doc) {
    json_t *json = json_loadb((const char *)doc->at, ref_left(doc), JSON_ALLOW_NUL, NULL);
    ref_must(json_is_object(json), "DOCS", "a stored document is a JSON object");
    json_decref(json);
}

static void read_frame(ref_index *ix, const ref_cur *frame, uint32_t unpacked, uint32_t n,
                       ref_cur *docs) {
    ref_must(ZSTD_findFrameCompressedSize(frame->at, ref_left(frame)) == ref_left(frame), "DOCS",
             "frames lie back to back");
    ref_must(ZSTD_getFrameContentSize(frame->at, ref_left(frame)) == unpacked, "DOCS",
             "a frame says its content size, which is that of DOC_INDEX");
    ref_must((frame->at[4] & 4) != 0, "DOCS", "a frame has a content checksum");
    uint8_t *bytes = ref_heap_get(&ix->heap, unpacked);
    ref_must(ZSTD_decompress(bytes, unpacked, frame->at, ref_left(frame)) == unpacked, "DOCS",
             "a frame unpacks to its size");
    ref_cur c = ref_cur_of(bytes, unpacked, "DOCS");
    ref_must(ref_u32(&c) == n, "DOCS", "a frame holds the documents that DOC_INDEX says");
    ref_must(unpacked <= FRAME_BYTES || n == 1, "DOCS", "a frame is small, or one document");
    ref_cur ends = ref_cut(&c, 4 * ((uint64_t)n + 1));
    uint32_t at = ref_u32(&ends);
    ref_must(at == 0, "DOCS", "the first end offset is 0");
    for (uint32_t i = 0; i < n; i++) {
        uint32_t end = ref_u32(&ends);
        ref_must(end >= at, "DOCS", "end offsets ascend");
        docs[i] = ref_cut(&c, end - at);
        check_json(&docs[i]);
        at = end;
    }
    ref_done(&c);
}

const ref_cur *ref_documents(ref_index *ix, const ref_segment *s) {
    ref_cur frames, index;
    if (!ref_file_section(s->doc, REF_DOCS, REF_NO_FIELD, &frames) ||
        !ref_file_section(s->doc, REF_DOC_INDEX, REF_NO_FIELD, &index))
        ref_die(s->doc->name, "has no DOCS or DOC_INDEX");
    ref_cur *docs = ref_heap_get(&ix->heap, s->n_docs * sizeof *docs);
    uint32_t n_frames = ref_u32(&index), largest = ref_u32(&index), met = 0;
    entry e = read_entry(&index);
    ref_must(e.first_doc == 0 && e.off == 0, "DOC_INDEX", "it begins with document 0 at 0");
    for (uint32_t i = 0; i < n_frames; i++) {
        entry next = read_entry(&index);
        ref_must(next.first_doc > e.first_doc && next.first_doc <= s->n_docs, "DOC_INDEX",
                 "every frame holds documents");
        ref_must(next.off > e.off && e.unpacked <= DOC_BYTES, "DOC_INDEX", "frames have sizes");
        ref_cur frame = ref_cut(&frames, next.off - e.off);
        read_frame(ix, &frame, e.unpacked, next.first_doc - e.first_doc, docs + e.first_doc);
        if (e.unpacked > met) met = e.unpacked;
        e = next;
    }
    ref_must(e.first_doc == s->n_docs && e.unpacked == 0, "DOC_INDEX", "its last entry ends it");
    ref_must(largest == met, "DOC_INDEX", "it knows the largest unpacked size");
    ref_done(&index);
    ref_done(&frames);
    const uint64_t *arrivals = ref_arrivals(ix, s);
    ref_cur *by_doc = ref_heap_get(&ix->heap, s->n_docs * sizeof *by_doc);
    for (uint32_t d = 0; d < s->n_docs; d++) by_doc[d] = docs[arrivals[d] - s->arrival_base];
    return by_doc;
}
