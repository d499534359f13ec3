/* index.d.ts - the types of the package; the comments are what an editor shows. */

/** Version of the library. */
export const version: string;

// ---- documents and values

/** What a field of a document may hold. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | Date
  | null
  | undefined
  | { toJSON(key?: string): unknown }
  | Iterable<Value>
  | { [name: string]: Value };

/**
 * A document: an object, or JSON as a string or bytes.  Names that the schema does not know are kept and
 * not searched.  Whole numbers beyond 2^53 are given as bigint.
 */
export type Document = object | string | NodeJS.ArrayBufferView | ArrayBuffer;

/** A stored document as it is read back: dates as the strings they are stored as, big whole numbers as bigint. */
export type Stored = { [name: string]: any };

export type Path = string | Buffer | URL;
/** Bytes: 268435456, "256M", "1.5G". */
export type Size = number | bigint | string;
/** Told about every 50 ms; what it throws ends the call, if that is not done by then. */
export type Progress = (done: number, total: number) => void;

export interface Cancel {
  /** Ends the call; the promise gets the signal's reason.  A ...Sync call, which none could end, refuses it. */
  signal?: AbortSignal | undefined;
}

// ---- schemas

export interface ValueMembers {
  /** kept in the stored document */
  stored?: boolean | undefined;
  /** at hand for filters, ranges, orders */
  column?: boolean | undefined;
  /** a document may have several */
  many?: boolean | undefined;
  /** searchable */
  indexed?: boolean | undefined;
}

export interface TextMembers {
  stored?: boolean | undefined;
  /** weight, 1 to 100; 0 = only searched by name */
  boost?: number | undefined;
  many?: boolean | undefined;
  /** phrases work */
  positions?: boolean | undefined;
  /** ranking knows lengths */
  lengths?: boolean | undefined;
  indexed?: boolean | undefined;
  analyzer?: string | undefined;
  /** of the analyzer: `{ stem: 'german', han: 'bi' }` */
  options?: { [name: string]: string | number | boolean } | undefined;
}

export class Field {
  private constructor();
  readonly type: FieldType;
  readonly isKey: boolean;
  readonly members: Readonly<ValueMembers & TextMembers>;
}

export type FieldType = 'text' | 'keyword' | 'i64' | 'f64' | 'bool' | 'date';

/** Analyzed text: words, phrases, ranking, highlights. */
export function text(members?: TextMembers): Field;
/** The whole value, folded: exact matches, filters, orders. */
export function keyword(members?: ValueMembers): Field;
/** The keyword that tells a document from every other: a later put replaces it. */
export function key(members?: ValueMembers): Field;
/** Whole numbers of 64 bits. */
export function integer(members?: ValueMembers): Field;
/** Numbers of 64 bits. */
export function float(members?: ValueMembers): Field;
/** True or false. */
export function boolean(members?: ValueMembers): Field;
/** ISO 8601 texts and Date; to the millisecond, UTC. */
export function date(members?: ValueMembers): Field;

export type Fields = { [name: string]: Field | FieldType };
/** Fields by name, the library's JSON, or nothing: the default schema. */
export type SchemaLike = Schema | Fields | string;

export interface FieldMembers extends ValueMembers, TextMembers {
  type: FieldType;
}

/** What the fields of a document are; immutable. */
export class Schema {
  constructor(source?: SchemaLike | null);
  /** Name of the key field. */
  readonly key: string | undefined;
  /** Names of the fields, in order. */
  readonly names: string[];
  /** The members of a field. */
  get(name: string): FieldMembers | undefined;
  equals(other: unknown): boolean;
  /** A schema with these, none of them a key, behind its own fields: for `writer.setSchema`. */
  withFields(fields: Fields): Schema;
  /** `{ key, fields: [{ name, type, ... }] }`, every member written out. */
  toJSON(): { key?: string; fields: (FieldMembers & { name: string })[] };
  toString(): string;
}

// ---- queries

/** Fields of words that name none: "title^2,body", names, or names with weights. */
export type SearchFields = string | string[] | { [name: string]: number };

/** How a text in query syntax is read. */
export interface Reading {
  /** what stands between two words without an operator */
  operator?: 'or' | 'and' | undefined;
  fields?: SearchFields | undefined;
  /** what would be a note is a ParseError */
  strict?: boolean | undefined;
  /** words only: no character is an operator */
  plain?: boolean | undefined;
  keepStopwords?: boolean | undefined;
  /** lines of "stop ...", "word ...", "same ..." */
  vocabulary?: string | undefined;
}

