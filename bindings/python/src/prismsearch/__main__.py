"""``python -m prismsearch``: the basics of psearch, for machines that have only the package.

    python -m prismsearch -i news put articles.ndjson
    python -m prismsearch -i news search '备份 postgres*'

Exit codes are psearch's: 0 done or found, 1 nothing found, 2 usage, 3 no index, 4 damage found, 5 locked,
7 input rejected, 8 the system refused, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence

import prismsearch as ps

NOT_FOUND, USAGE, NO_INDEX, DAMAGE, LOCKED, REJECTED, SYSTEM, INTERRUPTED = 1, 2, 3, 4, 5, 7, 8, 130

Arguments = argparse.Namespace


def open_index(arguments: Arguments) -> ps.Index:
    return ps.Index.open(arguments.index, read_only=True)


def show(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False))


def put(arguments: Arguments) -> int:
    schema = None
    if arguments.schema:
        with open(arguments.schema, encoding="utf-8") as text:
            schema = ps.Schema(text.read())
    collect = "collect" if arguments.on_error == "skip" else "raise"
    refused = total = 0
    with ps.Index.create(arguments.index, schema, exist_ok=True) as index, index.writer(memory=arguments.memory) as w:
        for path in arguments.files:
            source = sys.stdin.buffer if path == "-" else path
            result = w.put_many(ps.read_ndjson_lines(source), on_error=collect)
            total += result.put
            for rejection in result.rejected:
                print(f"{path}: record {rejection.document + 1}: {rejection.error}", file=sys.stderr)
            refused += len(result.rejected)
    print(f"{total} put, {refused} refused", file=sys.stderr)
    return REJECTED if refused else 0


def search(arguments: Arguments) -> int:
    with open_index(arguments) as index:
        hits = index.search(
            " ".join(arguments.query),
            arguments.number,
            filter=arguments.filter,
            sort=arguments.sort,
            strict=arguments.strict,
            exact_total=True,
        )
        text_fields = [name for name in index.schema if index.schema[name]["type"] == "text"]
    for at, note in hits.notes:
        print(f"note: {note} (at byte {at})", file=sys.stderr)
    for hit in hits:
        if arguments.format == "json":
            show({"id": hit.key, "score": hit.score, "fields": hit.fields})
        elif arguments.format == "ids":
            print(hit.key)
        else:
            print(f"{hit.score:8.3f}  {hit.key}  " + "  ".join(shown(hit, name) for name in text_fields[:2]))
    if arguments.format == "human":
        print(f"{len(hits)} of {hits.total}", file=sys.stderr)
    return 0 if len(hits) else NOT_FOUND


def shown(hit: ps.Hit, name: str) -> str:
    mark = ("\033[1m", "\033[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("[", "]")
    return " ".join(hit.snippet(name, mark, escape=False, max_bytes=160).split())


def get(arguments: Arguments) -> int:
    found = 0
    with open_index(arguments) as index:
        for key in arguments.keys:
            document = index.get(key)
            if document is not None:
                show(document)
                found += 1
    return 0 if found else NOT_FOUND


def remove(arguments: Arguments) -> int:
    with ps.Index.open(arguments.index) as index, index.writer() as w:
        n = sum(w.delete(key) for key in arguments.keys)
        n += w.delete_where(arguments.query) if arguments.query else 0
    print(f"{n} deleted", file=sys.stderr)
    return 0 if n else NOT_FOUND


def info(arguments: Arguments) -> int:
    with open_index(arguments) as index:
        show(index.info())
    return 0


def check(arguments: Arguments) -> int:
    findings = ps.check(arguments.index, arguments.level)
    for finding in findings:
        print(f"{'note' if finding.code == 'OK' else finding.code}: {finding}")
    return DAMAGE if any(finding.code != "OK" for finding in findings) else 0


def export(arguments: Arguments) -> int:
    with open_index(arguments) as index:
        for document in index:
            show(document)
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m prismsearch", description=__doc__.split("\n")[0] if __doc__ else "")
    top.add_argument("-i", "--index", default=os.environ.get("PSEARCH_INDEX"), help="the index's folder")
    top.add_argument("--version", action="version", version=ps.__version__)
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[[Arguments], int], text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text)
        one.set_defaults(run=run)
        return one

    one = command("put", put, "index NDJSON files, - is standard input; makes the index where there is none")
    one.add_argument("files", nargs="+")
    one.add_argument("--schema", help="JSON of the schema of a new index")
    one.add_argument("--memory", default="256M")
    one.add_argument("--on-error", choices=("stop", "skip"), default="stop")
    one = command("search", search, "find documents")
    one.add_argument("query", nargs="+")
    one.add_argument("-n", "--number", type=int, default=10)
    one.add_argument("--filter")
    one.add_argument("--sort")
    one.add_argument("--strict", action="store_true")
    one.add_argument("--format", choices=("human", "json", "ids"), default="human")
    one = command("get", get, "documents by key")
    one.add_argument("keys", nargs="+")
    one = command("rm", remove, "delete by key, or by --query")
    one.add_argument("keys", nargs="*")
    one.add_argument("--query")
    command("info", info, "sizes, counts, versions")
    command("export", export, "all documents as NDJSON")
    one = command("check", check, "verify the index")
    one.add_argument("--level", choices=("quick", "normal", "deep"), default="normal")
    return top


def exit_code(error: Exception) -> int:
    """As psearch has it."""
    codes: list[tuple[tuple[type[Exception], ...], int]] = [
        ((ps.DamagedError,), DAMAGE),
        ((ps.NotFoundError, ps.VersionError, ps.AnalyzerError), NO_INDEX),
        ((ps.LockedError,), LOCKED),
        ((ps.RejectedError, ps.LimitError, FileNotFoundError), REJECTED),
        ((ps.StorageError, ps.OutOfMemoryError, OSError), SYSTEM),
    ]
    return next((code for kinds, code in codes if isinstance(error, kinds)), USAGE)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    arguments = parser().parse_args(argv)
    if not arguments.index:
        print("which index? say -i INDEX", file=sys.stderr)
        return USAGE
    try:
        code: int = arguments.run(arguments)
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ps.Error, OSError, ValueError) as error:
        print(f"prismsearch: {error}", file=sys.stderr)
        rejected = getattr(error, "document", None) is not None
        return REJECTED if rejected else exit_code(error)


if __name__ == "__main__":
    sys.exit(main())
