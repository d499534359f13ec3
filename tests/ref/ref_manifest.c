/* ref_manifest.c - which files are the index?  (FORMAT.md sections 2, 15, 16, 18)
 *
 * The highest commit-G of the directory; the files it names must have the lengths and digests it
 * says, and the deletes file must give every segment as many deleted documents as it says.
 * Tested by: tests/golden. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "ref/ref_parts.h"

/* G of "commit-G", 0 for any other name. */
static uint64_t generation_of(const char *name) {
    if (strncmp(name, "commit-", 7) != 0 || strlen(name) != 7 + 16) return 0;
    uint64_t g = 0;
    for (const char *p = name + 7; *p != 0; p++) {
        const char *digit = strchr("0123456789abcdef", *p);
        if (digit == NULL) return 0;
        g = g << 4 | (uint64_t)(digit - "0123456789abcdef");
    }
    return g;
}

static uint64_t highest_commit(const char *directory) {
    DIR *d = opendir(directory);
    if (d == NULL) ref_die(directory, "cannot be listed");
    uint64_t best = 0;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        uint64_t g = generation_of(e->d_name);
        if (g > best) best = g;
    }
    if (closedir(d) != 0) ref_die(directory, "cannot be listed");
    if (best == 0) ref_die(directory, "holds no commit");
    return best;
}

static void file_is(const ref_file *f, uint64_t len, const uint8_t *digest, const uint8_t *id) {
    ref_must(f->len == len, f->name, "it has the length that the manifest says");
    ref_must(memcmp(f->digest, digest, 16) == 0, f->name, "it has the manifest's digest");
    ref_must(memcmp(f->id, id, 16) == 0, f->name, "its header has its id");
}

static void read_segment(ref_index *ix, const char *directory, ref_cur *c, ref_segment *s) {
    char name[32 + 5];
    memcpy(s->id, ref_take(c, 16), 16);
    s->n_docs = ref_u32(c);
    s->n_deleted = ref_u32(c);
    s->arrival_base = ref_u64(c);
    ref_hex(s->id, 16, name);
    for (int i = 0; i < 2; i++) {
        memcpy(name + 32, i == 0 ? ".idx" : ".doc", 5);
        ref_file *f =
            ref_file_open(&ix->heap, directory, name, i == 0 ? REF_FILE_IDX : REF_FILE_DOC);
        uint64_t len = ref_u64(c);
        file_is(f, len, ref_take(c, 16), s->id);
        *(i == 0 ? &s->idx : &s->doc) = f;
    }
    ref_must(s->n_docs >= 1 && s->n_docs <= 0x7ffffffe, "MANIFEST", "a segment has documents");
    s->deleted = ref_heap_get(&ix->heap, s->n_docs);
    ref_segment_open(ix, directory, s);
}

static void read_stop_sets(ref_cur *c, uint32_t n) {
    for (; n > 0; n--) {
        ref_u16(c);
        for (uint32_t k = ref_u16(c); k > 0; k--) {
            uint32_t len = ref_u16(c);
            ref_must(len >= 1 && len <= 1024, "MANIFEST", "a term key has 1 to 1024 bytes");
            ref_take(c, len);
        }
    }
}

static void mark_deleted(ref_segment *s, ref_cur c, uint32_t kind, uint32_t n_deleted) {
    int64_t doc = -1;
    for (uint32_t i = 0; kind == 0 && i < n_deleted; i++) {
        doc += (int64_t)ref_varint32(&c) + 1;
        ref_must(doc < s->n_docs, "DELETES", "a deleted document is in its segment");
        s->deleted[doc] = 1;
    }
    if (kind == 1) {
        uint64_t bytes = ((uint64_t)s->n_docs + 63) / 64 * 8;
        const uint8_t *bits = ref_take(&c, bytes);
        for (uint32_t d = 0; d < s->n_docs; d++) s->deleted[d] = (uint8_t)ref_bits(bits, d, 1);
        ref_tail_zero(bits, s->n_docs, bytes, "DELETES");
    }
    ref_done(&c);
    uint32_t n = 0;
    for (uint32_t d = 0; d < s->n_docs; d++) n += s->deleted[d];
    ref_must(n == n_deleted, "DELETES", "as many documents are deleted as n_deleted says");
    ref_must(n == s->n_deleted, "DELETES", "the manifest and the deletes file agree");
}

