/* ref_schema.c - what are the fields?  (FORMAT.md section 15)
 *
 * The schema is JSON, read by Jansson; the number of a field is its place in "fields".
 * Tested by: tests/golden. */
#include <jansson.h>
#include <string.h>

#include "ref/ref_parts.h"

static int flag(const json_t *field, const char *name) {
    return json_is_true(json_object_get(field, name));
}

static ref_type type_of(const char *name) {
    static const char *const names[] = {"text", "keyword", "i64", "f64", "bool", "date"};
    for (int i = 0; name != NULL && i < 6; i++)
        if (strcmp(name, names[i]) == 0) return (ref_type)i;
    ref_die("SCHEMA", "a field has no known type");
}

static void read_field(ref_heap *heap, const json_t *json, ref_field *out) {
    const char *name = json_string_value(json_object_get(json, "name"));
    ref_must(name != NULL, "SCHEMA", "every field has a name");
    char *copy = ref_heap_get(heap, strlen(name) + 1);
    memcpy(copy, name, strlen(name));
    out->name = copy;
    out->type = type_of(json_string_value(json_object_get(json, "type")));
    out->stored = flag(json, "stored");
    out->indexed = flag(json, "indexed");
    out->column = flag(json, "column");
    out->many = flag(json, "many");
    out->positions = flag(json, "positions");
    out->lengths = flag(json, "lengths");
    out->partial = flag(json, "partial");
}

ref_schema *ref_schema_of(ref_heap *heap, const ref_file *file) {
    ref_cur c;
    if (!ref_file_section(file, REF_SCHEMA, REF_NO_FIELD, &c)) ref_die(file->name, "has no SCHEMA");
    ref_schema *s = ref_heap_get(heap, sizeof *s);
    s->json = c.at;
    s->json_len = ref_left(&c);
    json_t *root = json_loadb((const char *)s->json, s->json_len, 0, NULL);
    json_t *fields = json_object_get(root, "fields");
    ref_must(json_is_array(fields), "SCHEMA", "it is an object with an array \"fields\"");
    s->n_fields = (uint32_t)json_array_size(fields);
    s->fields = ref_heap_get(heap, s->n_fields * sizeof *s->fields);
    s->key_field = -1;
    const char *key = json_string_value(json_object_get(root, "key"));
    for (uint32_t i = 0; i < s->n_fields; i++) {
        read_field(heap, json_array_get(fields, i), &s->fields[i]);
        if (key != NULL && strcmp(key, s->fields[i].name) == 0) s->key_field = (int)i;
    }
    ref_must((key == NULL) == (s->key_field < 0), "SCHEMA", "the key is one of the fields");
    json_decref(root);
    return s;
}
