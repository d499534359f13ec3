/* stats.c - which integers does a query need from an index, and how are those of many indexes
 * added?
 *
 * Structure   One walk over the scored leaves of the tree names the sets of fields and the words;
 *             each new name is counted over all segments when it is met.
 *
 *                 leaf TERM  "cat" in title^2, body  ->  set "body\ntitle", word (0, "cat")
 *                 leaf PHRASE                        ->  the same for the idf key of each slot
 *
 * Invariants  - Ids are dense in order of first use, so the statistics of one query have the same
 *               ids in every index, and merging is adding two arrays.
 *             - Counts include documents that are deleted and not yet purged (FORMAT.md section
 *               17).
 *             - Weights of fields are not part of a set: tokens are kept by field and weighed when
 *               used.
 * Why so      Integers add without rounding, so shards that add their statistics score exactly as
 *             one index would; names, not numbers, because shards may number fields differently.
 * Cost        Look-ups; words in several fields walk their lists (word_df.h).
 * Tested by   tests/unit/search/test_stats.c */
#include "search/stats.h"

#include "base/error.h"
#include "search/leaf_fields.h"
#include "search/word_df.h"

/* ---- the table ------------------------------------------------------------------------------- */

prism_status prs_stats_new(const prism_allocator *hook, prism_stats **out, prism_error *err) {
    *out = NULL;
    prs_mem own;
    prs_mem_init(&own, hook);
    prism_stats *stats = prs_mem_calloc(&own, 1, sizeof *stats);
    if (stats == NULL) return prs_error_nomem(err);
    prs_mem_init(&stats->mem, hook);
    prs_arena_init(&stats->arena, &stats->mem, 0);
    prs_map_init(&stats->set_keys, &stats->mem, 0);
    prs_map_init(&stats->word_keys, &stats->mem, 0);
    *out = stats;
    return PRISM_OK;
}

void prs_stats_free(prism_stats *stats) {
    if (stats == NULL) return;
    prs_map_fini(&stats->set_keys);
    prs_map_fini(&stats->word_keys);
    prs_mem_free(&stats->mem, stats->sets, stats->sets_cap * sizeof *stats->sets);
    prs_mem_free(&stats->mem, stats->dfs, stats->dfs_cap * sizeof *stats->dfs);
    prs_arena_fini(&stats->arena);
    prs_mem own; /* the handle holds its own prs_mem, so its block goes back through a copy */
    prs_mem_init(&own, &stats->mem.hook);
    prs_mem_free(&own, stats, sizeof *stats);
}

/* Room for one more item of `size` bytes behind n. */
static prism_status grow(prs_mem *mem, void **items, uint32_t n, uint32_t *cap, size_t size,
                         prism_error *err) {
    if (n < *cap) return PRISM_OK;
    uint32_t more = *cap == 0 ? 8 : *cap * 2;
    void *p = prs_mem_resize(mem, *items, *cap * size, more * size);
    if (p == NULL) return prs_error_nomem(err);
    *items = p;
    *cap = more;
    return PRISM_OK;
}

prism_status prs_stats_add_set(prism_stats *stats, prs_bytes names, uint32_t n_fields,
                               uint32_t *set, bool *added, prism_error *err) {
    void *sets = stats->sets;
    PRS_TRY(
        grow(&stats->mem, &sets, stats->set_keys.n, &stats->sets_cap, sizeof *stats->sets, err));
    stats->sets = sets;
    uint64_t *tokens = prs_arena_calloc(&stats->arena, n_fields, sizeof *tokens);
    if (tokens == NULL) return prs_error_nomem(err);
    if (prs_map_add(&stats->set_keys, names, set, added) != PRISM_OK) return prs_error_nomem(err);
    if (*added) stats->sets[*set] = (prs_stats_set){0, tokens, n_fields};
    return PRISM_OK;
}

/* The key of a word: its set, then its term key. */
static prs_bytes word_key(uint8_t *space, uint32_t set, prs_bytes key) {
    prs_store32(space, set);
    memcpy(space + 4, key.ptr, key.len);
    return prs_bytes_of(space, key.len + 4);
}

