/* postings.h - read the documents of one term: blocks of (doc, freq), skip levels with impacts,
 * positions.
 *
 *   list    directory: last doc and end of each group; dominance points, impacts of the list
 *           group 0 (up to 32 blocks)   group 1 ...
 *           | impacts | 32 x last doc, sizes | 32 x impacts | block | block | ... |
 *                                                            128 docs and freqs
 *
 * FORMAT.md sections 7 and 8.  A cursor stands on a block or at the end.  Skipping moves it without
 * decoding; `load` decodes the documents of the block stood on, `freqs` its freqs, `positions` the
 * positions of one document.  Callers work on whole blocks, not through a function per document:
 *
 *     for (status = prs_postings_open(&p, ...); p.last_doc != PRS_DOC_END;
 *     prs_postings_next_block(&p, err))
 *         if (competitive(prs_postings_block_impacts(&p, &n))) { prs_postings_load(&p, err); use
 *         p.docs[0 .. p.n) }
 *
 * Short lists (df <= 128, in the dictionary or not) have no skip data: they are loaded by open.
 * One cursor belongs to one thread; it owns nothing and needs no closing.  After an error it stands
 * at the end. */
#ifndef PRS_FORMAT_POSTINGS_H
#define PRS_FORMAT_POSTINGS_H

#include "codec/codes.h"
#include "codec/eliasfano.h"
#include "codec/pack.h"
#include "format/lengths.h"
#include "format/marks.h"
#include "format/terms.h"

#define PRS_DOC_END 0x7fffffffu /* behind the last document; the largest signed 32-bit number */
#define PRS_GROUP_BLOCKS 32u    /* blocks of a group */
#define PRS_BLOCK_IMPACTS 4u    /* pairs of a block, at most */
#define PRS_GROUP_IMPACTS 8u    /* pairs of a group or list, at most */
#define PRS_DOMINANCE_POINTS 3u /* for K = 10, 100, 1000 */

/* Every posting bounded by a set of impacts has freq <= and length >= those of some pair. */
typedef struct prs_impact {
    uint32_t freq, length;
} prs_impact;

/* Where lists are read from: one for each field of a segment. */
typedef struct prs_postings_source {
    prs_section lists;
    /* of the field (its lengths if it has no SPANS); NULL without positions */
    const prs_lengths *spans;
    uint32_t n_docs;
} prs_postings_source;

typedef enum prs_block_form { PRS_BLOCK_PACKED, PRS_BLOCK_RUN, PRS_BLOCK_BITSET } prs_block_form;

typedef enum prs_block_seen {
    PRS_BLOCK_UNSEEN, /* nothing */
    PRS_BLOCK_SPARSE, /* it has to be decoded */
    PRS_BLOCK_FULL,   /* all documents of its range */
    PRS_BLOCK_BITS,
} prs_block_seen;

