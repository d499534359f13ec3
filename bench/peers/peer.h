/* peer.h - what the drivers in C and C++ share: the clock, the input, the one line of output.
 *
 *   DRIVER --version
 *   DRIVER MODE CORPUS DIR MEMORY      DIR is absent or empty; prints the members of one `build`
 *                                      line of bench/RESULTS.md, exit 0; else it is a failure
 *
 * Everything is static, so that a driver stays one file and one compiler call.  A driver dies where
 * anything fails: half a measurement is none. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline void peer_die(const char *what, const char *why) {
    fprintf(stderr, "peer: %s: %s\n", what, why);
    exit(1);
}

/** What is measured from peer_start to peer_stop. */
typedef struct peer_clock {
    double wall, cpu, merge_from;
    double merge;
    uint64_t written, synced, rss;
    uint64_t docs;
} peer_clock;

static inline double peer_wall(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline double peer_seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

/* User and system time of this process and of the children it has waited for. */
static inline double peer_cpu(void) {
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return peer_seconds(own.ru_utime) + peer_seconds(own.ru_stime) +
           peer_seconds(children.ru_utime) + peer_seconds(children.ru_stime);
}

/* The number behind `name` in a file of /proc/self; 0 if there is none. */
static inline uint64_t peer_proc(const char *file, const char *name) {
    char line[256];
    uint64_t value = 0;
    FILE *in = fopen(file, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            value = strtoull(line + strlen(name) + 1, NULL, 10);
        }
    }
    if (in != NULL) fclose(in);
    return value;
}

static inline void peer_start(peer_clock *clock) {
    int fd = open("/proc/self/clear_refs", O_WRONLY); /* the high-water mark begins here */
    if (fd >= 0) {
        if (write(fd, "5", 1) != 1) perror("clear_refs");
        close(fd);
    }
    memset(clock, 0, sizeof *clock);
    clock->written = peer_proc("/proc/self/io", "wchar");
    clock->synced = peer_proc("/proc/self/io", "write_bytes");
    clock->cpu = peer_cpu();
    clock->wall = peer_wall();
}

/** All documents are in; what follows brings the index to one segment. */
static inline void peer_merge(peer_clock *clock) {
    clock->merge_from = peer_wall();
}

/** The index is there: from here on the clock holds what was spent. */
static inline void peer_stop(peer_clock *clock) {
    struct rusage children;
    double now = peer_wall();
    clock->wall = now - clock->wall;
    clock->merge = clock->merge_from > 0 ? now - clock->merge_from : 0;
    clock->cpu = peer_cpu() - clock->cpu;
    clock->written = peer_proc("/proc/self/io", "wchar") - clock->written;
    clock->synced = peer_proc("/proc/self/io", "write_bytes") - clock->synced;
    clock->rss = peer_proc("/proc/self/status", "VmHWM:");
    getrusage(RUSAGE_CHILDREN, &children);
    if ((uint64_t)children.ru_maxrss > clock->rss) clock->rss = (uint64_t)children.ru_maxrss;
}

/** Print the first members of the line; the driver prints the rest and "}\n". */
static inline void peer_print(const peer_clock *clock) {
    printf("{\"docs\":%llu,\"wall_s\":%.4f,\"cpu_s\":%.4f,\"merge_s\":%.4f,\"peak_rss_kb\":%llu,"
           "\"bytes_written\":%llu",
           (unsigned long long)clock->docs, clock->wall, clock->cpu, clock->merge,
           (unsigned long long)clock->rss,
           (unsigned long long)(clock->written > clock->synced ? clock->written : clock->synced));
}

static inline void peer_counts(uint64_t terms, uint64_t postings, uint64_t tokens) {
    printf(",\"terms\":%llu,\"postings\":%llu,\"tokens\":%llu", (unsigned long long)terms,
           (unsigned long long)postings, (unsigned long long)tokens);
}

/** fsync every file of a directory and the directory; for engines that did not. */
static inline void peer_sync(const char *dir) {
    int top = open(dir, O_RDONLY | O_DIRECTORY);
    DIR *list = opendir(dir);
    if (top < 0 || list == NULL) peer_die(dir, strerror(errno));
    for (struct dirent *e; (e = readdir(list)) != NULL;) {
        if (e->d_name[0] == '.') continue;
        int fd = openat(top, e->d_name, O_RDONLY);
        if (fd < 0 || fsync(fd) != 0) peer_die(e->d_name, strerror(errno));
        close(fd);
    }
    closedir(list);
    if (fsync(top) != 0) peer_die(dir, strerror(errno));
    close(top);
}

/** Lines of a file, without their ends. */
typedef struct peer_lines {
    FILE *file;
    char *line;
    size_t cap, len;
} peer_lines;

static inline void peer_lines_open(peer_lines *in, const char *path) {
    memset(in, 0, sizeof *in);
    in->file = fopen(path, "r");
    if (in->file == NULL) peer_die(path, strerror(errno));
    setvbuf(in->file, NULL, _IOFBF, 1 << 20);
}

static inline int peer_lines_next(peer_lines *in) {
    ssize_t n = getline(&in->line, &in->cap, in->file);
    if (n < 0) return 0;
    in->len = (size_t)n;
    if (n > 0 && in->line[n - 1] == '\n') in->line[--in->len] = '\0';
    return 1;
}

static inline void peer_lines_close(peer_lines *in) {
    free(in->line);
    fclose(in->file);
}

#endif
