"""Which frame that came is which of those that the capture has of the other side."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeAlias, TypeVar

from dissect.declaration.header import Header
from dissect.flows.answers import quoted
from dissect.packets.packet import Packet, parse
from dissect.protocols.arp import ARP
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import ExtensionHeader, IPv6
from dissect.protocols.vlan import VLANTag
from dissect.replay.plan import Step

__all__ = ["Expectations", "Heard", "conversation"]

_Item = TypeVar("_Item")
Heard: TypeAlias = Callable[[Step | None, Packet | None], None]
"""Is told of every frame of the other side: the one that was expected, and the one that came; one may be missing."""


def conversation(frame: Header) -> Hashable:
    """Return what tells the frame's conversation from others, the same for both directions.

    That is: the two hosts, and of UDP and TCP both ports; of ICMP identifier and number; of ARP what is asked
    and whether this is the question. A fragment without the ports is told by its offset. An ICMP error belongs
    to the conversation of the datagram that it quotes, so that it can be held against the answer that was expected.
    """
    inner: Any = frame.payload if isinstance(frame, Ethernet) else frame
    while isinstance(inner, VLANTag):
        inner = inner.payload
    if isinstance(inner, (IPv4, IPv6)) and not inner.is_cut:
        return _of_datagram(quoted(inner) or inner)
    if isinstance(inner, ARP) and not inner.is_cut:
        if inner.opcode > 2:
            return ARP, int(inner.opcode), _pair(inner.raw("sender_mac"), inner.raw("target_mac"))
        return ARP, int(inner.opcode), _pair(inner.raw("sender_ip"), inner.raw("target_ip"))
    if isinstance(frame, Ethernet) and not frame.is_cut:
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


class _Shelf(Generic[_Item]):
    """Things by conversation, those of each in the order in which they came; of more than `limit` the oldest go."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.count = 0
        """How many have been put here in all; the number of each is its place in that order."""
        self._by_place: OrderedDict[int, tuple[Hashable, _Item]] = OrderedDict()
        self._places: defaultdict[Hashable, deque[int]] = defaultdict(deque)

    def __len__(self) -> int:
        return len(self._by_place)

    def put(self, key: Hashable, item: _Item) -> None:
        """Put a thing behind all others."""
        self.count += 1
        self._by_place[self.count] = key, item
        self._places[key].append(self.count)

    def take(self, key: Hashable) -> tuple[int, _Item] | None:
        """Take the first thing of a conversation, with its number; None where there is none."""
        places = self._places.get(key)
        if not places:
            return None
        place = places.popleft()
        if not places:
            del self._places[key]
        return place, self._by_place.pop(place)[1]

    def overflow(self) -> tuple[int, _Item] | None:
        """Take the oldest thing of all, where there are more than the limit."""
        return self.take_first() if len(self) > self.limit else None

    def take_first(self) -> tuple[int, _Item] | None:
        """Take the oldest thing of all."""
        # The oldest thing of all is also the oldest of its conversation, so that `take` finds it.
        return self.take(next(iter(self._by_place.values()))[0]) if self._by_place else None


class Expectations:
    """Pairs the frames that the capture has of the other side with those that come.

    In each conversation the first that comes is held to be the first that the capture has, whichever is there
    first: an answer may come before the frame is sent behind which the capture has it. `heard` is told of each pair,
    and in the end of what did not come and of what came unexpected. At most `limit` frames of either kind
    are held; of more the oldest are told of early.
    """

    def __init__(self, heard: Heard | None = None, *, link: int = 1, limit: int = 1 << 16) -> None:
        self.link = link
        self.awaited = 0
        """How many frames are expected and were not abandoned."""
        self.all_expected = 0
        """How many frames have been expected in all."""
        self._heard = heard
        self._expected: _Shelf[Step] = _Shelf(limit)
        self._early: _Shelf[Packet] = _Shelf(limit)
        self._abandoned = 0

    def __len__(self) -> int:
        """Return how many frames are expected and have not come."""
        return len(self._expected)

    def expect(self, step: Step) -> None:
        """Expect a frame, which may have come already."""
        key = conversation(parse(step.data, self.link))
        self.all_expected += 1
        early = self._early.take(key)
        if early is not None:
            self._tell(step, early[1])
            return
        self._expected.put(key, step)
        self.awaited += 1
        self._miss(self._expected.overflow())

    def receive(self, packet: Packet) -> None:
        """Take in a frame that came."""
        key = conversation(packet.frame)
        expected = self._expected.take(key)
        if expected is not None:
            self._met(expected[0])
            self._tell(expected[1], packet)
            return
        self._early.put(key, packet)
        unexpected = self._early.overflow()
        if unexpected is not None:
            self._tell(None, unexpected[1])

    def abandon(self) -> int:
        """Wait no more for what is expected, which may still come; return how many frames that are."""
        abandoned, self.awaited = self.awaited, 0
        self._abandoned = self._expected.count
        return abandoned

    def finish(self) -> None:
        """Expect nothing more: tell of what has not come, and of what came unexpected."""
        while (expected := self._expected.take_first()) is not None:
            self._miss(expected)
        while (unexpected := self._early.take_first()) is not None:
            self._tell(None, unexpected[1])

    def _miss(self, expected: tuple[int, Step] | None) -> None:
        if expected is not None:
            self._met(expected[0])
            self._tell(expected[1], None)

    def _met(self, number: int) -> None:
        self.awaited -= number > self._abandoned

    def _tell(self, expected: Step | None, came: Packet | None) -> None:
        if self._heard is not None:
            self._heard(expected, came)
