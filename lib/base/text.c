/* text.c - texts handed to the caller: the hook and the size stand in front of the text.
 *
 * Tested by tests/unit/base/test_text.c */
#include "base/text.h"

typedef struct text_head {
    alignas(16) prism_allocator hook;
    size_t size; /* of the whole block */
} text_head;

char *prs_text_new(const prs_mem *mem, const void *ptr, size_t len) {
    if (len > atomic_load(&mem->single_cap)) return NULL;
    size_t size = sizeof(text_head) + len + 1;
    text_head *head = mem->hook.resize(mem->hook.ctx, NULL, 0, size);
    if (head == NULL) return NULL;
    head->hook = mem->hook;
    head->size = size;
    char *text = (char *)(head + 1);
    if (len > 0) memcpy(text, ptr, len);
    text[len] = '\0';
    return text;
}

void prs_text_free(char *text) {
    if (text == NULL) return;
    text_head *head = (text_head *)(void *)text - 1;
    prism_allocator hook = head->hook;
    hook.release(hook.ctx, head, head->size);
}
