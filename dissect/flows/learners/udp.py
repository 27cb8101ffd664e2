"""UDP datagrams: which conversation each belongs to, and how long ago its others were."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import Any

from dissect.flows.learner import Glance, Learner, Place, Plain
from dissect.flows.openings import MOST_OPENINGS, Openings
from dissect.flows.streams import Conversation, Conversations, direction
from dissect.protocols.udp import UDP
from dissect.wireshark.preferences import is_on

__all__ = ["UDPLearner"]

_SIZE = 8
"""The bytes of a header; a length of fewer tells that the datagram is none."""


class UDPLearner(Learner, of=UDP):
    """Counts the conversations; 98304 are held, those that were silent longest give way."""

    quick = ("length",)
    ports = ("sport", "dport")
    costly = frozenset({"time_relative", "time_delta"})
    own = frozenset({"stream"})

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.conversations = Conversations(Conversation, remember=twice)
        self._begun: OrderedDict[int, Conversation] = OrderedDict()
        """The conversations that other headers opened, by the frames with which they began."""
        self._times = is_on("udp.calculate_timestamps")

    def take_part(self, openings: Mapping[str, Openings]) -> None:
        super().take_part(openings)
        openings["udp"].tell(self.conversations.directions.clear)

    def ask(self, facts: Collection[str]) -> None:
        super().ask(facts)
        self._times = is_on("udp.calculate_timestamps") and bool(self.asked)

    def rewind(self) -> None:
        super().rewind()
        self.conversations.rewind()
        if not self.conversations.again:
            # They are counted anew.
            self._begun.clear()
        for opened in self._begun.values():
            opened.rewind()

    def observe(self, header: Any, place: Place) -> None:
        raw = header.own_bytes
        if place.addresses is None or len(raw) < _SIZE or header.length < _SIZE:
            return
        source, destination = place.addresses[0] + raw[:2], place.addresses[1] + raw[2:4]
        place.ends, place.transport = (source, destination), header
        awaited = self.openings["udp"]
        opening = awaited.find(source, destination) if awaited else None
        if opening is None or self.conversations.knows(source, destination, place.number):
            found, _ = self.conversations.find(source, destination, place.number)
        else:
            found = opening.conversation = opening.conversation or self._opened(place.number)
        header.learn(**self._facts(found, place.time_ns, not place.quoted and header.length > _SIZE))
        if opening is not None and header.own_end < header.carried_end:
            header.learn(payload=header.carried_at(opening.protocol.decode, header.own_end, header.carried_end))

    def _opened(self, number: int) -> Conversation:
        """Return the conversation that begins with this frame, between an end and any port of an address."""
        found = self._begun.get(number)
        if found is None:
            found = self._begun[number] = self.conversations.unlisted(number)
            if len(self._begun) > MOST_OPENINGS:
                self._begun.popitem(last=False)
        return found

    def held(self) -> int:
        return len(self.conversations)

    def glance(self, seen: Glance) -> dict[str, Any] | None:
        length, source, destination = seen.values[0], seen.source, seen.destination
        if length < _SIZE:
            return {}
        openings = self.openings["udp"]
        if openings.awaited and openings.find(source, destination) is not None:
            return None
        found, _ = self.conversations.find(source, destination, seen.number)
        self.conversations.directions[direction(source, destination)] = found
        return self._facts(found, seen.time_ns, length > _SIZE)

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
