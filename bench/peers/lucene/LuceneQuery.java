// LuceneQuery.java - how long does Lucene take for these queries?
//
// Requests and answers are those of bench/peers/prismsearch/query.c: MODE TAB REPEAT TAB QUERY, and a
// line of JSON for each.  One thread, query cache off, BM25 with k1 1.2 and b 0.75, one segment,
// whose documents must be in the order of the corpus.  The clock (CPU time of the thread) is around
// the search alone; top-k without a count may skip what cannot be among the k.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.FSDirectory;

final class LuceneQuery {
    private static final Map<String, Integer> TOP =
            Map.of("top10", 10, "top100", 100, "top1000", 1000, "top100count", 100, "count", 0);
    private static final long ENOUGH = 1_000_000, LONG = 100_000_000, MOST = 2_000_000_000;
    private static final int SAMPLES = 1024;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final IndexSearcher searcher;
    private TopDocs top;
    private long count;

    private LuceneQuery(DirectoryReader reader) throws IOException {
        searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
        searcher.setSimilarity(new BM25Similarity(1.2f, 0.75f));
        if (reader.leaves().size() != 1) throw new IOException("more than one segment");
        SortedNumericDocValues numbers =
                reader.leaves().get(0).reader().getSortedNumericDocValues("n");
        for (int doc = 0; doc < reader.maxDoc(); doc++) {
            if (numbers.nextDoc() != doc || numbers.nextValue() != LucenePeer.numberOf(doc)) {
                throw new IOException("documents are not in their order");
            }
        }
    }

    private static Query clause(String text) {
        if (text.startsWith("\"")) {
            String[] words = text.substring(1, text.length() - 1).split(" ");
            return new PhraseQuery("body", words);
        }
        if (text.endsWith("*")) {
            return new PrefixQuery(new Term("body", text.substring(0, text.length() - 1)));
        }
        return new TermQuery(new Term("body", text));
    }

    private static Query parse(String text) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        Query last = null;
        int n = 0;
        for (int at = 0; at < text.length(); n++) {
            char sign = text.charAt(at);
            if (sign == '#') {
                String[] ends = text.substring(at + 1).split("\\.\\.");
                all.add(LongField.newRangeQuery("n", Long.parseLong(ends[0]), Long.parseLong(ends[1])),
                        Occur.FILTER);
                n++;
                break;
            }
            Occur occur = sign == '+' ? Occur.MUST : sign == '-' ? Occur.MUST_NOT : Occur.SHOULD;
            if (occur != Occur.SHOULD) at++;
            int end = text.charAt(at) == '"' ? text.indexOf('"', at + 1) + 1 : text.indexOf(' ', at);
            if (end < 0) end = text.length();
            last = clause(text.substring(at, end));
            all.add(last, occur);
            if (occur == Occur.MUST_NOT) n++; // never alone
            at = end;
            while (at < text.length() && text.charAt(at) == ' ') at++;
        }
        BooleanQuery query = all.build();
        boolean filtered = query.clauses().stream().anyMatch(c -> c.occur() == Occur.FILTER);
        boolean must = query.clauses().stream().anyMatch(c -> c.occur() == Occur.MUST);
        if (filtered && !must) { // else no clause need match
            return all.setMinimumNumberShouldMatch(1).build();
        }
        return n == 1 ? last : query;
    }

    private static long cpu() {
        return THREADS.getCurrentThreadCpuTime();
    }

    // One run; returns its CPU time.
    private long once(String mode, Query query) throws IOException {
        int k = TOP.get(mode);
        long begin = cpu();
        if (k == 0) {
            count = searcher.count(query);
        } else {
            boolean counted = mode.endsWith("count");
            top = searcher.search(query,
                    new TopScoreDocCollectorManager(k, counted ? Integer.MAX_VALUE : k));
            count = top.totalHits.relation() == TotalHits.Relation.EQUAL_TO ? top.totalHits.value() : -1;
        }
        return cpu() - begin;
    }

    private void answer(String request, PrintStream out) throws IOException {
        String[] parts = request.split("\t", 3);
        int repeat = Integer.parseInt(parts[1]), runs = 0;
        long[] samples = new long[SAMPLES], walls = new long[SAMPLES];
        long spent = 0;
        Query query = parse(parts[2]);
        top = null;
        if (once(parts[0], query) < LONG) once(parts[0], query);
        while (runs < SAMPLES && (runs < repeat || spent < ENOUGH) && (runs < 3 || spent < MOST)) {
            long begin = System.nanoTime();
            samples[runs] = once(parts[0], query);
            walls[runs] = System.nanoTime() - begin;
            spent += samples[runs++];
        }
        Arrays.sort(samples, 0, runs);
        Arrays.sort(walls, 0, runs);
        StringBuilder ids = new StringBuilder(), scores = new StringBuilder();
        for (int i = 0; top != null && i < Math.min(10, top.scoreDocs.length); i++) {
            ids.append(i == 0 ? "" : ",").append(top.scoreDocs[i].doc);
            scores.append(i == 0 ? "" : ",").append(top.scoreDocs[i].score);
        }
        out.printf("{\"ns\":%d,\"min\":%d,\"wall\":%d,\"runs\":%d,\"count\":%d,\"ids\":[%s],\"scores\":[%s]}%n",
                samples[runs / 2], samples[0], walls[runs / 2], runs, count, ids, scores);
        out.flush();
    }

    static void serve(Path dir) throws IOException {
        try (FSDirectory directory = FSDirectory.open(dir);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            LuceneQuery bench = new LuceneQuery(reader);
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(System.in, StandardCharsets.UTF_8));
            PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
            for (String line; (line = in.readLine()) != null;) bench.answer(line, out);
        }
    }
}
