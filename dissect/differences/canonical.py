"""What counts as equal between two captures: values made canonical by name, and fields that are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from dissect.declaration.automatic import Checksum, Variant
from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import IPv4Address, IPv6Address, StructList
from dissect.declaration.options import Option
from dissect.declaration.record import Record
from dissect.differences.consequences import is_right
from dissect.differences.field_differences import Tolerance, texts
from dissect.differences.numbering import Numbering
from dissect.differences.parts import Part, parts, record_name
from dissect.errors import FieldAbsentError, FieldError
from dissect.packets.packet import Packet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6_extensions import FragmentHeader
from dissect.protocols.tcp import TCP
from dissect.protocols.tcp_options import Timestamps
from dissect.wireshark.fields import names

__all__ = ["CANONICAL", "EPHEMERAL", "Equality"]

CANONICAL: dict[str, str] = {
    "times": "counted from the first frame that both captures have",
    "no-times": "absent",
    "sequence-numbers": "those of TCP, counted from the first one of each direction",
    "ports": "ephemeral ports (32768 and above), by the order in which they are first seen",
    "ip-addresses": "IPv4 and IPv6 addresses of single hosts, by the order in which they are first seen",
    "mac-addresses": "MAC addresses of single hosts, by the order in which they are first seen",
    "ip-ids": "identifications of IP datagrams, by the order in which each sender's are first seen",
    "tcp-timestamps": "those of TCP (RFC 7323), by whether they are 0",
    "transaction-ids": "numbers that an answer repeats, as those of DNS, by the order in which they are first seen",
    "varying": "values that are others in every run, such as dates and lease times, by whether they are there",
    "checksums": "good, bad, absent, unverifiable or left to the hardware",
    "all": "all of these, with times counted from the first frame",
    "live": "all of these without times, as for traffic that somebody else's clock sends",
}
"""What can be made canonical, and how it is compared then."""
EPHEMERAL = 32768
"""The least port that is taken for an ephemeral one: Linux begins here, and RFC 6335, section 6, at 49152."""
_SETS = frozenset({"all", "live"})
_NUMBERED = frozenset({"ports", "ip-addresses", "mac-addresses", "ip-ids", "transaction-ids"})
_STAMPS = ("value", "echo")
_RELATIVE = {"seq": "relative_seq", "ack": "relative_ack"}
_SOLICITED_NODE = bytes.fromhex("ff0200000000000000000001ff")
"""What the multicast address begins with that each IPv6 address has for itself (RFC 4291, section 2.7.1)."""
_SOLICITED_NODE_MAC = b"\x33\x33\xff"


@dataclass(frozen=True, slots=True)
class Equality:
    """What two frames may differ in and count as equal.

    `ignore` are display-filter names of fields, of options or of whole headers, with `*`, `?` and
    `[...]` as in file names; `canonical` are keys of `CANONICAL`. Raises FieldError for names that match
    nothing, with the nearest that do.

    >>> Equality.of(ignore={"ip.idd"})
    Traceback (most recent call last):
    dissect.errors.FieldError: ignore has 'ip.idd', and no field is called so; did you mean 'ip.id'?
    """

    ignore: frozenset[str] = frozenset()
    canonical: frozenset[str] = frozenset()

    @classmethod
    def of(cls, ignore: Iterable[str] = (), canonical: Iterable[str] = ()) -> Equality:
        """Return what these names mean."""
        ignored = frozenset([ignore] if isinstance(ignore, str) else ignore)
        wanted = frozenset([canonical] if isinstance(canonical, str) else canonical)
        for name in sorted(ignored):
            _check_ignored(name)
        for name in sorted(wanted):
            if name not in CANONICAL:
                near = get_close_matches(name, CANONICAL, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"expected {', '.join(CANONICAL)}"
                raise FieldError(f"canonical has {name!r}, which nothing is called; {hint}")
        if wanted & _SETS:
            # "all" and "live" have a rule for times each, unless the user names the other one beside them.
            is_timeless = "no-times" in wanted or ("live" in wanted and "times" not in wanted)
            wanted = frozenset(CANONICAL.keys() - _SETS - {"times" if is_timeless else "no-times"})
        elif {"times", "no-times"} <= wanted:
            raise FieldError("canonical has times and no-times, expected one of them")
        return cls(ignored, wanted)

    @property
    def is_plain(self) -> bool:
        """Whether two frames are equal where their bytes are, and not otherwise."""
        return not (
            self.canonical - {"times", "no-times"} or any(not name.startswith("frame.") for name in self.ignore)
        )

    @property
    def compares_numbers(self) -> bool:
        """Whether values are compared by the order in which they are first seen, which takes all frames."""
        return bool(self.canonical & _NUMBERED)

    @property
    def needs_context(self) -> bool:
        """Whether frames have to go through a reading pass first."""
        return "sequence-numbers" in self.canonical

    @property
    def times(self) -> str:
        """How times are compared: "exact", "relative" or "absent"."""
        if "no-times" in self.canonical or self.ignores("frame.time"):
            return "absent"
        return "relative" if "times" in self.canonical else "exact"

    def ignores(self, name: str) -> bool:
        """Whether the display-filter name is among those that are left out."""
        return _matches(self.ignore, name)

    def ignores_part(self, name: str, ours: Part | None, theirs: Part | None) -> bool:
        """Whether a difference of this name between the two parts is left out."""
        if not self.ignore:
            return False
        part = ours if ours is not None else theirs
        if self.ignores(name):
            return True
        if part is None:
            return False
        record, field = part.record, part.field
        if self.ignores(record.name) or self.ignores(record_name(record)):
            return True
        if field is None:
            return False
        return bool(field.also and self.ignores(field.also))

    def kept_bits(self, record: type[Record], field: Field) -> int:
        """Return which bits of a field of fixed width are compared: without those whose own names are ignored."""
        return _kept_bits(self.ignore, record, field)

    def key(self, packet: Packet) -> bytes:
        """Return bytes that are equal for frames that count as equal, so far as one frame alone can tell."""
        tokens: list[object] = [packet.link if not self.ignores("frame.encap_type") else 0]
        if not self.ignores("frame.len"):
            tokens.append(packet.original_length - packet.captured_length)
        for part in parts(packet.frame):
            if self.ignores_part(part.name, part, None):
                continue
            tokens.append(part.name)
            tokens.append(self._token(part))
        return repr(tokens).encode()

    def _token(self, part: Part) -> object:
        field = part.field
        raw = part.raw
        if field is None:
            return raw
        record = part.record
        role = role_in(record, field)
        if role in self.canonical:
            if role == "checksums":
                return _state(record, field)
            if role == "varying":
                return role
            if role == "tcp-timestamps":
                return bool(raw)
            if role == "sequence-numbers":
                relative = _relative(record, field)
                return role if relative is None else relative
            if role in _NUMBERED:
                return [(role if _is_volatile(role, value) else value) for value in _values(field, raw)]
        factory = field.factory
        if factory is not None and not isinstance(factory, Variant) and is_right(record, field):
            return "right"
        if self.ignore and field.width and isinstance(raw, int):
            return raw & self.kept_bits(type(record), field)
        return raw

    def agree(self, ours: Header, theirs: Header, numbering: Numbering) -> bool:
        """Whether the values that are told by number stand for each other, in two frames of the same key.

        Where they don't, one of them may still be ignored: `tolerance` knows.
        """
        mine, others = (list(_numbered_values(frame, self.canonical)) for frame in (ours, theirs))
        if [role for role, _ in mine] != [role for role, _ in others]:
            return False
        agreed = True
        for (role, value), (_, other) in zip(mine, others, strict=True):
            agreed = numbering.agree(role, value, other) is None and agreed
        return agreed

    def tolerance(self, numbering: Numbering) -> Tolerance:
        """Return what is let pass between two frames; `numbering` knows the values of the frames before."""

        def tell(ours: Part, theirs: Part) -> tuple[str, str] | None:
            mine, other = ours.raw, theirs.raw
            field = ours.field
            if field is None or theirs.field is None:
                return None if mine == other else texts(ours, mine, other)
            role = role_in(ours.record, field)
            if role in self.canonical:
                if role == "checksums":
                    states = _state(ours.record, field), _state(theirs.record, theirs.field)
                    return None if states[0] == states[1] else states
                if role == "varying":
                    return None
                if role == "tcp-timestamps":
                    return None if bool(mine) == bool(other) else texts(ours, mine, other)
                if role == "sequence-numbers":
                    first, second = _relative(ours.record, field), _relative(theirs.record, theirs.field)
                    if first is not None and second is not None:
                        return None if first == second else (f"{first} (relative)", f"{second} (relative)")
                    agreed = numbering.agree(role, mine, other)
                    return None if agreed is None else _numbered_texts(field, [(mine, other)], [agreed])
                if role in _NUMBERED:
                    return _unlike_numbers(ours, theirs, role, numbering)
            if mine == other:
                return None
            if self.ignore and field.width and isinstance(mine, int):
                kept = self.kept_bits(type(ours.record), field)
                if mine & kept == other & kept:
                    return None
            return texts(ours, mine, other)

        return Tolerance(tell, self.ignores_part)


def _check_ignored(name: str) -> None:
    known = _known_names()
    if name in known or any(fnmatchcase(each, name) for each in known):
        return
    near = get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]!r}?" if near else "a name looks like 'ip.id' or 'tcp.options.timestamp.*'"
    raise FieldError(f"ignore has {name!r}, and no field is called so; {hint}")


@cache
def _known_names() -> frozenset[str]:
    trailers = {f"{name}.trailer" for name in names() if "." not in name}
    return frozenset(names()) | trailers | _option_names()


def _option_names() -> set[str]:
    found: set[str] = set()
    waiting = list(Option.__subclasses__())
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if cls.branch and not cls.is_traced:
            found.add(f"{cls.name}.{cls.branch}")
    return found


@cache
def _matches(patterns: frozenset[str], name: str) -> bool:
    return name in patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


@cache
def _kept_bits(ignore: frozenset[str], record: type[Record], field: Field) -> int:
    kept = (1 << field.width) - 1
    for overlay in record.fields:
        if overlay.over and overlay.label and _matches(ignore, overlay.label):
            behind = field.bit + field.width - overlay.bit - overlay.width
            if overlay.anchor == field.anchor and overlay.bit >= field.bit and behind >= 0:
                kept &= ~(((1 << overlay.width) - 1) << behind)
    return kept


def role_in(record: Record, field: Field) -> str:
    """Return what `role_of` does, also where what stands beside the value decides."""
    varies = field.varies
    return role_of(type(record), field) if isinstance(varies, str) else varies(record)


@cache
def role_of(record: type[Record], field: Field) -> str:
    """Return by which name of `CANONICAL` a field's values are made canonical; "" for by none that the class tells."""
    if not isinstance(field.varies, str):
        return ""
    if field.varies:
        return field.varies
    if isinstance(field.factory, Checksum):
        return "checksums"
    if issubclass(record, TCP) and field.name in _RELATIVE:
        return "sequence-numbers"
    if issubclass(record, Timestamps):
        return "tcp-timestamps" if field.name in _STAMPS else ""
    if issubclass(record, (IPv4, FragmentHeader)) and field.name == "id":
        return "ip-ids"
    if field.also.endswith(".port"):
        return "ports"
    if field.kind.code in ("ipv4", "ipv6") or _is_address_list(field):
        return "ip-addresses"
    return "mac-addresses" if field.kind.code == "ether" else ""


