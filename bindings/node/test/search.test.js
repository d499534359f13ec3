'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { ParseError, NotFoundError, InvalidError, LimitError, smallIndex, memory, slowIndex, slowQuery, and, or, not, bool, term, phrase, near, prefix, range, exists, everything, parse, fromTree, BudgetError } = require('./helper');

const keys = (index, query, how) => index.searchSync(query, how).keys.sort();

test('best first, both ways alike', async (t) => {
  const index = smallIndex(t);
  const later = await index.search('apple pie');
  const now = index.searchSync('apple pie');
  assert.deepEqual(later.keys, ['a', 'b']);
  assert.deepEqual(now.hits.map((hit) => [hit.key, hit.score]), later.hits.map((hit) => [hit.key, hit.score]));
  assert.ok(later.hits[0].score > later.hits[1].score);
  assert.deepEqual([later.total, later.length, later.complete, later.stopped, [...later].length], [2, 2, true, undefined, 2]);
  assert.equal(later.hits[0].fields, later.hits[0].fields);
  assert.equal(later.hits[0].fields.title, 'Apple pie');
  assert.deepEqual(JSON.parse(later.hits[1].raw()), later.hits[1].fields);
  assert.equal(JSON.stringify(later.hits[0]), JSON.stringify({ key: 'a', score: later.hits[0].score }));
  assert.deepEqual(later.hits.map((hit) => hit.arrival), [0, 1]);
  assert.equal(later.hits[0].gdoc, 0);
});

test('limit, offset, pages', async (t) => {
  const index = smallIndex(t);
  assert.equal((await index.search('*:*', { limit: 0 })).length, 0);
  assert.deepEqual((await index.search('*:*', { limit: 1, offset: 1 })).keys, ['b']);
  let hits = await index.search('*:*', { limit: 2, sort: 'n' });
  assert.deepEqual(hits.keys, ['b', 'c']);
  hits = await index.search('*:*', { limit: 2, sort: 'n', after: hits.next });
  assert.deepEqual([hits.keys, hits.next], [['a'], null]);
  await assert.rejects(index.search('x', { after: 'nonsense' }), InvalidError);
  await assert.rejects(index.search('x', { limit: 10001 }), InvalidError);
});

test('orders and what hits stand by', async (t) => {
  const index = smallIndex(t);
  const hits = await index.search('*:*', { sort: 'date:desc,n' });
  assert.deepEqual(hits.keys, ['c', 'a', 'b']);
  assert.deepEqual(hits.hits[0].sortValues, [new Date('2026-01-02'), 2]);
  assert.deepEqual(hits.hits[2].sortValues, [null, 1]);
  assert.deepEqual(index.searchSync('*:*', { sort: 'tags,ok,price,_score,_arrival' }).hits[0].sortValues, ['fruit', null, null, 1, 1].map((v, i) => (i === 3 ? index.searchSync('*:*', { sort: '_score' }).hits[0].sortValues[0] : v)));
  await assert.rejects(index.search('x', { sort: 'body' }), InvalidError);
});

test('filters, counts, limits', async (t) => {
  const index = smallIndex(t);
  assert.deepEqual((await index.search('apple', { filter: 'tags:tree' })).keys, ['b']);
  assert.deepEqual((await index.search('apple', { filter: range('n', 2), filterCache: '1M', threads: 2 })).keys, ['a']);
  assert.equal(await index.count('apple'), 2);
  assert.equal(index.countSync('apple', { filter: not('tags:tree') }), 1);
  const hits = await index.search('apple', { count: true });
  assert.deepEqual([hits.total, hits.exact], [2, true]);
  assert.ok((await index.search('apple', { k1: 0.5, b: 0, memory: '1M', timeoutMs: 10_000, maxWork: 1000 })).complete);
  await assert.rejects(index.search('apple', { b: 7 }), InvalidError);
});

test('a search out of time gives what it has', (t) => {
  const index = slowIndex();
  t.after(() => index.close());
  const hits = index.searchSync(slowQuery, { exhaustive: true, count: true, timeoutMs: 1 });
  assert.deepEqual([hits.complete, hits.stopped], [false, 'deadline']);
  assert.equal(index.searchSync(slowQuery, { exhaustive: true, maxWork: 1 }).stopped, 'work');
});

