"""Which frame that came is which of those that the capture has of the other side."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Hashable, Iterator
from typing import Any

from dissect.declaration.header import Header
from dissect.flows.answers import quoted
from dissect.packet import parse
from dissect.protocols.arp import ARP
from dissect.protocols.ethernet import VLAN, Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import ExtensionHeader, IPv6
from dissect.replay.plan import Step

__all__ = ["Expectations", "conversation"]


def conversation(frame: Header) -> Hashable:
    """Return what tells the frame's conversation from others, the same for both directions.

    That is: the two hosts, and of UDP and TCP both ports; of ICMP identifier and number; of ARP what is asked
    and whether this is the question. A fragment without the ports is told by its offset. An ICMP error belongs
    to the conversation of the datagram that it quotes, so that it can be held against the answer that was expected.
    """
    inner: Any = frame.payload if isinstance(frame, Ethernet) else frame
    while isinstance(inner, VLAN):
        inner = inner.payload
    if isinstance(inner, (IPv4, IPv6)) and not inner._is_cut():
        return _of_datagram(quoted(inner) or inner)
    if isinstance(inner, ARP) and not inner._is_cut():
        if inner.opcode > 2:
            return ARP, int(inner.opcode), _pair(inner.raw("sender_mac"), inner.raw("target_mac"))
        return ARP, int(inner.opcode), _pair(inner.raw("sender_ip"), inner.raw("target_ip"))
    if isinstance(frame, Ethernet) and not frame._is_cut():
        return Ethernet, int(frame.type), _pair(frame.raw("src"), frame.raw("dst"))
    return type(frame)


def _of_datagram(network: Any) -> Hashable:
    carried = network.payload
    while isinstance(carried, ExtensionHeader):
        carried = carried.payload
    hosts = _pair(network.raw("src"), network.raw("dst"))
    if isinstance(network, IPv4) and network.fragment_offset:
        return IPv4, hosts, int(network.protocol), "fragment", int(network.fragment_offset)
    name = "" if carried is None else carried.name
    numbers = tuple(sorted(_number(carried, each) for each in ("sport", "dport")))
    return type(network), hosts, name, numbers, _number(carried, "id"), _number(carried, "seq") if name != "tcp" else -1


def _number(header: Header | None, name: str) -> int:
    """Return a field of a header; -1 where it has none, or is cut before it."""
    field = None if header is None else next((each for each in header.present_fields() if each.name == name), None)
    return -1 if header is None or field is None else int(header.raw(field))


def _pair(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    return (one, other) if one <= other else (other, one)


class Expectations:
    """The frames that the capture has of the other side, until they have come.

    In each conversation the first that comes is held to be the first that was expected, and so on. At most
    `limit` frames are expected at a time; of more the oldest are given up.
    """

    def __init__(self, link: int = 1, *, limit: int = 1 << 16) -> None:
        self.link = link
        self.limit = limit
        self._by_place: OrderedDict[int, tuple[Hashable, Step]] = OrderedDict()
        self._places: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        self._count = 0
        self._abandoned = 0
        self.awaited = 0
        """How many frames are expected and were not abandoned."""

    def __len__(self) -> int:
        """Return how many frames are expected."""
        return len(self._by_place)

    def expect(self, step: Step) -> Step | None:
        """Expect a frame; return the one that is given up for it, if any."""
        key = conversation(parse(step.data, self.link))
        self._count += 1
        self.awaited += 1
        self._by_place[self._count] = key, step
        self._places[key].append(self._count)
        if len(self._by_place) <= self.limit:
            return None
        return self._take(next(iter(self._by_place)))

    def receive(self, frame: Header) -> Step | None:
        """Return the expected frame which this one is; None for one that was not expected."""
        places = self._places.get(conversation(frame))
        return self._take(places[0]) if places else None

    def abandon(self) -> int:
        """Wait no more for what is expected, which may still come; return how many frames that are."""
        abandoned, self.awaited = self.awaited, 0
        self._abandoned = self._count
        return abandoned

    def missing(self) -> Iterator[Step]:
        """Yield the frames that have not come, and expect them no more."""
        while self._by_place:
            yield self._take(next(iter(self._by_place)))

    def _take(self, place: int) -> Step:
        key, step = self._by_place.pop(place)
        self.awaited -= place > self._abandoned
        places = self._places[key]
        places.popleft()  # the oldest of all is the oldest of its conversation
        if not places:
            del self._places[key]
        return step
