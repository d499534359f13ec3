'use strict';
/* Values that run code, contradict themselves or are too large: an exception, and the writer is as before. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { LimitError, MisuseError, RejectedError, ParseError, memory, smallIndex } = require('./helper');

const mine = new Error('mine');
const throws = () => {
  throw mine;
};

test('getters, proxies and toJSON that throw', async (t) => {
  const { index, writer } = memory(t);
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const bad = [
    { get title() { return throws(); } },
    { title: { toJSON: throws } },
    { title: { get toJSON() { return throws(); } } },
    { title: { get [Symbol.iterator]() { return throws(); } } },
    { title: { *[Symbol.iterator]() { throws(); } } },
    new Proxy({}, { ownKeys: throws }),
    new Proxy({ a: 1 }, { get: throws }),
    new Proxy({ a: 1 }, { getOwnPropertyDescriptor: throws }),
    { tags: new Proxy([], { get: throws }) },
    { date: Object.assign(new Date(), { toISOString: throws }) },
    { deep: [[[[{ get x() { return throws(); } }]]]] },
  ];
  for (const document of bad) {
    assert.throws(() => writer.putSync(document), (error) => error === mine);
    await assert.rejects(writer.put(document), (error) => error === mine);
    await assert.rejects(writer.putAll([{ id: 'before' }, document]), (error) => error === mine);
    // A stranger's exception is none of a document: collecting does not hide it.
    await assert.rejects(writer.putAll([document], { onError: 'collect' }), (error) => error === mine);
  }
  assert.throws(() => writer.putSync(revoked.proxy), TypeError);
  assert.throws(() => writer.putSync({ title: revoked.proxy }), TypeError);
  await writer.put({ id: 'after' });
  await writer.commit();
  assert.deepEqual([...index].map((document) => document.id).sort(), ['after', 'before']);
});

test('proxies and getters that behave are documents', (t) => {
  const { index, writer } = memory(t);
  writer.putSync(new Proxy({ id: 'p', title: 'proxy' }, {}));
  writer.putSync(new Proxy({}, { ownKeys: () => ['id', 'n'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 0 }), get: (_, name) => ({ id: 'q', n: 7 })[name] }));
  writer.putSync({ get id() { return 'g'; }, title: 'got' });
  writer.commitSync();
  assert.deepEqual([index.getSync('p').title, index.getSync('q').n, index.getSync('g').title], ['proxy', 7, 'got']);
});

test('code of a value that uses the writer, the index and itself meanwhile', async (t) => {
  const { index, writer } = memory(t);
  let deep = 0;
  let refused = 0;
  const putInner = (inner) => {
    try {
      writer.putSync(inner);
    } catch (error) {
      assert.ok(error instanceof MisuseError, error); // it would overtake the putAll that reads the document
      refused++;
    }
  };
  const document = {
    id: 'outer',
    get title() {
      if (deep++ < 3) putInner({ id: `inner${deep}`, get body() { return writer.commitSync() && 'x'; } });
      index.searchSync('x');
      writer.put({ id: `later${deep}` });
      delete document.body;
      document.added = 1;
      return 'title';
    },
    body: 'goes away',
  };
  await writer.put(document);
  await writer.putAll([document, document]);
  await writer.commit();
  const ids = [...index].map((one) => one.id).sort();
  assert.deepEqual(ids, ['inner1', 'inner2', 'inner3', 'later1', 'later2', 'later3', 'outer'].filter((id) => ids.includes(id)));
  assert.ok(ids.includes('outer') && ids.includes('inner1'));
  assert.equal(refused, 2);
});

test('a getter that closes the writer', async (t) => {
  const { index } = memory(t);
  await index.close();
  for (const close of [(w) => w.closeSync(), (w) => w.close()]) {
    const own = memory(t);
    const document = { id: 'x', get title() { close(own.writer); return 'x'; } };
    await own.writer.put(document).catch((error) => assert.equal(error.code, 'ECLOSED'));
    await own.writer.close();
    assert.ok(own.writer.closed);
  }
});

test('cycles, depth', async (t) => {
  const { writer } = memory(t);
  const cycle = { id: 'x' };
  cycle.self = cycle;
  assert.throws(() => writer.putSync(cycle), /nested more than 64 deep/);
  const array = [];
  array.push(array);
  assert.throws(() => writer.putSync({ array }), /nested more than 64 deep/);
  const again = { toJSON() { return again; } };
  assert.throws(() => writer.putSync({ again }), /nested more than 64 deep/);
  let deep = 'bottom';
  for (let i = 0; i < 1_000_000; i++) deep = { deep };
  assert.throws(() => writer.putSync({ deep }), /nested more than 64 deep/);
  assert.throws(() => writer.putSync(`{"a":${'['.repeat(100_000)}`), (error) => error instanceof ParseError || error instanceof LimitError);
  await writer.put({ id: 'ok' });
});

test('huge strings and documents', async (t) => {
  const { index, writer } = memory(t);
  const huge = 'x'.repeat(17 << 20);
  assert.throws(() => writer.putSync({ id: 'x', title: huge }), LimitError);
  await assert.rejects(writer.put(huge), LimitError);
  await assert.rejects(writer.put(Buffer.from(`{"id":"x","title":"${huge}"}`)), LimitError);
  await assert.rejects(writer.put({ id: huge }), (error) => error instanceof LimitError || error instanceof RejectedError);
  const much = 'y'.repeat(10 << 20);
  assert.throws(() => writer.putSync({ a: much, b: much, c: much }), LimitError);
  assert.throws(() => writer.putSync({ v: Array(500_000).fill(much.slice(0, 100)) }), LimitError);
  assert.throws(() => writer.putSync({ v: Array(8_000_000) }), LimitError);
  const longest = 'z'.repeat(2 ** 29 - 24);
  assert.throws(() => writer.putSync({ v: longest }), LimitError);
  await assert.rejects(index.search(huge), LimitError);
  await assert.rejects(index.get(longest), LimitError);
  await writer.put({ id: 'ok' });
  await writer.commit();
  assert.equal(await index.count('*:*'), 1);
});

test('buffers that change, shrink or are detached', async (t) => {
  const { index, writer } = memory(t);
  const buffer = Buffer.from('{"id":"b"}');
  const put = writer.put(buffer);
  buffer.fill(0); // it was copied
  await put;
  const { buffer: moved } = new Uint8Array(10);
  const view = new Uint8Array(moved);
  structuredClone(moved, { transfer: [moved] });
  await assert.rejects(writer.put(view), ParseError);
  await assert.rejects(writer.put(moved), ParseError);
  const shared = new Uint8Array(new SharedArrayBuffer(10));
  shared.set(Buffer.from('{"id":"s"}'));
  await writer.put(shared);
  await writer.commit(new Uint8Array(moved.byteLength));
  assert.deepEqual([...index].map((one) => one.id), ['b', 's']);
});

test('options that throw, lie or are inherited', async (t) => {
  const index = smallIndex(t);
  await assert.rejects(index.search('x', { get limit() { return throws(); } }), (error) => error === mine);
  await assert.rejects(index.search('x', { get signal() { return throws(); } }), (error) => error === mine);
  await assert.rejects(index.search('x', new Proxy({}, { get: throws, has: throws, ownKeys: throws })), (error) => error === mine);
  let reads = 0;
  const lying = { get limit() { return reads++ ? 'x' : 1; } };
  await index.search('apple', lying).catch((error) => assert.ok(error instanceof TypeError));
  assert.equal((await index.search('apple', Object.create({ limit: 1 }))).length, 1);
  await assert.rejects(index.search('x', { highlight: { length: 2 } }), TypeError);
  await assert.rejects(index.search('x', { highlight: [5] }), TypeError);
  await assert.rejects(index.search('x', { highlight: Array(65).fill('title') }), TypeError);
  assert.deepEqual((await index.search('apple', { select: Array(100).fill('n'), limit: 1 })).hits[0].fields, { n: 3 });
});

test('a changed Array.prototype, Map, Symbol or Promise', (t) => {
  const { index, writer } = memory(t);
  const { from } = Array;
  try {
    Array.from = throws;
    writer.putSync({ id: 'x', tags: ['a', 'b'] });
    assert.throws(() => writer.putSync({ id: 'y', tags: new Set(['a']) }), (error) => error === mine);
  } finally {
    Array.from = from;
  }
  writer.commitSync();
  assert.equal(index.countSync('tags:a'), 1);
});

test('a setter of a prototype neither takes a member nor gets at the texts that are read', (t) => {
  const { index, writer } = memory(t);
  writer.putAllSync(Array.from({ length: 16 }, (_, i) => ({ id: String(i), title: `word ${i}`, body: 'y'.repeat(10_000) })));
  writer.commitSync();
  const hits = index.searchSync('word', { limit: 16, sort: '_arrival' });
  let called = 0;
  const again = function () {
    called++;
    if (called < 20) hits.hits[15 - called % 16].fields?.body;
  };
  Object.defineProperty(Object.prototype, 'title', { set: again, configurable: true });
  try {
    assert.deepEqual(hits.hits[3].fields, { id: '3', title: 'word 3', body: 'y'.repeat(10_000) });
    assert.equal(called, 0);
  } finally {
    delete Object.prototype.title;
  }
});

test('a setter of Array.prototype takes no element of a document', (t) => {
  const { index, writer } = memory(t);
  const documents = [0, 1, 31, 32, 33, 100, 8191, 8192, 8193, 20_000].map((n, i) => ({ id: String(i), list: Array.from({ length: n }, (_, j) => j), o: { p: [[1], [[2, 'x']]] } }));
  writer.putAllSync(documents);
  writer.commitSync();
  const { hits } = index.searchSync('*:*', { limit: 16, sort: '_arrival' });
  let called = 0;
  let first;
  for (const place of [0, 1, 8192]) Object.defineProperty(Array.prototype, place, { set() { called++; }, configurable: true });
  try {
    first = hits[0].fields; // the page of all of them
    assert.equal(hits[0].fields, first);
  } finally {
    for (const place of [0, 1, 8192]) delete Array.prototype[place];
  }
  assert.equal(called, 0);
  for (let i = 0; i < documents.length; i++) assert.deepEqual(hits[i].fields, documents[i]);
});