static void read_deletes(ref_index *ix, const ref_file *f) {
    ref_cur c;
    if (!ref_file_section(f, REF_DELETES, REF_NO_FIELD, &c)) ref_die(f->name, "has no DELETES");
    uint32_t n = ref_u32(&c), at = 0;
    ref_must(ref_u32(&c) == 0, "DELETES", "bytes 4..7 are zero");
    for (; n > 0; n--) {
        const uint8_t *id = ref_take(&c, 16);
        while (at < ix->n_segments && memcmp(ix->segments[at].id, id, 16) != 0) at++;
        ref_must(at < ix->n_segments, "DELETES", "its segments are in manifest order");
        uint32_t n_deleted = ref_u32(&c), kind = ref_u8(&c);
        ref_must(n_deleted > 0 && kind <= 1, "DELETES", "documents are deleted, in a known form");
        ref_zeros(&c, 3);
        uint64_t len = ref_u64(&c);
        mark_deleted(&ix->segments[at++], ref_cut(&c, len), kind, n_deleted);
    }
    ref_done(&c);
}

static void open_deletes(ref_index *ix, const char *directory, uint64_t g, uint64_t len,
                         const uint8_t *digest) {
    char name[32];
    if (g == 0) {
        ref_must(len == 0, "MANIFEST", "without a deletes file its length is 0");
        for (int i = 0; i < 16; i++)
            ref_must(digest[i] == 0, "MANIFEST", "without a deletes file its digest is 0");
        return;
    }
    ref_must(g <= ix->generation, "MANIFEST", "the deletes file is not newer than the commit");
    snprintf(name, sizeof name, "deletes-%016llx", (unsigned long long)g);
    ref_file *f = ref_file_open(&ix->heap, directory, name, REF_FILE_DELETES);
    file_is(f, len, digest, ix->commit->id);
    ref_must(f->generation == g, f->name, "its header has its generation");
    ix->deletes = f;
    read_deletes(ix, f);
}

/* Segments lie in arrival order and do not share arrival numbers. */
static void check_arrivals(const ref_index *ix) {
    uint64_t next = 0, deleted = 0;
    for (uint32_t i = 0; i < ix->n_segments; i++) {
        const ref_segment *s = &ix->segments[i];
        ref_must(s->arrival_base >= next, "MANIFEST", "segments ascend by arrival_base");
        next = s->arrival_base + s->n_docs;
        for (uint32_t d = 0; d < s->n_docs; d++) deleted += s->deleted[d];
        ref_must(deleted >= s->n_deleted, "MANIFEST", "every deleted document is in the file");
        deleted = 0;
    }
    ref_must(next <= ix->next_arrival, "MANIFEST", "arrival numbers are below the next one");
}

static void read_manifest(ref_index *ix, const char *directory, ref_cur c) {
    ref_must(ref_u64(&c) == ix->generation, "MANIFEST", "its generation is that of its name");
    ref_must(ref_u64(&c) < ix->generation, "MANIFEST", "the previous generation is lower");
    ix->next_arrival = ref_u64(&c);
    uint64_t deletes = ref_u64(&c), len = ref_u64(&c);
    const uint8_t *digest = ref_take(&c, 16);
    ix->n_segments = ref_u32(&c);
    ix->n_stop_sets = ref_u32(&c);
    ref_must(ix->n_segments <= ref_left(&c) / 80, "MANIFEST", "the segments fit");
    ix->segments = ref_heap_get(&ix->heap, ix->n_segments * sizeof *ix->segments);
    for (uint32_t i = 0; i < ix->n_segments; i++) read_segment(ix, directory, &c, &ix->segments[i]);
    read_stop_sets(&c, ix->n_stop_sets);
    ref_done(&c);
    open_deletes(ix, directory, deletes, len, digest);
    check_arrivals(ix);
}

ref_index *ref_open(const char *directory) {
    ref_heap heap = {NULL};
    ref_index *ix = ref_heap_get(&heap, sizeof *ix);
    ix->heap = heap;
    ix->generation = highest_commit(directory);
    char name[32];
    snprintf(name, sizeof name, "commit-%016llx", (unsigned long long)ix->generation);
    ix->commit = ref_file_open(&ix->heap, directory, name, REF_FILE_COMMIT);
    ref_must(ix->commit->generation == ix->generation, name, "its header has its generation");
    ix->schema = ref_schema_of(&ix->heap, ix->commit);
    ref_cur c;
    if (!ref_file_section(ix->commit, REF_MANIFEST, REF_NO_FIELD, &c))
        ref_die(name, "has no MANIFEST");
    read_manifest(ix, directory, c);
    if (ref_file_section(ix->commit, REF_PAYLOAD, REF_NO_FIELD, &c)) {
        ix->payload = c.start;
        ix->payload_len = ref_left(&c);
    }
    return ix;
}

void ref_close(ref_index *ix) {
    ref_heap heap = ix->heap; /* the index itself is the first block */
    ref_heap_free(&heap);
}
