"""DNS: which answer belongs to which question, and what came again."""

from __future__ import annotations

from typing import Any

from dissect.flows.learner import Learner, Place
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
        if header.is_response:
            found, comes_again = self.transactions.answer(key, place.number)
            if found is None:
                header.learn(unsolicited=1)
            elif comes_again:
                header.learn(original_answer=found.answer, retransmission=1)
            else:
                known = place.time_ns is not None and found.time_ns is not None
                time = place.time_ns - found.time_ns if known else None  # type: ignore[operator]
                header.learn(question_frame=found.question, response_time=time)
            return
        found, comes_again = self.transactions.question(key, place.number, place.time_ns)
        if comes_again and found is not None:
            header.learn(original_question=found.question, retransmission=1)
        elif found is not None and found.answer:
            header.learn(answer_frame=found.answer)


def _conversation(place: Place) -> Any:
    """Return what is the same for both directions of a conversation, and for no other."""
    transport: Any = place.transport
    stream = None if transport is None else transport.learnt("stream")
    if stream is not None:
        return transport.name, stream
    addresses = place.addresses or (b"", b"")
    ports = (b"", b"") if transport is None else (transport.own_bytes[:2], transport.own_bytes[2:4])
    return frozenset(zip(addresses, ports, strict=True))
