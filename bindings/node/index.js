'use strict';
/* What users of CommonJS get; index.mjs gives the same to import. */

const { native } = require('./lib/run');
const { classes } = require('./lib/errors');
const { Index } = require('./lib/index');
const { Snapshot } = require('./lib/snapshot');
const { View } = require('./lib/view');
const { Writer } = require('./lib/writer');
const { Hits, Hit, Fragment } = require('./lib/hits');
const { Schema, Field, text, keyword, key, integer, float, boolean, date } = require('./lib/schema');
const { Query, functions } = require('./lib/query');
const maintain = require('./lib/maintain');
const { readNdjson } = require('./lib/io');

/** Version of the library. */
const version = native.version;

module.exports = {
  version,
  Index,
  Snapshot,
  View,
  Writer,
  Hits,
  Hit,
  Fragment,
  Schema,
  Field,
  Query,
  readNdjson,
  text,
  keyword,
  key,
  integer,
  float,
  boolean,
  date,
  ...functions,
  ...maintain,
  ...classes,
};
