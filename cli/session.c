/* session.c - which index, which exit code, which message?
 *
 * The path from a library status to what a script sees: one table of exit codes, one form of
 * message ("psearch: FILE:LINE:COLUMN: TEXT"), one place that catches interrupts. */
#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

volatile int cli_interrupted;

void cli_message(const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    fputs("psearch: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
}

int cli_usage(const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    fputs("psearch: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    return CLI_USAGE;
}

int cli_exit_code(prism_status status) {
    switch (status) {
    case PRISM_OK: return CLI_OK;
    case PRISM_EINVAL:
    case PRISM_EUNSUPPORTED: return CLI_USAGE;
    case PRISM_ENOTFOUND:
    case PRISM_ETOOOLD:
    case PRISM_ETOONEW:
    case PRISM_EANALYZER:
    case PRISM_EREADONLY:
    case PRISM_EEXISTS: return CLI_INDEX;
    case PRISM_ECORRUPT: return CLI_DAMAGE;
    case PRISM_EBUSY: return CLI_LOCKED;
    case PRISM_EPARSE:
    case PRISM_EREJECTED:
    case PRISM_ELIMIT:
    case PRISM_EBUDGET: return CLI_REJECTED;
    case PRISM_ECANCELED: return cli_interrupted ? CLI_INTERRUPTED : CLI_PARTIAL;
    default: return CLI_SYSTEM;
    }
}

/* The index in use, for messages about its files. */
static const char *used_path;

void cli_use(const char *path) {
    used_path = path;
}

int cli_fail_in(const char *file, const prism_error *err) {
    /* Stopped by ourselves because nobody takes the results: cli_finish tells. */
    if (err->code == PRISM_ECANCELED && ferror(stdout)) return CLI_SYSTEM;
    char place[64] = "";
    const char *colon = file[0] ? ": " : "";
    if (err->line > 0)
        snprintf(place, sizeof place, "%s%u:%u: ", file[0] ? ":" : "line ", err->line, err->column);
    else if (err->column > 0)
        snprintf(place, sizeof place, "%scolumn %u: ", colon, err->column);
    else if (err->offset != UINT64_MAX)
        snprintf(place, sizeof place, "%sbyte %llu: ", colon, (unsigned long long)err->offset);
    else
        snprintf(place, sizeof place, "%s", colon);
    cli_message("%s%s%s", file, place, err->text[0] ? err->text : prism_status_name(err->code));
    return cli_exit_code(err->code);
}

int cli_fail(const prism_error *err) {
    char file[4096];
    /* A file of the index comes as its bare name. */
    bool bare = used_path && err->file[0] && strchr(err->file, '/') == NULL &&
                strcmp(err->file, used_path) != 0;
    snprintf(file, sizeof file, "%s%s%s", bare ? used_path : "", bare ? "/" : "", err->file);
    return cli_fail_in(file, err);
}

static bool is_directory(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The nearest .psearch in the working directory or above it. */
static const char *nearest_index(void) {
    static char path[4096 + 16];
    if (getcwd(path, 4096) == NULL) return NULL;
    for (;;) {
        size_t len = strlen(path);
        if (len > 0 && path[len - 1] == '/') len--;
        memcpy(path + len, "/.psearch", 10);
        if (is_directory(path)) return path;
        path[len] = 0;
        char *slash = strrchr(path, '/');
        if (len == 0 || slash == NULL) return NULL;
        slash[slash == path ? 1 : 0] = 0;
        if (slash == path && len == 1) return NULL;
    }
}

const char *cli_index_path(const cli_options *o) {
    if (o->index) return o->index;
    const char *env = getenv("PSEARCH_INDEX");
    return env && *env ? env : nearest_index();
}

prism_index_opts cli_reading(const cli_options *o) {
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.checksums = o->checksums;
    opts.use_pread = o->pread;
    opts.commits_back = (unsigned)o->commits_back;
    opts.read_only = 1;
    return opts;
}

int cli_open(const cli_options *o, prism_index **index, prism_snapshot **snap) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts opts = cli_reading(o);
    const char *path = cli_index_path(o);
    *index = NULL;
    *snap = NULL;
    if (path == NULL) return cli_no_index();
    cli_use(path);
    if (prism_index_open(path, &opts, index, &err) == PRISM_OK &&
        prism_snapshot_open(*index, snap, &err) == PRISM_OK)
        return CLI_OK;
    prism_index_close(*index);
    *index = NULL;
    return cli_fail_index(path, &err);
}

bool cli_is_foreign(const char *path) {
    DIR *dir = opendir(path);
    if (dir == NULL) return errno != ENOENT;
    int n = 0;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            strcmp(e->d_name, "write.lock") != 0)
            n++;
    closedir(dir);
    return n > 0;
}

bool cli_is_index(const char *path) {
    prism_index *index = NULL;
    prism_index_opts opts = PRISM_INDEX_OPTS_INIT;
    opts.read_only = 1;
    prism_status status = prism_index_open(path, &opts, &index, NULL);
    prism_index_close(index);
    return status != PRISM_ENOTFOUND && status != PRISM_EINVAL;
}

int cli_no_index(void) {
    cli_message("no index: say -i PATH, set PSEARCH_INDEX, or make one here with psearch put");
    return CLI_INDEX;
}

int cli_fail_index(const char *path, prism_error *err) {
    if (err->file[0] == 0) snprintf(err->file, sizeof err->file, "%s", path);
    int code = cli_fail(err);
    return err->code == PRISM_EIO || err->code == PRISM_EINVAL ? CLI_INDEX : code;
}

int cli_fail_writer(const char *path, const cli_options *o, prism_error *err) {
    if (o->reorder != NULL && err->code == PRISM_EINVAL)
        return cli_usage("--reorder: %s", err->text);
    return cli_fail_index(path, err);
}

int cli_finish(int code) {
    static bool told;
    bool failed_before = ferror(stdout) != 0;
    errno = 0;
    if (fflush(stdout) == 0 && !failed_before) return code;
    if (failed_before && errno == 0) { /* the reason is lost: ask once more */
        clearerr(stdout);
        putchar('\n');
        (void)fflush(stdout);
    }
    if (!told)
        cli_message("standard output: %s", errno ? strerror(errno) : "not everything was written");
    told = true;
    return CLI_SYSTEM;
}

static void on_interrupt(int signal_number) {
    (void)signal_number;
    cli_interrupted = 1;
}

void cli_catch_interrupts(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    action.sa_flags = (int)SA_RESETHAND; /* asked a second time, it ends at once */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

char *cli_join_args(const cli_options *o) {
    size_t len = 1;
    for (int i = 0; i < o->n_args; i++) len += strlen(o->args[i]) + 1;
    char *text = malloc(len), *w = text;
    if (text == NULL) return NULL;
    for (int i = 0; i < o->n_args; i++) {
        size_t n = strlen(o->args[i]);
        if (i > 0) *w++ = ' ';
        memcpy(w, o->args[i], n);
        w += n;
    }
    *w = 0;
    return text;
}
