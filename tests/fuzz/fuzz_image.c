/* fuzz_image.c - which index do the programs damage that open whole ones?
 *
 * The index is made afresh, the same every time (ids from a seed): so an input means the same as
 * long as the format is the same.  After the edits, hashes can be recomputed bottom up: regions,
 * tables, footers, headers, then the digests in the manifest, then its own: what a hostile writer
 * would do, and the way past the checksums into the decoders. */
#include "fuzz_image.h"

#include "index/core.h"
#include "write/writer.h"
#include "store/envelope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the index ------------------------------------------------------------------------------- */

static const char own_schema[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":"
                                 "\"keyword\"},{\"name\":\"title\",\"type\":\"text\",\"boost\":2},"
                                 "{\"name\":\"body\",\"type\":\"text\"},{\"name\":\"tags\","
                                 "\"type\":\"keyword\",\"many\":true,\"column\":true},"
                                 "{\"name\":\"n\",\"type\":\"i64\"}]}";

static prism_status add_file(void *ctx, const char *name) {
    fuzz_image *im = ctx;
    if (strcmp(name, "write.lock") == 0) return PRISM_OK;
    if (im->n == FUZZ_FILES) fuzz_fail("more files than there is room for", NULL);
    snprintf(im->files[im->n++].name, sizeof im->files[0].name, "%s", name);
    return PRISM_OK;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const fuzz_image_file *)a)->name, ((const fuzz_image_file *)b)->name);
}

static void copy_out(prs_dir *dir, fuzz_image *im) {
    prism_error err = PRISM_ERROR_INIT;
    fuzz_must(dir->vt->list(dir, add_file, im, &err), &err, "list");
    qsort(im->files, im->n, sizeof im->files[0], by_name);
    for (size_t i = 0; i < im->n; i++) {
        fuzz_image_file *f = &im->files[i];
        prs_view view;
        fuzz_must(dir->vt->view_open(dir, f->name, &view, &err), &err, "view");
        f->len = (size_t)view.len;
        f->bytes = malloc(f->len);
        if (f->bytes == NULL) fuzz_fail("out of memory", NULL);
        memcpy(f->bytes, view.ptr, f->len);
        dir->vt->view_close(dir, &view);
    }
}

static void put_one(prism_writer *writer, uint32_t i, bool many) {
    static const char *const words[] = {"chip",  "cloud", "数据",     "the",
                                        "wi-fi", "C++",   "数据中心", "power"};
    char json[1024];
    prism_error err = PRISM_ERROR_INIT;
    int n = many ? snprintf(json, sizeof json, "{\"id\":\"%u\",\"body\":\"a%s%s\"}", i,
                            i % 3 ? " b b" : "", i % 100 ? "" : " c")
                 : snprintf(json, sizeof json,
                            "{\"id\":\"k%u\",\"title\":\"%s %s\",\"body\":\"%s%s and %s the chip "
                            "%s, %s %s %s\",\"tags\":[\"t%u\",\"u\"],"
                            "\"n\":%d}",
                            i, words[i % 8], words[i / 2 % 8], words[i * 7 % 8], words[i * 3 % 8],
                            words[i * 5 % 7], words[i / 3 % 8], words[i % 5], words[i % 3],
                            words[i % 6], i % 4, (int)i * 1000 - 7000);
    fuzz_must(prism_writer_put_json(writer, json, (size_t)n, 0, &err), &err, "put");
}

