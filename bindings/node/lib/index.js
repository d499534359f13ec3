'use strict';
/* index.js - an index: making, opening, writing, copying it. */

const { native, run, NOW } = require('./run');
const { closing } = require('./closing');
const { ExistsError, NotFoundError } = require('./errors').classes;
const { Schema } = require('./schema');
const { Snapshot } = require('./snapshot');
const { View } = require('./view');
const { Writer } = require('./writer');
const { size, whole, filePath, textOrNothing, oneOf, options } = require('./units');

const CHECKSUMS = { lazy: 0, eager: 1, off: 2 };
const CREATE = new Set(['existOk', 'inMemory', 'signal']);
const OPEN = new Set(['readOnly', 'checksums', 'usePread', 'commitsBack', 'create', 'signal']);
const WRITER = new Set(['memory', 'threads', 'load', 'keepCommits', 'durable', 'strictSchema', 'maxSegments', 'reorder', 'signal']);
const BACKUP = new Set(['copy', 'base', 'progress', 'signal']);

const schemaOf = (schema) => (schema instanceof Schema ? schema : new Schema(schema));

function createArgs(path, schema, how) {
  const handle = Schema._handle(schemaOf(schema));
  return [filePath(path), handle, Boolean(how.inMemory)];
}

function openArgs(path, how) {
  return [
    filePath(path),
    oneOf(how.checksums, CHECKSUMS, 'checksums', 0),
    Boolean(how.usePread),
    Boolean(how.readOnly),
    whole(how.commitsBack, 'commitsBack'),
  ];
}

function writerArgs(index, how) {
  return [
    index._handle,
    size(how.memory, 'memory'),
    whole(how.threads, 'threads', 1),
    Boolean(how.load),
    whole(how.keepCommits, 'keepCommits'),
    how.durable === false,
    Boolean(how.strictSchema),
    whole(how.maxSegments, 'maxSegments'),
    textOrNothing(how.reorder, 'reorder'),
  ];
}

function backupArgs(index, to, how) {
  const base = how.base === undefined ? undefined : filePath(how.base, 'base');
  return [index._handle, filePath(to, 'to'), Boolean(how.copy), base, how.progress];
}

/** An index directory.  Searches of the index itself see the newest commit. */
class Index extends closing(View) {
  /** where it is */
  path;

  constructor(handle, path) {
    if (new.target !== Index || typeof handle !== 'object') throw new TypeError('an index is made by Index.open or Index.create');
    super(handle);
    this.path = path;
  }

  /** Make a new, empty index; `existOk` opens the one that is there, whatever its schema. */
  static async create(path, schema, how) {
    const given = options(how, CREATE, 'create');
    const args = createArgs(path, schema, given);
    try {
      return new Index(await run(given.signal, (job) => native.indexCreate(...args, job)), args[0]);
    } catch (error) {
      if (!(error instanceof ExistsError && given.existOk)) throw error;
      return Index.open(path, { signal: given.signal });
    }
  }

  static createSync(path, schema, how) {
    const given = options(how, CREATE, 'createSync');
    const args = createArgs(path, schema, given);
    try {
      return new Index(native.indexCreate(...args, NOW), args[0]);
    } catch (error) {
      if (!(error instanceof ExistsError && given.existOk)) throw error;
      return Index.openSync(path);
    }
  }

  /** Open an index that is there; `create`, a schema, makes it where there is none. */
  static async open(path, how) {
    const given = options(how, OPEN, 'open');
    const args = openArgs(path, given);
    const open = async () => new Index(await run(given.signal, (job) => native.indexOpen(...args, job)), args[0]);
    if (given.create === undefined) return open();
    const schema = schemaOf(given.create);
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
    await (await Index.create(path, schema, { existOk: true, signal: given.signal })).close();
    return open();
  }

  static openSync(path, how) {
    const given = options(how, OPEN, 'openSync');
    const args = openArgs(path, given);
    const open = () => new Index(native.indexOpen(...args, NOW), args[0]);
    if (given.create === undefined) return open();
    const schema = schemaOf(given.create);
    try {
      return open();
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
    Index.createSync(path, schema, { existOk: true }).closeSync();
    return open();
  }

  /** An index with nothing on disk. */
  static inMemory(schema) {
    return Index.createSync('memory', schema, { inMemory: true });
  }

  async _still() {
    return this.snapshot();
  }

  _stillSync() {
    return this.snapshotSync();
  }

  /** The schema of the newest commit. */
  get schema() {
    return this.factsSync().schema;
  }

  /** A view of the newest commit. */
  async snapshot() {
    return new Snapshot(await run(undefined, (job) => native.snapshot(this._handle, job)));
  }

  snapshotSync() {
    return new Snapshot(native.snapshot(this._handle, NOW));
  }

  /** Become the writer of the index: there is one at a time (LockedError). */
  async writer(how) {
    const given = options(how, WRITER, 'writer');
    const args = writerArgs(this, given);
    return new Writer(await run(given.signal, (job) => native.indexWriter(...args, job)));
  }

  writerSync(how) {
    return new Writer(native.indexWriter(...writerArgs(this, options(how, WRITER, 'writerSync')), NOW));
  }

  /** Copy the newest commit into a directory of its own; files are linked where they can be. */
  async backup(to, how) {
    const given = options(how, BACKUP, 'backup');
    const args = backupArgs(this, to, given);
    return run(given.signal, (job) => native.backup(...args, job));
  }

  backupSync(to, how) {
    return native.backup(...backupArgs(this, to, options(how, BACKUP, 'backupSync')), NOW);
  }
}

module.exports = { Index };
