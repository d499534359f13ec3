/* snapshot.h - a consistent set of segments with their deletions, and the numbering of documents
 * over them.
 *
 *   gdoc = base of the segment + doc;  segments ascend by arrival. */
#ifndef PRS_INDEX_SNAPSHOT_H
#define PRS_INDEX_SNAPSHOT_H

#include "base/bitset.h"
#include "base/spare.h"
#include "index/score_cache.h"
#include "index/segment.h"

#include <prismsearch/index.h>

/* Bytes of a block of `spares`: enough for a prs_scratch of search/cursor.h, which says so. */
#define PRS_SNAPSHOT_SPARE_BYTES ((size_t)64 << 10)
#define PRS_SNAPSHOT_ARENA_BYTES ((size_t)32 << 10)

typedef struct prs_leaf { /* one segment in one snapshot */
    prs_segment *segment;
    const prs_bitset *deleted; /* NULL = none; bit set = deleted */
    uint32_t n_deleted;
    uint64_t base; /* first gdoc */
} prs_leaf;

struct prism_snapshot {
    prs_refcount refs;
    prs_mem *mem;         /* &core->mem */
    prs_core *core;       /* directory, allocator; shared by index, writers and snapshots */
    prs_recipe *recipe;   /* schema and analyzers */
    prism_schema *schema; /* recipe->schema */
    prs_arena arena;      /* holds the manifest */
    prs_manifest manifest;
    uint64_t generation;
    bool of_writer; /* of a writer: more than the commit `generation` holds */
    uint8_t uuid[16];
    prs_leaf *leaves;
    prs_bitset *deleted; /* by leaf; words NULL = none */
    uint32_t n_leaves;
    uint64_t n_docs, n_deleted; /* n_docs counts deleted ones too */
    prs_bytes payload;
    prs_bits_cache cache;   /* of filters */
    prs_score_cache scores; /* of frequent words */
    prs_spares spares;      /* working space of searches: clean between two */
    prs_spares arenas;      /* chunks of their arenas: anything may be in them */
};

/** An empty snapshot for the writer to fill: core referenced; unref it, however far it got.
 *  leaves[n_leaves] hold references, deleted[i] may have words. */
prism_status prs_snapshot_new(prs_core *core, prism_snapshot **out, prism_error *err) PRS_NODISCARD;
/** The newest commit.  Segments also held by `base` (may be NULL) are shared; if `base`
 *  is of the newest commit, and not of a writer, *out is a new reference to it.
 *  Errors : ENOTFOUND, ECORRUPT, EBUSY when files kept vanishing (R29), see prs_segment_open */
prism_status prs_snapshot_open(prs_core *core, prism_snapshot *base, prism_snapshot **out,
                               prism_error *err) PRS_NODISCARD;

/** Another reference, one less; NULL is fine.   Threads: any */
prism_snapshot *prs_snapshot_ref(prism_snapshot *snap);
void prs_snapshot_unref(prism_snapshot *snap);

/** Leaf and segment-local number of a gdoc; NULL if out of range.   Cost: O(log leaves) */
const prs_leaf *prs_snapshot_leaf(const prism_snapshot *snap, uint64_t gdoc, uint32_t *doc);
/** Analyzer of a field of the snapshot's schema (shared by fields with equal options), borrowed;
 *  NULL for numbers. */
prs_analyzer *prs_snapshot_analyzer(const prism_snapshot *snap, uint16_t field);

#endif
