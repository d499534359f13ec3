"""What README and the examples promise is true, and everything is typed."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import prismsearch as ps

HERE = Path(__file__).resolve().parents[1]


def test_readme(tmp_path: Path) -> None:
    failed, tried = doctest.testfile(str(HERE / "README.md"), module_relative=False, globs={"folder": tmp_path})
    assert tried > 15 and failed == 0


def test_retriever(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Backups\n\nThe database is backed up twice a day.\n\n# 备份\n\n数据库每天备份两次。\n\nOther things.", encoding="utf-8")
    sys.path.insert(0, str(HERE / "examples"))
    try:
        from retriever import SCHEMA, Retriever
    finally:
        sys.path.pop(0)
    with ps.Index.in_memory(SCHEMA) as index:
        retriever = Retriever(index)
        assert retriever.add([notes]) == 5 and retriever.add([notes]) == 5 and len(index) == 5
        best = retriever.invoke("how often is the database backed up?")[0]
        assert best.page_content == "The database is backed up twice a day." and "[database]" in best.metadata["why"]
        assert retriever.invoke("数据库备份")[0].page_content == "数据库每天备份两次。"
        assert retriever.invoke("database", source="elsewhere") == []
    done = subprocess.run(
        [sys.executable, str(HERE / "examples/retriever.py"), "数据库", str(notes)], capture_output=True, text=True, timeout=60
    )
    assert "[数据库]每天备份两次" in done.stdout, done.stderr


@pytest.mark.parametrize("checker", [["mypy", "--strict"], ["pyright"]], ids=["mypy", "pyright"])
def test_types(checker: list[str], tmp_path: Path) -> None:
    """Of a program that uses the installed package, and of the package itself."""
    pytest.importorskip(checker[0])
    if checker[0] == "pyright":
        checker = [*checker, "--pythonpath", sys.executable]
    use = tmp_path / "use.py"
    use.write_text(
        """
import prismsearch as ps
with ps.Index.create("x", {"id": ps.Key(), "t": ps.Text(boost=2)}) as index:
    with index.writer(memory="16M") as w:
        w.put({"id": "1"}); w.put(b"{}"); w.put("{}")
        n: int = w.put_many([{"id": "2"}]).put
    for hit in index.search("x", limit=3, highlight=["t"], filter=ps.range("t", 1)):
        key: str = hit.key; score: float = hit.score; text: str = hit.snippet("t", ("[", "]"))
    found: list[str] = index.search(ps.term("a") & ~ps.phrase("b")).keys
    again: dict[str, object] | None = index.get("1")
""",
        encoding="utf-8",
    )
    package = ["-p", "prismsearch"] if checker[0] == "mypy" else [str(Path(ps.__file__).parent)]
    for what in ([str(use), str(HERE / "examples")], package):
        command = [sys.executable, "-m", *checker, *what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_wrong_use_is_seen_by_types(tmp_path: Path) -> None:
    """The check above could fail."""
    pytest.importorskip("mypy")
    use = tmp_path / "use.py"
    use.write_text('import prismsearch as ps\nps.open("x").search("q", limit="many", nosuch=1)\n', encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", str(use)], capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 1 and "[arg-type]" in done.stdout and '"nosuch"' in done.stdout
