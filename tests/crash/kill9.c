/* kill9.c - kill -9 under load: a writer and three readers (T3b).
 *
 *     kill9 [--kills N] [--seconds N] [--seed S] [FOLDER] */
#include "herd.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    program p;
    herd h;
    char path[256];
    program_begin(&p, "T3b", argc, argv, 30);
    const char *folder = p.n_rest > 0 ? p.rest[0] : program_folder(true);
    snprintf(path, sizeof path, "%s/ix", folder);
    if (!herd_begin(&h, &p, path, 3)) return program_skip(&p, "no index can be made there");
    while ((p.seconds > 0 || p.done < p.cases) && program_time_left(&p)) herd_round(&h, &p);
    herd_end(&h, &p);
    program_remove(p.n_rest > 0 ? path : folder);
    return program_end(&p);
}
