'use strict';
/* The package as it is shipped: versions, entries, types, lock file, README, examples. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { prismsearch, PACKAGE, ROOT, folder } = require('./helper');

const read = (...names) => fs.readFileSync(path.join(PACKAGE, ...names), 'utf8');

test('the version is that of the library', () => {
  const { version } = JSON.parse(read('package.json'));
  assert.equal(version, prismsearch.version);
  assert.equal(JSON.parse(read('package-lock.json')).version, version);
});

test('import and require give the same', async () => {
  const module = await import(pathToFileURL(path.join(PACKAGE, 'index.mjs')));
  assert.equal(module.default, prismsearch);
  const { default: _, ...named } = module;
  assert.deepEqual(Object.keys(named).sort(), Object.keys(prismsearch).sort());
  for (const [name, value] of Object.entries(named)) assert.equal(value, prismsearch[name]);
});

test('index.d.ts names all of it', () => {
  const types = read('index.d.ts');
  for (const name of Object.keys(prismsearch)) assert.match(types, new RegExp(`export (?:abstract )?(?:class|function|const) ${name}\\b`), name);
  for (const Class of ['Index', 'Snapshot', 'Writer', 'Hit', 'Hits', 'Schema', 'Query', 'Fragment']) {
    for (let at = prismsearch[Class].prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) {
        if (name !== 'constructor' && !name.startsWith('_')) assert.match(types, new RegExp(`\\b${name}\\b`), `${Class}.${name}`);
      }
    }
  }
});

test('each class of index.d.ts is there at run time', () => {
  const classes = [...read('index.d.ts').matchAll(/^export (?:abstract )?class (\w+)/gm)].map((found) => found[1]);
  assert.ok(classes.length > 30);
  for (const name of classes) assert.equal(typeof prismsearch[name], 'function', name);
  assert.ok(prismsearch.Index.prototype instanceof prismsearch.View);
});

test('every call has its twin', () => {
  const alone = new Set(['close', 'then', 'analyze', 'parse']);
  for (const Class of ['Index', 'Snapshot', 'Writer']) {
    for (let at = prismsearch[Class].prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      const names = Object.getOwnPropertyNames(at).filter((name) => name !== 'constructor' && !name.startsWith('_') && typeof Object.getOwnPropertyDescriptor(at, name).value === 'function');
      for (const name of names) {
        if (alone.has(name)) continue;
        const twin = name.endsWith('Sync') ? name.slice(0, -4) : `${name}Sync`;
        assert.equal(typeof prismsearch[Class].prototype[twin], 'function', `${Class}.${name}`);
      }
    }
  }
});

test('the lock file names no registry', () => {
  assert.match(read('.npmrc'), /^omit-lockfile-registry-resolved=true$/m);
  assert.doesNotMatch(read('package-lock.json'), /resolved|https?:\/\/registry/);
});

test('every status of the library has its class', { skip: !fs.existsSync(path.join(ROOT, 'include/prismsearch/error.h')) }, () => {
  const header = fs.readFileSync(path.join(ROOT, 'include/prismsearch/error.h'), 'utf8');
  const statuses = [...header.matchAll(/^#define PRISM_(E\w+) \(-(\d+)\)/gm)];
  assert.ok(statuses.length >= 20);
  const { makeError } = require(path.join(PACKAGE, 'lib', 'errors.js'));
  const classes = new Set(statuses.map(([, name, number]) => makeError(-Number(number), name, '').constructor));
  assert.equal(classes.size, statuses.length);
  assert.ok(!classes.has(prismsearch.PrismError));
  assert.equal(makeError(-99, 'ENEW', 'x').constructor, prismsearch.PrismError);
});

const tsc = path.join(PACKAGE, 'node_modules', 'typescript', 'bin', 'tsc');

test('tsc --strict over the types and the examples', { skip: !fs.existsSync(tsc) && 'typescript is not installed (npm ci)' }, () => {
  const done = spawnSync(process.execPath, [tsc, '-p', path.join(PACKAGE, 'test', 'types')], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout);
});

/* Run a module that imports the package by its name: its folder has it in node_modules. */
function runModule(t, source, args = []) {
  const dir = folder(t);
  fs.mkdirSync(path.join(dir, 'node_modules'));
  fs.symlinkSync(PACKAGE, path.join(dir, 'node_modules', 'prismsearch'));
  fs.writeFileSync(path.join(dir, 'main.mjs'), source);
  return spawnSync(process.execPath, [path.join(dir, 'main.mjs'), ...args], { encoding: 'utf8', cwd: dir });
}

test("README's quick start says what it says", (t) => {
  const readme = read('README.md');
  const blocks = [...readme.matchAll(/```js\n([^]*?)```/g)].map((found) => found[1]);
  assert.ok(blocks.length >= 2);
  const done = runModule(t, blocks.join('\n'));
  assert.equal(done.stderr, '');
  const wanted = blocks.flatMap((block) => block.split('\n').filter((line) => line.startsWith('// ')).map((line) => line.slice(3)));
  assert.deepEqual(done.stdout.trimEnd().split('\n'), wanted);
});

test('examples', (t) => {
  const retriever = runModule(t, read('examples', 'retriever.mjs'), ['备份 postgresql']);
  assert.match(retriever.stdout, /^manual: .*\(PostgreSQL\)\nmanual: 每天备份数据库。 \(备份\)\n$|备份/, retriever.stderr);
  const dir = folder(t);
  fs.writeFileSync(path.join(dir, 'x.ndjson'), '{"id":"a","title":"备份","body":"x"}\n\n{"id":"b","date":"never"}\n');
  const news = runModule(t, read('examples', 'news.mjs'), [path.join(dir, 'i'), path.join(dir, 'x.ndjson'), '备份']);
  assert.match(news.stdout, /^1 put, commit 2\n1 found\na [\d.]+ \[备份\]\n$/, news.stderr);
  assert.match(news.stderr, /article 2: field date/);
  assert.equal(runModule(t, read('examples', 'news.mjs')).status, 2);
});

test('the retriever replaces the passages of a source, whatever it is called', async (t) => {
  const source = `${read('examples', 'retriever.mjs')}
    const names = ['plain', 'a "quoted" b', 'back\\\\', 'x" OR source:"plain', '* [a TO b]', '数据 Über'];
    const mine = new Retriever();
    for (let round = 0; round < 2; round++) for (const name of names) await mine.add(name, 'word ' + round);
    const found = await mine.retrieve('word', { limit: 100 });
    console.log(JSON.stringify(found.map((one) => one.source + one.passage).sort()), JSON.stringify(names.map((name) => name + 'word 1').sort()));`;
  const [found, wanted] = runModule(t, source.replace('process.argv[1] ===', 'false &&')).stdout.split('] [');
  assert.equal(`${found}]`, `[${wanted}`.trimEnd());
  assert.match(found, /quoted/);
});
