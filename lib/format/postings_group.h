/* postings_group.h - between postings_writer.c and postings_group.c: groups of blocks and the list
 * around them. */
#ifndef PRS_FORMAT_POSTINGS_GROUP_H
#define PRS_FORMAT_POSTINGS_GROUP_H

#include "base/arena.h"
#include "format/block.h"
#include "format/dominance.h"
#include "format/impacts.h"

/* One block, encoded. */
typedef struct prs_new_block {
    const uint8_t *bytes;
    uint32_t len, last_doc;
    uint64_t pos_len;
    const prs_front *front; /* exact */
} prs_new_block;

/* A finished group. */
typedef struct prs_new_group {
    uint32_t last_doc, n_blocks;
    size_t len, impacts_len; /* its impacts stand first */
    const uint8_t *bytes;
    uint64_t pos_end; /* from the start of the term's positions */
} prs_new_group;

/* A list whose groups must not wait in memory is added twice. */
typedef enum prs_list_pass {
    PRS_LIST_ONCE,    /* groups wait in memory until the directory is known */
    PRS_LIST_MEASURE, /* first of two: what the directory says of them stays */
    PRS_LIST_WRITE,   /* second: the directory is written, groups go out */
} prs_list_pass;

/* The postings of a term of more than 128 documents, as they grow. */
typedef struct prs_list_builder {
    prs_mem *mem;
    float mean_length;
    bool no_memory; /* sticky until the list is reset */
    prs_list_pass pass;
    bool differs;     /* the second pass is not what the first was: likewise */
    size_t n_written; /* groups, in the second pass */
    prs_out *out;
    /* the group being filled */
    uint32_t n_blocks;
    uint32_t last_doc[PRS_GROUP_BLOCKS], len[PRS_GROUP_BLOCKS];
    uint64_t pos_len[PRS_GROUP_BLOCKS];
    prs_buf blocks, impacts;
    prs_front group_front;
    uint32_t before_group; /* last document before it, PRS_NO_DOC at first */
    uint64_t pos_end;      /* positions of all blocks so far */
    /* the groups before it */
    prs_arena bytes;
    prs_new_group *groups;
    size_t n_groups, cap_groups;
    prs_front list_front;
    prs_dominance dominance;
} prs_list_builder;

void prs_list_builder_init(prs_list_builder *list, prs_mem *mem, float mean_length);
void prs_list_builder_fini(prs_list_builder *list);
/** Forget the list, keep the memory. */
void prs_list_builder_reset(prs_list_builder *list);
static inline bool prs_list_builder_empty(const prs_list_builder *list) {
    return list->n_blocks == 0 && list->n_groups == 0;
}
/** Append a block; its postings were added to `dominance` by the caller. */
void prs_list_builder_add(prs_list_builder *list, const prs_new_block *block);
/** Write the list of df postings to `out`; *len its bytes.  False when out of memory.  Measured:
 *  its directory is written, and all blocks are to be added again. */
bool prs_list_builder_write(prs_list_builder *list, uint64_t df, bool has_positions, prs_out *out,
                            uint64_t *len);
/** End the second pass.  False if its blocks were not those of the first: what is written is no
 *  list. */
bool prs_list_builder_end_second(prs_list_builder *list);

#endif
