/* writer.h - put, delete, commit.
 *
 * What is put is durable and visible when prism_writer_commit returns PRISM_OK, all of it or none.
 * The last put of a key wins.
 *
 * After an error of            the writer
 *   put, put_json, delete       is as it was before the call, whatever failed: of the document
 *                               PRISM_EPARSE, PRISM_EREJECTED, PRISM_ELIMIT, PRISM_EINVAL,
 *                               PRISM_EBUDGET, what a tokenizer returns; of the disk PRISM_ENOSPC,
 *                               PRISM_EIO; PRISM_ENOMEM
 *   commit, merge               still holds everything that was put and deleted: the same call may
 *                               be made again, and it uses other files than those that failed
 *   any call, PRISM_ECORRUPT    gives that error again from every call: bytes that were written for
 *     of a file just written    a failed flush, or for a prism_writer_snapshot and not yet synced,
 *                               do not come back from the disk.
 *                               prism_writer_rollback goes back to the last commit
 *   commit, PRISM_EUNKNOWN      can only be closed: open the index again to see whether it was
 *                               committed
 *
 * A disk that is full for a try needs room for the stored documents twice in the next: they are
 * copied.  So are whole segments where the disk would not sync what a prism_writer_snapshot has
 * flushed: no sync of those files is believed again.  The last commit is intact in every case.
 *
 * Any thread may call a writer; calls take turns.  With opts.threads = n > 1 it has n - 1 threads
 * that analyze, pack and encode what is put, beside the thread that calls, and one more that
 * merges.  The documents of a batch then wait for their analysis after their put has returned; one
 * that might be refused by it (a tokenizer of the caller's, a very long text) is analyzed in its
 * put, so no put is refused later.  Answers are those of one thread, and so are the bytes of each
 * segment that is flushed, whatever n; which segments are merged, and when, may differ (not with
 * opts.load).  What fails in the merging thread changes nothing and is no call's error:
 * prism_writer_get_stats tells, and it is tried again after some more flushes. */
#ifndef PRISMSEARCH_WRITER_H
#define PRISMSEARCH_WRITER_H

#include <prismsearch/index.h>
#include <prismsearch/query.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct prism_writer prism_writer;

/** How to write; start from PRISM_WRITER_OPTS_INIT. */
typedef struct prism_writer_opts {
    size_t size;
    size_t memory; /* budget in bytes of anonymous memory, >= 16 MiB; 0 = 256 MiB */
    /* that build, the caller's included; over 1 another one merges.  0 = 1.  Their memory is of the
     * budget: one analyzes for each 50 MiB of it, from 100 MiB on, 16 at most; one packs stored
     * documents for each 24 MiB.  Threads beyond that are not started */
    unsigned threads;
    int load;         /* bulk load: merge nothing until commit, then once, in that call */
    int keep_commits; /* commits kept on disk, 1 to 1000; 0 = 2 */
    /* no fsync: for tests and throw-away indexes.  A durable writer that commits after it syncs
     * what was left, once; a copy by prism_index_backup is synced */
    int non_durable;
    int strict_schema;     /* unknown JSON names reject the document */
    unsigned max_segments; /* at commit, merge down to this many; 0 = by policy (30) */
    /* the order in which a merge puts the documents of its result; NULL or "" = they stay as they
     * are: by arrival, unless an earlier merge put them in another.  "bp": documents of like words
     * beside each other, for a smaller index and faster searches.  "FIELD" or "-FIELD": by a field
     * with a column, ascending or descending, those without a value last.  "random:N": drawn from
     * the number N, to see what an order is worth.  No answer depends on it: equal scores stand by
     * arrival as ever.  Segments of more than 2^24 documents stay as they are.  Costs memory: the
     * longest list of a merge, 16 bytes a document, and for "bp" a quarter of the budget.  Needed
     * by open alone */
    const char *reorder;
    /* tokens of a field, in one flush or in a merge of segments without stop words, from which its
     * stop words are chosen, of which adjacent pairs have lists of their own; 0 = 2^20, UINT64_MAX
     * = never.  Phrases of stop words are faster with them; no answer depends on it.  An index that
     * has stop words keeps them */
    uint64_t stop_tokens;
} prism_writer_opts;
#define PRISM_NO_MERGE 0xffffffffu /* max_segments: leave all as it is */
#define PRISM_WRITER_OPTS_INIT                                                                     \
    { sizeof(prism_writer_opts), 0, 1, 0, 0, 0, 0, 0, NULL, 0 }

/** Become the writer of an index.
 *  Params : index [what it needs of it is referenced]; out [owned: prism_writer_close]
 *  Errors : PRISM_EBUSY another writer, of any process, has it; PRISM_EREADONLY; PRISM_EINVAL
 *           memory under 16 MiB, keep_commits over 1000, threads over 256, no such reorder;
 *           PRISM_EUNSUPPORTED a file system without locks; PRISM_ENOMEM a thread too; as
 *           prism_snapshot_open */