test('how a text is read', async (t) => {
  const index = smallIndex(t);
  assert.deepEqual(keys(index, 'apple tree'), ['a', 'b']);
  assert.deepEqual(keys(index, 'apple tree', { operator: 'and' }), ['b']);
  assert.deepEqual(keys(index, 'apple', { fields: 'title' }), ['a']);
  assert.deepEqual(keys(index, 'apple', { fields: ['title'] }), ['a']);
  assert.deepEqual(keys(index, 'apple', { fields: { title: 3, body: 1 } }), ['a', 'b']);
  assert.deepEqual(keys(index, 'title:apple', { plain: true }), ['a', 'b']); // words
  assert.deepEqual(keys(index, 'fruit', { vocabulary: 'same fruit, pear' }), ['b']);
  const hits = await index.search('apple (pear');
  assert.equal(hits.notes[0][0], 6);
  assert.equal(typeof hits.notes[0][1], 'string');
  await assert.rejects(index.search('apple (pear', { strict: true }), (error) => error instanceof ParseError && error.code === 'EPARSE' && error.column === 7 && error.offset === 6);
  await assert.rejects(index.search('x', { fields: 'nobody' }), (error) => error.code === 'EINVAL');
  await assert.rejects(index.search('x', { vocabulary: 'nonsense x' }), ParseError);
});

test('queries by calls', (t) => {
  const index = smallIndex(t);
  const cases = [
    [term('apple'), ['a', 'b']],
    [term('apple', 'title'), ['a']],
    [phrase('apple pie'), ['a']],
    [phrase('pie apple'), []],
    [near('doctor apple', 10), ['a']],
    [prefix('postg'), ['c']],
    [range('n', 2), ['a', 'c']],
    [range('n', 2, undefined, { openFrom: true }), ['a']],
    [range('n', undefined, 2n), ['b', 'c']],
    [range('date', new Date('2025-06-01'), '2026'), ['c']],
    [range('ok', true, true), ['c']],
    [exists('date'), ['a', 'c']],
    [everything(), ['a', 'b', 'c']],
    [and('apple', not('pie')), ['b']],
    [or(term('pie'), 'tags:tree'), ['a', 'b']],
    [not(term('apple')), ['c']],
    [bool({ should: ['apple', 'pear', 'tree'], atLeast: 3 }), ['b']],
    [bool({ must: 'apple', mustNot: [exists('tags')], filter: everything() }), ['a']],
    [term('apple').and('tree').boost(2), ['b']],
    [term('pie').or(term('pear')), ['a', 'b']],
    [parse('+apple -pie'), ['b']],
    [parse('apple tree', { operator: 'and' }), ['b']],
    [fromTree(index.parse('title:apple').tree), ['a']],
    [phrase('数据库'), ['c']],
  ];
  for (const [query, wanted] of cases) assert.deepEqual(keys(index, query), wanted, JSON.stringify(index.parse(query).tree));
});

test('queries by calls that are none', async (t) => {
  const index = smallIndex(t);
  await assert.rejects(index.search(exists('nobody')), NotFoundError);
  await assert.rejects(index.search(range('body', 1)), InvalidError);
  await assert.rejects(index.search(range('n', 'x')), InvalidError);
  await assert.rejects(index.search(term('x').boost(-1)), InvalidError);
  await assert.rejects(index.search(bool({ should: ['a'], atLeast: 3 })), InvalidError);
  assert.throws(() => range('n', {}), TypeError);
  assert.throws(() => term(5), TypeError);
  assert.throws(() => bool({ shoud: [] }), /bool has no option 'shoud'/);
  assert.throws(() => and(5), TypeError);
});

test('a part that stands in itself many times is refused, not expanded', async (t) => {
  const { index } = memory(t);
  let wide = term('x');
  for (let i = 0; i < 60; i++) wide = and(wide, wide);
  await assert.rejects(index.search(wide), LimitError);
  let deep = term('x');
  for (let i = 0; i < 5000; i++) deep = and(deep);
  await assert.rejects(index.search(deep), LimitError);
  await assert.rejects(index.search(or(...Array(2000).fill('x'))), LimitError);
});

test('what of the documents is read', async (t) => {
  const index = smallIndex(t);
  const [some] = await index.search('apple', { select: ['n', 'title'], limit: 1 });
  assert.deepEqual(some.fields, { title: 'Apple pie', n: 3 });
  const [none] = await index.search('apple', { select: false, limit: 1 });
  assert.throws(() => none.fields, /select: false/);
  assert.throws(() => none.raw(), /select: false/);
  const [empty] = await index.search('apple', { select: ['zz'], limit: 1 });
  assert.deepEqual(empty.fields, {});
});

