/* xapian.cc - how fast, and into how few bytes, does Xapian build the same index?
 *
 * glass, one thread, no sync while it works, a commit each 50,000 documents or 100 MB of text (it
 * counts documents, not bytes, and keeps pending postings in std::map); compacted with FULLER at
 * the end, then synced.  Document lengths and within-document freqs are its own.  Pre-tokenized
 * text is added posting by posting; the native run uses its TermGenerator. */
#include <jansson.h>
#include <xapian.h>

#include <filesystem>
#include <string>

#include "../peer.h"

static const unsigned FLUSH_DOCS = 50000;
static const size_t FLUSH_BYTES = 100 << 20;

struct Task {
    std::string mode, corpus, dir;
    peer_clock clock;
};

/* Longer terms are refused by glass. */
static const size_t TERM_MAX = 240;

static void add_tokens(Xapian::Document &doc, const peer_lines &in, bool has_positions) {
    Xapian::termpos pos = 0;
    std::string term;
    for (const char *p = in.line, *end = in.line + in.len; p < end;) {
        const char *stop = static_cast<const char *>(memchr(p, ' ', (size_t)(end - p)));
        if (stop == NULL) stop = end;
        term.assign(p, (size_t)(stop - p));
        if (term.size() > TERM_MAX) peer_die("xapian", "a term over 240 bytes");
        if (has_positions) {
            doc.add_posting(term, ++pos);
        } else {
            doc.add_term(term);
        }
        p = stop + 1;
    }
}

static void add_object(Xapian::Document &doc, Xapian::TermGenerator &generator,
                       const peer_lines &in) {
    json_error_t why;
    json_t *object = json_loadb(in.line, in.len, 0, &why);
    if (object == NULL) peer_die("xapian", why.text);
    generator.set_document(doc);
    generator.index_text(json_string_value(json_object_get(object, "title")), 1, "S");
    generator.increase_termpos();
    generator.index_text(json_string_value(json_object_get(object, "body")));
    json_decref(object);
}

static void add_all(Task &t, Xapian::WritableDatabase &db) {
    Xapian::TermGenerator generator;
    bool is_tokens = t.mode.compare(0, 6, "tokens") == 0;
    if (t.mode == "native-stem") {
        generator.set_stemmer(Xapian::Stem("english"));
        generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
    } else if (t.mode == "native") {
        generator.set_stemming_strategy(Xapian::TermGenerator::STEM_NONE);
    }
    size_t bytes = 0;
    peer_lines in;
    peer_lines_open(&in, t.corpus.c_str());
    while (peer_lines_next(&in)) {
        Xapian::Document doc;
        if (is_tokens) {
            add_tokens(doc, in, t.mode == "tokens");
        } else {
            add_object(doc, generator, in);
        }
        db.add_document(doc);
        bytes += in.len;
        if (++t.clock.docs % FLUSH_DOCS == 0 || bytes > FLUSH_BYTES) {
            db.commit();
            bytes = 0;
        }
    }
    peer_lines_close(&in);
    db.commit();
}

static void print_counts(const std::string &dir) {
    uint64_t terms = 0, postings = 0, tokens = 0;
    Xapian::Database db(dir);
    for (Xapian::TermIterator i = db.allterms_begin(); i != db.allterms_end(); ++i) {
        terms++;
        postings += i.get_termfreq();
        tokens += db.get_collection_freq(*i);
    }
    peer_counts(terms, postings, tokens);
}

static uint64_t size_of(const std::string &path) {
    struct stat about;
    return stat(path.c_str(), &about) == 0 ? (uint64_t)about.st_size : 0;
}

/* The B-tree files; termlist, which it needs to delete or expand, counts: it is made by default. */
static void print_sizes(const std::string &dir) {
    static const char *const names[] = {"postlist", "position", "termlist", "docdata"};
    uint64_t sizes[4];
    printf(",\"segments\":1,\"components\":{");
    for (int i = 0; i < 4; i++) {
        sizes[i] = size_of(dir + "/" + names[i] + ".glass");
        printf("%s\"%s\":%llu", i == 0 ? "" : ",", names[i], (unsigned long long)sizes[i]);
    }
    printf("},\"parts\":{\"positions\":%llu}}\n", (unsigned long long)sizes[1]);
}

static void build(Task &t) {
    std::string first = t.dir + "/building", last = t.dir + "/index";
    mkdir(t.dir.c_str(), 0777);
    peer_start(&t.clock);
    {
        setenv("XAPIAN_FLUSH_THRESHOLD", "1000000", 1); /* we say when */
        Xapian::WritableDatabase db(first, Xapian::DB_CREATE_OR_OVERWRITE |
                                               Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC);
        add_all(t, db);
    }
    peer_merge(&t.clock);
    Xapian::Database(first).compact(last,
                                    Xapian::DBCOMPACT_NO_RENUMBER | Xapian::Compactor::FULLER);
    peer_sync(last.c_str());
    std::filesystem::remove_all(first);
    peer_stop(&t.clock);
    peer_print(&t.clock);
    print_counts(last);
    print_sizes(last);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("{\"version\":\"%s\",\"detail\":\"glass\"}\n", Xapian::version_string());
        return 0;
    }
    if (argc != 5) peer_die("usage", "xapian MODE CORPUS DIR MEMORY");
    Task t = {argv[1], argv[2], argv[3], {}};
    try {
        build(t);
    } catch (const Xapian::Error &error) {
        peer_die("xapian", error.get_description().c_str());
    }
    return 0;
}
