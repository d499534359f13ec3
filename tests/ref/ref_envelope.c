/* ref_envelope.c - is this file whole, the right one, and where are its sections?
 * (FORMAT.md section 3)
 *
 *     header 64 | sections, each from a multiple of 64 | directory | region table | footer 64
 *
 * All hashes are proved before anything else is believed.  Flags must be zero: version 1.0 knows
 * none.  Source: FORMAT.md section 3.  Tested by: tests/golden. */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ref/ref_parts.h"

#define REGION 65536u
#define HEADER_NO UINT64_MAX
#define FOOTER_NO (UINT64_MAX - 1)
#define TABLE_NO (UINT64_MAX - 2)

static const uint8_t magic[8] = {0x89, 0x50, 0x52, 0x53, 0x4d, 0x0d, 0x0a, 0x1a};

void ref_hex(const uint8_t *bytes, uint32_t n, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (uint32_t i = 0; i < n; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = 0;
}

static uint8_t *read_whole(ref_heap *heap, const char *path, const char *name, uint64_t *len) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) ref_die(name, "cannot be opened");
    if (fseek(f, 0, SEEK_END) != 0) ref_die(name, "cannot be measured");
    long end = ftell(f);
    if (end < 0 || fseek(f, 0, SEEK_SET) != 0) ref_die(name, "cannot be measured");
    uint8_t *bytes = ref_heap_get(heap, (uint64_t)end);
    if (fread(bytes, 1, (size_t)end, f) != (size_t)end) ref_die(name, "cannot be read");
    if (fclose(f) != 0) ref_die(name, "cannot be read");
    *len = (uint64_t)end;
    return bytes;
}

static void put64(uint8_t *at, uint64_t v) {
    for (int i = 0; i < 8; i++) at[i] = (uint8_t)(v >> (8 * i));
}

/* The hash of a piece of the file under the seed S(r). */
static uint64_t piece_hash(const ref_file *f, int type, uint64_t r, const uint8_t *at, uint64_t n) {
    uint8_t seed[32] = {0};
    memcpy(seed, f->id, 16);
    seed[16] = (uint8_t)type;
    put64(seed + 24, r);
    return XXH3_64bits_withSeed(at, n, XXH3_64bits_withSeed(seed, sizeof seed, 0));
}

static void read_header(ref_file *f, int type) {
    ref_cur c = ref_cur_of(f->bytes, 64, f->name);
    ref_must(memcmp(ref_take(&c, 8), magic, 8) == 0, f->name, "the header begins with the magic");
    ref_must(ref_u8(&c) == type, f->name, "the file is of the type its name says");
    ref_must(ref_u8(&c) == 1 && ref_u16(&c) == 0, f->name, "the version is 1.0");
    ref_must(ref_u32(&c) == 0, f->name, "no incompatible flag is set");
    ref_must(ref_u32(&c) == 0, f->name, "no read-only-compatible flag is set");
    ref_must(ref_u32(&c) <= (type == REF_FILE_COMMIT ? 1 : 0), f->name,
             "no compatible flag is set but that of an unsynced commit");
    memcpy(f->id, ref_take(&c, 16), 16);
    f->generation = ref_u64(&c);
    ref_must(ref_u64(&c) == 0, f->name, "header bytes 48..55 are zero");
    ref_must(ref_u64(&c) == piece_hash(f, type, HEADER_NO, f->bytes, 56), f->name,
             "the header has its hash");
    if (type == REF_FILE_IDX || type == REF_FILE_DOC)
        ref_must(f->generation == 0, f->name, "a segment's file has generation 0");
}

typedef struct footer {
    uint64_t dir_off, table_off, table_hash;
    uint32_t n_sections, n_regions;
} footer;

static footer read_footer(const ref_file *f, int type) {
    ref_cur c = ref_cur_of(f->bytes + f->len - 64, 64, f->name);
    footer t;
    t.dir_off = ref_u64(&c);
    t.n_sections = ref_u32(&c);
    ref_must(ref_u32(&c) == 0, f->name, "footer bytes 12..15 are zero");
    t.table_off = ref_u64(&c);
    t.n_regions = ref_u32(&c);
    ref_must(ref_u32(&c) == 16, f->name, "the region size is 2^16");
    ref_must(ref_u64(&c) == f->len, f->name, "the footer knows the length of the file");
    t.table_hash = ref_u64(&c);
    ref_must(ref_u64(&c) == piece_hash(f, type, FOOTER_NO, f->bytes + f->len - 64, 48), f->name,
             "the footer has its hash");
    for (int i = 0; i < 8; i++)
        ref_must((ref_u8(&c) ^ magic[i]) == 0xff, f->name, "the footer ends with the magic");
    return t;
}

