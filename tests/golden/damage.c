/* damage.c - is every damage to an index noticed, and does none of it crash?
 *
 * Copies of the golden indexes, and a fresh one whose files have many regions, are damaged one
 * place at a time and opened through the public interface:
 *
 *   flips       every bit of commit and deletes files and of all headers and footers; one bit of
 *               each byte of directories and region tables; one bit of every few bytes elsewhere
 *   lengths     each file cut at many places, and with bytes added
 *   swaps       files that are whole, but another segment's, another index's, another generation's,
 *               or gone
 *
 * and each time
 *   eager       opening with all checksums proved gives an error
 *   check       prism_index_check finds something
 *   lazy        queries, documents and dictionaries give an error or what the whole index gives:
 *               never something else
 *   off         the same calls without checksums may say anything, but return
 *
 *     damage [DIRECTORY [STEP]]    DIRECTORY holds the golden indexes; every STEP-th byte elsewhere
 *     (default 53).  With
 *                                  STEP 1 nothing is left out; minutes
 *
 * Where every bit is flipped, lazy opening is tried for all of them, the other three for one bit of
 * each byte, by turns.  Speaks TAP.  No stored byte is believed before it is proved: FORMAT.md
 * section 3. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <prismsearch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILES 16

typedef struct file {
    char name[64];
    uint8_t *bytes;
    size_t len;
    size_t dir_off; /* everything from here on is directory, region table and footer */
} file;

typedef struct place {
    char dir[256];
    file files[MAX_FILES];
    int n_files;
    uint64_t hash; /* of what the whole index says */
} place;

static uint64_t n_damages, n_lazy_noticed, n_failures;

static _Noreturn void stop(const char *what, const char *detail) {
    printf("Bail out! %s: %s\n", what, detail);
    exit(99);
}

static void fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void fault(const char *format, ...) {
    va_list args;
    if (n_failures++ >= 20) return;
    va_start(args, format);
    printf("# ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
}

/* ---- what an index says ---------------------------------------------------------------------- */

static void mix(uint64_t *hash, const void *at, size_t len) {
    const uint8_t *p = at;
    for (size_t i = 0; i < len; i++) *hash = (*hash ^ p[i]) * UINT64_C(0x100000001b3);
}

static int mix_term(void *ctx, const char *term, size_t len, const char *kind, uint64_t df,
                    uint64_t cf) {
    mix(ctx, term, len);
    mix(ctx, kind, strlen(kind));
    mix(ctx, &df, sizeof df);
    mix(ctx, &cf, sizeof cf);
    return 0;
}

static prism_status ask(prism_snapshot *snap, const char *text, uint64_t *hash, prism_error *err) {
    prism_query *query;
    prism_hits *hits;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    opts.count = PRISM_COUNT_EXACT;
    prism_status status =
        prism_query_parse(prism_snapshot_schema(snap), text, strlen(text), NULL, &query, err);
    if (status != PRISM_OK) return status;
    status = prism_search(snap, query, &opts, &hits, err);
    prism_query_unref(query);
    if (status != PRISM_OK) return status;
    uint64_t total = prism_hits_total(hits, NULL);
    mix(hash, &total, sizeof total);
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        mix(hash, &hit.gdoc, sizeof hit.gdoc);
        mix(hash, &hit.raw_score, sizeof hit.raw_score);
        mix(hash, hit.key, hit.key_len);
    }
    prism_hits_free(hits);
    return PRISM_OK;
}

static prism_status fetch(prism_snapshot *snap, uint64_t gdoc, uint64_t *hash, prism_error *err) {
    char *json;
    size_t len;
    prism_status status = prism_document_get(snap, gdoc, &json, &len, err);
    if (status == PRISM_ENOTFOUND) { /* deleted */
        mix(hash, "gone", 4);
        return PRISM_OK;
    }
    if (status != PRISM_OK) return status;
    mix(hash, json, len);
    prism_free_text(json);
    return PRISM_OK;
}

