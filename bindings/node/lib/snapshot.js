'use strict';
/* snapshot.js - a view of one commit. */

const { native, run, NOW } = require('./run');
const { closing } = require('./closing');
const { View } = require('./view');

/** A view of one commit, which never changes. */
class Snapshot extends closing(View) {
  #facts;

  #known() {
    this.#facts ??= this.factsSync(); // of what is in memory
    return this.#facts;
  }

  _still() {
    return this;
  }

  _stillSync() {
    return this;
  }

  /** Number of the commit, higher for later ones. */
  get generation() {
    return this.#known().generation;
  }

  /** Documents that can be found. */
  get size() {
    return this.#known().documents;
  }

  /** Documents deleted or replaced that no merge has dropped yet. */
  get deleted() {
    return this.#known().deleted;
  }

  /** Number of segments. */
  get segments() {
    return this.#known().segments;
  }

  /** Tells this index from every other one. */
  get uuid() {
    return this.#known().uuid;
  }

  /** The bytes given to `writer.commit`. */
  get payload() {
    return this.#known().payload;
  }

  /** The schema of the commit. */
  get schema() {
    return this.#known().schema;
  }

  /** The newest commit: this snapshot if nothing changed, else another that shares what it can. */
  async refresh() {
    const newer = await run(undefined, (job) => native.refresh(this._handle, job));
    return newer === null ? this : new Snapshot(newer);
  }

  refreshSync() {
    const newer = native.refresh(this._handle, NOW);
    return newer === null ? this : new Snapshot(newer);
  }
}

module.exports = { Snapshot };
