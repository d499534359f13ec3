/* names.h - which files an index directory holds: names from numbers, and numbers from a listing.
 *
 * FORMAT.md section 2.  Names are computed from generations and ids, never read from a file (R24);
 * parsing is strict: what does not match exactly is somebody else's and is left alone (R28). */
#ifndef PRS_FORMAT_NAMES_H
#define PRS_FORMAT_NAMES_H

#include "base/vec.h"
#include "format/manifest.h"
#include "store/out.h"

#define PRS_NAME_SIZE 64u /* room for every name and its NUL */
#define PRS_NAME_LOCK "write.lock"

typedef enum prs_name_kind {
    PRS_NAME_OTHER, /* not ours */
    PRS_NAME_WRITE_LOCK,
    PRS_NAME_COMMIT,     /* commit-G */
    PRS_NAME_COMMIT_TMP, /* commit-G.tmp */
    PRS_NAME_DELETES,    /* deletes-G */
    PRS_NAME_IDX,        /* I.idx */
    PRS_NAME_DOC,        /* I.doc */
} prs_name_kind;

/** Name of a file.  generation (1..) for commit, commit tmp and deletes; id for idx and doc.
 *  Returns `out` for use in place.   Errors: none.  Threads: any. */
const char *prs_name_of_generation(char out[PRS_NAME_SIZE], prs_name_kind kind,
                                   uint64_t generation);
const char *prs_name_of_segment(char out[PRS_NAME_SIZE], prs_name_kind kind, const prs_id *id);
/** 32 hexadecimal digits of an id and a NUL, for messages and info. */
const char *prs_name_of_id(char out[33], const prs_id *id);

typedef struct prs_name {
    prs_name_kind kind;
    uint64_t generation; /* commit, commit tmp, deletes */
    prs_id id;           /* idx, doc */
} prs_name;

/** What a name means; kind PRS_NAME_OTHER if it is none of ours. */
prs_name prs_name_parse(const char *text);

/* ---- a listing: all names of a directory, parsed --------------------------------------------- */
PRS_VEC_DEFINE(prs_name_vec, prs_name)

typedef struct prs_listing {
    prs_name_vec names; /* ours, any order, without the lock */
    uint64_t newest;    /* highest commit-G; 0 = there is no index */
    uint64_t highest;   /* highest generation in any name, published or not; 0 = none */
    uint32_t n_others;  /* names that are not ours */
} prs_listing;

/** Read the directory once.  Init not needed before, fini needed after whatever the result. */
prism_status prs_listing_read(prs_listing *listing, prs_dir *dir, prism_error *err) PRS_NODISCARD;
void prs_listing_fini(prs_listing *listing);
/** True if one of the manifests needs the file: its commit, its deletes, its segments' files.
 *  What is ours and not needed is an orphan.   Cost: O(segments) */
bool prs_name_is_needed(const prs_name *name, const prs_manifest *const *manifests, size_t n);

#endif
