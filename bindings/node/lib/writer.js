'use strict';
/* writer.js - put, delete, commit. */

const { native, run, NOW } = require('./run');
const { closing } = require('./closing');
const { MisuseError } = require('./errors').classes;
const { putAll, putAllSync } = require('./put_all');
const { specOf } = require('./query');
const { Schema } = require('./schema');
const { Snapshot } = require('./snapshot');
const { whole, filePath, text, options, show } = require('./units');

const PUT = new Set(['append', 'signal']);
const SIGNAL = new Set(['signal']);
const LONG = new Set(['progress', 'signal']);

/* A writer that nobody closed holds its lock until it is collected: worth a word. */
const forgotten = new FinalizationRegistry(() => {
  process.emitWarning('a Writer was not closed', { code: 'PRISMSEARCH_WRITER' });
});

function payloadOf(payload) {
  if (payload === undefined || payload === null || typeof payload === 'string') return payload;
  if (ArrayBuffer.isView(payload) || payload instanceof ArrayBuffer) return payload;
  throw new TypeError(`a payload is bytes or a string, not ${show(payload)}`);
}

function pathsOf(paths) {
  if (!Array.isArray(paths)) throw new TypeError(`paths are an array, not ${show(paths)}`);
  return paths.map((path) => filePath(path));
}

const schemaHandle = (schema) => Schema._handle(schema instanceof Schema ? schema : new Schema(schema));

/**
 * The writer of an index: what is put is durable and visible after `commit`, all of it or none.  Calls are
 * done in their order, awaited or not.  A ...Sync call would overtake those that are not done yet: until they
 * are, it is a MisuseError (but statsSync and closeSync).
 */
class Writer extends closing(Object) {
  #walks = 0; // calls of putAll under way: between its batches the addon knows nothing of it

  /* The handle, for a call at once. */
  #now() {
    if (this.#walks === 0 || this.closed) return this._handle; // of a closed one the addon complains
    throw new MisuseError('a putAll of the writer is under way that a ...Sync call would overtake: await it', 'EMISUSE');
  }

  constructor(handle) {
    super(handle);
    forgotten.register(this, undefined, this);
  }

  close() {
    forgotten.unregister(this);
    return super.close();
  }

  closeSync() {
    forgotten.unregister(this);
    super.closeSync();
  }

  // ---- documents

  /** Put a document: an object, or JSON as string or bytes.  It replaces that of its key. */
  async put(document, how) {
    const { append, signal } = options(how, PUT, 'put');
    return run(signal, (job) => native.put(this._handle, document, Boolean(append), job));
  }

  putSync(document, how) {
    native.put(this.#now(), document, Boolean(options(how, PUT, 'putSync').append), NOW);
  }

  /** As `put`, where you know the key is new: no older version is looked for. */
  async add(document, how) {
    const { signal } = options(how, SIGNAL, 'add');
    return run(signal, (job) => native.put(this._handle, document, true, job));
  }

  addSync(document) {
    native.put(this.#now(), document, true, NOW);
  }

  /**
   * Put documents in batches, which is faster than one by one, from any iterable or async iterable; it
   * waits for the index, and so does its source.
   */
  async putAll(documents, how) {
    this.#walks++;
    try {
      return await putAll(this, documents, how);
    } finally {
      this.#walks--;
    }
  }

  putAllSync(documents, how) {
    this.#now();
    return putAllSync(this, documents, how);
  }

  /** Delete by key; whether there was such a document. */
  async delete(key, how) {
    const { signal } = options(how, SIGNAL, 'delete');
    return run(signal, (job) => native.delete(this._handle, text(key, 'key'), job));
  }

  deleteSync(key) {
    return native.delete(this.#now(), text(key, 'key'), NOW);
  }

  /** Delete all that match, what is not committed included; how many they were. */
  async deleteByQuery(query, how) {
    const { signal } = options(how, SIGNAL, 'deleteByQuery');
    return run(signal, (job) => native.deleteByQuery(this._handle, specOf(query), job));
  }

  deleteByQuerySync(query) {
    return native.deleteByQuery(this.#now(), specOf(query), NOW);
  }

  /** Take in whole other indexes without analyzing them again. */
  async addIndexes(paths, how) {
    const { progress, signal } = options(how, LONG, 'addIndexes');
    return run(signal, (job) => native.addIndexes(this._handle, pathsOf(paths), progress, job));
  }

  addIndexesSync(paths, how) {
    native.addIndexes(this.#now(), pathsOf(paths), options(how, LONG, 'addIndexesSync').progress, NOW);
  }

  // ---- commits

  /**
   * Make everything durable and visible; the number of the commit.  One that is ended before it is published
   * leaves all as it was: what was put is still there for the next.  `progress(done, total)` counts documents.
   */
  async commit(payload, how) {
    const { progress, signal } = options(how, LONG, 'commit');
    return run(signal, (job) => native.commit(this._handle, payloadOf(payload), progress, job));
  }

  commitSync(payload, how) {
    return native.commit(this.#now(), payloadOf(payload), options(how, LONG, 'commitSync').progress, NOW);
  }

  /** Forget everything since the last commit. */
  async rollback() {
    return run(undefined, (job) => native.rollback(this._handle, job));
  }

  rollbackSync() {
    native.rollback(this.#now(), NOW);
  }

  /** Merge down to so many segments and commit.  `progress(done, total)` counts documents. */
  async merge(maxSegments = 1, how = undefined) {
    const { progress, signal } = options(how, LONG, 'merge');
    return run(signal, (job) => native.merge(this._handle, whole(maxSegments, 'maxSegments'), progress, job));
  }

  mergeSync(maxSegments = 1, how = undefined) {
    native.merge(this.#now(), whole(maxSegments, 'maxSegments'), options(how, LONG, 'mergeSync').progress, NOW);
  }

  /** What a commit would hold now, for this process alone. */
  async snapshot() {
    return new Snapshot(await run(undefined, (job) => native.writerSnapshot(this._handle, job)));
  }

  snapshotSync() {
    return new Snapshot(native.writerSnapshot(this.#now(), NOW));
  }

  // ---- schema, counters

  /** The schema that documents are put by. */
  async schema() {
    return Schema._of(await run(undefined, (job) => native.writerSchema(this._handle, job)));
  }

  schemaSync() {
    return Schema._of(native.writerSchema(this.#now(), NOW));
  }

  /** Change it: new fields behind the others, boosts, `stored` to false, `many` to true. */
  async setSchema(schema) {
    return run(undefined, (job) => native.setSchema(this._handle, schemaHandle(schema), job));
  }

  setSchemaSync(schema) {
    native.setSchema(this.#now(), schemaHandle(schema), NOW);
  }

  /** Counters since the writer was opened. */
  async stats() {
    return run(undefined, (job) => native.stats(this._handle, job));
  }

  statsSync() {
    return native.stats(this._handle, NOW);
  }
}

module.exports = { Writer };
