/* out.c - how is one file written front to back, checksummed as it goes, with one place for errors?
 *
 * Structure   bytes -> region buffer (64 KiB) -> hash into the table -> directory's write
 *             sections are remembered as (component, field, version, offset, length) and sorted at
 *             the end.
 * Invariants  - The buffer is a region: it is written exactly when a region is full, so one hash
 *               call covers one run of memory and nothing is read back.  Whole regions of the
 *               caller's go out uncopied.
 *             - `error` is the first failure; from then on no call does anything, and finish
 *               reports it and removes the file.
 *             - What is not in the file yet is in the buffer, after a failure too, so that a failed
 *               file's bytes can be had back (prs_out_copy): R7 forbids to go on with it.
 *             - The file is synced and closed before finish or confirm returns OK (R1); its name's
 *               durability is the committer's (sync_dir).  The descriptor that wrote stays open
 *               from seal to confirm: only it is sure to be told of a write that fails in between.
 * Cost        One memcpy and one hash (~40 GB/s); 64 KiB of memory, 8 bytes per region, 40 per
 *             section.
 * Source      FORMAT.md section 3.   Tested by tests/unit/store/test_out.c, test_in.c */
#include "store/out.h"

#include "base/buf.h"
#include "base/heap.h"
#include "base/vec.h"
#include "store/envelope.h"

typedef struct out_entry {
    uint16_t component, field, version;
    uint64_t off, len;
} out_entry;

PRS_VEC_DEFINE(entry_vec, out_entry)

static bool entry_before(const out_entry *a, const out_entry *b) {
    if (a->component != b->component) return a->component < b->component;
    return a->field < b->field;
}

PRS_HEAP_DEFINE(entry_heap, out_entry, entry_before)

struct prs_out {
    prs_dir *dir;
    prs_file *file; /* NULL once closed */
    prs_header header;
    prism_error error; /* code PRISM_OK while nothing failed */
    uint8_t *region;   /* PRS_REGION bytes */
    size_t fill;
    uint64_t in_file; /* bytes of regions that the directory has taken */
    uint64_t first;   /* offset of the first section; 0 = none yet */
    uint64_t pos;     /* bytes written to the file, buffered ones included */
    prs_buf table;    /* hash of each full region; of one that gathers, all bytes */
    entry_vec entries;
    bool in_section; /* the last entry is still growing */
    bool gathers;    /* into memory: there is no file */
    char name[PRS_DIR_NAME_MAX + 1];
};

static bool ok(const prs_out *out) {
    return out->error.code == PRISM_OK;
}

/* Hand n bytes to the directory; a failure fills out->error. */
static void write_through(prs_out *out, const void *ptr, size_t n) {
    if (ok(out)) (void)out->dir->vt->write(out->dir, out->file, ptr, n, &out->error);
}

/* Hash the region `ptr`, the next one of the file. */
static void add_region(prs_out *out, const void *ptr, size_t n) {
    uint64_t r = out->table.len / 8;
    prs_buf_put64(&out->table, prs_envelope_hash(&out->header, r, ptr, n));
    if (ok(out)) (void)prs_buf_status(&out->table, &out->error);
}

static void flush_region(prs_out *out) {
    if (out->fill == 0) return;
    add_region(out, out->region, out->fill);
    write_through(out, out->region, out->fill);
    if (!ok(out)) return; /* the bytes stay, for prs_out_copy */
    out->in_file += out->fill;
    out->fill = 0;
}

/* Append bytes that regions cover. */
static void append(prs_out *out, const uint8_t *ptr, size_t len) {
    if (!ok(out)) return;
    if (out->gathers) {
        prs_buf_put(&out->table, ptr, len);
        (void)prs_buf_status(&out->table, &out->error);
        return;
    }
    if (len > PRS_MAX_FILE - out->pos) {
        prs_error_set(&out->error, PRISM_ELIMIT, "a file would be larger than 2^47 bytes");
        return;
    }
    out->pos += len;
    while (len > 0) {
        size_t n;
        if (out->fill == 0 && len >= PRS_REGION) {
            n = len & ~(PRS_REGION - 1);
            for (size_t i = 0; i < n; i += PRS_REGION) add_region(out, ptr + i, PRS_REGION);
            write_through(out, ptr, n);
            if (!ok(out)) return;
            out->in_file += n;
        } else {
            n = PRS_MIN(len, PRS_REGION - out->fill);
            memcpy(out->region + out->fill, ptr, n);
            out->fill += n;
            if (out->fill == PRS_REGION) flush_region(out);
            if (!ok(out)) return;
        }
        ptr += n;
        len -= n;
    }
}

