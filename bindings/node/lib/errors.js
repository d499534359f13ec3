'use strict';
/* errors.js - what can go wrong, as a tree of classes.
 *
 *   PrismError
 *    |- StorageError           the system refused a read or write (errno)
 *    |   `- NoSpaceError       disk full or quota; the last commit is intact
 *    |- DamagedError           stored bytes are damaged: run check
 *    |- VersionError           written by a version that is too old, or too new
 *    |   |- TooOldError
 *    |   `- TooNewError
 *    |- AnalyzerError          cut by other rules: reindex
 *    |- NotFoundError          no such index, field or document
 *    |- ExistsError            there already is an index
 *    |- LockedError            another writer has the index
 *    |- InvalidError           a bad argument
 *    |   |- ParseError         a query or a text that cannot be read: line, column, offset
 *    |   |- RejectedError      a document that breaks the schema
 *    |   `- LimitError         a stated limit was met
 *    |- CanceledError          a progress callback or stop() ended the call
 *    |- ReadOnlyError
 *    |- UnsupportedError       not in this version, or not on this file system
 *    |- MisuseError            a writer after fork; a ...Sync call amid others
 *    |- UnknownOutcomeError    committed or not, the disk did not say: open again to learn
 *    |- BudgetError            the memory or work budget is spent
 *    |- OutOfMemoryError
 *    `- ClosedError            the handle was closed
 *
 * Arguments of a wrong type are TypeErrors, as everywhere. */

class PrismError extends Error {
  /**
   * @param {string} text one sentence, the library's own
   * @param {string} code the library's name of it, "EPARSE"
   * @param {{file?: string, offset?: number, line?: number, column?: number, errno?: number}} where as far as it is known
   */
  constructor(text = '', code = 'UNKNOWN', where = {}) {
    super(where.file ? `${where.file}: ${text}` : text);
    this.code = code;
    /** the sentence without the file */
    this.text = text;
    /** a file of the index */
    this.file = where.file;
    /** byte offset in the file, query or text */
    this.offset = where.offset;
    /** line in a text, from 1 */
    this.line = where.line || undefined;
    /** byte column, from 1 */
    this.column = where.column || undefined;
    /** errno of the system call */
    this.errno = where.errno || undefined;
    /** place of the document in the iterable that was put */
    this.document = undefined;
  }

  get name() {
    return this.constructor.name;
  }
}

class StorageError extends PrismError {}
class NoSpaceError extends StorageError {}
class DamagedError extends PrismError {}
class VersionError extends PrismError {}
class TooOldError extends VersionError {}
class TooNewError extends VersionError {}
class AnalyzerError extends PrismError {}
class NotFoundError extends PrismError {}
class ExistsError extends PrismError {}
class LockedError extends PrismError {}
class InvalidError extends PrismError {}
class ParseError extends InvalidError {}
class RejectedError extends InvalidError {}
class LimitError extends InvalidError {}
class CanceledError extends PrismError {}
class ReadOnlyError extends PrismError {}
class UnsupportedError extends PrismError {}
class MisuseError extends PrismError {}
class UnknownOutcomeError extends PrismError {}
class BudgetError extends PrismError {}
class OutOfMemoryError extends PrismError {}
class ClosedError extends PrismError {}

/* By the negative of the library's status. */
const BY_STATUS = [
  PrismError,
  OutOfMemoryError,
  StorageError,
  NoSpaceError,
  DamagedError,
  TooOldError,
  TooNewError,
  AnalyzerError,
  NotFoundError,
  ExistsError,
  LockedError,
  InvalidError,
  ParseError,
  RejectedError,
  LimitError,
  CanceledError,
  ReadOnlyError,
  UnsupportedError,
  MisuseError,
  UnknownOutcomeError,
  BudgetError,
];

/* Called by the addon; a status that is newer than this file is a PrismError. */
function makeError(status, code, text, file, offset, line, column, errno) {
  const Class = status > 0 ? ClosedError : (BY_STATUS[-status] ?? PrismError);
  return new Class(text || code, code, { file, offset, line, column, errno });
}

module.exports = {
  makeError,
  classes: Object.fromEntries([...BY_STATUS, VersionError, ClosedError].map((Class) => [Class.name, Class])),
};