prism_status prs_stats_add_word(prism_stats *stats, uint32_t set, prs_bytes key, uint32_t *word,
                                bool *added, prism_error *err) {
    uint8_t space[4 + PRISM_MAX_TERM_BYTES];
    if (key.len > PRISM_MAX_TERM_BYTES)
        return prs_error_set(err, PRISM_EINVAL, "a term key is too long");
    void *dfs = stats->dfs;
    PRS_TRY(grow(&stats->mem, &dfs, stats->word_keys.n, &stats->dfs_cap, sizeof *stats->dfs, err));
    stats->dfs = dfs;
    if (prs_map_add(&stats->word_keys, word_key(space, set, key), word, added) != PRISM_OK) {
        return prs_error_nomem(err);
    }
    if (*added) stats->dfs[*word] = 0;
    return PRISM_OK;
}

uint32_t prs_stats_find_set(const prism_stats *stats, prs_bytes names) {
    return prs_map_find(&stats->set_keys, names);
}

uint32_t prs_stats_find_word(const prism_stats *stats, uint32_t set, prs_bytes key) {
    uint8_t space[4 + PRISM_MAX_TERM_BYTES];
    if (key.len > PRISM_MAX_TERM_BYTES) return UINT32_MAX;
    return prs_map_find(&stats->word_keys, word_key(space, set, key));
}

/* ---- collecting ------------------------------------------------------------------------------ */

typedef struct collecting {
    prism_stats *stats;
    const prism_snapshot *snap;
    const prism_schema *schema; /* of the query */
    prs_arena arena;            /* scratch */
    prs_watch *watch;
} collecting;

/* The field of the snapshot that has lengths and this number in the query's schema; NULL: none. */
static const prs_field *field_with_lengths(const prism_snapshot *snap, const prism_schema *schema,
                                           uint16_t no) {
    const prs_field *field = &schema->fields[no];
    if (schema != snap->schema)
        field = prs_schema_field(snap->schema, field->name, strlen(field->name));
    bool has = field != NULL && prs_leaf_field_has_lengths(snap->schema, field->no);
    return has ? field : NULL;
}

prism_status prs_stats_count_set(const prism_snapshot *snap, const prism_schema *schema,
                                 const prs_named_fields *named, const prs_fields *here,
                                 prs_arena *arena, prs_stats_set *set, prism_error *err) {
    uint16_t *numbers = prs_arena_alloc(arena, here->n * sizeof *numbers);
    if (numbers == NULL) return prs_error_nomem(err);
    for (uint32_t i = 0; i < here->n; i++) numbers[i] = here->ptr[i].field;
    for (uint32_t s = 0; s < snap->n_leaves && here->n > 0; s++) {
        uint32_t n;
        PRS_TRY(prs_segment_docs_with_any(snap->leaves[s].segment, numbers, here->n, &n, err));
        set->n_docs += n;
    }
    for (uint32_t i = 0; i < named->n; i++) {
        const prs_field *field = field_with_lengths(snap, schema, named->sorted[i].field);
        for (uint32_t s = 0; field != NULL && s < snap->n_leaves; s++)
            set->tokens[i] += snap->leaves[s].segment->fields[field->no].sum_length;
    }
    return PRISM_OK;
}

static prism_status collect_word(collecting *c, uint32_t set, const prs_fields *here, prs_bytes key,
                                 prism_error *err) {
    uint32_t word;
    bool added;
    PRS_TRY(prs_stats_add_word(c->stats, set, key, &word, &added, err));
    if (!added) return PRISM_OK;
    prs_arena_mark mark = prs_arena_save(&c->arena);
    prs_term_info *infos = prs_arena_alloc(&c->arena, here->n * sizeof *infos);
    if (infos == NULL) return prs_error_nomem(err);
    for (uint32_t s = 0; s < c->snap->n_leaves; s++) {
        uint32_t df;
        PRS_TRY(prs_watch_tick(c->watch, err));
        PRS_TRY(prs_word_df(c->snap->leaves[s].segment, here, key, &c->stats->mem, c->watch, infos,
                            &df, err));
        c->stats->dfs[word] += df;
    }
    prs_arena_restore(&c->arena, mark);
    return PRISM_OK;
}

