/* pending.c - what happens to a document between put and flush?
 *
 * Structure   room for its key, bits, JSON | inverter (can be refused) | key, JSON: cannot fail
 *             key table: hash -> newest pending document of that key
 * Invariants  - A document is taken whole or not at all: whatever can run out of memory is asked
 *               for first.
 *             - A `.doc` file that failed is not written to again: all goes on in a copy (R7).
 *             - Of the pending documents of one key at most one is not marked deleted, put or
 *               appended.
 * Why so      Stored JSON would be the largest part of a budget and is never looked at again, so it
 *             goes to its file at once.  Old versions in segments are looked for only at flush, all
 *             keys sorted (upsert.c): a look-up per put would touch every segment in random order.
 *             The place in the key table hangs on a random number besides the hash: who chooses
 *             keys with equal bits in their hashes cannot make them meet there (multiply-shift).
 *             Keys of one and the same hash meet anywhere, in the segment's table too, and are
 *             refused beyond PRS_MAX_SAME_HASH.
 * Source      FORMAT.md sections 11, 14; rule R50.
 * Tested by   tests/unit/invert/test_pending.c, test_writer.c, test_model.c */
#include "invert/pending.h"

#include "base/error.h"
#include "format/components.h"
#include "format/names.h"

#define FREE_SLOT UINT32_MAX
#define MIN_SLOTS 64u /* a power of two, at least 2 */

prism_status prs_pending_init(prs_pending *pending, prs_core *core, prs_recipe *recipe,
                              prism_error *err) {
    *pending = (prs_pending){.core = core, .mem = &core->mem};
    pending->has_keys = recipe->schema->key_field >= 0;
    PRS_TRY(prs_random_bytes(&pending->secret, sizeof pending->secret, err));
    pending->secret |= 1;
    prs_words_init(&pending->deleted, pending->mem);
    prs_words_init(&pending->replace, pending->mem);
    PRS_TRY(prs_inverter_new(recipe, pending->mem, &pending->inverter, err));
    return prs_pending_employ(pending, SIZE_MAX, 0, NULL, err);
}

static void close_files(prs_pending *pending) {
    prs_docstore_writer_free(pending->docs);
    prs_out_abandon(pending->doc_out);
    prs_keys_writer_free(pending->keys);
    pending->docs = NULL;
    pending->doc_out = NULL;
    pending->keys = NULL;
    pending->is_open = pending->is_ended = false;
}

static void free_slots(prs_pending *pending) {
    prs_mem_free(pending->mem, pending->slots, pending->n_slots * sizeof(prs_key_slot));
    pending->slots = NULL;
    pending->n_slots = 0;
}

void prs_pending_fini(prs_pending *pending) {
    if (pending->core == NULL) return;
    close_files(pending);
    free_slots(pending);
    prs_words_fini(&pending->deleted);
    prs_words_fini(&pending->replace);
    prs_analysts_free(pending->analysts);
    prs_inverter_free(pending->inverter);
    pending->core = NULL;
}

void prs_pending_clear(prs_pending *pending, size_t lexicon_share) {
    close_files(pending);
    free_slots(pending);
    prs_words_clear(&pending->deleted);
    prs_words_clear(&pending->replace);
    pending->n_deleted = pending->n_replace = 0;
    prs_pending_clear_texts(pending, lexicon_share);
}

static prism_status open_doc(const prs_pending *pending, const prs_id *id, prs_out **out,
                             prism_error *err) {
    char name[PRS_NAME_SIZE];
    prs_name_of_segment(name, PRS_NAME_DOC, id);
    PRS_TRY(prs_out_open(pending->core->dir, name, PRS_FILE_DOC, id, 0, out, err));
    prs_out_section(*out, PRS_COMPONENT_DOCS, PRS_FIELD_NONE, PRS_COMPONENT_VERSION);
    return PRISM_OK;
}