/** Part of a query; make one with `term`, `phrase` and the like. */
export class Query {
  private constructor();
  /** Both this and the others. */
  and(...others: QueryLike[]): Query;
  /** This or one of the others. */
  or(...others: QueryLike[]): Query;
  /** The same, counting so many times as much. */
  boost(weight: number): Query;
}
/** A text in query syntax, or a query made by calls. */
export type QueryLike = string | Query;

/** `+must -not "a phrase" field:word date:[2025 TO *]` */
export function parse(source: string, how?: Reading): Query;
/** All words of a text. */
export function term(source: string, fields?: SearchFields): Query;
/** The words of a text side by side. */
export function phrase(source: string, fields?: SearchFields): Query;
/** The words of a text in any order within their number plus `slop` positions. */
export function near(source: string, slop: number, fields?: SearchFields): Query;
/** A word that begins so. */
export function prefix(source: string, fields?: SearchFields): Query;
export type End = string | number | bigint | boolean | Date | null | undefined;
/** Values from `from` to `to`, both included unless they are said to be open; nothing = no end. */
export function range(field: string, from?: End, to?: End, how?: { openFrom?: boolean; openTo?: boolean }): Query;
/** Documents that have a field. */
export function exists(field: string): Query;
/** All documents. */
export function everything(): Query;
/** All of these. */
export function and(...queries: QueryLike[]): Query;
/** At least one of these. */
export function or(...queries: QueryLike[]): Query;
/** None of these; alone: all other documents. */
export function not(...queries: QueryLike[]): Query;
/** One query of several. */
export function bool(parts: {
  should?: QueryLike | QueryLike[];
  must?: QueryLike | QueryLike[];
  mustNot?: QueryLike | QueryLike[];
  filter?: QueryLike | QueryLike[];
  atLeast?: number;
}): Query;
/** The query of a tree, as `index.parse` shows it. */
export function fromTree(tree: object): Query;

// ---- searches

export interface Highlighting {
  fields: string[];
  /** length of a fragment; 0 = 240 */
  maxBytes?: number | undefined;
  /** fragments of a field */
  count?: number | undefined;
  /** the whole text instead of fragments */
  whole?: boolean | undefined;
}

export interface CountOptions extends Reading, Cancel {
  /** must match, too, and adds nothing to scores */
  filter?: QueryLike | undefined;
  /** then see `hits.complete` */
  timeoutMs?: number | undefined;
  maxWork?: number | undefined;
  memory?: Size | undefined;
  threads?: number | undefined;
  /** bytes of filters to keep with the snapshot */
  filterCache?: Size | undefined;
  exhaustive?: boolean | undefined;
}

export interface ScanOptions extends CountOptions {
  /** "date:desc,_score" */
  sort?: string | undefined;
  /** `hits.next` of the page before */
  after?: string | null | undefined;
  /** members of the stored documents to read; true = all, false = none */
  select?: boolean | string[] | undefined;
  /** text fields to mark: names, or how */
  highlight?: string[] | Highlighting | undefined;
  k1?: number | undefined;
  b?: number | undefined;
}

export interface SearchOptions extends ScanOptions {
  /** hits wanted; 10 */
  limit?: number | undefined;
  /** hits skipped before them */
  offset?: number | undefined;
  /** the total must be exact */
  count?: boolean | undefined;
}

/** A piece of a field's text, with the ranges that take part in the query. */
export class Fragment {
  private constructor();
  readonly text: string;
  /** [start, end] in units of `text`, ascending and apart */
  readonly spans: [number, number][];
  /** of `text` in the field's value, in bytes of UTF-8 */
  readonly byteOffset: number;
  /** The marked texts. */
  readonly matches: string[];
  /** The text with marks around its matches; all else is escaped for HTML unless told otherwise. */
  marked(before?: string, after?: string, how?: { escape?: boolean }): string;
}

export interface FragmentOptions extends Cancel {
  maxBytes?: number | undefined;
  count?: number | undefined;
  whole?: boolean | undefined;
}

export interface SnippetOptions extends FragmentOptions {
  /** ['<mark>', '</mark>'] */
  mark?: [string, string] | undefined;
  /** escape all else for HTML; as the marks are */
  escape?: boolean | undefined;
  /** between fragments */
  between?: string | undefined;
}