PRISM_API prism_status prism_writer_open(prism_index *index, const prism_writer_opts *opts,
                                         prism_writer **out, prism_error *err);
/** Give up what is not committed, a merge under way too, release the lock, free; NULL is fine.
 *  In a child process that was forked with a writer open this is the one call left (all others give
 *  PRISM_EMISUSE), and it takes nothing from the parent, which goes on writing: no file is removed
 *  or written to.  The child's hold on the lock ends, which would else outlive the parent while the
 *  child runs; its copy of the memory is freed, but not where the writer has threads or another
 *  thread was inside a call when it was forked: then that stays the child's until it ends. */
PRISM_API void prism_writer_close(prism_writer *writer);
/** The schema that documents are put by: the newest commit's, which may be another one than that of
 *  the index handle (prism_index_schema is as of open); NULL for NULL.
 *  Returns: borrowed from the writer until prism_writer_set_schema, prism_writer_rollback or
 *           prism_writer_close
 *  Threads: not beside those calls: see prism_writer_schema_ref */
PRISM_API const prism_schema *prism_writer_schema(const prism_writer *writer);
/** The same as a reference of the caller's, which outlives the writer; works after every error.
 *  Params : out [owned: prism_schema_unref]
 *  Errors : PRISM_EMISUSE in a child process
 *  Threads: any, beside any call; waits for its turn */
PRISM_API prism_status prism_writer_schema_ref(prism_writer *writer, prism_schema **out,
                                               prism_error *err);

#define PRISM_PUT_REPLACE 0u /* replace the document of the same key */
#define PRISM_PUT_APPEND 1u  /* the caller knows the key is new: no older version is looked for */

/** Put one document given as a JSON object.
 *  Params : text copied; flags PRISM_PUT_*; a missing key is made from the content (XXH3-128, hex)
 *  Errors : PRISM_EPARSE not a JSON object, ill-formed UTF-8, a name twice (line and column);
 *           PRISM_EREJECTED a value that does not fit its field, a bad key, under strict_schema an
 *           unknown name; PRISM_ELIMIT PRISM_MAX_DOC_BYTES, PRISM_MAX_DOC_TOKENS, depth, a key
 *           of a thousand made to have one hash; what a tokenizer returns.
 *           PRISM_EBUDGET it alone needs more than 1.25 times the budget; PRISM_EIO, PRISM_ENOSPC,
 *           PRISM_ENOMEM.  After all of these the writer is as it was
 *  Cost   : the document is analyzed, with opts.threads over 1 by any of them; a flush first when
 *           the budget is spent */
PRISM_API prism_status prism_writer_put_json(prism_writer *writer, const char *text, size_t len,
                                             unsigned flags, prism_error *err);
/** How to put; start from PRISM_PUT_OPTS_INIT. */
typedef struct prism_put_opts {
    size_t size;
    unsigned flags; /* PRISM_PUT_* */
    /* called as that of prism_commit_opts, while the documents before are flushed; a put that needs
     * no flush asks nobody.  May be NULL */
    prism_progress_fn progress;
    void *progress_ctx;
} prism_put_opts;
#define PRISM_PUT_OPTS_INIT                                                                        \
    { sizeof(prism_put_opts), PRISM_PUT_REPLACE, NULL, NULL }
/** As prism_writer_put_json, for who may want to stop the flush that a put may begin with, which
 *  takes seconds where the budget is large.
 *  Params : opts may be NULL
 *  Errors : PRISM_ECANCELED by progress: the document is not put, and the writer still holds all
 *           others; the next put flushes again.  Else as prism_writer_put_json
 *  Cost   : as prism_writer_put_json, and of progress as prism_writer_commit_with */
PRISM_API prism_status prism_writer_put_json_with(prism_writer *writer, const char *text,
                                                  size_t len, const prism_put_opts *opts,
                                                  prism_error *err);

/** A document built by hand. */
typedef struct prism_doc prism_doc;
/** Start a document.
 *  Params : schema [referenced]; out [owned: prism_doc_free]
 *  Errors : none but those of base.h */
PRISM_API prism_status prism_doc_new(const prism_schema *schema, prism_doc **out, prism_error *err);
/** Add a value by its text form: dates as ISO 8601, numbers in decimal, bool as true or false.
 *  Params : text copied
 *  Errors : PRISM_ENOTFOUND no such field; PRISM_EREJECTED a second value of a single field, a text
 *           that is no such value, a bad key; PRISM_ELIMIT PRISM_MAX_DOC_BYTES.  The document is
 *           then as it was */
