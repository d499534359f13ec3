/* in.c - how is one file read without believing it, and without reading all of it first?
 *
 * Structure   open:  header, footer, region table, directory: pread, private memory, all checked
 *             touch: region not yet seen -> hash its 64 KiB, set its bit; seen -> one load
 *
 *                    mapped       pread
 *             bytes  file pages   private space, filled region by region at first touch
 *             bit    verified     loaded (and verified)
 *
 * Invariants  - Nothing derived from the directory leaves [64, dir_off); sections do not overlap.
 *             - A bit is set with release after the bytes are good and read with acquire before
 *               they are used.  Two threads may verify the same mapped region, which costs time
 *               only; loading writes memory and is under a mutex.  A load that a fork cut off is
 *               begun anew in the child.
 *             - Checksums find damage, bounds checks keep us safe (R20): with PRS_CHECKSUM_OFF
 *               everything still works on any bytes.
 * Why 64 KiB  One hash of 64 KiB takes less time (1.6 us) than the page faults below it; 8 bytes
 *             per region are 0.012 % of the file.
 * Rejected    Hashing whole files at open (a cold start would read everything); a hash per posting
 *             list (small lists would double).
 * Source      FORMAT.md section 3; rules R13 to R16, R18, R19.
 * Tested by   tests/unit/store/test_in.c */
#include "store/in.h"

#include "base/heap.h"
#include "base/sync.h"
#include "store/envelope.h"

typedef struct in_entry {
    uint16_t component, field, version;
    uint64_t off, len;
} in_entry;

static bool offset_before(const in_entry *a, const in_entry *b) {
    return a->off != b->off ? a->off < b->off : a->len < b->len;
}

PRS_HEAP_DEFINE(offset_heap, in_entry, offset_before)

typedef atomic_uint_fast64_t ready_word;

struct prs_in {
    prs_refcount refs;
    prs_dir *dir;
    prs_view view;
    const uint8_t *base; /* first byte of the file, mapped or in private space */
    prs_header header;
    prs_footer footer;
    prs_checksum_mode mode;
    in_entry *entries;
    uint8_t *table;    /* n_regions x u64 */
    ready_word *ready; /* one bit per region */
    size_t n_ready;    /* words */
    prs_fork_mutex loading;
    bool loading_made;
    char name[PRS_DIR_NAME_MAX + 1];
};

/* ---- regions --------------------------------------------------------------------------------- */

static size_t region_len(const prs_in *in, uint64_t r) {
    uint64_t left = in->footer.covered - (r << PRS_REGION_LOG2);
    return left < PRS_REGION ? (size_t)left : PRS_REGION;
}

static prism_status check_region(const prs_in *in, uint64_t r, const uint8_t *bytes,
                                 prism_error *err) {
    if (prs_envelope_hash(&in->header, r, bytes, region_len(in, r)) ==
        prs_load64(in->table + 8 * r)) {
        return PRISM_OK;
    }
    return prs_error_corrupt(err, in->name, r << PRS_REGION_LOG2,
                             "the 64 KiB from here do not match their checksum");
}

static bool is_ready(const prs_in *in, uint64_t r) {
    return (atomic_load_explicit(&in->ready[r >> 6], memory_order_acquire) >> (r & 63)) & 1;
}

static void set_ready(prs_in *in, uint64_t r) {
    atomic_fetch_or_explicit(&in->ready[r >> 6], UINT64_C(1) << (r & 63), memory_order_release);
}

static prism_status load_region(prs_in *in, uint64_t r, prism_error *err) {
    uint64_t off = r << PRS_REGION_LOG2;
    uint8_t *at = in->view.space + off;
    PRS_TRY(in->dir->vt->read_at(in->dir, &in->view, off, at, region_len(in, r), err));
    return in->mode == PRS_CHECKSUM_OFF ? PRISM_OK : check_region(in, r, at, err);
}

static prism_status make_ready(prs_in *in, uint64_t r, prism_error *err) {
    prism_status status = PRISM_OK;
    if (in->view.space == NULL) {
        status = check_region(in, r, in->base + (r << PRS_REGION_LOG2), err);
        if (status == PRISM_OK) set_ready(in, r);
        return status;
    }
    prs_fork_mutex_lock(&in->loading);
    if (!is_ready(in, r)) {
        status = load_region(in, r, err);
        if (status == PRISM_OK) set_ready(in, r);
    }
    prs_fork_mutex_unlock(&in->loading);
    return status;
}

