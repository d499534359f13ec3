/* answer.c - how is an answer written as JSON?
 *
 * What all commands share: the head that names version, index and generation, stored documents
 * byte for byte, spans in the unit asked for, the notes of the parser.  Text from a command
 * line may be of any bytes, and JSON has no place for ill-formed ones: they become U+FFFD here, and
 * nothing is dropped in silence.
 * Cost: spans in characters or UTF-16 units count the fragment once for each end.
 * Tested by: tests/cli/search_json.sh, tests/cli/look.sh */
#include "answer.h"
#include "input.h"

#include <stdlib.h>
#include <string.h>

json_t *answer_head(const prism_snapshot *snap) {
    char hex[33];
    const uint8_t *uuid = prism_snapshot_uuid(snap);
    for (int i = 0; i < 16; i++) snprintf(hex + 2 * i, 3, "%02x", uuid[i]);
    return json_pack("{s:i, s:s, s:I}", "v", 1, "index", hex, "generation",
                     (json_int_t)prism_snapshot_generation(snap));
}

bool answer_print(const json_t *value) {
    if (value == NULL || json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        return false;
    putchar('\n');
    return true;
}

json_t *answer_string(const char *text, size_t len) {
    json_t *value = json_stringn(text, len);
    if (value) return value;
    uint64_t n_bad;
    char *mended = input_mend_utf8(text, len, &len, &n_bad);
    if (mended) value = json_stringn(mended, len);
    free(mended);
    return value;
}

json_t *answer_text_fields(const prism_schema *schema) {
    const char *text;
    size_t len, i;
    json_t *names = json_array(), *field;
    prism_error err = PRISM_ERROR_INIT;
    if (prism_schema_to_json(schema, &text, &len, &err) != PRISM_OK) return names;
    json_t *root = json_loadb(text, len, 0, NULL);
    json_array_foreach(json_object_get(root, "fields"), i, field) {
        const char *type = json_string_value(json_object_get(field, "type"));
        if (type && strcmp(type, "text") == 0)
            json_array_append(names, json_object_get(field, "name"));
    }
    json_decref(root);
    return names;
}

json_t *answer_fields(const char *json, size_t len) {
    json_t *doc = json_loadb(json, len, JSON_ALLOW_NUL, NULL);
    return doc ? doc : json_loadb(json, len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
}

static bool print_value(const json_t *value) {
    return json_dumpf(value, stdout, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
}

static bool print_hit(json_t *hit) {
    const char *name, *before = "{";
    json_t *value;
    json_object_foreach(hit, name, value) {
        printf("%s\"%s\":", before, name);
        before = ",";
        if (strcmp(name, "fields") == 0)
            fwrite(json_string_value(value), 1, json_string_length(value), stdout);
        else if (!print_value(value))
            return false;
    }
    fputs("}", stdout);
    return true;
}

static bool print_hits(json_t *hits) {
    size_t i;
    json_t *hit;
    putchar('[');
    json_array_foreach(hits, i, hit) {
        if (i > 0) putchar(',');
        if (!print_hit(hit)) return false;
    }
    putchar(']');
    return true;
}

bool answer_print_hits(json_t *answer) {
    const char *name, *before = "{";
    json_t *value;
    if (json_object_get(answer, "hits") == NULL) {
        if (!print_hit(answer)) return false;
        putchar('\n');
        return true;
    }
    json_object_foreach(answer, name, value) {
        printf("%s\"%s\":", before, name);
        before = ",";
        if (!(strcmp(name, "hits") == 0 ? print_hits(value) : print_value(value))) return false;
    }
    puts("}");
    return true;
}

/* Units before byte `end` of well-formed UTF-8. */
static size_t count_units(const char *text, size_t end, cli_offsets unit) {
    if (unit == OFFSETS_BYTE) return end;
    size_t n = 0;
    for (size_t i = 0; i < end; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c & 0xc0) != 0x80) n++;
        if (unit == OFFSETS_UTF16 && c >= 0xf0) n++;
    }
    return n;
}

json_t *answer_spans(const prism_fragment *fragment, cli_offsets unit) {
    json_t *spans = json_array();
    for (uint32_t i = 0; i < fragment->n_spans; i++) {
        const prism_span *s = &fragment->spans[i];
        json_array_append_new(
            spans, json_pack("[I, I]", (json_int_t)count_units(fragment->text, s->start, unit),
                             (json_int_t)count_units(fragment->text, s->end, unit)));
    }
    return spans;
}

void answer_note(void *ctx, size_t at, const char *text) {
    json_array_append_new(ctx, json_pack("{s:I, s:s}", "at", (json_int_t)at, "text", text));
}

void answer_tell_notes(const json_t *notes) {
    size_t i;
    json_t *note;
    json_array_foreach(notes, i, note) {
        cli_message("note: at byte %lld: %s",
                    (long long)json_integer_value(json_object_get(note, "at")),
                    json_string_value(json_object_get(note, "text")));
    }
}

prism_query_opts answer_query_opts(const cli_options *o, json_t *notes) {
    prism_query_opts opts = PRISM_QUERY_OPTS_INIT;
    opts.default_operator = o->and_operator ? PRISM_AND : PRISM_OR;
    opts.strict = o->strict;
    opts.fields = o->fields_searched;
    opts.vocabulary = o->words;
    opts.note = notes ? answer_note : NULL;
    opts.note_ctx = notes;
    return opts;
}