static void append_zeros(prs_out *out, size_t n) {
    static const uint8_t zeros[PRS_ENVELOPE_ALIGN];
    while (n > 0) {
        size_t k = PRS_MIN(n, sizeof zeros);
        append(out, zeros, k);
        n -= k;
    }
}

static void append_to_multiple(prs_out *out, uint64_t from, size_t align) {
    uint64_t over = from % align;
    if (over != 0) append_zeros(out, align - (size_t)over);
}

static void free_out(prs_out *out) {
    prs_mem *mem = out->dir->mem;
    prs_mem_free(mem, out->region, PRS_REGION);
    prs_buf_fini(&out->table);
    entry_vec_fini(&out->entries);
    prs_mem_free(mem, out, sizeof *out);
}

prism_status prs_out_open(prs_dir *dir, const char *name, prs_file_type type, const prs_id *id,
                          uint64_t generation, prs_out **out, prism_error *err) {
    *out = NULL;
    if (!prs_dir_name_ok(name))
        return prs_error_set(err, PRISM_EINVAL, "not a name for a file of an index");
    prs_out *o = prs_mem_calloc(dir->mem, 1, sizeof *o);
    if (o == NULL) return prs_error_nomem(err);
    o->dir = dir;
    o->error.size = sizeof o->error;
    o->header.type = type;
    o->header.id = *id;
    o->header.generation = generation;
    memcpy(o->name, name, strlen(name) + 1);
    prs_buf_init(&o->table, dir->mem);
    entry_vec_init(&o->entries, dir->mem);
    o->region = prs_mem_alloc(dir->mem, PRS_REGION);
    prism_status status =
        o->region == NULL ? prs_error_nomem(err) : dir->vt->create(dir, name, &o->file, err);
    if (status != PRISM_OK) {
        free_out(o);
        return status;
    }
    uint8_t header[PRS_ENVELOPE_HEADER];
    prs_envelope_put_header(header, &o->header);
    append(o, header, sizeof header);
    *out = o;
    return PRISM_OK;
}

prism_status prs_out_gather_new(prs_mem *mem, prs_out **out, prism_error *err) {
    *out = prs_mem_calloc(mem, 1, sizeof **out);
    if (*out == NULL) return prs_error_nomem(err);
    (*out)->error.size = sizeof(*out)->error;
    (*out)->gathers = (*out)->in_section = true;
    prs_buf_init(&(*out)->table, mem);
    return PRISM_OK;
}

void prs_out_gather_free(prs_out *out) {
    if (out == NULL) return;
    prs_mem *mem = out->table.mem;
    prs_buf_fini(&out->table);
    prs_mem_free(mem, out, sizeof *out);
}

prs_buf *prs_out_gather_begin(prs_out *out) {
    out->error.code = PRISM_OK;
    prs_buf_clear(&out->table);
    return &out->table;
}

void prs_out_set_flags(prs_out *out, uint32_t compatible) {
    PRS_ASSERT(out->pos == PRS_ENVELOPE_HEADER && out->fill == PRS_ENVELOPE_HEADER);
    out->header.compatible_flags = compatible;
    prs_envelope_put_header(out->region, &out->header);
}

static void end_section(prs_out *out) {
    if (!out->in_section) return;
    out_entry *last = &out->entries.ptr[out->entries.n - 1];
    last->len = out->pos - last->off;
    out->in_section = false;
}

void prs_out_section(prs_out *out, uint16_t component, uint16_t field, uint16_t version) {
    if (!ok(out)) return;
    end_section(out);
    append_to_multiple(out, out->pos, PRS_ENVELOPE_ALIGN);
    if (!ok(out)) return;
    out_entry entry = {component, field, version, out->pos, 0};
    if (out->first == 0) out->first = out->pos;
    if (out->entries.n == PRS_MAX_SECTIONS) {
        prs_error_set(&out->error, PRISM_ELIMIT, "more than %u sections in a file",
                      PRS_MAX_SECTIONS);
    } else if (!entry_vec_push(&out->entries, entry)) {
        prs_error_nomem(&out->error);
    } else {
        out->in_section = true;
    }
}

