'use strict';
/* view.js - what an index, by its newest commit, and a snapshot can be asked. */

const { native, run, NOW } = require('./run');
const { Hits } = require('./hits');
const { BudgetError } = require('./errors').classes;
const { Schema } = require('./schema');
const { READING, specOf } = require('./query');
const { size, whole, number, microseconds, text, textOrNothing, options, show } = require('./units');

const PAGE = 512; // hits of a page, walking all documents
const MAX_BYTES = 2 ** 20;

const SEARCH = new Set([
  ...READING,
  'limit',
  'offset',
  'after',
  'filter',
  'sort',
  'count',
  'select',
  'highlight',
  'timeoutMs',
  'maxWork',
  'memory',
  'threads',
  'filterCache',
  'exhaustive',
  'k1',
  'b',
  'signal',
]);
/* A scan has all hits, page by page. */
const SCAN = new Set([...SEARCH].filter((name) => !['limit', 'offset', 'count'].includes(name)));
const HIGHLIGHT = new Set(['fields', 'maxBytes', 'count', 'whole']);
const SIGNAL = new Set(['signal']);

function names(value, name) {
  if (!Array.isArray(value)) throw new TypeError(`${name} is an array of names, not ${show(value)}`);
  return value.map((one) => text(one, name));
}

/* highlight: names, or { fields, maxBytes, count, whole } */
function highlighting(value) {
  if (value === undefined || value === null) return { fields: [], cut: [0, 0, false] };
  const how = Array.isArray(value) ? { fields: value } : options(value, HIGHLIGHT, 'highlight');
  const maxBytes = whole(how.maxBytes, 'maxBytes');
  return { fields: names(how.fields ?? [], 'highlight'), cut: [Math.min(maxBytes, MAX_BYTES), whole(how.count, 'count'), Boolean(how.whole)] };
}

/* select: names of members; true = all; false = no documents at all */
function selecting(value) {
  if (value === undefined || value === null || value === true) return undefined;
  return value === false ? false : names(value, 'select');
}

/* How to begin a search, and what to make of its answer. */
function prepare(view, query, given, call) {
  const how = given === undefined ? NOTHING : options(given, SEARCH, call);
  const select = selecting(how.select);
  const { fields, cut } = highlighting(how.highlight);
  const args = [
    view._handle,
    specOf(query, how),
    how.filter === undefined || how.filter === null ? undefined : specOf(how.filter, how, false),
    whole(how.limit, 'limit', 10),
    whole(how.offset, 'offset'),
    textOrNothing(how.sort, 'sort'),
    textOrNothing(how.after, 'after'),
    Boolean(how.count),
    microseconds(how.timeoutMs, 'timeoutMs'),
    whole(how.maxWork, 'maxWork'),
    size(how.memory, 'memory'),
    whole(how.threads, 'threads'),
    size(how.filterCache, 'filterCache'),
    Boolean(how.exhaustive),
    number(how.k1, 'k1', -1),
    number(how.b, 'b', -1),
    select !== false,
    fields,
    ...cut,
  ];
  return {
    signal: how.signal,
    begin: (job) => native.search(...args, job),
    finish: (answer) => new Hits(answer, select || undefined, fields),
  };
}

const NOTHING = Object.freeze({});
const toTerms = (list) => list.map(([term, kind, df, cf]) => ({ term, kind, df, cf }));
const toTokens = (list) => list.map(([term, kind, pos, span, start, end]) => ({ term, kind, pos, span, start, end }));

function toFacts([generation, documents, deleted, segments, uuid, payload, schema]) {
  const hex = uuid.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { generation, documents, deleted, segments, uuid: hex, payload, schema: Schema._of(schema) };
}

/* How each page of a scan is searched. */
function scanning(how, call) {
  const given = options(how, SCAN, call);
  return { ...given, sort: given.sort ?? '_arrival', limit: PAGE };
}

/* What a limit ended is no count, and no page of all hits. */
function complete(hits, what) {
  if (hits.complete) return hits;
  throw new BudgetError(`the limit of ${hits.stopped === 'deadline' ? 'time' : 'work'} is spent: no ${what}`, 'EBUDGET');
}

/* An index and a snapshot are asked alike: the subclasses have _handle. */
class View {
  /**
   * The best documents for a query, or the first in the order of `sort`.  A text in query syntax never
   * fails unless `strict`.
   */
  async search(query, how) {
    const { signal, begin, finish } = prepare(this, query, how, 'search');
    return finish(await run(signal, begin));
  }

