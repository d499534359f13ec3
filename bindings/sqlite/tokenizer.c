/* tokenizer.c - how does a table of FTS5 read mixed English and Chinese text?
 *
 *     create virtual table articles using fts5(title, body, tokenize = "prism");
 *     create virtual table articles using fts5(title, body, tokenize = "prism stem off");
 *
 * The terms are those of the library's analyzer mixed-v1; the words behind the name are its
 * options, in pairs.  FTS5 counts positions itself: each token is one position further unless it is
 * marked as co-located.  At each position
 *
 *     數據中心 2.0   documents:  數 數據 | 據 據中 | 中 中心 | 心 | 2.0      ( | = next position)
 *                    queries  :  數據   | 據中    | 中心    | 心 | 2.0
 *
 * a document gives all terms, first the one whose bytes highlight() and snippet() shall mark: the
 * widest that covers this position alone.  A query gives one: a pair where there is one (its list
 * is the shorter one), else the widest of a single position, so that 267% does not find 267.  The
 * last character of a run stands for itself, so that what is marked ends where the run ends, and
 * the next word is at the same distance as in documents.  FTS5 makes a phrase of the tokens of a
 * string: a run is found where it stands, in either script.
 *
 * Not taken: the ends of runs (kind hanend), which serve searches within han=bi, and unstemmed
 * forms (stem=dual), which have no place in a dictionary without kinds.
 * Threads: as the connection.   Cost: the analysis; nothing is allocated for a text but the terms
 *          of one position.   Source: sqlite.org/fts5.html sections 7.1, 4.3.   Tested by
 *          tests/sqlite_tests.c, tests/hard_tests.c */
#include "extension.h"

#include <prismsearch.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

SQLITE_EXTENSION_INIT3

enum {
    MAX_AT_ONE_POSITION = 8,
    MAX_TERM = 1024, /* bytes; the analyzer cuts earlier */
};

typedef int (*take_token)(void *ctx, int flags, const char *term, int len, int start, int end);

/* Terms that begin at one position. */
typedef struct token {
    char term[MAX_TERM];
    int len, start, end;
    uint32_t span;
    bool is_pair;
} token;

typedef struct reading {
    take_token take;
    void *ctx;
    bool is_query;
    int code; /* what take said */
    uint32_t pos;
    int n;
    token at[MAX_AT_ONE_POSITION];
} reading;

/* Which of two terms at one position is it by itself? */
static bool is_wider(const token *a, const token *b) {
    if ((a->span == 1) != (b->span == 1)) return a->span == 1;
    return a->end - a->start > b->end - b->start;
}

static int lead_of_document(const reading *r) {
    int best = 0;
    for (int i = 1; i < r->n; i++)
        if (is_wider(&r->at[i], &r->at[best])) best = i;
    return best;
}

static int lead_of_query(const reading *r) {
    for (int i = 0; i < r->n; i++)
        if (r->at[i].is_pair) return i;
    return lead_of_document(r);
}

static void hand_over(reading *r, int i, int flags) {
    const token *t = &r->at[i];
    if (r->code == SQLITE_OK) r->code = r->take(r->ctx, flags, t->term, t->len, t->start, t->end);
}

static void end_position(reading *r) {
    if (r->n == 0) return;
    int lead = r->is_query ? lead_of_query(r) : lead_of_document(r);
    hand_over(r, lead, 0);
    for (int i = 0; i < r->n && !r->is_query; i++)
        if (i != lead) hand_over(r, i, FTS5_TOKEN_COLOCATED);
    r->n = 0;
}

static int on_token(void *ctx, const prism_token *from) {
    reading *r = ctx;
    if (strcmp(from->kind, "hanend") == 0 || from->len == 0 || from->len > MAX_TERM) return 0;
    if (r->n > 0 && from->pos != r->pos) end_position(r);
    if (r->code != SQLITE_OK) return 1;
    if (r->n == MAX_AT_ONE_POSITION) return 0;
    token *to = &r->at[r->n++];
    r->pos = from->pos;
    memcpy(to->term, from->term, from->len);
    to->len = (int)from->len;
    to->start = (int)from->start;
    to->end = (int)from->end;
    to->span = from->span;
    to->is_pair = strcmp(from->kind, "han2") == 0;
    return 0;
}

static int status_to_sqlite(prism_status status) {
    switch (status) {
    case PRISM_OK: return SQLITE_OK;
    case PRISM_ENOMEM: return SQLITE_NOMEM;
    case PRISM_ELIMIT: return SQLITE_TOOBIG;
    default: return SQLITE_ERROR;
    }
}

