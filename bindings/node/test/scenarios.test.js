'use strict';
/* The stories of tests/scenarios, which the C library and psearch are told, too (run_scenarios.c). */
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { Index, PrismError, ROOT, folder } = require('./helper');

const place = path.join(ROOT, 'tests', 'scenarios');
const stories = fs.existsSync(place) ? fs.readdirSync(place).filter((name) => name.endsWith('.json')) : [];

async function build(story, dir) {
  const index = await Index.create(path.join(dir, 'index'));
  const writer = await index.writer({ durable: false });
  await writer.putAll(story.documents ?? []);
  await writer.commit();
  for (const key of story.delete ?? []) await writer.delete(key);
  if (story.adopt) {
    const other = await Index.create(path.join(dir, 'other'));
    const theirs = await other.writer({ durable: false });
    await theirs.putAll(story.adopt);
    await theirs.commit();
    await theirs.close();
    await other.close();
    await writer.addIndexes([path.join(dir, 'other')]);
  }
  for (const query of story.delete_query ?? []) await writer.deleteByQuery(query);
  await writer.putAll(story.later ?? []);
  await writer.commit();
  await writer.close();
  return index;
}

async function ask(index, search) {
  const how = {};
  for (const name of ['operator', 'fields', 'strict', 'filter', 'sort']) if (name in search) how[name] = search[name];
  let hits = await index.search(search.query, { limit: search.page ?? 100, ...how });
  const found = [...hits];
  const { notes } = hits;
  while ('page' in search && hits.next) {
    hits = await index.search(search.query, { limit: search.page, after: hits.next, ...how });
    found.push(...hits);
  }
  return { found, notes };
}

async function marksOf(hit, marks) {
  for (const [field, texts] of Object.entries(marks)) {
    const fragments = await hit.fragments(field, { whole: field === 'title' });
    assert.deepEqual(fragments.flatMap((fragment) => fragment.matches), texts);
  }
}

test('there are stories', { skip: stories.length === 0 && 'not in a checkout' }, () => {});

for (const name of stories) {
  test(name, async (t) => {
    const story = JSON.parse(fs.readFileSync(path.join(place, name), 'utf8'));
    const index = await build(story, folder(t));
    for (const search of story.searches) {
      const says = JSON.stringify(search);
      if (search.error) {
        await assert.rejects(ask(index, search), (error) => error instanceof PrismError && error.code === search.error, says);
        continue;
      }
      const { found, notes } = await ask(index, search);
      const keys = found.map((hit) => hit.key);
      if (search.hits) assert.deepEqual(keys, search.hits, says);
      if (search.set) assert.deepEqual([...keys].sort(), [...search.set].sort(), says);
      if (search.first) assert.equal(keys[0], search.first, says);
      if ('notes' in search) assert.equal(notes.length, search.notes, says);
      for (const [key, marks] of Object.entries(search.marks ?? {})) await marksOf(found.find((hit) => hit.key === key), marks);
    }
    await index.close();
  });
}
