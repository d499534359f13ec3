'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { Index, Schema, key, text, RejectedError, ParseError, InvalidError, NotFoundError, MisuseError, folder, memory, smallIndex, assertSound, check, runNode } = require('./helper');

test('put, replace, add, delete, commit, rollback', async (t) => {
  const { index, writer } = memory(t);
  await writer.put({ id: 'a', title: 'one' });
  await writer.put('{"id":"b","title":"two"}');
  await writer.put(Buffer.from('{"id":"c","title":"three"}'));
  await writer.add({ id: 'd', title: 'four' });
  await writer.put({ id: 'e' }, { append: true });
  assert.equal(await index.count('*:*'), 0);
  assert.equal(await writer.commit(), 2);
  assert.equal(await index.count('*:*'), 5);
  await writer.put({ id: 'a', title: 'again' });
  assert.equal(await writer.delete('b'), true);
  assert.equal(await writer.delete('b'), false);
  assert.equal(await writer.deleteByQuery('three OR four'), 2);
  const near = await writer.snapshot();
  assert.deepEqual([...near].map((d) => d.id), ['e', 'a']);
  await writer.rollback();
  assert.equal(await writer.commit(), 2); // nothing to commit
  assert.equal((await index.get('a')).title, 'one');
  await near.close();
});

test('the same at once', (t) => {
  const { index, writer } = memory(t);
  writer.putSync({ id: 'a', title: 'one' });
  writer.addSync({ id: 'b' });
  assert.equal(writer.deleteSync('b'), true);
  assert.equal(writer.deleteByQuerySync('one'), 1);
  assert.equal(writer.snapshotSync().size, 0);
  writer.rollbackSync();
  writer.putSync({ id: 'c' }, { append: true });
  assert.equal(writer.commitSync(new Uint8Array([1, 2])), 2);
  assert.deepEqual([...index.factsSync().payload], [1, 2]);
  writer.mergeSync();
  assert.equal(writer.statsSync().documentsPut, 3);
  assert.ok(writer.schemaSync().equals(index.schema));
});

test('calls are done in their order, awaited or not', async (t) => {
  const { index, writer } = memory(t);
  const calls = [];
  for (let i = 0; i < 200; i++) calls.push(writer.put({ id: 'same', n: i }));
  calls.push(writer.commit());
  calls.push(writer.delete('same'), writer.put({ id: 'last' }), writer.commit());
  const done = await Promise.all(calls);
  assert.deepEqual([done[200], done[201], done.at(-1)], [2, true, 3]);
  assert.deepEqual([await index.has('same'), await index.has('last')], [false, true]);
});

test('a ...Sync call does not overtake calls under way', async (t) => {
  const { index, writer } = memory(t);
  const calls = [writer.put({ id: 'a' }), writer.put({ id: 'b' })];
  const { schema } = index;
  const twins = {
    commitSync: [], putSync: [{ id: 'a' }], addSync: [{}], putAllSync: [[{ id: 'c' }]], deleteSync: ['a'], deleteByQuerySync: ['*:*'],
    rollbackSync: [], mergeSync: [], snapshotSync: [], setSchemaSync: [schema], schemaSync: [], addIndexesSync: [[]],
  };
  for (const [twin, args] of Object.entries(twins)) {
    assert.throws(() => writer[twin](...args), (error) => error instanceof MisuseError && error.code === 'EMISUSE' && /overtake/.test(error.message), twin);
  }
  assert.ok(writer.statsSync().documentsPut <= 2);
  await Promise.all(calls);
  writer.commitSync();
  assert.equal(await index.count('*:*'), 2);
});

test('... nor a putAll, whose source may keep it waiting', async (t) => {
  const { index, writer } = memory(t);
  let open;
  const gate = new Promise((done) => {
    open = done;
  });
  async function* source() {
    yield { id: 'a' };
    await gate;
    yield { id: 'b' };
  }
  const putting = writer.putAll(source());
  await new Promise(setImmediate);
  assert.throws(() => writer.commitSync(), (error) => error instanceof MisuseError && error.code === 'EMISUSE' && /putAll/.test(error.message));
  assert.throws(() => writer.putAllSync([{ id: 'c' }]), MisuseError);
  open();
  assert.equal((await putting).put, 2);
  writer.commitSync();
  assert.equal(await index.count('*:*'), 2);
});

test('payloads are bytes or texts', async (t) => {
  const { index, writer } = memory(t);
  const payloads = [['数据', '数据'], [Buffer.from('x\0y'), 'x\0y'], [new Uint16Array([0x4142]).buffer, 'BA'], [new DataView(new ArrayBuffer(2)), '\0\0'], [undefined, '']];
  for (const [payload, wanted] of payloads) {
    await writer.put({ id: 'x' });
    await writer.commit(payload);
    assert.equal((await index.facts()).payload.toString(), wanted);
  }
  await assert.rejects(writer.commit(5), TypeError);
});

test('a document that is refused changes nothing', async (t) => {
  const { index, writer } = memory(t);
  await writer.put({ id: 'a', title: 'one' });
  const says = [
    [writer.put({ id: 'a', n: 'x' }), RejectedError, /field n: "x" is not a value of type i64/],
    [writer.put('{'), ParseError, /./],
    [writer.put(''), ParseError, /./],
    [writer.put('[]'), ParseError, /./],
    [writer.put({ id: 'a', title: { x: 1 } }), RejectedError, /./],
    [writer.put({ id: 'a'.repeat(2000) }), RejectedError, /./],
    [writer.put({ id: 'a', n: 2 ** 60 }), RejectedError, /is not a value of type i64/],
  ];
  for (const [promise, Class, message] of says) {
    await assert.rejects(promise, (error) => error instanceof Class && message.test(error.message));
  }
  await writer.commit();
  assert.deepEqual((await index.get('a')), { id: 'a', title: 'one' });
  await assert.rejects(writer.put('{"id":\n  "a" "b"}'), (error) => error.line === 2 && error.column > 0);
});