static int tokenize(Fts5Tokenizer *tokenizer, void *ctx, int flags, const char *text, int len,
                    take_token take) {
    const prism_schema *schema = (const prism_schema *)tokenizer;
    reading *r = sqlite3_malloc(sizeof *r);
    if (r == NULL) return SQLITE_NOMEM;
    r->take = take;
    r->ctx = ctx;
    r->is_query = (flags & FTS5_TOKENIZE_QUERY) != 0;
    r->code = SQLITE_OK;
    r->n = 0;
    prism_status status = text == NULL || len <= 0
                              ? PRISM_OK
                              : prism_analyze(schema, "text", text, (size_t)len, on_token, r, NULL);
    if (status == PRISM_OK) end_position(r);
    int code = r->code != SQLITE_OK ? r->code : status_to_sqlite(status);
    sqlite3_free(r);
    return code;
}

/* ---- options -------------------------------------------------------------------------------- */

static bool is_plain(const char *word) { /* nothing that JSON would have to escape */
    for (const unsigned char *p = (const unsigned char *)word; *p; p++)
        if (*p < 0x20 || *p == '"' || *p == '\\') return false;
    return *word != '\0';
}

static bool is_number(const char *word) {
    return *word != '\0' && strspn(word, "0123456789") == strlen(word) && strlen(word) < 10;
}

/* What has no place in a dictionary without kinds, and what leaves single characters out. */
static bool is_taken(const char *name, const char *value) {
    if (strcmp(name, "stem") == 0) return strcmp(value, "dual") != 0;
    if (strcmp(name, "han") == 0) return strcmp(value, "uni_bi") == 0 || strcmp(value, "uni") == 0;
    return true;
}

/* A schema of one field.   Params: *json [owned: sqlite3_free], NULL when memory is short */
static int schema_text(const char **words, int n, char **json) {
    sqlite3_str *out = sqlite3_str_new(NULL);
    int code = n % 2 == 0 ? SQLITE_OK : SQLITE_ERROR;
    sqlite3_str_appendall(out, "{\"fields\":[{\"name\":\"text\",\"type\":\"text\",\"options\":{");
    for (int i = 0; i + 1 < n; i += 2) {
        if (!is_plain(words[i]) || !is_plain(words[i + 1]) || !is_taken(words[i], words[i + 1]))
            code = SQLITE_ERROR;
        const char *quote = is_number(words[i + 1]) ? "" : "\"";
        sqlite3_str_appendf(out, "%s\"%s\":%s%s%s", i ? "," : "", words[i], quote, words[i + 1],
                            quote);
    }
    sqlite3_str_appendall(out, "}}]}");
    *json = sqlite3_str_finish(out);
    return code == SQLITE_OK && *json == NULL ? SQLITE_NOMEM : code;
}

static int create(void *ctx, const char **words, int n, Fts5Tokenizer **out) {
    (void)ctx;
    char *json = NULL;
    prism_schema *schema = NULL;
    prism_error err = PRISM_ERROR_INIT;
    int code = schema_text(words, n, &json);
    if (code == SQLITE_OK &&
        prism_schema_from_json(json, strlen(json), &schema, &err) != PRISM_OK) {
        sqlite3_log(SQLITE_ERROR, "tokenizer prism: %s", err.text); /* FTS5 asks for no reason */
        code = err.code == PRISM_ENOMEM ? SQLITE_NOMEM : SQLITE_ERROR;
    }
    sqlite3_free(json);
    *out = (Fts5Tokenizer *)schema;
    return code;
}

static void discard(Fts5Tokenizer *tokenizer) {
    prism_schema_unref((prism_schema *)tokenizer);
}

/* ---- registering ----------------------------------------------------------------------------- */

static fts5_api *fts5_of(sqlite3 *db) {
    fts5_api *api = NULL;
    sqlite3_stmt *ask = NULL;
    if (sqlite3_prepare_v2(db, "select fts5(?1)", -1, &ask, NULL) == SQLITE_OK) {
        sqlite3_bind_pointer(ask, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(ask);
    }
    sqlite3_finalize(ask);
    return api;
}

int prism_sqlite_add_tokenizer(sqlite3 *db, char **message) {
    fts5_tokenizer tokenizer = {create, discard, tokenize};
    fts5_api *fts5 = fts5_of(db);
    if (fts5 == NULL || fts5->iVersion < 2) {
        *message = sqlite3_mprintf("prism: this SQLite is built without FTS5");
        return SQLITE_ERROR;
    }
    return fts5->xCreateTokenizer(fts5, "prism", NULL, &tokenizer, NULL);
}
