/* walk.c - which files are below a directory?
 *
 * Depth first, names in byte order, so that the same tree gives the same index; hidden names are
 * left out; symbolic links are followed, and a directory that is its own ancestor is not entered
 * again.  An index may lie in the tree that is being indexed: it is passed over.
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
    const input_walker *walker;
    void *ctx;
    struct {
        dev_t dev;
        ino_t ino;
    } above[MAX_DEPTH];
    int depth;
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

/* A directory with a file of the name commit-<16 hex digits> is an index. */
static bool is_index(struct dirent **names, int n) {
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        if (strncmp(name, "commit-", 7) == 0 && strlen(name) == 23 &&
            strspn(name + 7, "0123456789abcdef") == 16)
            return true;
    }
    return false;
}

static int visit(walk *w, const char *path);

static int visit_name(walk *w, const char *path, const char *name) {
    size_t len = strlen(path), room = len + strlen(name) + 2;
    char *below = malloc(room);
    if (below == NULL) {
        errno = ENOMEM;
        return w->walker->unreadable(w->ctx, path);
    }
    snprintf(below, room, "%s%s%s", path, len > 0 && path[len - 1] == '/' ? "" : "/", name);
    int code = visit(w, below);
    free(below);
    return code;
}

static int visit_directory(walk *w, const char *path) {
    struct dirent **names;
    int n = scandir(path, &names, visible, by_name), code = 0;
    if (n < 0) return w->walker->unreadable(w->ctx, path);
    bool index = is_index(names, n);
    if (index) code = w->walker->skipped(w->ctx, path, "this is an index: passed over");
    for (int i = 0; i < n; i++) {
        if (code == 0 && !index) code = visit_name(w, path, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return code;
}

static int visit(walk *w, const char *path) {
    struct stat st;
    if (stat(path, &st) != 0) return w->walker->unreadable(w->ctx, path);
    if (!S_ISDIR(st.st_mode)) {
        /* Sockets and devices below a directory are not documents; a pipe named outright is. */
        if (w->depth > 0 && !S_ISREG(st.st_mode)) return 0;
        return w->walker->each(w->ctx, path);
    }
    if (w->depth == MAX_DEPTH)
        return w->walker->skipped(w->ctx, path, "too deep a directory: not entered");
    if (is_ancestor(w, &st))
        return w->walker->skipped(w->ctx, path,
                                  "this directory is inside itself (a loop of links): not entered "
                                  "again");
    w->above[w->depth].dev = st.st_dev;
    w->above[w->depth++].ino = st.st_ino;
    int code = visit_directory(w, path);
    w->depth--;
    return code;
}

int input_walk(const char *path, const input_walker *walker, void *ctx) {
    walk w;
    memset(&w, 0, sizeof w);
    w.walker = walker;
    w.ctx = ctx;
    if (strcmp(path, "-") == 0) return walker->each(ctx, path);
    return visit(&w, path);
}
