'use strict';
/* compare.js - prismsearch beside what else one installs with npm: SQLite's FTS5 (better-sqlite3 or node:sqlite), MiniSearch, FlexSearch.
 *
 *     node compare.js --articles FILE.ndjson [--queries N] [--modules FOLDER]
 *
 * Each engine works in a process of its own, in turn: it builds an index of id, title and body (prismsearch and
 * FTS5 on disk, the others in memory: they have no other place), then answers queries for 10 keys. Told as ratios to
 * prismsearch:
 *
 *     build, query   CPU seconds               memory     the process at its largest, less node's own
 *     size           bytes on disk             found      of the documents that hold a run of 2 to 4 Chinese
 *                                                         characters literally, how many it finds by that run
 *
 * What is not installed in FOLDER is left out. None of them is told more about Chinese than its documentation's first
 * page says, but for FTS5, which has the trigram tokenizer as a second entry (it finds nothing below three characters). */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');

const LIMIT = 10;
const ALL = 10_000;

function* read(file) {
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) if (line) yield JSON.parse(line);
}

/* Each gives a search: (text, limit, whether it is a run of characters) => keys. */
const ENGINES = {
  prismsearch(require, articles, folder) {
    const { Index, key, text, phrase, parse } = require('..');
    const index = Index.createSync(path.join(folder, 'i'), { id: key(), title: text({ boost: 2 }), body: text() });
    const writer = index.writerSync({ load: true });
    writer.putAllSync(read(articles));
    writer.commitSync();
    writer.closeSync();
    const snapshot = index.snapshotSync();
    return (query, limit, run) => snapshot.searchSync(run ? phrase(query) : parse(query, { plain: true }), { limit, select: false }).keys;
  },
  fts5(require, articles, folder, tokenizer = 'porter unicode61') {
    const db = openSqlite(require, path.join(folder, 'i'));
    db.exec(`create virtual table d using fts5(id unindexed, title, body, tokenize='${tokenizer}')`);
    const insert = db.prepare('insert into d values (?, ?, ?)');
    db.exec('begin');
    for (const { id, title, body } of read(articles)) insert.run(id, title, body);
    db.exec("insert into d(d) values ('optimize')");
    db.exec('commit');
    const select = db.prepare('select id from d where d match ? order by bm25(d, 0, 2, 1) limit ?');
    const match = (query, run) => (run ? [query] : query.match(/[\p{L}\p{N}_]+/gu)).map((word) => `"${word}"`).join(' OR ');
    return (query, limit, run) => select.all(match(query, run), limit).map((row) => row.id);
  },
  'fts5 trigram'(require, articles, folder) {
    return ENGINES.fts5(require, articles, folder, 'trigram');
  },
  minisearch(require, articles) {
    const MiniSearch = require('minisearch');
    const index = new (MiniSearch.default ?? MiniSearch)({ fields: ['title', 'body'], storeFields: ['title', 'body'], searchOptions: { boost: { title: 2 } } });
    index.addAll([...read(articles)]);
    return (query, limit) => index.search(query).slice(0, limit).map((hit) => hit.id);
  },
  flexsearch(require, articles) {
    const { Document } = require('flexsearch');
    const index = new Document({ document: { id: 'id', store: true, index: ['title', 'body'] } });
    for (const document of read(articles)) index.add(document);
    return (query, limit) => [...new Set(index.search(query, { limit, suggest: true }).flatMap((field) => field.result))].slice(0, limit);
  },
};

/* better-sqlite3 where it is installed, else that of Node itself (22.5 and later). */
function openSqlite(require, file) {
  let Database;
  try {
    Database = require('better-sqlite3');
    return new Database(file);
  } catch {
    return new (require('node:sqlite').DatabaseSync)(file);
  }
}

const sizeOf = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? fs.statSync(path.join(entry.parentPath ?? entry.path, entry.name)).size : 0), 0);
const peak = () => process.resourceUsage().maxRSS * 1024;