/* 150 documents in two segments, merged by n, and 50 behind them, with pairs in all. */
static void put_ordered(prism_writer *writer) {
    static const char *const words[] = {"the", "of", "a", "to", "chip", "power"};
    prism_error err = PRISM_ERROR_INIT;
    uint64_t state = 5;
    for (uint32_t i = 0; i < 200; i++) {
        char json[512];
        int n =
            snprintf(json, sizeof json, "{\"id\":\"k%u\",\"n\":%u,\"tags\":[\"t%u\"],\"body\":\"",
                     i, i * 37 % 101, i % 9);
        for (uint64_t k = fuzz_next(&state) % 12; k > 0; k--)
            n += snprintf(json + n, 16, "%s ", words[fuzz_next(&state) % 6]);
        n += snprintf(json + n, 16, "\"}");
        fuzz_must(prism_writer_put_json(writer, json, (size_t)n, 0, &err), &err, "put");
        if (i == 70 || i == 149)
            fuzz_must(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
        if (i == 149) fuzz_must(prism_writer_merge(writer, 1, NULL, NULL, &err), &err, "merge");
    }
    fuzz_must(prism_writer_commit(writer, NULL, 0, NULL, &err), &err, "commit");
}

static void put_all(prism_writer *writer, bool many) {
    prism_error err = PRISM_ERROR_INIT;
    uint32_t n = many ? 4500 : 60, step = many ? n : 25;
    for (uint32_t i = 0; i < n; i++) {
        put_one(writer, i, many);
        if (i % step == step - 1)
            fuzz_must(prism_writer_commit(writer, "payload", 7, NULL, &err), &err, "commit");
    }
}

void fuzz_image_make(fuzz_image *im, fuzz_image_kind kind) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prs_writer_options options = {.memory = PRS_WRITER_MIN_MEMORY,
                                  .keep_commits = 1,
                                  .max_segments = PRISM_NO_MERGE,
                                  .stop_tokens = kind == FUZZ_IMAGE_ORDERED ? 1 : 0,
                                  .reorder_text = kind == FUZZ_IMAGE_ORDERED ? "n" : NULL,
                                  .id_seed = 7};
    const prs_id uuid = {{1, 2, 3}};
    prs_core *core;
    prism_schema *schema;
    prism_writer *writer;
    fuzz_must(prism_schema_from_json(own_schema, sizeof own_schema - 1, &schema, &err), &err,
              "schema");
    fuzz_must(prs_core_new(&opts, &core, &err), &err, "core");
    fuzz_must(prs_dir_mem_new(&core->mem, &core->dir, &err), &err, "directory");
    fuzz_must(prs_core_make(core, schema, &uuid, &err), &err, "make");
    fuzz_must(prs_writer_open(core, &options, &writer, &err), &err, "writer");
    bool many = kind == FUZZ_IMAGE_MANY;
    if (kind == FUZZ_IMAGE_ORDERED)
        put_ordered(writer);
    else
        put_all(writer, many);
    for (uint32_t i = 0; i < (many ? 4500 : 60); i += 11) {
        char key[16];
        int len = snprintf(key, sizeof key, many ? "%u" : "k%u", i);
        fuzz_must(prism_writer_delete(writer, key, (size_t)len, NULL, &err), &err, "delete");
    }
    fuzz_must(prism_writer_commit(writer, "payload", 7, NULL, &err), &err, "commit");
    prism_writer_close(writer);
    copy_out(core->dir, im);
    prs_core_unref(core);
    prism_schema_unref(schema);
}

/* ---- edits ----------------------------------------------------------------------------------- */

fuzz_image fuzz_image_copy(const fuzz_image *from) {
    fuzz_image im = *from;
    for (size_t i = 0; i < im.n; i++) {
        im.files[i].bytes = malloc(from->files[i].len);
        if (im.files[i].bytes == NULL) fuzz_fail("out of memory", NULL);
        memcpy(im.files[i].bytes, from->files[i].bytes, from->files[i].len);
    }
    return im;
}

void fuzz_image_end(fuzz_image *im) {
    for (size_t i = 0; i < im->n; i++) free(im->files[i].bytes);
}

/* Start and length of part `which` of a file: its sections, then header, directory, tail. */
static size_t part_of(const fuzz_image_file *f, uint8_t which, size_t *len) {
    const uint8_t *footer = f->bytes + f->len - 64;
    *len = f->len;
    if (f->len < 128) return 0;
    uint64_t dir_off = prs_load64(footer);
    uint32_t n = prs_load32(footer + 8);
    if (dir_off > f->len - 64 || n > 1000 || n * 24u > f->len - 64 - dir_off) return 0;
    uint32_t part = which % (n + 3);
    if (part == n) {
        *len = 64;
        return 0;
    }
    if (part > n) {
        size_t off = part == n + 1 ? (size_t)dir_off : f->len - 64;
        *len = part == n + 1 ? n * 24u + 1 : 64;
        return off;
    }
    const uint8_t *entry = f->bytes + dir_off + part * 24u;
    uint64_t off = prs_load64(entry + 8), size = prs_load64(entry + 16);
    if (off >= f->len || size > f->len - off || size == 0) return 0;
    *len = (size_t)size;
    return (size_t)off;
}

void fuzz_image_edit(fuzz_image *im, const uint8_t *e) {
    static const uint64_t odd[] = {0,          1,           2,          0x7f,
                                   0x80,       0xff,        0xffff,     0x10000,
                                   0x7fffffff, 0x80000000u, 0xffffffff, 0xfffffffe,
                                   UINT64_MAX, INT64_MAX,   1ull << 40, 0x4040404040404040};
    fuzz_image_file *f = &im->files[e[0] % im->n];
    size_t len, start = part_of(f, e[1], &len), place = (size_t)(e[2] | e[3] << 8);
    if (f->len == 0) return;
    size_t at = start + (len > 65536 ? place * (len >> 16) + e[1] : place % len),
           left = f->len - at;
    if (at >= f->len) return;
    switch (e[4] % 10) {
    case 0: f->bytes[at] = e[5]; break;
    case 1: f->bytes[at] ^= (uint8_t)(1u << (e[5] & 7)); break;
    case 2: f->bytes[at] = (uint8_t)(f->bytes[at] + (int8_t)e[5]); break;
    case 3:
        if (left >= 2) prs_store16(f->bytes + at, (uint16_t)odd[e[5] & 15]);
        break;
    case 4:
        if (left >= 4) prs_store32(f->bytes + at, (uint32_t)odd[e[5] & 15]);
        break;
    case 5:
        if (left >= 8) prs_store64(f->bytes + at, odd[e[5] & 15]);
        break;
    case 6: memset(f->bytes + at, e[5], left < 16 ? left : 16); break;
    case 7: { /* bytes from elsewhere in the part */
        size_t from = start + (size_t)e[5] * 7 % len, n = left < 8 ? left : 8;
        if (from + n <= f->len) memmove(f->bytes + at, f->bytes + from, n);
        break;
    }
    case 8: { /* what follows in the part moves up by one */
        size_t n = start + len > at ? start + len - at : 0;
        if (n > 1 && at + n <= f->len) {
            memmove(f->bytes + at + 1, f->bytes + at, n - 1);
            f->bytes[at] = e[5];
        }
        break;
    }
    default:
        if (e[5] < 16) f->len = at;
    }
}

