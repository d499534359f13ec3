'use strict';
/* kill -9 in the middle of a put: what was committed is there, all of it or none, and nothing is damaged. */
const test = require('node:test');
const assert = require('node:assert/strict');
const path = require('node:path');
const readline = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');
const { Index, check, key, text, integer, folder, startNode, assertSound } = require('./helper');

const CODE = `
  (async () => {
    const index = Index.openSync(process.argv[1]);
    const writer = await index.writer({ memory: '16M', threads: 2 });
    for (let commit = await index.count('*:*') / 100; ; commit++) {
      await writer.putAll(Array.from({ length: 100 }, (_, i) => ({ id: commit + '-' + i, body: ('word 数据库 ' + i + ' ').repeat(20), n: commit })));
      await writer.commit(String(commit));
      require('fs').writeSync(1, commit + '\\n');
    }
  })();`;
const ROUNDS = 6;

/* A small generator with a seed: the same delays every time. */
function* delays(seed) {
  for (;;) yield (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
}

test('kill -9 in the middle', async (t) => {
  const dir = path.join(folder(t), 'i');
  Index.createSync(dir, { id: key(), body: text(), n: integer({ column: true }) }).closeSync();
  const chance = delays(20261130);
  let acknowledged = -1;
  for (let round = 0; round < ROUNDS; round++) {
    const child = startNode(CODE, [dir]);
    const lines = readline.createInterface({ input: child.stdout });
    let told;
    const first = new Promise((resolve) => lines.once('line', resolve));
    lines.on('line', (line) => (told = Number(line)));
    const ended = new Promise((resolve) => lines.once('close', resolve));
    await Promise.race([first, ended]);
    await sleep(chance.next().value * 300);
    child.kill('SIGKILL');
    await ended;
    assert.ok(told > acknowledged, `${told} after ${acknowledged}`);
    const index = Index.openSync(dir);
    const snapshot = index.snapshotSync();
    const last = Number(snapshot.payload.toString());
    assert.ok(last === told || last === told + 1, `${last} is there, ${told} was told`);
    assert.deepEqual([snapshot.size, snapshot.countSync('数据库')], [(last + 1) * 100, (last + 1) * 100]);
    acknowledged = last;
    index.closeSync();
  }
  assertSound(await check(dir, { level: 'deep' }));
});
