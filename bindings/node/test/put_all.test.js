'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const { Readable } = require('node:stream');
const { RejectedError, ParseError, readNdjson, folder, memory } = require('./helper');

const many = (n) => Array.from({ length: n }, (_, i) => ({ id: String(i), title: `number ${i}`, n: i }));

async function* slowly(documents) {
  for (const document of documents) {
    await null;
    yield document;
  }
}

function* lazily(documents) {
  yield* documents;
}

test('arrays, iterables, async iterables, streams', async (t) => {
  for (const source of [many(2000), lazily(many(2000)), slowly(many(2000)), new Set(many(2000)), Readable.from(many(2000))]) {
    const { index, writer } = memory(t);
    assert.deepEqual(await writer.putAll(source), { put: 2000, rejected: [] });
    await writer.commit();
    assert.equal(await index.count('*:*'), 2000);
  }
  const { index, writer } = memory(t);
  assert.deepEqual(writer.putAllSync(lazily(many(2000)), { append: true }), { put: 2000, rejected: [] });
  assert.deepEqual(await writer.putAll([]), { put: 0, rejected: [] });
  writer.commitSync();
  assert.equal(await index.count('*:*'), 2000);
});

test('what is no iterable of documents', async (t) => {
  const { writer } = memory(t);
  for (const bad of [undefined, null, 5, 'x', {}, Buffer.from('{}')]) await assert.rejects(writer.putAll(bad), TypeError);
  assert.throws(() => writer.putAllSync(slowly([])), TypeError);
  await assert.rejects(writer.putAll([], { onError: 'ignore' }), TypeError);
  await assert.rejects(writer.putAll([], { onReject: 5 }), TypeError);
});

test('the first that is refused is thrown, with its place; those before it are put', async (t) => {
  for (const call of ['putAll', 'putAllSync']) {
    const { index, writer } = memory(t);
    const documents = many(1000);
    documents[700] = { id: 'x', n: 'wrong' };
    await assert.rejects(async () => writer[call](documents), (error) => error instanceof RejectedError && error.document === 700);
    documents[700] = { id: 'x', n: () => 5 };
    await assert.rejects(async () => writer[call](documents), (error) => error instanceof TypeError && error.document === 700 && /member "n"/.test(error.message));
    writer.commitSync();
    assert.equal(await index.count('n:[0 TO 699]'), 700);
    assert.equal(await index.has('x'), false);
  }
});

test('nothing behind the first that is refused is put, whatever else is wrong', async (t) => {
  for (const call of ['putAll', 'putAllSync']) {
    for (const source of [(documents) => documents, (documents) => (call === 'putAll' ? slowly(documents) : lazily(documents))]) {
      const { index, writer } = memory(t);
      const documents = many(1500);
      documents[3] = { id: 'x', n: 'wrong' };
      documents[700] = { id: 'y', n: 'wrong' };
      documents[1400] = { id: 'z', n: () => 5 };
      await assert.rejects(async () => writer[call](source(documents)), (error) => error instanceof RejectedError && error.document === 3);
      writer.commitSync();
      assert.equal(await index.count('*:*'), 3);
    }
  }
});

test('collect goes on, and tells all of them in order', async (t) => {
  for (const call of ['putAll', 'putAllSync']) {
    const { writer } = memory(t);
    const documents = many(1500);
    documents[3] = { id: 'x', n: 'wrong' };
    documents[4] = 5;
    documents[1200] = '{';
    const { put, rejected } = await writer[call](documents, { onError: 'collect' });
    assert.equal(put, 1497);
    assert.deepEqual(rejected.map((one) => [one.document, one.error.constructor]), [[3, RejectedError], [4, TypeError], [1200, ParseError]]);
    const told = [];
    assert.deepEqual(await writer[call](documents, { onReject: (place, error) => told.push([place, error.document]) }), { put: 1497, rejected: [] });
    assert.deepEqual(told.sort((a, b) => a[0] - b[0]), [[3, 3], [4, 4], [1200, 1200]]);
  }
});

