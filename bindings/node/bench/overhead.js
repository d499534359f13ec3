'use strict';
/* overhead.js - what does Node add?  Searching beside the same C calls, indexing objects beside `psearch put`.
 *
 *     node overhead.js --build BUILD --articles FILE.ndjson [--queries N] [--rounds N]
 *
 * Both sides take turns in one run, so that whatever else the machine does falls on both; CPU seconds of the
 * process are compared, all threads of it, the best round of each.  The C side is bindings/python/bench/overhead.c. */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { Index, key, readNdjson, text } = require('..');

const ROOT = path.join(__dirname, '..', '..', '..');
const LIMIT = 10;

/* Pseudo-random numbers below n, the same every time. */
function chance(seed) {
  return (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
}

/* One to three words, or a run of two to four characters, that stand in a document. */
function queriesOf(documents, n) {
  const below = chance(1);
  const queries = [];
  while (queries.length < n) {
    const words = documents[below(documents.length)].body.match(/[A-Za-z]{4,}|[一-鿿]{2,}/g);
    if (!words) continue;
    const chosen = Array.from({ length: 1 + below(3) }, () => words[below(words.length)]);
    queries.push(chosen.map((word) => (word[0] > 'z' ? word.slice(0, 2 + below(3)) : word)).join(' '));
  }
  return queries;
}

async function timed(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function compileOverhead(build, work) {
  const program = path.join(work, 'overhead');
  const source = path.join(ROOT, 'bindings', 'python', 'bench', 'overhead.c');
  const args = ['-O2', `-I${ROOT}/include`, source, `-L${build}/.libs`, `-Wl,-rpath,${build}/.libs`, '-lprismsearch', '-o', program];
  const done = spawnSync('cc', args, { stdio: 'inherit' });
  if (done.status !== 0) process.exit(1);
  return program;
}

/* What a search is made of, in both forms. */
const WAYS = {
  'keys, at once': { c: 'keys', now: true, how: { limit: LIMIT, select: false }, use: (hit) => hit.key },
  'keys, promise': { c: 'keys', how: { limit: LIMIT, select: false }, use: (hit) => hit.key },
  'JSON as bytes, at once': { c: 'text', now: true, how: { limit: LIMIT }, use: (hit) => hit.raw() },
  'title of each, at once': { c: 'text', now: true, how: { limit: LIMIT, select: ['title'] }, use: (hit) => hit.fields.title },
  'objects, at once': { c: 'text', now: true, how: { limit: LIMIT }, use: (hit) => hit.fields.title },
  'objects, promise': { c: 'text', how: { limit: LIMIT }, use: (hit) => hit.fields.title },
};

async function ask(snapshot, queries, { now, how, use }) {
  for (const query of queries) {
    const hits = now ? snapshot.searchSync(query, how) : await snapshot.search(query, how);
    for (const hit of hits) use(hit);
  }
}

async function compareSearching(build, work, folder, queries, rounds) {
  const program = compileOverhead(build, work);
  const file = path.join(work, 'queries');
  fs.writeFileSync(file, `${queries.join('\n')}\n`);
  const index = await Index.open(folder);
  const snapshot = await index.snapshot();
  const best = {};
  const keep = (name, seconds) => (best[name] = Math.min(best[name] ?? Infinity, seconds));
  for (const way of Object.values(WAYS)) await ask(snapshot, queries, way);
  for (let round = 0; round < rounds; round++) {
    for (const [name, documents] of [['keys', '0'], ['text', '1']]) {
      const out = spawnSync(program, [folder, file, String(LIMIT), '3', documents], { encoding: 'utf8' });
      keep(`C ${name}`, Math.min(...out.stdout.trim().split('\n').map(Number)));
    }
    for (const [name, way] of Object.entries(WAYS)) keep(name, await timed(() => ask(snapshot, queries, way)));
  }
  const us = (name) => (best[name] / queries.length) * 1e6;
  console.log(`search   C: ${us('C keys').toFixed(0)} us a query, ${us('C text').toFixed(0)} us with the JSON of ${LIMIT} hits`);
  for (const [name, { c }] of Object.entries(WAYS)) {
    console.log(`search   ${name}: ${(us(name) / us(`C ${c}`)).toFixed(2)} x (${(us(name) - us(`C ${c}`)).toFixed(1)} us more)`);
  }
  await snapshot.close();
  await index.close();
}

/* User and system seconds of a command. */
function cpuOf(command, args) {
  const done = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@" > /dev/null 2>&1', 'x', command, ...args], { encoding: 'utf8' });
  const [user, system] = done.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return user + system;
}

async function build(folder, put) {
  const index = await Index.create(folder);
  const writer = await index.writer({ load: true });
  await put(writer);
  await writer.commit();
  await writer.close();
  await index.close();
}

async function compareIndexing(buildFolder, work, articles, documents, rounds) {
  const ways = {
    'objects, at once': (writer) => writer.putAllSync(documents),
    'objects, promise': (writer) => writer.putAll(documents),
    'NDJSON lines': (writer) => writer.putAll(readNdjson(articles)),
  };
  const best = { cli: Infinity };
  for (let round = 0; round < rounds; round++) {
    const args = ['-i', path.join(work, `cli${round}`), 'put', '--load', '--input=ndjson', articles];
    best.cli = Math.min(best.cli, cpuOf(path.join(buildFolder, 'psearch'), args));
    for (const [name, put] of Object.entries(ways)) {
      const seconds = await timed(() => build(path.join(work, `${name} ${round}`), put));
      best[name] = Math.min(best[name] ?? Infinity, seconds);
    }
  }
  console.log(`index    psearch put ${(fs.statSync(articles).size / 1e6 / best.cli).toFixed(1)} MB/s of CPU time`);
  for (const name of Object.keys(ways)) console.log(`index    ${name}: ${((best.cli / best[name]) * 100).toFixed(0)} % of its speed`);
  return path.join(work, 'objects, at once 0');
}

async function main() {
  const { values } = parseArgs({
    options: { build: { type: 'string' }, articles: { type: 'string' }, queries: { type: 'string', default: '500' }, rounds: { type: 'string', default: '5' } },
  });
  if (!values.build || !values.articles) {
    console.error('overhead.js --build BUILD --articles FILE.ndjson [--queries N] [--rounds N]');
    process.exit(2);
  }
  const documents = fs.readFileSync(values.articles, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'prismsearch-overhead-'));
  try {
    const folder = await compareIndexing(path.resolve(values.build), work, values.articles, documents, Number(values.rounds));
    await compareSearching(path.resolve(values.build), work, folder, queriesOf(documents, Number(values.queries)), Number(values.rounds));
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

main();
