"""What can go wrong, as a tree of exceptions.

    Error
     |- StorageError           the system refused a read or write (errno)
     |   `- NoSpaceError       disk full or quota; the last commit is intact
     |- DamagedError           stored bytes are damaged: run check
     |- VersionError           written by a version that is too old, or too new
     |   |- TooOldError
     |   `- TooNewError
     |- AnalyzerError          cut by other rules: reindex
     |- NotFoundError          no such index, field or document          (LookupError)
     |- ExistsError            there already is an index
     |- LockedError            another writer has the index
     |- InvalidError           a bad argument                            (ValueError)
     |   |- ParseError         a query or a text that cannot be read: line, column, offset
     |   |- RejectedError      a document that breaks the schema
     |   `- LimitError         a stated limit was met
     |- CanceledError          a progress callback stopped the call
     |- ReadOnlyError
     |- UnsupportedError       not in this version, or not on this file system
     |- MisuseError            a writer after fork
     |- UnknownOutcomeError    committed or not, the disk did not say: open again to learn
     `- BudgetError            the memory or work budget is spent
    OutOfMemoryError           (Error and MemoryError)
"""

from __future__ import annotations


class Error(Exception):
    """Something the library said no to: ``str(error)`` is one sentence.

    ``code`` is the library's name of it (``"EPARSE"``); the others say where, as far as it is known.
    """

    def __init__(
        self,
        text: str = "",
        code: str = "UNKNOWN",
        file: str | None = None,
        offset: int | None = None,
        line: int = 0,
        column: int = 0,
        errno: int = 0,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.file = file
        #: byte offset in the file, query or text
        self.offset = offset
        #: line in a text from 1, or None
        self.line = line or None
        #: byte column from 1, or None
        self.column = column or None
        #: errno of the system call, or None
        self.errno = errno or None
        #: place of the document in the iterable that was put, or None
        self.document: int | None = None

    def __str__(self) -> str:
        where = f"{self.file}: " if self.file else ""
        which = f"document {self.document}: " if self.document is not None else ""
        return f"{which}{where}{self.text}"


class StorageError(Error):
    """The system refused a read or write: see ``errno`` and ``file``."""


class NoSpaceError(StorageError):
    """Disk full or quota: the last commit is intact; make room and call again."""


class DamagedError(Error):
    """Stored bytes are damaged: ``prismsearch.check`` says what."""


class VersionError(Error):
    """The index was written by another version of the library."""


class TooOldError(VersionError):
    """Written by a version that is no longer read: upgrade it with an older one."""


class TooNewError(VersionError):
    """Written by a newer version: update prismsearch."""


class AnalyzerError(Error):
    """The index was cut by other rules of analysis: ``prismsearch.reindex`` it."""


class NotFoundError(Error, LookupError):
    """No such index, field or document."""


class ExistsError(Error):
    """There already is one."""


class LockedError(Error):
    """Another writer, of any process, has the index: try later."""


class InvalidError(Error, ValueError):
    """A bad argument."""


class ParseError(InvalidError):
    """A text that cannot be read: ``offset``, ``line`` and ``column`` say where."""


class RejectedError(InvalidError):
    """A document that breaks the schema."""


class LimitError(InvalidError):
    """A stated limit was met; the text names it."""


class CanceledError(Error):
    """A callback stopped the call."""


class ReadOnlyError(Error):
    """A write on a handle or file system that only reads."""


class UnsupportedError(Error):
    """Not in this version, or not on this file system."""


class MisuseError(Error):
    """A writer used in a child process."""


class UnknownOutcomeError(Error):
    """Published or not, the disk did not say: close the writer and open the index again to learn."""


class BudgetError(Error):
    """The memory or work budget is spent."""


class OutOfMemoryError(Error, MemoryError):
    """No memory; nothing on disk changed."""


#: by the negative of the library's status
BY_STATUS: tuple[type[Error], ...] = (
    Error,
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
)
