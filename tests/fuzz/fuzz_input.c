/* fuzz_input.c - can any file make the readers of the command line crash, or hand on what is not
 * text?
 *
 *   byte 0   modulo 6: 0 text, 1 Markdown, 2 lines, 3 whole, 4 what kind, 5 mending alone
 *            bit 7 strict
 *   rest     the file, packed or not
 *
 * States    - An error is EPARSE, ELIMIT, EREJECTED; else the document is taken by a writer whole.
 *           - Lines together are the file; mended text is well-formed, and itself when it was.
 * A new reader of cli/ gets a number here. */
#include "fuzz.h"

#include "article.h"
#include "cli.h"
#include "input.h"
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the program's other files give these. */
volatile int cli_interrupted;
void tally_add(tally *t, const char *what) {
    if (t->n++ == 0) snprintf(t->first, sizeof t->first, "%s", what);
}

static prism_schema *schema;
static prism_index *index_;
static prism_writer *writer;

static void make_index(void) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    prism_writer_opts wopts = PRISM_WRITER_OPTS_INIT;
    static const char text[] = "{\"key\":\"id\",\"fields\":[{\"name\":\"id\",\"type\":\"keyword\"},"
                               "{\"name\":\"title\",\"type\":\"text\"},{\"name\":\"body\",\"type\":"
                               "\"text\"},{\"name\":\"date\",\"type\":\"date\"},{\"name\":\"tags\","
                               "\"type\":\"keyword\",\"many\":true},{\"name\":\"n\",\"type\":"
                               "\"i64\"}]}";
    opts.in_memory = 1;
    wopts.memory = 16 << 20;
    fuzz_must(prism_schema_from_json(text, sizeof text - 1, &schema, &err), &err, "schema");
    fuzz_must(prism_index_create("fuzz", schema, &opts, &index_, &err), &err, "create");
    fuzz_must(prism_writer_open(index_, &wopts, &writer, &err), &err, "writer");
}

static input_stream *open_bytes(const uint8_t *data, size_t size) {
    static int fd = -1;
    char path[64];
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in;
    if (fd < 0) fd = memfd_create("fuzz", 0);
    FUZZ_NEED(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    fuzz_must(input_open(path, &in, &err), &err, "open");
    return in;
}

static bool good(prism_status status, const prism_error *err) {
    if (status != PRISM_OK && status != PRISM_EPARSE && status != PRISM_ELIMIT &&
        status != PRISM_EREJECTED)
        fuzz_fail("an odd error for a file", err);
    return status == PRISM_OK;
}

static void read_article(bool markdown, bool strict, const char *text, size_t len) {
    prism_error err = PRISM_ERROR_INIT;
    prism_doc *doc;
    tally left_out = {0};
    uint64_t n_bad;
    size_t mended_len;
    char *mended = input_mend_utf8(text, len, &mended_len, &n_bad);
    FUZZ_NEED(mended != NULL);
    fuzz_must(prism_doc_new(schema, &doc, &err), &err, "document");
    prism_status status =
        markdown ? article_from_markdown(doc, "a.md", mended, mended_len, strict, &left_out, &err)
                 : article_from_text(doc, "a\xff.txt", mended, mended_len, &err);
    if (good(status, &err)) {
        status = prism_writer_put(writer, doc, 0, &err);
        (void)good(status, &err);
    }
    prism_doc_free(doc);
    free(mended);
    fuzz_must(prism_writer_rollback(writer, &err), &err, "rollback");
}

static void read_lines(const uint8_t *data, size_t size) {
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in = open_bytes(data, size);
    input_lines lines;
    input_line line;
    bool more = true;
    uint64_t n = 0, total = 0;
    input_lines_init(&lines, in);
    while (more && good(input_next_line(&lines, &line, &more, &err), &err)) {
        if (!more) break;
        FUZZ_NEED(line.number == ++n);
        FUZZ_NEED(memchr(line.text, '\n', line.len) == NULL);
        total += line.len + 1;
        if (total > (64u << 20)) break; /* a bomb is read line by line */
    }
    input_lines_fini(&lines);
    input_close(in);
}

static void read_whole(const uint8_t *data, size_t size) {
    prism_error err = PRISM_ERROR_INIT;
    input_stream *in = open_bytes(data, size);
    const uint8_t *head;
    char *all;
    size_t n, len;
    if (good(input_peek(in, &head, &n, &err), &err)) {
        (void)kind_guess("-", head, n);
        uint8_t first = n ? head[0] : 0;
        if (good(input_read_all(in, 1 << 20, &all, &len, &err), &err)) {
            FUZZ_NEED(len >= n && len <= 1 << 20 && (n == 0 || (uint8_t)all[0] == first));
            free(all);
        }
    }
    FUZZ_NEED(input_consumed(in) <= size);
    input_close(in);
}

static void guess_kind(const char *text, size_t len) {
    char path[64];
    size_t n = len < sizeof path - 1 ? len : sizeof path - 1;
    memcpy(path, text, n);
    path[n] = 0;
    (void)kind_guess(path, (const uint8_t *)text, len);
}

static void mend(const char *text, size_t len) {
    uint64_t n_bad, none;
    size_t once_len, twice_len;
    char *once = input_mend_utf8(text, len, &once_len, &n_bad);
    FUZZ_NEED(once != NULL);
    char *twice = input_mend_utf8(once, once_len, &twice_len, &none);
    FUZZ_NEED(twice != NULL && none == 0 && twice_len == once_len);
    FUZZ_NEED(memcmp(once, twice, once_len) == 0 && memchr(once, 0, once_len) == NULL);
    if (n_bad == 0) FUZZ_NEED(once_len == len && memcmp(once, text, len) == 0);
    free(once);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    if (writer == NULL) make_index();
    bool strict = (data[0] & 128) != 0;
    const char *text = (const char *)data + 1;
    switch ((data[0] & 127) % 6) {
    case 0: read_article(false, strict, text, size - 1); break;
    case 1: read_article(true, strict, text, size - 1); break;
    case 2: read_lines(data + 1, size - 1); break;
    case 3: read_whole(data + 1, size - 1); break;
    case 4: guess_kind(text, size - 1); break;
    default: mend(text, size - 1);
    }
    return 0;
}
