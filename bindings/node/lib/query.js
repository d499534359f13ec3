'use strict';
/* query.js - queries made by calls instead of text: and(term('backup'), range('date', '2026-01-01')).
 *
 * They are plain descriptions, good for any index; a search reads them by its schema.  Inside, a query is
 * the array that the addon reads (src/query.c). */

const { show, text, textOrNothing, whole, number, options, oneOf } = require('./units');

const [PARSE, TERM, PHRASE, NEAR, PREFIX, RANGE, EXISTS, ALL, JSON_TREE, BOOST, BOOL] = Array(11).keys();
const [SHOULD, MUST, MUST_NOT, FILTER] = Array(4).keys();
const OPEN_FROM = 1;
const OPEN_TO = 2;

/** Part of a query; make one with the functions of this module. */
class Query {
  #spec;

  constructor(spec) {
    this.#spec = spec;
  }

  static _spec(query) {
    return query.#spec;
  }

  /** Both this and the others. */
  and(...others) {
    return and(this, ...others);
  }

  /** This or one of the others. */
  or(...others) {
    return or(this, ...others);
  }

  /** The same, counting so many times as much. */
  boost(weight) {
    if (weight === undefined) throw new TypeError('weight is a number, not undefined');
    return new Query([BOOST, this.#spec, number(weight, 'weight')]);
  }
}

/* "title^2,body", from a text, names, or names with weights. */
function fieldsText(fields) {
  if (fields === undefined || fields === null || typeof fields === 'string') return fields ?? undefined;
  if (Array.isArray(fields)) return fields.map((name) => text(name, 'a field')).join(',');
  if (typeof fields === 'object') return Object.entries(fields).map(([name, weight]) => `${name}^${whole(weight, `the weight of ${name}`)}`).join(',');
  throw new TypeError(`fields are a text, names, or names with weights, not ${show(fields)}`);
}

/* A value as the library reads it in a range; nothing = no end. */
function valueText(value, name) {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw new TypeError(`${name} is a string, number, bigint, boolean or Date, not ${show(value)}`);
}

const OPERATORS = { or: false, and: true };
const READING = new Set(['operator', 'fields', 'strict', 'plain', 'vocabulary', 'keepStopwords']);

/* A text in query syntax; `how` has been looked at. */
function parsedSpec(source, how, plain) {
  return [
    PARSE,
    source,
    oneOf(how.operator, OPERATORS, 'operator', false),
    fieldsText(how.fields),
    Boolean(how.strict),
    Boolean(plain),
    Boolean(how.keepStopwords),
    textOrNothing(how.vocabulary, 'vocabulary'),
  ];
}

/* What a search is asked, as the addon reads it. */
function specOf(query, how = {}, plain = how.plain) {
  if (typeof query === 'string') return parsedSpec(query, how, plain);
  if (query instanceof Query) return Query._spec(query);
  throw new TypeError(`a query is a string or made by term(), phrase() ..., not ${show(query)}`);
}

/** A query in query syntax: `+must -not "a phrase" field:word date:[2025 TO *]`. */
function parse(source, how) {
  return new Query(parsedSpec(text(source, 'a query'), options(how, READING, 'parse'), how?.plain));
}

const words = (kind) => (source, fields) => new Query([kind, text(source, 'text'), fieldsText(fields)]);
/** All words of a text. */
const term = words(TERM);
/** The words of a text side by side. */
const phrase = words(PHRASE);
/** A word that begins so. */
const prefix = words(PREFIX);

/** The words of a text in any order within their number plus `slop` positions. */
function near(source, slop, fields) {
  return new Query([NEAR, text(source, 'text'), fieldsText(fields), whole(slop, 'slop')]);
}

const RANGES = new Set(['openFrom', 'openTo']);

/** Values from `from` to `to`, both included unless they are said to be open; nothing = no end. */
function range(field, from, to, how) {
  const { openFrom, openTo } = options(how, RANGES, 'range');
  return new Query([
    RANGE,
    text(field, 'field'),
    valueText(from, 'from'),
    valueText(to, 'to'),
    (openFrom ? OPEN_FROM : 0) | (openTo ? OPEN_TO : 0),
  ]);
}

/** Documents that have a field. */
function exists(field) {
  return new Query([EXISTS, text(field, 'field')]);
}

/** All documents. */
function everything() {
  return new Query([ALL]);
}

const clauses = (occur, queries) => queries.flatMap((query) => [occur, specOf(query)]);

/** All of these. */
function and(...queries) {
  return new Query([BOOL, 0, clauses(MUST, queries)]);
}

/** At least one of these. */
function or(...queries) {
  return new Query([BOOL, 1, clauses(SHOULD, queries)]);
}

/** None of these; alone: all other documents. */
function not(...queries) {
  return new Query([BOOL, 0, clauses(MUST_NOT, queries)]);
}

const BOOLS = new Set(['should', 'must', 'mustNot', 'filter', 'atLeast']);
const asList = (queries) => (queries === undefined ? [] : Array.isArray(queries) ? queries : [queries]);

/** `{ should, must, mustNot, filter, atLeast }`: one query of several. */
function bool(parts) {
  const { should, must, mustNot, filter, atLeast } = options(parts, BOOLS, 'bool');
  return new Query([
    BOOL,
    whole(atLeast, 'atLeast'),
    [
      ...clauses(SHOULD, asList(should)),
      ...clauses(MUST, asList(must)),
      ...clauses(MUST_NOT, asList(mustNot)),
      ...clauses(FILTER, asList(filter)),
    ],
  ]);
}

/** The query of a tree, as `index.parse` shows it. */
function fromTree(tree) {
  return new Query([JSON_TREE, JSON.stringify(tree) ?? '']);
}

module.exports = {
  Query,
  specOf,
  READING,
  functions: { parse, term, phrase, near, prefix, range, exists, everything, and, or, not, bool, fromTree },
};
