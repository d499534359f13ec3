'use strict';
/* The end of a process or worker with work under way: no crash, no wait for what nobody will see. */
const test = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { setTimeout: sleep } = require('node:timers/promises');
const { Index, PACKAGE, check, folder, key, text, runNode, assertSound } = require('./helper');

const helper = `const { slowIndex, slowQuery, slowly, folder } = require(${JSON.stringify(path.join(PACKAGE, 'test', 'helper.js'))});`;

test('process.exit with searches, puts and commits under way', () => {
  for (const delay of [0, 1, 20]) {
    const done = runNode(
      `${helper}
       const index = slowIndex();
       const writer = index.writerSync({ threads: 2 });
       for (let i = 0; i < 30; i++) index.search(slowQuery, slowly);
       writer.putAll((function* () { for (let i = 0; ; i++) yield { id: 'x' + i, body: 'word ' + i }; })());
       writer.commit(); writer.merge();
       setTimeout(() => process.exit(7), ${delay});`,
    );
    assert.deepEqual([done.status, done.signal, done.stderr], [7, null, '']);
  }
});

test('process.exit does not wait for what it cuts off', () => {
  const done = runNode(
    `${helper}
     const index = slowIndex();
     const began = performance.now();
     index.searchSync(slowQuery, slowly);
     const whole = performance.now() - began;
     for (let i = 0; i < 40; i++) index.search(slowQuery, slowly);
     setTimeout(() => { const from = performance.now(); process.on('exit', () => {}); require('fs').writeSync(1, JSON.stringify([whole, Date.now()])); process.exit(); }, 20);`,
  );
  const [whole, at] = JSON.parse(done.stdout);
  assert.ok(Date.now() - at < whole * 5 + 1000, `${Date.now() - at} ms, one search takes ${whole}`);
});

test('an exception that nobody catches, with work under way', () => {
  const done = runNode(`${helper} const index = slowIndex(); for (let i = 0; i < 10; i++) index.search(slowQuery, slowly); setTimeout(() => { throw new Error('mine'); }, 5);`);
  assert.deepEqual([done.status, done.signal], [1, null]);
  assert.match(done.stderr, /Error: mine/);
});

test('the natural end waits for what was asked, and closes', () => {
  const done = runNode(
    `${helper}
     const index = slowIndex(1000);
     index.search(slowQuery, slowly).then((hits) => console.log(hits.length));
     index.writerSync().put({ id: 'x' }).then(() => console.log('put'));`,
    [],
    { flags: ['--no-warnings'] },
  );
  assert.deepEqual(done.stdout.trim().split('\n').sort(), ['10', 'put'], done.stderr);
  assert.equal(done.status, 0);
});

const inWorker = (code) =>
  new Worker(`const { parentPort, workerData } = require('node:worker_threads'); ${helper} const prismsearch = require(${JSON.stringify(PACKAGE)}); ${code}`, {
    eval: true,
    workerData: null,
  });

test('a worker is terminated with work under way, again and again', async () => {
  for (let round = 0; round < 8; round++) {
    const worker = inWorker(
      `const index = slowIndex(500);
       const writer = index.writerSync({ threads: 2 });
       for (let i = 0; i < 6; i++) index.search(slowQuery, slowly);
       writer.putAll((function* () { for (let i = 0; ; i++) yield { id: 'x' + i, body: 'word ' + i }; })(), { onReject() {} });
       writer.merge(1, { progress() {} });
       parentPort.postMessage('ready');
       setInterval(() => index.search('w1'), 1);`,
    );
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await sleep(round * 3);
    await worker.terminate();
  }
});

test('a worker ends by process.exit, and by an exception', async () => {
  for (const end of ['process.exit(3)', "throw new Error('mine')"]) {
    const worker = inWorker(`const index = slowIndex(1000); for (let i = 0; i < 10; i++) index.search(slowQuery, slowly); setTimeout(() => { ${end}; }, 5);`);
    worker.on('error', () => {});
    const code = await new Promise((resolve) => worker.once('exit', resolve));
    assert.equal(code, end.startsWith('process') ? 3 : 1);
  }
});

test('the lock of a writer is free when its worker has ended', async (t) => {
  const dir = path.join(folder(t), 'i');
  Index.createSync(dir, { id: key(), body: text() }).closeSync();
  for (let round = 0; round < 3; round++) {
    const worker = inWorker(
      `const writer = prismsearch.Index.openSync(${JSON.stringify(dir)}).writerSync({ durable: false });
       writer.put({ id: 'a${round}' }).then(() => writer.commit()).then(() => { writer.put({ id: 'never' }); parentPort.postMessage('ready'); });
       setInterval(() => {}, 1000);`,
    );
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await worker.terminate();
    const index = Index.openSync(dir);
    const writer = index.writerSync();
    assert.deepEqual([index.countSync('*:*'), index.hasSync('never')], [round + 1, false]);
    writer.closeSync();
    index.closeSync();
  }
  assertSound(await check(dir));
});

test('two contexts of one process use the addon beside each other', async () => {
  const code = `
    const index = prismsearch.Index.inMemory();
    const writer = index.writerSync();
    (async () => {
      for (let i = 0; i < 300; i++) await writer.put({ id: String(i), body: 'word ' + i });
      await writer.commit();
      try { await index.search('(', { strict: true }); } catch (error) { if (!(error instanceof prismsearch.ParseError)) throw error; }
      parentPort.postMessage(await index.count('word'));
    })();`;
  const counts = await Promise.all(
    Array.from({ length: 4 }, () => new Promise((resolve, reject) => inWorker(code).once('message', resolve).once('error', reject))),
  );
  assert.deepEqual(counts, [300, 300, 300, 300]);
});