test('merge tells its progress; what it throws ends it', async (t) => {
  const index = Index.inMemory();
  const writer = index.writerSync({ maxSegments: 1000 });
  t.after(() => writer.close());
  for (let part = 0; part < 3; part++) {
    writer.putAllSync(Array.from({ length: 15000 }, (_, i) => ({ id: `${part}-${i}`, body: `w${i} ${i * 7} ${i * part} 数据${i}` })));
    writer.commitSync();
  }
  for (const merge of [(how) => writer.merge(1, how), async (how) => writer.mergeSync(1, how)]) {
    let told = 0;
    const mine = new Error('enough');
    await assert.rejects(merge({ progress: (done, total) => { told++; assert.ok(done <= total); throw mine; } }), (error) => error === mine);
    assert.equal(told, 1);
    assert.equal(await index.count('*:*'), 45000);
  }
  let told = 0;
  await writer.merge(1, { progress: () => told++ });
  assert.ok(told >= 1);
  assert.equal((await index.facts()).segments, 1);
});

test('a commit that is published is told, though its callback throws then', async (t) => {
  const { index, writer } = memory(t);
  writer.putAllSync(Array.from({ length: 5000 }, (_, i) => ({ id: String(i), body: `w${i}` })));
  let told = 0;
  const committed = writer.commit('x', { progress: () => { told++; throw new Error('too late'); } });
  for (const until = performance.now() + 20_000; index.factsSync().generation < 2 && performance.now() < until; ); // the callback waits for this thread
  for (const until = performance.now() + 100; performance.now() < until; );
  assert.equal(await committed, 2);
  assert.equal(told, 1);
  assert.equal(await index.count('*:*'), 5000);
});

test('a callback that comes back to its writer gets an exception instead of waiting for itself', (t) => {
  const index = Index.inMemory();
  const writer = index.writerSync({ maxSegments: 1000 });
  t.after(() => writer.close());
  for (let part = 0; part < 2; part++) {
    writer.putAllSync(Array.from({ length: 15000 }, (_, i) => ({ id: `${part}-${i}`, body: `w${i} ${i * 7}` })));
    writer.commitSync();
  }
  let told = 0;
  writer.mergeSync(1, {
    progress() {
      told++;
      assert.throws(() => writer.putSync({ id: 'x' }), /amid a call that tells its progress/);
    },
  });
  assert.ok(told > 0);
  writer.putSync({ id: 'x' });
});

test('whole other indexes are taken in', async (t) => {
  const dir = folder(t);
  const other = smallIndex(t);
  const index = await Index.create(path.join(dir, 'i'), other.schema);
  const writer = await index.writer({ durable: false });
  await writer.put({ id: 'a', title: 'older' });
  await writer.addIndexes([other.path], { progress: () => {} });
  await writer.commit();
  assert.equal(await index.count('*:*'), 3);
  assert.equal((await index.get('a')).title, 'Apple pie');
  await assert.rejects(writer.addIndexes([path.join(dir, 'none')]), NotFoundError);
  assert.throws(() => writer.addIndexesSync([index.path]), InvalidError);
  assert.throws(() => writer.addIndexesSync('x'), TypeError);
  await writer.close();
  await index.close();
  assertSound(await check(path.join(dir, 'i'), { level: 'deep' }));
});

test('the schema grows', async (t) => {
  const { index, writer } = memory(t, { id: key(), body: text() });
  await writer.setSchema((await writer.schema()).withFields({ lang: 'keyword' }));
  await writer.put({ id: 'a', lang: 'de' });
  await writer.commit();
  assert.deepEqual(index.schema.names, ['id', 'body', 'lang']);
  assert.equal(await index.count('lang:de'), 1);
  await assert.rejects(writer.setSchema({ id: key(), body: 'keyword' }), (error) => error instanceof InvalidError && /body/.test(error.message));
  writer.setSchemaSync(new Schema(await writer.schema()));
});

test('options of a writer', async (t) => {
  const dir = path.join(folder(t), 'i');
  const index = await Index.create(dir, { id: key(), body: text() });
  for (const how of [{ memory: 1 }, { memory: '1M' }, { threads: 1000 }, { keepCommits: 5000 }, { reorder: 'nobody' }]) {
    await assert.rejects(index.writer(how), InvalidError, JSON.stringify(how));
  }
  await assert.rejects(index.writer({ memroy: '64M' }), /writer has no option 'memroy'/);
  await assert.rejects(index.writer({ memory: 'much' }), /memory: no size: "much"/);
  await assert.rejects(index.writer({ threads: -1 }), RangeError);
  const writer = await index.writer({ memory: '1G', threads: 2, load: true, keepCommits: 3, strictSchema: true, maxSegments: 5, reorder: 'bp' });
  await assert.rejects(writer.put({ id: 'a', other: 1 }), RejectedError);
  await writer.close();
  assert.equal(new MisuseError('x', 'EMISUSE').name, 'MisuseError');
  await index.close();
});

test('a writer that nobody closed is told of when it is collected', () => {
  const done = runNode(
    `let index = Index.inMemory(); index.writerSync();
     process.on('warning', (warning) => console.log(warning.message));
     (async () => { for (let i = 0; i < 20; i++) { gc(); await new Promise((r) => setTimeout(r, 10)); } index.writerSync().closeSync(); })();`,
    [],
    { flags: ['--expose-gc', '--no-warnings'] },
  );
  assert.equal(done.stdout, 'a Writer was not closed\n', done.stderr);
});
