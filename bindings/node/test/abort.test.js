'use strict';
/* A signal ends what is under way, through the library's own way to cancel. */
const test = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { Index, CanceledError, check, folder, memory, smallIndex, slowIndex, slowQuery, slowly, assertSound } = require('./helper');

const isAbort = (error) => error.name === 'AbortError';

test('a search is ended in its middle', async (t) => {
  const index = slowIndex();
  t.after(() => index.close());
  const began = performance.now();
  await index.search(slowQuery, slowly);
  const whole = performance.now() - began;
  const controller = new AbortController();
  const search = index.search(slowQuery, { ...slowly, signal: controller.signal });
  setTimeout(() => controller.abort(), whole / 10);
  const from = performance.now();
  await assert.rejects(search, isAbort);
  assert.ok(performance.now() - from < whole * 0.7, `${performance.now() - from} ms of ${whole}`);
});

test('the reason of the signal is what the caller gets', async (t) => {
  const index = slowIndex();
  t.after(() => index.close());
  const mine = new Error('mine');
  await assert.rejects(index.search('x', { signal: AbortSignal.abort(mine) }), (error) => error === mine);
  const controller = new AbortController();
  const search = index.search(slowQuery, { ...slowly, signal: controller.signal });
  await sleep(2);
  controller.abort(mine);
  await assert.rejects(search, (error) => error === mine);
  await assert.rejects(index.search(slowQuery, { ...slowly, signal: AbortSignal.timeout(5) }), (error) => error.name === 'TimeoutError');
  await assert.rejects(index.search('x', { signal: {} }), /signal is an AbortSignal/);
  await assert.rejects(index.search('x', { signal: 5 }), TypeError);
});

test('what waits for the pool is taken out', async (t) => {
  const index = slowIndex();
  t.after(() => index.close());
  const controller = new AbortController();
  const searches = Array.from({ length: 40 }, () => index.search(slowQuery, { ...slowly, signal: controller.signal }));
  await sleep(5);
  controller.abort();
  const done = await Promise.allSettled(searches);
  assert.ok(done.every((one) => one.status === 'rejected' && isAbort(one.reason)));
});

test('listeners do not pile up on a signal that lives long', async (t) => {
  const index = smallIndex(t);
  const { signal } = new AbortController();
  let listeners = 0;
  let most = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args) => ((most = Math.max(most, ++listeners)), add(...args));
  signal.removeEventListener = (...args) => (listeners--, remove(...args));
  for (let i = 0; i < 50; i++) await index.search('apple', { signal });
  await Promise.all(Array.from({ length: 50 }, () => index.search('apple', { signal })));
  await index.search('(', { strict: true, signal }).catch(() => {});
  assert.deepEqual([listeners, most], [0, 1]);
});

test('a merge is ended; the index is whole, and the merge can be made again', async (t) => {
  const dir = path.join(folder(t), 'i');
  const index = await Index.create(dir);
  const writer = await index.writer({ durable: false, maxSegments: 1000 });
  for (let part = 0; part < 3; part++) {
    await writer.putAll(Array.from({ length: 15000 }, (_, i) => ({ id: `${part}-${i}`, body: `w${i} ${i * 7} ${i * part}` })));
    await writer.commit();
  }
  const controller = new AbortController();
  await assert.rejects(writer.merge(1, { signal: controller.signal, progress: () => controller.abort() }), isAbort);
  assert.equal(await index.count('*:*'), 45000);
  await assert.rejects(writer.merge(1, { signal: AbortSignal.timeout(1) }), (error) => error.name === 'TimeoutError');
  await writer.merge(1);
  assert.equal((await index.facts()).segments, 1);
  await writer.close();
  await assert.rejects(check(dir, { level: 'deep', signal: AbortSignal.timeout(1) }), (error) => error.name === 'TimeoutError');
  await index.close();
  assertSound(await check(dir));
});

test('a commit is ended before it is published: nothing is seen, nothing is lost', async (t) => {
  const { index, writer } = memory(t);
  await writer.putAll(Array.from({ length: 40000 }, (_, i) => ({ id: String(i), body: `w${i} ${i * 7} word` })));
  const controller = new AbortController();
  let asked = 0;
  const progress = () => { asked++; controller.abort(); };
  await assert.rejects(writer.commit('a', { signal: controller.signal, progress }), isAbort);
  assert.ok(asked > 0);
  assert.equal(await index.count('*:*'), 0);
  assert.throws(() => writer.commitSync('b', { progress: () => { throw new Error('enough'); } }), /enough/);
  assert.equal(await index.count('*:*'), 0);
  assert.equal(await writer.commit(), 2);
  assert.equal(await index.count('*:*'), 40000);
});

test('a commit that waits is taken out; one that is published is told', async (t) => {
  const { index, writer } = memory(t);
  await writer.putAll(Array.from({ length: 5000 }, (_, i) => ({ id: String(i), body: `word ${i}` })));
  const first = new AbortController();
  const begun = writer.commit('a', { signal: first.signal });
  const second = new AbortController();
  const both = Promise.allSettled([begun, writer.commit('b', { signal: second.signal })]);
  second.abort();
  await sleep(0);
  first.abort();
  const [done, waited] = await both;
  assert.ok(isAbort(waited.reason));
  if (done.status === 'fulfilled') assert.equal(done.value, 2);
  else assert.ok(isAbort(done.reason)); // it had not begun
  assert.equal(await index.count('*:*'), done.status === 'fulfilled' ? 5000 : 0);
  assert.equal(await writer.commit(), 2);
  assert.equal(await index.count('*:*'), 5000);
});

