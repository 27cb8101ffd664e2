"""Echo requests to all hosts of a network: who answers them helps to flood whose name they bear (Smurf; RFC 2644)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from dissect.flows.alarm import MOST_HELD, Alarm, Detector, Setting, seconds_between
from dissect.flows.learner import Place
from dissect.flows.talks import address_text
from dissect.protocols.icmp_queries import EchoReply, EchoRequest

__all__ = ["BroadcastEcho"]

_ALL_ONES = 0xFF
_FIRST_GROUP, _LAST_GROUP = 224, 239
_MOST_ANSWERING = 1024
"""How many hosts are told apart that answer."""


class _Asking:
    """What somebody asked all hosts of a network, and who answered."""

    __slots__ = ("answered", "count", "first_ns", "last", "last_ns", "number", "target")

    def __init__(self, place: Place, target: bytes) -> None:
        self.number = self.last = place.number
        self.first_ns = self.last_ns = place.time_ns
        self.target = target
        self.count = 0
        self.answered: set[bytes] = set()


class BroadcastEcho(Detector):
    """Many echo requests of one source to a broadcast address, and how many hosts answered.

    A broadcast address is taken for one by its end: where the mask is not known, that is 255.
    """

    of = (EchoRequest, EchoReply)
    settings = (Setting("broadcast_echoes", 10, "how many echo requests to all hosts are too many"),)

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._most = max(int(self.values["broadcast_echoes"]), 1)
        self._asking: OrderedDict[tuple[int, bytes], _Asking] = OrderedDict()

    def observe(self, header: Any, place: Place) -> None:
        if place.quoted or place.addresses is None or header.is_cut:
            return
        source, destination = place.addresses
        if isinstance(header, EchoReply):
            asking = self._asking.get((place.vlan, destination))
            if asking is not None and len(asking.answered) < _MOST_ANSWERING:
                asking.answered.add(source)
            return
        if destination[-1] != _ALL_ONES or _FIRST_GROUP <= destination[0] <= _LAST_GROUP:
            return
        key = place.vlan, source
        asking = self._asking.pop(key, None) or _Asking(place, destination)
        self._asking[key] = asking
        asking.count += 1
        asking.last, asking.last_ns = place.number, place.time_ns
        if len(self._asking) > MOST_HELD:
            self._tell(*self._asking.popitem(last=False))

    def _tell(self, key: tuple[int, bytes], asking: _Asking) -> None:
        if asking.count < self._most:
            return
        source, target, answered = address_text(key[1]), address_text(asking.target), len(asking.answered)
        text = (
            f"{source} asks all hosts of {target} for an echo, {asking.count:,} times"
            f"{seconds_between(asking.first_ns, asking.last_ns)}; {answered:,} answer"
        )
        facts = {"source": source, "target": target, "requests": asking.count, "answering": answered}
        self.told.append(
            Alarm("broadcast-echo", text, asking.number, asking.last, asking.first_ns, asking.last_ns, facts)
        )

    def end(self, time_ns: int | None) -> None:
        while self._asking:
            self._tell(*self._asking.popitem(last=False))
