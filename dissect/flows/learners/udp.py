"""UDP datagrams: which conversation each belongs to, and how long ago its others were."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dissect.flows.learner import Learner, Place, Plain
from dissect.flows.streams import Conversation, Conversations, direction
from dissect.protocols.udp import UDP
from dissect.wireshark.preferences import is_on

__all__ = ["UDPLearner"]

_SIZE = 8
"""The bytes of a header; a length of fewer tells that the datagram is none."""


class UDPLearner(Learner, of=UDP):
    """Counts the conversations; 131072 are held, those that were silent longest give way."""

    quick = ("length",)
    ports = ("sport", "dport")
    costly = frozenset({"time_relative", "time_delta"})

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.conversations = Conversations(Conversation, remember=twice)
        self._times = is_on("udp.calculate_timestamps")

    def ask(self, facts: Collection[str]) -> None:
        super().ask(facts)
        self._times = is_on("udp.calculate_timestamps") and bool(self.asked)

    def rewind(self) -> None:
        super().rewind()
        self.conversations.rewind()

    def observe(self, header: Any, place: Place) -> None:
        raw = header.own_bytes
        if place.addresses is None or len(raw) < _SIZE or header.length < _SIZE:
            return
        source, destination = place.addresses
        found, _ = self.conversations.find(source + raw[:2], destination + raw[2:4], place.number)
        header.learn(**self._facts(found, place.time_ns, not place.quoted and header.length > _SIZE))

    def held(self) -> int:
        return len(self.conversations)

    def glance(
        self,
        data: bytes,
        start: int,
        end: int,
        stop: int,
        number: int,
        time_ns: int | None,
        source: bytes,
        destination: bytes,
        *values: Any,
    ) -> dict[str, Any] | None:
        if values[0] < _SIZE:
            return {}
        found, _ = self.conversations.find(source, destination, number)
        self.conversations.directions[direction(source, destination)] = found
        return self._facts(found, time_ns, values[0] > _SIZE)

    def plain(self) -> Plain | None:
        facts, lines = {"stream": "stream.index"}, ["stream.latest = number"]
        if self._times:
            facts |= {"time_relative": "time_ns - stream.first_time", "time_delta": "time_ns - last_time"}
            lines += ["last_time, stream.last_time = stream.last_time, time_ns"]
        return Plain(
            states=self.conversations.directions,
            state="stream",
            test=f"length > {_SIZE}",
            lines=tuple(lines),
            facts=facts,
            numbers=frozenset(facts),
        )

    def _facts(self, found: Conversation, time_ns: int | None, has_data: bool) -> dict[str, Any]:
        """Return what is known of a datagram; Wireshark counts no time for those without data."""
        facts: dict[str, Any] = {"stream": found.index}
        if self._times:
            if has_data:
                facts["time_relative"], facts["time_delta"] = found.pass_time(time_ns)
            elif found.first_time is None:
                found.pass_time(time_ns)
        return facts
