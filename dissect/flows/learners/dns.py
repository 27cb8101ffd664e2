"""DNS: which answer belongs to which question, and what came again."""

from __future__ import annotations

from typing import Any

from dissect.flows.learner import Glance, Learner, Place
from dissect.flows.transactions import Transactions
from dissect.protocols.dns import DNS

__all__ = ["DNSLearner"]

_AGAIN_NS = 5_000_000_000
"""A question that comes again sooner was sent again; afterwards its number is used anew. As Wireshark has it."""
_HEAD = 4
"""The bytes up to the flags, without which nothing is known."""


class DNSLearner(Learner, of=DNS):
    """Matches answers with questions by the conversation and the number; 65536 questions are held (1048576 twice)."""

    apart = True
    inside = ("id", "is_response")

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.transactions = Transactions(_AGAIN_NS, remember=twice)

    def rewind(self) -> None:
        super().rewind()
        self.transactions.rewind()

    def held(self) -> int:
        return len(self.transactions)

    def observe(self, header: Any, place: Place) -> None:
        if header.own_size < _HEAD:
            return
        if place.quoted:
            # What an error quotes is matched with nothing: to Wireshark, nobody asked for such an answer.
            if header.is_response:
                header.learn(unsolicited=1)
            return
        key = _conversation(place), header.id
        facts = self._matched(key, header.is_response, place.number, place.time_ns)
        if facts:
            header.learn(**facts)

    def look(self, seen: Glance, transport: str, stream: int) -> dict[str, Any]:
        identifier, is_response = seen.values
        if seen.stop - seen.start < _HEAD:
            return {}
        return self._matched(((transport, stream), identifier), is_response, seen.number, seen.time_ns)

    def _matched(self, key: Any, is_response: Any, number: int, time_ns: int | None) -> dict[str, Any]:
        """Take in a message by its conversation and number; return what that tells of it."""
        if is_response:
            found, comes_again = self.transactions.answer(key, number)
            if found is None:
                return {"unsolicited": 1}
            if comes_again:
                return {"original_answer": found.answer, "retransmission": 1}
            time = None if time_ns is None or found.time_ns is None else time_ns - found.time_ns
            return {"question_frame": found.question, "response_time": time}
        found, comes_again = self.transactions.question(key, number, time_ns)
        if comes_again and found is not None:
            return {"original_question": found.question, "retransmission": 1}
        return {"answer_frame": found.answer} if found is not None and found.answer else {}


def _conversation(place: Place) -> Any:
    """Return what is the same for both directions of a conversation, and for no other."""
    transport: Any = place.transport
    stream = None if transport is None else transport.learnt("stream")
    if stream is not None:
        return transport.name, stream
    addresses = place.addresses or (b"", b"")
    ports = (b"", b"") if transport is None else (transport.own_bytes[:2], transport.own_bytes[2:4])
    return frozenset(zip(addresses, ports, strict=True))
