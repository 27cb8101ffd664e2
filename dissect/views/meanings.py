"""What a field of a record says for people: the bits that it has, its value, and what that means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.automatic import Checksum
from dissect.declaration.checksum import ChecksumState
from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.kinds import Boolean, Coded, Duration, FlagSet, Octets, StructList
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.record import Record
from dissect.declaration.references import remembered
from dissect.declaration.symbols import told
from dissect.declaration.traced_bytes import printed, spelt
from dissect.views.listing import printable
from dissect.wireshark.sight_fields import Computed

__all__ = ["LONGEST", "Said", "digits", "meaning", "said"]

_FEW_BITS = 12
LONGEST = 36
"""How many bytes of a field are spelt out; the rest is an ellipsis."""
_MOST_KEPT = 16384
_LONGEST_KEPT = 16
"""What is said of values is kept for so many of them, and for bytes if they are so few, as those of addresses are."""


class Said(NamedTuple):
    """What is said of a field's value: the pattern of its bits, its meaning, and what tshark prints for it alone."""

    pattern: str
    meaning: str
    printed: str


_SAID: dict[tuple[Field, Any], Said] = {}


def said(record: Record, field: Field, raw: Any) -> Said:
    """Return what is said of the raw value of a field of the layout.

    But for a checksum, that is the same in all records, so it is kept: few values come again and again.
    """
    if raw.__class__ is not int and (raw.__class__ is not bytes or len(raw) > _LONGEST_KEPT):
        return _made(record, field, raw)
    try:
        return _SAID[field, raw]
    except KeyError:
        made = _made(record, field, raw)
    if not isinstance(field.factory, Checksum):
        if len(_SAID) >= _MOST_KEPT:
            _SAID.clear()
        _SAID[field, raw] = made
    return made


def _made(record: Record, field: Field, raw: Any) -> Said:
    return Said(_pattern(record, field), meaning(record, field, raw), printed(field, raw))


def _pattern(record: Record, field: Field) -> str:
    """Return the bits of a field that is no whole number of bytes, as in "0100 .... = "."""
    if field.width % 8 == 0 and field.bit % 8 == 0:
        return ""
    first, last = field.bit // 8, (field.bit + field.width + 7) // 8
    digits = max(2 * (last - first), field.digits) if field.width > 8 else 2 * (last - first)
    value = record.raw(field)
    # Few bits come again and again, so that their text need not be made each time where texts are compiled.
    value = int(value) if field.width <= _FEW_BITS else value
    return told(_bits, value, field.width, 8 * last - field.bit - field.width, 4 * digits)


def _bits(value: int, width: int, behind: int, total: int) -> str:
    """Return `width` bits of a value among others, of which `behind` follow, in a number of `total` bits."""
    places = f"{value:0{width}b}".rjust(total - behind, ".").ljust(total, ".")
    return " ".join([places[start : start + 4] for start in range(0, total, 4)]) + " = "


def meaning(record: Record, field: Field, raw: Any) -> str:
    """Return a field's value for people: its name in front of its number, units, and what is known of it."""
    kind = field.kind
    if isinstance(field.factory, Checksum):
        return f"{printed(field, raw)} [{_state(record, field)}]"
    if isinstance(kind, Coded):
        return f"{kind.load(raw).title} ({printed(field, raw)})"
    if isinstance(kind, FlagSet):
        names = str(kind.load(raw))
        return f"{printed(field, raw)} ({names})" if names else printed(field, raw)
    if isinstance(field, Computed) and field.words is not None:
        return told(field.words, raw)
    if isinstance(kind, Duration):
        return f"{printed(field, raw)} seconds"
    if isinstance(kind, Boolean):
        return "Set" if raw else "Not set"
    if isinstance(kind, (Octets, EntryList)):
        return told(digits, raw)
    if isinstance(kind, StructList):
        return told(_listing(field), raw)
    if field.scale != 1:
        return f"{printed(field, raw)} bytes ({raw})"
    if field.base == 16:
        return f"{printed(field, raw)} ({raw})"
    return spelt(_spelling(field), raw) if kind.code == "string" else printed(field, raw)


@remembered
def _spelling(field: Field) -> Callable[[Any], str]:
    """Return what makes the text of a value in which nothing steers a terminal or ends the line."""
    return lambda raw: printable(field.text(raw))


@remembered
def _listing(field: Field) -> Callable[[bytes], str]:
    """Return what makes the text of a list."""
    return lambda raw: ", ".join(map(str, field.kind.load(raw)))


def digits(data: bytes) -> str:
    """Return bytes as hexadecimal digits, long ones with an ellipsis in place of the rest."""
    return data.hex() if len(data) <= LONGEST else f"{data[:LONGEST].hex()}…"


_STATES = {
    ChecksumState.GOOD: "correct",
    ChecksumState.ABSENT: "none",
    ChecksumState.OFFLOADED: "left to the hardware",
}


def _state(record: Any, field: Field) -> str:
    state = record.checksum_state(field.name)
    if state is ChecksumState.BAD:
        return f"incorrect, should be {field.text(field.factory.expected(record, field))}"  # type: ignore[union-attr]
    return _STATES.get(state, "unverified")
