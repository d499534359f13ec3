'use strict';
/* Many at once: readers while one writes, in promises and in workers. */
const test = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { Index, MisuseError, PACKAGE, check, range, key, text, integer, folder, memory, assertSound } = require('./helper');

const SCHEMA = { id: key(), body: text(), n: integer({ column: true }) };
const COMMITS = 40;

/* Every reader sees whole commits only: each has ten documents of its number. */
async function readOnce(index) {
  const snapshot = await index.snapshot();
  if (snapshot.size % 10) throw new Error(`${snapshot.size} documents`);
  const [newest] = await snapshot.search('word', { limit: 1, sort: 'n:desc' });
  if (newest) {
    const n = await snapshot.count(range('n', newest.fields.n, newest.fields.n));
    if (n !== 10) throw new Error(`${n} documents of a commit`);
  }
  for (const hit of await index.search('word 数据', { limit: 5, highlight: ['body'] })) {
    if (hit.fields.id !== hit.key || !hit.highlights.body[0].marked().includes('<mark>')) throw new Error('another document');
  }
  await snapshot.close();
}

async function writeAll(index) {
  const writer = await index.writer({ durable: false, threads: 2 });
  for (let commit = 0; commit < COMMITS; commit++) {
    await writer.putAll(Array.from({ length: 10 }, (_, i) => ({ id: `${commit}-${i}`, body: `word 数据库 ${i}`, n: commit })));
    await writer.commit();
  }
  await writer.merge(1);
  await writer.close();
}

test('eight readers by promises while one writes', async (t) => {
  const dir = path.join(folder(t), 'i');
  const index = await Index.create(dir, SCHEMA);
  let done = false;
  const readers = Array.from({ length: 8 }, async () => {
    let rounds = 0;
    do await readOnce(index);
    while ((rounds++, !done));
    return rounds;
  });
  await writeAll(index).finally(() => (done = true));
  assert.ok((await Promise.all(readers)).every((rounds) => rounds > 0));
  assert.equal(await index.count('*:*'), COMMITS * 10);
  await index.close();
  assertSound(await check(dir, { level: 'deep' }));
});

test('eight readers in workers, at once and by promises, while one writes', async (t) => {
  const dir = path.join(folder(t), 'i');
  const index = await Index.create(dir, SCHEMA);
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    const { Index, range } = require(${JSON.stringify(PACKAGE)});
    const { dir, now } = workerData;
    ${readOnce}
    function readNow(index) {
      const snapshot = index.snapshotSync();
      if (snapshot.size % 10) throw new Error(snapshot.size + ' documents');
      for (const hit of snapshot.searchSync('word 数据', { limit: 5 })) if (hit.fields.id !== hit.key) throw new Error('another document');
      snapshot.closeSync();
    }
    (async () => {
      const index = Index.openSync(dir);
      let done = false, rounds = 0;
      parentPort.on('message', () => { done = true; });
      parentPort.postMessage('ready');
      do {
        if (now) { readNow(index); await new Promise(setImmediate); } else await readOnce(index);
        rounds++;
      } while (!done);
      parentPort.postMessage(rounds);
      parentPort.close();
    })();`;
  const workers = Array.from({ length: 8 }, (_, i) => new Worker(code, { eval: true, workerData: { dir, now: i % 2 === 0 } }));
  const results = workers.map(
    (worker) =>
      new Promise((resolve, reject) => {
        worker.on('message', (rounds) => rounds !== 'ready' && resolve(rounds));
        worker.on('error', reject);
      }),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))));
  await writeAll(index);
  for (const worker of workers) worker.postMessage('done');
  assert.ok((await Promise.all(results)).every((rounds) => rounds > 0));
  await index.close();
});

test('many calls of one writer at once', async (t) => {
  const { index, writer } = memory(t, SCHEMA);
  const calls = [];
  for (let w = 0; w < 8; w++) {
    for (let i = 0; i < 200; i++) calls.push(writer.put({ id: `${w}-${i}` }));
    calls.push(writer.putAll(Array.from({ length: 200 }, (_, i) => ({ id: `many ${w}-${i}` }))));
  }
  await Promise.all(calls);
  await writer.commit();
  assert.equal(await index.count('*:*'), 3200);
});

test('the line of a writer leaves the pool to others', async (t) => {
  const { index, writer } = memory(t, SCHEMA);
  const order = [];
  const puts = Array.from({ length: 3000 }, (_, i) => writer.put({ id: String(i), body: `word ${i} `.repeat(50) }));
  Promise.all(puts).then(() => order.push('puts'));
  await Promise.all(Array.from({ length: 20 }, () => require('node:fs/promises').stat('.'))).then(() => order.push('files'));
  await Promise.all(puts);
  await null;
  assert.equal(order[0], 'files');
  assert.ok(index);
});

test('the thread of JavaScript goes on while the pool works', async (t) => {
  const index = Index.inMemory();
  const writer = index.writerSync({ maxSegments: 1000 });
  t.after(() => writer.close());
  for (let part = 0; part < 3; part++) {
    await writer.putAll(Array.from({ length: 15000 }, (_, i) => ({ id: `${part}-${i}`, body: `word w${i} v${i % 777} 数据 ${i}` })));
    await writer.commit();
  }
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const began = performance.now();
  await writer.merge(1);
  const took = performance.now() - began;
  clearInterval(timer);
  if (took < 50) return t.skip(`over in ${took} ms`);
  assert.ok(ticks > took / 40, `${ticks} ticks in ${took} ms`);
});

test('the schema of a writer is read in the order of the calls that change it', async (t) => {
  const { writer } = memory(t, SCHEMA);
  const before = await writer.schema();
  const calls = [];
  for (let round = 0; round < 100; round++) {
    calls.push(writer.deleteByQuery(range('n', 5, 6)), writer.setSchema(before.withFields({ [`field${round}`]: 'keyword' })));
    calls.push(writer.schema().then((schema) => assert.deepEqual(schema.names, ['id', 'body', 'n', `field${round}`])));
    calls.push(writer.rollback());
    if (round % 10 === 0) assert.throws(() => writer.schemaSync(), MisuseError);
  }
  await Promise.all(calls);
  assert.deepEqual(writer.schemaSync().names, before.names);
});