test('highlights: ranges in units of JavaScript', async (t) => {
  const { index, writer } = memory(t);
  writer.putSync({ id: '1', title: '😀 数据库 Apple', body: 'x '.repeat(400) + 'needle ' + 'y '.repeat(400) + 'needle' });
  writer.commitSync();
  const [hit] = await index.search('数据库 apple needle', { highlight: { fields: ['title', 'body', 'nobody'], count: 2, maxBytes: 60 } });
  const [fragment] = hit.highlights.title;
  assert.deepEqual(fragment.matches, ['数据库', 'Apple']);
  assert.deepEqual(fragment.spans, [[3, 6], [7, 12]]);
  assert.equal(fragment.marked('[', ']'), '😀 [数据库] [Apple]');
  assert.equal(hit.highlights.body.length, 2);
  assert.ok(hit.highlights.body[0].byteOffset > 700);
  assert.deepEqual(hit.highlights.nobody, []);
  assert.equal((await hit.fragments('title', { whole: true }))[0].text, '😀 数据库 Apple');
  assert.equal(hit.fragmentsSync('body', { count: 2 }).length, 2);
  await assert.rejects(hit.fragments('nobody'), NotFoundError);
  assert.throws(() => hit.fragmentsSync('nobody'), NotFoundError);
  assert.deepEqual([await hit.snippet('nobody'), hit.snippetSync('nobody')], ['', '']);
});

test('snippets: HTML is escaped where the marks are HTML', async (t) => {
  const index = smallIndex(t);
  const [hit] = await index.search('两次', { limit: 1 });
  assert.equal(await hit.snippet('body'), '每天备份 PostgreSQL 数据库，&lt;b&gt;<mark>两次</mark>&lt;/b&gt;');
  assert.equal(hit.snippetSync('body', { mark: ['[', ']'] }), '每天备份 PostgreSQL 数据库，<b>[两次]</b>');
  assert.equal(hit.snippetSync('body', { mark: ['[', ']'], escape: true }), '每天备份 PostgreSQL 数据库，&lt;b&gt;[两次]&lt;/b&gt;');
});

test('an answer is good however long it is kept', async (t) => {
  const index = smallIndex(t);
  const hits = await index.search('apple', { limit: 1 });
  const writer = index.writerSync({ durable: false });
  writer.deleteByQuerySync('*:*');
  writer.commitSync();
  writer.closeSync();
  await index.close();
  assert.equal(hits.hits[0].fields.id, 'a');
  assert.equal(hits.hits[0].snippetSync('title'), '<mark>Apple</mark> pie');
  assert.equal(typeof hits.next, 'string');
});

test('a count that a limit ended is an exception', async (t) => {
  const index = slowIndex(3000);
  t.after(() => index.close());
  const how = { maxWork: 1000, exhaustive: true };
  assert.equal(index.searchSync(slowQuery, { ...how, count: true }).complete, false);
  assert.throws(() => index.countSync(slowQuery, how), (error) => error instanceof BudgetError && error.code === 'EBUDGET' && /work/.test(error.message));
  await assert.rejects(index.count(slowQuery, how), BudgetError);
  assert.equal(await index.count('w1', { timeoutMs: 60_000 }), 3000);
});

test('a scan that a limit ended is an exception, not fewer hits', async (t) => {
  const index = slowIndex(3000);
  t.after(() => index.close());
  const how = { maxWork: 1000, exhaustive: true, sort: '_score', select: false };
  const seen = [];
  await assert.rejects(
    async () => {
      for await (const hit of index.scan(slowQuery, how)) seen.push(hit.key);
    },
    (error) => error instanceof BudgetError && error.code === 'EBUDGET' && /work.*page/.test(error.message),
  );
  assert.throws(() => [...index.scanSync(slowQuery, how)], BudgetError);
  assert.equal(seen.length % 512, 0); // whole pages only
  assert.equal([...index.scanSync('w1', { timeoutMs: 60_000, select: false })].length, 3000);
});

test('select: no member, many members, members whose names are written with escapes', async (t) => {
  const { index, writer } = memory(t);
  const names = Array.from({ length: 100 }, (_, i) => `m${i}`);
  await writer.put(`{"id":"a","\\u0074itle":"x","数\\u636e":[1],"\\ud83d\\ude00":2,"":3,"q\\"":4,${names.map((name, i) => `"${name}":${i}`)}}`);
  await writer.commit();
  const fields = (select) => index.searchSync('*:*', { select }).hits[0].fields;
  assert.deepEqual(fields([]), {});
  assert.deepEqual(fields(['title', '数据', '😀', 'q"', '']), { title: 'x', 数据: [1], '😀': 2, '': 3, 'q"': 4 });
  assert.deepEqual(fields(['m0', 'm99', 'm5']), { m0: 0, m5: 5, m99: 99 });
  assert.deepEqual(Object.keys(fields(names.slice(1))), names.slice(1));
  assert.equal(Object.keys(fields(true)).length, 106);
});
