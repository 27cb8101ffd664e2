"""Frames with other addresses, ports, VLAN numbers and times to live, and nothing else changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from struct import error as StructError
from typing import Any, TypeAlias, TypeVar

from dissect.declaration.addresses import mac_bytes
from dissect.declaration.entry import Entry, EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import StructList
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import OptionList
from dissect.declaration.record import Record
from dissect.declaration.selection import changes
from dissect.errors import FieldAbsentError, FieldError
from dissect.packets.checksum_correction import recomputed, updated
from dissect.packets.links import link_number
from dissect.packets.packet import parse
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.replay.tagging import Tag, Tagging
from dissect.replay.usual_rewriting import usual_rewriters

__all__ = ["Checksums", "Rewriting"]

_Networks: TypeAlias = "list[tuple[IPv4Network | IPv6Network, IPv4Network | IPv6Network]]"
_Old = TypeVar("_Old")
_New = TypeVar("_New")
HELD = 64 << 20
"""How many bytes of frames are held, old and new ones together."""
_WIDTHS = {"ipv4": 4, "ipv6": 16}
_PORT = ".port"
_HOP_COUNTS = ("ttl", "hop_limit")
_LARGEST_VLAN = 4095


class Checksums(Enum):
    """What becomes of the checksums over what was rewritten."""

    KEEP = "keep"
    """They stay as they are, and so become wrong."""
    UPDATE = "update"
    """They are moved by what has changed (RFC 1624): right ones are right again, wrong ones stay wrong by as much."""
    RECOMPUTE = "recompute"
    """They are computed anew where all that they sum is there, and moved where it is not: in fragments, in cut
    frames, and in what ICMP errors quote."""


class _Places(NamedTuple):
    """What of a header or option is replaced: fields with what gives their new bytes, options with their first ones."""

    replaced: list[tuple[Field, Callable[[bytes], bytes]]]
    options: list[tuple[Field, frozenset[int]]]


class Rewriting:
    """Replaces values in frames by maps from old to new; what no map has stays, as does all the rest of the frame.

    - `macs`: MAC addresses, wherever a header or option declares one: Ethernet, ARP, neighbour discovery.
    - `addresses`: IPv4 and IPv6 addresses, or networks of one size ("10.0.0.0/24": "192.168.7.0/24"), in
      which the number of the host stays; the longest that fits is taken. They too are replaced wherever they
      are declared: IP, ARP, redirects, neighbour discovery, recorded routes.
    - `ports`: port numbers of TCP and UDP, of either side.
    - `vlans`: numbers of VLAN tags, at every level; to None takes the tag off, and from None puts an 802.1Q
      tag on frames that have none. `priorities` and `tag_types` (EtherTypes) map what else tags have, and `tags`
      are put on every frame, in front of those that it has, the outermost first.
    - `ttls`: times to live and hop limits; from None replaces every other.

    What an ICMP error quotes is rewritten like the datagram that it speaks of, its time to live aside,
    which is that of a place on the way. All replacements are made at once, so that two values can change
    places. `checksums` says what becomes of the checksums. Raises FieldError for values that do not fit.

    >>> from dissect.protocols.udp import UDP
    >>> from dissect.protocols.ethernet import Ethernet
    >>> frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=4000, dport=53)
    >>> moved = Rewriting(addresses={"10.0.0.0/24": "192.168.7.0/24"}, ports={53: 5353}, checksums=Checksums.UPDATE)
    >>> again = parse(moved(bytes(frame)))
    >>> again[IPv4].src, again[IPv4].dst, again[UDP].dport, again.problems()
    ('192.168.7.1', '192.168.7.2', 5353, [])
    """

    def __init__(
        self,
        *,
        macs: Mapping[str, str] | None = None,
        addresses: Mapping[str, str] | None = None,
        ports: Mapping[int, int] | None = None,
        vlans: Mapping[int | None, int | None] | None = None,
        ttls: Mapping[int | None, int] | None = None,
        priorities: Mapping[int, int] | None = None,
        tag_types: Mapping[int, int] | None = None,
        tags: Sequence[Tag] = (),
        checksums: Checksums = Checksums.KEEP,
    ) -> None:
        self.checksums = checksums
        self._macs = _once(((_mac(old), _mac(new)) for old, new in (macs or {}).items()), "MAC address")
        self._networks = _networks(addresses or {})
        self._ports = _numbers(ports or {}, "port", 0xFFFF)
        self._ttls = _numbers(ttls or {}, "time to live", 255)
        _numbers(priorities or {}, "VLAN priority", 7)
        _numbers(tag_types or {}, "type of VLAN tags", 0xFFFF)
        ids = _numbers(vlans or {}, "VLAN", _LARGEST_VLAN)
        self._tagging = Tagging(ids=ids, priorities=priorities, types=tag_types, added=tags)
        self._places: dict[type[Record], _Places] = {}
        self._done: dict[tuple[bytes, str | int], bytes] = {}
        """Frames that were rewritten before, as far as there is room: what is played in a loop is rewritten once."""
        self._room = HELD
        self.has_room = True
        """Whether there is room for more frames."""
        self._rewriters: dict[str | int, list[Callable[[bytes], bytes | None]]] = {}
        """What rewrites the usual frames of each link type."""
        self._changes = changes()
        self._known: dict[bytes, bytes] = {}
        """Addresses that were looked up before; bounded, for every frame can bring new ones."""

    def __bool__(self) -> bool:
        """Whether anything is replaced."""
        return any((self._macs, self._networks, self._ports, self._ttls, self._tagging))

    def __call__(self, data: bytes, link: str | int = "ethernet") -> bytes:
        """Return the frame rewritten; whatever it holds, nothing is raised."""
        known = self._done.get((data, link))
        if known is not None:
            return known
        again = self._rewritten(data, link)
        size = len(data) + len(again)
        if self._room >= size:
            self._room -= size
            self._done[data, link] = again
        else:
            self.has_room = False
        return again

    def _rewritten(self, data: bytes, link: str | int) -> bytes:
        if not self:
            return data
        if not any((self._macs, self._networks, self._ports, self._ttls)):
            return self._tagging(data, link)
        again = self._usually(data, link)
        if again is None:
            again = self._header_by_header(data, link)
        return self._tagging(again, link) if self._tagging else again

    def _usually(self, data: bytes, link: str | int) -> bytes | None:
        """Return a usual frame rewritten; None for one that has to be looked at more closely."""
        if self._changes != changes():
            # What ports stand for, and what messages begin with, may be another.
            self._changes, self._rewriters = changes(), {}
        rewriters = self._rewriters.get(link)
        if rewriters is None:
            moves, computes = self.checksums is Checksums.UPDATE, self.checksums is Checksums.RECOMPUTE
            number = link_number(link)
            rewriters = self._rewriters[link] = usual_rewriters(number, self, moves=moves, computes=computes)
        for rewrite in rewriters:
            again = rewrite(data)
            if again is not None:
                return again
        return None

    def places(self, cls: type[Record]) -> _Places:
        """Return what is replaced in headers or options of a class."""
        return self._places.get(cls) or self._find_places(cls)

    def _header_by_header(self, data: bytes, link: str | int) -> bytes:
        """Return any frame rewritten, its tags aside."""
        patched = bytearray(data)
        headers = list(parse(data, link).layers())
        for header in headers:
            places = self.places(type(header))
            if places.replaced:
                self._patch(header, header.offset or 0, places, patched, header)
            for field, kinds in places.options:
                self._patch_options(header, field, kinds, patched)
        after = bytes(patched)
        if self.checksums is Checksums.UPDATE:
            after = updated(data, after, link, headers=headers)
        elif self.checksums is Checksums.RECOMPUTE:
            after = recomputed(after, link, before=data)
        return after

    def _patch(self, record: Record, start: int, places: _Places, patched: bytearray, header: Header) -> None:
        """Replace the values of a header or option that begins at byte `start` of the frame."""
        for field, replace in places.replaced:
            if field.name in _HOP_COUNTS and header.is_quoted:
                continue
            try:
                first, width = record.span(field)
            except (FieldAbsentError, IndexError, StructError):
                continue  # the header is cut before it
            first += 8 * start
            begin, end = first // 8, (first + width + 7) // 8
            if width and end <= len(patched):
                spare = 8 * end - first - width
                number = int.from_bytes(patched[begin:end], "big")
                mask = (1 << width) - 1
                value = replace((number >> spare & mask).to_bytes((width + 7) // 8, "big"))
                number = number & ~(mask << spare) | int.from_bytes(value, "big") << spare
                patched[begin:end] = number.to_bytes(end - begin, "big")

    def _patch_options(self, header: Header, field: Field, kinds: frozenset[int], patched: bytearray) -> None:
        """Replace the values of a header's options; `kinds` are the first bytes of those that have some, if known."""
        try:
            raw = header.raw(field)
            if kinds and kinds.isdisjoint(raw):
                return
            start = (header.offset or 0) + header.span(field)[0] // 8
            options = field.kind.load(raw)
        except (FieldAbsentError, IndexError, StructError):
            return
        for option in options:
            places = self.places(type(option))
            self._patch(option, start + option.own_start, places, patched, header)

    def _find_places(self, cls: type[Record]) -> _Places:
        """Return, once for each class, which of its fields are replaced, and which hold options that may have some."""
        replaced = [(field, self._replacement(field, cls)) for field in cls.fields if not field.over]
        options = []
        for field in cls.fields:
            if isinstance(field.kind, EntryList):
                listed = [each for each in field.kind.possible() if self._find_places(each).replaced]
                if listed:
                    options.append((field, _first_bytes(field.kind, listed)))
        places = _Places([(field, replace) for field, replace in replaced if replace is not None], options)
        self._places[cls] = places
        return places

    def _replacement(self, field: Field, cls: type[Record]) -> Callable[[bytes], bytes] | None:
        """Return what gives the new bytes of a field; None where it holds nothing that is replaced."""
        code = field.kind.code
        if code == "ether":
            return (lambda raw: self._macs.get(raw, raw)) if self._macs else None
        if code in _WIDTHS:
            return partial(self._moved, width=_WIDTHS[code]) if self._networks else None
        if isinstance(field.kind, StructList):
            return partial(self._moved_list, field.kind) if self._networks and field.kind.size == 4 else None
        if field.also.endswith(_PORT):
            return partial(_looked_up, self._ports) if self._ports else None
        if issubclass(cls, (IPv4, IPv6)) and field.name in _HOP_COUNTS:
            return partial(_looked_up, self._ttls) if self._ttls else None
        return None

    def _moved(self, raw: bytes, width: int) -> bytes:
        if len(raw) != width:
            return raw
        known = self._known.get(raw)
        if known is None:
            known = raw
            number = int.from_bytes(raw, "big")
            for old, new in self._networks:
                if old.max_prefixlen == 8 * width and number & int(old.netmask) == int(old.network_address):
                    known = (int(new.network_address) | number & int(old.hostmask)).to_bytes(width, "big")
                    break
            if len(self._known) < 4096:
                self._known[raw] = known
        return known

    def _moved_list(self, kind: StructList, raw: bytes) -> bytes:
        if not all(isinstance(item, str) for item in kind.load(raw)):
            return raw
        return b"".join(self._moved(raw[at : at + 4], 4) for at in range(0, len(raw), 4))