PRISM_API prism_status prism_doc_add(prism_doc *doc, const char *field, const char *text,
                                     size_t len, prism_error *err);
/** Take all values out, to fill it anew; NULL is fine. */
PRISM_API void prism_doc_clear(prism_doc *doc);
/** Free; NULL is fine. */
PRISM_API void prism_doc_free(prism_doc *doc);
/** Put a document built by hand; it may be put again, or cleared and filled anew.
 *  Errors : as prism_writer_put_json; PRISM_EINVAL built for another schema */
PRISM_API prism_status prism_writer_put(prism_writer *writer, prism_doc *doc, unsigned flags,
                                        prism_error *err);

/** Delete by key, what is not committed included.
 *  Params : *n (may be NULL) = documents deleted, 0 or 1
 *  Errors : PRISM_EINVAL the schema has no key; PRISM_EIO, PRISM_ECORRUPT, PRISM_ENOMEM: the same
 *           call again does what is left to do
 *  Cost   : one look-up a segment */
PRISM_API prism_status prism_writer_delete(prism_writer *writer, const char *key, size_t len,
                                           uint64_t *n, prism_error *err);

/** Delete all documents that match a query now, what is not committed included.
 *  Params : query [borrowed]; *n (may be NULL) = documents deleted, exactly
 *  Errors : PRISM_EINVAL the query is of another schema; PRISM_ECORRUPT, PRISM_EIO, PRISM_ENOMEM,
 *           PRISM_ELIMIT of the search: nothing was deleted; of the flush: see the top
 *  Threads: no put or delete of another thread comes between finding and deleting
 *  Cost   : flush of what is pending, without fsync; counting the query; memory: a bit a document
 *           of the segments with a match */
PRISM_API prism_status prism_writer_delete_query(prism_writer *writer, const prism_query *query,
                                                 uint64_t *n, prism_error *err);

/** Make everything since the last commit durable and visible.
 *  Params : payload (may be NULL) copied, kept with the commit: prism_snapshot_payload; *generation
 *           (may be NULL) = of the commit, that of the last one if there was nothing to commit
 *  Errors : PRISM_ENOSPC, PRISM_EIO, PRISM_ENOMEM: nothing changed for readers, and nothing is
 *           lost: call again; PRISM_EUNKNOWN: committed or not, the writer can only be closed
 *  Cost   : flush, fsyncs, merges by policy.  With a merge thread it waits for merges only where
 *           there are more segments than allowed; after a merge failed there may be more */
PRISM_API prism_status prism_writer_commit(prism_writer *writer, const void *payload, size_t len,
                                           uint64_t *generation, prism_error *err);
/** How to commit; start from PRISM_COMMIT_OPTS_INIT. */
typedef struct prism_commit_opts {
    size_t size;
    const void *payload; /* as of prism_writer_commit; NULL = none */
    size_t payload_len;
    /* called between parts of the work (see Cost below) by the calling thread, with the writer's
     * lock held, while documents are flushed and segments merged, and once before the commit is
     * published; never behind that.
     * Units: documents, of one flush or one round of merging.  May be NULL */
    prism_progress_fn progress;
    void *progress_ctx;
} prism_commit_opts;
#define PRISM_COMMIT_OPTS_INIT                                                                     \
    { sizeof(prism_commit_opts), NULL, 0, NULL, NULL }
/** As prism_writer_commit, for who may want to stop it.
 *  Params : opts may be NULL
 *  Errors : PRISM_ECANCELED by progress: nothing was published, readers see what they saw, and the
 *           writer still holds everything that was put and deleted: it may put more, commit again
 *           (merges that are done stay; a flush that was cut short begins again, and copies the
 *           stored documents), or prism_writer_rollback.  Else as prism_writer_commit
 *  Cost   : as prism_writer_commit; progress is called between parts of the work: batches that
 *           wait for their analysis, fields, runs of some 100 000 tokens of their lists, 4096
 *           documents of a merge.  That is every few ms, but for two parts that take up to 20 ns a
 *           token of a flush, the sort of a field's tokens by term and the walk for its pairs, and
 *           for waits for the disk, which nobody can stop */
PRISM_API prism_status prism_writer_commit_with(prism_writer *writer, const prism_commit_opts *opts,
                                                uint64_t *generation, prism_error *err);
/** A snapshot of what a commit would hold now: near-real-time search inside this process.
 *  Pending documents are flushed without fsync: nothing is durable, nobody else sees anything, and
 *  the next commit syncs each file once.
 *  Params : out [owned: prism_snapshot_unref]; its generation and payload are those of the last
 *           commit, and prism_snapshot_refresh of it gives the newest commit
 *  Errors : PRISM_EIO, PRISM_ENOSPC, PRISM_ENOMEM: the writer is as it was
 *  Threads: any; the snapshot is as any other, and outlives later merges, commits, rollback and the
 *           writer
 *  Cost   : flush of what is pending, merges by policy (none for a bulk load, which is to merge at
 *           its end); a copy of the deletions, a bit a document; segments are shared */