/* An index of the fields of either golden index; a field that is not there is no failure. */
static prism_status dictionaries(prism_snapshot *snap, uint64_t *hash, prism_error *err) {
    static const char *const fields[] = {"id", "title", "body", "plain", "bare", "tags", "t"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        prism_status status = prism_snapshot_terms(snap, fields[i], "f", 1, mix_term, hash, err);
        if (status != PRISM_OK && status != PRISM_ENOTFOUND) return status;
    }
    return PRISM_OK;
}

static prism_status say(prism_snapshot *snap, uint64_t *hash, prism_error *err) {
    static const char *const texts[] = {"dense patchy",
                                        "\"every dense\"",
                                        "\"patchy patchy\"~3",
                                        "数据中心",
                                        "bare:\"first value\"",
                                        "tags:red plain:long",
                                        "sil*",
                                        "all few",
                                        "\"most few\"",
                                        "+few +most",
                                        "*:*"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        prism_status status = ask(snap, texts[i], hash, err);
        if (status == PRISM_EINVAL || status == PRISM_EPARSE) continue; /* not of this schema */
        if (status != PRISM_OK) return status;
    }
    uint64_t n = prism_snapshot_documents(snap) + prism_snapshot_deleted(snap), gdoc;
    mix(hash, &n, sizeof n);
    for (gdoc = 0; gdoc < n && gdoc < 5000; gdoc += 1 + n / 3) {
        prism_status status = fetch(snap, gdoc, hash, err);
        if (status != PRISM_OK) return status;
    }
    prism_status status = prism_document_find(snap, "k11", 3, &gdoc, err);
    if (status == PRISM_OK)
        mix(hash, &gdoc, sizeof gdoc);
    else if (status != PRISM_ENOTFOUND && status != PRISM_EINVAL)
        return status;
    return dictionaries(snap, hash, err);
}

/* Open, and unless `hash` is NULL ask everything. */
static prism_status try_index(const char *dir, prism_checksums checksums, int use_pread,
                              uint64_t *hash) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_index *index;
    prism_snapshot *snap;
    opts.read_only = 1;
    opts.checksums = checksums;
    opts.use_pread = use_pread;
    prism_status status = prism_index_open(dir, &opts, &index, &err);
    if (status != PRISM_OK) return status;
    status = prism_snapshot_open(index, &snap, &err);
    if (status == PRISM_OK) {
        if (hash != NULL) {
            *hash = UINT64_C(0xcbf29ce484222325);
            status = say(snap, hash, &err);
        }
        prism_snapshot_unref(snap);
    }
    prism_index_close(index);
    return status;
}

static uint64_t findings(const char *dir, prism_check_level level) {
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 0;
    prism_status status = prism_index_check(dir, level, NULL, NULL, NULL, NULL, NULL, &n, &err);
    return status != PRISM_OK || n > 0;
}

/* ---- one damage ------------------------------------------------------------------------------ */

typedef enum {
    PROVED_AT_OPEN, /* header, footer, region table, commit, length, identity: even lazily */
    PROVED_ON_TOUCH
} proof;

/* whole: all four ways, else lazily only. */
static void examine(const place *p, proof how, int whole, const char *what, const char *name,
                    size_t at) {
    uint64_t hash = 0;
    int use_pread = (int)(n_damages++ & 1);
    prism_status status = try_index(p->dir, PRISM_CHECKSUMS_LAZY, use_pread, &hash);
    if (status != PRISM_OK)
        n_lazy_noticed++;
    else if (how == PROVED_AT_OPEN || hash != p->hash)
        fault("%s of %s at %zu: %s", what, name, at,
              hash == p->hash ? "opened lazily" : "another answer instead of an error");
    if (!whole) return;
    if (try_index(p->dir, PRISM_CHECKSUMS_EAGER, use_pread, NULL) == PRISM_OK)
        fault("%s of %s at %zu: opened with all checksums", what, name, at);
    (void)try_index(p->dir, PRISM_CHECKSUMS_OFF, use_pread, &hash);
    prism_check_level level = how == PROVED_AT_OPEN ? PRISM_CHECK_QUICK : PRISM_CHECK_NORMAL;
    if (!findings(p->dir, level)) fault("%s of %s at %zu: check finds nothing", what, name, at);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void path_of(char *out, size_t cap, const place *p, const char *name) {
    if (snprintf(out, cap, "%s/%s", p->dir, name) >= (int)cap) stop("path", name);
}

static void write_file(const place *p, const char *name, const uint8_t *bytes, size_t len) {
    char path[400];
    path_of(path, sizeof path, p, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, len, f) != len || fclose(f) != 0) stop("write", path);
}

