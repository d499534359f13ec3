'use strict';
/* closing.js - what owns a handle: `close`, and the end of a `using` block where the runtime has it. */

const { native, run, NOW } = require('./run');

/* A class that owns a handle, over another one. */
const closing = (Base) => {
  const Closing = class extends Base {
    #handle;
    #closed;

    constructor(handle) {
      super();
      this.#handle = handle;
    }

    get _handle() {
      return this.#handle;
    }

    /** Whether it was given up. */
    get closed() {
      return native.isClosed(this.#handle);
    }

    /** Give it up; twice is fine.  Calls under way end first. */
    close() {
      this.#closed ??= run(undefined, (job) => native.close(this.#handle, job));
      return this.#closed;
    }

    /** The same at once; calls under way end first, unwaited for. */
    closeSync() {
      native.close(this.#handle, NOW);
    }
  };
  /* By name, so that what a subclass does at its end is done. */
  const ends = [
    [Symbol.dispose, function () { this.closeSync(); }],
    [Symbol.asyncDispose, function () { return this.close(); }],
  ];
  for (const [symbol, value] of ends) {
    if (symbol) Object.defineProperty(Closing.prototype, symbol, { value, configurable: true, writable: true });
  }
  return Closing;
};

module.exports = { closing };
