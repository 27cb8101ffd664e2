"""Lists of lines of text with a name and a value each, up to a blank line: the header of HTTP, SIP or mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, overload

from dissect.declaration.entry import Entry, EntryList
from dissect.declaration.record import Record

__all__ = ["MOST_LINES", "LineList", "Lines", "NamedLines"]

_BLANK = re.compile(rb"\r\n|\n|\r")
MOST_LINES = 4096
"""So many lines make a list at most; what stands behind them is no part of it."""
_MOST_KNOWN = 64


class NamedLines(tuple[Any, ...]):
    """The lines of a list in their order; by its name, which is in any case, the value of the first that has it.

    >>> from dissect import HTTPRequest
    >>> fields = HTTPRequest("GET", "/", headers={"Host": "example.com"}).headers
    >>> fields["host"], "Accept" in fields, len(fields)
    ('example.com', False, 1)
    """

    _by_name: dict[str, list[str]]

    @overload  # type: ignore[override]
    def __getitem__(self, place: str) -> str: ...
    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, str):
            found = self.get_all(place)
            if not found:
                raise KeyError(place)
            return found[0]
        return super().__getitem__(place)

    def __contains__(self, name: object) -> bool:
        return bool(self.get_all(name)) if isinstance(name, str) else super().__contains__(name)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the value of the first line of this name, `default` where there is none."""
        found = self.get_all(name)
        return found[0] if found else default

    def get_all(self, name: str) -> list[str]:
        """Return the values of all lines of this name, in their order."""
        try:
            known = self._by_name
        except AttributeError:
            # A protocol asks for one name after the other, and lines cannot be changed.
            known = self._by_name = {}
            for key, value in self.pairs():
                known.setdefault(key.lower(), []).append(value)
        return list(known.get(name.lower(), ()))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of each line."""
        for each in self:
            key, value = type(each).layout
            yield getattr(each, key.name), getattr(each, value.name)


class Lines:
    """The type of such a list, for type checkers: gives `NamedLines`, takes a dictionary, pairs or bytes."""

    def __get__(self, record: object, owner: Any = None) -> NamedLines:
        raise NotImplementedError

    def __set__(
        self, record: object, value: Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str] | Entry] | bytes
    ) -> None:
        raise NotImplementedError


class LineList(EntryList):
    """Lines of a class of two fields, a name and a value, up to a blank line, which belongs to the list.

    A line that is none of the class ends the list in front of it. At most 4096 lines are one list.
    """

    delimited = True

    def __init__(self, family: type[Entry]) -> None:
        self.family = family
        self._known = lru_cache(_MOST_KNOWN)(self.read)

    def load(self, raw: bytes, missing: int = 0) -> NamedLines:
        return self._known(bytes(raw))[0]

    def entries(self, record: Any, raw: bytes) -> NamedLines:
        return self.load(raw)

    def items(self, raw: bytes, record: Any = None) -> NamedLines:
        return self.load(raw)

    def extent(self, buffer: bytes, start: int, end: int) -> int:
        return self._end(buffer, start, end, []) - start

    def extent_in(self, record: Any, start: int) -> int:
        """Return how many bytes from `start` on the lines and the blank one take."""
        place: int = record._start + start
        return self.extent(record._buffer, place, record._body)

    def read(self, buffer: bytes, start: int = 0, end: int = -1) -> tuple[NamedLines, int]:
        """Return the lines from a place on, and where the list ends."""
        starts: list[int] = []
        stop = self._end(buffer, start, len(buffer) if end < 0 else end, starts)
        from_bytes = self.family._from
        return NamedLines([from_bytes(buffer, place, behind) for place, behind in pairwise(starts)]), stop

    def _end(self, buffer: bytes, start: int, end: int, starts: list[int]) -> int:
        """Return where the list ends; `starts` is given where each line begins, and where the last one ends."""
        name, value = (field.kind.extent for field in self.family.layout)
        place = start
        while place < end and len(starts) < MOST_LINES:
            blank = _BLANK.match(buffer, place, end)
            if blank is not None:
                starts.append(place)
                return blank.end()
            size = name(buffer, place, end)
            if size < 0:
                break
            starts.append(place)
            place += size
            place += value(buffer, place, end)
        starts.append(place)
        return place

    def is_ended(self, raw: bytes) -> bool:
        """Whether the blank line stands at the end of the list."""
        found, end = self._known(bytes(raw))
        return end > (found[-1].own_end if found else 0)

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, (bytes, bytearray, memoryview)):
            raw = bytes(value)
            if self.extent(raw, 0, len(raw)) != len(raw):
                raise ValueError("the bytes of lines with names, and of a blank one")
            return raw
        if isinstance(value, Mapping):
            value = [
                (name, each) for name, said in value.items() for each in ([said] if isinstance(said, str) else said)
            ]
        if not isinstance(value, Iterable) or isinstance(value, (str, Record)):
            raise ValueError("a dictionary, or a list of pairs of name and value")
        made: list[bytes] = []
        for each in value:
            if isinstance(each, self.family):
                made.append(bytes(each))
            else:
                try:
                    name, text = each
                    made.append(bytes(self.family(name, text)))
                except (TypeError, ValueError) as error:
                    raise ValueError(f"pairs of name and value ({error})") from None
        raw = b"".join(made) + b"\r\n"
        if self.extent(raw, 0, len(raw)) != len(raw):
            raise ValueError(f"at most {MOST_LINES} whole lines")
        return raw

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return raw.decode("utf-8", "replace")

    def source(self, raw: bytes, base: int) -> str:
        pairs = list(self.load(raw).pairs())
        names = {name.lower() for name, _ in pairs}
        value: Any = dict(pairs) if len(names) == len(pairs) else pairs
        try:
            return repr(value) if self.store(value, 0) == raw else repr(bytes(raw))
        except ValueError:
            return repr(bytes(raw))
