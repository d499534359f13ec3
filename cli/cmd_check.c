/* cmd_check.c - check: is the index whole, and if not, what can be saved?
 *
 * Findings are printed as results, because scripts want them, and any of them is exit 4, mended or
 * not; files that belong to no commit are notes, not damage.  --repair and --salvage also print the
 * documents that are given up, and --rescue keeps their texts for `psearch put`.  A JSON object
 * names the index only if enough of it could be read to know it.
 * Tested by: tests/cli/check.sh, tests/cli/repair.sh */
#include "answer.h"
#include "cli.h"
#include "progress.h"
#include "units.h"

#include <errno.h>
#include <string.h>

/* ---- findings ------------------------------------------------------------------------------- */

typedef struct checker {
    const cli_options *options;
    progress progress;
    json_t *findings; /* of the JSON object */
    json_t *lost;     /* keys; null where one could not be read */
    FILE *rescue;     /* of --rescue */
    uint64_t rescued;
    prism_repair_stats stats;
} checker;

static json_t *json_finding(const prism_error *f, const char *code) {
    json_t *line =
        json_pack("{s:s, s:o, s:o}", "code", code, "file", answer_string(f->file, strlen(f->file)),
                  "text", answer_string(f->text, strlen(f->text)));
    if (f->offset != UINT64_MAX)
        json_object_set_new(line, "offset", json_integer((json_int_t)f->offset));
    return line;
}

static void take_finding(void *ctx, const prism_error *f) {
    checker *c = ctx;
    const char *code = f->code == PRISM_OK ? "note" : prism_status_name(f->code);
    progress_clear(&c->progress);
    if (c->options->format == FORMAT_JSON) {
        json_array_append_new(c->findings, json_finding(f, code));
    } else if (c->options->format == FORMAT_JSONL) {
        json_t *line = json_finding(f, code);
        answer_print(line);
        json_decref(line);
    } else if (f->offset != UINT64_MAX) {
        printf("%s: %s: byte %llu: %s\n", code, f->file, (unsigned long long)f->offset, f->text);
    } else {
        printf("%s: %s%s%s\n", code, f->file, f->file[0] ? ": " : "", f->text);
    }
}

static int check_progress(void *ctx, uint64_t done, uint64_t total) {
    checker *c = ctx;
    c->progress.total = total;
    progress_at(&c->progress, done, 0, done);
    return cli_interrupted;
}

/* The head of the answer: the index as it is now, if it can be read. */
static json_t *head_of(const char *path) {
    prism_index *index = NULL;
    prism_snapshot *snap = NULL;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.read_only = 1;
    opts.checksums = PRISM_CHECKSUMS_OFF;
    bool known = prism_index_open(path, &opts, &index, NULL) == PRISM_OK &&
                 prism_snapshot_open(index, &snap, NULL) == PRISM_OK;
    json_t *root =
        known ? answer_head(snap) : json_pack("{s:i, s:n, s:n}", "v", 1, "index", "generation");
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return root;
}

static bool print_check(const char *path, const checker *c, uint64_t n, json_t *mended) {
    json_t *root = head_of(path);
    json_object_set_new(root, "damaged", json_integer((json_int_t)n));
    json_object_set(root, "findings", c->findings);
    if (mended) json_object_update(root, mended);
    bool done = answer_print(root);
    json_decref(root);
    return done;
}

/* ---- repair, salvage ------------------------------------------------------------------------ */

static void print_lost(checker *c, const char *key, size_t len, bool text) {
    json_t *name = key ? answer_string(key, len) : json_null();
    if (c->options->format == FORMAT_JSON) {
        json_array_append_new(c->lost, name);
    } else if (c->options->format == FORMAT_JSONL) {
        json_t *line = json_pack("{s:o, s:b}", "lost", name, "text", (int)text);
        answer_print(line);
        json_decref(line);
    } else {
        if (key) printf("lost: %.*s\n", (int)len, key);
        json_decref(name);
    }
}

static int take_lost(void *ctx, const char *key, size_t key_len, const char *json,
                     size_t json_len) {
    checker *c = ctx;
    progress_clear(&c->progress);
    print_lost(c, key, key_len, json != NULL);
    if (json == NULL || c->rescue == NULL) return cli_interrupted;
    c->rescued++;
    return fwrite(json, 1, json_len, c->rescue) != json_len || putc('\n', c->rescue) == EOF ||
           cli_interrupted;
}

static json_t *json_stats(const checker *c, bool salvage) {
    const prism_repair_stats *s = &c->stats;
    json_t *inner =
        json_pack("{s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:O, s:b}", "from", (json_int_t)s->from,
                  "generation",
                  s->generation ? json_integer((json_int_t)s->generation) : json_null(),
                  "segments_dropped", (json_int_t)s->segments_dropped, "documents",
                  (json_int_t)s->documents, "lost", (json_int_t)s->lost, "lost_keys",
                  (json_int_t)s->lost_keys, "lost_texts", (json_int_t)s->lost_texts, "undeleted",
                  (json_int_t)s->undeleted, "keys", c->lost, "dry_run", (int)c->options->dry_run);
    return json_pack("{s:o}", salvage ? "salvage" : "repair", inner);
}

