/* processes.c - one writer and 16 readers as processes, stopped, continued and killed at random
 * while the writer commits, merges and cleans up (T6).
 *
 *     processes [--cases WRITERS] [--seconds N] [--seed S] [FOLDER] */
#include "herd.h"

#include <stdio.h>

int main(int argc, char **argv) {
    program p;
    herd h;
    char path[256];
    program_begin(&p, "T6-processes", argc, argv, 20);
    const char *folder = p.n_rest > 0 ? p.rest[0] : program_folder(true);
    snprintf(path, sizeof path, "%s/ix", folder);
    if (!herd_begin(&h, &p, path, HERD_READERS))
        return program_skip(&p, "no index can be made there");
    h.stops = true;
    h.least_ms = 20;
    h.most_ms = 200;
    while ((p.seconds > 0 || p.done < p.cases) && program_time_left(&p)) herd_round(&h, &p);
    herd_end(&h, &p);
    program_remove(p.n_rest > 0 ? path : folder);
    return program_end(&p);
}