void prs_out_write(prs_out *out, const void *ptr, size_t len) {
    PRS_ASSERT(out->in_section || !ok(out));
    append(out, ptr, len);
}

uint64_t prs_out_offset(const prs_out *out) {
    if (out->gathers) return out->table.len;
    return out->in_section ? out->pos - out->entries.ptr[out->entries.n - 1].off : 0;
}

void prs_out_align(prs_out *out, size_t align) {
    append_to_multiple(out, prs_out_offset(out), align);
}

prism_status prs_out_status(const prs_out *out, prism_error *err) {
    if (!ok(out) && err != NULL && err->size >= sizeof *err) *err = out->error;
    return out->error.code;
}

/* Sort the entries for the directory; two of the same name are a bug of the caller. */
static void write_directory(prs_out *out) {
    size_t n = 0;
    entry_vec *all = &out->entries;
    for (size_t i = 0; i < all->n; i++) entry_heap_push(all->ptr, &n, all->ptr[i]);
    uint32_t before = 0;
    for (bool first = true; n > 0; first = false) {
        out_entry e = entry_heap_pop(all->ptr, &n);
        uint32_t rank = (uint32_t)e.component << 16 | e.field;
        if (!first && rank == before && ok(out)) {
            prs_error_set(&out->error, PRISM_EINVAL, "section %u of field %u was written twice",
                          e.component, e.field);
        }
        before = rank;
        uint8_t bytes[PRS_ENVELOPE_ENTRY] = {0};
        prs_store16(bytes, e.component);
        prs_store16(bytes + 2, e.field);
        prs_store16(bytes + 4, e.version);
        prs_store64(bytes + 8, e.off);
        prs_store64(bytes + 16, e.len);
        append(out, bytes, sizeof bytes);
    }
    append_to_multiple(out, out->pos, PRS_ENVELOPE_ALIGN);
}

/* Everything behind the last section; returns the length of the file. */
static uint64_t write_tail(prs_out *out) {
    prs_footer footer = {0};
    append_zeros(out, 1);
    append_to_multiple(out, out->pos, PRS_ENVELOPE_ALIGN);
    footer.dir_off = out->pos;
    footer.n_sections = (uint32_t)out->entries.n;
    write_directory(out);
    flush_region(out);
    footer.covered = out->pos;
    footer.n_regions = (uint32_t)(out->table.len / 8);
    footer.len = out->pos + out->table.len + PRS_ENVELOPE_FOOTER;
    footer.table_hash =
        prs_envelope_hash(&out->header, PRS_HASH_TABLE, out->table.ptr, out->table.len);
    uint8_t bytes[PRS_ENVELOPE_FOOTER];
    prs_envelope_put_footer(bytes, &out->header, &footer);
    write_through(out, out->table.ptr, out->table.len);
    write_through(out, bytes, sizeof bytes);
    return footer.len;
}

/* Close the file, whatever happened to it; a failure counts only if nothing failed before. */
static void close_file(prs_out *out) {
    if (out->file == NULL) return;
    prism_error *err = ok(out) ? &out->error : NULL;
    prism_status status = out->dir->vt->close(out->dir, out->file, err);
    if (err != NULL) err->code = status;
    out->file = NULL;
}

prism_status prs_out_end(prs_out *out, bool sync, uint64_t *len, prs_hash128 *digest,
                         prism_error *err) {
    if (len != NULL) *len = 0;
    if (digest != NULL) *digest = (prs_hash128){0, 0};
    end_section(out);
    uint64_t file_len = ok(out) ? write_tail(out) : 0;
    if (ok(out) && sync) (void)out->dir->vt->sync(out->dir, out->file, &out->error);
    if (sync || !ok(out)) {
        close_file(out);
    } else {
        out->dir->vt->seal(out->dir, out->file);
    }
    PRS_TRY(prs_out_status(out, err));
    if (len != NULL) *len = file_len;
    if (digest != NULL) *digest = prs_hash128_of(out->table.ptr, out->table.len);
    return PRISM_OK;
}

/* The end of a file that was to stay and cannot; returns its first error. */
static prism_status give_up(prs_out *out, prism_error *err) {
    prism_status status = prs_out_status(out, err);
    close_file(out);
    (void)out->dir->vt->unlink(out->dir, out->name, NULL);
    free_out(out);
    return status;
}

