'use strict';
/* Random documents, texts and queries, from fast-check: there and back, against JSON.parse, without a crash.
 * PRISM_SEED=n chooses others. */
const test = require('node:test');
const assert = require('node:assert/strict');
const { PrismError, Index, memory, key, text, and, or, not, term, phrase, near, prefix, range, exists, bool } = require('./helper');

let fc;
try {
  fc = require('fast-check');
} catch {
  test('fuzzed inputs', { skip: 'fast-check is not installed (npm ci)' }, () => {});
}

if (fc) {
  const how = { seed: Number(process.env.PRISM_SEED) || 20261130, numRuns: Number(process.env.PRISM_RUNS) || 300 };
  const name = fc.fullUnicodeString({ maxLength: 20 }).filter((one) => one !== 'id');
  const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => (n >= -(2n ** 53n) + 1n && n <= 2n ** 53n - 1n ? Number(n) : n));
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.fullUnicodeString({ maxLength: 100 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
      whole,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(name, tie('value'), { maxKeys: 5 }),
    ),
  })).value;
  const document = fc.dictionary(name, value, { maxKeys: 8 });
  const equal = (a, b) => assert.deepEqual(JSON.stringify(a, big), JSON.stringify(b, big));
  const big = (_, one) => (typeof one === 'bigint' ? `${one}n` : one);

  test('documents there and back', (t) => {
    const { index, writer } = memory(t, { id: key() });
    fc.assert(
      fc.property(document, (given) => {
        writer.putSync({ ...given, id: 'x' });
        writer.commitSync();
        const read = index.getSync('x');
        delete read.id;
        const { ...wanted } = given;
        equal(read, wanted);
        const raw = JSON.parse(index.getRawSync('x'));
        assert.deepEqual(Object.keys(raw), Object.keys({ ...given, id: 'x' }));
      }),
      how,
    );
  });

  test('JSON as JSON.parse has it', (t) => {
    const { index, writer } = memory(t, { id: key() });
    const safe = fc.json({ maxDepth: 5 }).filter((one) => !/\\u[dD][89a-fA-F]/.test(one) && !/\d{16}/.test(one));
    fc.assert(
      fc.property(safe, (json) => {
        writer.putSync(`{"id":"x","v":${json}}`);
        writer.commitSync();
        equal(index.getSync('x').v, JSON.parse(json));
        const [hit] = index.searchSync('*:*', { select: ['v'] });
        equal(hit.fields, { v: JSON.parse(json) });
      }),
      how,
    );
  });

  test('any value at all: put, or an exception', (t) => {
    const { writer } = memory(t);
    const anything = fc.anything({ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true, withSet: true, withSparseArray: true, withTypedArray: true });
    fc.assert(
      fc.property(fc.oneof(anything, anything.map((v) => ({ id: 'x', tags: v, n: v, title: v })), fc.string16bits()), (given) => {
        try {
          writer.putSync(given);
        } catch (error) {
          assert.ok(error instanceof PrismError || error instanceof TypeError, String(error));
        }
      }),
      how,
    );
  });

  test('any bytes as a document: put, or an exception', (t) => {
    const { writer } = memory(t);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(() => writer.putSync(bytes), PrismError);
      }),
      how,
    );
  });

  const piece = fc.oneof(fc.constantFrom('apple', '数据库', '"', '(', ')', '+', '-', ':', '^', '~', '*', ' ', '[', ']', 'TO', 'AND', 'OR', 'NOT', 'n', 'date', 'title', '\\', '2025'), fc.fullUnicodeString({ maxLength: 5 }));
  const queryText = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));

  function found(index, query, more = {}) {
    try {
      return index.searchSync(query, { limit: 100, highlight: ['title', 'body'], ...more });
    } catch (error) {
      assert.ok(error instanceof PrismError || error instanceof TypeError, String(error));
      return undefined;
    }
  }

  function smallWorld() {
    const index = Index.inMemory();
    const writer = index.writerSync();
    const words = ['apple', 'pear', '数据库', '备份', 'postgresql', '😀'];
    writer.putAllSync(Array.from({ length: 50 }, (_, i) => ({ id: String(i), title: words.filter((_, w) => (i >> w) & 1).join(' '), body: `${words[i % 6]} x`.repeat(i) })));
    writer.commitSync();
    writer.closeSync();
    return index;
  }

  test('any text as a query: hits whose marks are right', () => {
    const index = smallWorld();
    fc.assert(
      fc.property(queryText, fc.boolean(), (query, plain) => {
        const hits = found(index, query, { plain });
        for (const hit of hits ?? []) {
          for (const fragment of [...hit.highlights.title, ...hit.highlights.body]) {
            for (const [start, end] of fragment.spans) assert.ok(start < end && end <= fragment.text.length);
            const whole = hit.fields.title.includes(fragment.text) || hit.fields.body.includes(fragment.text);
            assert.ok(whole, fragment.text);
          }
        }
      }),
      how,
    );
  });

  test('random queries by calls, and their trees', () => {
    const index = smallWorld();
    const word = fc.constantFrom('apple', 'pear', '数据', '备', 'zz');
    const { query } = fc.letrec((tie) => ({
      query: fc.oneof(
        { depthSize: 'small' },
        word.map((w) => term(w)),
        word.map((w) => phrase(`${w} ${w}`)),
        word.map((w) => near(`apple ${w}`, 3)),
        word.map((w) => prefix(w)),
        fc.constant(exists('title')),
        fc.tuple(word, word).map(([a, b]) => range('id', a, b)),
        fc.array(tie('query'), { minLength: 1, maxLength: 3 }).map((parts) => and(...parts)),
        fc.array(tie('query'), { minLength: 1, maxLength: 3 }).map((parts) => or(...parts)),
        tie('query').map((part) => not(part)),
        fc.tuple(tie('query'), tie('query')).map(([must, filter]) => bool({ must, filter, should: 'apple' }).boost(2)),
      ),
    }));
    fc.assert(
      fc.property(query, (one) => {
        const hits = found(index, one);
        if (!hits) return;
        assert.equal(hits.total, hits.length);
        assert.equal(index.countSync(not(one)), 50 - hits.length);
        assert.ok(index.parse(one).tree);
      }),
      how,
    );
  });
  assert.ok(text);
}