static void remove_file(const place *p, const char *name) {
    char path[400];
    path_of(path, sizeof path, p, name);
    if (unlink(path) != 0) stop("remove", path);
}

static void read_file(const char *path, file *f) {
    FILE *in = fopen(path, "rb");
    struct stat st;
    if (in == NULL || fstat(fileno(in), &st) != 0) stop("read", path);
    f->len = (size_t)st.st_size;
    f->bytes = malloc(f->len);
    if (f->bytes == NULL || fread(f->bytes, 1, f->len, in) != f->len || fclose(in) != 0)
        stop("read", path);
    f->dir_off = 0;
    for (size_t i = 0; i < 8; i++) f->dir_off |= (size_t)f->bytes[f->len - 64 + i] << (8 * i);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const file *)a)->name, ((const file *)b)->name);
}

static void new_place(place *p) {
    const char *tmp = getenv("TMPDIR");
    memset(p, 0, sizeof *p);
    snprintf(p->dir, sizeof p->dir, "%s/prism-damage-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(p->dir) == NULL) stop("mkdtemp", p->dir);
}

/* Take all files of a folder, p->dir itself too; then the index must be whole. */
static void load_place(place *p, const char *from) {
    char path[1024];
    DIR *d = opendir(from);
    if (d == NULL) stop("opendir", from);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[0] == '.') continue;
        if (p->n_files == MAX_FILES) stop("too many files", from);
        file *f = &p->files[p->n_files++];
        snprintf(f->name, sizeof f->name, "%.63s", e->d_name);
        snprintf(path, sizeof path, "%s/%s", from, e->d_name);
        read_file(path, f);
        write_file(p, f->name, f->bytes, f->len);
    }
    closedir(d);
    qsort(p->files, (size_t)p->n_files, sizeof *p->files, by_name);
    uint64_t eager = 0;
    if (try_index(p->dir, PRISM_CHECKSUMS_LAZY, 0, &p->hash) != PRISM_OK ||
        try_index(p->dir, PRISM_CHECKSUMS_EAGER, 1, &eager) != PRISM_OK || eager != p->hash ||
        findings(p->dir, PRISM_CHECK_NORMAL))
        stop("an index is not whole before it is damaged", from);
}

static void put_fresh(prism_writer *w, uint32_t i, uint64_t *chance) {
    static const char *const words[] = {"dense", "patchy", "every", "数据中心", "silicon", "few"};
    char text[8192];
    prism_error err = PRISM_ERROR_INIT;
    int len =
        snprintf(text, sizeof text, "{\"id\":\"k%u\",\"title\":\"every %u\",\"body\":\"", i, i);
    for (int k = 0; k < 150; k++) {
        *chance = *chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint32_t r = (uint32_t)(*chance >> 33);
        const char *word = r % 4 != 0 ? "" : words[r / 4 % 6];
        len += snprintf(text + len, sizeof text - (size_t)len, "%s%s%x ", word, *word ? " " : "",
                        r >> (r % 3 ? 16 : 8));
    }
    len += snprintf(text + len, sizeof text - (size_t)len, "\"}");
    if (prism_writer_put_json(w, text, (size_t)len, PRISM_PUT_APPEND, &err) != PRISM_OK)
        stop("put", err.text);
}