def _is_address_list(field: Field) -> bool:
    kind = field.kind
    return isinstance(kind, StructList) and kind.item in (IPv4Address.code, IPv6Address.code)


def _values(field: Field, raw: Any) -> list[Any]:
    """Return the values of a field that may be a list of addresses."""
    kind = field.kind
    if isinstance(kind, StructList):
        return [raw[start : start + kind.size] for start in range(0, len(raw), kind.size)]
    return [raw]


def _is_volatile(role: str, value: Any) -> bool:
    """Whether the value is one that changes from run to run: a single host's address, an ephemeral port."""
    if role == "ports":
        return bool(value >= EPHEMERAL)
    if role == "mac-addresses":
        if value.startswith(_SOLICITED_NODE_MAC):
            return True
        return bool(any(value) and not value[0] & 1)
    if role == "ip-addresses":
        if not any(value):
            return False
        if len(value) == 4:
            return bool(value[0] != 127 and value[0] < 224)
        return bool(value.startswith(_SOLICITED_NODE) or (value[0] != 0xFF and any(value[:15])))
    return True


@cache
def _numbered_fields(record: type[Record], canonical: frozenset[str]) -> tuple[tuple[str, Field], ...]:
    """Return the fields of a class whose values are told by number, with their roles; and its lists of options."""
    fields = [(role_of(record, field), field) for field in record.layout]
    return tuple(
        (role, field)
        for role, field in fields
        if isinstance(field.kind, EntryList)
        or (role in canonical and (role in _NUMBERED or role == "sequence-numbers"))
    )