/** A document found. */
export class Hit<T = Stored> {
  private constructor();
  /** its key; "" if the schema has none */
  readonly key: string;
  /** equal for equal statistics, whatever the segments; 0 in an order of values */
  readonly score: number;
  /** The stored document, or what of it `select` asked for. */
  readonly fields: T;
  /** Fragments of the fields that `highlight` asked for. */
  readonly highlights: { [field: string]: Fragment[] };
  /** What the hit stands by under the order asked for; null where it has no value. */
  readonly sortValues: (string | number | bigint | boolean | Date | null)[];
  /** Its number, good for the snapshot that was searched. */
  readonly gdoc: number;
  /** Order of arrival, which decides between equal scores. */
  readonly arrival: number;
  /** The stored document as the JSON it is. */
  raw(): Buffer;
  /** The best pieces of a stored text field, or the whole text, with the ranges that match. */
  fragments(field: string, how?: FragmentOptions): Promise<Fragment[]>;
  fragmentsSync(field: string, how?: FragmentOptions): Fragment[];
  /** The best pieces of a stored text field as one text, with marks; "" where it has no such field. */
  snippet(field: string, how?: SnippetOptions): Promise<string>;
  snippetSync(field: string, how?: SnippetOptions): string;
  toJSON(): { key: string; score: number };
}

/** The hits of one search, best first or in the order asked for. */
export class Hits<T = Stored> implements Iterable<Hit<T>> {
  private constructor();
  readonly hits: Hit<T>[];
  readonly length: number;
  /** documents matched */
  readonly total: number;
  /** whether `total` is exact, or a lower bound */
  readonly exact: boolean;
  /** false: the search was cut short, and has what it had seen */
  readonly complete: boolean;
  /** why it was cut short */
  readonly stopped: 'deadline' | 'work' | 'cancel' | undefined;
  /** what the lenient reader ignored or read otherwise: [byte offset, sentence] */
  readonly notes: [number, string][];
  /** Where the next page begins, for `after`; null if no more hits follow. */
  readonly next: string | null;
  /** The keys of the hits. */
  readonly keys: string[];
  [Symbol.iterator](): Iterator<Hit<T>>;
}

/** An entry of a field's dictionary: `df` documents, `cf` occurrences. */
export interface Term {
  term: string;
  kind: string;
  df: number;
  cf: number;
}

/** A token of an analyzed text; offsets in bytes of UTF-8. */
export interface Token {
  term: string;
  kind: string;
  pos: number;
  span: number;
  start: number;
  end: number;
}

/** What a commit is. */
export interface Facts {
  /** number of the commit, higher for later ones */
  generation: number;
  /** documents that can be found */
  documents: number;
  /** deleted or replaced, and not yet dropped by a merge */
  deleted: number;
  segments: number;
  /** tells this index from every other one */
  uuid: string;
  /** the bytes given to `writer.commit` */
  payload: Buffer;
  schema: Schema;
}

