/* world.h - an index in memory for tests: its directory survives reopening and can fail on
 * demand. */
#ifndef PRS_TESTS_HARNESS_WORLD_H
#define PRS_TESTS_HARNESS_WORLD_H

#include "harness/crash_dir.h"
#include "harness/fault_dir.h"
#include "harness/test.h"

#include "maintain/check.h"
#include "index/documents.h"
#include "index/snapshot.h"
#include "write/writer.h"

typedef struct world {
    prs_mem disk_mem;
    prs_dir *disk;     /* what is written stays here */
    test_alloc alloc;  /* of the handles */
    fault_dir *fault;  /* around disk, for the open handle */
    prism_index index; /* core NULL = closed */
    prism_writer *writer;
    prs_writer_options options;
    size_t fail_at; /* allocation of the next open handle that fails; 0 = none */
} world;

/* id (key), title and body (text), tags (keyword, many, column), lang (keyword), n (i64), when
 * (date). */
extern const char world_schema[];

/** A new index with a writer.  PRISM_THREADS=n in the environment has n threads build, and every
 *  document is a batch. */
void world_make(world *w, const char *schema);
/** The same with `crash` around the disk; the caller sets w->disk = crash->inner before world_end,
 *  and ends crash. */
void world_make_crashing(world *w, const char *schema, crash_dir *crash);
/** Handles only; the writer too if asked for.  Fails the test if they do not open. */
void world_open(world *w, bool with_writer);
/** As world_open, but tells. */
prism_status world_try_open(world *w, bool with_writer, prism_error *err);
/** Drop the handles; fails the test unless all their memory was released. */
void world_close(world *w);
void world_end(world *w);

/** printf-formatted JSON document. */
void world_put(world *w, const char *json, ...) PRS_PRINTF(2, 3);
uint64_t world_delete(world *w, const char *key);
void world_flush(world *w);
uint64_t world_commit(world *w);
/** A snapshot of the newest commit; unref it. */
prism_snapshot *world_snapshot(world *w);
/** Stored JSON of a key, of malloc; NULL if there is none. */
char *world_get(world *w, const char *key);
/** Live documents of the newest commit. */
uint64_t world_count(world *w);
/** Number of findings of a check by a handle of its own; prints them. */
uint64_t world_check(world *w, prism_check_level level);

/** Read a document by the writer's reader. */
void world_read(prs_json_reader *reader, prs_document *doc, const char *json);

#endif