prism_status prs_pending_open(prs_pending *pending, const prs_id *id, prism_error *err) {
    if (pending->is_open) return PRISM_OK;
    pending->id = *id;
    prism_status status;
    PRS_TRY_OUT(open_doc(pending, id, &pending->doc_out, err));
    PRS_TRY_OUT(prs_docstore_writer_new(pending->mem, pending->doc_out, 0, &pending->docs, err));
    if (pending->n_packers > 1)
        PRS_TRY_OUT(
            prs_docstore_writer_employ(pending->docs, pending->pool, pending->n_packers, err));
    if (pending->has_keys) PRS_TRY_OUT(prs_keys_writer_new(pending->mem, &pending->keys, err));
    pending->is_open = true;
out:
    if (status != PRISM_OK) close_files(pending);
    return status;
}

bool prs_pending_is_stuck(const prs_pending *pending) {
    if (!pending->is_open) return false;
    return pending->is_ended || prs_out_status(pending->doc_out, NULL) != PRISM_OK;
}

prism_status prs_pending_move(prs_pending *pending, const prs_id *id, prism_error *err) {
    prs_out *to;
    PRS_TRY(open_doc(pending, id, &to, err));
    prism_status status = prs_docstore_writer_move(pending->docs, pending->doc_out, to, err);
    if (status != PRISM_OK) {
        prs_out_abandon(to);
        return status;
    }
    prs_out_abandon(pending->doc_out);
    pending->doc_out = to;
    pending->id = *id;
    return PRISM_OK;
}

void prs_pending_keep_file(prs_pending *pending, prs_unsynced *unsynced) {
    prs_out_thin(pending->doc_out);
    if (unsynced != NULL) {
        unsynced->doc = pending->doc_out;
    } else {
        prs_out_leave(pending->doc_out);
    }
    pending->doc_out = NULL;
}

/* ---- the key table --------------------------------------------------------------------------- */

static uint32_t upper(uint64_t hash) {
    return (uint32_t)(hash >> 32);
}

/* The first slot to look at for a hash, in a table of n: the top bits of a product by a number that
 * nobody outside knows. */
static uint32_t place_of(const prs_pending *pending, uint64_t hash, uint32_t n) {
    return (uint32_t)((hash * pending->secret) >> (65 - prs_bit_width32(n)));
}

static uint64_t hash_of_doc(const prs_pending *pending, uint32_t doc) {
    return prs_keys_hash(prs_keys_writer_key(pending->keys, doc));
}

/* The slot of a key: its document's, or a free one.  *n_same = other keys of that hash passed
 * by. */
static prs_key_slot *find_slot(const prs_pending *pending, prs_bytes key, uint64_t hash,
                               uint32_t *n_same) {
    uint32_t mask = pending->n_slots - 1;
    *n_same = 0;
    for (uint32_t i = place_of(pending, hash, pending->n_slots);; i = (i + 1) & mask) {
        prs_key_slot *slot = &pending->slots[i];
        if (slot->doc == FREE_SLOT) return slot;
        if (slot->hash != upper(hash)) continue;
        if (prs_bytes_equal(prs_keys_writer_key(pending->keys, slot->doc), key)) return slot;
        *n_same += hash_of_doc(pending, slot->doc) == hash;
    }
}

/* Room for one more key: keep at least half of the slots free. */
static prism_status grow_slots(prs_pending *pending, prism_error *err) {
    uint32_t old_n = pending->n_slots;
    if (prs_pending_count(pending) < old_n / 2) return PRISM_OK;
    if (old_n > UINT32_MAX / 2) return prs_error_nomem(err);
    uint32_t n = old_n == 0 ? MIN_SLOTS : 2 * old_n;
    prs_key_slot *old = pending->slots;
    prs_key_slot *slots = prs_mem_alloc(pending->mem, n * sizeof(prs_key_slot));
    if (slots == NULL) return prs_error_nomem(err);
    memset(slots, 0xff, n * sizeof(prs_key_slot));
    for (uint32_t i = 0; i < old_n; i++) {
        if (old[i].doc == FREE_SLOT) continue;
        uint32_t at = place_of(pending, hash_of_doc(pending, old[i].doc), n);
        while (slots[at].doc != FREE_SLOT) at = (at + 1) & (n - 1);
        slots[at] = old[i];
    }
    prs_mem_free(pending->mem, old, old_n * sizeof(prs_key_slot));
    pending->slots = slots;
    pending->n_slots = n;
    return PRISM_OK;
}