/** What an index, by its newest commit, and a snapshot can be asked. */
export abstract class View {
  /** The best documents for a query, or the first in the order of `sort`. */
  search<T = Stored>(query: QueryLike, how?: SearchOptions): Promise<Hits<T>>;
  searchSync<T = Stored>(query: QueryLike, how?: SearchOptions): Hits<T>;
  /** Number of documents that match, exactly; a BudgetError where `timeoutMs` or `maxWork` ended it. */
  count(query: QueryLike, how?: CountOptions): Promise<number>;
  countSync(query: QueryLike, how?: CountOptions): number;
  /**
   * All hits of a query, by arrival unless `sort` says otherwise: constant memory, however many.  `timeoutMs` and
   * `maxWork` hold for each page; where one ends it, that is a BudgetError.
   */
  scan<T = Stored>(query?: QueryLike, how?: ScanOptions): AsyncGenerator<Hit<T>, void, undefined>;
  scanSync<T = Stored>(query?: QueryLike, how?: ScanOptions): Generator<Hit<T>, void, undefined>;
  /** All documents, in the order in which they were put. */
  documents<T = Stored>(): AsyncGenerator<T, void, undefined>;
  documentsSync<T = Stored>(): Generator<T, void, undefined>;
  [Symbol.asyncIterator](): AsyncGenerator<Stored, void, undefined>;
  [Symbol.iterator](): Generator<Stored, void, undefined>;
  /** The document of a key, or undefined. */
  get<T = Stored>(key: string, how?: Cancel): Promise<T | undefined>;
  getSync<T = Stored>(key: string): T | undefined;
  /** The document of a key as the JSON it is, or undefined. */
  getRaw(key: string, how?: Cancel): Promise<Buffer | undefined>;
  getRawSync(key: string): Buffer | undefined;
  /** Whether there is a document of that key. */
  has(key: string, how?: Cancel): Promise<boolean>;
  hasSync(key: string): boolean;
  /** Entries of a field's dictionary that begin so, in order. */
  terms(field: string, prefix?: string, limit?: number): Promise<Term[]>;
  termsSync(field: string, prefix?: string, limit?: number): Term[];
  facts(): Promise<Facts>;
  factsSync(): Facts;
  /** Sizes, counts and versions, by field, component and segment. */
  info(): Promise<any>;
  infoSync(): any;
  /** The tokens of a text, by the analyzer of a field. */
  analyze(source: string, field?: string): Token[];
  /** How a query is understood. */
  parse(query: QueryLike, how?: Reading): { tree: object; notes: [number, string][]; shape: string };
  /** The schema of the commit. */
  readonly schema: Schema;
  /** Whether it was given up. */
  readonly closed: boolean;
  /** Give it up; twice is fine.  Calls under way end first. */
  close(): Promise<void>;
  /** The same at once; calls under way end first, unwaited for. */
  closeSync(): void;
  /** The end of a `using` block. */
  [Symbol.dispose](): void;
  /** The end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A view of one commit, which never changes. */
export class Snapshot extends View {
  private constructor();
  readonly generation: number;
  /** Documents that can be found. */
  readonly size: number;
  readonly deleted: number;
  readonly segments: number;
  readonly uuid: string;
  readonly payload: Buffer;
  /** The newest commit: this snapshot if nothing changed, else another that shares what it can. */
  refresh(): Promise<Snapshot>;
  refreshSync(): Snapshot;
}

// ---- indexes

export interface CreateOptions extends Cancel {
  /** open the one that is there, whatever its schema */
  existOk?: boolean | undefined;
  /** nothing on disk; the path is a label */
  inMemory?: boolean | undefined;
}

export interface OpenOptions extends Cancel {
  readOnly?: boolean | undefined;
  checksums?: 'lazy' | 'eager' | 'off' | undefined;
  /** read into private memory instead of mapping */
  usePread?: boolean | undefined;
  /** pass over so many of the newest commits */
  commitsBack?: number | undefined;
  /** make it by this schema where there is none */
  create?: SchemaLike | undefined;
}

export interface WriterOptions extends Cancel {
  /** the budget; 256M */
  memory?: Size | undefined;
  /** over 1: analysis in so many, merges in one of its own */
  threads?: number | undefined;
  /** a first load: merge nothing until commit */
  load?: boolean | undefined;
  keepCommits?: number | undefined;
  /** false: no fsync, for tests and throw-away indexes */
  durable?: boolean | undefined;
  /** unknown names reject the document */
  strictSchema?: boolean | undefined;
  maxSegments?: number | undefined;
  /** "bp", "FIELD", "-FIELD" */
  reorder?: string | undefined;
}

export interface LongOptions extends Cancel {
  progress?: Progress | undefined;
}

export interface Copied {
  generation: number;
  documents: number;
  files: number;
  filesLinked: number;
  filesCopied: number;
  bytes: number;
  bytesCopied: number;
}

/** An index directory.  Searches of the index itself see the newest commit. */
export class Index extends View {
  private constructor();
  /** where it is */
  readonly path: string;
  /** Make a new, empty index. */
  static create(path: Path, schema?: SchemaLike | null, how?: CreateOptions): Promise<Index>;
  static createSync(path: Path, schema?: SchemaLike | null, how?: CreateOptions): Index;
  /** Open an index that is there. */
  static open(path: Path, how?: OpenOptions): Promise<Index>;
  static openSync(path: Path, how?: OpenOptions): Index;
  /** An index with nothing on disk. */
  static inMemory(schema?: SchemaLike | null): Index;
  /** A view of the newest commit. */
  snapshot(): Promise<Snapshot>;
  snapshotSync(): Snapshot;
  /** Become the writer of the index: there is one at a time (LockedError). */
  writer(how?: WriterOptions): Promise<Writer>;
  writerSync(how?: WriterOptions): Writer;
  /** Copy the newest commit into a directory of its own; files are linked where they can be. */
  backup(to: Path, how?: LongOptions & { copy?: boolean; base?: Path }): Promise<Copied>;
  backupSync(to: Path, how?: LongOptions & { copy?: boolean; base?: Path }): Copied;
}

// ---- writing

/** A document that was not put: its place in the iterable, and why. */
export interface Rejection {
  document: number;
  error: Error;
}

export interface PutAllOptions extends Cancel {
  /** the keys are new: no older version is looked for */
  append?: boolean | undefined;
  /** 'collect' goes on behind a document that is refused */
  onError?: 'throw' | 'collect' | undefined;
  /** told of each refused document; goes on behind it */
  onReject?: ((document: number, error: Error) => void) | undefined;
}

export interface PutResult {
  put: number;
  rejected: Rejection[];
}

export interface WriterStats {
  documentsPut: number;
  documentsDeleted: number;
  unknownFields: number;
  firstUnknownField: string;
  illFormed: number;
  flushes: number;
  merges: number;
  memory: number;
  memoryPeak: number;
  failedMerges: number;
  mergeError: PrismError | null;
}

/**
 * The writer of an index: what is put is durable and visible after `commit`, all of it or none.  Calls are
 * done in their order, awaited or not.  A ...Sync call would overtake those that are not done
 * yet: until they are, it is a MisuseError (but statsSync and closeSync).
 */
export class Writer {
  private constructor();
  /** Put a document; it replaces that of its key. */
  put(document: Document, how?: Cancel & { append?: boolean }): Promise<void>;
  putSync(document: Document, how?: { append?: boolean }): void;
  /** As `put`, where you know the key is new. */
  add(document: Document, how?: Cancel): Promise<void>;
  addSync(document: Document): void;
  /** Put documents in batches, from any iterable or async iterable; it waits for the index, and so does its source. */
  putAll(documents: Iterable<Document> | AsyncIterable<Document>, how?: PutAllOptions): Promise<PutResult>;
  putAllSync(documents: Iterable<Document>, how?: PutAllOptions): PutResult;
  /** Delete by key; whether there was such a document. */
  delete(key: string, how?: Cancel): Promise<boolean>;
  deleteSync(key: string): boolean;
  /** Delete all that match, what is not committed included; how many they were. */
  deleteByQuery(query: QueryLike, how?: Cancel): Promise<number>;
  deleteByQuerySync(query: QueryLike): number;
  /** Take in whole other indexes without analyzing them again. */
  addIndexes(paths: Path[], how?: LongOptions): Promise<void>;
  addIndexesSync(paths: Path[], how?: LongOptions): void;
  /** Make everything durable and visible; the number of the commit.  Ended before it is published, it leaves all as
   *  it was, and what was put is there for the next. */
  commit(payload?: string | NodeJS.ArrayBufferView | ArrayBuffer | null, how?: LongOptions): Promise<number>;
  commitSync(payload?: string | NodeJS.ArrayBufferView | ArrayBuffer | null, how?: LongOptions): number;
  /** Forget everything since the last commit. */
  rollback(): Promise<void>;
  rollbackSync(): void;
  /** Merge down to so many segments and commit; progress in documents. */
  merge(maxSegments?: number, how?: LongOptions): Promise<void>;
  mergeSync(maxSegments?: number, how?: LongOptions): void;
  /** What a commit would hold now, for this process alone. */
  snapshot(): Promise<Snapshot>;
  snapshotSync(): Snapshot;
  /** The schema that documents are put by. */
  schema(): Promise<Schema>;
  schemaSync(): Schema;
  /** Change it: new fields behind the others, boosts, `stored` to false, `many` to true. */
  setSchema(schema: SchemaLike): Promise<void>;
  setSchemaSync(schema: SchemaLike): void;
  /** Counters since the writer was opened. */
  stats(): Promise<WriterStats>;
  statsSync(): WriterStats;
  readonly closed: boolean;
  /** Give up what is not committed, and the lock. */
  close(): Promise<void>;
  closeSync(): void;
  /** The end of a `using` block. */
  [Symbol.dispose](): void;
  /** The end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The lines of NDJSON, for `writer.putAll`; from a path (.gz too) or a stream. */
export function readNdjson(source: string | URL | AsyncIterable<Buffer | Uint8Array | string> | Iterable<Buffer | string>): AsyncGenerator<Buffer, void, undefined>;

// ---- an index as a whole

export interface CheckOptions extends LongOptions {
  level?: 'quick' | 'normal' | 'deep' | undefined;
}
/** Verify an index; what is found, none of it thrown.  One with `code` "OK" is a note, no damage. */
export function check(path: Path, how?: CheckOptions): Promise<PrismError[]>;
export function checkSync(path: Path, how?: CheckOptions): PrismError[];

/** Copy a backup, or any index, to a place that holds none. */
export function restore(from: Path, to: Path, how?: LongOptions & { copy?: boolean }): Promise<Copied>;
export function restoreSync(from: Path, to: Path, how?: LongOptions & { copy?: boolean }): Copied;

export interface Repaired {
  findings: PrismError[];
  /** each document that was given up, so that it can be put again */
  lostDocuments: { key: string | null; json: Buffer | null }[];
  from: number;
  generation: number;
  segmentsDropped: number;
  documents: number;
  lost: number;
  undeleted: number;
}
export interface RepairOptions extends LongOptions {
  /** tell everything, write nothing */
  dryRun?: boolean | undefined;
}
/** Publish a commit without the damaged segments. */
export function repair(path: Path, how?: RepairOptions): Promise<Repaired>;
export function repairSync(path: Path, how?: RepairOptions): Repaired;
/** Make the newest commit that is whole the newest of all. */
export function salvage(path: Path, how?: RepairOptions): Promise<Repaired>;
export function salvageSync(path: Path, how?: RepairOptions): Repaired;

export interface ReindexOptions extends LongOptions {
  schema?: SchemaLike | undefined;
  to?: Path | undefined;
  memory?: Size | undefined;
  /** values of fields that are not stored may get lost */
  dropUnstored?: boolean | undefined;
}
/** Build an index anew from its stored documents; the number of the commit. */
export function reindex(path: Path, how?: ReindexOptions): Promise<number>;
export function reindexSync(path: Path, how?: ReindexOptions): number;
/** Rewrite the segments of older formats; how many there were. */
export function upgrade(path: Path, how?: LongOptions): Promise<number>;
export function upgradeSync(path: Path, how?: LongOptions): number;

// ---- errors

/** Something the library said no to; a wrong type is a TypeError. */
export class PrismError extends Error {
  constructor(text?: string, code?: string, where?: { file?: string; offset?: number; line?: number; column?: number; errno?: number });
  /** the library's name of it, "EPARSE" */
  readonly code: string;
  /** the sentence without the file */
  readonly text: string;
  readonly file: string | undefined;
  /** byte offset in the file, query or text */
  readonly offset: number | undefined;
  /** line in a text, from 1 */
  readonly line: number | undefined;
  /** byte column, from 1 */
  readonly column: number | undefined;
  /** errno of the system call */
  readonly errno: number | undefined;
  /** place of the document in the iterable that was put */
  document: number | undefined;
}
/** The system refused a read or write: see `errno` and `file`. */
export class StorageError extends PrismError {}
/** Disk full or quota: the last commit is intact; make room and call again. */
export class NoSpaceError extends StorageError {}
/** Stored bytes are damaged: `check` says what. */
export class DamagedError extends PrismError {}
/** The index was written by another version of the library. */
export class VersionError extends PrismError {}
export class TooOldError extends VersionError {}
export class TooNewError extends VersionError {}
/** The index was cut by other rules of analysis: `reindex` it. */
export class AnalyzerError extends PrismError {}
/** No such index, field or document. */
export class NotFoundError extends PrismError {}
/** There already is one. */
export class ExistsError extends PrismError {}
/** Another writer, of any process, has the index: try later. */
export class LockedError extends PrismError {}
/** A bad argument. */
export class InvalidError extends PrismError {}
/** A text that cannot be read: `offset`, `line` and `column` say where. */
export class ParseError extends InvalidError {}
/** A document that breaks the schema. */
export class RejectedError extends InvalidError {}
/** A stated limit was met; the text names it. */
export class LimitError extends InvalidError {}
/** The call was ended. */
export class CanceledError extends PrismError {}
/** A write on a handle or file system that only reads. */
export class ReadOnlyError extends PrismError {}
/** Not in this version, or not on this file system. */
export class UnsupportedError extends PrismError {}
/** A writer used in a child process, or by a ...Sync call while others are under way. */
export class MisuseError extends PrismError {}
/** Published or not, the disk did not say: close the writer and open the index again to learn. */
export class UnknownOutcomeError extends PrismError {}
/** The memory or work budget is spent. */
export class BudgetError extends PrismError {}
/** No memory; nothing on disk changed. */
export class OutOfMemoryError extends PrismError {}
/** The handle was closed. */
export class ClosedError extends PrismError {}
