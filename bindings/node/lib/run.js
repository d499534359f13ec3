'use strict';
/* run.js - how does a call run: in the pool as a promise, with an AbortSignal, or at once?
 *
 * The addon's functions take a number last: 0 = now, in this thread, else the number of a job, by
 * which it can be cancelled. */

const native = require('./native');
const { makeError } = require('./errors');

/* An array of these values, behind those of the array that it is called of.  Elements are defined and not set, as
 * JSON.parse does it: a setter of Array.prototype sees nothing. */
const { defineProperty } = Object;
function makeList(...values) {
  if (this === undefined) return values;
  const at = { __proto__: null, value: undefined, writable: true, enumerable: true, configurable: true };
  for (let i = 0; i < values.length; i++) {
    at.value = values[i];
    defineProperty(this, this.length, at);
  }
  return this;
}

native.setMakers(makeError, makeList);
process.on('exit', native.stopAll);

const NOW = 0;
let last = 0;

function nextJob() {
  last = last >= 0xfffffff0 ? 1 : last + 1;
  return last;
}

function isSignal(signal) {
  return typeof signal === 'object' && signal !== null && typeof signal.addEventListener === 'function' && 'aborted' in signal;
}

/* The jobs of each signal: one listener for all of them, however many calls share it. */
const watched = new WeakMap();

function watch(signal, job) {
  let entry = watched.get(signal);
  if (entry === undefined) {
    const jobs = new Set();
    entry = { jobs, stop: () => jobs.forEach((one) => native.cancel(one)) };
    watched.set(signal, entry);
    signal.addEventListener('abort', entry.stop, { once: true });
  }
  entry.jobs.add(job);
}

function unwatch(signal, job) {
  const entry = watched.get(signal);
  entry.jobs.delete(job);
  if (entry.jobs.size > 0) return;
  watched.delete(signal);
  signal.removeEventListener('abort', entry.stop);
}

/* begin(job) in the pool; an aborted signal cancels it, and its reason is what the promise gets.  What
 * was done before the cancellation came is told as done. */
async function run(signal, begin) {
  const job = nextJob();
  if (signal === undefined || signal === null) return begin(job);
  if (!isSignal(signal)) throw new TypeError('signal is an AbortSignal');
  if (signal.aborted) throw signal.reason;
  const promise = begin(job);
  watch(signal, job);
  if (signal.aborted) native.cancel(job); // by what ran in begin
  try {
    return await promise;
  } catch (error) {
    throw signal.aborted && error?.code === 'ECANCELED' ? signal.reason : error;
  } finally {
    unwatch(signal, job);
  }
}

module.exports = { native, run, nextJob, isSignal, NOW };
