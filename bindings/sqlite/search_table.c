/* search_table.c - how does a statement of SQL search an index?
 *
 *     select a.title, s.score, s.snippet
 *       from prism_search('news', '數據中心', 10) as s join articles as a on a.id = s.key;
 *
 * An eponymous table whose hidden columns are the arguments:
 *
 *     key  score  rank  document  snippet  total | path  query  limit  filter  sort  fields ...
 *     what a hit has                             | what is asked for
 *
 *     key       of the document, text              path      of the index
 *     score     the library's; 0 under a sort      query     as psearch-query(7) has it
 *     rank      1, 2, ...                          limit     hits, 100 unless given
 *     document  stored fields, as JSON             filter    a query that hits must match too
 *     snippet   HTML, matches in <mark>            sort      "date:desc,n"
 *     total     documents that match, counted      fields    "title^2,body"
 *                                                  operator  or (as without it), and
 *                                                  snippet_of  a field, body unless given
 *
 * path and query must be given.  Documents, snippets and the total are made where somebody asks for
 * them.  Each use sees the newest commit.
 * Indexes stay open with the connection: see cache below.
 * Errors: the library's text as that of the statement; SQLITE_INTERRUPT (interrupt.c).   Threads:
 *         as the connection.
 * Cost: a search; a directory listing to look for a newer commit.   Source: sqlite.org/vtab.html
 *       sections 2.3, 3.1.2.   Tested by tests/sqlite_tests.c, tests/hard_tests.c */
#include "extension.h"

#include <prismsearch.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

SQLITE_EXTENSION_INIT3

enum { /* columns in the order of the declaration */
       COLUMN_KEY,
       COLUMN_SCORE,
       COLUMN_RANK,
       COLUMN_DOCUMENT,
       COLUMN_SNIPPET,
       COLUMN_TOTAL,
       COLUMN_PATH, /* the first argument */
       COLUMN_QUERY,
       COLUMN_LIMIT,
       COLUMN_FILTER,
       COLUMN_SORT,
       COLUMN_FIELDS,
       COLUMN_OPERATOR,
       COLUMN_SNIPPET_OF,
       N_COLUMNS,
       N_ARGUMENTS = N_COLUMNS - COLUMN_PATH,
       COUNTED = 1 << N_ARGUMENTS, /* in idxNum: somebody asks for the total */
       DEFAULT_LIMIT = 100,
       MAX_OPEN = 8, /* indexes that stay open with a connection */
};

static const char declaration[] =
    "create table prism_search(key text, score real, rank integer, document text, snippet text, "
    "total integer, path hidden, query hidden, \"limit\" hidden, filter hidden, sort hidden, "
    "fields hidden, operator hidden, snippet_of hidden)";

/* ---- open indexes ----------------------------------------------------------------------------
 * The newest use stands first; the last one goes when a ninth path comes. */
typedef struct open_index {
    char *path;
    prism_snapshot *snap; /* keeps what it needs of the index */
} open_index;

typedef struct table {
    sqlite3_vtab base;
    sqlite3 *db;
    int n;
    open_index open[MAX_OPEN];
} table;

typedef struct cursor {
    sqlite3_vtab_cursor base;
    prism_snapshot *snap;
    prism_query *query;
    prism_hits *hits;
    char *field;
    sqlite3_value *arguments[N_ARGUMENTS]; /* as given: SQLite may compare them itself */
    uint32_t at;
} cursor;

static int fail(table *t, const prism_error *err) {
    sqlite3_free(t->base.zErrMsg);
    t->base.zErrMsg =
        sqlite3_mprintf("prism_search: %s%s%s", err->file, err->file[0] ? ": " : "", err->text);
    return err->code == PRISM_ENOMEM ? SQLITE_NOMEM : SQLITE_ERROR;
}

static int fail_arguments(table *t, const char *what) {
    sqlite3_free(t->base.zErrMsg);
    t->base.zErrMsg = sqlite3_mprintf("prism_search: %s", what);
    return SQLITE_ERROR;
}

static void close_index(open_index *o) {
    prism_snapshot_unref(o->snap);
    sqlite3_free(o->path);
}

static prism_status open_newest(const char *path, prism_snapshot **out, prism_error *err) {
    prism_index *index = NULL;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.read_only = 1;
    prism_status status = prism_index_open(path, &opts, &index, err);
    if (status == PRISM_OK) status = prism_snapshot_open(index, out, err);
    prism_index_close(index);
    return status;
}

/* The place of a path in the list, moved to the front; false if it is not there. */
static bool move_to_front(table *t, const char *path) {
    for (int i = 0; i < t->n; i++) {
        if (strcmp(t->open[i].path, path) != 0) continue;
        open_index found = t->open[i];
        memmove(&t->open[1], &t->open[0], (size_t)i * sizeof found);
        t->open[0] = found;
        return true;
    }
    return false;
}

