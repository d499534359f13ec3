"""check, repair, salvage, reindex, upgrade."""

from __future__ import annotations

from pathlib import Path

import pytest

import prismsearch as ps


def damage(path: Path, pattern: str) -> None:
    file = max(path.glob(pattern), key=lambda one: (one.stat().st_size, one.name))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)


def test_check_and_repair(index: ps.Index) -> None:
    path = Path(index.path)
    assert [finding.code for finding in ps.check(path)] == ["OK"]  # a note: committed without syncs
    index.writer().close()
    with index.writer() as w:
        w.put(index["a"])
    assert ps.check(path) == [] == ps.check(path, "deep")
    seen: list[int] = []
    ps.check(path, progress=lambda done, total: seen.append(done))
    assert seen
    with pytest.raises(ValueError):
        ps.check(path, "hard")
    with pytest.raises(ps.NotFoundError):
        ps.check(path / "nothing")
    with index.writer() as w:
        w.put({"id": "later"})
    damage(path, "*.doc")
    findings = [finding for finding in ps.check(path) if finding.code != "OK"]
    assert findings and isinstance(findings[0], ps.DamagedError) and findings[0].file
    dry = ps.repair(path, dry_run=True)
    assert dry["segments_dropped"] == 1 and dry["generation"] == 0
    result = ps.repair(path)
    assert result["documents"] == 2 and result["lost"] == 2 and len(result["lost_documents"]) == 2
    with ps.open(path) as repaired:
        assert [hit.key for hit in repaired.scan()] == ["a", "later"]


def test_salvage(index: ps.Index) -> None:
    path = Path(index.path)
    with index.writer(durable=False) as w:
        w.put({"id": "later"})
    newest = max(path.glob("commit-*"), key=lambda one: one.name)
    damage(path, newest.name)
    with pytest.raises(ps.DamagedError) as caught:
        ps.open(path)
    assert caught.value.file and caught.value.code == "ECORRUPT"
    assert ps.salvage(path)["documents"] == 3
    with ps.open(path) as salvaged:
        assert len(salvaged) == 3


def test_reindex_and_upgrade(index: ps.Index, tmp_path: Path) -> None:
    schema = index.schema.with_fields({"extra": ps.Text(options={"stem": "off"})})
    assert ps.reindex(index.path, schema, to=tmp_path / "new", memory="32M") >= 1
    with ps.open(tmp_path / "new") as new:
        assert "extra" in new.schema and len(new) == 3
    assert ps.reindex(index.path) > 1
    assert ps.upgrade(index.path) == 0
    with pytest.raises(RuntimeError, match="stop"):

        def stop(done: int, total: int) -> None:
            raise RuntimeError("stop")

        ps.reindex(index.path, progress=stop)
    assert len(ps.open(index.path)) == 3