/* Random words over many regions; what lazy opening does not touch it need not notice. */
static void make_fresh(place *p) {
    prism_error err = PRISM_ERROR_INIT;
    prism_writer_opts opts = PRISM_WRITER_OPTS_INIT;
    prism_index *index;
    prism_writer *w;
    uint64_t chance = 2026;
    new_place(p);
    opts.keep_commits = 1;
    if (prism_index_create(p->dir, NULL, NULL, &index, &err) != PRISM_OK ||
        prism_writer_open(index, &opts, &w, &err) != PRISM_OK)
        stop("create", err.text);
    for (uint32_t i = 0; i < 1500; i++) put_fresh(w, i, &chance);
    if (prism_writer_commit(w, NULL, 0, NULL, &err) != PRISM_OK) stop("commit", err.text);
    prism_writer_close(w);
    prism_index_close(index);
    remove_file(p, "write.lock");
    load_place(p, p->dir);
}

static void close_place(place *p) {
    for (int i = 0; i < p->n_files; i++) {
        remove_file(p, p->files[i].name);
        free(p->files[i].bytes);
    }
    if (rmdir(p->dir) != 0) stop("rmdir", p->dir);
}

/* ---- kinds of damage ------------------------------------------------------------------------- */

static int is_small(const file *f) {
    return strncmp(f->name, "commit-", 7) == 0 || strncmp(f->name, "deletes-", 8) == 0;
}

static void put_byte(int fd, size_t at, uint8_t byte) {
    if (pwrite(fd, &byte, 1, (off_t)at) != 1) stop("pwrite", "a byte");
}

static void flip_bits(const place *p, size_t step) {
    char path[400];
    for (int i = 0; i < p->n_files; i++) {
        const file *f = &p->files[i];
        path_of(path, sizeof path, p, f->name);
        int fd = open(path, O_WRONLY);
        if (fd < 0) stop("open", path);
        for (size_t at = 0; at < f->len; at++) {
            int every_bit = step == 1 || is_small(f) || at < 64 || at >= f->len - 64;
            int metadata = is_small(f) || at < 64 || at >= f->dir_off;
            proof how = metadata ? PROVED_AT_OPEN : PROVED_ON_TOUCH;
            if (!metadata && at % step != 0) continue;
            for (size_t bit = every_bit ? 0 : at % 8, n = every_bit ? 8 : 1; n > 0; n--, bit++) {
                put_byte(fd, at, (uint8_t)(f->bytes[at] ^ 1u << bit));
                int whole = !every_bit || step == 1 || (at + bit) % 8 == 0;
                examine(p, how, whole, "a flip", f->name, at);
            }
            put_byte(fd, at, f->bytes[at]);
        }
        if (close(fd) != 0) stop("close", path);
    }
}

/* n flips, evenly over the sections of the files. */
static void flip_some(const place *p, size_t n) {
    char path[400];
    for (int i = 0; i < p->n_files; i++) {
        const file *f = &p->files[i];
        if (is_small(f)) continue;
        path_of(path, sizeof path, p, f->name);
        int fd = open(path, O_WRONLY);
        if (fd < 0) stop("open", path);
        for (size_t k = 0, at; k < n / 2; k++) {
            at = 64 + (f->dir_off - 64) / (n / 2) * k;
            put_byte(fd, at, (uint8_t)(f->bytes[at] ^ 1u << k % 8));
            examine(p, PROVED_ON_TOUCH, 1, "a flip", f->name, at);
            put_byte(fd, at, f->bytes[at]);
        }
        if (close(fd) != 0) stop("close", path);
    }
}