typedef struct prs_postings {
    const prs_postings_source *src;
    prs_term_info info;

    /* The block stood on.  last_doc is valid without load; PRS_DOC_END = at the end. */
    uint32_t last_doc;
    uint32_t n, i; /* loaded documents (0 = not loaded) and the place of seek among them */
    uint32_t docs[PRS_BLOCK + 16];  /* ascending; docs[n] is PRS_DOC_END */
    uint32_t freqs[PRS_BLOCK + 16]; /* valid after prs_postings_freqs */

    /* Level 2: the group stood on.  Lists without skip data: n_groups 0. */
    uint32_t n_groups, group;
    uint32_t group_last_doc;
    prs_impact group_impacts[PRS_GROUP_IMPACTS];
    uint32_t n_group_impacts;
    prs_impact list_impacts[PRS_GROUP_IMPACTS]; /* of the whole list */
    uint32_t n_list_impacts;
    prs_impact dominance[PRS_DOMINANCE_POINTS]; /* for K = 10, 100, 1000; the first n_dominance */
    uint32_t n_dominance;

    /* Private to format/postings_*.c ---------------------------------------------------------- */
    const uint8_t *list, *list_end; /* postings of the term */
    const uint8_t *at, *end;        /* the loaded block: undecoded freqs; its end */
    prs_bit_cur bits;               /* short lists: undecoded freqs, then positions */
    uint8_t tag;                    /* of the loaded block */
    /* The block stood on as it is stored, of which prs_postings_has has seen so much. */
    prs_block_seen seen;
    uint32_t seen_first, seen_end; /* its documents lie in [first, end) */
    const uint8_t *seen_words;     /* bitset: bit 0 is seen_first */
    uint32_t seen_n;               /* documents of a block that is full or bits */
    bool freqs_ready, impacts_ready, blocks_ready, pos_ready;
    uint64_t groups_off; /* of the first group, from `list` */
    uint32_t before_group,
        before_block;         /* last document before the group and block; PRS_NO_DOC at first */
    uint32_t block, n_blocks; /* of the group */
    const uint8_t *head, *group_end; /* of the group: behind its impacts; its end */
    const uint8_t *block_impacts, *blocks;
    uint64_t pos_off, pos_end;  /* its positions, from the start of the term's */
    const uint8_t *pos_numbers; /* lengths of the blocks' positions, pos_width bits each */
    uint32_t pos_bit, pos_width;
    uint32_t block_last[PRS_GROUP_BLOCKS];
    uint32_t block_off[PRS_GROUP_BLOCKS + 1]; /* from `blocks` */
    uint64_t
        block_pos_off[PRS_GROUP_BLOCKS + 1]; /* from the start of the term's positions; pos_ready */
    uint8_t n_impacts[PRS_GROUP_BLOCKS];
    prs_impact impacts[PRS_GROUP_BLOCKS][PRS_BLOCK_IMPACTS];
    /* Positions of the loaded block: the bits of its groups, NULL = not looked at yet, and where
     * some of them begin.  Of those of [pos_from, pos_to) it is known where each begins, where the
     * last one ends, and what the spans are. */
    const uint8_t *run;
    uint64_t run_end;
    uint32_t run_slack, n_marks;
    uint64_t marks[PRS_MARKS_MAX];
    uint32_t pos_from, pos_to;
    uint64_t pos_bits[PRS_BLOCK + 1];
    uint32_t spans[PRS_BLOCK];
} prs_postings;

/** Stand on the first block of a list.  Errors : ECORRUPT.   Cost: one or two cache misses */
prism_status prs_postings_open(prs_postings *p, const prs_postings_source *src,
                               const prs_term_info *info, prism_error *err) PRS_NODISCARD;
/** Move to the next block, not loaded; behind the last one last_doc = PRS_DOC_END. */
prism_status prs_postings_next_block(prs_postings *p, prism_error *err) PRS_NODISCARD;
/** Move forward to the first block whose last doc >= target, without decoding it; never moves back,
 *  and keeps what is loaded if it stays. */
prism_status prs_postings_skip_to(prs_postings *p, uint32_t target, prism_error *err) PRS_NODISCARD;
/** As skip_to, but only to the group (level 2): group_last_doc and group_impacts become valid.  If
 *  that is another group, the cursor stands before its first block and last_doc is the group's,
 *  until skip_to, next_block or load (which takes the first block).  Without skip data: skip_to,
 *  and group_last_doc = last_doc. */
prism_status prs_postings_skip_group(prs_postings *p, uint32_t target,
                                     prism_error *err) PRS_NODISCARD;
/** Decode the documents of the block stood on: docs[0..n), i = 0.  Nothing to do if loaded or at
 *  the end (then n = 0 and docs[0] = PRS_DOC_END). */
prism_status prs_postings_load(prs_postings *p, prism_error *err) PRS_NODISCARD;
/** First doc >= target: skip_to, load, search from i; sets i; *doc = docs[i] or PRS_DOC_END. */
prism_status prs_postings_seek(prs_postings *p, uint32_t target, uint32_t *doc,
                               prism_error *err) PRS_NODISCARD;
/** Is a document in the list?  Documents never fall.  Dense blocks are asked as they are stored.
 *  Cost   : some ns; a packed block is decoded when the first document in its range is asked for */
prism_status prs_postings_has(prs_postings *p, uint32_t doc, bool *has,
                              prism_error *err) PRS_NODISCARD;
/* A dense block as it is stored: the documents first + i of the set bits i; words NULL = the n
 * from first on. */
typedef struct prs_block_bits {
    const uint8_t *words;
    uint32_t n_words, first, n;
} prs_block_bits;
/** Look at the block stood on as bits; n = 0 if it is loaded, or stored as numbers.  *bits is good
 *  until the cursor moves, and so are the freqs of the block, in the order of its documents. */
