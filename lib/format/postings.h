/* postings.h - the documents of one term: blocks of (doc, freq), two skip levels with impacts, positions.
 *
 *   list    group 0 (32 blocks)        group 1 ...
 *           last doc, end, impacts     last doc, end, impacts      level 2
 *           | 32 x last doc, end, impacts |                        level 1
 *           | block | block | ...                                  128 docs and freqs
 *
 * FORMAT.md sections 7 and 8.  A cursor decodes one block at a time into `docs` and `freqs`; callers
 * work on whole blocks (docs[i..n)) and call next_block / seek_block, not a function per document. */
#ifndef PRS_FORMAT_POSTINGS_H
#define PRS_FORMAT_POSTINGS_H

#include "base/buf.h"
#include "codec/pack.h"
#include "format/lengths.h"
#include "format/terms.h"

#define PRS_DOC_END 0x7fffffffu /* behind the last document; the largest signed 32-bit number */

typedef struct prs_impact {
    uint32_t freq, length;
} prs_impact;

/* ---- writing one list ------------------------------------------------------------------------ */
typedef struct prs_postings_writer prs_postings_writer;
/** One writer serves all terms of a field in turn.  postings and positions sections grow in the two
 *  buffers/outs given: `postings` is written through to `out` by the caller's sections order; since
 *  TERMS, POSTINGS and POSITIONS grow together, the writer spools them to the three sinks. */
typedef struct prs_postings_sink {
    prs_out *postings;  /* current section POSTINGS of some file */
    prs_buf *spill;     /* or NULL */
} prs_postings_sink;

/** n postings of one term: docs ascending, freqs >= 1, positions flat (sum of freqs entries, ascending within
 *  a doc) or NULL; lengths/spans readers or arrays give length and span of a doc.
 *  Appends encoded bytes to `post` and `pos`, fills info (offsets relative to the sections' starts =
 *  *post_base + ..., kept by the caller).  Decides inline or not. */
typedef struct prs_postings_input {
    const uint32_t *docs, *freqs;
    const uint32_t *positions;       /* NULL = no positions */
    uint32_t df;
    uint64_t cf;
    const uint32_t *lengths;         /* by doc: exact length; NULL = field without lengths */
    const uint32_t *spans;           /* by doc; NULL = same as lengths */
} prs_postings_input;
/** Encode one list.  `inline_payload` receives the payload when info->inlined (info->payload points into it).
 *  Errors: ENOMEM by sticky buffers.   Cost: see bench/micro. */
prism_status prs_postings_encode(const prs_postings_input *in, prs_buf *post, prs_buf *pos,
                                 prs_buf *inline_payload, prs_term_info *info, prism_error *err);

/* ---- reading ---------------------------------------------------------------------------------- */
typedef struct prs_postings_source {
    prs_section postings, positions;
    const prs_lengths *spans; /* spans of the field, needed for positions; may be the lengths */
    uint32_t n_docs;
} prs_postings_source;

typedef struct prs_block_meta { /* level 1, decoded when its group is entered */
    uint32_t last_doc;
    uint32_t off, len;         /* in the group's blocks area */
    uint64_t pos_off;          /* of its positions run, from the start of the term's positions */
    uint32_t pos_len;
    uint16_t impact_at;        /* its first pair in impacts[] */
    uint8_t n_impacts;
} prs_block_meta;

typedef struct prs_postings {
    const prs_postings_source *src;
    prs_term_info info;
    /* current block, decoded */
    uint32_t docs[PRS_BLOCK + 16];  /* ascending; entry n is PRS_DOC_END */
    uint32_t freqs[PRS_BLOCK + 16]; /* valid after prs_postings_freqs */
    uint32_t n, i;                  /* number in block, current place */
    uint32_t first_doc, last_doc;   /* of the current block; last_doc = PRS_DOC_END at the end */
    bool freqs_ready;
    /* skip state */
    const uint8_t *list, *list_end;
    uint32_t n_groups, group, n_blocks, block; /* current group and block within it */
    const uint8_t *blocks;                     /* area of the current group */
    uint32_t group_last_doc, before_group;     /* last doc of the group / of the one before */
    prs_block_meta meta[32];
    prs_impact impacts[32 * 4];
    prs_impact group_impacts[8];
    uint32_t n_group_impacts;
    prs_impact dominance[3];
    uint32_t n_dominance;
    const uint8_t *freq_at, *block_end;        /* undecoded freqs of the current block */
    uint8_t block_tag;
    /* positions of the current block: bit offset of each doc's group, filled on first use */
    uint64_t pos_bits[PRS_BLOCK + 1];
    bool pos_ready;
} prs_postings;

/** Begin a list; stands before the first block (n = 0, call next_block or seek). */
prism_status prs_postings_open(prs_postings *p, const prs_postings_source *src,
                               const prs_term_info *info, prism_error *err);
/** Decode the next block's docs; at the end n = 0 and docs[0] = PRS_DOC_END. */
prism_status prs_postings_next_block(prs_postings *p, prism_error *err);
/** Move to the block whose last doc >= target without decoding it (shallow): its meta and impacts are valid,
 *  docs are not until prs_postings_load.  For lists of one block or inline the block is loaded.  */
prism_status prs_postings_skip_to(prs_postings *p, uint32_t target, prism_error *err);
/** Decode the docs of the block stood on. */
prism_status prs_postings_load(prs_postings *p, prism_error *err);
/** First doc >= target: skip + load + search; sets i; returns docs[i] in *doc (PRS_DOC_END at the end). */
prism_status prs_postings_seek(prs_postings *p, uint32_t target, uint32_t *doc, prism_error *err);
/** Make freqs[0..n) valid for the current block. */
prism_status prs_postings_freqs(prs_postings *p, prism_error *err);
/** Impacts of the block stood on (*n pairs, borrowed), or NULL for lists without skip data (df <= 128). */
const prs_impact *prs_postings_block_impacts(const prs_postings *p, uint32_t *n);
/** Positions of the doc at place i of the current block: freqs[i] values into out (room for freqs[i]). */
prism_status prs_postings_positions(prs_postings *p, uint32_t i, uint32_t *out, prism_error *err);

#endif
