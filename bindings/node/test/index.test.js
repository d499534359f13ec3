'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { Index, Schema, NotFoundError, ExistsError, LockedError, ClosedError, ReadOnlyError, key, text, folder, smallIndex, memory, SCHEMA } = require('./helper');

test('create, open, exists', async (t) => {
  const dir = path.join(folder(t), 'new');
  await assert.rejects(Index.open(dir), (error) => error instanceof NotFoundError && error.code === 'ENOTFOUND');
  const index = await Index.create(dir, SCHEMA);
  assert.equal(index.path, dir);
  await assert.rejects(Index.create(dir, SCHEMA), ExistsError);
  assert.throws(() => Index.createSync(dir), ExistsError);
  const again = await Index.create(dir, undefined, { existOk: true });
  assert.ok(again.schema.equals(new Schema(SCHEMA)));
  for (const place of [Buffer.from(dir), pathToFileURL(dir)]) (await Index.open(place)).closeSync();
  const opened = await Index.open(dir, { create: { other: 'text' } });
  assert.deepEqual(opened.schema.names, Object.keys(SCHEMA));
  await Promise.all([index.close(), again.close(), opened.close()]);
});

test('open with create makes what is not there', async (t) => {
  const dir = path.join(folder(t), 'made');
  const index = await Index.open(dir, { create: { id: key(), body: text() } });
  assert.deepEqual(index.schema.names, ['id', 'body']);
  Index.openSync(dir, { create: { x: 'text' } }).closeSync();
  await index.close();
});

test('one writer at a time', async (t) => {
  const index = smallIndex(t);
  const writer = await index.writer();
  await assert.rejects(index.writer(), LockedError);
  await writer.close();
  await (await index.writer()).close();
});

test('read only, checksums, pread, commits back', async (t) => {
  const index = smallIndex(t);
  const frozen = Index.openSync(index.path, { readOnly: true, checksums: 'eager', usePread: true });
  assert.equal(frozen.countSync('apple'), 2);
  assert.throws(() => frozen.writerSync(), ReadOnlyError);
  assert.throws(() => Index.openSync(index.path, { checksums: 'never' }), /checksums is 'lazy' or/);
  const writer = index.writerSync({ durable: false });
  writer.deleteSync('a');
  writer.commitSync();
  writer.closeSync();
  const before = Index.openSync(index.path, { commitsBack: 1 });
  assert.deepEqual([before.countSync('apple'), index.countSync('apple')], [2, 1]);
  frozen.closeSync();
  before.closeSync();
});

test('searches of an index see the newest commit, also of another process', async (t) => {
  const index = smallIndex(t);
  const other = Index.openSync(index.path);
  assert.equal(await other.count('cherry'), 0);
  const writer = await index.writer();
  await writer.put({ id: 'd', title: 'Cherry' });
  assert.equal(await other.count('cherry'), 0);
  await writer.commit();
  assert.equal(await other.count('cherry'), 1);
  await writer.close();
  await other.close();
});

