"""What the echoes of ICMP and ICMPv6 have in common: which reply answers which request."""

from __future__ import annotations

from typing import Any, ClassVar

from dissect.declaration.gathering import gather
from dissect.declaration.header import Header
from dissect.flows.echoes import Answer, Echoes
from dissect.flows.learner import Learner, Place

__all__ = ["EchoLearner"]


class EchoLearner(Learner):
    """Matches replies with requests; 65536 requests are held, and 524288 answered ones between two passes.

    A subclass names the classes of both, and what their checksums differ by.
    """

    request: ClassVar[type[Header]]
    types_apart: ClassVar[int]
    """What a request's checksum and its reply's differ by, in ones' complement: their types."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.echoes = Echoes(remember=twice)
        self._numbers, _ = gather(self.request, ("checksum", "id", "seq"))

    def rewind(self) -> None:
        super().rewind()
        self.echoes.rewind()

    def held(self) -> int:
        return len(self.echoes)

    def observe(self, header: Any, place: Place) -> None:
        if header.is_cut or place.quoted or place.addresses is None:
            return
        checksum, identifier, number = self._numbers(header.own_bytes, 0)
        query = identifier << 16 | number
        hosts = frozenset(place.addresses)
        if isinstance(header, self.request):
            answer = self.echoes.request(hosts, checksum, query, place.number, place.time_ns, self.types_apart)
            if answer is not None:
                header.learn(reply_frame=answer.reply)
            elif self.again:
                self.unanswered(header, place.addresses[1], place.number)
            return
        answer = self.echoes.reply(hosts, checksum, query, place.number, place.time_ns)
        if answer is not None:
            header.learn(request_frame=answer.request, response_time=_milliseconds(answer))

    def unanswered(self, header: Any, destination: bytes, number: int) -> None:
        """Tell a request to this address, in the frame of this number, that nobody answered it."""
        header.learn(unanswered=number)


def _milliseconds(answer: Answer) -> float | None:
    """Return the time that an answer took, as Wireshark computes it."""
    if answer.time_ns is None:
        return None
    seconds, nanoseconds = divmod(answer.time_ns, 1_000_000_000)
    return seconds * 1000 + nanoseconds / 1_000_000
