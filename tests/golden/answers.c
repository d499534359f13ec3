/* answers.c - which hits do fixed queries have in a golden index?
 *
 * One line a query: its text, the number of all matches, the power of two of the scores; one line a
 * hit: arrival number, key, integer score.  FORMAT.md section 17 fixes every bit of a score, so
 * they are compared as text.
 * Tested by: golden.sh. */
#include <inttypes.h>
#include <string.h>

#include "second.h"

static const char *const of_mixed[] = {
    "every",
    "dense patchy",
    "+dense +patchy",
    "custom silicon Nvidia",
    "\"every dense\"",
    "数据中心",
    "數據",
    "\"數據中心\"",
    "title:芯片",
    "running models",
    "run",
    "body:\"running models\"",
    "wi-fi",
    "wifi",
    "'267%'",
    "267%",
    "$10B",
    "cafe",
    "lang:zh every",
    "tags:red dense",
    "tags:tag-3",
    "plain:long",
    "plain:plain",
    "bare:\"first value\"",
    "bare:\"value second\"",
    "bare:far",
    "hidden:secret",
    "sil*",
    "seventh -patchy",
    "(seventh patchy)^3 dense",
    "id:k0",
    "id:k11",
    "id:k405",
    "nowhere",
    "*:*",
    "\"patchy patchy\"~3",
};
static const char *const of_groups[] = {
    "all", "most", "few", "few most", "+few +most", "\"most few\"", "\"all few all\"", "all -most"};

static const char *const of_tiny[] = {"fox", "red", "red fox", "\"fox red\"", "狐", "the", "id:e"};

static const char *const of_large[] = {"all",       "u1f",      "v10fff",   "m7",
                                       "m999",      "+m5 -all", "all m500", "n:[65530 TO 65540]",
                                       "n:>=69990", "v1111*",   "n:70500",  "\"all u0 m0\""};

static const char *const of_grown[] = {"fox",   "field", "note:field",    "note:yet",
                                       "n:>=1", "n:*",   "\"field now\"", "old -note:*"};

static const char *const of_pairs[] = {"\"the fox\"", "\"to be or not\"", "\"of the\" red",
                                       "\"be be\"",   "\"not to the\"",   "red fox"};

static const char *const of_ordered[] = {"every",         "clump",       "\"the fox\"",
                                         "\"of all\" r7", "n:[-9 TO 5]", "+every n:<-300",
                                         "clump -every",  "r3 r30"};

static const struct {
    const char *name; /* of the folder */
    const char *const *queries;
    size_t n;
} golden[] = {{"tiny", of_tiny, sizeof of_tiny / sizeof *of_tiny},
              {"mixed", of_mixed, sizeof of_mixed / sizeof *of_mixed},
              {"groups", of_groups, sizeof of_groups / sizeof *of_groups},
              {"large", of_large, sizeof of_large / sizeof *of_large},
              {"grown", of_grown, sizeof of_grown / sizeof *of_grown},
              {"pairs", of_pairs, sizeof of_pairs / sizeof *of_pairs},
              {"ordered", of_ordered, sizeof of_ordered / sizeof *of_ordered}};

typedef struct opened {
    prism_index *index;
    prism_snapshot *snap;
} opened;

static void print_hits(prism_hits *hits, FILE *out) {
    int exact = 0;
    uint64_t total = prism_hits_total(hits, &exact);
    fprintf(out, " total %" PRIu64 "%s shift %d\n", total, exact ? "" : "+",
            prism_hits_shift(hits));
    for (uint32_t i = 0; i < prism_hits_count(hits); i++) {
        prism_hit hit;
        prism_hits_get(hits, i, &hit);
        fprintf(out, "    %" PRIu64 " %.*s %" PRId32 "\n", hit.arrival, (int)hit.key_len, hit.key,
                hit.raw_score);
    }
}

static void answer(const opened *o, const char *text, FILE *out) {
    prism_error err = PRISM_ERROR_INIT;
    prism_search_opts opts = PRISM_SEARCH_OPTS_INIT;
    prism_query *query;
    prism_hits *hits;
    opts.count = PRISM_COUNT_EXACT;
    opts.k = 5;
    if (prism_query_parse(prism_snapshot_schema(o->snap), text, strlen(text), NULL, &query, &err) !=
        PRISM_OK)
        complain_error(text, &err);
    if (prism_search(o->snap, query, &opts, &hits, &err) != PRISM_OK) complain_error(text, &err);
    fprintf(out, "%s", text);
    print_hits(hits, out);
    prism_hits_free(hits);
    prism_query_unref(query);
}

void answers(const char *directory, FILE *out) {
    prism_error err = PRISM_ERROR_INIT;
    prism_index_opts iopts = PRISM_INDEX_OPTS_INIT;
    opened o;
    iopts.read_only = 1;
    if (prism_index_open(directory, &iopts, &o.index, &err) != PRISM_OK)
        complain_error(directory, &err);
    if (prism_snapshot_open(o.index, &o.snap, &err) != PRISM_OK) complain_error(directory, &err);
    const char *slash = strrchr(directory, '/'), *name = slash != NULL ? slash + 1 : directory;
    for (size_t k = 0; k < sizeof golden / sizeof *golden; k++) {
        if (strcmp(golden[k].name, name) != 0) continue;
        for (size_t i = 0; i < golden[k].n; i++) answer(&o, golden[k].queries[i], out);
    }
    prism_snapshot_unref(o.snap);
    prism_index_close(o.index);
}
