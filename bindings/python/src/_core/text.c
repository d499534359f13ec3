/* text.c - bytes that grow, without Python's lock and without an error until the end. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

char *core_text_room(core_text *text, size_t len) {
    if (text->failed) return NULL;
    if (len > text->cap - text->len) {
        size_t cap = text->cap < 256 ? 256 : text->cap * 2;
        if (len > SIZE_MAX / 4 || text->cap > SIZE_MAX / 4) {
            text->failed = true;
            return NULL;
        }
        while (cap - text->len < len) cap *= 2;
        char *ptr = realloc(text->ptr, cap);
        if (ptr == NULL) {
            text->failed = true;
            return NULL;
        }
        text->ptr = ptr;
        text->cap = cap;
    }
    return text->ptr + text->len;
}

void core_text_put(core_text *text, const void *bytes, size_t len) {
    char *room = core_text_room(text, len);
    if (room == NULL) return;
    if (len > 0) memcpy(room, bytes, len);
    text->len += len;
}

void core_text_free(core_text *text) {
    free(text->ptr);
    *text = (core_text){0};
}

PyObject *core_take_text(char *text) {
    if (text == NULL) return NULL;
    PyObject *result = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "strict");
    prism_free_text(text);
    return result;
}
