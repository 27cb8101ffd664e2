"""Usual frames rewritten by their bytes: what is replaced in them stands at places that the declarations tell.

Frames are nearly all alike: a usual protocol in a usual network in the link's header (`dissect.flows.usual`). What
becomes of the replaced values of such a frame depends on these values alone, and by how much its checksums move, too.
So that is found once for the values of a conversation, and then written into its frames. All other frames, and those
whose payload may hold something that is replaced, are left to the ordinary code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from dissect.declaration.automatic import Checksum, HeaderLength, Ports, Selector, TotalLength, Variant
from dissect.declaration.checksum import sum_of_words
from dissect.declaration.decoder import field_of_role
from dissect.declaration.fields import Field
from dissect.declaration.gathering import Span, gathered, span_of
from dissect.declaration.generated import written
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.pseudo_headers import pseudo_sum
from dissect.declaration.record import Record
from dissect.flows.usual import UsualNetwork, guesses_behind, usual_networks
from dissect.wireshark.types import declared_headers

__all__ = ["Replacing", "usual_rewriters"]

_MOST_KNOWN = 1 << 16
"""For the values of so many conversations it is remembered what becomes of them."""
_SUM = 0xFFFF

Rewriter = Callable[[bytes], "bytes | None"]


class Replacing(Protocol):
    """What of headers is replaced."""

    def places(self, cls: type[Record]) -> tuple[list[tuple[Field, Callable[[bytes], bytes]]], list[Any]]:
        """Return the fields of a class that are replaced, with what gives their new bytes, and lists of options."""


class _Change(NamedTuple):
    """What becomes of the frames in which some values stand."""

    pieces: tuple[tuple[int, int, bytes], ...]
    """Bytes from a place to another, and those that stand there afterwards."""
    moves: tuple[int | None, ...]
    """By how much each checksum moves; None where nothing changes below it."""


class _Summed(NamedTuple):
    """A checksum in a usual frame."""

    place: int
    """Where it stands."""
    start: int
    """Where the header begins that has it."""
    own: int
    """How many bytes of that header change at most."""
    role: Checksum
    ranges: tuple[tuple[int, int], ...]
    """The bytes in front of the header that are summed as well."""
    constant: int


class _UnusualError(Exception):
    """Raised where a chain of headers holds something that is not told by places alone."""


def usual_rewriters(link: int, replacing: Replacing, *, moves: bool, computes: bool) -> list[Rewriter]:
    """Return functions that rewrite the usual frames of a link type; each returns None for a frame that is none.

    With `moves` checksums are moved by what has changed, with `computes` they are computed anew.
    """
    found = []
    for around in usual_networks(link):
        for number, last in around.network.usually_carries().items():
            try:
                found.append(
                    _Chain(around, int(number), last, replacing, moves or computes).rewriter(computes=computes)
                )
            except _UnusualError:
                continue
    return found


class _Chain:
    """The frames of one chain of headers."""

    def __init__(self, around: UsualNetwork, number: int, last: type[Header], replacing: Replacing, sums: bool) -> None:
        self.around, self.number, self.last, self.replacing = around, number, last, replacing
        self.classes = (*around.outers, around.network, last)
        self.replaced: list[tuple[int, Field, Callable[[bytes], bytes]]] = []
        self.kinds: frozenset[int] = frozenset()
        """The first bytes of options of the last header that may hold something to replace."""
        for start, cls in zip(around.starts, self.classes, strict=True):
            fields, options = replacing.places(cls)
            for field, replace in fields:
                if not field.is_read_in_place or field.bit % 8 or field.width % 8 or not field.width:
                    raise _UnusualError
                self.replaced.append((start, field, replace))
            if options and cls is last:
                if any(not kinds for _, kinds in options):
                    raise _UnusualError
                self.kinds = frozenset().union(*(kinds for _, kinds in options))
        self.summed = self._sums() if sums else []
        self._carries: dict[tuple[int, int], bool] = {}
        """Whether two ports stand for something in which there may be something to replace."""

    def _sums(self) -> list[_Summed]:
        """Return the checksums of the headers."""
        found = []
        for start, cls in zip(self.around.starts, self.classes, strict=True):
            for field in cls.fields:
                role = field.factory
                if not isinstance(role, Checksum):
                    continue
                usual = type(role).fill is Checksum.fill and field.is_read_in_place and field.width == 16
                if not usual or field.bit % 16 or start & 1 or cls.least_size & 1:
                    raise _UnusualError
                if cls not in (self.around.network, self.last) or (cls is not self.last and not role.header_only):
                    raise _UnusualError
                ranges: tuple[tuple[int, int], ...] = ()
                constant = 0
                if role.pseudo_header is not None:
                    told = pseudo_sum(self.around.network, self.last, role.pseudo_header)
                    if told is None:
                        raise _UnusualError
                    before = self.around.starts[-2]
                    ranges = tuple((before + first, before + end) for first, end in told.ranges)
                    constant = told.constant
                found.append(_Summed(start + field.bit // 8, start, cls.least_size, role, ranges, constant))
        return found

    def rewriter(self, *, computes: bool) -> Rewriter:
        """Return the function, written out for the places of the chain."""
        around, start, last = self.around, self.around.size, self.last
        least = start + last.least_size
        places = dict(around.places)
        values = []
        for place, (begin, field, _) in enumerate(self.replaced):
            places[f"value{place}"] = Span(8 * begin + field.bit, field.width, is_octets=True)
            values.append(f"value{place}")
        measured = field_of_role(last, HeaderLength)
        total = field_of_role(last, TotalLength)
        if measured is not None:
            places["measured"] = span_of(last, measured.name).behind(start)
        if total is not None:
            places["told"] = span_of(last, total.name).behind(start)
        expects = any(field.expected is not None for field in last.layout)
        ends_elsewhere = measured is None and not last.has_fixed_size()
        if field_of_role(last, Variant) is not None or expects or ends_elsewhere:
            raise _UnusualError
        selector = field_of_role(last, Selector)
        if selector is None or not isinstance(selector.factory, Ports):
            raise _UnusualError
        places |= {"one": span_of(last, selector.factory.first), "other": span_of(last, selector.name)}
        places |= {name: places[name].behind(start) for name in ("one", "other")}
        for place, summed in enumerate(self.summed):
            places[f"sum{place}"] = Span(8 * summed.place, 16)
        how = gathered(places)
        names: dict[str, Any] = {
            "unpack": how.unpack, "known": {}, "find": self._change, "number_of": int.from_bytes,
            "sum_of_words": sum_of_words, "carries": self._carries.get, "find_carried": self._find_carried,
        }  # fmt: skip
        lines = [
            "def rewrite(data):",
            " stop = len(data)",
            f" if stop < {max(how.size, least)}: return None",
            *(f" {line}" for line in how.lines("unpack(data)")),
            f" if not ({' and '.join(around.tests)}) or onward != {self.number}: return None",
            f" end = {around.end}",
            f" if not {least} <= end <= stop: return None",
        ]
        body = str(least)
        if measured is not None:
            role: Any = measured.factory
            body = "body"
            lines += [
                f" body = {start + role.uncounted} + measured * {role.unit}",
                f" if not {least} <= body <= end: return None",
            ]
            if self.kinds:
                names["kinds"] = self.kinds
                lines.append(f" if body > {least} and not kinds.isdisjoint(data[{least}:body]): return None")
        if total is not None:
            lines.append(f" if {start} + told != end: return None")
        lines += self._payload(body, names)
        key = ", ".join(values)
        lines += [
            f" try: pieces, moves = known[{key},]",
            f" except KeyError: pieces, moves = find(known, ({key},), data)",
            " again = bytearray(data)",
            " for begin, behind, new in pieces: again[begin:behind] = new",
        ]
        for place in range(len(self.summed)):
            lines += self._moved(place, computes, names)
        return written([*lines, " return bytes(again)"], names, "rewrite", f"{last.__name__} rewriting")

    def _payload(self, body: str, names: dict[str, Any]) -> list[str]:
        """Return the lines that leave frames alone whose payload may hold something that is replaced."""
        guesses = guesses_behind(self.last)
        if guesses is None or self.last.looks_further():
            raise _UnusualError
        names |= {f"likely{place}": guess.is_likely for place, guess in enumerate(guesses)}
        likely = " or ".join(f"likely{place}(data, {body}, end)" for place in range(len(guesses)))
        return [
            f" if end > {body}:",
            "  carried = carries((one, other))",
            "  if carried is None: carried = find_carried(one, other)",
            f"  if carried{f' or {likely}' if likely else ''}: return None",
        ]

    def _moved(self, place: int, computes: bool, names: dict[str, Any]) -> list[str]:
        """Return the lines that write a checksum."""
        summed = self.summed[place]
        name, move, at = f"sum{place}", f"move{place}", summed.place
        optional = " or 0xFFFF" if summed.role.optional else ""
        # Whether there is none is known to the ordinary code.
        lines = [f" if not {name}: return None"] if summed.role.optional else []
        lines.append(f" {move} = moves[{place}]")
        if computes:
            end = summed.start + summed.own if summed.role.header_only else "end"
            more = "".join(f" + number_of(data[{first}:{last}])" for first, last in summed.ranges)
            counted = f" + end - {summed.start} + {summed.constant}" if summed.role.pseudo_header is not None else ""
            lines += [
                f" words = number_of(data[{summed.start}:{end}])",
                f" if ({end} - {summed.start}) & 1: words <<= 8",
                f" words = sum_of_words(words{more}{counted}) - {name} + ({move} or 0)",
                f" again[{at}:{at + 2}] = (65535 - (words % 65535 or 65535){optional}).to_bytes(2)",
            ]
        else:
            lines += [
                f" if {move} is not None:",
                f"  again[{at}:{at + 2}] = (65534 - (65534 - {name} + {move}) % 65535{optional}).to_bytes(2)",
            ]
        return lines

    def _change(self, known: dict[Any, _Change], key: tuple[bytes, ...], data: bytes) -> _Change:
        """Return what becomes of these values, which stand in `data`, and keep it."""
        before, after = data[: self.around.size + self.last.least_size], bytearray(data)
        pieces = []
        for (start, field, replace), old in zip(self.replaced, key, strict=True):
            new = replace(old)
            begin = start + field.bit // 8
            if new != old:
                pieces.append((begin, begin + len(old), new))
                after[begin : begin + len(old)] = new
        moves: list[int | None] = []
        for summed in self.summed:
            ranges = ((summed.start, summed.start + summed.own), *summed.ranges)
            changes = any(before[first:end] != after[first:end] for first, end in ranges)
            total = sum(
                int.from_bytes(after[first:end], "big") - int.from_bytes(before[first:end], "big")
                for first, end in ranges
            )
            moves.append(total % _SUM if changes else None)
        if len(known) >= _MOST_KNOWN:
            known.clear()
        change = known[key] = _Change(tuple(pieces), tuple(moves))
        return change

    def _find_carried(self, one: int, other: int) -> bool:
        """Return whether what these ports stand for may hold something that is replaced, and keep it."""
        if len(self._carries) >= _MOST_KNOWN:
            self._carries.clear()
        found = self._carries[one, other] = self._may_hold(self.last.decoder_of_ports(one, other))
        return found

    def _may_hold(self, decode: Any) -> bool:
        """Whether something may be replaced in a header, or in what may stand behind it."""
        if decode is None:
            return False
        seen, waiting = {decode}, [decode]
        by_decoder: Mapping[Any, type[Header]] = {each.decode: each for each in declared_headers()}
        while waiting:
            cls = by_decoder.get(waiting.pop())
            if cls is None or any(self.replacing.places(cls)):
                return True
            further = cls.may_carry()
            if further is None:
                return True
            waiting += [each for each in further if each not in seen]
            seen.update(further)
        return False