/* ---- checksums ------------------------------------------------------------------------------- */

/* Make the hashes of a file right; *digest as the manifest wants it. */
static void mend_file(fuzz_image_file *f, prs_hash128 *digest) {
    *digest = (prs_hash128){0, 0};
    if (f->len < 128) return;
    prs_header header = {.type = (prs_file_type)f->bytes[8]};
    memcpy(header.id.bytes, f->bytes + 24, 16);
    prs_store64(f->bytes + 56, prs_envelope_hash(&header, PRS_HASH_HEADER, f->bytes, 56));
    uint8_t *footer = f->bytes + f->len - 64;
    uint64_t covered = prs_load64(footer + 16), n = (covered + PRS_REGION - 1) >> PRS_REGION_LOG2;
    if (covered <= f->len - 64 && n <= (f->len - 64 - covered) / 8) {
        for (uint64_t r = 0; r < n; r++) {
            uint64_t off = r << PRS_REGION_LOG2, left = covered - off;
            size_t size = (size_t)(left < PRS_REGION ? left : PRS_REGION);
            prs_store64(f->bytes + covered + 8 * r,
                        prs_envelope_hash(&header, r, f->bytes + off, size));
        }
        prs_store64(footer + 40,
                    prs_envelope_hash(&header, PRS_HASH_TABLE, f->bytes + covered, (size_t)n * 8));
        *digest = prs_hash128_of(f->bytes + covered, (size_t)n * 8);
    }
    prs_store64(footer + 48, prs_envelope_hash(&header, PRS_HASH_FOOTER, footer, 48));
}

static void put_check(uint8_t *at, const fuzz_image_file *f, prs_hash128 digest) {
    prs_store64(at, f->len);
    prs_store64(at + 8, digest.lo);
    prs_store64(at + 16, digest.hi);
}

/* The files come sorted: segments ("[0-9a-f]..."), "commit-", "deletes-" in their places. */
void fuzz_image_mend(fuzz_image *im) {
    prs_hash128 digests[FUZZ_FILES];
    fuzz_image_file *commit = NULL;
    for (size_t i = 0; i < im->n; i++) {
        if (strncmp(im->files[i].name, "commit-", 7) == 0)
            commit = &im->files[i];
        else
            mend_file(&im->files[i], &digests[i]);
    }
    size_t len;
    if (commit == NULL) return;
    uint8_t *manifest = commit->bytes + part_of(commit, 0, &len);
    uint32_t n = len >= 64 ? prs_load32(manifest + 56) : 0;
    for (size_t i = 0; i < im->n; i++) {
        const fuzz_image_file *f = &im->files[i];
        char id[33];
        if (strncmp(f->name, "deletes-", 8) == 0 && len >= 64)
            put_check(manifest + 32, f, digests[i]);
        for (uint32_t s = 0; s < n && 64 + 80 * ((size_t)s + 1) <= len; s++) {
            uint8_t *segment = manifest + 64 + 80 * (size_t)s;
            for (size_t k = 0; k < 16; k++) snprintf(id + 2 * k, 3, "%02x", segment[k]);
            if (strncmp(f->name, id, 32) != 0) continue;
            put_check(segment + (strcmp(f->name + 32, ".idx") == 0 ? 32 : 56), f, digests[i]);
        }
    }
    prs_hash128 ignored;
    mend_file(commit, &ignored);
}

prs_dir *fuzz_image_dir(const fuzz_image *im, prs_mem *mem) {
    prs_dir *dir;
    prism_error err = PRISM_ERROR_INIT;
    fuzz_must(prs_dir_mem_new(mem, &dir, &err), &err, "directory");
    for (size_t i = 0; i < im->n; i++) {
        prs_file *out;
        fuzz_must(dir->vt->create(dir, im->files[i].name, &out, &err), &err, "create");
        fuzz_must(dir->vt->write(dir, out, im->files[i].bytes, im->files[i].len, &err), &err,
                  "write");
        fuzz_must(dir->vt->close(dir, out, &err), &err, "close");
    }
    return dir;
}