static prism_status collect_leaf(collecting *c, const prs_node *node, prism_error *err) {
    prs_named_fields named;
    prs_fields here;
    PRS_TRY(prs_leaf_fields_name(&c->arena, c->schema, &node->fields, &named, err));
    PRS_TRY(prs_leaf_fields_map(&c->arena, c->schema, c->snap->schema, &node->fields, &here, err));
    uint32_t set;
    bool added;
    PRS_TRY(prs_stats_add_set(c->stats, named.names, named.n, &set, &added, err));
    if (added)
        PRS_TRY(prs_stats_count_set(c->snap, c->schema, &named, &here, &c->arena,
                                    &c->stats->sets[set], err));
    if (node->kind == PRS_NODE_TERM) return collect_word(c, set, &here, node->key, err);
    for (uint32_t i = 0; i < node->n_slots; i++) {
        if (node->slots[i].idf_key.len == 0) continue;
        PRS_TRY(collect_word(c, set, &here, node->slots[i].idf_key, err));
    }
    return PRISM_OK;
}

/* Depth is bounded by PRISM_MAX_QUERY_DEPTH. */
static prism_status collect_node(collecting *c, const prs_node *node, prism_error *err) {
    switch (node->kind) {
    case PRS_NODE_TERM:
    case PRS_NODE_PHRASE:
    case PRS_NODE_NEAR: return collect_leaf(c, node, err);
    case PRS_NODE_BOOL:
    case PRS_NODE_MAX:
        for (uint32_t i = 0; i < node->n_must; i++) PRS_TRY(collect_node(c, node->must[i], err));
        for (uint32_t i = 0; i < node->n_should; i++)
            PRS_TRY(collect_node(c, node->should[i], err));
        for (uint32_t i = 0; i < node->n_extra; i++) PRS_TRY(collect_node(c, node->extra[i], err));
        return PRISM_OK;
    default: return PRISM_OK; /* constant scores need none */
    }
}

prism_status prs_stats_collect(prism_stats *stats, const prism_snapshot *snap,
                               const prism_query *query, prs_watch *watch, prism_error *err) {
    collecting c = {.stats = stats, .snap = snap, .schema = query->schema, .watch = watch};
    prs_arena_init(&c.arena, &stats->mem, 0);
    prism_status status = collect_node(&c, query->root, err);
    prs_arena_fini(&c.arena);
    return status;
}

/* ---- merging --------------------------------------------------------------------------------- */

static bool same_keys(const prs_map *a, const prs_map *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++) {
        if (!prs_bytes_equal(a->keys[i], b->keys[i])) return false;
    }
    return true;
}

/* Would a sum leave 63 bits?  Then it could not be added again. */
static bool overflows(uint64_t a, uint64_t b) {
    return a > (uint64_t)INT64_MAX || b > (uint64_t)INT64_MAX - a;
}

static bool any_overflow(const prism_stats *into, const prism_stats *from) {
    for (uint32_t i = 0; i < into->set_keys.n; i++) {
        const prs_stats_set *a = &into->sets[i], *b = &from->sets[i];
        if (overflows(a->n_docs, b->n_docs)) return true;
        for (uint32_t f = 0; f < a->n_fields; f++) {
            if (overflows(a->tokens[f], b->tokens[f])) return true;
        }
    }
    return false; /* a df is at most the n_docs of its set */
}

prism_status prs_stats_merge(prism_stats *into, const prism_stats *from, prism_error *err) {
    if (!same_keys(&into->set_keys, &from->set_keys) ||
        !same_keys(&into->word_keys, &from->word_keys)) {
        return prs_error_set(err, PRISM_EINVAL, "statistics of different queries cannot be added");
    }
    if (any_overflow(into, from))
        return prs_error_set(err, PRISM_ELIMIT, "a sum of statistics is over 2^63 - 1");
    for (uint32_t i = 0; i < into->set_keys.n; i++) {
        into->sets[i].n_docs += from->sets[i].n_docs;
        for (uint32_t f = 0; f < into->sets[i].n_fields; f++)
            into->sets[i].tokens[f] += from->sets[i].tokens[f];
    }
    for (uint32_t i = 0; i < into->word_keys.n; i++) into->dfs[i] += from->dfs[i];
    return PRISM_OK;
}