function cpu(work) {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1e6, result];
}

/* In a process of its own. */
function workOf(name, articles, modules, { words, runs }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prismsearch-compare-'));
  try {
    const own = name === 'prismsearch' ? require : createRequire(path.join(path.resolve(modules), 'x.js'));
    const before = peak();
    const [build, search] = cpu(() => ENGINES[name](own, articles, folder));
    const memory = peak() - before;
    const ask = () => words.forEach((query) => search(query, LIMIT, false));
    ask();
    const [query] = cpu(ask);
    let [wanted, found] = [0, 0];
    for (const [run, keys] of Object.entries(runs)) {
      const hits = new Set(search(run, ALL, true));
      wanted += keys.length;
      found += keys.filter((key) => hits.has(key)).length;
    }
    return { build, query, memory, size: sizeOf(folder), found: found / Math.max(1, wanted) };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/* Words of documents, and runs of Chinese characters with the documents that hold them. */
function makeQueries(articles, n) {
  let seed = 1;
  const below = (max) => Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * max);
  const documents = [...read(articles)];
  const words = [];
  const runs = {};
  while (words.length < n) {
    const found = documents[below(documents.length)].body.match(/[A-Za-z]{4,}|[一-鿿]{2,}/g);
    if (found) words.push(Array.from({ length: 2 }, () => found[below(found.length)]).map((w) => (w[0] > 'z' ? w.slice(0, 4) : w)).join(' '));
  }
  while (Object.keys(runs).length < n / 5) {
    const found = documents[below(documents.length)].body.match(/[一-鿿]{4,}/g);
    if (!found) continue;
    const whole = found[below(found.length)];
    const start = below(whole.length - 3);
    const run = whole.slice(start, start + 2 + below(3));
    runs[run] = documents.filter(({ title, body }) => `${title}\n${body}`.includes(run)).map(({ id }) => id);
  }
  return { words, runs };
}

function isThere(name, modules) {
  const needs = { minisearch: 'minisearch', flexsearch: 'flexsearch' }[name];
  return needs === undefined || fs.existsSync(path.join(modules, 'node_modules', needs));
}

function main() {
  const { values } = parseArgs({
    options: { articles: { type: 'string' }, queries: { type: 'string', default: '300' }, modules: { type: 'string', default: '.' }, engine: { type: 'string' } },
  });
  if (!values.articles) {
    console.error('compare.js --articles FILE.ndjson [--queries N] [--modules FOLDER]');
    process.exit(2);
  }
  if (values.engine) {
    console.log(JSON.stringify(workOf(values.engine, values.articles, values.modules, JSON.parse(fs.readFileSync(0, 'utf8')))));
    return;
  }
  const queries = JSON.stringify(makeQueries(values.articles, Number(values.queries)));
  const results = {};
  for (const name of Object.keys(ENGINES)) {
    if (!isThere(name, values.modules)) {
      console.error(`${name} is not installed in ${values.modules}`);
      continue;
    }
    const args = ['--max-old-space-size=8192', __filename, '--articles', values.articles, '--modules', values.modules, '--engine', name];
    const done = spawnSync(process.execPath, args, { input: queries, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (done.status === 0) results[name] = JSON.parse(done.stdout);
    else console.error(`${name}: ${done.stderr.split('\n').find((line) => /Error/.test(line)) ?? done.signal}`);
  }
  const ours = results.prismsearch;
  console.log(`${''.padEnd(14)}${['build', 'query', 'memory', 'size', 'found'].map((name) => name.padStart(8)).join('')}`);
  for (const [name, result] of Object.entries(results)) {
    const ratios = ['build', 'query', 'memory', 'size'].map((what) => (result[what] / ours[what]).toFixed(2).padStart(8));
    console.log(`${name.padEnd(14)}${ratios.join('')}${`${(result.found * 100).toFixed(1)}%`.padStart(8)}`);
  }
}

main();