static void forget_first(table *t) {
    close_index(&t->open[0]);
    memmove(&t->open[0], &t->open[1], (size_t)(--t->n) * sizeof t->open[0]);
}

/* The newest commit at a path.   Params: *out [owned] */
static prism_status snapshot_of(table *t, const char *path, prism_snapshot **out,
                                prism_error *err) {
    prism_snapshot *newest = NULL;
    if (move_to_front(t, path)) {
        if (prism_snapshot_refresh(t->open[0].snap, &newest, NULL) == PRISM_OK) {
            prism_snapshot_unref(t->open[0].snap);
            t->open[0].snap = newest;
            *out = prism_snapshot_ref(newest);
            return PRISM_OK;
        }
        forget_first(t); /* another index may stand there by now: open it afresh */
    }
    prism_status status = open_newest(path, &newest, err);
    if (status != PRISM_OK) return status;
    *out = newest;
    char *copy = sqlite3_mprintf("%s", path);
    if (copy == NULL) return PRISM_OK; /* found, and not kept */
    if (t->n == MAX_OPEN) close_index(&t->open[--t->n]);
    memmove(&t->open[1], &t->open[0], (size_t)t->n * sizeof t->open[0]);
    t->open[0] = (open_index){copy, prism_snapshot_ref(newest)};
    t->n++;
    return PRISM_OK;
}

/* ---- the table ------------------------------------------------------------------------------- */

static int connect_table(sqlite3 *db, void *ctx, int n, const char *const *words,
                         sqlite3_vtab **out, char **message) {
    (void)ctx, (void)n, (void)words, (void)message;
    int code = sqlite3_declare_vtab(db, declaration);
    if (code != SQLITE_OK) return code;
    table *t = sqlite3_malloc(sizeof *t);
    if (t == NULL) return SQLITE_NOMEM;
    memset(t, 0, sizeof *t);
    t->db = db;
    /* It reads files: no trigger or view of a schema shall. */
    sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
    *out = &t->base;
    return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *base) {
    table *t = (table *)base;
    while (t->n > 0) close_index(&t->open[--t->n]);
    sqlite3_free(t);
    return SQLITE_OK;
}

/* idxNum has a bit for each argument given, and COUNTED; filter() gets them in their order. */
static int best_index(sqlite3_vtab *base, sqlite3_index_info *plan) {
    int at[N_ARGUMENTS], given = 0, n = 0;
    for (int i = 0; i < plan->nConstraint; i++) {
        const struct sqlite3_index_constraint *c = &plan->aConstraint[i];
        if (c->iColumn < COLUMN_PATH) continue;
        if (!c->usable) return SQLITE_CONSTRAINT; /* it depends on a table that is read later */
        if (c->op != SQLITE_INDEX_CONSTRAINT_EQ && c->op != SQLITE_INDEX_CONSTRAINT_IS)
            return fail_arguments((table *)base, "arguments are given by =");
        if (given & 1 << (c->iColumn - COLUMN_PATH)) continue; /* SQLite compares the second */
        at[c->iColumn - COLUMN_PATH] = i;
        given |= 1 << (c->iColumn - COLUMN_PATH);
    }
    for (int i = 0; i < N_ARGUMENTS; i++) {
        if ((given & 1 << i) == 0) continue;
        plan->aConstraintUsage[at[i]].argvIndex = ++n;
        plan->aConstraintUsage[at[i]].omit = 1;
    }
    if (plan->colUsed & (1u << COLUMN_TOTAL)) given |= COUNTED;
    plan->idxNum = given;
    plan->estimatedCost = 1000;
    plan->estimatedRows = 50;
    if (plan->nOrderBy == 1 && plan->aOrderBy[0].iColumn == COLUMN_RANK && !plan->aOrderBy[0].desc)
        plan->orderByConsumed = 1;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
    (void)base;
    cursor *c = sqlite3_malloc(sizeof *c);
    if (c == NULL) return SQLITE_NOMEM;
    memset(c, 0, sizeof *c);
    *out = &c->base;
    return SQLITE_OK;
}

static void reset(cursor *c) {
    prism_hits_free(c->hits);
    prism_query_unref(c->query);
    prism_snapshot_unref(c->snap);
    sqlite3_free(c->field);
    for (int i = 0; i < N_ARGUMENTS; i++) {
        sqlite3_value_free(c->arguments[i]);
        c->arguments[i] = NULL;
    }
    c->hits = NULL;
    c->query = NULL;
    c->snap = NULL;
    c->field = NULL;
    c->at = 0;
}

static int close_cursor(sqlite3_vtab_cursor *base) {
    reset((cursor *)base);
    sqlite3_free(base);
    return SQLITE_OK;
}