PRISM_API prism_status prism_writer_snapshot(prism_writer *writer, prism_snapshot **out,
                                             prism_error *err);
/** Forget everything since the last commit, an error that was sticky and a merge under way too.
 *  Errors : PRISM_EUNKNOWN where only closing is left; PRISM_EIO, PRISM_ECORRUPT, PRISM_ENOMEM */
PRISM_API prism_status prism_writer_rollback(prism_writer *writer, prism_error *err);
/** Change the schema: documents are put by it from now on, and the next commit publishes it.
 *  Snapshots opened before keep theirs, prism_snapshot_refresh brings the new one, and
 *  prism_writer_rollback goes back.  Documents that are there are not touched, so only these
 *  changes can be made without prism_index_reindex:
 *    new fields behind the others   older documents have no value of them, not even where their
 *                                   stored text has a member of that name
 *    boost                          any
 *    stored                         to false: what older documents have kept stays
 *    many                           to true
 *  Params : schema copied, see prism_schema_copy; one that is equal changes nothing.  Tokenizers of
 *           new fields are those of the index handle
 *  Errors : PRISM_EINVAL a change that cannot be made, naming field, member and both values;
 *           PRISM_EANALYZER a tokenizer that the index was not opened with: all is as before.
 *           PRISM_EIO, PRISM_ENOSPC, PRISM_ENOMEM: so it is too
 *  Cost   : a flush of what is pending; looks at the fields of each segment again */
PRISM_API prism_status prism_writer_set_schema(prism_writer *writer, const prism_schema *schema,
                                               prism_error *err);
/** Add the documents of other indexes without analyzing them again, in order of the paths, as if
 *  each were put now: they replace older documents of the same key, and later puts replace them.
 *  Visible with the next commit.  All or nothing.  The other indexes are read as their newest
 *  commit says, may be in use, and are not changed; every byte of them is verified.
 *  Params : paths[n] directories [borrowed]; one given twice is put twice (without a key: its
 *           documents are there twice); progress may be NULL, and is called with the writer's lock
 *           held; prism_writer_stats counts the documents as put
 *  Units  : progress in documents, over all paths
 *  Errors : PRISM_EINVAL the index itself or a copy of it (the same uuid); another schema: each
 *           field there must be here, by name, with the same type, flags and analyzer
 *           (PRISM_EANALYZER), and the key the same; PRISM_ENOTFOUND no index; PRISM_ECORRUPT,
 *           PRISM_EIO; err->file then begins with the path.  PRISM_ECANCELED by progress;
 *           PRISM_ENOSPC, PRISM_ENOMEM.  Nothing was added
 *  Cost   : flush of what is pending; a merge of all their segments, one segment an index */
PRISM_API prism_status prism_writer_add_segments(prism_writer *writer, const char *const *paths,
                                                 size_t n, prism_progress_fn progress, void *ctx,
                                                 prism_error *err);
/** Merge down to at most max_segments (>= 1) and commit.  What the merge thread is at is cancelled.
 *  Params : progress may be NULL, and is called with the writer's lock held
 *  Units  : progress in documents, of the flush or of one round of merging
 *  Errors : PRISM_ECANCELED by progress: nothing was published, as prism_writer_commit_with;
 *           PRISM_ECORRUPT a segment is damaged; as prism_writer_commit
 *  Cost   : reads and writes everything in the segments that are merged */
PRISM_API prism_status prism_writer_merge(prism_writer *writer, uint32_t max_segments,
                                          prism_progress_fn progress, void *ctx, prism_error *err);

/** What a writer has done since it was opened; set size to sizeof before the call. */
typedef struct prism_writer_stats {
    size_t size;
    uint64_t documents_put, documents_deleted;
    uint64_t unknown_fields;      /* documents that held a JSON name not in the schema */
    char first_unknown_field[64]; /* "" if none */
    uint64_t ill_formed; /* ill-formed UTF-8 parts treated as separators, in what was analyzed */
    uint64_t flushes, merges;
    size_t memory, memory_peak; /* bytes of the index handle, its snapshots and writers */
    uint64_t failed_merges;     /* of the merge thread: the segments stayed as they were */
    prism_error merge_error;    /* of the last of them; code PRISM_OK if there was none */
} prism_writer_stats;
/** Counters since open; works after every error.
 *  Params : stats, filled as far as its size says
 *  Errors : PRISM_EMISUSE in a child process */
PRISM_API prism_status prism_writer_get_stats(prism_writer *writer, prism_writer_stats *stats,
                                              prism_error *err);

#ifdef __cplusplus
}
#endif
#endif
