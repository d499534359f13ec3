/* groonga.c - how fast, and into how few bytes, does Groonga build the same index?
 *
 * Its buffered index builder, which is what a static index construction uses, given the texts one
 * by one: so nothing is stored, as with the others.  Lexicon: patricia trie, TokenDelimit, no
 * normalizer.  The builder's buffer has MEMORY / 4.  Its files have holes: what is allocated
 * counts.  It has no BM25 and keeps no lengths. */
#include <groonga.h>

#include "../peer.h"

typedef struct task {
    const char *mode, *corpus, *dir;
    unsigned long long memory;
    grn_ctx ctx;
    grn_obj *db, *docs, *lexicon, *index;
    peer_clock clock;
} task;

static void check(task *t, const void *made, const char *what) {
    if (made == NULL || t->ctx.rc != GRN_SUCCESS) peer_die(what, t->ctx.errbuf);
}

static void create(task *t) {
    char path[4096];
    grn_obj *text;
    grn_column_flags flags = GRN_OBJ_COLUMN_INDEX;
    if (strcmp(t->mode, "tokens") == 0) flags |= GRN_OBJ_WITH_POSITION;
    snprintf(path, sizeof path, "%s/db", t->dir);
    mkdir(t->dir, 0777);
    t->db = grn_db_create(&t->ctx, path, NULL);
    check(t, t->db, path);
    text = grn_ctx_at(&t->ctx, GRN_DB_SHORT_TEXT);
    t->docs = grn_table_create(&t->ctx, "Docs", 4, NULL, GRN_OBJ_TABLE_NO_KEY | GRN_OBJ_PERSISTENT,
                               NULL, NULL);
    check(t, t->docs, "documents");
    t->lexicon = grn_table_create(&t->ctx, "Terms", 5, NULL,
                                  GRN_OBJ_TABLE_PAT_KEY | GRN_OBJ_PERSISTENT, text, NULL);
    check(t, t->lexicon, "lexicon");
    grn_obj_set_info(&t->ctx, t->lexicon, GRN_INFO_DEFAULT_TOKENIZER,
                     grn_ctx_at(&t->ctx, GRN_DB_DELIMIT));
    t->index = grn_column_create(&t->ctx, t->lexicon, "index", 5, NULL, flags | GRN_OBJ_PERSISTENT,
                                 t->docs);
    check(t, t->index, "index");
}

static void append_all(task *t, grn_ii_buffer *buffer) {
    grn_obj value;
    peer_lines in;
    GRN_TEXT_INIT(&value, GRN_OBJ_DO_SHALLOW_COPY);
    peer_lines_open(&in, t->corpus);
    while (peer_lines_next(&in)) {
        grn_id id = grn_table_add(&t->ctx, t->docs, NULL, 0, NULL);
        GRN_TEXT_SET_REF(&value, in.line, in.len);
        if (grn_ii_buffer_append(&t->ctx, buffer, id, 1, &value) != GRN_SUCCESS) {
            peer_die(t->corpus, t->ctx.errbuf);
        }
        t->clock.docs++;
    }
    peer_lines_close(&in);
    grn_obj_unlink(&t->ctx, &value);
}

static void build(task *t) {
    grn_ii_buffer *buffer = grn_ii_buffer_open(&t->ctx, (grn_ii *)t->index, t->memory / 4);
    check(t, buffer, "buffer");
    append_all(t, buffer);
    peer_merge(&t->clock);
    if (grn_ii_buffer_commit(&t->ctx, buffer) != GRN_SUCCESS) peer_die("commit", t->ctx.errbuf);
    grn_ii_buffer_close(&t->ctx, buffer);
    if (grn_obj_flush_recursive(&t->ctx, t->db) != GRN_SUCCESS) peer_die("flush", t->ctx.errbuf);
    peer_sync(t->dir);
}

static void print_counts(task *t) {
    uint64_t terms = grn_table_size(&t->ctx, t->lexicon), postings = 0, tokens = 0;
    grn_table_cursor *each =
        grn_table_cursor_open(&t->ctx, t->lexicon, NULL, 0, NULL, 0, 0, -1, GRN_CURSOR_BY_ID);
    check(t, each, "cursor");
    for (grn_id id; (id = grn_table_cursor_next(&t->ctx, each)) != GRN_ID_NIL;) {
        grn_ii_cursor *list =
            grn_ii_cursor_open(&t->ctx, (grn_ii *)t->index, id, GRN_ID_NIL, GRN_ID_MAX, 4, 0);
        if (list == NULL) continue;
        for (grn_posting *p; (p = grn_ii_cursor_next(&t->ctx, list)) != NULL;) {
            postings++;
            tokens += p->tf;
        }
        grn_ii_cursor_close(&t->ctx, list);
    }
    grn_table_cursor_close(&t->ctx, each);
    peer_counts(terms, postings, tokens);
}

/* What is allocated of the files whose names begin with that of the object's own. */
static uint64_t bytes_of(task *t, grn_obj *object) {
    const char *path = grn_obj_path(&t->ctx, object), *name = strrchr(path, '/');
    name = name == NULL ? path : name + 1;
    uint64_t sum = 0;
    DIR *list = opendir(t->dir);
    if (list == NULL) peer_die(t->dir, strerror(errno));
    for (struct dirent *e; (e = readdir(list)) != NULL;) {
        struct stat about;
        if (strncmp(e->d_name, name, strlen(name)) == 0 &&
            fstatat(dirfd(list), e->d_name, &about, 0) == 0) {
            sum += (uint64_t)about.st_blocks * 512;
        }
    }
    closedir(list);
    return sum;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("{\"version\":\"%s\",\"detail\":\"static index construction\"}\n",
               grn_get_version());
        return 0;
    }
    if (argc != 5 || strncmp(argv[1], "tokens", 6) != 0) {
        peer_die("usage", "groonga tokens|tokens-nopos CORPUS DIR MEMORY");
    }
    static task t;
    t.mode = argv[1];
    t.corpus = argv[2];
    t.dir = argv[3];
    t.memory = strtoull(argv[4], NULL, 10);
    if (grn_init() != GRN_SUCCESS || grn_ctx_init(&t.ctx, 0) != GRN_SUCCESS) {
        peer_die("groonga", "cannot begin");
    }
    peer_start(&t.clock);
    create(&t);
    build(&t);
    peer_stop(&t.clock);
    peer_print(&t.clock);
    print_counts(&t);
    printf(",\"segments\":1,\"components\":{\"lexicon\":%llu,\"index\":%llu,\"documents\":%llu}}\n",
           (unsigned long long)bytes_of(&t, t.lexicon), (unsigned long long)bytes_of(&t, t.index),
           (unsigned long long)bytes_of(&t, t.docs));
    grn_obj_close(&t.ctx, t.db);
    grn_ctx_fin(&t.ctx);
    grn_fin();
    return 0;
}
