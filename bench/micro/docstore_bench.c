/* docstore_bench.c - what does each zstd level cost the stored documents, and what does it save?
 *
 *     docstore_bench [--json] [--rounds N] [--only TEXT] [FILE]
 *
 * Structure   Frames of 64 KiB, as the document store makes them, of FILE (up to 8 MiB, NDJSON say)
 *             or of 2 MiB of the generated corpus; a way for each level.  Bytes of text a second,
 *             packing and unpacking, and the share of the text that is left.  Generated words
 *             compress less well than articles: their order says nothing.
 * Invariants  Every frame is unpacked and compared before it is timed. */
#include "micro.h"

#include "../zipf.h"
#include "format/docstore.h"
#include "format/zstd_frame.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_BYTES = 8 << 20,
    GENERATED = 2 << 20,
    MAX_FRAMES = MAX_BYTES / (64 << 10),
    N_LEVELS = 6
};

static const int levels[N_LEVELS] = {1, 2, PRS_DOCSTORE_LEVEL, 6, 9, 15};
static uint8_t text[MAX_BYTES], unpacked[PRS_DOCSTORE_FRAME];
static size_t len, n_frames;

typedef struct at_level {
    prs_zstd_packer *packer;
    prs_zstd_unpacker *unpacker;
    prs_buf frames[MAX_FRAMES], scratch;
    size_t packed; /* bytes of all */
} at_level;

static prs_mem mem;
static at_level stores[N_LEVELS];

static prs_bytes frame(size_t i) {
    return prs_bytes_of(text + i * PRS_DOCSTORE_FRAME, PRS_DOCSTORE_FRAME);
}

static uint64_t pack(void *ctx) {
    at_level *at = ctx;
    uint64_t n = 0;
    for (size_t i = 0; i < n_frames; i++) {
        micro_need(prs_zstd_pack(at->packer, frame(i), &at->scratch, NULL) == PRISM_OK, "packing");
        n += at->scratch.len;
    }
    return n;
}

static uint64_t unpack(void *ctx) {
    at_level *at = ctx;
    for (size_t i = 0; i < n_frames; i++) {
        bool no_memory;
        prs_bytes packed = prs_bytes_of(at->frames[i].ptr, at->frames[i].len);
        micro_need(prs_zstd_unpack(at->unpacker, packed, unpacked, PRS_DOCSTORE_FRAME, &no_memory),
                   "unpacking");
    }
    return unpacked[0];
}

static void open_level(at_level *at, int level) {
    micro_need(prs_zstd_packer_new(&mem, level, &at->packer, NULL) == PRISM_OK &&
                   prs_zstd_unpacker_new(&mem, &at->unpacker, NULL) == PRISM_OK,
               "out of memory");
    prs_buf_init(&at->scratch, &mem);
    for (size_t i = 0; i < n_frames; i++) {
        bool no_memory;
        prs_buf_init(&at->frames[i], &mem);
        micro_need(prs_zstd_pack(at->packer, frame(i), &at->frames[i], NULL) == PRISM_OK,
                   "packing");
        at->packed += at->frames[i].len;
        prs_bytes packed = prs_bytes_of(at->frames[i].ptr, at->frames[i].len);
        micro_need(prs_zstd_unpack(at->unpacker, packed, unpacked, PRS_DOCSTORE_FRAME,
                                   &no_memory) &&
                       memcmp(unpacked, frame(i).ptr, PRS_DOCSTORE_FRAME) == 0,
                   "a frame was not read back");
    }
}

static void close_level(at_level *at) {
    for (size_t i = 0; i < n_frames; i++) prs_buf_fini(&at->frames[i]);
    prs_buf_fini(&at->scratch);
    prs_zstd_unpacker_free(at->unpacker);
    prs_zstd_packer_free(at->packer);
}

static void read_text(const char *path) {
    if (path != NULL) {
        FILE *file = fopen(path, "rb");
        micro_need(file != NULL, "docstore_bench: the file cannot be read");
        len = fread(text, 1, sizeof text, file);
        fclose(file);
    } else {
        zipf_options options = ZIPF_OPTIONS_INIT;
        zipf *z = zipf_new(&options);
        micro_need(z != NULL, "out of memory");
        for (uint64_t i = 0; len < GENERATED; i++) len += zipf_document(z, i, (char *)text + len);
        zipf_free(z);
    }
    n_frames = len / PRS_DOCSTORE_FRAME;
    micro_need(n_frames > 0, "docstore_bench: at least 64 KiB of text are needed");
}

int main(int argc, char **argv) {
    static char names[N_LEVELS][16];
    micro_way packing[N_LEVELS], unpacking[N_LEVELS];
    micro_frame m;
    if (!micro_begin(&m, "docstore", &argc, argv) || argc > 2) return 2;
    prs_mem_init(&mem, NULL);
    read_text(argc > 1 ? argv[1] : NULL);
    double bytes = (double)n_frames * PRS_DOCSTORE_FRAME;
    for (size_t l = 0; l < N_LEVELS; l++) {
        open_level(&stores[l], levels[l]);
        snprintf(names[l], sizeof names[l], "level %d", levels[l]);
        packing[l] = (micro_way){names[l], pack, NULL, &stores[l], bytes};
        unpacking[l] = (micro_way){names[l], unpack, NULL, &stores[l], bytes};
    }
    micro_compare(&m, "pack", "B", packing, N_LEVELS);
    micro_compare(&m, "unpack", "B", unpacking, N_LEVELS);
    for (size_t l = 0; l < N_LEVELS; l++) {
        micro_value(&m, "left of the text", names[l], "share", (double)stores[l].packed / bytes);
        close_level(&stores[l]);
    }
    return micro_end(&m);
}
