'use strict';
/* hits.js - what a search found: hits, whose documents become objects when they are asked for. */

const { native, run, NOW } = require('./run');
const { NotFoundError } = require('./errors').classes;
const { text, whole, options } = require('./units');

const PAGE = 16; // documents that become objects together
const STOPPED = [undefined, 'deadline', 'cancel', 'work'];
const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (value) => value.replace(/[&<>"']/g, (c) => ESCAPES[c]);
const asIs = (value) => value;

/** A piece of a field's text, with the ranges that take part in the query. */
class Fragment {
  constructor([content, spans, byteOffset]) {
    this.text = content;
    /** [start, end] in units of `text`, ascending and apart */
    this.spans = spans;
    /** of `text` in the field's value, in bytes of UTF-8 */
    this.byteOffset = byteOffset;
  }

  /** The marked texts. */
  get matches() {
    return this.spans.map(([start, end]) => this.text.slice(start, end));
  }

  /** The text with marks around its matches; all else is escaped for HTML unless told otherwise. */
  marked(before = '<mark>', after = '</mark>', { escape = true } = {}) {
    const keep = escape ? escapeHtml : asIs;
    let at = 0;
    let out = '';
    for (const [start, end] of this.spans) {
      out += keep(this.text.slice(at, start)) + before + keep(this.text.slice(start, end)) + after;
      at = end;
    }
    return out + keep(this.text.slice(at));
  }
}

const FRAGMENTS = new Set(['maxBytes', 'count', 'whole', 'signal']);
const SNIPPETS = new Set([...FRAGMENTS, 'mark', 'escape', 'between']);

/* Options of fragments, as the addon takes them. */
const cut = (how) => [whole(how.maxBytes, 'maxBytes'), whole(how.count, 'count'), Boolean(how.whole)];

/* Where the marks are HTML, all else is escaped unless `escape` says otherwise. */
function marked(fragments, { mark = ['<mark>', '</mark>'], escape = mark[0].startsWith('<'), between = ' … ' }) {
  return fragments.map((fragment) => fragment.marked(mark[0], mark[1], { escape })).join(between);
}

/* A field that a document has not has nothing to show. */
function nothingIfMissing(error) {
  if (error instanceof NotFoundError) return [];
  throw error;
}

/** A document found: `hit.key`, `hit.score`, `hit.fields.title`. */
class Hit {
  #hits;
  #place;
  #fields;
  #highlights;

  constructor(hits, place, key, score) {
    this.#hits = hits;
    this.#place = place;
    /** its key; "" if the schema has none */
    this.key = key;
    /** equal for equal statistics, whatever the segments; 0 in an order of values */
    this.score = score;
  }

  /** The stored document, or what of it `select` asked for. */
  get fields() {
    this.#fields ??= Hits._document(this.#hits, this.#place);
    return this.#fields;
  }

  /** The stored document as the JSON it is. */
  raw() {
    const bytes = native.answerBytes(Hits._inside(this.#hits).answer, this.#place);
    if (bytes === null) throw new TypeError('the documents were not read: the search had select: false');
    return bytes;
  }

  /** Fragments of the fields that `highlight` asked for. */
  get highlights() {
    if (this.#highlights === undefined) {
      const { answer, highlight } = Hits._inside(this.#hits);
      this.#highlights = {};
      highlight.forEach((name, f) => {
        this.#highlights[name] = native.answerFragments(answer, this.#place, f).map((one) => new Fragment(one));
      });
    }
    return this.#highlights;
  }

  /** What the hit stands by under the order asked for; null where it has no value. */
  get sortValues() {
    return native.answerSortValues(Hits._inside(this.#hits).answer, this.#place);
  }

  /** Its number, good for the snapshot that was searched. */
  get gdoc() {
    return native.answerHit(Hits._inside(this.#hits).answer, this.#place)[0];
  }

  /** Order of arrival, which decides between equal scores. */
  get arrival() {
    return native.answerHit(Hits._inside(this.#hits).answer, this.#place)[1];
  }

  #cut(field, how, names, call) {
    const { answer } = Hits._inside(this.#hits);
    const args = [answer, this.#place, text(field, 'field'), ...cut(options(how, names, call))];
    return (job) => native.fragments(...args, job);
  }

  /** The best pieces of a stored text field, or the whole text, with the ranges that match. */
  async fragments(field, how) {
    const begin = this.#cut(field, how, FRAGMENTS, 'fragments');
    return (await run(how?.signal, begin)).map((one) => new Fragment(one));
  }

  fragmentsSync(field, how) {
    return this.#cut(field, how, FRAGMENTS, 'fragmentsSync')(NOW).map((one) => new Fragment(one));
  }

  /** The best pieces of a stored text field as one text, with marks around what matches. */
  async snippet(field, how = {}) {
    const begin = this.#cut(field, how, SNIPPETS, 'snippet');
    return marked((await run(how?.signal, begin).catch(nothingIfMissing)).map((one) => new Fragment(one)), how ?? {});
  }

  snippetSync(field, how = {}) {
    const begin = this.#cut(field, how, SNIPPETS, 'snippetSync');
    let found;
    try {
      found = begin(NOW);
    } catch (error) {
      found = nothingIfMissing(error);
    }
    return marked(found.map((one) => new Fragment(one)), how ?? {});
  }

  toJSON() {
    return { key: this.key, score: this.score };
  }
}

/** The hits of one search, best first or in the order asked for. */
class Hits {
  #answer;
  #select;
  #highlight;
  #pages = new Map(); // an array would call setters of its prototype

  constructor([answer, found, total, exact, complete, stopped, notes], select, highlight) {
    this.#answer = answer;
    this.#select = select;
    this.#highlight = highlight;
    this.hits = [];
    for (let i = 0; i < found.length; i += 2) this.hits.push(new Hit(this, i / 2, found[i], found[i + 1]));
    /** documents matched */
    this.total = total;
    /** whether `total` is exact, or a lower bound */
    this.exact = exact;
    /** false: the search was cut short, and has what it had seen */
    this.complete = complete;
    /** why it was cut short: 'deadline', 'work' */
    this.stopped = STOPPED[stopped];
    /** what the lenient reader ignored or read otherwise: [byte offset, sentence] */
    this.notes = notes ?? [];
  }

  /* Who asks for one document asks for its neighbours. */
  static _document(hits, place) {
    const page = Math.floor(place / PAGE);
    let documents = hits.#pages.get(page);
    if (documents === undefined) {
      documents = native.answerDocuments(hits.#answer, page * PAGE, PAGE, hits.#select);
      hits.#pages.set(page, documents);
    }
    if (documents === null) throw new TypeError('the documents were not read: the search had select: false');
    return documents[place % PAGE];
  }

  static _inside(hits) {
    return { answer: hits.#answer, select: hits.#select, highlight: hits.#highlight };
  }

  /** Where the next page begins, for `after`; null if no more hits follow. */
  get next() {
    return native.answerNext(this.#answer);
  }

  get length() {
    return this.hits.length;
  }

  /** The keys of the hits. */
  get keys() {
    return this.hits.map((hit) => hit.key);
  }

  [Symbol.iterator]() {
    return this.hits[Symbol.iterator]();
  }
}

module.exports = { Hits, Hit, Fragment };
