/* eval.c - how good is a TREC run, judged by qrels?
 *
 *   prism_eval QRELS RUN   ->   queries N  MAP x  MRR@10 x  nDCG@10 x  R@100 x
 *
 * The definitions of trec_eval: queries with at least one relevant document (relevance > 0) are
 * averaged, absent ones count zero; a run is ordered by score descending, ties by document id
 * descending in trec_eval -- here the order of the file (rank) is taken, because our order is
 * total.  nDCG uses gain = relevance, discount log2(rank + 1).  Source: Buckley & Voorhees;
 * Jarvelin & Kekalainen, TOIS 2002.  Used by: bench/quality.sh, tests/cli/quality.sh */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH 1000

typedef struct {
    char *query, *doc;
    int relevance;
} judgment;

typedef struct {
    judgment *items;
    size_t n, cap;
} judgments;

static void add(judgments *list, const char *query, const char *doc, int relevance) {
    if (list->n == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 4096;
        list->items = realloc(list->items, list->cap * sizeof *list->items);
        if (list->items == NULL) exit(8);
    }
    judgment j = {strdup(query), strdup(doc), relevance};
    if (j.query == NULL || j.doc == NULL) exit(8);
    list->items[list->n++] = j;
}

/* The first four words of a line, each ended in place; returns how many there are. */
static int split(char *line, char **word) {
    int n = 0;
    char *p = line;
    while (n < 4) {
        p += strspn(p, " \t\r\n");
        if (*p == 0) break;
        word[n++] = p;
        p += strcspn(p, " \t\r\n");
        if (*p) *p++ = 0;
    }
    return n;
}

/* qrels: query 0 doc relevance; run: query Q0 doc rank score tag.  Run keeps the rank as
 * "relevance". */
static judgments read_file(const char *path, int is_run) {
    judgments list = {NULL, 0, 0};
    char line[4096], *word[4];
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fprintf(stderr, "prism_eval: cannot read %s\n", path);
        exit(3);
    }
    while (fgets(line, sizeof line, f)) {
        if (split(line, word) < 4) continue;
        long value = strtol(word[3], NULL, 10);
        if (!is_run || strcmp(word[1], "Q0") == 0) add(&list, word[0], word[2], (int)value);
    }
    fclose(f);
    return list;
}

static int by_query_doc(const void *a, const void *b) {
    const judgment *x = a, *y = b;
    int c = strcmp(x->query, y->query);
    return c != 0 ? c : strcmp(x->doc, y->doc);
}

static int by_query_rank(const void *a, const void *b) {
    const judgment *x = a, *y = b;
    int c = strcmp(x->query, y->query);
    return c != 0 ? c : x->relevance - y->relevance;
}

static int descending(const void *a, const void *b) {
    return *(const int *)b - *(const int *)a;
}

typedef struct {
    double map, mrr, ndcg, recall;
    int n;
} sums;

/* One query: qrels [q, q + nq), run [r, r + nr) in rank order. */
static void judge(const judgment *q, size_t nq, const judgment *r, size_t nr, sums *s) {
    int gains[DEPTH], relevant = 0, found = 0, found100 = 0;
    double ap = 0, rr = 0, dcg = 0, ideal = 0;
    size_t n_gains = 0;
    for (size_t i = 0; i < nq; i++) {
        if (q[i].relevance <= 0) continue;
        relevant++;
        if (n_gains < DEPTH) gains[n_gains++] = q[i].relevance;
    }
    if (relevant == 0) return;
    for (size_t i = 0; i < nr && i < DEPTH; i++) {
        judgment key = {r[i].query, r[i].doc, 0};
        const judgment *hit = bsearch(&key, q, nq, sizeof *q, by_query_doc);
        if (hit == NULL || hit->relevance <= 0) continue;
        found++;
        if (i < 100) found100++;
        ap += (double)found / (double)(i + 1);
        if (rr == 0 && i < 10) rr = 1.0 / (double)(i + 1);
        if (i < 10) dcg += hit->relevance / log2((double)i + 2);
    }
    qsort(gains, n_gains, sizeof *gains, descending);
    for (size_t i = 0; i < n_gains && i < 10; i++) ideal += gains[i] / log2((double)i + 2);
    s->map += ap / relevant;
    s->mrr += rr;
    s->ndcg += dcg / ideal;
    s->recall += (double)found100 / relevant;
    s->n++;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: prism_eval QRELS RUN\n", stderr);
        return 2;
    }
    judgments q = read_file(argv[1], 0), r = read_file(argv[2], 1);
    sums s = {0, 0, 0, 0, 0};
    qsort(q.items, q.n, sizeof *q.items, by_query_doc);
    qsort(r.items, r.n, sizeof *r.items, by_query_rank);
    size_t ri = 0;
    for (size_t qi = 0; qi < q.n;) {
        size_t qn = qi, rn;
        while (qn < q.n && strcmp(q.items[qn].query, q.items[qi].query) == 0) qn++;
        while (ri < r.n && strcmp(r.items[ri].query, q.items[qi].query) < 0) ri++;
        rn = ri;
        while (rn < r.n && strcmp(r.items[rn].query, q.items[qi].query) == 0) rn++;
        judge(q.items + qi, qn - qi, r.items + ri, rn - ri, &s);
        qi = qn;
        ri = rn;
    }
    if (s.n == 0) return 1;
    printf("queries %d MAP %.4f MRR@10 %.4f nDCG@10 %.4f R@100 %.4f\n", s.n, s.map / s.n,
           s.mrr / s.n, s.ndcg / s.n, s.recall / s.n);
    return 0;
}
