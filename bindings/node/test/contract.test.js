'use strict';
/* Every call with every kind of wrong argument, in both forms: an exception of a known class, and all goes on. */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { prismsearch, PrismError, ClosedError, folder, smallIndex } = require('./helper');

/* Some of these calls make an index where they are. */
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'prismsearch-node-'));
process.chdir(place);
process.on('exit', () => fs.rmSync(place, { recursive: true, force: true }));

const WRONG = [undefined, null, 0, -1, 1.5, NaN, 2 ** 40, 10n, '', '\0', 'x\0y', 'nobody', true, Symbol('s'), {}, [], [5], () => 1, new Date(NaN), Buffer.alloc(3), new Map()];
const isKnown = (error) => error instanceof TypeError || error instanceof RangeError || error instanceof PrismError || ['ENOENT', 'EISDIR'].includes(error?.code); // of readNdjson

/* Methods of a class, inherited ones too. */
function methodsOf(object) {
  const names = new Set();
  for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const { value } = Object.getOwnPropertyDescriptor(at, name);
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names].sort();
}

const ENDS = new Set(['close', 'closeSync']);

/* Call it; whatever comes of it, what is thrown is known.  What is walked is begun. */
async function probe(call, says, self) {
  try {
    const result = await call();
    if (typeof result?.next === 'function' && typeof result !== 'string') await result.next();
    if (typeof result?.closeSync === 'function' && result !== self) result.closeSync();
  } catch (error) {
    assert.ok(isKnown(error), `${says}: ${error?.stack ?? String(error)}`);
    assert.ok(typeof error.message === 'string' && error.message.length > 0, says);
  }
}

const show = (value) => (typeof value === 'symbol' ? 'symbol' : typeof value === 'bigint' ? `${value}n` : JSON.stringify(value) ?? String(value));

async function probeAll(object, name, good) {
  for (const method of methodsOf(object)) {
    if (ENDS.has(method) || method.startsWith('_')) continue;
    await probe(() => object[method](), `${name}.${method}()`, object);
    for (const wrong of WRONG) {
      const says = `${name}.${method}(${show(wrong)})`;
      await probe(() => object[method](wrong), says, object);
      await probe(() => object[method](good[method] ?? 'a', wrong), `${says} second`, object);
      await probe(() => object[method](good[method] ?? 'a', { signal: wrong }), `${says} signal`, object);
    }
  }
}

test('index', async (t) => {
  const index = smallIndex(t);
  await probeAll(index, 'index', { backup: path.join(folder(t), 'copy') });
  assert.equal(index.countSync('apple'), 2);
});

test('snapshot, hits, hit, schema, query', async (t) => {
  const index = smallIndex(t);
  const snapshot = index.snapshotSync();
  await probeAll(snapshot, 'snapshot', {});
  assert.equal(snapshot.countSync('apple'), 2);
  const hits = await index.search('apple', { highlight: ['body'] });
  await probeAll(hits.hits[0], 'hit', {});
  await probeAll(index.schema, 'schema', {});
  await probeAll(prismsearch.term('x'), 'query', {});
  await probeAll(hits.hits[0].highlights.body[0], 'fragment', {});
});

test('writer', async (t) => {
  const index = smallIndex(t);
  const writer = index.writerSync({ durable: false });
  await probeAll(writer, 'writer', {});
  await writer.rollback();
  await writer.put({ id: 'z' });
  await writer.commit();
  assert.ok(await index.has('z'));
  await writer.close();
});

test('functions of the module', async (t) => {
  const index = smallIndex(t);
  const copy = path.join(folder(t), 'copy');
  for (const [name, value] of Object.entries(prismsearch)) {
    if (typeof value !== 'function' || /^[A-Z]/.test(name)) continue;
    await probe(() => value(), `${name}()`);
    for (const wrong of WRONG) {
      await probe(() => value(wrong), `${name}(${show(wrong)})`);
      await probe(() => value(copy, wrong), `${name}(copy, ${show(wrong)})`);
      await probe(() => value('body', 'a', wrong), `${name}(body, a, ${show(wrong)})`);
    }
  }
  for (const [name, Class] of Object.entries(prismsearch)) {
    if (!/^[A-Z]/.test(name) || Class.prototype instanceof Error || Class === PrismError || name === 'Schema') continue;
    if (name === 'Index') assert.throws(() => new Class('x'), TypeError);
  }
  for (const name of ['create', 'createSync', 'open', 'openSync', 'inMemory']) {
    for (const wrong of WRONG) {
      await probe(() => prismsearch.Index[name](wrong), `Index.${name}(${show(wrong)})`);
      await probe(() => prismsearch.Index[name](path.join(copy, 'x'), wrong, wrong), `Index.${name} second`);
    }
  }
  assert.equal(index.countSync('apple'), 2);
});

test('every call of what is closed says so', async (t) => {
  const index = smallIndex(t);
  const snapshot = index.snapshotSync();
  const writer = index.writerSync();
  for (const object of [index, snapshot, writer]) object.closeSync();
  const good = { analyze: ['x'], parse: ['x'], put: [{}], putSync: [{}], add: [{}], addSync: [{}], putAll: [[{}]], putAllSync: [[{}]], addIndexes: [['x']], addIndexesSync: [['x']], setSchema: ['{"fields":[{"name":"x","type":"text"}]}'], setSchemaSync: ['{"fields":[{"name":"x","type":"text"}]}'], merge: [], mergeSync: [], commit: [], commitSync: [], writer: [], writerSync: [] };
  for (const [object, name] of [[index, 'index'], [snapshot, 'snapshot'], [writer, 'writer']]) {
    for (const method of methodsOf(object)) {
      if (ENDS.has(method) || method.startsWith('_') || method === 'stats') continue;
      await assert.rejects(
        async () => {
          const result = await object[method](...(good[method] ?? ['a', name === 'index' && method.startsWith('backup') ? undefined : 'a'].filter((one) => one !== undefined).slice(0, /^(get|has|search|count|scan|delete|backup|terms)/.test(method) ? 1 : 0)));
          if (typeof result?.next === 'function') await result.next();
        },
        ClosedError,
        `${name}.${method}`,
      );
    }
  }
});

test('values of another kind do not pass for handles', async (t) => {
  const index = smallIndex(t);
  const { Index, Snapshot, Writer, Schema } = prismsearch;
  for (const Class of [Index, Snapshot, Writer]) {
    for (const method of methodsOf(Class.prototype)) {
      if (method.startsWith('_')) continue;
      await probe(() => Class.prototype[method].call({}), `${Class.name}.${method} of {}`);
      await probe(() => Class.prototype[method].call(index.snapshotSync(), 'a'), `${Class.name}.${method} of a snapshot`);
      await probe(() => Class.prototype[method].call(new Schema(), 'a'), `${Class.name}.${method} of a schema`);
    }
  }
});
