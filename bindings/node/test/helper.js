'use strict';
/* What the tests share: a small index, folders that go away, processes. */

const { spawn, spawnSync } = require('node:child_process');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const prismsearch = require('..');

const { Index, key, text, date, integer, float, boolean, keyword } = prismsearch;

const PACKAGE = path.join(__dirname, '..');
const ROOT = process.env.PRISM_SRCDIR || path.join(PACKAGE, '..', '..');

const SCHEMA = {
  id: key(),
  title: text({ boost: 2 }),
  body: text(),
  date: date({ column: true }),
  n: integer({ column: true }),
  price: float({ column: true }),
  ok: boolean({ column: true }),
  tags: keyword({ many: true, column: true }),
};

const DOCUMENTS = [
  { id: 'a', title: 'Apple pie', body: 'An apple a day keeps the doctor away', n: 3, date: '2025-03-01' },
  { id: 'b', title: 'Pear tree', body: 'A pear and an apple lie under the tree', tags: ['fruit', 'tree'], n: 1 },
  { id: 'c', title: '数据库备份', body: '每天备份 PostgreSQL 数据库，<b>两次</b>', date: '2026-01-02', n: 2, ok: true },
];

/* A folder of a test's own. */
function folder(t) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'prismsearch-node-'));
  t.after(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

/* Three documents on disk. */
function smallIndex(t) {
  const index = Index.createSync(path.join(folder(t), 'index'), SCHEMA);
  const writer = index.writerSync({ durable: false });
  writer.putAllSync(DOCUMENTS);
  writer.commitSync();
  writer.closeSync();
  t.after(() => index.close());
  return index;
}

/* An empty index with nothing on disk, and its writer. */
function memory(t, schema = SCHEMA) {
  const index = Index.inMemory(schema);
  const writer = index.writerSync();
  t.after(async () => {
    await writer.close();
    await index.close();
  });
  return { index, writer };
}

const prelude = `const prismsearch = require(${JSON.stringify(PACKAGE)}); const { Index, key, text, integer } = prismsearch;`;

/* JavaScript in a process of its own, to its end. */
function runNode(code, args = [], how = {}) {
  const { flags = [], ...rest } = how;
  return spawnSync(process.execPath, [...flags, '-e', prelude + code, ...args], { encoding: 'utf8', timeout: 120_000, ...rest });
}

function startNode(code, args = []) {
  return spawn(process.execPath, ['-e', prelude + code, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/* No finding but notes. */
function assertSound(findings) {
  assert.deepEqual(findings.filter((finding) => finding.code !== 'OK'), []);
}

/* An index in which a search of `slowQuery` takes long. */
function slowIndex(documents = 10_000) {
  const index = Index.inMemory({ id: key(), body: text() });
  const writer = index.writerSync();
  const words = (i) => Array.from({ length: 31 }, (_, k) => `w${(i + k * 7) % 31}`).join(' ');
  writer.putAllSync(Array.from({ length: documents }, (_, i) => ({ id: String(i), body: words(i) })));
  writer.commitSync();
  writer.closeSync();
  return index;
}

const slowQuery = Array.from({ length: 31 }, (_, i) => Array.from({ length: 9 }, (_, k) => `"w${i} w${(i + k + 1) % 31}"~3`).join(' ')).join(' ');
const slowly = { exhaustive: true, count: true };

module.exports = { ...prismsearch, prismsearch, PACKAGE, ROOT, SCHEMA, DOCUMENTS, folder, smallIndex, memory, runNode, startNode, assertSound, slowIndex, slowQuery, slowly };
