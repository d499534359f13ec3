'use strict';
/* schema.js - fields and schemas: { id: key(), title: text({ boost: 2 }), date: date() }. */

const { native } = require('./run');
const { show } = require('./units');

/* The members that each kind of field may have. */
const VALUE = ['stored', 'column', 'many', 'indexed'];
const MEMBERS = {
  text: ['stored', 'boost', 'many', 'positions', 'lengths', 'indexed', 'analyzer', 'options'],
  keyword: VALUE,
  i64: VALUE,
  f64: VALUE,
  bool: VALUE,
  date: VALUE,
};

/** What a field is; made by text(), keyword() and the like. */
class Field {
  constructor(type, members, isKey = false) {
    if (members !== undefined && (typeof members !== 'object' || members === null)) {
      throw new TypeError(`what a field is like is an object, not ${show(members)}`);
    }
    this.type = type;
    this.isKey = isKey;
    this.members = { ...members };
    for (const name of Object.keys(this.members)) {
      if (!MEMBERS[type].includes(name)) throw new TypeError(`a field of type ${type} has no '${name}'; it has ${MEMBERS[type].join(', ')}`);
      if (this.members[name] === undefined) delete this.members[name];
    }
    Object.freeze(this.members);
    Object.freeze(this);
  }
}

const text = (members) => new Field('text', members);
const keyword = (members) => new Field('keyword', members);
const key = (members) => new Field('keyword', members, true);
const integer = (members) => new Field('i64', members);
const float = (members) => new Field('f64', members);
const boolean = (members) => new Field('bool', members);
const date = (members) => new Field('date', members);

function memberOf(name, field) {
  if (typeof field === 'string') return { name, type: field };
  if (field instanceof Field) return { name, type: field.type, ...field.members };
  throw new TypeError(`field '${name}' is none of key(), text(), keyword(), integer(), float(), boolean(), date(): ${show(field)}`);
}

function jsonOf(fields) {
  const names = Object.keys(fields);
  const keys = names.filter((name) => fields[name] instanceof Field && fields[name].isKey);
  if (keys.length > 1) throw new TypeError(`a schema has one key, not ${keys.length}: ${keys.join(', ')}`);
  const whole = { fields: names.map((name) => memberOf(name, fields[name])) };
  return JSON.stringify(keys.length ? { key: keys[0], ...whole } : whole);
}

const ADOPTED = Symbol('adopted');

/**
 * What the fields of a document are; immutable.  Made of fields by name, of the library's JSON, or of
 * nothing: the default schema.
 */
class Schema {
  #handle;
  #json;

  constructor(source) {
    if (source === ADOPTED) return;
    if (source instanceof Schema) this.#handle = source.#handle;
    else if (source === undefined || source === null) this.#handle = native.schemaDefault();
    else if (typeof source === 'string') this.#handle = native.schemaFromJson(source);
    else if (typeof source === 'object' && !Array.isArray(source)) this.#handle = native.schemaFromJson(jsonOf(source));
    else throw new TypeError(`a schema is made of fields by name or of JSON, not of ${show(source)}`);
  }

  /* Of the addon's handle. */
  static _of(handle) {
    const schema = new Schema(ADOPTED);
    schema.#handle = handle;
    return schema;
  }

  static _handle(schema) {
    return schema.#handle;
  }

  /** `{ key, fields: [{ name, type, ... }] }`, every member written out. */
  toJSON() {
    this.#json ??= JSON.parse(native.schemaJson(this.#handle));
    return structuredClone(this.#json);
  }

  /** Name of the key field, or undefined. */
  get key() {
    return this.toJSON().key ?? undefined;
  }

  /** Names of the fields, in order. */
  get names() {
    return this.toJSON().fields.map((field) => field.name);
  }

  /** The members of a field, or undefined. */
  get(name) {
    const found = this.toJSON().fields.find((field) => field.name === name);
    if (!found) return undefined;
    const { name: _, ...members } = found;
    return members;
  }

  equals(other) {
    return other instanceof Schema && native.schemaJson(this.#handle) === native.schemaJson(other.#handle);
  }

  /** A schema with these, none of them a key, behind its own fields: for `writer.setSchema`. */
  withFields(fields) {
    const whole = this.toJSON();
    const keys = Object.keys(fields).filter((name) => fields[name] instanceof Field && fields[name].isKey);
    if (keys.length > 0) throw new TypeError(`'${keys[0]}' cannot become the key: a schema keeps the one it has, or none`);
    const more = Object.keys(fields).map((name) => memberOf(name, fields[name]));
    return new Schema(JSON.stringify({ ...whole, fields: [...whole.fields, ...more] }));
  }

  toString() {
    return `Schema { ${this.toJSON().fields.map((field) => `${field.name}: ${field.type}`).join(', ')} }`;
  }
}

module.exports = { Schema, Field, text, keyword, key, integer, float, boolean, date };