static void change_lengths(const place *p) {
    for (int i = 0; i < p->n_files; i++) {
        const file *f = &p->files[i];
        uint8_t *longer = calloc(1, f->len + 128);
        if (longer == NULL) stop("memory", "none left");
        memcpy(longer, f->bytes, f->len);
        size_t cuts[] = {0,
                         1,
                         63,
                         64,
                         65,
                         127,
                         128,
                         129,
                         f->dir_off,
                         f->len / 2,
                         f->len / 2 & ~63u,
                         f->len - 128,
                         f->len - 64,
                         f->len - 63,
                         f->len - 8,
                         f->len - 1,
                         f->len + 1,
                         f->len + 64,
                         f->len + 128};
        for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++) {
            write_file(p, f->name, longer, cuts[k]);
            examine(p, PROVED_AT_OPEN, 1, "a new length", f->name, cuts[k]);
        }
        memcpy(longer + f->len, f->bytes + f->len - 64, 64); /* a footer twice */
        write_file(p, f->name, longer, f->len + 64);
        examine(p, PROVED_AT_OPEN, 1, "a second footer", f->name, f->len);
        write_file(p, f->name, f->bytes, f->len);
        free(longer);
    }
}

/* Whole files in each other's places, of this index and of the other one. */
static void swap_files(const place *p, const place *other) {
    for (int i = 0; i < p->n_files; i++) {
        const file *f = &p->files[i];
        for (int k = 0; k < p->n_files + other->n_files; k++) {
            const file *g = k < p->n_files ? &p->files[k] : &other->files[k - p->n_files];
            if (k == i) continue;
            write_file(p, f->name, g->bytes, g->len);
            examine(p, PROVED_AT_OPEN, 1, "another file in place", f->name, (size_t)k);
        }
        remove_file(p, f->name);
        if (strncmp(f->name, "commit-", 7) != 0)
            examine(p, PROVED_AT_OPEN, 1, "the loss", f->name, 0);
        write_file(p, f->name, f->bytes, f->len);
        if (strncmp(f->name, "commit-", 7) != 0) continue;
        write_file(p, "commit-00000000000000ff", f->bytes, f->len);
        examine(p, PROVED_AT_OPEN, 1, "a copy as a later commit", f->name, 0);
        remove_file(p, "commit-00000000000000ff");
    }
}

/* ---- the programme --------------------------------------------------------------------------- */

static void load_golden(place *p, const char *golden, const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", golden, name);
    new_place(p);
    load_place(p, path);
}

static int n_tests;

static void report(const char *what) {
    printf("%s %d - %s: %" PRIu64 " damages, lazy opening noticed %" PRIu64 "\n",
           n_failures == 0 ? "ok" : "not ok", ++n_tests, what, n_damages, n_lazy_noticed);
    fflush(stdout);
    n_damages = n_lazy_noticed = n_failures = 0;
}

int main(int argc, char **argv) {
    char golden[800];
    const char *source = getenv("PRISM_SRCDIR");
    snprintf(golden, sizeof golden, "%s/tests/golden/v1.0", source != NULL ? source : ".");
    if (argc > 1) snprintf(golden, sizeof golden, "%s", argv[1]);
    size_t step = argc > 2 ? strtoul(argv[2], NULL, 10) : 53;
    static place mixed, groups, ordered, fresh;
    load_golden(&mixed, golden, "mixed");
    load_golden(&groups, golden, "groups");
    load_golden(&ordered, golden, "ordered");
    make_fresh(&fresh);
    printf("1..9\n");
    change_lengths(&mixed);
    report("lengths, mixed");
    change_lengths(&groups);
    report("lengths, groups");
    change_lengths(&ordered);
    report("lengths, ordered");
    swap_files(&mixed, &groups);
    report("swaps, mixed");
    swap_files(&groups, &mixed);
    report("swaps, groups");
    flip_bits(&mixed, step);
    report("flips, mixed");
    flip_bits(&groups, step);
    report("flips, groups");
    flip_bits(&ordered, step == 1 ? 1 : 4 * step);
    report("flips, ordered");
    flip_some(&fresh, 300);
    if (n_lazy_noticed == n_damages) fault("every flip was touched: the index is too small");
    report("flips, fresh");
    close_place(&fresh);
    close_place(&mixed);
    close_place(&groups);
    close_place(&ordered);
    return 0;
}
