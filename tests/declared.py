"""Everything that is declared, and real frames with damage done to them: what property tests hold for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

import dissect
from dissect.declaration.header import Header
from dissect.declaration.options import Option
from dissect.declaration.pending import declare_pending
from dissect.declaration.record import Record
from dissect.declaration.selection import count_change

SAMPLES = Path(__file__).resolve().parent.parent / "capture_samples"
PUBLIC_NAMES: dict[str, Any] = {name: getattr(dissect, name) for name in dissect.__all__}
"""What a repr may use."""


declare_pending()


def _below(cls: type[Record]) -> Iterator[type[Any]]:
    for each in cls.__subclasses__():
        # What an example in a docstring declares is of no file.
        module = sys.modules.get(each.__module__)
        if each.__module__.startswith("dissect.") and getattr(module, each.__name__, None) is each:
            # What only other declarations share is not public.
            if each.layout and each.__name__ in getattr(module, "__all__", []):
                yield each
            yield from _below(each)


HEADERS: list[type[Header]] = sorted(set(_below(Header)), key=lambda cls: cls.__name__)
OPTIONS: list[type[Option]] = sorted(set(_below(Option)), key=lambda cls: cls.__name__)
RECORDS: list[type[Record]] = [*HEADERS, *OPTIONS]


A_FEW_OF_EACH = settings(max_examples=max(8, settings().max_examples // 40))
"""Examples of a class where each of hundreds of classes is tried: together they are thousands."""


def of_each(classes: Sequence[type[Any]]) -> Callable[[Callable[[Any], None]], Callable[[str], None]]:
    """Make a test that takes a class one test for each file of classes; a failure says which class it was.

    Pytest needs longer for a test of its own than most of them take.
    """
    by_file: dict[str, list[type[Any]]] = {}
    for cls in classes:
        by_file.setdefault(cls.__module__.rpartition(".")[2], []).append(cls)

    def decorate(test: Callable[[Any], None]) -> Callable[[str], None]:
        @pytest.mark.parametrize("file", by_file)
        def of_file(file: str) -> None:
            for cls in by_file[file]:
                try:
                    test(cls)
                except BaseException as error:
                    error.add_note(f"That was {cls.__name__}.")
                    raise

        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(of_file, name, getattr(test, name))
        return of_file

    return decorate


def again(record: Record) -> Any:
    """What the record's repr evaluates to, with nothing but the public names."""
    return eval(repr(record), dict(PUBLIC_NAMES))


@cache
def real_frames() -> tuple[bytes, ...]:
    """Ethernet frames of capture_samples, a few of each sample; short ones, for they are tried many times."""
    found: dict[bytes, None] = {}
    for path in sorted(SAMPLES.glob("*.pcap")):
        kept = 0
        for packet in dissect.read(path):
            if packet.link == 1 and len(packet.data) <= 400 and packet.data not in found:
                found[packet.data] = None
                kept += 1
                if kept == 8:
                    break
    return tuple(found)


@st.composite
def damaged_frames(draw: st.DrawFn) -> bytes:
    """A real frame with up to four things done to it: bytes changed, left out, put in, doubled, cut off."""
    data = bytearray(draw(st.sampled_from(real_frames())))
    for _ in range(draw(st.integers(0, 4))):
        # Damage to the headers does the most, and they stand in front.
        place = draw(st.integers(0, min(len(data), 80)))
        damage = draw(st.integers(0, 5))
        if damage == 0 and place < len(data):
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif damage == 1 and place < len(data):
            data[place] = draw(st.sampled_from([0, 1, 0x0F, 0x40, 0x4F, 0x45, 0x7F, 0x80, 0xFF]))
        elif damage == 2:
            del data[place : place + draw(st.integers(1, 8))]
        elif damage == 3:
            data[place:place] = draw(st.binary(min_size=1, max_size=8))
        elif damage == 4:
            data[place:place] = data[place : place + draw(st.integers(1, 40))]
        else:
            del data[draw(st.integers(0, len(data))) :]
    return bytes(data)


any_bytes = st.binary(max_size=120) | damaged_frames()
"""Bytes without meaning, and bytes that once had one."""


def one(name: str, value: Any) -> dict[str, Any]:
    """One keyword of a constructor, of whatever type."""
    return {name: value}


class Outsiders:
    """Protocols that tests declare over some carriers: they are carried inside the `with` alone.

    Other tests draw from all that is carried. The first `with` is that around the declarations.
    """

    def __init__(self, *carriers: type[Header]) -> None:
        self._tables: list[Any] = [
            table
            for carrier in carriers
            for table in (
                carrier._carried,
                carrier._numbers,
                carrier._usual,
                carrier._chosen,
                carrier._known,
                carrier._heuristics,
            )
        ]
        self._inside: list[Any] | None = None
        self._outside: list[Any] = []

    def __enter__(self) -> Outsiders:
        self._outside = [copy(table) for table in self._tables]
        if self._inside is not None:
            self._put(self._inside)
        return self

    def __exit__(self, *_: object) -> None:
        self._inside = [copy(table) for table in self._tables]
        self._put(self._outside)

    def _put(self, contents: list[Any]) -> None:
        # In place, as generated code holds the tables.
        for table, content in zip(self._tables, contents, strict=True):
            table.clear()
            (table.extend if isinstance(table, list) else table.update)(content)
        count_change()