void prs_out_thin(prs_out *out) {
    prs_mem_free(out->dir->mem, out->region, PRS_REGION);
    out->region = NULL;
    prs_buf_fini(&out->table);
    entry_vec_fini(&out->entries);
}

prism_status prs_out_seal(prs_out *out, uint64_t *len, prs_hash128 *digest, prism_error *err) {
    if (prs_out_end(out, false, len, digest, err) != PRISM_OK) return give_up(out, err);
    prs_out_thin(out);
    return PRISM_OK;
}

static void sync_and_close(prs_out *out) {
    (void)out->dir->vt->sync(out->dir, out->file, &out->error);
    close_file(out);
}

prism_status prs_out_confirm(prs_out *out, prism_error *err) {
    sync_and_close(out);
    prism_status status = prs_out_status(out, err);
    free_out(out);
    return status;
}

void prs_out_leave(prs_out *out) {
    if (out == NULL) return;
    close_file(out);
    free_out(out);
}

prism_status prs_out_finish(prs_out *out, uint64_t *len, prs_hash128 *digest, prism_error *err) {
    PRS_TRY(prs_out_seal(out, len, digest, err));
    sync_and_close(out);
    if (ok(out)) {
        free_out(out);
        return PRISM_OK;
    }
    if (len != NULL) *len = 0;
    if (digest != NULL) *digest = (prs_hash128){0, 0};
    return give_up(out, err);
}

void prs_out_abandon(prs_out *out) {
    if (out == NULL) return;
    close_file(out);
    (void)out->dir->vt->unlink(out->dir, out->name, NULL);
    free_out(out);
}

/* ---- copying what was written ---------------------------------------------------------------- */

/* Region r, as it was written, into buf; *n = its bytes. */
static prism_status read_region(prs_out *out, const prs_view *view, uint64_t r, uint8_t *buf,
                                size_t *n, prism_error *err) {
    uint64_t off = r * PRS_REGION;
    *n = (size_t)PRS_MIN(out->in_file - off, (uint64_t)PRS_REGION);
    PRS_TRY(out->dir->vt->read_at(out->dir, view, off, buf, *n, err));
    if (prs_envelope_hash(&out->header, r, buf, *n) == prs_load64(out->table.ptr + 8 * r))
        return PRISM_OK;
    return prs_error_corrupt(err, out->name, off, "what was written cannot be read back");
}

/* Bytes [at, end) that are in the file. */
static prism_status copy_from_file(prs_out *from, uint64_t at, uint64_t end, prs_out *to,
                                   prism_error *err) {
    prs_mem *mem = from->dir->mem;
    prs_view view;
    uint8_t *buf = prs_mem_alloc(mem, PRS_REGION);
    if (buf == NULL) return prs_error_nomem(err);
    prism_status status = from->dir->vt->view_open(from->dir, from->name, &view, err);
    bool open = status == PRISM_OK;
    while (at < end && status == PRISM_OK) {
        size_t n, skip = (size_t)(at % PRS_REGION);
        status = read_region(from, &view, at / PRS_REGION, buf, &n, err);
        if (status != PRISM_OK) break;
        size_t take = (size_t)PRS_MIN((uint64_t)(n - skip), end - at);
        prs_out_write(to, buf + skip, take);
        status = prs_out_status(to, err);
        at += take;
    }
    if (open) from->dir->vt->view_close(from->dir, &view);
    prs_mem_free(mem, buf, PRS_REGION);
    return status;
}

prism_status prs_out_copy(prs_out *from, uint64_t n, prs_out *to, prism_error *err) {
    if (n == 0) return PRISM_OK;
    PRS_ASSERT(from->first > 0 && n <= from->pos - from->first);
    close_file(from); /* before it can be viewed */
    uint64_t at = from->first, end = at + n;
    uint64_t split = PRS_MAX(at, PRS_MIN(end, from->in_file));
    if (at < split) PRS_TRY(copy_from_file(from, at, split, to, err));
    if (split < end) {
        PRS_ASSERT(end - from->in_file <= PRS_REGION);
        prs_out_write(to, from->region + (split - from->in_file), (size_t)(end - split));
    }
    return prs_out_status(to, err);
}
