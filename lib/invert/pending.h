/* pending.h - the segment being built: documents in memory, their JSON already on the way to its
 * file.
 *
 *   put -> inverter (streams, columns)      memory, within the writer's budget
 *       -> `.doc` file (JSON in frames)     disk, as documents come
 *       -> keys, and a table of them        memory: the newest pending document of a key
 *
 * flush.h writes the `.idx` file beside it. */
#ifndef PRS_INVERT_PENDING_H
#define PRS_INVERT_PENDING_H

#include "base/bitset.h"
#include "format/docstore.h"
#include "format/keys.h"
#include "invert/analysts.h"
#include "invert/inverter.h"
#include "index/segment.h"
#include "index/unsynced.h"
#include "index/stopper.h"

PRS_VEC_DEFINE(prs_words, uint64_t)

/* More different keys of one hash than that in one segment are no accident (R50). */
#define PRS_MAX_SAME_HASH 1024u

typedef struct prs_key_slot {
    uint32_t hash; /* upper half of the key's hash */
    uint32_t doc;  /* UINT32_MAX = free */
} prs_key_slot;

typedef struct prs_pending {
    prs_core *core;
    prs_mem *mem;
    prs_inverter *inverter; /* its n_docs is the number of documents */
    prs_analysts *analysts; /* NULL: documents are analyzed as they are put */
    prs_tally tally;
    prs_pool *pool; /* NULL: none */
    /* For a flush: a field of the index with a set of stop words, by its number; NULL: there is
     * none.  May be NULL itself. */
    const prs_segment_field *(*like)(const void *ctx, uint32_t field);
    const void *like_ctx;
    uint64_t stop_tokens;       /* for a set of its own: prism_writer_opts */
    const prs_stopper *stopper; /* [borrowed] who may stop a flush; NULL: nobody */
    uint32_t n_packers;         /* of its workers, those that pack stored documents */
    bool has_keys;
    /* of the segment; nothing is open while there is no document */
    bool is_open;
    bool is_ended; /* a flush was tried: no document may come before one has succeeded */
    prs_id id;
    prs_out *doc_out;
    prs_docstore_writer *docs;
    prs_keys_writer *keys;
    prs_key_slot *slots; /* open addressing, a power of two of slots, at most half full */
    uint32_t n_slots;
    uint64_t secret; /* odd and random: what the places in `slots` hang on */
    /* a bit per document: superseded or deleted; the last one of a key of which older versions may
     * be elsewhere */
    prs_words deleted, replace;
    uint32_t n_deleted, n_replace;
} prs_pending;

/** Params : recipe [referenced], the schema and analyzers of the segment to be */
prism_status prs_pending_init(prs_pending *pending, prs_core *core, prs_recipe *recipe,
                              prism_error *err) PRS_NODISCARD;
/** Be a part of a writer: before the first document.
 *  Params : memory = budget of the writer; batch_text as for prs_tally_init; pool [borrowed], NULL
 *           = none
 *  Errors : ENOMEM */
prism_status prs_pending_employ(prs_pending *pending, size_t memory, size_t batch_text,
                                prs_pool *pool, prism_error *err) PRS_NODISCARD;
/** Of the threads asked for, those that there is work for in such a budget, the caller's included:
 *  1 or more.  Params: as prs_pending_employ */
uint32_t prs_pending_workers(size_t memory, size_t batch_text, uint32_t threads);
/** Drops everything; an open `.doc` file is unlinked. */
void prs_pending_fini(prs_pending *pending);
/** Forget all documents and their `.doc` file (best effort).  Lexicons stay unless they weigh over
 *  `lexicon_share`. */
void prs_pending_clear(prs_pending *pending, size_t lexicon_share);

/** Open the segment's `.doc` file, if not yet done. */
prism_status prs_pending_open(prs_pending *pending, const prs_id *id,
                              prism_error *err) PRS_NODISCARD;
/** Does the `.doc` file take nothing more, because it failed or was ended by a flush that
 *  failed? */
bool prs_pending_is_stuck(const prs_pending *pending);
/** Go on in the `.doc` file of a new id (R7): what was written is copied.   Cost: twice the file
 *  on disk for a moment; reading and writing it
 *  Errors : ECORRUPT the system does not give back what was written: the documents are lost; all
 *           others: nothing was changed, try again */
prism_status prs_pending_move(prs_pending *pending, const prs_id *id,
                              prism_error *err) PRS_NODISCARD;
/** Before a document is taken: those that are enough for a batch go to be analyzed, and what is
 *  known of the fullness is brought up to date.
 *  Errors : ENOMEM: nothing is lost, the next call goes on */
prism_status prs_pending_advance(prs_pending *pending, prism_error *err) PRS_NODISCARD;
/** All documents are analyzed.
 *  Errors : as prs_pending_advance; ECANCELED by pending->stopper, between two batches: the next
 *           call goes on, too */
prism_status prs_pending_settle(prs_pending *pending, prism_error *err) PRS_NODISCARD;
/** Its texts alone, and its columns: a part of prs_pending_add.   Errors : of prs_inverter_add */
prism_status prs_pending_take_texts(prs_pending *pending, const prs_document *doc,
                                    prism_error *err) PRS_NODISCARD;
/** A part of prs_pending_clear. */
void prs_pending_clear_texts(prs_pending *pending, size_t lexicon_share);
/** Take a document; a pending one with the same key is marked deleted.
 *  Params : replace = older versions outside may exist
 *  Errors : ELIMIT (keys made to collide too), ENOMEM, EIO, ENOSPC: not taken, all is as before;
 *           see prs_pending_is_stuck */
prism_status prs_pending_add(prs_pending *pending, const prs_document *doc, bool replace,
                             prism_error *err) PRS_NODISCARD;
/** The flush is whole: its `.doc` file stays when the documents are forgotten.  One that was not
 *  synced goes to `unsynced`; NULL: it was. */
void prs_pending_keep_file(prs_pending *pending, prs_unsynced *unsynced);
/** Mark the pending document of a key deleted; false if there is none. */
bool prs_pending_delete(prs_pending *pending, prs_bytes key);

static inline uint32_t prs_pending_count(const prs_pending *pending) {
    return pending->inverter->n_docs;
}
static inline bool prs_pending_has(const prs_words *bits, uint32_t doc) {
    return (bits->ptr[doc >> 6] >> (doc & 63)) & 1;
}
/** Bytes held beside the lexicons, and the weight of these, as far as both follow from the
 *  documents alone: see tally.h. */
size_t prs_pending_bytes(const prs_pending *pending);
uint64_t prs_pending_lexicon_weight(const prs_pending *pending);
/** True when no document more is to be taken, whatever the budget. */
bool prs_pending_is_full(const prs_pending *pending);

#endif
