"""The options of IPv4 as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.declaration.options import Option
from dissect.protocols.assigned_numbers import IPV4_OPTION_NUMBERS
from dissect.protocols.ipv4_options import (
    OTHER_TYPES,
    WITH_ADDRESSES,
    InternetTimestamp,
    IPv4Option,
    MalformedIPv4Option,
    RecordRoute,
    RouteOption,
    SelectiveBroadcast,
    SourceRoute,
    StreamIdentifier,
    UnknownIPv4Option,
)
from dissect.wireshark.field_types import BYTES, IPV4, UINT8, UINT16, UINT32
from dissect.wireshark.option_names import IPV4_OPTIONS, byte_count, faulty_length, name_of_option
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight, by_title
from dissect.wireshark.sight_fields import computed, mark

__all__ = ["IPv4OptionSight", "MalformedSight", "RecordSight", "RouteSight", "TimestampSight", "UnknownSight"]

_ROUTES = (7, 131, 137)


class IPv4OptionSight(Sight, of=IPv4Option):
    """All that an option has."""

    is_field_as_a_whole = True
    values = {
        "ip.opt.type.class": {"Control": 0, "Debugging and measurement": 2},
        "ip.opt.type.number": by_title(IPV4_OPTION_NUMBERS),
        # RFC 2113, section 2.1.
        "ip.opt.ra": {"Router shall examine packet": 0},
    }
    types = {"ip.opt.addr": IPV4}
    truths = {"ip.opt.type.copy": ("Yes", "No")}

    def wholes(self, option: Any) -> list[bytes]:
        """Return all bytes of the option; the list ends with the first byte of what ends it."""
        return [bytes(option)] if option.type else [bytes(option)[:1]]


def _means_nothing(option: UnknownIPv4Option) -> bool:
    return IPv4Option.of_number(option.type) is None and int(option.type) not in OTHER_TYPES


def _fixed_length(option: UnknownIPv4Option) -> str:
    name = name_of_option(IPV4_OPTIONS, int(option.type))
    known = IPv4Option.of_number(option.type)
    expected = OTHER_TYPES.get(int(option.type)) if known is None else known.least_size
    return f"{name} (with option length = {byte_count(len(option))}; should be {expected})"


class UnknownSight(IPv4OptionSight, of=UnknownIPv4Option):
    """An option of a length that its class does not have is read as far as it goes; other types mean nothing."""

    reads = (Stop(_means_nothing),)

    wrong_length = mark("opt.len.invalid", "Invalid length for option", "Warning", _fixed_length)
    past_end = mark("subopt_too_long", "Suboption would go past end of option", "Warning")

    @computed("opt.ptr", UINT8, title="Pointer")
    def pointer(self, option: Any) -> int | None:
        """The pointer of a route or timestamps whose last entry is not whole."""
        is_there = option.type in (*_ROUTES, InternetTimestamp.number) and option.data
        return _pointer(option) if is_there else None

    @computed("opt.addr", IPV4, title="IP Address")
    def whole_addresses(self, option: Any) -> list[bytes]:
        """The addresses of a list of receivers whose last one is not whole."""
        return _quads(option, 2) if option.type == SelectiveBroadcast.number else []

    @computed("opt.padding", BYTES, title="Padding")
    def padding(self, option: Any) -> bytes | None:
        """The bytes behind such addresses."""
        return option.data[len(option.data) // 4 * 4 :] if option.type == SelectiveBroadcast.number else None

    @computed("rec_rt", IPV4, title="Recorded Route")
    def recorded(self, option: Any) -> list[bytes]:
        """The addresses in front of the pointer, in a route whose last address is not whole."""
        return _recorded(option) if option.type in _ROUTES else []

    @computed("empty_rt", IPV4, title="Empty Route")
    def empty(self, option: Any) -> list[bytes]:
        """The room behind the pointer, in a route whose last address is not whole."""
        return _rest(option) if option.type == RecordRoute.number else []

    @computed("opt.time_stamp", UINT32, title="Time stamp")
    def times(self, option: Any) -> list[int]:
        """The times of a timestamp option whose last entry is not whole."""
        return _times(option) if option.type == InternetTimestamp.number else []

    @computed("opt.time_stamp_addr", IPV4, title="Address")
    def addresses(self, option: Any) -> list[bytes]:
        """The addresses of a timestamp option whose last entry is not whole."""
        return _stamped(option) if option.type == InternetTimestamp.number else []

    @computed("opt.flag", UINT8, width=4, size=8, base=16, title="Flag")
    def form(self, option: Any) -> int | None:
        """The form of a timestamp option whose last entry is not whole."""
        return option.data[1] & 15 if option.type == InternetTimestamp.number and len(option.data) > 1 else None

    @computed("opt.overflow", UINT8, width=4, title="Overflow")
    def overflow(self, option: Any) -> int | None:
        """The overflow of a timestamp option whose last entry is not whole."""
        return option.data[1] >> 4 if option.type == InternetTimestamp.number and len(option.data) > 1 else None

    @computed("opt.sid", UINT16, title="Stream Identifier")
    def stream(self, option: Any) -> int | None:
        """The number in a stream identifier that is too long."""
        is_stream = option.type == StreamIdentifier.number and len(option.data) > 1
        return int.from_bytes(option.data[:2], "big") if is_stream else None


class MalformedSight(IPv4OptionSight, of=MalformedIPv4Option):
    """Of an option without a right length, nothing is seen but that."""

    reads = (("wrong_length",), Stop(lambda option: True))

    wrong_length = mark(
        "opt.len.invalid",
        "Invalid length for option",
        "Warning",
        lambda option: faulty_length(IPV4_OPTIONS, option),
    )


class RouteSight(IPv4OptionSight, of=RouteOption):
    """Addresses in front of the pointer, and behind it."""

    before_first = mark("opt.ptr.before_address", "Pointer points before first address", "Warning", about="pointer")
    in_the_middle = mark("opt.ptr.middle_address", "Pointer points to middle of address", "Warning", about="pointer")

    @computed("rec_rt", IPV4, title="Recorded Route")
    def recorded(self, option: RouteOption) -> list[bytes]:
        """The addresses in front of the pointer, 4 bytes each."""
        return _recorded(option)


class RecordSight(RouteSight, of=RecordRoute):
    """A route that has room left."""

    @computed("empty_rt", IPV4, title="Empty Route")
    def empty(self, option: RecordRoute) -> list[bytes]:
        """The room that is left, from the pointer on, 4 bytes each."""
        return _rest(option)


class SourceRouteSight(RouteSight, of=SourceRoute):
    """A route that the sender prescribes."""

    @computed("src_rt", IPV4, title="Source Route")
    def ahead(self, option: SourceRoute) -> list[bytes]:
        """The stops from the pointer on but for the last, which is the destination, 4 bytes each."""
        return _rest(option)[:-1]


class TimestampSight(IPv4OptionSight, of=InternetTimestamp):
    """Times and addresses apart."""

    @computed("opt.time_stamp", UINT32, title="Time stamp")
    def times(self, option: InternetTimestamp) -> list[int]:
        """The times alone."""
        return _times(option)

    @computed("opt.time_stamp_addr", IPV4, title="Address")
    def addresses(self, option: InternetTimestamp) -> list[bytes]:
        """The addresses of the forms that have them, 4 bytes each."""
        return _stamped(option)

    past_end = mark("subopt_too_long", "Suboption would go past end of option", "Warning")


def _quads(option: Option, start: int) -> list[bytes]:
    """Return the whole groups of 4 bytes from a byte of the option on."""
    data = bytes(option)
    return [data[place : place + 4] for place in range(start, len(data) - 3, 4)]


def _pointer(option: Any) -> int:
    """Return the third byte, which is no pointer where an option ends before."""
    return bytes(option)[2] if len(option) > 2 else 0


def _recorded(option: Any) -> list[bytes]:
    pointer = _pointer(option)
    return [] if pointer < 4 or pointer & 3 else _quads(option, 3)[: pointer // 4 - 1]


def _rest(option: Any) -> list[bytes]:
    pointer = _pointer(option)
    return [] if pointer < 4 or pointer & 3 else _quads(option, 3)[pointer // 4 - 1 :]


def _times(option: Option) -> list[int]:
    words = [int.from_bytes(word, "big") for word in _quads(option, 4)]
    return words[1::2] if _has_addresses(option) else words


def _stamped(option: Option) -> list[bytes]:
    words = _quads(option, 4)
    return words[: len(words) // 2 * 2 : 2] if _has_addresses(option) else []


def _has_addresses(option: Option) -> bool:
    return bytes(option)[3:4] != b"" and bytes(option)[3] & 15 in WITH_ADDRESSES
