'use strict';
/* io.js - documents from files and streams of NDJSON, a line each. */

const fs = require('node:fs');
const { pipeline } = require('node:stream');
const zlib = require('node:zlib');
const { filePath } = require('./units');

const NEWLINE = 10;
const isBlank = (line) => line.every((byte) => byte <= 32);

function open(source) {
  if (typeof source === 'string' || source instanceof URL) {
    const path = filePath(source);
    const file = fs.createReadStream(path, { highWaterMark: 1 << 18 });
    if (!path.endsWith('.gz')) return file;
    /* Either of them ends the other: a reader that leaves early closes the file, too. */
    return pipeline(file, zlib.createGunzip(), () => {});
  }
  if (typeof source?.[Symbol.asyncIterator] !== 'function' && typeof source?.[Symbol.iterator] !== 'function') {
    throw new TypeError('NDJSON comes from a path or a stream');
  }
  return source;
}

/**
 * The lines of NDJSON, as the bytes they are, for `writer.putAll`; from a path (.gz too) or a stream.  Empty
 * ones are left out.
 */
async function* readNdjson(source) {
  let rest = [];
  for await (const piece of open(source)) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const end = chunk.subarray(from, at);
      const line = rest.length ? Buffer.concat([...rest, end]) : end;
      rest = [];
      from = at + 1;
      if (!isBlank(line)) yield line;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  const line = Buffer.concat(rest);
  if (!isBlank(line)) yield line;
}

module.exports = { readNdjson };