static void mark_deleted(prs_pending *pending, uint32_t doc) {
    if (prs_pending_has(&pending->deleted, doc)) return;
    pending->deleted.ptr[doc >> 6] |= UINT64_C(1) << (doc & 63);
    pending->n_deleted++;
}

/* ---- documents ------------------------------------------------------------------------------- */

static prism_status make_room(prs_pending *pending, prism_error *err) {
    size_t words = (size_t)(prs_pending_count(pending) >> 6) + 1;
    if (pending->deleted.n < words && !prs_words_push(&pending->deleted, 0))
        return prs_error_nomem(err);
    if (pending->replace.n < words && !prs_words_push(&pending->replace, 0))
        return prs_error_nomem(err);
    return pending->has_keys ? grow_slots(pending, err) : PRISM_OK;
}

/* Where the key of the next document goes.  Nothing is taken yet. */
static prism_status give_slot(const prs_pending *pending, prs_bytes key, uint64_t hash,
                              prs_key_slot **slot, prism_error *err) {
    uint32_t n_same;
    *slot = find_slot(pending, key, hash, &n_same);
    if ((*slot)->doc != FREE_SLOT || n_same < PRS_MAX_SAME_HASH) return PRISM_OK;
    return prs_error_set(err, PRISM_ELIMIT,
                         "keys made to collide: %u others have the hash of this one", n_same);
}

/* Of the documents of a key the last one alone asks for older versions: a key that is put a million
 * times would else be looked for so often, and each time find all that there are. */
static bool take_mark(prs_pending *pending, uint32_t doc) {
    uint64_t bit = UINT64_C(1) << (doc & 63);
    bool had = prs_pending_has(&pending->replace, doc);
    pending->replace.ptr[doc >> 6] &= ~bit;
    pending->n_replace -= had;
    return had;
}

static void add_key(prs_pending *pending, uint32_t doc, prs_bytes key, uint64_t hash,
                    prs_key_slot *slot, bool replace) {
    prs_keys_writer_add(pending->keys, key);
    if (slot->doc != FREE_SLOT) {
        mark_deleted(pending, slot->doc);
        replace |= take_mark(pending, slot->doc);
    }
    *slot = (prs_key_slot){upper(hash), doc};
    if (!replace) return;
    pending->replace.ptr[doc >> 6] |= UINT64_C(1) << (doc & 63);
    pending->n_replace++;
}

prism_status prs_pending_add(prs_pending *pending, const prs_document *doc, bool replace,
                             prism_error *err) {
    PRS_ASSERT(pending->is_open && !pending->is_ended);
    uint32_t no = prs_pending_count(pending);
    prs_bytes key = prs_bytes_of(doc->key, doc->key_len);
    uint64_t hash = pending->has_keys ? prs_keys_hash(key) : 0;
    prs_key_slot *slot = NULL;
    PRS_TRY(make_room(pending, err));
    if (pending->has_keys) {
        PRS_TRY(give_slot(pending, key, hash, &slot, err));
        PRS_TRY(prs_keys_writer_reserve(pending->keys, key.len, err));
    }
    PRS_TRY(prs_docstore_writer_prepare(pending->docs, doc->json.len, err));
    PRS_TRY(prs_pending_take_texts(pending, doc, err));
    if (slot != NULL) add_key(pending, no, key, hash, slot, replace);
    prs_docstore_writer_add(pending->docs, prs_bytes_of(doc->json.ptr, doc->json.len));
    return PRISM_OK;
}

bool prs_pending_delete(prs_pending *pending, prs_bytes key) {
    uint32_t n_same;
    if (pending->n_slots == 0) return false;
    prs_key_slot *slot = find_slot(pending, key, prs_keys_hash(key), &n_same);
    if (slot->doc == FREE_SLOT || prs_pending_has(&pending->deleted, slot->doc)) return false;
    mark_deleted(pending, slot->doc);
    return true;
}