prism_status prs_in_touch(const prs_section *section, uint64_t off, uint64_t len,
                          prism_error *err) {
    prs_in *in = section->in;
    if (PRS_UNLIKELY(off > section->len || len > section->len - off)) {
        return prs_section_corrupt(section, section->ptr, err, "a range runs out of its section");
    }
    if (in == NULL || len == 0) return PRISM_OK;
    uint64_t last = (section->offset + off + len - 1) >> PRS_REGION_LOG2;
    for (uint64_t r = (section->offset + off) >> PRS_REGION_LOG2; r <= last; r++) {
        if (PRS_UNLIKELY(!is_ready(in, r))) PRS_TRY(make_ready(in, r, err));
    }
    return PRISM_OK;
}

/* Regions of an untrusted mapping start unseen; without checksums a mapping needs no visit. */
static prism_status init_regions(prs_in *in, prism_error *err) {
    in->n_ready = (in->footer.n_regions + 63u) / 64u;
    in->ready = prs_mem_alloc(in->dir->mem, in->n_ready * sizeof *in->ready);
    if (in->ready == NULL) return prs_error_nomem(err);
    bool all = in->mode == PRS_CHECKSUM_OFF && in->view.space == NULL;
    for (size_t i = 0; i < in->n_ready; i++) atomic_init(&in->ready[i], all ? UINT64_MAX : 0);
    if (in->mode != PRS_CHECKSUM_EAGER) return PRISM_OK;
    for (uint64_t r = 0; r < in->footer.n_regions; r++) PRS_TRY(make_ready(in, r, err));
    return PRISM_OK;
}

prism_status prs_in_verify_all(prs_in *in, prism_error *err) {
    bool more;
    return prs_in_verify_some(in, 0, in->footer.n_regions, &more, err);
}

prism_status prs_in_verify_some(prs_in *in, uint64_t first, uint64_t n, bool *more,
                                prism_error *err) {
    prs_mem *mem = in->dir->mem;
    uint64_t end = n < in->footer.n_regions - first ? first + n : in->footer.n_regions;
    *more = false;
    if (first >= in->footer.n_regions) return PRISM_OK;
    uint8_t *buf = prs_mem_alloc(mem, PRS_REGION);
    if (buf == NULL) return prs_error_nomem(err);
    prism_status status = PRISM_OK;
    *more = end < in->footer.n_regions;
    for (uint64_t r = first; r < end && status == PRISM_OK; r++) {
        status = in->dir->vt->read_at(in->dir, &in->view, r << PRS_REGION_LOG2, buf,
                                      region_len(in, r), err);
        if (status == PRISM_OK) status = check_region(in, r, buf, err);
    }
    prs_mem_free(mem, buf, PRS_REGION);
    return status;
}

/* ---- opening --------------------------------------------------------------------------------- */

static prism_status read_header(prs_in *in, prs_file_type type, const prs_id *id,
                                prism_error *err) {
    uint8_t bytes[PRS_ENVELOPE_HEADER];
    PRS_TRY(in->dir->vt->read_at(in->dir, &in->view, 0, bytes, sizeof bytes, err));
    PRS_TRY(prs_envelope_get_header(bytes, in->name, &in->header, err));
    if (in->header.type != type) {
        return prs_error_corrupt(err, in->name, 8, "a file of type %d where type %d belongs",
                                 (int)in->header.type, (int)type);
    }
    if (id != NULL && !prs_id_equal(id, &in->header.id)) {
        return prs_error_corrupt(err, in->name, 24, "the file belongs to another segment or index");
    }
    return PRISM_OK;
}

static prism_status read_table(prs_in *in, const prs_hash128 *expect, prism_error *err) {
    size_t len = (size_t)in->footer.n_regions * 8;
    in->table = prs_mem_alloc(in->dir->mem, len);
    if (in->table == NULL) return prs_error_nomem(err);
    uint64_t off = in->footer.covered;
    PRS_TRY(in->dir->vt->read_at(in->dir, &in->view, off, in->table, len, err));
    if (prs_envelope_hash(&in->header, PRS_HASH_TABLE, in->table, len) != in->footer.table_hash) {
        return prs_error_corrupt(err, in->name, off,
                                 "the region table does not match its checksum");
    }
    if (expect == NULL) return PRISM_OK;
    prs_hash128 digest = prs_hash128_of(in->table, len);
    if (digest.lo != expect->lo || digest.hi != expect->hi) {
        return prs_error_corrupt(err, in->name, off, "not the file that the manifest names");
    }
    return PRISM_OK;
}

static in_entry decode_entry(const uint8_t *p) {
    in_entry e = {prs_load16(p), prs_load16(p + 2), prs_load16(p + 4), prs_load64(p + 8),
                  prs_load64(p + 16)};
    return e;
}

