// LucenePeer.java - how fast, and into how few bytes, does Lucene build the same index?
//
//   LucenePeer --version
//   LucenePeer MODE CORPUS DIR MEMORY      one build for each line of standard input ("build"), in
//                                          one JVM, so that it is warm; one JSON line for each
//   LucenePeer query DIR                   requests of bench/run-queries: LuceneQuery.java
//
// One thread, SerialMergeScheduler, the RAM buffer as large as MEMORY (at most 2047 MB), no
// compound files, default codec; forceMerge(1) at the end.

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Version;

public class LucenePeer {
    private static final String[] FIELDS = {"title", "body"};
    private static final JsonFactory JSON = new JsonFactory();

    private final String mode;
    private final Path corpus, dir;
    private final double bufferMb;
    private final boolean stored;
    private final Field title, body, id;
    private final LongField number = new LongField("n", 0, Field.Store.NO);
    private final Document doc = new Document();

    private LucenePeer(String[] args) {
        mode = args[0];
        corpus = Path.of(args[1]);
        dir = Path.of(args[2]);
        bufferMb = Math.min(2047, Long.parseLong(args[3]) / (double) (1 << 20));
        stored = mode.startsWith("stored");
        FieldType text = new FieldType();
        text.setTokenized(true);
        text.setStored(stored);
        text.setIndexOptions(mode.equals("tokens-nopos") ? IndexOptions.DOCS_AND_FREQS
                                                         : IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
        text.freeze();
        title = new Field("title", "", text);
        body = new Field("body", "", text);
        id = new StringField("id", "", Field.Store.YES);
        if (stored) doc.add(id);
        if (isQuery()) doc.add(number);
        else if (!mode.startsWith("tokens")) doc.add(title);
        doc.add(body);
    }

    private boolean isQuery() {
        return mode.equals("query");
    }

    // 0 to 1023, as if by dice (number_of in bench/corpora).
    static long numberOf(long line) {
        int mixed = (int) line;
        mixed = (mixed ^ mixed >>> 16) * 0x7feb352d;
        mixed = (mixed ^ mixed >>> 15) * 0x846ca68b;
        return (mixed ^ mixed >>> 16) >>> 22;
    }

    private Analyzer analyzer() {
        switch (mode) {
            case "tokens":
            case "tokens-nopos":
            case "query":
                return new WhitespaceAnalyzer();
            case "native":
                return new StandardAnalyzer();
            case "native-stem":
            case "stored":
                return new EnglishAnalyzer(CharArraySet.EMPTY_SET);
            case "zh":
            case "stored-zh":
                return new CJKAnalyzer(CharArraySet.EMPTY_SET);
            default:
                throw new IllegalArgumentException("no mode " + mode);
        }
    }

    private long addLines(IndexWriter writer) throws IOException {
        long n = 0;
        try (BufferedReader in = Files.newBufferedReader(corpus)) {
            for (String line; (line = in.readLine()) != null; n++) {
                body.setStringValue(line);
                if (isQuery()) number.setLongValue(numberOf(n));
                writer.addDocument(doc);
            }
        }
        return n;
    }

    private long addObjects(IndexWriter writer) throws IOException {
        long n = 0;
        try (JsonParser in = JSON.createParser(Files.newInputStream(corpus))) {
            while (in.nextToken() == JsonToken.START_OBJECT) {
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    String name = in.currentName();
                    in.nextToken();
                    String value = in.getText();
                    if (name.equals("title")) title.setStringValue(value);
                    else if (name.equals("body")) body.setStringValue(value);
                    else if (name.equals("id")) id.setStringValue(value);
                }
                if (stored) writer.updateDocument(new Term("id", id.stringValue()), doc);
                else writer.addDocument(doc);
                n++;
            }
        }
        return n;
    }

