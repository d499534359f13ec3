// query.rs - how long does Tantivy take for these queries?
//
// Requests and answers are those of bench/peers/prismsearch/query.c: MODE TAB REPEAT TAB QUERY, and a
// line of JSON for each.  One thread, one segment, whose documents must be in the order of the
// corpus.  The clock (CPU time of the thread) is around the search alone.

use std::io::{self, BufRead, Write};
use std::ops::Bound;
use std::time::Instant;

use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, Occur, PhraseQuery, Query, RangeQuery, RegexQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Index, Score, Searcher, Term};

use crate::{number_of, Result};

const SAMPLES: usize = 1024;
const ENOUGH: u64 = 1_000_000;
const LONG: u64 = 100_000_000;
const MOST: u64 = 2_000_000_000;

fn cpu() -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills a timespec of ours.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

struct Bench {
    searcher: Searcher,
    body: Field,
    number: Field,
}

type Clauses = Vec<(Occur, Box<dyn Query>)>;

impl Bench {
    fn clause(&self, text: &str) -> Result<Box<dyn Query>> {
        if let Some(quoted) = text.strip_prefix('"') {
            let words = quoted.trim_end_matches('"').split(' ');
            let terms: Vec<Term> = words.map(|w| Term::from_field_text(self.body, w)).collect();
            if terms.len() > 1 {
                return Ok(Box::new(PhraseQuery::new(terms)));
            }
            return Ok(Box::new(TermQuery::new(terms[0].clone(), IndexRecordOption::WithFreqs)));
        }
        if let Some(start) = text.strip_suffix('*') {
            return Ok(Box::new(RegexQuery::from_pattern(&format!("{start}.*"), self.body)?));
        }
        let term = Term::from_field_text(self.body, text);
        Ok(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
    }

    fn filter(&self, text: &str) -> Result<Box<dyn Query>> {
        let (low, high) = text.split_once("..").ok_or("no range")?;
        let bound = |v: &str| -> Result<Bound<Term>> {
            Ok(Bound::Included(Term::from_field_u64(self.number, v.parse()?)))
        };
        Ok(Box::new(ConstScoreQuery::new(
            Box::new(RangeQuery::new(bound(low)?, bound(high)?)),
            0.0,
        )))
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Query>> {
        let mut clauses: Clauses = Vec::new();
        let mut filter = None;
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(range) = rest.strip_prefix('#') {
                filter = Some(self.filter(range)?);
                break;
            }
            let (occur, skip) = match rest.as_bytes()[0] {
                b'+' => (Occur::Must, 1),
                b'-' => (Occur::MustNot, 1),
                _ => (Occur::Should, 0),
            };
            rest = &rest[skip..];
            let end = if rest.starts_with('"') {
                rest[1..].find('"').ok_or("no closing quote")? + 2
            } else {
                rest.find(' ').unwrap_or(rest.len())
            };
            clauses.push((occur, self.clause(&rest[..end])?));
            rest = rest[end..].trim_start();
        }
        let query = if clauses.len() == 1 && clauses[0].0 != Occur::MustNot {
            clauses.remove(0).1
        } else if filter.is_some() && clauses.iter().all(|c| c.0 == Occur::Must) {
            // one level: what it does best
            clauses.extend(filter.take().map(|f| (Occur::Must, f)));
            Box::new(BooleanQuery::new(clauses))
        } else {
            Box::new(BooleanQuery::new(clauses)) as Box<dyn Query>
        };
        Ok(match filter {
            Some(f) => Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, f)])),
            None => query,
        })
    }

    /// One run: its CPU time, matches where it counts, the hits.
    fn once(&self, mode: &str, query: &dyn Query) -> Result<(u64, i64, Vec<(Score, u32)>)> {
        let k = match mode {
            "top10" => 10,
            "top100" | "top100count" => 100,
            "top1000" => 1000,
            _ => 0,
        };
        let begin = cpu();
        let (count, top) = if k == 0 {
            (self.searcher.search(query, &Count)? as i64, Vec::new())
        } else {
            let best = TopDocs::with_limit(k).order_by_score();
            if mode.ends_with("count") {
                let (top, count) = self.searcher.search(query, &(best, Count))?;
                (count as i64, top)
            } else {
                (-1, self.searcher.search(query, &best)?)
            }
        };
        let took = cpu() - begin;
        Ok((took, count, top.into_iter().map(|(score, at)| (score, at.doc_id)).collect()))
    }

    fn answer(&self, request: &str) -> Result<String> {
        let mut parts = request.splitn(3, '\t');
        let mut next = || parts.next().ok_or("a request without a tab");
        let (mode, repeat, text) = (next()?, next()?.parse::<usize>()?, next()?);
        let query = self.parse(text)?;
        let (mut samples, mut walls, mut spent) = (Vec::new(), Vec::new(), 0);
        let (took, mut count, mut top) = self.once(mode, &*query)?;
        if took < LONG {
            self.once(mode, &*query)?;
        }
        while samples.len() < SAMPLES
            && (samples.len() < repeat || spent < ENOUGH)
            && (samples.len() < 3 || spent < MOST)
        {
            let begin = Instant::now();
            let took;
            (took, count, top) = self.once(mode, &*query)?;
            walls.push(begin.elapsed().as_nanos() as u64);
            samples.push(took);
            spent += took;
        }
        samples.sort_unstable();
        walls.sort_unstable();
        top.truncate(10);
        let join = |texts: Vec<String>| texts.join(",");
        Ok(format!(
            "{{\"ns\":{},\"min\":{},\"wall\":{},\"runs\":{},\"count\":{count},\"ids\":[{}],\"scores\":[{}]}}",
            samples[samples.len() / 2],
            samples[0],
            walls[walls.len() / 2],
            samples.len(),
            join(top.iter().map(|t| t.1.to_string()).collect()),
            join(top.iter().map(|t| t.0.to_string()).collect()),
        ))
    }
}

pub fn serve(dir: &str) -> Result<()> {
    let index = Index::open_in_dir(dir)?;
    let schema = index.schema();
    index.tokenizers().register(crate::TOKENIZER, crate::analyzer("tokens"));
    let searcher = index.reader()?.searcher();
    if searcher.segment_readers().len() != 1 {
        return Err("more than one segment".into());
    }
    let numbers = searcher.segment_reader(0).fast_fields().u64("n")?;
    for doc in 0..searcher.segment_reader(0).max_doc() {
        if numbers.first(doc) != Some(number_of(u64::from(doc))) {
            return Err("documents are not in their order".into());
        }
    }
    let bench =
        Bench { searcher, body: schema.get_field("body")?, number: schema.get_field("n")? };
    for line in io::stdin().lock().lines() {
        println!("{}", bench.answer(&line?)?);
        io::stdout().flush()?;
    }
    Ok(())
}
