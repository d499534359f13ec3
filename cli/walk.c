/* walk.c - which files are below a directory?
 *
 * Depth first, names in byte order, so that the same tree gives the same index; hidden names are
 * left out; symbolic links are followed, and a directory that is its own ancestor is not entered
 * again.  The index itself may lie in the tree that is being indexed: it is passed over.
 * Tested by: tests/cli/formats.sh */
#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DEPTH 256

typedef struct walk {
    input_file_fn each, loop, unreadable;
    void *ctx;
    struct {
        dev_t dev;
        ino_t ino;
    } above[MAX_DEPTH];
    int depth;
    struct stat skip; /* a directory never entered; st_nlink 0 = none */
} walk;

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static bool is_ancestor(const walk *w, const struct stat *st) {
    for (int i = 0; i < w->depth; i++)
        if (w->above[i].dev == st->st_dev && w->above[i].ino == st->st_ino) return true;
    return false;
}

static int visit(walk *w, const char *path);

static int visit_directory(walk *w, const char *path) {
    struct dirent **names;
    int n = scandir(path, &names, visible, by_name), code = 0;
    if (n < 0) return w->unreadable(w->ctx, path);
    for (int i = 0; i < n; i++) {
        size_t len = strlen(path);
        const char *slash = len > 0 && path[len - 1] == '/' ? "" : "/";
        char *below = NULL;
        if (code == 0 && asprintf(&below, "%s%s%s", path, slash, names[i]->d_name) < 0) {
            below = NULL;
            errno = ENOMEM;
            code = w->unreadable(w->ctx, path);
        }
        if (code == 0) code = visit(w, below);
        free(below);
        free(names[i]);
    }
    free(names);
    return code;
}

static int visit(walk *w, const char *path) {
    struct stat st;
    if (stat(path, &st) != 0) return w->unreadable(w->ctx, path);
    if (!S_ISDIR(st.st_mode)) {
        /* Sockets and devices below a directory are not documents; a pipe named outright is. */
        if (w->depth > 0 && !S_ISREG(st.st_mode)) return 0;
        return w->each(w->ctx, path);
    }
    if (w->skip.st_nlink && w->skip.st_dev == st.st_dev && w->skip.st_ino == st.st_ino) return 0;
    if (w->depth == MAX_DEPTH || is_ancestor(w, &st)) return w->loop(w->ctx, path);
    w->above[w->depth].dev = st.st_dev;
    w->above[w->depth++].ino = st.st_ino;
    int code = visit_directory(w, path);
    w->depth--;
    return code;
}

int input_walk(const char *path, const char *skip, input_file_fn each, input_file_fn loop,
               input_file_fn unreadable, void *ctx) {
    walk w;
    memset(&w, 0, sizeof w);
    w.each = each;
    w.loop = loop;
    w.unreadable = unreadable;
    w.ctx = ctx;
    if (stat(skip, &w.skip) != 0) w.skip.st_nlink = 0;
    if (strcmp(path, "-") == 0) return each(ctx, path);
    return visit(&w, path);
}