/* ---- searching ------------------------------------------------------------------------------- */

/* The arguments by their columns; NULL where one is not given.  False: out of memory. */
static bool take_arguments(cursor *c, int given, sqlite3_value **values) {
    for (int i = 0, n = 0; i < N_ARGUMENTS; i++) {
        if ((given & 1 << i) == 0) continue;
        c->arguments[i] = sqlite3_value_dup(values[n++]);
        if (c->arguments[i] == NULL) return false;
    }
    return true;
}

static const char *text_of(sqlite3_value *value) {
    return value ? (const char *)sqlite3_value_text(value) : NULL;
}

static prism_status parse(const prism_schema *schema, sqlite3_value *value,
                          const prism_query_opts *opts, prism_query **out, prism_error *err) {
    const char *text = text_of(value);
    size_t len = text ? (size_t)sqlite3_value_bytes(value) : 0;
    if (text == NULL) return PRISM_OK;
    return prism_query_parse(schema, text, len, opts, out, err);
}

/* false: neither or nor and. */
static bool operator_of(const char *text, prism_operator *out) {
    *out = text && sqlite3_stricmp(text, "and") == 0 ? PRISM_AND : PRISM_OR;
    return *out == PRISM_AND || text == NULL || sqlite3_stricmp(text, "or") == 0;
}

static uint32_t limit_of(sqlite3_value *value) {
    if (value == NULL || sqlite3_value_type(value) == SQLITE_NULL) return DEFAULT_LIMIT;
    sqlite3_int64 limit = sqlite3_value_int64(value);
    return limit < 0 || limit > PRISM_MAX_K ? PRISM_MAX_K : (uint32_t)limit;
}

/* The search itself, until it is done or sqlite3_interrupt ends it. */
static int find(cursor *c, prism_search_opts *opts) {
    table *t = (table *)c->base.pVtab;
    prism_error err = PRISM_ERROR_INIT;
    prism_sqlite_interrupt interrupt;
    prism_sqlite_interrupt_begin(&interrupt, t->db);
    opts->progress = prism_sqlite_interrupt_ask;
    opts->progress_ctx = &interrupt;
    prism_status status = prism_search(c->snap, c->query, opts, &c->hits, &err);
    prism_sqlite_interrupt_end(&interrupt);
    if (interrupt.interrupted) return SQLITE_INTERRUPT;
    return status == PRISM_OK ? SQLITE_OK : fail(t, &err);
}

static int search(cursor *c, bool counted) {
    sqlite3_value **arguments = c->arguments;
    table *t = (table *)c->base.pVtab;
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_query *filter = NULL;
    prism_query_opts reading = PRISM_QUERY_OPTS_INIT;
    const char *path = text_of(arguments[0]);
    reading.fields = text_of(arguments[COLUMN_FIELDS - COLUMN_PATH]);
    if (!operator_of(text_of(arguments[COLUMN_OPERATOR - COLUMN_PATH]), &reading.default_operator))
        return fail_arguments(t, "operator is neither or nor and");
    if (snapshot_of(t, path, &c->snap, &err) != PRISM_OK) {
        if (err.file[0] == '\0') snprintf(err.file, sizeof err.file, "%s", path);
        return fail(t, &err);
    }
    const prism_schema *schema = prism_snapshot_schema(c->snap);
    opts.k = limit_of(arguments[COLUMN_LIMIT - COLUMN_PATH]);
    opts.sort = text_of(arguments[COLUMN_SORT - COLUMN_PATH]);
    opts.count = counted ? PRISM_COUNT_EXACT : PRISM_COUNT_NONE;
    prism_status status =
        parse(schema, arguments[COLUMN_QUERY - COLUMN_PATH], &reading, &c->query, &err);
    if (status == PRISM_OK)
        status = parse(schema, arguments[COLUMN_FILTER - COLUMN_PATH], &reading, &filter, &err);
    opts.filter = filter;
    int code = status == PRISM_OK ? find(c, &opts) : fail(t, &err);
    prism_query_unref(filter);
    return code;
}

static int filter(sqlite3_vtab_cursor *base, int given, const char *name, int n,
                  sqlite3_value **values) {
    cursor *c = (cursor *)base;
    (void)name, (void)n;
    reset(c);
    if (!take_arguments(c, given, values)) return SQLITE_NOMEM;
    if ((given & 3) != 3)
        return fail_arguments((table *)base->pVtab, "the path of an index and a query are needed");
    if (text_of(c->arguments[0]) == NULL || text_of(c->arguments[1]) == NULL)
        return SQLITE_OK; /* NULL matches nothing */
    const char *field = text_of(c->arguments[COLUMN_SNIPPET_OF - COLUMN_PATH]);
    c->field = sqlite3_mprintf("%s", field ? field : "body");
    if (c->field == NULL) return SQLITE_NOMEM;
    return search(c, (given & COUNTED) != 0);
}

