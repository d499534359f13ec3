'use strict';
/* Closing and collecting while calls are under way: never a crash, and never a wait for nothing. */
const test = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { Index, ClosedError, key, text, folder, smallIndex, slowIndex, slowQuery, slowly, runNode } = require('./helper');

test('close waits for the calls that are inside', async () => {
  const index = slowIndex(3000);
  const snapshot = await index.snapshot();
  let found = 0;
  const searches = Array.from({ length: 6 }, () => snapshot.search(slowQuery, slowly).then((hits) => (found += hits.length)));
  await Promise.all([snapshot.close(), index.close()]);
  assert.equal(found, 60);
  await Promise.all(searches);
  await assert.rejects(snapshot.search('x'), ClosedError);
});

test('closeSync amid calls: they end well', async () => {
  for (let round = 0; round < 20; round++) {
    const index = slowIndex(200);
    const writer = index.writerSync();
    const calls = [index.search('w1', slowly), index.count('w2'), writer.put({ id: 'x' }), writer.commit(), writer.putAll([{ id: 'y' }])];
    index.closeSync();
    writer.closeSync();
    assert.throws(() => writer.putSync({ id: 'z' }), ClosedError);
    for (const done of await Promise.allSettled(calls)) assert.ok(done.status === 'fulfilled' || done.reason instanceof ClosedError);
  }
});

test('close after closeSync waits for it, too', async (t) => {
  const index = smallIndex(t);
  for (let round = 0; round < 10; round++) {
    const writer = index.writerSync({ durable: false });
    let done = 0;
    const calls = [writer.putAll(Array.from({ length: 3000 }, (_, i) => ({ id: String(i), body: `word ${i}` }))).catch(() => {}).then(() => done++)];
    calls.push(writer.commit().then(() => done++));
    writer.closeSync();
    writer.closeSync(); // nothing more to do
    await Promise.all([writer.close(), writer.close()]);
    index.writerSync({ durable: false }).closeSync(); // the lock is free
    await Promise.all(calls);
    await writer.close();
  }
});

test('a writer is free again when close has ended', async (t) => {
  const index = smallIndex(t);
  for (let i = 0; i < 20; i++) {
    const writer = await index.writer({ durable: false });
    writer.put({ id: `x${i}` });
    writer.commit();
    await writer.close();
  }
  assert.equal(await index.count('*:*'), 23);
});

test('handles are collected while calls run, and the lock of a writer with them', async (t) => {
  const dir = path.join(folder(t), 'i');
  const done = runNode(
    `const dir = ${JSON.stringify(dir)};
     Index.createSync(dir, { id: key(), body: text() }).closeSync();
     const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
     const searches = [];
     function open() {
       const index = Index.openSync(dir);
       const writer = index.writerSync({ durable: false });
       searches.push(writer.putAll(Array.from({ length: 2000 }, (_, i) => ({ id: String(i), body: 'word ' + i }))).then(() => writer.commit()));
       searches.push(index.search('word', { limit: 100 }), index.snapshot().then((snapshot) => snapshot.count('*:*')));
     }
     (async () => {
       for (let round = 0; round < 10; round++) {
         open();
         for (let i = 0; i < 20; i++) { gc(); await sleep(1); }
         await Promise.all(searches);
         for (let i = 0; ; i++) {
           gc(); await sleep(5);
           try { Index.openSync(dir).writerSync().closeSync(); break; } catch (error) { if (i > 200 || error.code !== 'EBUSY') throw error; }
         }
       }
       console.log(await Index.openSync(dir).count('*:*'));
     })();`,
    [],
    { flags: ['--expose-gc', '--no-warnings'] },
  );
  assert.equal(done.stdout, '2000\n', done.stderr);
});

test('hits outlive everything they came from', async () => {
  const done = runNode(
    `(async () => {
       let index = Index.inMemory({ id: key(), body: text() });
       const writer = index.writerSync();
       writer.putAllSync(Array.from({ length: 100 }, (_, i) => ({ id: String(i), body: 'word number ' + i })));
       writer.commitSync(); writer.closeSync();
       let hits = await index.search('word', { highlight: ['body'] });
       await index.close(); index = undefined;
       for (let i = 0; i < 10; i++) { gc(); await new Promise((r) => setTimeout(r, 1)); }
       const hit = hits.hits[3]; hits = undefined;
       for (let i = 0; i < 10; i++) { gc(); await new Promise((r) => setTimeout(r, 1)); }
       console.log(hit.fields.body, hit.highlights.body[0].marked(), await hit.snippet('body'));
     })();`,
    [],
    { flags: ['--expose-gc'] },
  );
  assert.equal(done.stdout, 'word number 3 <mark>word</mark> number 3 <mark>word</mark> number 3\n', done.stderr);
});

test('an index that is only opened and dropped leaves no file open', async (t) => {
  const dir = path.join(folder(t), 'i');
  Index.createSync(dir, { id: key(), body: text() }).closeSync();
  const done = runNode(
    `const fs = require('fs');
     const dir = ${JSON.stringify(dir)};
     (async () => {
       for (let i = 0; i < 300; i++) { const index = Index.openSync(dir); await index.count('x'); index.snapshotSync(); }
       for (let i = 0; i < 20; i++) { gc(); await new Promise((r) => setTimeout(r, 5)); }
       const open = fs.readdirSync('/proc/self/fd').filter((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd).startsWith(dir); } catch { return false; } });
       console.log(open.length);
     })();`,
    [],
    { flags: ['--expose-gc'] },
  );
  assert.ok(Number(done.stdout) <= 3, done.stdout + done.stderr);
});
