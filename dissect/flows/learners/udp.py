"""UDP datagrams: which conversation each belongs to."""

from __future__ import annotations

from typing import Any

from dissect.flows.learner import Learner, Place, Plain
from dissect.flows.streams import Conversations, direction
from dissect.protocols.udp import UDP

__all__ = ["UDPLearner"]

_SIZE = 8
"""The bytes of a header; a length of fewer tells that the datagram is none."""


class UDPLearner(Learner, of=UDP):
    """Counts the conversations; 131072 are held, those that were silent longest give way."""

    quick = ("length",)
    ports = ("sport", "dport")

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.conversations = Conversations(remember=twice)

    def rewind(self) -> None:
        super().rewind()
        self.conversations.rewind()

    def observe(self, header: Any, place: Place) -> None:
        raw = header.own_bytes
        if place.addresses is None or len(raw) < _SIZE or header.length < _SIZE:
            return
        source, destination = place.addresses
        found, _ = self.conversations.find(source + raw[:2], destination + raw[2:4], place.number)
        header.learn(stream=found.index)

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
        return {"stream": found.index}

    def plain(self) -> Plain | None:
        return Plain(
            states=self.conversations.directions,
            state="stream",
            test=f"length >= {_SIZE}",
            lines=("stream.latest = number",),
            facts={"stream": "stream.index"},
            numbers=frozenset({"stream"}),
        )