/* The region table reaches from D to the footer and covers 0 .. D-1. */
static void check_regions(ref_file *f, int type, const footer *t) {
    uint64_t end = f->len - 64, d = t->table_off;
    ref_must(d < end && d % 64 == 0, f->name, "D is a multiple of 64 before the footer");
    ref_must(t->n_regions == (d + REGION - 1) / REGION, f->name, "the regions cover 0 .. D-1");
    ref_must(end - d == 8 * (uint64_t)t->n_regions, f->name,
             "the region table ends where the footer begins");
    ref_must(t->table_hash == piece_hash(f, type, TABLE_NO, f->bytes + d, end - d), f->name,
             "the region table has its hash");
    ref_cur c = ref_cur_of(f->bytes + d, end - d, f->name);
    for (uint64_t r = 0; r < t->n_regions; r++) {
        uint64_t from = r * REGION, n = d - from < REGION ? d - from : REGION;
        if (ref_u64(&c) != piece_hash(f, type, r, f->bytes + from, n))
            ref_die(f->name, "region %llu is damaged", (unsigned long long)r);
    }
    XXH128_hash_t digest = XXH3_128bits(f->bytes + d, end - d);
    put64(f->digest, digest.low64);
    put64(f->digest + 8, digest.high64);
}

static int by_offset(const void *a, const void *b) {
    const ref_section *x = a, *y = b;
    if (x->off != y->off) return x->off < y->off ? -1 : 1;
    return x->len < y->len ? -1 : x->len > y->len;
}

/* Between header, sections and directory there are zero bytes only, and enough of them. */
static void check_gaps(ref_heap *heap, const ref_file *f, uint64_t dir_off) {
    ref_section *s = ref_heap_get(heap, f->n_sections * sizeof *s);
    memcpy(s, f->sections, f->n_sections * sizeof *s);
    qsort(s, f->n_sections, sizeof *s, by_offset);
    ref_cur c = ref_cur_of(f->bytes, dir_off, f->name);
    ref_take(&c, 64);
    for (uint32_t i = 0; i < f->n_sections; i++) {
        ref_must(s[i].off >= ref_place(&c), f->name, "sections do not overlap");
        ref_must(s[i].off - ref_place(&c) < 64, f->name,
                 "a section begins at the first multiple of 64 after the one before");
        ref_zeros(&c, s[i].off - ref_place(&c));
        ref_take(&c, s[i].len);
    }
    ref_must(ref_left(&c) >= 1 && ref_left(&c) <= 64, f->name,
             "1 to 64 zero bytes lie before the directory");
    ref_zeros(&c, ref_left(&c));
}

static void read_directory(ref_heap *heap, ref_file *f, const footer *t) {
    ref_must(t->dir_off % 64 == 0 && t->dir_off >= 64 && t->dir_off <= t->table_off, f->name,
             "the directory lies at a multiple of 64 before D");
    ref_must(t->n_sections <= 65536, f->name, "there are at most 65536 sections");
    ref_cur c = ref_cur_of(f->bytes + t->dir_off, t->table_off - t->dir_off, f->name);
    f->n_sections = t->n_sections;
    f->sections = ref_heap_get(heap, t->n_sections * sizeof *f->sections);
    for (uint32_t i = 0; i < t->n_sections; i++) {
        ref_section *s = &f->sections[i];
        s->component = ref_u16(&c);
        s->field = ref_u16(&c);
        ref_must(ref_u16(&c) == 1, f->name, "all components have version 1");
        ref_must(ref_u16(&c) == 0, f->name, "directory bytes 6..7 are zero");
        s->off = ref_u64(&c);
        s->len = ref_u64(&c);
        ref_must(s->off % 64 == 0 && s->off >= 64 && s->off < t->dir_off, f->name,
                 "a section begins at a multiple of 64 in [64, dir_off)");
        ref_must(s->len < t->dir_off - s->off, f->name, "a section ends before dir_off");
        if (i > 0)
            ref_must(s[-1].component < s->component ||
                         (s[-1].component == s->component && s[-1].field < s->field),
                     f->name, "entries are sorted by (component, field)");
    }
    ref_align(&c, 64);
    ref_done(&c);
    check_gaps(heap, f, t->dir_off);
}

ref_file *ref_file_open(ref_heap *heap, const char *directory, const char *name, int type) {
    ref_file *f = ref_heap_get(heap, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    size_t n = strlen(directory) + strlen(name) + 2;
    char *path = ref_heap_get(heap, n);
    snprintf(path, n, "%s/%s", directory, name);
    f->bytes = read_whole(heap, path, f->name, &f->len);
    ref_must(f->len >= 128, f->name, "the file has a header and a footer");
    read_header(f, type);
    footer t = read_footer(f, type);
    check_regions(f, type, &t);
    read_directory(heap, f, &t);
    return f;
}

int ref_file_section(const ref_file *f, uint32_t component, uint32_t field, ref_cur *out) {
    static const char *const names[] = {"",          "SEGMENT", "LISTS",    "TERMS_INDEX",
                                        "LENGTHS",   "SPANS",   "",         "",
                                        "KEYS",      "ORDER",   "COLUMN",   "DOCS",
                                        "DOC_INDEX", "",        "MANIFEST", "SCHEMA",
                                        "PAYLOAD",   "DELETES"};
    for (uint32_t i = 0; i < f->n_sections; i++) {
        const ref_section *s = &f->sections[i];
        if (s->component != component || s->field != field) continue;
        *out = ref_cur_of(f->bytes + s->off, s->len,
                          component < sizeof names / sizeof names[0] ? names[component] : f->name);
        return 1;
    }
    return 0;
}