def _numbered_values(frame: Header, canonical: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield what `Equality.tolerance` looks up in a numbering, in the order of the frame."""
    for header in frame.layers():
        yield from _values_in(header, canonical, header)


def _values_in(record: Record, canonical: frozenset[str], header: Header) -> Iterator[tuple[str, Any]]:
    for role, field in _numbered_fields(type(record), canonical):
        try:
            raw = record.raw(field)
        except FieldAbsentError:
            continue
        if isinstance(field.kind, EntryList):
            if raw:
                for option in field.kind.load(raw):
                    yield from _values_in(option, canonical, header)
        elif role == "sequence-numbers":
            if _relative(record, field) is None:
                yield role, raw
        else:
            for value in _values(field, raw):
                if _is_volatile(role, value):
                    yield role, (_sender(record), value) if role == "ip-ids" else value


def _unlike_numbers(ours: Part, theirs: Part, role: str, numbering: Numbering) -> tuple[str, str] | None:
    field = ours.field
    assert field is not None
    assert theirs.field is not None
    mine, others = _values(field, ours.raw), _values(theirs.field, theirs.raw)
    if len(mine) != len(others):
        return texts(ours, ours.raw, theirs.raw)
    agreed: list[tuple[int, int] | None] = []
    differ = False
    for value, other in zip(mine, others, strict=True):
        if _is_volatile(role, value) and _is_volatile(role, other):
            pair = (value, other)
            if role == "ip-ids":
                # A sender numbers its own datagrams.
                pair = (_sender(ours.record), value), (_sender(theirs.record), other)
            found = numbering.agree(role, *pair)
            agreed.append(found)
            differ = differ or found is not None
        else:
            agreed.append(None)
            differ = differ or value != other
    return _numbered_texts(field, list(zip(mine, others, strict=True)), agreed) if differ else None


def _numbered_texts(
    field: Field, pairs: list[tuple[Any, Any]], agreed: list[tuple[int, int] | None]
) -> tuple[str, str]:
    texts_of: tuple[list[str], list[str]] = [], []
    for pair, numbers in zip(pairs, agreed, strict=True):
        for side in (0, 1):
            text = field.text(pair[side])
            texts_of[side].append(text if numbers is None else f"{text} (#{numbers[side]})")
    return ", ".join(texts_of[0]), ", ".join(texts_of[1])


def _sender(record: Record) -> Any:
    """Return the source address of an IP header, or of the one around an extension of it."""
    try:
        if isinstance(record, IPv4):
            return record.raw("src")
        network = record.network_header if isinstance(record, Header) else None
        return None if network is None else network.raw("src")
    except FieldAbsentError:
        return None


def _relative(record: Record, field: Field) -> int | None:
    """Return a sequence number counted from the first of its direction; None where no reading pass can tell."""
    assert isinstance(record, Header)
    if record.is_quoted:
        return None
    if field.name == "ack":
        try:
            if not record.raw("ack_flag"):
                # Without the flag the number means nothing, so that it is compared as it stands.
                return int(record.raw(field))
        except FieldAbsentError:
            return None
    learnt: int | None = record.learnt(_RELATIVE[field.name])
    return learnt


def _state(record: Record, field: Field) -> str:
    assert isinstance(record, Header)
    return record.checksum_state(field.name).name.lower()
