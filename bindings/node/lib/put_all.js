'use strict';
/* put_all.js - many documents: from an array, an iterable or an async iterable into the index.
 *
 *   this thread   fill A | fill B         | fill A         ...
 *   pool                 | put A          | put B
 *
 * Documents become JSON in one batch while the pool puts the other: nothing more is taken from the source
 * meanwhile, so a stream waits (back-pressure), and memory is two batches of 256 KiB and one document. */

const { native, run, isSignal, NOW } = require('./run');
const { PrismError, LimitError } = require('./errors').classes;
const { options, oneOf, show } = require('./units');

const PUT_ALL = new Set(['append', 'onError', 'onReject', 'signal']);
const ON_ERROR = { throw: false, collect: true };

/* One walk over the documents of a source. */
class Walk {
  constructor(writer, how, call) {
    const { append, onError, onReject, signal } = options(how, PUT_ALL, call);
    if (onReject !== undefined && typeof onReject !== 'function') throw new TypeError(`onReject is a function, not ${show(onReject)}`);
    this.writer = writer;
    this.append = Boolean(append);
    this.collect = oneOf(onError, ON_ERROR, 'onError', false) || onReject !== undefined;
    this.onReject = onReject;
    this.signal = signal;
    this.batch = native.batchNew();
    this.empty = true;
    this.seen = 0;
    this.put = 0;
    this.rejected = [];
  }

  reject(document, error) {
    error.document = document;
    if (this.onReject) this.onReject(document, error);
    else this.rejected.push({ document, error });
  }

  /* Into the batch; whether it is full. */
  add(document) {
    const place = this.seen++;
    try {
      const full = native.batchAdd(this.batch, document, place);
      this.empty = false;
      return full;
    } catch (error) {
      if (!this.collect || !(error instanceof TypeError || error instanceof LimitError)) throw place_of(error, place);
      this.reject(place, error);
      return false;
    }
  }

  begin(job) {
    return native.batchPut(this.writer._handle, this.batch, this.append, this.collect, job);
  }

  take([put, rejected]) {
    this.put += put;
    for (const [document, error] of rejected) this.reject(document, error);
  }

  result() {
    this.rejected.sort((a, b) => a.document - b.document);
    return { put: this.put, rejected: this.rejected };
  }
}

/* Which document it was, where the exception can be told. */
function place_of(error, place) {
  if (error instanceof TypeError || error instanceof PrismError) error.document = place;
  return error;
}

function check(source) {
  if (source === null || source === undefined || typeof source === 'string') throw new TypeError(`documents are an iterable, not ${show(source)}`);
  if (typeof source[Symbol.asyncIterator] === 'function') return true;
  if (typeof source[Symbol.iterator] === 'function' && !ArrayBuffer.isView(source)) return false;
  throw new TypeError(`documents are an iterable, not ${show(source)}`);
}

/* The walk with two batches by turns. */
class AsyncWalk extends Walk {
  constructor(writer, how, call) {
    super(writer, how, call);
    this.other = native.batchNew();
    this.running = undefined; // the put of the other batch
    this.failed = false; // one was not put: nothing behind it may be
  }

  /* The batch goes out; the other one, which is done by then, is filled next. */
  async send() {
    await this.settle();
    this.running = run(this.signal, (job) => this.begin(job));
    this.running.catch(() => {}); // seen by settle
    [this.batch, this.other] = [this.other, this.batch];
    this.empty = true;
  }

  async settle() {
    const running = this.running;
    this.running = undefined;
    if (!running) return;
    try {
      this.take(await running);
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  async finish() {
    if (this.failed) return;
    if (!this.empty) await this.send();
    await this.settle();
  }
}

/* Wait for what an asynchronous source gives next, or for an abort: a source that stalls does not keep it. */
class Steps {
  constructor(source, signal) {
    this.iterator = source[Symbol.asyncIterator]();
    this.signal = isSignal(signal) ? signal : undefined; // of anything else the put complains
    this.stalls = false;
    this.ended = false; // the source needs no closing
    this.stop = () => this.refuse?.(this.signal.reason);
    this.signal?.addEventListener('abort', this.stop, { once: true });
  }

  /* A promise of its own each time: one for all of them would keep every step. */
  async next() {
    if (this.signal?.aborted) throw this.signal.reason;
    this.stalls = true;
    this.ended = true; // if it throws
    const step = await new Promise((resolve, reject) => {
      this.refuse = (reason) => {
        this.ended = false;
        reject(reason);
      };
      Promise.resolve(this.iterator.next()).then(resolve, reject);
    });
    this.stalls = false;
    this.ended = Boolean(step.done);
    return step;
  }

  /* A source that stalls would not answer. */
  async close() {
    this.signal?.removeEventListener('abort', this.stop);
    if (this.ended) return;
    const closed = (async () => this.iterator.return?.())().catch(() => {}); // the first exception counts
    if (!this.stalls) await closed;
  }
}

async function walkSteps(walk, source) {
  const steps = new Steps(source, walk.signal);
  try {
    for (let step = await steps.next(); !step.done; step = await steps.next()) {
      if (walk.add(step.value)) await walk.send();
    }
  } finally {
    await steps.close();
  }
}

/* What was gathered before an exception is put.  Where that fails, it is what came first: as in a loop of
 * put, it is the exception that is seen. */
async function putAll(writer, source, how) {
  const walk = new AsyncWalk(writer, how, 'putAll');
  try {
    if (check(source)) {
      await walkSteps(walk, source);
    } else {
      for (const document of source) if (walk.add(document)) await walk.send();
    }
  } catch (error) {
    await walk.finish();
    throw error;
  }
  await walk.finish();
  return walk.result();
}

function flushSync(walk) {
  if (walk.empty) return;
  walk.empty = true; // whatever comes of it: it is put once
  walk.take(walk.begin(NOW));
}

function putAllSync(writer, source, how) {
  const walk = new Walk(writer, how, 'putAllSync');
  if (typeof source?.[Symbol.iterator] !== 'function') throw new TypeError('putAllSync takes what can be iterated at once');
  check(source);
  try {
    for (const document of source) if (walk.add(document)) flushSync(walk);
  } catch (error) {
    flushSync(walk);
    throw error;
  }
  flushSync(walk);
  return walk.result();
}

module.exports = { putAll, putAllSync };
