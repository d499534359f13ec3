"""Every public C call has a face in Python, or a reason why not: a new call fails here until one is written down.

The same for the members of the options that callers fill in.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import pytest

import prismsearch as ps
from conftest import ROOT

LIBRARY = ROOT / "lib/prismsearch.sym"
CORE = ROOT / "bindings/python/src/_core"
pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="not in a checkout")

#: what reaches the call
FACES = {
    "prism_analyze": "Snapshot.analyze",
    "prism_document_find": "Snapshot.get",
    "prism_document_get": "Snapshot.document",
    "prism_free_text": "Snapshot.info",
    "prism_hits_complete": "Hits",
    "prism_hits_count": "Hits.__len__",
    "prism_hits_decode": "decode_hits",
    "prism_hits_encode": "Hits.encode",
    "prism_hits_free": "Hits",
    "prism_hits_get": "Hits.__getitem__",
    "prism_hits_merge": "merge_hits",
    "prism_hits_next": "Hits.next",
    "prism_hits_sort_count": "Hit.sort_values",
    "prism_hits_sort_value": "Hit.sort_values",
    "prism_hits_stopped": "Hits",
    "prism_hits_total": "Hits",
    "prism_index_backup": "Index.backup",
    "prism_index_check": "check",
    "prism_index_close": "Index.close",
    "prism_index_create": "Index.create",
    "prism_index_open": "Index.open",
    "prism_index_reindex": "reindex",
    "prism_index_repair": "repair",
    "prism_index_restore": "restore",
    "prism_index_salvage": "salvage",
    "prism_index_schema": "Index.schema",
    "prism_index_upgrade": "upgrade",
    "prism_query_all": "everything",
    "prism_query_bool": "all_of",
    "prism_query_boost": "Query.__pow__",
    "prism_query_exists": "exists",
    "prism_query_from_json": "from_dict",
    "prism_query_near": "near",
    "prism_query_parse": "parse",
    "prism_query_phrase": "phrase",
    "prism_query_prefix": "prefix",
    "prism_query_range": "range",
    "prism_query_ref": "Hits",
    "prism_query_term": "term",
    "prism_query_to_json": "Snapshot.parse",
    "prism_query_unref": "Query",
    "prism_schema_default": "Schema",
    "prism_schema_from_json_with": "Schema",
    "prism_schema_ref": "Schema",
    "prism_schema_to_json": "Schema.to_dict",
    "prism_schema_unref": "Schema",
    "prism_search": "Snapshot.search",
    "prism_snapshot_deleted": "Snapshot.deleted",
    "prism_snapshot_documents": "Snapshot.__len__",
    "prism_snapshot_generation": "Snapshot.generation",
    "prism_snapshot_info": "Snapshot.info",
    "prism_snapshot_open": "Index.snapshot",
    "prism_snapshot_payload": "Snapshot.payload",
    "prism_snapshot_ref": "Hits",
    "prism_snapshot_refresh": "Snapshot.refresh",
    "prism_snapshot_schema": "Snapshot.schema",
    "prism_snapshot_segments": "Snapshot.segments",
    "prism_snapshot_terms": "Snapshot.terms",
    "prism_snapshot_unref": "Snapshot.close",
    "prism_snapshot_uuid": "Snapshot.uuid",
    "prism_snippet_count": "Hit.fragments",
    "prism_snippet_free": "Hit.fragments",
    "prism_snippet_get": "Hit.fragments",
    "prism_snippet_make": "Hit.snippet",
    "prism_stats_collect": "Snapshot.stats",
    "prism_stats_free": "Stats",
    "prism_stats_from_json": "Stats.from_json",
    "prism_stats_merge": "Stats.__add__",
    "prism_stats_to_json": "Stats.to_json",
    "prism_status_name": "Error",
    "prism_tokenizers_add": "Tokenizer",
    "prism_tokenizers_new": "Tokenizer",
    "prism_tokenizers_unref": "Tokenizer",
    "prism_version": "__version__",
    "prism_vocabulary_from_text": "parse",
    "prism_vocabulary_unref": "parse",
    "prism_writer_add_segments": "Writer.add_indexes",
    "prism_writer_close": "Writer.close",
    "prism_writer_commit_with": "Writer.commit",
    "prism_writer_delete": "Writer.delete",
    "prism_writer_delete_query": "Writer.delete_where",
    "prism_writer_get_stats": "Writer.stats",
    "prism_writer_merge": "Writer.merge",
    "prism_writer_open": "Index.writer",
    "prism_writer_put_json_with": "Writer.put",
    "prism_writer_rollback": "Writer.rollback",
    "prism_writer_schema_ref": "Writer.schema",
    "prism_writer_set_schema": "Writer.set_schema",
    "prism_writer_snapshot": "Writer.snapshot",
}

DICTS = "documents are mappings, or JSON as it is"
FIELDS = "schemas are made whole, from a mapping"
WITHOUT = {
    "prism_cpu_use": "for tests of the library's kernels",
    "prism_doc_add": DICTS,
    "prism_doc_clear": DICTS,
    "prism_doc_free": DICTS,
    "prism_doc_new": DICTS,
    "prism_document_each": "it pushes; scan() pages by arrival, and an iterator may stop anywhere",
    "prism_hits_shift": "scores come as numbers, shifted already",
    "prism_query_shape": "classes of benchmarks",
    "prism_schema_add_field": FIELDS,
    "prism_schema_copy": FIELDS,
    "prism_schema_from_json": "prism_schema_from_json_with without tokenizers",
    "prism_schema_new": FIELDS,
    "prism_schema_set_tokenizers": FIELDS,
    "prism_vocabulary_ref": "a vocabulary has one owner here",
    "prism_writer_commit": "prism_writer_commit_with says the same, and can be stopped",
    "prism_writer_put": DICTS,
    "prism_writer_put_json": "prism_writer_put_json_with says the same, and can be stopped",
    "prism_writer_schema": "lent; prism_writer_schema_ref is safe beside other threads",
}

#: members of options structs that no call of ours sets
OPTIONS = {
    "prism_index_opts": {"allocator": "Python's memory is malloc's"},
    "prism_writer_opts": {"stop_tokens": "no answer depends on it"},
    "prism_search_opts": {"cancel": "a callback, since signals run in the thread that searches", "allocator": "as above"},
    "prism_query_opts": {},
    "prism_snippet_opts": {},
    "prism_backup_opts": {"allocator": "as above"},
    "prism_reindex_opts": {},
    "prism_repair_opts": {"allocator": "as above"},
    "prism_commit_opts": {},
    "prism_put_opts": {},
}


def calls() -> set[str]:
    return {name for name in LIBRARY.read_text().split() if name.startswith("prism_")}


@functools.cache
def core_text() -> str:
    return "\n".join(path.read_text() for path in sorted(CORE.glob("*.c")))


def used() -> set[str]:
    return set(re.findall(r"\bprism_\w+", core_text()))


def test_every_call_has_a_face_or_a_reason() -> None:
    assert calls() == set(FACES) | set(WITHOUT)
    assert not set(FACES) & set(WITHOUT)
    assert set(FACES) <= used()
    assert calls() - used() == set(WITHOUT)


@pytest.mark.parametrize("path", sorted(set(FACES.values())))
def test_the_face_is_there(path: str) -> None:
    found: Any = ps
    for name in path.split("."):
        found = getattr(found, name)
    assert found is not None


@pytest.mark.parametrize("struct", OPTIONS)
def test_every_option_can_be_set(struct: str) -> None:
    headers = "\n".join(path.read_text() for path in (ROOT / "include/prismsearch").glob("*.h"))
    body = re.search(r"typedef struct " + struct + r" \{(.*?)\n\} " + struct, headers, re.S)
    assert body is not None
    code = re.sub(r"/\*.*?\*/", "", body[1], flags=re.S)
    members = {name for line in code.split(";") for name in re.findall(r"(\w+)\s*(?:,|$)", line.strip())} - {"size"}
    assert len(members) > 1
    unset = {name for name in members if not re.search(r"\.\s*" + name + r"\b", core_text())}
    assert unset == set(OPTIONS[struct])


def test_all_structs_of_options_are_listed() -> None:
    headers = "\n".join(path.read_text() for path in (ROOT / "include/prismsearch").glob("*.h"))
    structs = set(re.findall(r"typedef struct (prism_\w+_opts) ", headers))
    assert structs == set(OPTIONS)
