// main.rs - how fast, and into how few bytes, does Tantivy build the same index?
//
//   DRIVER --version
//   DRIVER MODE CORPUS DIR MEMORY        see bench/peers/peer.h
//   DRIVER query DIR                     requests of bench/run-queries: query.rs
//
// One indexing thread with the whole MEMORY (below 4 GB, its limit), its own merge policy and merge
// thread; all CPU time of the process counts.  Merged to one segment at the end.

mod query;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::time::Instant;

use tantivy::collector::Count;
use tantivy::query::AllQuery;
use tantivy::schema::{
    Field, IndexRecordOption, Schema, TantivyDocument, TextFieldIndexing, TextOptions, FAST, STORED, STRING,
};
use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer,
    WhitespaceTokenizer,
};
use tantivy::{Index, IndexWriter, Term};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const TOKENIZER: &str = "peer";

fn is_tokens(mode: &str) -> bool {
    mode.starts_with("tokens") || mode == "query"
}

/// 0 to 1023, as if by dice (number_of in bench/corpora).
fn number_of(line: u64) -> u64 {
    let mut mixed = line as u32;
    mixed = (mixed ^ mixed >> 16).wrapping_mul(0x7feb_352d);
    mixed = (mixed ^ mixed >> 15).wrapping_mul(0x846c_a68b);
    u64::from((mixed ^ mixed >> 16) >> 22)
}

fn analyzer(mode: &str) -> TextAnalyzer {
    if is_tokens(mode) {
        return TextAnalyzer::from(WhitespaceTokenizer::default());
    }
    let plain = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(256))
        .filter(LowerCaser);
    if mode == "native" {
        plain.build()
    } else {
        plain.filter(Stemmer::new(Language::English)).build()
    }
}

fn text_options(mode: &str) -> TextOptions {
    let record = if mode == "tokens-nopos" {
        IndexRecordOption::WithFreqs
    } else {
        IndexRecordOption::WithFreqsAndPositions
    };
    let indexing = TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(record);
    let options = TextOptions::default().set_indexing_options(indexing);
    if mode == "stored" {
        options.set_stored()
    } else {
        options
    }
}

struct Fields {
    id: Option<Field>,
    title: Option<Field>,
    body: Field,
    number: Option<Field>,
}

fn schema(mode: &str) -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let id = (mode == "stored").then(|| builder.add_text_field("id", STRING | STORED));
    let title = (!is_tokens(mode)).then(|| builder.add_text_field("title", text_options(mode)));
    let body = builder.add_text_field("body", text_options(mode));
    let number = (mode == "query").then(|| builder.add_u64_field("n", FAST));
    (builder.build(), Fields { id, title, body, number })
}

#[derive(serde::Deserialize)]
struct Article<'a> {
    #[serde(borrow, default)]
    id: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    title: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    body: std::borrow::Cow<'a, str>,
}

/// Put one line; with a key, in place of the document that has it.
fn put(writer: &IndexWriter, at: u64, line: &str, fields: &Fields) -> Result<()> {
    let mut doc = TantivyDocument::default();
    if let Some(title) = fields.title {
        let article: Article = serde_json::from_str(line)?;
        if let Some(id) = fields.id {
            writer.delete_term(Term::from_field_text(id, &article.id));
            doc.add_text(id, &article.id);
        }
        doc.add_text(title, &article.title);
        doc.add_text(fields.body, &article.body);
    } else {
        doc.add_text(fields.body, line);
    }
    if let Some(number) = fields.number {
        doc.add_u64(number, number_of(at));
    }
    writer.add_document(doc)?;
    Ok(())
}