    private void clear() throws IOException {
        if (!Files.isDirectory(dir)) Files.createDirectories(dir);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
            for (Path file : files) Files.delete(file);
        }
    }

    private static long proc(String file, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/" + file))) {
            if (line.startsWith(name)) return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
        return 0;
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean)
                java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private String build(boolean first) throws IOException {
        clear();
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        long written = proc("io", "wchar"), cpu = cpu(), start = System.nanoTime(), docs, merge;
        IndexWriterConfig config = new IndexWriterConfig(analyzer());
        config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        config.setRAMBufferSizeMB(bufferMb);
        config.setMergeScheduler(new SerialMergeScheduler());
        config.setUseCompoundFile(false);
        if (isQuery()) config.setMergePolicy(new LogDocMergePolicy()); // neighbours: order stays
        config.setSimilarity(new BM25Similarity(1.2f, 0.75f));
        try (FSDirectory directory = FSDirectory.open(dir);
                IndexWriter writer = new IndexWriter(directory, config)) {
            docs = isQuery() || mode.startsWith("tokens") ? addLines(writer) : addObjects(writer);
            writer.commit();
            merge = System.nanoTime();
            writer.forceMerge(1);
            writer.commit();
        }
        long end = System.nanoTime();
        cpu = cpu() - cpu;
        written = proc("io", "wchar") - written;
        return String.format(
                "{\"docs\":%d,\"wall_s\":%.4f,\"cpu_s\":%.4f,\"merge_s\":%.4f,\"peak_rss_kb\":%d,"
                        + "\"bytes_written\":%d%s%s%s}",
                docs, (end - start) / 1e9, cpu / 1e9, (end - merge) / 1e9, proc("status", "VmHWM"),
                written, counts(), sizes(), first ? ",\"first\":true" : "");
    }

    private String counts() throws IOException {
        long terms = 0, postings = 0, tokens = 0;
        int segments = 0;
        try (FSDirectory directory = FSDirectory.open(dir);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            for (LeafReaderContext leaf : reader.leaves()) {
                segments++;
                for (String field : FIELDS) {
                    Terms t = leaf.reader().terms(field);
                    if (t == null) continue;
                    terms += t.size();
                    postings += t.getSumDocFreq();
                    tokens += t.getSumTotalTermFreq();
                }
            }
        }
        return String.format(",\"terms\":%d,\"postings\":%d,\"tokens\":%d,\"segments\":%d", terms,
                postings, tokens, segments);
    }

    // Files of the postings format: .doc docs, freqs, skips and impacts; .pos positions; .tim .tip
    // .tmd terms; .nvd .nvm lengths; .fdt .fdx .fdm stored fields.
    private static String part(String extension) {
        switch (extension) {
            case "doc":
            case "psm":
                return "docs_freqs";
            case "pos":
                return "positions";
            case "tim":
            case "tip":
            case "tmd":
                return "terms";
            case "nvd":
            case "nvm":
                return "lengths";
            case "fdt":
            case "fdx":
            case "fdm":
                return "stored";
            default:
                return "other";
        }
    }

    private String sizes() throws IOException {
        Map<String, Long> components = new TreeMap<>(), parts = new TreeMap<>();
        long all = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String extension = name.contains(".") ? name.substring(name.indexOf('.') + 1) : "other";
                long size = Files.size(file);
                components.merge(extension, size, Long::sum);
                parts.merge(part(extension), size, Long::sum);
                all += size;
            }
        }
        return String.format(",\"index_bytes\":%d,\"components\":%s,\"parts\":%s", all,
                object(components), object(parts));
    }

    private static String object(Map<String, Long> values) {
        StringBuilder out = new StringBuilder("{");
        values.forEach((k, v) -> out.append(out.length() > 1 ? "," : "").append('"').append(k)
                .append("\":").append(v));
        return out.append('}').toString();
    }

    public static void main(String[] args) throws IOException {
        if (args.length == 2 && args[0].equals("query")) {
            LuceneQuery.serve(Path.of(args[1]));
            return;
        }
        if (args.length == 1 && args[0].equals("--version")) {
            System.out.printf("{\"version\":\"%s\",\"detail\":\"JVM %s, %s\"}%n", Version.LATEST,
                    System.getProperty("java.vm.version"),
                    String.join(" ", java.lang.management.ManagementFactory.getRuntimeMXBean()
                            .getInputArguments()));
            return;
        }
        LucenePeer peer = new LucenePeer(args);
        BufferedReader in = new BufferedReader(
                new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (boolean first = true; in.readLine() != null; first = false) {
            System.out.println(peer.build(first));
            System.out.flush();
        }
    }
}