test('what the source throws is what the caller gets; what came before is put', async (t) => {
  const { index, writer } = memory(t);
  const mine = new Error('mine');
  async function* failing() {
    yield* many(10);
    throw mine;
  }
  await assert.rejects(writer.putAll(failing()), (error) => error === mine);
  function* failingNow() {
    yield* many(20);
    throw mine;
  }
  assert.throws(() => writer.putAllSync(failingNow()), (error) => error === mine);
  await writer.commit();
  assert.equal(await index.count('*:*'), 20);
});

test('the source is closed when a document ends the walk', async (t) => {
  const { writer } = memory(t);
  let closed = 0;
  async function* source() {
    try {
      while (true) yield { n: 'wrong' };
    } finally {
      closed++;
    }
  }
  await assert.rejects(writer.putAll(source()), RejectedError);
  assert.equal(closed, 1);
});

test('back-pressure: no more than two batches are taken from a source that does not end', async (t) => {
  const { writer } = memory(t);
  let taken = 0;
  let put = 0;
  async function* source() {
    for (; taken < 8_000; taken++) yield { id: String(taken), body: 'x'.repeat(1000) };
  }
  const watch = setInterval(() => {}, 1);
  let most = 0;
  const original = writer.putAll(
    (async function* () {
      for await (const document of source()) {
        put = writer.statsSync().documentsPut;
        most = Math.max(most, taken - put);
        yield document;
      }
    })(),
  );
  await original;
  clearInterval(watch);
  assert.ok(most <= 3 * 512 + 2, `${most} documents were taken and not put`);
});

test('walks beside each other do not mix', async (t) => {
  const { index, writer } = memory(t);
  const walks = Array.from({ length: 5 }, (_, w) => writer.putAll(slowly(Array.from({ length: 1000 }, (_, i) => ({ id: `${w}-${i}`, n: w })))));
  assert.deepEqual((await Promise.all(walks)).map((one) => one.put), [1000, 1000, 1000, 1000, 1000]);
  await writer.commit();
  for (let w = 0; w < 5; w++) assert.equal(await index.count(`n:${w}`), 1000);
});

test('NDJSON by lines, from files and streams', async (t) => {
  const { index, writer } = memory(t);
  const text = `${many(3000).map((one) => JSON.stringify(one)).join('\n')}\n\n  \n{"id":"last","title":"数据"}`;
  const file = path.join(folder(t), 'x.ndjson');
  fs.writeFileSync(file, text);
  fs.writeFileSync(`${file}.gz`, zlib.gzipSync(text));
  for (const source of [file, `${file}.gz`, fs.createReadStream(file, { highWaterMark: 7 }), [text.slice(0, 100), text.slice(100)]]) {
    assert.deepEqual(await writer.putAll(readNdjson(source)), { put: 3001, rejected: [] });
  }
  await writer.commit();
  assert.equal((await index.get('last')).title, '数据');
  await assert.rejects(writer.putAll(readNdjson(`${file}.none`)), (error) => error.code === 'ENOENT');
  fs.writeFileSync(`${file}.bad.gz`, 'no gzip');
  await assert.rejects(writer.putAll(readNdjson(`${file}.bad.gz`)), (error) => error.code === 'Z_DATA_ERROR');
  await assert.rejects(writer.putAll(readNdjson(5)), TypeError);
});

test('a file of NDJSON that is left early is closed', { skip: !fs.existsSync('/proc/self/fd') }, async (t) => {
  const file = path.join(folder(t), 'x.ndjson');
  const text = Array.from({ length: 200_000 }, (_, i) => `{"id":"${i}","title":"${(i * 7919) % 1e6}"}`).join('\n');
  fs.writeFileSync(file, text);
  fs.writeFileSync(`${file}.gz`, zlib.gzipSync(text));
  const held = () => fs.readdirSync('/proc/self/fd').filter((fd) => { try { return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(file); } catch { return false; } });
  for (const name of [file, `${file}.gz`]) {
    for await (const line of readNdjson(name)) if (line) break;
    for (let i = 0; i < 100 && held().length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(held(), [], name);
  }
});