fn proc(file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
    let line = text.lines().find(|l| l.starts_with(name)).unwrap_or("0");
    line.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

fn cpu() -> f64 {
    // SAFETY: rusage is plain data, which the call fills.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn add_all(writer: &IndexWriter, corpus: &str, fields: &Fields) -> Result<u64> {
    let mut docs = 0;
    let mut line = String::new();
    let mut file = BufReader::with_capacity(1 << 20, File::open(corpus)?);
    while file.read_line(&mut line)? > 0 {
        put(writer, docs, line.trim_end_matches('\n'), fields)?;
        docs += 1;
        line.clear();
    }
    Ok(docs)
}

fn counts(index: &Index, schema: &Schema) -> Result<(u64, u64, u64, usize, usize)> {
    let searcher = index.reader()?.searcher();
    let (mut terms, mut postings, mut tokens) = (0u64, 0u64, 0u64);
    for segment in searcher.segment_readers() {
        for name in ["title", "body"] {
            let Ok(field) = schema.get_field(name) else { continue };
            let inverted = segment.inverted_index(field)?;
            tokens += inverted.total_num_tokens();
            let mut stream = inverted.terms().stream()?;
            while stream.advance() {
                terms += 1;
                postings += u64::from(stream.value().doc_freq);
            }
        }
    }
    let docs = searcher.search(&AllQuery, &Count)?;
    Ok((terms, postings, tokens, searcher.segment_readers().len(), docs))
}

// .idx docs, freqs and skips; .pos positions; .term dictionary; .fieldnorm lengths; .store documents.
fn part(extension: &str) -> &'static str {
    match extension {
        "idx" => "docs_freqs",
        "pos" => "positions",
        "term" => "terms",
        "fieldnorm" => "lengths",
        "store" => "stored",
        _ => "other",
    }
}

fn sizes(dir: &str) -> Result<String> {
    let mut components: BTreeMap<String, u64> = BTreeMap::new();
    let mut parts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut all = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let size = entry.metadata()?.len();
        let path = entry.path();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("other").to_string();
        *parts.entry(part(&extension)).or_default() += size;
        *components.entry(extension).or_default() += size;
        all += size;
    }
    Ok(format!(
        ",\"index_bytes\":{all},\"components\":{},\"parts\":{}",
        serde_json::to_string(&components)?,
        serde_json::to_string(&parts)?
    ))
}

fn build(mode: &str, corpus: &str, dir: &str, memory: usize) -> Result<()> {
    fs::create_dir_all(dir)?;
    File::options().write(true).open("/proc/self/clear_refs")?.write_all(b"5")?;
    let (written, cpu_from, from) = (proc("io", "wchar"), cpu(), Instant::now());
    let (synced, (schema, fields)) = (proc("io", "write_bytes"), schema(mode));
    let index = Index::create_in_dir(dir, schema.clone())?;
    index.tokenizers().register(TOKENIZER, analyzer(mode));
    let mut writer: IndexWriter = index.writer_with_num_threads(1, memory.min(4_000_000_000))?;
    let docs = add_all(&writer, corpus, &fields)?;
    writer.commit()?;
    let merge_from = Instant::now();
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    let (wall, merge, cpu) =
        (from.elapsed().as_secs_f64(), merge_from.elapsed().as_secs_f64(), cpu() - cpu_from);
    let written = (proc("io", "wchar") - written).max(proc("io", "write_bytes") - synced);
    let rss = proc("status", "VmHWM");
    let (terms, postings, tokens, segments, found) = counts(&index, &schema)?;
    if found as u64 != docs {
        return Err(format!("{docs} documents were put, {found} are there").into());
    }
    println!(
        "{{\"docs\":{docs},\"wall_s\":{wall:.4},\"cpu_s\":{cpu:.4},\"merge_s\":{merge:.4},\
         \"peak_rss_kb\":{rss},\"bytes_written\":{written},\"terms\":{terms},\
         \"postings\":{postings},\"tokens\":{tokens},\"segments\":{segments}{}}}",
        sizes(dir)?
    );
    Ok(())
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().collect();
    match args.len() {
        2 if args[1] == "--version" => {
            println!(
                "{{\"version\":\"{}\",\"detail\":\"release, lto, target-cpu=native\"}}",
                tantivy::version_string().split(", ").next().unwrap_or("").trim_start_matches("tantivy v")
            );
            Ok(())
        }
        3 if args[1] == "query" => query::serve(&args[2]),
        5 => build(&args[1], &args[2], &args[3], args[4].parse()?),
        _ => Err("usage: DRIVER MODE CORPUS DIR MEMORY".into()),
    }
}
