"""Streams followed: `-z follow,tcp,ascii,0` and its kin, as tshark prints them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address

from dissect.captures.reader import RecordTaker
from dissect.errors import DissectError
from dissect.flows.followed import Stretch
from dissect.flows.followed_tls import TLSFollower
from dissect.flows.one_stream import Follower, OneStream
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.statistics.kept_rows import KeptRows
from dissect.statistics.tap import Setting, Tap
from dissect.views.stream_text import SHAPES, stream_lines

__all__ = ["tap"]

_RANGE = re.compile(r"(\d+)(?:-(\d+))?\Z")
_END = re.compile(r"(?:\[(?P<long>[^\]]*)\]|(?P<short>[^:]*)):(?P<port>\d+)\Z")


class _FollowTap(Tap):
    """Follows a stream, given by its number or by its ends, and prints its stretches, or a range of them."""

    def __init__(self, protocol: str, rest: str, setting: Setting) -> None:
        argument = f"-z follow,{protocol},{rest}"
        self.protocol = protocol
        self.shape, *ends = rest.split(",")
        if self.shape not in SHAPES:
            raise DissectError(f"{argument} has no shape that is known here; there are {', '.join(SHAPES)}")
        stream, self.filter, left = _what(protocol, ends, argument)
        self.first, self.last = _range(left, argument)
        self._passes = setting.filter(self.filter) if stream is None else None
        cls: type[TCP] | type[UDP] = TCP if protocol == "tcp" else UDP
        self._stream = OneStream(cls, -1 if stream is None else stream)
        self.follower = Follower(cls)
        self._stretches = KeptRows()

    def take(self, packet: Packet) -> None:
        if self._stream.has(packet) if self._passes is None else self._passes(packet):
            self._follow(packet)

    def _follow(self, packet: Packet) -> None:
        for stretch in self.follower.take(packet):
            self._stretches.append(stretch)

    def alone(self, reading: ReadingPass) -> Callable[[Packet], RecordTaker | None] | None:
        if self._passes is not None:
            return None
        return lambda pattern: self._stream.taker(pattern.link, reading, self._follow)

    def lines(self) -> Iterator[str]:
        ends = self.follower.client, self.follower.server
        stretches = (Stretch(*row) for row in self._stretches)
        told = stream_lines(self.protocol, self.shape, self.filter, ends, stretches, self.first, self.last)
        return (line for _, line in told)


class _FollowTLSTap(Tap):
    """Follows what was decrypted of a connection; tshark names the first end alone."""

    def __init__(self, rest: str, setting: Setting) -> None:
        argument = f"-z follow,tls,{rest}"
        self.shape, *ends = rest.split(",")
        if self.shape not in SHAPES:
            raise DissectError(f"{argument} has no shape that is known here; there are {', '.join(SHAPES)}")
        self._stream, self.filter, left = _what("tcp", ends, argument)
        self.first, self.last = _range(left, argument)
        self._passes = setting.filter(self.filter) if self._stream is None else None
        self.follower = TLSFollower()
        self._stretches = KeptRows()

    def take(self, packet: Packet) -> None:
        if self._passes is None or self._passes(packet):
            for stretch in self.follower.take(packet, self._stream):
                self._stretches.append(stretch)

    def lines(self) -> Iterator[str]:
        ends = self.follower.ends[0], ("", 0)
        stretches = (Stretch(*row) for row in self._stretches)
        told = stream_lines("tls", self.shape, self.filter, ends, stretches, self.first, self.last)
        return (line for _, line in told)


def _what(protocol: str, words: list[str], argument: str) -> tuple[int | None, str, list[str]]:
    """Return the number of the stream, the filter that it stands for, and what is left of the argument."""
    if not words:
        raise DissectError(f"{argument} names no stream: a number, or two ends as address:port,address:port")
    if words[0].isdigit():
        return int(words[0]), f"{protocol}.stream eq {int(words[0])}", words[1:]
    ends = [_end(word, argument) for word in words[:2]]
    if len(ends) < 2 or len({version for version, _, _ in ends}) > 1:
        raise DissectError(f"{argument} needs two ends of one kind, as address:port,address:port")

    def way(source: tuple[str, str, int], destination: tuple[str, str, int]) -> str:
        return (
            f"(({source[0]}.src eq {source[1]} and {protocol}.srcport eq {source[2]})"
            f" and ({destination[0]}.dst eq {destination[1]} and {protocol}.dstport eq {destination[2]}))"
        )

    return None, f"{way(*ends)} or {way(*reversed(ends))}", words[2:]


def _end(word: str, argument: str) -> tuple[str, str, int]:
    """Return protocol, address and port of an end."""
    found = _END.match(word)
    try:
        if found is None:
            raise ValueError(word)
        address, port = ip_address(found["long"] if found["short"] is None else found["short"]), int(found["port"])
    except ValueError:
        raise DissectError(f"{argument} has no end {word!r}, expected address:port or [address]:port") from None
    if port > 0xFFFF:
        raise DissectError(f"{argument} has the port {port}, expected 0 to 65535")
    return "ip" if address.version == 4 else "ipv6", str(address), port


def _range(words: list[str], argument: str) -> tuple[int, int | None]:
    """Return the numbers of the first and the last stretch that are printed, None for the last one there is."""
    if not words:
        return 1, None
    found = _RANGE.match(words[0])
    if found is None or len(words) > 1:
        raise DissectError(f"{argument} has no range {','.join(words)!r}, expected a number or two, as 1-3")
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last:
        raise DissectError(f"{argument} has the range {words[0]}, expected numbers from 1 on")
    return first, last


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z follow,tcp,SHAPE,STREAM[,RANGE]`, and of the same with udp or tls."""
    if name == "follow,tls":
        return _FollowTLSTap(rest, setting)
    return _FollowTap(name.partition(",")[2], rest, setting)
