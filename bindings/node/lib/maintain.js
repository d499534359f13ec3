'use strict';
/* maintain.js - an index as a whole: check, restore, repair, salvage, reindex, upgrade. */

const { native, run, NOW } = require('./run');
const { Schema } = require('./schema');
const { size, filePath, oneOf, options } = require('./units');

const LEVELS = { quick: 0, normal: 1, deep: 2 };

/* A call in both forms: `args` makes what the addon takes of what the user gave. */
function twins(name, known, args) {
  const names = new Set([...known, 'progress', 'signal']);
  const split = (given) => [given.slice(0, args.length - 1), given[args.length - 1]];
  return {
    async later(...given) {
      const [own, how] = split(given);
      const asked = options(how, names, name);
      const all = args(...own, asked);
      return run(asked.signal, (job) => native[name](...all, asked.progress, job));
    },
    now(...given) {
      const [own, how] = split(given);
      const asked = options(how, names, `${name}Sync`);
      return native[name](...args(...own, asked), asked.progress, NOW);
    },
  };
}

const check = twins('check', ['level'], (path, how) => [filePath(path), oneOf(how.level, LEVELS, 'level', LEVELS.normal)]);

const restore = twins('restore', ['copy'], (from, to, how) => [filePath(from, 'from'), filePath(to, 'to'), Boolean(how.copy), undefined]);

const repair = twins('repair', ['dryRun'], (path, how) => [filePath(path), Boolean(how.dryRun)]);

const salvage = twins('salvage', ['dryRun'], (path, how) => [filePath(path), Boolean(how.dryRun)]);

const reindex = twins('reindex', ['schema', 'to', 'memory', 'dropUnstored'], (path, how) => [
  filePath(path),
  how.schema === undefined ? undefined : Schema._handle(new Schema(how.schema)),
  how.to === undefined ? undefined : filePath(how.to, 'to'),
  size(how.memory, 'memory'),
  Boolean(how.dropUnstored),
]);

const upgrade = twins('upgrade', [], (path, how) => [filePath(path)]);

const calls = { check, restore, repair, salvage, reindex, upgrade };
module.exports = {};
for (const [name, { later, now }] of Object.entries(calls)) {
  Object.defineProperty(later, 'name', { value: name });
  Object.defineProperty(now, 'name', { value: `${name}Sync` });
  module.exports[name] = later;
  module.exports[`${name}Sync`] = now;
}
