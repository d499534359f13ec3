'use strict';
/* Documents there and back, value by value. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { memory } = require('./helper');

/* Through the index and back. */
function back(writer, index, document) {
  writer.putSync({ id: 'x', ...document });
  writer.commitSync();
  const { id, ...rest } = index.getSync('x');
  assert.equal(id, 'x');
  return rest;
}

test('values there and back', (t) => {
  const { index, writer } = memory(t, { id: 'keyword', body: 'text' });
  writer.closeSync();
  const own = memory(t);
  const same = [
    { v: 'plain' },
    { v: '' },
    { v: 'quotes " \\ / \b\f\n\r\t \u0000 \u001f \u007f \u2028' },
    { v: 'ünï ж 数据库 😀 \u{10ffff} \ufffd' },
    { v: 'x'.repeat(100_000) },
    { v: '数'.repeat(100_000) },
    { v: '"'.repeat(10_000) },
    { v: [0, 1, -1, 42, 2 ** 31, -(2 ** 31), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER] },
    { v: [0.5, -0.25, 1e20, 1e21, 1.5e300, 5e-324, Number.MAX_VALUE, 2 ** 53, 123456789012345680000] },
    { v: [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)] },
    { v: [true, false, null, [], {}, [[]], [{}]] },
    { v: { a: { b: { c: [1, { d: 'e' }] } } } },
    { 'a name with " and 数': 1, '': 2, 'x\ny': 3, constructor: 4, toString: 5 },
    { 0: 'zero', 10: 'ten' },
  ];
  for (const document of same) assert.deepEqual(back(own.writer, own.index, document), document);
  assert.ok(index);
});