/* Entries ascend, and each lies in the room of the sections. */
static prism_status parse_entries(prs_in *in, const uint8_t *bytes, prism_error *err) {
    const prs_footer *f = &in->footer;
    uint32_t before = 0;
    for (uint32_t i = 0; i < f->n_sections; i++) {
        const uint8_t *p = bytes + (size_t)i * PRS_ENVELOPE_ENTRY;
        in_entry e = decode_entry(p);
        uint32_t rank = (uint32_t)e.component << 16 | e.field;
        bool bad = (i > 0 && rank <= before) || prs_load16(p + 6) != 0 ||
                   e.off < PRS_ENVELOPE_HEADER || e.off % PRS_ENVELOPE_ALIGN != 0 ||
                   e.off > f->dir_off || e.len >= f->dir_off - e.off;
        if (bad) {
            return prs_error_corrupt(err, in->name, f->dir_off + (uint64_t)i * PRS_ENVELOPE_ENTRY,
                                     "a wrong entry in the section directory");
        }
        before = rank;
        in->entries[i] = e;
    }
    return PRISM_OK;
}

/* No two sections share a byte: look at them in the order of their offsets. */
static prism_status check_overlaps(const prs_in *in, prism_error *err) {
    size_t n_entries = in->footer.n_sections, n = 0;
    in_entry *heap = prs_mem_alloc(in->dir->mem, n_entries * sizeof *heap);
    if (heap == NULL) return prs_error_nomem(err);
    prism_status status = PRISM_OK;
    uint64_t end = PRS_ENVELOPE_HEADER;
    for (size_t i = 0; i < n_entries; i++) offset_heap_push(heap, &n, in->entries[i]);
    while (n > 0 && status == PRISM_OK) {
        in_entry e = offset_heap_pop(heap, &n);
        if (e.off < end) status = prs_error_corrupt(err, in->name, e.off, "two sections overlap");
        end = e.off + e.len;
    }
    prs_mem_free(in->dir->mem, heap, n_entries * sizeof *heap);
    return status;
}

/* The regions that hold the directory are read and verified now, whatever is lazy. */
static prism_status read_directory(prs_in *in, prism_error *err) {
    const prs_footer *f = &in->footer;
    prs_mem *mem = in->dir->mem;
    uint64_t first = f->dir_off >> PRS_REGION_LOG2, start = first << PRS_REGION_LOG2;
    size_t len = (size_t)(f->covered - start);
    if (f->n_sections == 0) return PRISM_OK;
    in->entries = prs_mem_calloc(mem, f->n_sections, sizeof *in->entries);
    uint8_t *bytes = prs_mem_alloc(mem, len);
    if (in->entries == NULL || bytes == NULL) {
        prs_mem_free(mem, bytes, len);
        return prs_error_nomem(err);
    }
    prism_status status = in->dir->vt->read_at(in->dir, &in->view, start, bytes, len, err);
    for (uint64_t r = first; r < f->n_regions && status == PRISM_OK; r++) {
        if (in->mode == PRS_CHECKSUM_OFF) break;
        status = check_region(in, r, bytes + ((r - first) << PRS_REGION_LOG2), err);
    }
    if (status == PRISM_OK) status = parse_entries(in, bytes + (f->dir_off - start), err);
    prs_mem_free(mem, bytes, len);
    return status == PRISM_OK ? check_overlaps(in, err) : status;
}

static prism_status check_len(const prs_in *in, uint64_t expect_len, prism_error *err) {
    uint64_t least = PRS_ENVELOPE_HEADER + PRS_ENVELOPE_FOOTER;
    if (expect_len != 0 && in->view.len != expect_len) {
        return prs_error_corrupt(err, in->name, PRS_MIN(in->view.len, expect_len),
                                 "the file has %llu bytes, the manifest says %llu",
                                 (unsigned long long)in->view.len, (unsigned long long)expect_len);
    }
    if (in->view.len < least || in->view.len > PRS_MAX_FILE) {
        return prs_error_corrupt(err, in->name, 0, "no file of an index has %llu bytes",
                                 (unsigned long long)in->view.len);
    }
    return PRISM_OK;
}

static prism_status read_footer(prs_in *in, prism_error *err) {
    uint8_t bytes[PRS_ENVELOPE_FOOTER];
    uint64_t off = in->view.len - sizeof bytes;
    PRS_TRY(in->dir->vt->read_at(in->dir, &in->view, off, bytes, sizeof bytes, err));
    return prs_envelope_get_footer(bytes, in->name, &in->header, in->view.len, &in->footer, err);
}

prs_in *prs_in_ref(prs_in *in) {
    prs_ref_inc(&in->refs);
    return in;
}