test('putAll is ended between two documents; what was put can be committed', async (t) => {
  const { index, writer } = memory(t);
  const controller = new AbortController();
  let n = 0;
  async function* endless() {
    for (;;) {
      if (n++ === 3000) controller.abort();
      yield { id: String(n), body: `word ${n}` };
    }
  }
  await assert.rejects(writer.putAll(endless(), { signal: controller.signal }), isAbort);
  await writer.put({ id: 'after' });
  await writer.commit();
  const count = await index.count('*:*');
  assert.ok(count >= 1 && count <= n + 1, String(count));
  await assert.rejects(writer.putAll([{ id: 'y' }], { signal: AbortSignal.abort() }), isAbort);
});

test('putAll is ended while its source stalls; the source is told', async (t) => {
  const { index, writer } = memory(t);
  const controller = new AbortController();
  let told = 0;
  const source = {
    n: 0,
    [Symbol.asyncIterator]() { return this; },
    next() { return this.n < 5 ? Promise.resolve({ value: { id: String(this.n++) }, done: false }) : new Promise(() => {}); },
    return() { told++; return new Promise(() => {}); },
  };
  setTimeout(() => controller.abort(), 50);
  const keep = setTimeout(() => assert.fail('it hangs'), 10_000);
  await assert.rejects(writer.putAll(source, { signal: controller.signal }), isAbort);
  clearTimeout(keep);
  assert.equal(told, 1);
  await writer.commit();
  assert.equal(await index.count('*:*'), 0);
});

test('calls in the line of a writer: one is taken out, the others are done', async (t) => {
  const { index, writer } = memory(t);
  const controllers = Array.from({ length: 100 }, () => new AbortController());
  const puts = controllers.map(({ signal }, i) => writer.put({ id: String(i) }, { signal }));
  controllers.forEach((controller, i) => i % 2 && controller.abort());
  const done = await Promise.allSettled(puts);
  await writer.commit();
  for (let i = 0; i < 100; i++) assert.equal(await index.has(String(i)), done[i].status === 'fulfilled', String(i));
  assert.ok(done.filter((one) => one.status === 'rejected').length >= 49);
  assert.ok(new CanceledError('x') instanceof Error);
});

test('an abort while the document is read ends the call', async (t) => {
  const { index, writer } = memory(t);
  const controller = new AbortController();
  const before = writer.put({ id: 'before' });
  const put = writer.put({ id: 'a', get title() { controller.abort(); return 'x'; } }, { signal: controller.signal });
  await assert.rejects(put, isAbort);
  await before;
  await writer.commit();
  assert.deepEqual([await index.has('before'), await index.has('a')], [true, false]);
});

test('a ...Sync call refuses a signal', (t) => {
  const { index, writer } = memory(t);
  const how = { signal: new AbortController().signal };
  for (const call of [() => index.searchSync('x', how), () => index.countSync('x', how), () => index.scanSync('x', how).next(), () => writer.putSync({}, how), () => writer.putAllSync([], how), () => writer.commitSync(null, how), () => writer.mergeSync(1, how)]) {
    assert.throws(call, (error) => error instanceof TypeError && /Sync runs at once/.test(error.message));
  }
  assert.equal(index.searchSync('x', { signal: undefined }).total, 0);
});

for (const call of ['put', 'putAll']) {
  test(`a ${call} is ended in the flush that it begins with, and nothing is lost`, async (t) => {
    const index = Index.inMemory();
    const writer = index.writerSync({ memory: '64M' });
    t.after(async () => {
      await writer.close();
      await index.close();
    });
    const words = Array.from({ length: 3000 }, (_, i) => `w${(i * 7919) % 99991}`);
    let began = Infinity;
    let controller = new AbortController();
    const timer = setInterval(() => {
      if (performance.now() - began > 60) controller.abort(); // no put takes that long but by a flush
    }, 5);
    t.after(() => clearInterval(timer));
    let n = 0;
    let ended;
    for (; n < 100_000 && !ended; n++) {
      const document = { id: String(n), body: words.slice((n * 31) % 2700).slice(0, 300).join(' ') };
      controller = new AbortController();
      began = performance.now();
      const { signal } = controller;
      try {
        await (call === 'put' ? writer.put(document, { signal }) : writer.putAll([document], { signal }));
      } catch (error) {
        began = Infinity;
        const before = await writer.stats();
        assert.deepEqual([error.name, before.documentsPut, before.flushes], ['AbortError', n, 0]);
        await writer.put(document); // flushes now, if it was in a flush, and no busy machine, that it was ended
        if ((await writer.stats()).flushes === 1) ended = error;
      }
      began = Infinity;
      if (!ended && (await writer.stats()).flushes > 0) return t.skip('the flush was over before');
    }
    assert.equal(ended?.name, 'AbortError');
    await writer.commit();
    assert.equal(await index.count('*:*'), n);
  });
}
