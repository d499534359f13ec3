'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { Index, ExistsError, NotFoundError, InvalidError, check, checkSync, restore, restoreSync, repair, repairSync, salvage, salvageSync, reindex, reindexSync, upgrade, upgradeSync, key, text, folder, smallIndex, assertSound } = require('./helper');

/* Turn bytes in the largest file of a segment over. */
function damage(index) {
  const files = fs.readdirSync(index.path).map((name) => path.join(index.path, name));
  const largest = files.filter((file) => !/commit|lock/.test(file)).sort((a, b) => fs.statSync(b).size - fs.statSync(a).size)[0];
  const bytes = fs.readFileSync(largest);
  for (let i = bytes.length >> 1; i < (bytes.length >> 1) + 8; i++) bytes[i] ^= 0xff;
  fs.chmodSync(largest, 0o644);
  fs.writeFileSync(largest, bytes);
}

test('check finds nothing, and finds damage', async (t) => {
  const index = smallIndex(t);
  for (const level of ['quick', 'normal', 'deep']) assertSound(await check(index.path, { level, progress: () => {} }));
  assertSound(checkSync(index.path));
  damage(index);
  const findings = (await check(index.path)).filter((finding) => finding.code !== 'OK');
  assert.ok(findings.length > 0 && findings.every((finding) => finding.code === 'ECORRUPT' && finding.file));
  await assert.rejects(check(`${index.path}-not`), NotFoundError);
  await assert.rejects(check(index.path, { level: 'hard' }), TypeError);
  await assert.rejects(check(5), TypeError);
});

test('backup and restore', async (t) => {
  const index = smallIndex(t);
  const to = `${index.path}-copy`;
  const copied = await index.backup(to, { progress: () => {} });
  assert.deepEqual([copied.documents, copied.generation], [3, 2]);
  assert.throws(() => index.backupSync(to), ExistsError);
  const second = index.backupSync(`${to}2`, { copy: true, base: to });
  assert.equal(second.documents, 3);
  const restored = await restore(to, `${to}3`, { copy: true });
  assert.equal(restored.filesLinked, 0);
  restoreSync(to, `${to}4`);
  const opened = await Index.open(`${to}4`);
  assert.equal(await opened.count('apple'), 2);
  await opened.close();
});

test('repair tells what is lost, and gives it back', async (t) => {
  const index = smallIndex(t);
  damage(index);
  await index.close();
  const dry = await repair(index.path, { dryRun: true });
  assert.ok(dry.findings.length > 0 && dry.generation === 0);
  const done = repairSync(index.path);
  assert.equal(done.lost, done.lostDocuments.length);
  assert.equal(done.documents, 0);
  const opened = await Index.open(index.path);
  const writer = await opened.writer({ durable: false });
  await writer.putAll(done.lostDocuments.filter((one) => one.json).map((one) => one.json));
  await writer.commit();
  await writer.close();
  await opened.close();
  assertSound(await check(index.path));
  assert.equal((await salvage(index.path)).generation, 0);
  assert.equal(salvageSync(index.path, { dryRun: true }).findings.length, 0);
});

test('reindex by another schema, in place and elsewhere; upgrade', async (t) => {
  const index = smallIndex(t);
  await index.close();
  const generation = await reindex(index.path, { schema: { id: key(), title: text(), tags: 'keyword' }, memory: '32M', progress: () => {} }).catch((error) => error);
  assert.ok(generation instanceof Error, 'tags has two values in one document');
  assert.ok((await reindex(index.path, { schema: { id: key(), title: text() } })) > 2);
  assert.equal(reindexSync(index.path, { to: `${index.path}-2`, dropUnstored: true }), 1);
  const opened = await Index.open(`${index.path}-2`);
  assert.deepEqual([opened.schema.names, await opened.count('*:*')], [['id', 'title'], 3]);
  await opened.close();
  assert.equal(await upgrade(index.path), 0);
  assert.equal(upgradeSync(index.path), 0);
});

test('a progress that throws ends the call with what it threw', async (t) => {
  const dir = path.join(folder(t), 'i');
  const index = await Index.create(dir);
  const writer = await index.writer({ durable: false });
  await writer.putAll(Array.from({ length: 20000 }, (_, i) => ({ id: String(i), body: `w${i} ${i * 7} ${i % 100} 数据${i}` })));
  await writer.commit();
  await writer.close();
  await index.close();
  const mine = new Error('enough');
  const progress = () => {
    throw mine;
  };
  await assert.rejects(check(dir, { level: 'deep', progress }), (error) => error === mine);
  assert.throws(() => checkSync(dir, { level: 'deep', progress }), (error) => error === mine);
  await assert.rejects(check(dir, { progress: 5 }), TypeError);
  assert.ok(InvalidError);
});
