/* tokenizer.c - words of your own: identifiers of source code, whole and in parts.
 *
 *   cc tokenizer.c $(pkg-config --cflags --libs prismsearch) -o tokenizer
 *   ./tokenizer /tmp/code-index 'json text'
 *
 * parseJsonText and parse_json_text both give parse, json, text side by side, and parsejsontext
 * over the three: so either is found by a part, by the parts as a phrase, and by its name. */
#include <prismsearch.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 64 /* bytes of an identifier; the rest is another one */

static int is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
static int is_lower(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
static int is_word(char c) {
    return is_upper(c) || is_lower(c) || c == '_';
}

/* [start, end) of the text is an identifier.  Its parts, from position *pos on, and the whole. */
static int put_identifier(const char *text, size_t start, size_t end, uint32_t *pos,
                          prism_token_fn emit, void *emit_ctx) {
    char folded[LONGEST];
    prism_token parts[LONGEST] = {{0}}, whole = {0};
    uint32_t n = 0;
    size_t len = 0;
    for (size_t i = start; i < end; i++) {
        char c = text[i], before = i > start ? text[i - 1] : '_',
             next = i + 1 < end ? text[i + 1] : 0;
        if (c == '_') continue;
        if (before == '_' || (is_upper(c) && (is_lower(before) || is_lower(next)))) {
            parts[n].term = folded + len;
            parts[n].start = i;
            parts[n].pos = *pos + n;
            n++;
        }
        folded[len++] = is_upper(c) ? (char)(c - 'A' + 'a') : c;
        parts[n - 1].end = i + 1;
        parts[n - 1].len = (size_t)(folded + len - parts[n - 1].term);
    }
    whole.term = folded;
    whole.len = len;
    whole.pos = *pos;
    whole.span = n; /* as wide as its parts: it follows the first of them */
    whole.start = start;
    whole.end = end;
    for (uint32_t i = 0; i < n; i++) {
        if (emit(emit_ctx, &parts[i]) != 0) return 1;
        if (i == 0 && n > 1 && emit(emit_ctx, &whole) != 0) return 1;
    }
    *pos += n;
    return 0;
}

static prism_status cut_code(void *ctx, const char *text, size_t len, prism_token_fn emit,
                             void *emit_ctx, prism_error *err) {
    uint32_t pos = 0;
    (void)ctx;
    (void)err;
    for (size_t at = 0, end; at < len; at = end) {
        end = at + 1;
        if (!is_word(text[at])) continue;
        while (end < len && end - at < LONGEST && is_word(text[end])) end++;
        if (put_identifier(text, at, end, &pos, emit, emit_ctx) != 0)
            break; /* the reason is known */
    }
    return PRISM_OK;
}

/* ---- an index whose field "code" is cut so ------------------------------------------------- */

static const char fields[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                             "{\"name\":\"code\",\"type\":\"text\",\"analyzer\":\"identifiers\"}]}";
static const char *const lines[] = {
    "{\"id\":\"json.c:12\",\"code\":\"node = parseJsonText(buffer, MAX_DEPTH);\"}",
    "{\"id\":\"http.c:40\",\"code\":\"HTTPServer *s = http_server_new(max_depth);\"}",
    "{\"id\":\"note.c:7\",\"code\":\"if (text != NULL) parse_json(text);\"}"};

static int open_index(const char *path, prism_index **index, prism_error *err) {
    prism_tokenizer tokenizer = PRISM_TOKENIZER_INIT;
    prism_tokenizers *set = NULL;
    prism_schema *schema = NULL;
    tokenizer.name = "identifiers";
    tokenizer.version = "1"; /* another one when cut_code changes: old indexes are then refused */
    tokenizer.tokenize = cut_code;
    int ok = prism_tokenizers_new(&set, err) == PRISM_OK &&
             prism_tokenizers_add(set, &tokenizer, err) == PRISM_OK &&
             prism_schema_from_json_with(fields, strlen(fields), set, &schema, err) == PRISM_OK &&
             prism_index_create(path, schema, NULL, index, err) == PRISM_OK;
    prism_schema_unref(schema);
    prism_tokenizers_unref(set); /* the index refers to both */
    return ok;
}

static int put_lines(prism_index *index, prism_error *err) {
    prism_writer *writer = NULL;
    int ok = prism_writer_open(index, NULL, &writer, err) == PRISM_OK;
    for (size_t i = 0; ok && i < sizeof lines / sizeof *lines; i++)
        ok = prism_writer_put_json(writer, lines[i], strlen(lines[i]), 0, err) == PRISM_OK;
    ok = ok && prism_writer_commit(writer, NULL, 0, NULL, err) == PRISM_OK;
    prism_writer_close(writer);
    return ok;
}

/* Each hit with what matched in it. */
static int print_hits(prism_snapshot *snap, const prism_query *query, prism_error *err) {
    prism_hits *hits = NULL;
    int ok = prism_search(snap, query, NULL, &hits, err) == PRISM_OK;
    for (uint32_t i = 0; ok && i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_snippet *snippet = NULL;
        prism_fragment best;
        prism_hits_get(hits, i, &hit);
        ok = prism_snippet_make(snap, query, hit.gdoc, "code", NULL, &snippet, err) == PRISM_OK;
        prism_snippet_get(snippet, 0, &best);
        printf("%.*s", (int)hit.key_len, hit.key);
        for (uint32_t k = 0; k < best.n_spans; k++)
            printf(" [%.*s]", (int)(best.spans[k].end - best.spans[k].start),
                   best.text + best.spans[k].start);
        printf("\n");
        prism_snippet_free(snippet);
    }
    prism_hits_free(hits);
    return ok;
}

int main(int argc, char **argv) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index *index = NULL;
    prism_snapshot *snap = NULL;
    const char *path = argc > 1 ? argv[1] : "code-index";
    int ok = open_index(path, &index, &err) && put_lines(index, &err) &&
             prism_snapshot_open(index, &snap, &err) == PRISM_OK;
    for (int i = 2; ok && i < argc; i++) {
        prism_query *query = NULL;
        printf("%s:\n", argv[i]);
        ok = prism_query_parse(prism_index_schema(index), argv[i], strlen(argv[i]), NULL, &query,
                               &err) == PRISM_OK &&
             print_hits(snap, query, &err);
        prism_query_unref(query);
    }
    if (!ok) fprintf(stderr, "%s: %s\n", prism_status_name(err.code), err.text);
    prism_snapshot_unref(snap);
    prism_index_close(index);
    return ok ? 0 : 1;
}
