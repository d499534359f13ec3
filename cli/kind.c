/* kind.c - what is in this file?
 *
 * Its name tells (.md, .txt, .ndjson, ... before a .gz or .zst).  Where the name says nothing - a
 * pipe, a dump without an ending - a first byte `{` followed by a quotation mark or `}` makes it
 * NDJSON, anything else is text.  Kinds of the contract that are not built yet are known by name,
 * so that no HTML is taken for prose.
 * Tested by: tests/cli/formats.sh */
#include "load.h"

#include <string.h>
#include <strings.h>

static bool ends_with(const char *name, size_t len, const char *suffix) {
    size_t n = strlen(suffix);
    return len > n && strncasecmp(name + len - n, suffix, n) == 0;
}

static size_t skip_blanks(const uint8_t *head, size_t n, size_t i) {
    while (i < n && (head[i] == ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t')) i++;
    return i;
}

static bool begins_as_object(const uint8_t *head, size_t n) {
    size_t i = n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    i = skip_blanks(head, n, i);
    if (i == n || head[i] != '{') return false;
    i = skip_blanks(head, n, i + 1);
    return i < n && (head[i] == '"' || head[i] == '}');
}

file_kind kind_guess(const char *path, const uint8_t *head, size_t n) {
    static const struct {
        const char *suffix;
        file_kind kind;
    } names[] = {{".ndjson", KIND_NDJSON}, {".jsonl", KIND_NDJSON},      {".json", KIND_NDJSON},
                 {".md", KIND_MARKDOWN},   {".markdown", KIND_MARKDOWN}, {".txt", KIND_TEXT},
                 {".text", KIND_TEXT},     {".html", KIND_UNBUILT},      {".htm", KIND_UNBUILT},
                 {".csv", KIND_UNBUILT},   {".tsv", KIND_UNBUILT}};
    size_t len = strlen(path);
    if (ends_with(path, len, ".gz"))
        len -= 3;
    else if (ends_with(path, len, ".zst"))
        len -= 4;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!ends_with(path, len, names[i].suffix)) continue;
        bool text = names[i].kind == KIND_TEXT || names[i].kind == KIND_MARKDOWN;
        return text && n > 0 && memchr(head, 0, n) ? KIND_BINARY : names[i].kind;
    }
    if (begins_as_object(head, n)) return KIND_NDJSON;
    return n > 0 && memchr(head, 0, n) ? KIND_BINARY : KIND_TEXT;
}