prism_status prs_postings_bits(prs_postings *p, prs_block_bits *bits,
                               prism_error *err) PRS_NODISCARD;
/** The documents of a dense block, and behind them PRS_DOC_END; their number.
 *  Params : docs: room for 16 more than there are */
uint32_t prs_postings_bits_docs(const prs_block_bits *bits, uint32_t *docs);
/** Make freqs[0..n) valid for the block that is loaded, or was looked at as bits. */
prism_status prs_postings_freqs(prs_postings *p, prism_error *err) PRS_NODISCARD;
/** Impacts of the block stood on: *pairs borrowed until the cursor moves; *n = 0 without skip
 *  data. */
prism_status prs_postings_block_impacts(prs_postings *p, const prs_impact **pairs, uint32_t *n,
                                        prism_error *err) PRS_NODISCARD;
/** Set bit doc - base of `words` for each doc of the list in [base, base + 64 * n_words), from the
 *  block stood on forwards, without materialising dense blocks; stands afterwards on the block that
 *  reaches the window's end. */
prism_status prs_postings_fill_window(prs_postings *p, uint32_t base, uint64_t *words,
                                      uint32_t n_words, prism_error *err) PRS_NODISCARD;
#define PRS_MAP_MARK 0x80u
/** The same, but documents of blocks that are stored as numbers become bytes: map[doc - base] =
 *  PRS_MAP_MARK, for prs_words_take_map.
 *  Params : map: 64 * n_words bytes; NULL = as above */
prism_status prs_postings_fill_map(prs_postings *p, uint32_t base, uint64_t *words, uint8_t *map,
                                   uint32_t n_words, prism_error *err) PRS_NODISCARD;
/** Positions of docs[i]: freqs[i] values, ascending, into out.  prs_postings_freqs first; it bounds
 *  every freq by the bytes that are there, so that freqs[i] may be trusted to size `out`.
 *  Errors : ECORRUPT; EMISUSE for a list without positions */
prism_status prs_postings_positions(prs_postings *p, uint32_t i, uint32_t *out,
                                    prism_error *err) PRS_NODISCARD;
typedef prs_ef_group prs_positions_at; /* where the positions of one document lie */
/** Find the positions of docs[i], and of some before and behind, without reading them; not for
 *  inline lists.  prs_postings_freqs first.
 *  Errors : ECORRUPT; EMISUSE for a list without positions */
prism_status prs_postings_locate(prs_postings *p, uint32_t i, prism_error *err) PRS_NODISCARD;
/** Are they found? */
static inline bool prs_positions_known(const prs_postings *p, uint32_t i) {
    return i - p->pos_from < p->pos_to - p->pos_from;
}
/** Those of docs[i], which are. */
static inline prs_positions_at prs_positions_of(const prs_postings *p, uint32_t i) {
    return (prs_positions_at){p->run, p->pos_bits[i], p->freqs[i], p->spans[i]};
}
/** Its freq positions; false if the bits are unsound. */
static inline bool prs_positions_read(const prs_positions_at *at, uint32_t *out) {
    return prs_ef_decode(at->base, at->bit, at->freq, at->span, out);
}
/** The position where there is one. */
static inline uint32_t prs_positions_only(const prs_positions_at *at) {
    return (uint32_t)prs_bits_load(at->base, at->bit, prs_bit_width32(at->span - 1));
}
/** As prs_ef_narrow. */
static inline uint32_t prs_positions_narrow(const prs_positions_at *at, uint32_t pos,
                                            uint32_t *starts, uint32_t n) {
    return prs_ef_narrow(at->base, at->bit, at->freq, at->span, pos, starts, n);
}
/** Keep those of *n beginnings, ascending, behind which the term stands in docs[i]: at beginning +
 *  pos.  Decodes no more of its positions than these ask for.  prs_postings_freqs first.
 *  Errors : ECORRUPT; EMISUSE for a list without positions
 *  Cost   : 10-20 ns a beginning, 1 ns for 40 positions passed */
prism_status prs_postings_narrow(prs_postings *p, uint32_t i, uint32_t pos, uint32_t *starts,
                                 uint32_t *n, prism_error *err) PRS_NODISCARD;

#endif
