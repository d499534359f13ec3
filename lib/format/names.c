/* names.c - which files are ours, and which of them does nobody need?
 *
 *     commit-0123456789abcdef[.tmp]   deletes-0123456789abcdef   <32 digits>.idx   <32 digits>.doc
 *
 * Invariants  - Parsing accepts exactly what naming makes: fixed lengths, lower-case digits,
 *               generation 0 (which means none) never.  A near miss is somebody else's file.
 *             - A generation seen in any name, published or not, counts as used, so that a new
 *               commit never meets the left-overs of a crashed one.
 * Source      FORMAT.md sections 2 and 18; rules R6, R24, R28.
 * Tested by   tests/unit/format/test_names.c */
#include "format/names.h"

#define PRS_GENERATION_DIGITS 16u

static void put_hex(char *out, const uint8_t *bytes, size_t n) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}

static int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/* Read 2 n digits into n bytes; false at anything else (a NUL included, so text may be short). */
static bool get_hex(const char *text, uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int high = digit_of(text[2 * i]);
        int low = high < 0 ? -1 : digit_of(text[2 * i + 1]);
        if (low < 0) return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

const char *prs_name_of_generation(char out[PRS_NAME_SIZE], prs_name_kind kind,
                                   uint64_t generation) {
    const char *prefix = kind == PRS_NAME_DELETES ? "deletes-" : "commit-";
    size_t at = strlen(prefix);
    uint8_t bytes[8];
    for (size_t i = 0; i < 8; i++) bytes[i] = (uint8_t)(generation >> (56 - 8 * i));
    memcpy(out, prefix, at);
    put_hex(out + at, bytes, sizeof bytes);
    at += PRS_GENERATION_DIGITS;
    memcpy(out + at, kind == PRS_NAME_COMMIT_TMP ? ".tmp" : "",
           kind == PRS_NAME_COMMIT_TMP ? 5 : 1);
    return out;
}

const char *prs_name_of_id(char out[33], const prs_id *id) {
    put_hex(out, id->bytes, sizeof id->bytes);
    out[32] = '\0';
    return out;
}

const char *prs_name_of_segment(char out[PRS_NAME_SIZE], prs_name_kind kind, const prs_id *id) {
    prs_name_of_id(out, id);
    memcpy(out + 32, kind == PRS_NAME_DOC ? ".doc" : ".idx", 5);
    return out;
}

static prs_name parse_generation(const char *digits, bool deletes) {
    prs_name name = {PRS_NAME_OTHER, 0, {{0}}};
    uint8_t bytes[8];
    uint64_t generation = 0;
    if (!get_hex(digits, bytes, sizeof bytes)) return name;
    for (size_t i = 0; i < 8; i++) generation = generation << 8 | bytes[i];
    const char *tail = digits + PRS_GENERATION_DIGITS;
    if (generation == 0) return name;
    if (tail[0] == '\0') {
        name.kind = deletes ? PRS_NAME_DELETES : PRS_NAME_COMMIT;
    } else if (!deletes && strcmp(tail, ".tmp") == 0) {
        name.kind = PRS_NAME_COMMIT_TMP;
    } else {
        return name;
    }
    name.generation = generation;
    return name;
}

prs_name prs_name_parse(const char *text) {
    prs_name name = {PRS_NAME_OTHER, 0, {{0}}};
    prs_id id;
    if (strncmp(text, "commit-", 7) == 0) return parse_generation(text + 7, false);
    if (strncmp(text, "deletes-", 8) == 0) return parse_generation(text + 8, true);
    if (strcmp(text, PRS_NAME_LOCK) == 0) {
        name.kind = PRS_NAME_WRITE_LOCK;
    } else if (get_hex(text, id.bytes, sizeof id.bytes)) {
        if (strcmp(text + 32, ".idx") == 0) name.kind = PRS_NAME_IDX;
        if (strcmp(text + 32, ".doc") == 0) name.kind = PRS_NAME_DOC;
        if (name.kind != PRS_NAME_OTHER) name.id = id;
    }
    return name;
}

typedef struct listing_job {
    prs_listing *listing;
    prism_error *err;
} listing_job;

static prism_status add_name(void *ctx, const char *text) {
    listing_job *job = ctx;
    prs_listing *listing = job->listing;
    prs_name name = prs_name_parse(text);
    if (name.kind == PRS_NAME_OTHER) listing->n_others++;
    if (name.kind == PRS_NAME_OTHER || name.kind == PRS_NAME_WRITE_LOCK) return PRISM_OK;
    if (name.kind == PRS_NAME_COMMIT) listing->newest = PRS_MAX(listing->newest, name.generation);
    listing->highest = PRS_MAX(listing->highest, name.generation);
    return prs_name_vec_push(&listing->names, name) ? PRISM_OK : prs_error_nomem(job->err);
}

prism_status prs_listing_read(prs_listing *listing, prs_dir *dir, prism_error *err) {
    listing_job job = {listing, err};
    memset(listing, 0, sizeof *listing);
    prs_name_vec_init(&listing->names, dir->mem);
    return dir->vt->list(dir, add_name, &job, err);
}

void prs_listing_fini(prs_listing *listing) {
    prs_name_vec_fini(&listing->names);
}

bool prs_name_is_needed(const prs_name *name, const prs_manifest *const *manifests, size_t n) {
    for (size_t i = 0; i < n; i++) {
        switch (name->kind) {
        case PRS_NAME_WRITE_LOCK: return true;
        case PRS_NAME_COMMIT:
            if (name->generation == manifests[i]->generation) return true;
            break;
        case PRS_NAME_DELETES:
            if (name->generation == manifests[i]->deletes_generation) return true;
            break;
        case PRS_NAME_IDX:
        case PRS_NAME_DOC:
            if (prs_manifest_find(manifests[i], &name->id) != NULL) return true;
            break;
        case PRS_NAME_COMMIT_TMP:
        case PRS_NAME_OTHER: break;
        }
    }
    return name->kind == PRS_NAME_WRITE_LOCK;
}
