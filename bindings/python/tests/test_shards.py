"""Many indexes asked as one: the merged answer is that of one index, to the bit."""

from __future__ import annotations

import pytest

import prismsearch as ps

DOCUMENTS = [
    {"id": f"{i}", "title": f"w{i % 7}", "body": " ".join(f"w{(i * k) % 23}" for k in range(1, 9)), "date": f"2026-01-{i % 28 + 1:02}"}
    for i in range(300)
]
QUERY = ps.parse("w1 w2 w5")


def filled(documents: list[dict[str, str]]) -> ps.Snapshot:
    index = ps.Index.in_memory()
    with index.writer() as w:
        w.put_many(documents)
    return index.snapshot()


SHARDS = [DOCUMENTS[:150], DOCUMENTS[150:190], DOCUMENTS[190:]]


def test_as_one_index() -> None:
    one, snaps = filled(DOCUMENTS), [filled(part) for part in SHARDS]
    stats = ps.sum_of(ps.Stats.from_json(snap.stats(QUERY).to_json()) for snap in snaps)
    assert (snaps[0].stats(QUERY) + snaps[1].stats(QUERY) + snaps[2].stats(QUERY)).to_json() == stats.to_json()
    parts = [snap.search(QUERY, 25, stats=stats) for snap in snaps]
    merged = ps.merge_hits([ps.decode_hits(part.encode()) for part in parts], 20, 5)
    wanted = one.search(QUERY, 20, offset=5)
    assert [(hit.key, hit.score) for hit in merged] == [(hit.key, hit.score) for hit in wanted] and len(merged) == 20
    for hit in merged:
        assert snaps[hit.part].document(hit)["id"] == hit.key
    with pytest.raises(ValueError, match="merged have no documents"):
        merged[0].fields  # noqa: B018
    # alone each has other scores
    assert [hit.score for hit in snaps[1].search(QUERY, 5)] != [hit.score for hit in parts[1][:5]]


def test_orders_merge_too() -> None:
    snaps = [filled(part) for part in SHARDS]
    parts = [snap.search("w1", 30, sort="date:desc") for snap in snaps] if "date" in snaps[0].schema else []
    merged = ps.merge_hits(parts, 30)
    values = [hit.sort_values[0] for hit in merged]
    assert values == sorted(values, reverse=True) and len({hit.part for hit in merged}) == 3
    assert merged.next is not None


def test_what_does_not_fit_is_refused() -> None:
    snap = filled(DOCUMENTS)
    with pytest.raises(ps.InvalidError):
        snap.search("w1", stats=snap.stats("w2"))
    with pytest.raises(ps.InvalidError):
        snap.stats("w1") + snap.stats("w2")
    with pytest.raises(ps.InvalidError):
        ps.merge_hits([snap.search("w1", 5)], 10)
    with pytest.raises(ValueError):
        ps.sum_of([])
    for wrong in ("", "{}", "[1]"):
        with pytest.raises(ps.ParseError):
            ps.Stats.from_json(wrong)
        with pytest.raises(ps.ParseError):
            ps.decode_hits(wrong)


def test_threads_and_kept_filters_change_no_answer() -> None:
    snap = filled(DOCUMENTS)
    wanted = snap.search(QUERY, 50, filter="w3", exact_total=True)
    for _ in range(2):
        found = snap.search(QUERY, 50, filter="w3", exact_total=True, threads=3, filter_cache="1M")
        assert [(hit.key, hit.score) for hit in found] == [(hit.key, hit.score) for hit in wanted]
        assert found.total == wanted.total
    with pytest.raises(ps.InvalidError):
        snap.search(QUERY, threads=1000)
