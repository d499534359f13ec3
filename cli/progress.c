/* progress.c - how far is it?
 *
 *   auto    a bar when standard error is a terminal (documents, MB, MB/s, time left), else nothing
 *   plain   a line every two seconds, and one at the end
 *   json    such lines as JSON objects
 *   never   nothing
 *
 * The bar is one line, cut at the width of the terminal: a line that wraps could not be erased.
 * The time left is told by the bytes of the files as they lie on disk, so that it is right for .gz
 * and .zst too.
 * Tested by: tests/cli/progress.sh */
#include "progress.h"

#include "units.h"
#include "width.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t progress_clock_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

bool progress_wanted(cli_progress_mode mode) {
    const char *terminal = getenv("TERM");
    if (mode != PROGRESS_AUTO) return mode != PROGRESS_NEVER;
    return isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

void progress_begin(progress *p, cli_progress_mode mode, const char *verb, uint64_t total) {
    memset(p, 0, sizeof *p);
    p->mode = progress_wanted(mode) ? mode : PROGRESS_NEVER;
    p->verb = verb;
    p->thing = "document";
    p->total = total;
    p->start_us = progress_clock_us();
    p->next_us =
        p->start_us + (mode == PROGRESS_AUTO ? 200000u : 0u); /* no flicker for a short work */
}

static void show_left(const progress *p, double seconds, char *out, size_t room) {
    double left = p->done > 0 ? seconds * (double)(p->total - p->done) / (double)p->done : 0;
    *out = 0;
    if (p->done == 0 || p->done >= p->total) return;
    if (left < 100)
        snprintf(out, room, "  %.0f s left", left);
    else
        snprintf(out, room, "  %.0f:%02d left", left / 60, (int)left % 60);
}

static void draw_bar(const progress *p, double seconds) {
    enum { WIDTH = 14 }; /* so that all of it fits into 80 columns */
    char text[64], size[32], bar[WIDTH + 4] = "", left[32], speed[64] = "", line[256];
    if (p->total > 0) {
        double part = (double)p->done / (double)p->total;
        memcpy(bar, "[..............] ", sizeof bar - 1);
        for (int i = 0; i < WIDTH; i++)
            if (part * WIDTH >= i + 1) bar[1 + i] = '#';
    }
    show_left(p, seconds, left, sizeof left);
    if (p->bytes > 0)
        snprintf(speed, sizeof speed, "  %s  %.1f MB/s", units_show_bytes(p->bytes, size),
                 (double)p->bytes / 1e6 / seconds);
    int n = snprintf(line, sizeof line, "%s %s%s%s%s", p->verb, bar,
                     p->thing ? units_show_things(p->documents, p->thing, text) : "", speed, left);
    int room = (int)width_terminal(STDERR_FILENO) - 1;
    if (room > 0 && n > room) n = room;
    fprintf(stderr, "\r\033[K%.*s", n, line);
    fflush(stderr);
}

static void show(progress *p, uint64_t now) {
    char text[64], size[32];
    double seconds = (double)(now - p->start_us) / 1e6;
    if (seconds < 1e-6) seconds = 1e-6;
    p->shown = true;
    if (p->mode == PROGRESS_AUTO) {
        draw_bar(p, seconds);
    } else if (p->mode == PROGRESS_PLAIN) {
        fprintf(stderr, "%s: %s%s%s, %.1f s\n", p->verb,
                p->thing ? units_show_things(p->documents, p->thing, text) : "",
                p->thing && p->bytes ? ", " : "",
                p->bytes || !p->thing ? units_show_bytes(p->bytes, size) : "", seconds);
    } else {
        fprintf(stderr,
                "{\"doing\":\"%s\",\"%ss\":%llu,\"bytes\":%llu,\"done\":%llu,\"total\":%llu,"
                "\"seconds\":%.3f}\n",
                p->verb, p->thing ? p->thing : "document", (unsigned long long)p->documents,
                (unsigned long long)p->bytes, (unsigned long long)p->done,
                (unsigned long long)p->total, seconds);
    }
}

void progress_at(progress *p, uint64_t documents, uint64_t bytes, uint64_t done) {
    if (p->mode == PROGRESS_NEVER) return;
    p->documents = documents;
    p->bytes = bytes;
    p->done = done;
    uint64_t now = progress_clock_us();
    if (now < p->next_us) return;
    p->next_us = now + (p->mode == PROGRESS_AUTO ? 100000u : 2000000u);
    show(p, now);
}

void progress_clear(progress *p) {
    if (p->shown && p->mode == PROGRESS_AUTO) fputs("\r\033[K", stderr);
    p->shown = false;
}

void progress_last(progress *p, const char *doing) {
    if (p->mode == PROGRESS_PLAIN || p->mode == PROGRESS_JSON) {
        show(p, progress_clock_us());
    } else if (p->shown) {
        fprintf(stderr, "\r\033[K%s", doing);
        fflush(stderr);
    }
}