static void tell_stats(const char *path, const checker *c, bool salvage) {
    const prism_repair_stats *s = &c->stats;
    const char *would = c->options->dry_run ? "would be " : "";
    char a[64], b[64], d[64];
    if (s->findings == 0) {
        cli_message("%s: no damage found, nothing to %s", path, salvage ? "salvage" : "repair");
        return;
    }
    cli_message("%s: %s of damage", path, units_show_things(s->findings, "finding", a));
    if (!salvage)
        cli_message("%s of generation %llu %sdropped",
                    units_show_things(s->segments_dropped, "segment", a),
                    (unsigned long long)s->from, would);
    cli_message("%s %slost, %llu without a readable key, %llu with a readable text",
                units_show_things(s->lost, "document", a), would,
                (unsigned long long)(s->lost - s->lost_keys), (unsigned long long)s->lost_texts);
    if (s->undeleted > 0)
        cli_message("%s that had been deleted %sback: the list of deletions is damaged",
                    units_show_things(s->undeleted, "document", b), would);
    if (s->generation > 0)
        cli_message("generation %llu holds what generation %llu had that is whole: %s",
                    (unsigned long long)s->generation, (unsigned long long)s->from,
                    units_show_things(s->documents, "document", d));
    else
        cli_message("nothing was written; %s would be left",
                    units_show_things(s->documents, "document", d));
}

static int finish_rescue(checker *c, const cli_options *o, int code) {
    char text[64];
    if (c->rescue == NULL) return code;
    bool failed = ferror(c->rescue) != 0;
    if (fclose(c->rescue) != 0) failed = true;
    if (failed) {
        cli_message("%s: %s", o->rescue, "not everything was written");
        return CLI_SYSTEM;
    }
    cli_message("%s of lost documents in %s: psearch put brings them back",
                units_show_things(c->rescued, "text", text), o->rescue);
    return code;
}

static int mend(const cli_options *o, const char *path, checker *c) {
    bool salvage = o->check == CHECK_SALVAGE, done = true;
    prism_error err = PRISM_ERROR_INIT;
    prism_repair_opts opts = PRISM_REPAIR_OPTS_INIT;
    if (o->rescue && (c->rescue = fopen(o->rescue, "wx")) == NULL) {
        cli_message("%s: %s", o->rescue, strerror(errno));
        return errno == EEXIST ? CLI_USAGE : CLI_SYSTEM;
    }
    c->lost = json_array();
    c->stats.size = sizeof c->stats;
    opts.dry_run = o->dry_run;
    opts.finding = take_finding;
    opts.lost = take_lost;
    opts.progress = check_progress;
    opts.finding_ctx = opts.lost_ctx = opts.progress_ctx = c;
    prism_status status = salvage ? prism_index_salvage(path, &opts, &c->stats, &err)
                                  : prism_index_repair(path, &opts, &c->stats, &err);
    progress_clear(&c->progress);
    int code = c->stats.findings > 0 ? CLI_DAMAGE : CLI_OK;
    if (status != PRISM_OK) {
        code = cli_fail_index(path, &err);
        if (!salvage && status == PRISM_ECORRUPT)
            cli_message("the newest commit cannot be read: only psearch check --salvage, which "
                        "goes back to an older one, can help");
    } else {
        json_t *stats = json_stats(c, salvage);
        if (o->format == FORMAT_JSON) done = print_check(path, c, c->stats.findings, stats);
        json_decref(stats);
        tell_stats(path, c, salvage);
    }
    json_decref(c->lost);
    return finish_rescue(c, o, done ? code : CLI_SYSTEM);
}

/* ---- check ---------------------------------------------------------------------------------- */

static int look(const cli_options *o, const char *path, checker *c) {
    static const prism_check_level levels[] = {PRISM_CHECK_NORMAL, PRISM_CHECK_QUICK,
                                               PRISM_CHECK_DEEP};
    prism_error err = PRISM_ERROR_INIT;
    uint64_t n = 0;
    char text[64];
    prism_status status = prism_index_check(path, levels[o->check], NULL, take_finding, c,
                                            check_progress, c, &n, &err);
    progress_clear(&c->progress);
    if (status != PRISM_OK) return cli_fail_index(path, &err);
    if (o->format == FORMAT_JSON && !print_check(path, c, n, NULL)) return CLI_SYSTEM;
    if (n == 0)
        cli_message("%s: no damage found", path);
    else
        cli_message("%s: %s of damage", path, units_show_things(n, "finding", text));
    return n == 0 ? CLI_OK : CLI_DAMAGE;
}

int cmd_check(cli_options *o) {
    checker c = {.options = o};
    const char *path = cli_index_path(o);
    bool mends = o->check == CHECK_REPAIR || o->check == CHECK_SALVAGE;
    if (o->n_args > 0) return cli_usage("check: %s: unexpected", o->args[0]);
    if (!mends && (o->dry_run || o->rescue))
        return cli_usage("check: --dry-run and --rescue go with --repair or --salvage");
    if (path == NULL) return cli_no_index();
    cli_catch_interrupts();
    cli_use(path);
    c.findings = json_array();
    progress_begin(&c.progress, o->progress, "checking", 0);
    int code = mends ? mend(o, path, &c) : look(o, path, &c);
    json_decref(c.findings);
    return code;
}