static int next(sqlite3_vtab_cursor *base) {
    ((cursor *)base)->at++;
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *base) {
    cursor *c = (cursor *)base;
    return c->at >= prism_hits_count(c->hits);
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id) {
    *id = (sqlite3_int64)((cursor *)base)->at + 1;
    return SQLITE_OK;
}

/* ---- what a row shows ------------------------------------------------------------------------ */

static void escape(sqlite3_str *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) switch (text[i]) {
        case '<': sqlite3_str_appendall(out, "&lt;"); break;
        case '>': sqlite3_str_appendall(out, "&gt;"); break;
        case '&': sqlite3_str_appendall(out, "&amp;"); break;
        case '"': sqlite3_str_appendall(out, "&quot;"); break;
        default: sqlite3_str_append(out, text + i, 1);
        }
}

static void mark(sqlite3_str *out, const prism_fragment *f) {
    size_t at = 0;
    for (uint32_t i = 0; i < f->n_spans; i++) {
        escape(out, f->text + at, f->spans[i].start - at);
        sqlite3_str_appendall(out, "<mark>");
        escape(out, f->text + f->spans[i].start, f->spans[i].end - f->spans[i].start);
        sqlite3_str_appendall(out, "</mark>");
        at = f->spans[i].end;
    }
    escape(out, f->text + at, f->len - at);
}

/* A field that there is not, or that is not stored, has none. */
static int show_snippet(const cursor *c, sqlite3_context *context, uint64_t gdoc) {
    prism_error err = PRISM_ERROR_INIT;
    prism_snippet *snippet = NULL;
    prism_status status =
        prism_snippet_make(c->snap, c->query, gdoc, c->field, NULL, &snippet, &err);
    if (status == PRISM_ENOTFOUND) return SQLITE_OK;
    if (status != PRISM_OK) return fail((table *)c->base.pVtab, &err);
    sqlite3_str *out = sqlite3_str_new(NULL);
    for (uint32_t i = 0; i < prism_snippet_count(snippet); i++) {
        prism_fragment fragment;
        prism_snippet_get(snippet, i, &fragment);
        mark(out, &fragment);
    }
    prism_snippet_free(snippet);
    int code = sqlite3_str_errcode(out), len = sqlite3_str_length(out);
    char *text = sqlite3_str_finish(out);
    if (code == SQLITE_OK) sqlite3_result_text(context, text ? text : "", len, SQLITE_TRANSIENT);
    sqlite3_free(text);
    return code;
}

static int show_document(const cursor *c, sqlite3_context *context, uint64_t gdoc) {
    prism_error err = PRISM_ERROR_INIT;
    char *json = NULL;
    size_t len = 0;
    if (prism_document_get(c->snap, gdoc, &json, &len, &err) != PRISM_OK)
        return fail((table *)c->base.pVtab, &err);
    sqlite3_result_text64(context, json, len, SQLITE_TRANSIENT, SQLITE_UTF8);
    prism_free_text(json);
    return SQLITE_OK;
}

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int i) {
    const cursor *c = (const cursor *)base;
    prism_hit hit;
    prism_hits_get(c->hits, c->at, &hit);
    switch (i) {
    case COLUMN_KEY:
        sqlite3_result_text64(context, hit.key, hit.key_len, SQLITE_TRANSIENT, SQLITE_UTF8);
        break;
    case COLUMN_SCORE: sqlite3_result_double(context, (double)hit.score); break;
    case COLUMN_RANK: sqlite3_result_int64(context, (sqlite3_int64)c->at + 1); break;
    case COLUMN_DOCUMENT: return show_document(c, context, hit.gdoc);
    case COLUMN_SNIPPET: return show_snippet(c, context, hit.gdoc);
    case COLUMN_TOTAL:
        sqlite3_result_int64(context, (sqlite3_int64)prism_hits_total(c->hits, NULL));
        break;
    default:
        if (c->arguments[i - COLUMN_PATH] != NULL)
            sqlite3_result_value(context, c->arguments[i - COLUMN_PATH]);
        break;
    }
    return SQLITE_OK;
}

int prism_sqlite_add_search(sqlite3 *db) {
    static const sqlite3_module module = {
        .xConnect = connect_table,
        .xBestIndex = best_index,
        .xDisconnect = disconnect_table,
        .xOpen = open_cursor,
        .xClose = close_cursor,
        .xFilter = filter,
        .xNext = next,
        .xEof = is_at_end,
        .xColumn = column,
        .xRowid = row_id,
    };
    return sqlite3_create_module(db, "prism_search", &module, NULL);
}
