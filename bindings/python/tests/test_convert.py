"""Documents in and out: the same as json's, and what json has no name for."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import pathlib
from collections import OrderedDict
from typing import Any

import pytest

from prismsearch import _core

VALUES: list[Any] = [
    {},
    {"a": 1, "b": -1, "c": 1 << 62, "d": -(1 << 63), "e": 1 << 64, "f": 10**40, "g": 0},
    {"a": 0.1, "b": -1e300, "c": 1.0, "d": 5e-324, "e": 123456789.123},
    {"a": "", "b": 'q"\\/\b\f\n\r\t\x00\x1f\x7f', "c": "数据库😀é", "": "x"},
    {"a": [1, [2, [3, []]], {}], "b": (1, 2), "c": None, "d": True, "e": False},
    {"n" * 1000: "x" * 100000},
    OrderedDict(a={"b": {"c": [None]}}),
]


@pytest.mark.parametrize("value", VALUES)
def test_as_json_has_it(value: Any) -> None:
    text = _core.dumps(value)
    expected = json.loads(json.dumps(value))
    assert json.loads(text) == expected
    assert _core.loads(text) == expected
    assert _core.loads(json.dumps(value, indent=3).encode()) == expected
    assert _core.loads(json.dumps(value, ensure_ascii=True).encode()) == expected


def test_other_kinds() -> None:
    class Number:
        def __index__(self) -> int:
            return 12

    class Half:
        def __float__(self) -> float:
            return 0.5

    class Colour(str, enum.Enum):
        RED = "red"

    zone = datetime.timezone(datetime.timedelta(hours=-5))
    document = {
        "a": Number(),
        "b": Half(),
        "c": decimal.Decimal("1.5"),
        "d": pathlib.Path("/x/y"),
        "e": datetime.date(2026, 1, 2),
        "f": datetime.datetime(2026, 1, 2, 3, 4),
        "g": datetime.datetime(2026, 1, 2, 3, 4, tzinfo=zone),
        "h": {"s"},
        "i": (n for n in range(3)),
        "j": Colour.RED,
        "k": {"x": 1}.keys(),
    }
    assert _core.loads(_core.dumps(document)) == {
        "a": 12,
        "b": 0.5,
        "c": 1.5,
        "d": "/x/y",
        "e": "2026-01-02",
        "f": "2026-01-02T03:04:00",
        "g": "2026-01-02T08:04:00+00:00",
        "h": ["s"],
        "i": [0, 1, 2],
        "j": "red",
        "k": ["x"],
    }


def test_cycles_and_depth() -> None:
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    with pytest.raises(ValueError, match="nested more than 64"):
        _core.dumps(loop)
    with pytest.raises(ValueError):
        _core.loads(b"[" * 100000)


@pytest.mark.parametrize("error", [KeyError, ZeroDivisionError])
def test_errors_of_values_come_through(error: type[Exception]) -> None:
    class Bad:
        def __index__(self) -> int:
            raise error

    def bad() -> Any:
        yield 1
        raise error

    for value in (Bad(), bad()):
        with pytest.raises(error):
            _core.dumps({"a": value})


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "}", '{"a"}', '{"a":}', '{"a":1,}', "[1,]", "[1 2]", '"', '"\\', '"\\u12', '"\\x"', "tru", "nul", "-", "1.2.3", "{} x", "1e", "--1", "[", "\x00", '{1:2}'],
)
def test_bad_json(text: str) -> None:
    with pytest.raises(ValueError):
        _core.loads(text.encode())


def test_halves_of_surrogates_are_replaced() -> None:
    assert _core.loads(b'"\\ud83d\\ude00"') == "😀"
    assert _core.loads(b'["\\ud83d","\\ude00x","\\ud83dx","\\ud83d\\u0041"]') == ["�", "�x", "�x", "�A"]


@pytest.mark.parametrize(
    "damaged",
    [
        b"\xed\xa0\x80",  # half of a pair
        b"\xe0\x80\x80",  # longer than it need be
        b"\xe0\x9f\xbf",
        b"\xf0\x8f\xbf\xbf",
        b"\xf4\x90\x80\x80",  # beyond the last
        b"\xf5\x80\x80\x80",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\x80",
        b"\xe6",
        b"\xe6\x95",
        b"\xe6\x95a",
        b"\xf0\x9f\x98",
        b"\xff",
    ],
)
def test_ill_formed_utf8_is_replaced_as_python_does(damaged: bytes) -> None:
    """Beside wide characters, which this package decodes itself, and beside ASCII, which Python decodes."""
    for around in ("数据库备份é😀".encode(), "数".encode(), b"plain text " * 3):
        for text in (around + damaged, damaged + around, around + damaged + around):
            assert _core.loads(b'"' + text + b'"') == text.decode("utf-8", "replace")


@pytest.mark.parametrize("text", ["数", "数据库备份" * 50, "é" * 40, "😀" * 9, "a数b据c", "\uffff\ue000\ud7ff", "\u0800\u07ff\U00010000\U0010ffff"])
def test_wide_characters(text: str) -> None:
    assert _core.loads(json.dumps([text, text + "plain" * 20], ensure_ascii=False).encode()) == [text, text + "plain" * 20]
