/* places.c - where do store tests put their files? */
#include "places.h"

#include <stdlib.h>

void place_open(place *p, place_kind kind) {
    memset(p, 0, sizeof *p);
    prs_mem_init(&p->mem, NULL);
    if (kind == PLACE_MEM || kind == PLACE_MEM_PREAD) {
        ck_assert_int_eq(prs_dir_mem_new(&p->mem, &p->dir, NULL), PRISM_OK);
    } else {
        p->path = test_temp_dir();
        ck_assert_int_eq(prs_dir_fs_open(&p->mem, p->path, false, true, &p->dir, NULL), PRISM_OK);
    }
    p->dir->pread = kind == PLACE_MEM_PREAD || kind == PLACE_FS_PREAD;
    p->dir->plain = kind == PLACE_FS_PLAIN;
}

void place_close(place *p) {
    p->dir->vt->close_dir(p->dir);
    ck_assert_uint_eq(atomic_load(&p->mem.live), 0);
}

void place_write(place *p, const char *name, const void *bytes, size_t len) {
    prs_file *file;
    ck_assert_int_eq(p->dir->vt->create(p->dir, name, &file, NULL), PRISM_OK);
    ck_assert_int_eq(p->dir->vt->write(p->dir, file, bytes, len, NULL), PRISM_OK);
    ck_assert_int_eq(p->dir->vt->close(p->dir, file, NULL), PRISM_OK);
}

uint8_t *place_read(place *p, const char *name, size_t *len) {
    prs_view view;
    ck_assert_int_eq(p->dir->vt->view_open(p->dir, name, &view, NULL), PRISM_OK);
    *len = (size_t)view.len;
    uint8_t *bytes = malloc(*len + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(p->dir->vt->read_at(p->dir, &view, 0, bytes, *len, NULL), PRISM_OK);
    p->dir->vt->view_close(p->dir, &view);
    return bytes;
}
