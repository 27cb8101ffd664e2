"""Diagrams are held against kept ones, which were compared with the drawings of the RFCs by eye.

`DIAGRAMS=write` in the environment keeps those that have changed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from dissect import UDP, Ethernet, IPv4
from dissect.declaration.record import Record
from dissect.declaration.specifiers import u8, u32
from dissect.views.boxes import draw
from tests.declared import RECORDS, of_each

GOLDENS = Path(__file__).with_name("boxes")
KEPT = {path.stem: path for path in sorted(GOLDENS.iterdir())}
"""By the name of a class. A protocol that is new need not keep one: its own test says what it looks like."""


@pytest.mark.parametrize("name", KEPT)
def test_diagram_is_the_kept_one(name: str) -> None:
    (cls,) = (record for record in RECORDS if record.__name__ == name)
    drawn: Any = cls.diagram()
    if os.environ.get("DIAGRAMS") == "write":
        KEPT[name].write_text(f"{drawn}\n")
    assert f"{drawn}\n" == KEPT[name].read_text()


@of_each(RECORDS)
def test_diagram_is_a_closed_box(cls: type[Any]) -> None:
    tens, units, *lines = draw(cls).splitlines()
    width = max(map(len, lines))
    assert len(units) == width - 1 <= 64
    assert tens.split() == [str(ten) for ten in range(len(tens.split()))]
    assert len(lines) % 2 == 1
    for rule in lines[::2]:
        assert set(rule[::2]) <= set("+ ") or any(letter.isalpha() for letter in rule)
        assert rule[0] == rule[-1] == "+"
    for row in lines[1::2]:
        assert row[0] == row[-1] == "|"
        assert len(row) % 2 == 1
    sized = sum(field.width for field in cls.layout)
    if all(field.width for field in cls.layout):
        assert sum(len(row) // 2 for row in lines[1::2]) == sized


def test_udp_is_drawn_as_a_header_of_two_words() -> None:
    assert UDP.diagram().splitlines()[2:] == [
        "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+",
        "|          Source Port          |        Destination Port       |",
        "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+",
        "|             Length            |            Checksum           |",
        "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+",
    ]


def test_a_field_over_two_rows_is_one_box() -> None:
    lines = Ethernet.diagram().splitlines()
    assert lines[4] == "+                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+"
    assert lines[-1] == "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+"


def test_narrow_fields_have_short_names() -> None:
    assert "|Version|  IHL  |    DSCP   |ECN|" in IPv4.diagram()


def test_a_field_in_two_boxes_is_continued() -> None:
    class Shifted(Record, name="shifted"):
        before: int = u8("before", default=0)
        word: int = u32("word", default=0)
        after: int = u8("after", default=0)

    assert Shifted.diagram().splitlines()[3:] == [
        "|     Before    |                      Word                     |",
        "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+",
        "|  (continued)  |     After     |",
        "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+",
    ]