void prs_in_close(prs_in *in) {
    if (in == NULL || !prs_ref_dec(&in->refs)) return;
    prs_mem *mem = in->dir->mem;
    in->dir->vt->view_close(in->dir, &in->view);
    prs_mem_free(mem, in->entries, in->footer.n_sections * sizeof *in->entries);
    prs_mem_free(mem, in->table, (size_t)in->footer.n_regions * 8);
    prs_mem_free(mem, in->ready, in->n_ready * sizeof *in->ready);
    if (in->loading_made) prs_fork_mutex_fini(&in->loading);
    prs_mem_free(mem, in, sizeof *in);
}

static prism_status open_parts(prs_in *in, prs_file_type type, const prs_id *id,
                               uint64_t expect_len, const prs_hash128 *expect_digest,
                               prism_error *err) {
    PRS_TRY(in->dir->vt->view_open(in->dir, in->name, &in->view, err));
    in->base = in->view.space != NULL ? in->view.space : in->view.ptr;
    PRS_TRY(prs_fork_mutex_init(&in->loading, err));
    in->loading_made = true;
    PRS_TRY(check_len(in, expect_len, err));
    PRS_TRY(read_header(in, type, id, err));
    PRS_TRY(read_footer(in, err));
    PRS_TRY(read_table(in, expect_digest, err));
    PRS_TRY(read_directory(in, err));
    PRS_TRY(init_regions(in, err));
    in->dir->vt->view_settle(in->dir, &in->view);
    return PRISM_OK;
}

prism_status prs_in_open(prs_dir *dir, const char *name, prs_file_type type, const prs_id *id,
                         uint64_t expect_len, const prs_hash128 *expect_digest,
                         prs_checksum_mode mode, prs_in **out, prism_error *err) {
    *out = NULL;
    if (!prs_dir_name_ok(name))
        return prs_error_set(err, PRISM_EINVAL, "not a name for a file of an index");
    prs_in *in = prs_mem_calloc(dir->mem, 1, sizeof *in);
    if (in == NULL) return prs_error_nomem(err);
    prs_ref_init(&in->refs);
    in->dir = dir;
    in->mode = mode;
    memcpy(in->name, name, strlen(name) + 1);
    prism_status status = open_parts(in, type, id, expect_len, expect_digest, err);
    if (status != PRISM_OK) {
        prs_in_close(in);
        return status;
    }
    *out = in;
    return PRISM_OK;
}

/* ---- looking --------------------------------------------------------------------------------- */

const prs_id *prs_in_id(const prs_in *in) {
    return &in->header.id;
}

uint64_t prs_in_generation(const prs_in *in) {
    return in->header.generation;
}

uint64_t prs_in_len(const prs_in *in) {
    return in->view.len;
}

uint32_t prs_in_format(const prs_in *in) {
    return in->header.format;
}

const char *prs_in_name(const prs_in *in) {
    return in->name;
}

bool prs_in_read_only(const prs_in *in) {
    return in->header.read_only_flags != 0;
}

uint32_t prs_in_flags(const prs_in *in) {
    return in->header.compatible_flags;
}

static prs_section section_of(prs_in *in, const in_entry *e) {
    prs_section s = {in->base + e->off, e->len, in, e->off, e->version};
    return s;
}

bool prs_in_section(prs_in *in, uint16_t component, uint16_t field, prs_section *out) {
    uint32_t want = (uint32_t)component << 16 | field;
    size_t lo = 0, hi = in->footer.n_sections;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        uint32_t rank = (uint32_t)in->entries[mid].component << 16 | in->entries[mid].field;
        if (rank == want) {
            *out = section_of(in, &in->entries[mid]);
            return true;
        }
        if (rank < want) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    *out = (prs_section){0};
    return false;
}

bool prs_in_entry(prs_in *in, uint32_t i, uint16_t *component, uint16_t *field, prs_section *out) {
    if (i >= in->footer.n_sections) return false;
    *component = in->entries[i].component;
    *field = in->entries[i].field;
    *out = section_of(in, &in->entries[i]);
    return true;
}

prism_status prs_section_corrupt(const prs_section *section, const void *at, prism_error *err,
                                 const char *what) {
    const uint8_t *p = at;
    uint64_t in_section = p >= section->ptr ? (uint64_t)(p - section->ptr) : 0;
    return prs_error_corrupt(err, section->in != NULL ? section->in->name : NULL,
                             section->offset + PRS_MIN(in_section, section->len), "%s", what);
}

prs_section prs_section_of(const void *ptr, size_t len) {
    prs_section s = {ptr, len, NULL, 0, 1};
    return s;
}
