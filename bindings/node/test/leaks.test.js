'use strict';
/* Does anything stay behind?  Every call, over and over, in a process of its own: neither the heap of
 * JavaScript nor what malloc has handed out grows; and, where valgrind is at hand and PRISM_VALGRIND=1, no byte
 * of C is lost. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { PACKAGE, folder, runNode } = require('./helper');
const native = require('../lib/native');

const SMALLEST = 32; // bytes that malloc uses for the smallest block
const ROUNDS = 60;
const WINDOWS = 4;

/* Without the caches of malloc and of V8's compilers, both counts stand still to some hundred bytes. */
const EXACT = {
  flags: ['--expose-gc', '--no-warnings', '--jitless', '--no-flush-bytecode', '--single-threaded-gc', '--max-semi-space-size=1'],
  env: { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0' },
};

/* Each is called many times with a small index. */
const CALLS = {
  searches: async ({ index, ps }) => {
    const hits = await index.search('apple 数据库 nosuch:x (', { highlight: ['body', 'title'], filter: '*:*', count: true, vocabulary: 'same a, b' });
    for (const hit of hits) void [hit.fields, hit.raw(), hit.highlights.body, await hit.fragments('body'), hit.snippetSync('title'), hit.sortValues, hit.gdoc];
    const page = index.searchSync('*:*', { limit: 1, sort: 'n:desc,tags,date', select: ['title'] });
    void [page.next, page.hits[0].sortValues, page.hits[0].fields];
    index.searchSync(ps.or(ps.and(ps.term('a'), ps.phrase('b c')), ps.not(ps.near('d e', 2)), ps.range('n', 1), ps.exists('n').boost(2)));
  },
  errors: async ({ index, writer, ps, fails }) => {
    await fails(() => index.search('(', { strict: true }));
    await fails(() => index.searchSync('x', { sort: 'body' }));
    await fails(() => index.search(ps.exists('nobody')));
    await fails(() => index.search('\ud800'));
    await fails(() => new ps.Schema('{'));
    await fails(() => ps.Index.open(`${index.path}-not`));
    await fails(() => writer.put({ a: [1, { b: () => 1 }] }));
    await fails(() => writer.put({ get a() { throw new Error('mine'); } }));
    await fails(() => index.search('x', { signal: AbortSignal.abort() }));
  },
  writes: async ({ writer, ps, fails }) => {
    await writer.put({ id: 'a', title: 'Apple', body: 'apple 数据库', tags: ['x', 'y'], n: 5n, date: new Date() });
    await writer.putAll([{ id: 'b', n: 'wrong' }, 5, { id: 'c' }, '{'], { onError: 'collect' });
    await fails(() => writer.putAll([{ id: 'b' }, { n: 'wrong' }]));
    writer.putAllSync([{ id: 'c' }]);
    await writer.delete('c');
    await writer.deleteByQuery(ps.range('n', 5, 5));
    void [await writer.stats(), (await writer.schema()).toJSON()];
    await (await writer.snapshot()).close();
    await writer.rollback();
  },
  aborted: async ({ index, writer, fails }) => {
    const controller = new AbortController();
    const calls = [index.search('apple', { signal: controller.signal }), writer.put({ id: 'q' }, { signal: controller.signal }), writer.commit(undefined, { signal: controller.signal })];
    controller.abort();
    await Promise.allSettled(calls);
    await writer.rollback();
  },
  handles: async ({ index, ps }) => {
    const other = await ps.Index.open(index.path);
    const snapshot = await other.snapshot();
    void [await snapshot.info(), await snapshot.terms('body'), snapshot.analyze('Wi-Fi 数据'), snapshot.parse('a (b'), await snapshot.facts(), [...snapshot], await snapshot.get('a')];
    await snapshot.refresh();
    await snapshot.close();
    await other.close();
    await ps.check(index.path, { level: 'quick', progress: () => {} });
    ps.checkSync(index.path, { progress: () => {} });
  },
  dropped: async ({ index, ps }) => {
    const other = ps.Index.openSync(index.path); // and nobody closes them
    void [other.snapshotSync(), other.searchSync('apple').hits[0], new ps.Schema({ id: 'keyword' })];
  },
};

const main = `
  const calls = { ${Object.entries(CALLS).map(([name, call]) => `${name}: ${call}`).join(',\n')} };
  const { SCHEMA, DOCUMENTS } = require(${JSON.stringify(path.join(PACKAGE, 'test', 'helper.js'))});
  const ps = prismsearch;
  const native = require(${JSON.stringify(path.join(PACKAGE, 'lib', 'native.js'))});
  const [name, dir, rounds, windows] = process.argv.slice(1);
  async function fails(call) { try { await call(); } catch { return; } }
  (async () => {
    const index = Index.createSync(dir, SCHEMA);
    let writer = index.writerSync({ durable: false, memory: '16M' });
    writer.putAllSync(DOCUMENTS); writer.commitSync();
    const rest = async () => { for (let i = 0; i < 5; i++) { gc(); await new Promise((r) => setTimeout(r, 2)); } };
    const measure = async () => { await rest(); return [process.memoryUsage().heapUsed, native.allocated()]; };
    const sizes = [];
    for (let window = 0; window <= Number(windows); window++) {
      for (let i = 0; i < Number(rounds); i++) {
        await calls[name]({ index, writer, ps, fails });
        if (name === 'dropped' && i % 20 === 0) await rest();
      }
      sizes.push(await measure());
    }
    await writer.close(); await index.close();
    console.log(JSON.stringify(sizes));
  })();`;

/* The least growth of a window: what is kept once shows in one, a leak in each.  The first ones warm up. */
function growths(t, code, name) {
  const done = runNode(code, [name, path.join(folder(t), 'i'), String(ROUNDS), String(WINDOWS)], EXACT);
  assert.equal(done.status, 0, done.stderr);
  const sizes = JSON.parse(done.stdout);
  return [0, 1].map((i) => Math.min(...sizes.slice(2).map((size, at) => size[i] - sizes[at + 1][i])));
}

for (const name of Object.keys(CALLS)) {
  test(`${name}: nothing stays behind`, (t) => {
    const [heap, malloc] = growths(t, main, name);
    assert.ok(heap < ROUNDS * 100, `JavaScript: ${heap} bytes a window`);
    assert.ok(malloc < (ROUNDS * SMALLEST) / 2, `malloc: ${malloc} bytes a window`);
  });
}

test('this would see a leak', (t) => {
  const leak = main.replace('await calls[name]', '(globalThis.kept ??= []).push(index.searchSync("nothing")); await calls[name]');
  const [, malloc] = growths(t, leak, 'errors');
  if (native.allocated() > 0) assert.ok(malloc > ROUNDS * SMALLEST, `${malloc} bytes a window`);
});

/* What node and V8 keep to the end, also for us (napi_create_external), is left out. */
test('valgrind finds nothing lost', { skip: process.env.PRISM_VALGRIND ? false : 'PRISM_VALGRIND=1 asks for it: minutes' }, (t) => {
  for (const name of Object.keys(CALLS)) {
    const done = spawnSync(
      'valgrind',
      ['--leak-check=full', '--show-leak-kinds=definite', '--error-exitcode=0', '--soname-synonyms=somalloc=NONE', process.execPath, '--expose-gc', '--no-warnings', '-e', `const prismsearch = require(${JSON.stringify(PACKAGE)}); const { Index } = prismsearch;${main}`, name, path.join(folder(t), 'i'), '3', '1'],
      { encoding: 'utf8', timeout: 600_000 },
    );
    const blocks = done.stderr.split(/\n(?===\d+== [\d,]+ (?:\([^)]*\) )?bytes in)/).filter((block) => /definitely lost/.test(block) && /addon_|prism_|prs_/.test(block) && !/ napi_\w+ \(in/.test(block));
    assert.deepEqual(blocks, [], name);
    const invalid = done.stderr.split(/\n(?===\d+== (?:Invalid|Conditional|Use of))/).filter((block) => /(?:Invalid|Conditional|Use of)[^]*(?:addon_|prism_|prs_)/.test(block.slice(0, 2000)));
    assert.deepEqual(invalid, [], name);
    assert.match(done.stdout, /^\[\[/, done.stderr.slice(-2000));
  }
});