  searchSync(query, how) {
    const { begin, finish } = prepare(this, query, how, 'searchSync');
    return finish(begin(NOW));
  }

  /** Number of documents that match, exactly; a BudgetError where `timeoutMs` or `maxWork` ended it. */
  async count(query, how) {
    return complete(await this.search(query, { ...how, limit: 0, count: true, select: false }), 'exact count').total;
  }

  countSync(query, how) {
    return complete(this.searchSync(query, { ...how, limit: 0, count: true, select: false }), 'exact count').total;
  }

  /**
   * All hits of a query, by arrival unless `sort` says otherwise: constant memory, however many.  `timeoutMs` and
   * `maxWork` hold for each page; where one ends it, that is a BudgetError.
   */
  async *scan(query = '*:*', how = undefined) {
    const given = scanning(how, 'scan');
    const view = await this._still();
    try {
      let { after } = given;
      do {
        const page = complete(await view.search(query, { ...given, after }), 'whole page of hits');
        yield* page;
        after = page.next;
      } while (after !== null);
    } finally {
      if (view !== this) await view.close();
    }
  }

  *scanSync(query = '*:*', how = undefined) {
    const given = scanning(how, 'scanSync');
    const view = this._stillSync();
    try {
      let { after } = given;
      do {
        const page = complete(view.searchSync(query, { ...given, after }), 'whole page of hits');
        yield* page;
        after = page.next;
      } while (after !== null);
    } finally {
      if (view !== this) view.closeSync();
    }
  }

  /** All documents, in the order in which they were put. */
  async *documents() {
    for await (const hit of this.scan()) yield hit.fields;
  }

  *documentsSync() {
    for (const hit of this.scanSync()) yield hit.fields;
  }

  [Symbol.asyncIterator]() {
    return this.documents();
  }

  [Symbol.iterator]() {
    return this.documentsSync();
  }

  /** The document of a key, or undefined. */
  async get(key, how) {
    const { signal } = options(how, SIGNAL, 'get');
    return run(signal, (job) => native.get(this._handle, text(key, 'key'), 1, job));
  }

  getSync(key) {
    return native.get(this._handle, text(key, 'key'), 1, NOW);
  }

  /** The document of a key as the JSON it is, or undefined. */
  async getRaw(key, how) {
    const { signal } = options(how, SIGNAL, 'getRaw');
    return run(signal, (job) => native.get(this._handle, text(key, 'key'), 2, job));
  }

  getRawSync(key) {
    return native.get(this._handle, text(key, 'key'), 2, NOW);
  }

  /** Whether there is a document of that key. */
  async has(key, how) {
    const { signal } = options(how, SIGNAL, 'has');
    return run(signal, (job) => native.get(this._handle, text(key, 'key'), 0, job));
  }

  hasSync(key) {
    return native.get(this._handle, text(key, 'key'), 0, NOW);
  }

  /** Entries of a field's dictionary that begin so, in order. */
  async terms(field, prefix = '', limit = 100) {
    return toTerms(await run(undefined, (job) => native.terms(this._handle, text(field, 'field'), text(prefix, 'prefix'), whole(limit, 'limit'), job)));
  }

  termsSync(field, prefix = '', limit = 100) {
    return toTerms(native.terms(this._handle, text(field, 'field'), text(prefix, 'prefix'), whole(limit, 'limit'), NOW));
  }

  /** `{ generation, documents, deleted, segments, uuid, payload, schema }` of the commit. */
  async facts() {
    return toFacts(await run(undefined, (job) => native.facts(this._handle, job)));
  }

  factsSync() {
    return toFacts(native.facts(this._handle, NOW));
  }

  /** Sizes, counts and versions, by field, component and segment. */
  async info() {
    return JSON.parse(await run(undefined, (job) => native.info(this._handle, job)));
  }

  infoSync() {
    return JSON.parse(native.info(this._handle, NOW));
  }

  /** The tokens of a text, by the analyzer of a field; offsets in bytes of UTF-8. */
  analyze(source, field) {
    return toTokens(native.analyze(Schema._handle(this.schema), textOrNothing(field, 'field'), text(source, 'text')));
  }

  /** How a query is understood: `{ tree, notes, shape }`. */
  parse(query, how) {
    const spec = specOf(query, options(how, READING, 'parse'));
    const [tree, notes, shape] = native.parse(Schema._handle(this.schema), spec);
    return { tree: JSON.parse(tree), notes, shape };
  }
}

module.exports = { View };
