'use strict';
/* units.js - options, sizes, times and paths as people write them. */

const { fileURLToPath } = require('node:url');

const SIZES = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/* Bytes: 268435456, "256M", "1.5G"; undefined = 0. */
function size(value, name) {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' || typeof value === 'bigint') return whole(value, name);
  const found = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(value.trim()) : null;
  if (!found) throw new TypeError(`${name}: no size: ${show(value)} (such as '256M')`);
  return Math.trunc(Number(found[1]) * SIZES[found[2].toUpperCase()]);
}

/* A whole number from 0 on; undefined = otherwise. */
function whole(value, name, otherwise = 0) {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'bigint' && value >= 0n && value <= Number.MAX_SAFE_INTEGER) return Number(value);
  if (typeof value !== 'number') throw new TypeError(`${name} is a number, not ${show(value)}`);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} is a whole number from 0 on, not ${value}`);
  return value;
}

function number(value, name, otherwise) {
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`${name} is a number, not ${show(value)}`);
  return value;
}

/* Of milliseconds; undefined and 0 = no limit. */
function microseconds(value, name) {
  const ms = number(value, name, 0);
  if (ms < 0 || ms > Number.MAX_SAFE_INTEGER / 1000) throw new RangeError(`${name} is no time: ${ms}`);
  return ms === 0 ? 0 : Math.max(1, Math.round(ms * 1000));
}

/* A string, Buffer or file: URL as the string that the library opens. */
function filePath(value, name = 'path') {
  const path = value instanceof URL ? fileURLToPath(value) : Buffer.isBuffer(value) ? value.toString() : value;
  if (typeof path !== 'string') throw new TypeError(`${name} is a string, Buffer or file: URL, not ${show(value)}`);
  if (path === '') throw new TypeError(`${name} is empty`);
  if (path.includes('\0')) throw new TypeError(`${name} has a NUL in it`);
  return path;
}

function text(value, name) {
  if (typeof value !== 'string') throw new TypeError(`${name} is a string, not ${show(value)}`);
  return value;
}

function textOrNothing(value, name) {
  return value === undefined || value === null ? undefined : text(value, name);
}

function oneOf(value, choices, name, otherwise) {
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'string' || !Object.hasOwn(choices, value)) {
    throw new TypeError(`${name} is ${Object.keys(choices).map((c) => `'${c}'`).join(' or ')}, not ${show(value)}`);
  }
  return choices[value];
}

/* An options object whose names are known; a misspelt one would be ignored without a word. */
function options(value, names, call) {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object') throw new TypeError(`the options of ${call} are an object, not ${show(value)}`);
  for (const name in value) {
    if (!names.has(name)) throw new TypeError(`${call} has no option '${name}'; it has ${[...names].join(', ')}`);
    /* No code that aborts it runs meanwhile: it would be ignored. */
    if (name === 'signal' && call.endsWith('Sync') && value.signal) throw new TypeError(`${call} runs at once: no signal ends it`);
  }
  return value;
}

/* A value as an error shows it: never its own code. */
function show(value) {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

module.exports = { size, whole, number, microseconds, filePath, text, textOrNothing, oneOf, options, show };
