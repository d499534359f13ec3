/* progress.c - how far is it?
 *
 * auto: a bar when standard error is a terminal (documents, MB, MB/s, time left), nothing
 * otherwise.  plain: a line every two seconds.  json: such lines as JSON objects.  never:
 * nothing. */
#include "progress.h"

#include "units.h"

#include <time.h>
#include <unistd.h>

uint64_t progress_clock_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

void progress_begin(progress *p, cli_progress_mode mode, const char *verb, uint64_t total_bytes) {
    p->mode = mode == PROGRESS_AUTO && !isatty(STDERR_FILENO) ? PROGRESS_NEVER : mode;
    p->verb = verb;
    p->total_bytes = total_bytes;
    p->start_us = p->next_us = progress_clock_us();
    p->shown = false;
}

static void draw_bar(const progress *p, uint64_t documents, uint64_t bytes, double seconds) {
    enum { WIDTH = 24 };
    char n[32], size[32], bar[WIDTH + 1], left[32] = "";
    double speed = seconds > 0 ? (double)bytes / seconds : 0;
    double part = p->total_bytes ? (double)bytes / (double)p->total_bytes : 0;
    for (int i = 0; i < WIDTH; i++) bar[i] = part * WIDTH > i ? '#' : '.';
    bar[WIDTH] = 0;
    if (p->total_bytes > bytes && speed > 0)
        snprintf(left, sizeof left, "  %.0f s left", (double)(p->total_bytes - bytes) / speed);
    fprintf(stderr, "\r\033[K%s %s%s%s%s documents  %s  %.1f MB/s%s", p->verb,
            p->total_bytes ? "[" : "", p->total_bytes ? bar : "", p->total_bytes ? "] " : "",
            units_show_count(documents, n), units_show_bytes(bytes, size), speed / 1e6, left);
    fflush(stderr);
}

void progress_at(progress *p, uint64_t documents, uint64_t bytes) {
    if (p->mode == PROGRESS_NEVER) return;
    uint64_t now = progress_clock_us();
    if (now < p->next_us) return;
    double seconds = (double)(now - p->start_us) / 1e6;
    char n[32], size[32];
    p->next_us = now + (p->mode == PROGRESS_AUTO ? 100000u : 2000000u);
    p->shown = true;
    if (p->mode == PROGRESS_AUTO) {
        draw_bar(p, documents, bytes, seconds);
    } else if (p->mode == PROGRESS_PLAIN) {
        fprintf(stderr, "%s %s documents, %s, %.1f s\n", p->verb, units_show_count(documents, n),
                units_show_bytes(bytes, size), seconds);
    } else {
        fprintf(stderr,
                "{\"documents\":%llu,\"bytes\":%llu,\"total_bytes\":%llu,\"seconds\":%.3f}\n",
                (unsigned long long)documents, (unsigned long long)bytes,
                (unsigned long long)p->total_bytes, seconds);
    }
}

void progress_end(progress *p) {
    if (p->shown && p->mode == PROGRESS_AUTO) fputs("\r\033[K", stderr);
    p->shown = false;
}