test('values that become others', (t) => {
  const { index, writer } = memory(t);
  const cases = [
    [{ v: new Date('2026-01-05T10:20:30.456Z') }, { v: '2026-01-05T10:20:30.456Z' }],
    [{ v: undefined, w: 1 }, { w: 1 }],
    [{ v: [1, undefined, 2] }, { v: [1, null, 2] }],
    [{ v: -0 }, { v: 0 }],
    [{ v: 5n }, { v: 5 }],
    [{ v: new Set(['a', 'b']) }, { v: ['a', 'b'] }],
    [{ v: new Float64Array([1, 2.5]) }, { v: [1, 2.5] }],
    [{ v: new BigInt64Array([1n, 2n ** 60n]) }, { v: [1, 2n ** 60n] }],
    [{ v: new URL('https://example.org/x') }, { v: 'https://example.org/x' }],
    [{ v: { toJSON: () => ({ deep: new Date(0) }) } }, { v: { deep: '1970-01-01T00:00:00.000Z' } }],
    [{ v: new (class A { x = 1; #y = 2; z() {} })() }, { v: { x: 1 } }],
    [{ v: Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3 } }) }, { v: { own: 2 } }],
    [{ v: Object.assign(Object.create(null), { a: 1 }) }, { v: { a: 1 } }],
    [{ [Symbol('s')]: 1, w: 2 }, { w: 2 }],
    [{ v: (function* () { yield 1; yield 2; })() }, { v: [1, 2] }],
  ];
  for (const [document, wanted] of cases) assert.deepEqual(back(writer, index, document), wanted);
});

test('values that are refused, naming the member', (t) => {
  const { writer } = memory(t);
  const cases = [
    [{ v: NaN }, /member "v": a document cannot hold NaN/],
    [{ v: [Infinity] }, /member "v"/],
    [{ v: new Date(NaN) }, /an invalid Date/],
    [{ v: () => 1 }, /a function/],
    [{ v: Symbol('s') }, /a symbol/],
    [{ v: Buffer.from('x') }, /bytes/],
    [{ v: new Uint8Array(3) }, /bytes/],
    [{ v: new ArrayBuffer(3) }, /bytes/],
    [{ v: new DataView(new ArrayBuffer(3)) }, /bytes/],
    [{ v: new Map([['a', 1]]) }, /a Map/],
    [{ v: Promise.resolve(1) }, /a Promise/],
    [{ v: /x/ }, /a RegExp/],
    [{ v: new RangeError('x') }, /an Error/],
    [{ v: new SharedArrayBuffer(3) }, /bytes/],
    [{ v: new WeakMap() }, /a WeakMap/],
    [{ v: new Number(NaN) }, /NaN/],
    [{ outer: { inner: NaN } }, /member "inner"/],
    [5, /a document is an object, or JSON/],
    [null, /a document is/],
    [undefined, /a document is/],
    [[{}], /a document is/],
    [() => ({}), /a document is/],
    [Symbol('x'), /a document is/],
  ];
  for (const [document, message] of cases) assert.throws(() => writer.putSync(document), (error) => error instanceof TypeError && message.test(error.message), String(message));
});

test('boxed values are what is inside; objects of classes and of no class are objects', (t) => {
  const { index, writer } = memory(t);
  class Point { x = 1; }
  class Text extends String {}
  const v = [new String('数"据'), new Number(1.5), new Boolean(false), Object(2n ** 60n), new Text('t'), new Point(), Object.create(null), Object.create({ inherited: 1 })];
  writer.putSync({ id: 'x', v });
  writer.commitSync();
  assert.deepEqual(index.getSync('x').v, ['数"据', 1.5, false, 2n ** 60n, 't', { x: 1 }, {}, {}]);
});

test('a stored member called __proto__ is a member', (t) => {
  const { index, writer } = memory(t);
  for (const name of ['__proto__', '__pro\\u0074o__']) {
    writer.putSync(`{"id":"x","${name}":{"polluted":true},"w":{"__proto__":[1]}}`);
    writer.commitSync();
    const read = index.getSync('x');
    assert.equal(Object.getPrototypeOf(read), Object.prototype);
    assert.equal(read.polluted, undefined);
    assert.deepEqual(Object.getOwnPropertyDescriptor(read, '__proto__').value, { polluted: true });
    assert.deepEqual(Object.keys(read.w), ['__proto__']);
  }
  writer.putSync(JSON.parse('{"id":"x","__proto__":5}'));
  writer.commitSync();
  assert.equal(index.getRawSync('x').toString(), '{"id":"x","__proto__":5}');
});

test('half of a surrogate pair is refused, not replaced: two keys would become one', async (t) => {
  const { index, writer } = memory(t);
  const bad = ['\ud800', 'x\udc00', 'a\ud800b', '\udc00\ud800', `${'数'.repeat(1000)}\ud83d`];
  for (const lone of bad) {
    for (const call of [() => writer.put({ id: lone }), () => writer.put({ id: 'x', [lone]: 1 }), () => writer.put(`{"id":"${lone}"}`), () => writer.delete(lone), () => index.search(lone), () => index.get(lone)]) {
      await assert.rejects(call, (error) => error instanceof TypeError && /surrogate/.test(error.message));
    }
  }
  await writer.put({ id: '\ufffd', title: '😀\ufffd' }); // what stands for it is none
  await writer.commit();
  assert.equal((await index.get('\ufffd')).title, '😀\ufffd');
});

test('stored JSON as it was put: numbers, blanks, escapes', (t) => {
  const { index, writer } = memory(t);
  writer.putSync('{ "id" : "x" , "v" : [ 1.0 , 1e2, -0, 1E300, 9007199254740993, 9007199254740993.0 ], "s": "\\ud83d\\ude00\\u0041\\/" }');
  writer.commitSync();
  const { v, s } = index.getSync('x');
  assert.deepEqual(v.slice(0, 3).map(Number), [1, 100, -0].map(Number));
  assert.equal(v[4], 9007199254740993n);
  assert.equal(v[5], 9007199254740992);
  assert.ok(s === '😀A/');
});