def _first_bytes(kind: EntryList, classes: Sequence[type[Entry]]) -> frozenset[int]:
    """Return the bytes by which options of these classes begin; none where another byte may begin one."""
    numbers: set[Any] = {getattr(each, "number", None) for each in classes}
    begins = isinstance(kind, OptionList) and kind.kind_field.width == 8 and kind.kind_field.bit == 0
    return frozenset() if not begins or None in numbers else frozenset(numbers)


def _looked_up(numbers: Mapping[int | None, int], raw: bytes) -> bytes:
    number = int.from_bytes(raw, "big")
    return numbers.get(number, numbers.get(None, number)).to_bytes(len(raw), "big")


def _mac(text: str) -> bytes:
    try:
        return mac_bytes(text)
    except ValueError as reason:
        raise FieldError(f"a MAC address to rewrite is {text!r}, expected {reason}") from None


def _networks(addresses: Mapping[str, str]) -> _Networks:
    found: _Networks = []
    for old, new in addresses.items():
        try:
            one, other = ip_network(old, strict=True), ip_network(new, strict=True)
        except ValueError as reason:
            raise FieldError(f"an address to rewrite is {old!r} to {new!r}, expected IP addresses: {reason}") from None
        if (one.version, one.prefixlen) != (other.version, other.prefixlen):
            raise FieldError(
                f"addresses to rewrite are {old!r} to {new!r}, expected two of one IP version and one prefix length"
            )
        found.append((one, other))
    return sorted(_once(found, "address").items(), key=lambda pair: -pair[0].prefixlen)


def _once(pairs: Iterable[tuple[_Old, _New]], what: str) -> dict[_Old, _New]:
    """Return a map from old to new; FieldError where one old value, however it is written, has two new ones."""
    found: dict[_Old, _New] = {}
    for old, new in pairs:
        if found.setdefault(old, new) != new:
            shown = [f"{each.hex(':') if isinstance(each, bytes) else each}" for each in (old, found[old], new)]
            raise FieldError(f"the {what} {shown[0]} is to become {shown[1]} and {shown[2]}, expected one of them")
    return found


def _numbers(numbers: Mapping[Any, int | None], what: str, largest: int) -> dict[int | None, Any]:
    for number in (*numbers.keys(), *numbers.values()):
        if number is not None and not 0 <= number <= largest:
            raise FieldError(f"a {what} to rewrite is {number}, expected 0 to {largest}")
    return dict(numbers)