test('a snapshot never changes; refresh brings the newest', async (t) => {
  const index = smallIndex(t);
  const snapshot = await index.snapshot();
  assert.equal(await snapshot.refresh(), snapshot);
  const writer = await index.writer({ durable: false });
  await writer.put({ id: 'd', title: 'Cherry' });
  const generation = await writer.commit('five');
  await writer.close();
  assert.equal(await snapshot.count('cherry'), 0);
  const newer = await snapshot.refresh();
  assert.notEqual(newer, snapshot);
  assert.deepEqual([newer.size, newer.generation, newer.payload.toString(), newer.deleted], [4, generation, 'five', 0]);
  assert.equal(newer.uuid, snapshot.uuid);
  assert.match(newer.uuid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.ok(newer.segments >= 1);
  await index.close();
  assert.deepEqual((await newer.search('cherry')).keys, ['d']); // lives on
  assert.equal((await newer.facts()).documents, 4);
  await newer.close();
  await snapshot.close();
});

test('documents by key', async (t) => {
  const index = smallIndex(t);
  assert.equal((await index.get('c')).title, '数据库备份');
  assert.equal(index.getSync('b').tags.length, 2);
  assert.equal(await index.get('z'), undefined);
  assert.deepEqual([await index.has('a'), await index.has('z'), index.hasSync('b')], [true, false, true]);
  assert.equal(JSON.parse(await index.getRaw('a')).title, 'Apple pie');
  assert.equal(index.getRawSync('z'), undefined);
});

test('walking all documents, both ways', async (t) => {
  const { index, writer } = memory(t);
  await writer.putAll(Array.from({ length: 1200 }, (_, i) => ({ id: String(i), n: i })));
  await writer.commit();
  const seen = [];
  for await (const document of index) seen.push(document.id);
  assert.deepEqual(seen, Array.from({ length: 1200 }, (_, i) => String(i)));
  assert.equal([...index].length, 1200);
  const hits = [];
  for await (const hit of index.scan('n:[100 TO 1150]', { sort: 'n:desc', select: ['n'] })) hits.push(hit.fields.n);
  assert.deepEqual([hits.length, hits[0], hits.at(-1)], [1051, 1150, 100]);
  assert.equal([...index.scanSync('*:*', { after: index.searchSync('*:*', { sort: '_arrival', limit: 1000 }).next })].length, 200);
});

test('a walk stays in its commit', async (t) => {
  const { index, writer } = memory(t);
  await writer.putAll(Array.from({ length: 1000 }, (_, i) => ({ id: String(i) })));
  await writer.commit();
  let n = 0;
  for await (const hit of index.scan()) {
    if (n++ === 10) {
      await writer.deleteByQuery('*:*');
      await writer.commit();
    }
    assert.ok(hit.key);
  }
  assert.equal(n, 1000);
  assert.equal(await index.count('*:*'), 0);
});

test('words, info, analysis, how a query is understood', async (t) => {
  const index = smallIndex(t);
  const terms = await index.terms('title', 'p');
  assert.deepEqual(terms, [{ term: 'pear', kind: 'word', df: 1, cf: 1 }, { term: 'pie', kind: 'word', df: 1, cf: 1 }]);
  assert.equal(index.termsSync('body', '', 3).length, 3);
  await assert.rejects(index.terms('nobody'), NotFoundError);
  assert.equal((await index.info()).documents, 3);
  assert.equal(index.infoSync().documents, 3);
  const tokens = index.analyze('Wi-Fi 数据', 'body');
  assert.ok(tokens.some((token) => token.term === '数据' && token.start === 6 && token.end === 12));
  assert.throws(() => index.analyze('x', 'nobody'), NotFoundError);
  const { tree, notes, shape } = index.parse('apple (pear');
  assert.equal(notes[0][0], 6);
  assert.ok(tree.type && shape);
});

test('close: twice is fine, later calls say so', async (t) => {
  const index = smallIndex(t);
  assert.equal(index.closed, false);
  await Promise.all([index.close(), index.close()]);
  index.closeSync();
  assert.equal(index.closed, true);
  await assert.rejects(index.search('x'), (error) => error instanceof ClosedError && error.message === 'the index is closed' && error.code === 'ECLOSED');
  assert.throws(() => index.searchSync('x'), ClosedError);
  await assert.rejects(index.writer(), ClosedError);
});

test('the end of a block closes', { skip: !Symbol.asyncDispose }, async (t) => {
  const index = smallIndex(t);
  const writer = await index.writer();
  await writer.put({ id: 'x' });
  await writer[Symbol.asyncDispose]();
  assert.ok(writer.closed);
  assert.equal(await index.has('x'), false); // not committed
  const snapshot = index.snapshotSync();
  snapshot[Symbol.dispose]();
  assert.ok(snapshot.closed);
});

test('a schema of fields, of JSON, of nothing', (t) => {
  const schema = new Schema(SCHEMA);
  assert.deepEqual([schema.key, schema.get('title').boost, schema.get('zz')], ['id', 2, undefined]);
  assert.ok(new Schema(JSON.stringify(schema)).equals(schema));
  assert.ok(!new Schema().equals(schema) && !schema.equals(5));
  assert.deepEqual(new Schema().names.slice(0, 3), ['id', 'title', 'body']);
  assert.throws(() => schema.withFields({ other: key() }), /cannot become the key/);
  const more = schema.withFields({ lang: 'keyword' });
  assert.deepEqual(more.names.at(-1), 'lang');
  schema.toJSON().fields.length = 0; // a copy
  assert.equal(schema.names.length, 8);
  assert.match(String(schema), /^Schema { id: keyword, title: text/);
  assert.ok(fs.existsSync(smallIndex(t).path));
  for (const bad of [5, [], { x: 'int' }, { x: 5 }, { 'a b': 'text' }, { x: text({ boost: 101 }) }, { a: key(), b: key() }, '{']) {
    assert.throws(() => new Schema(bad), (error) => error instanceof TypeError || error.code === 'EINVAL' || error.code === 'EPARSE', JSON.stringify(bad));
  }
  assert.throws(() => text({ column: true }), /a field of type text has no 'column'/);
});

test('open with create keeps the other options, whether it makes the index or not', async (t) => {
  const dir = folder(t);
  for (const [call, name] of [['open', 'a'], ['openSync', 'b']]) {
    const where = path.join(dir, name);
    for (const made of [true, false]) {
      const index = await Index[call](where, { create: { id: key() }, readOnly: true });
      await assert.rejects(index.writer(), (error) => error.code === 'EREADONLY', `${call} ${made}`);
      assert.deepEqual(index.schema.names, ['id']);
      await index.close();
    }
    await assert.rejects(async () => Index[call](where, { create: { id: 'no such type' } }));
    await assert.rejects(async () => Index[call](where, { create: { id: key() }, checksums: 'never' }), TypeError);
  }
  await assert.rejects(Index.open(path.join(dir, 'c'), { create: { id: key() }, signal: AbortSignal.abort() }), (error) => error.name === 'AbortError');
  assert.equal(fs.existsSync(path.join(dir, 'c')), false);
});

test('a scan gives its view back, finished or left', async (t) => {
  const index = smallIndex(t);
  const taken = [];
  const { _still, _stillSync } = Object.getPrototypeOf(index);
  index._still = async function () { taken.push(await _still.call(this)); return taken.at(-1); };
  index._stillSync = function () { taken.push(_stillSync.call(this)); return taken.at(-1); };
  for await (const hit of index.scan()) assert.ok(hit.fields);
  for await (const hit of index.scan()) if (hit) break;
  for (const hit of index.scanSync()) assert.ok(hit.fields);
  for (const hit of index.scanSync()) if (hit) break;
  assert.deepEqual(taken.map((one) => one.closed), [true, true, true, true]);
  const snapshot = index.snapshotSync();
  for (const hit of snapshot.scanSync()) assert.ok(hit);
  for await (const hit of snapshot.scan()) assert.ok(hit);
  assert.equal(snapshot.closed, false);
});

test('a scan refuses what it would ignore; no order is that of arrival', (t) => {
  const index = smallIndex(t);
  for (const how of [{ limit: 1 }, { offset: 1 }, { count: true }]) assert.throws(() => index.scanSync('*:*', how).next(), /scanSync has no option/);
  assert.deepEqual([...index.scanSync('*:*', { sort: undefined })].map((hit) => hit.key), ['a', 'b', 'c']);
  assert.deepEqual([...index.scanSync('apple', { sort: null })].map((hit) => hit.key), ['a', 'b']);
});
