"""Who sees frames pass and answers first: forged names, and connections that are reset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from dissect.lab.addresses import single_host
from dissect.lab.applications.dns_messages import canonical, read_message, written
from dissect.lab.device import Transmission
from dissect.protocols.dns import DNS, Question
from dissect.protocols.dns_records import ARecord
from dissect.protocols.dns_types import RecordType
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["NameForger", "Onlooker", "ResetForger", "forged_answer"]

_NAME_PORT = 53
_TTL_SECONDS = 300


class Onlooker(Protocol):
    """Sees every frame that passes a wiretap, and may send frames of its own at once, before it goes on."""

    def see(self, frame: Any, port: int) -> Iterator[Transmission]:
        """Yield what is sent on seeing a frame that came in at a port."""


def forged_answer(question: Question, identifier: int, address: str) -> bytes:
    """Return an answer of DNS that says that a name has an address."""
    return written(
        DNS(
            id=identifier,
            is_response=True,
            recursion_desired=True,
            recursion_available=True,
            questions=[Question(question.domain, question.type)],
            answers=[ARecord(question.domain, address, ttl=_TTL_SECONDS)],
        )
    )


class NameForger:
    """Answers questions for some names in the name of the server: it sees the number and the port (on path).

    The server's own answer comes as well, and later. Raises FieldError for addresses that no host has.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = {
            canonical(name): single_host(address, f"the address of {name}") for name, address in names.items()
        }

    def see(self, frame: Any, port: int) -> Iterator[Transmission]:
        """Answer a question for one of the names."""
        if UDP not in frame or IPv4 not in frame or Ethernet not in frame or frame[UDP].dport != _NAME_PORT:
            return
        query = read_message(bytes(frame[UDP].payload or b""))
        if query is None or query.is_response or len(query.questions) != 1:
            return
        question = query.questions[0]
        address = self.names.get(canonical(question.domain))
        if address is None or question.type != RecordType.A:
            return
        ethernet, ip, udp = frame[Ethernet], frame[IPv4], frame[UDP]
        answer = (
            Ethernet(src=ethernet.dst, dst=ethernet.src)
            / IPv4(src=ip.dst, dst=ip.src)
            / UDP(sport=udp.dport, dport=udp.sport, payload=forged_answer(question, query.id, address))
        )
        yield Transmission(port, bytes(answer.padded()))


class ResetForger:
    """Resets a connection at both ends as soon as a word goes over it: it sees the numbers (on path)."""

    def __init__(self, word: bytes) -> None:
        self.word = word

    def see(self, frame: Any, port: int) -> Iterator[Transmission]:
        """Reset the connection of a segment that has the word."""
        if TCP not in frame or IPv4 not in frame or Ethernet not in frame:
            return
        segment, ip, ethernet = frame[TCP], frame[IPv4], frame[Ethernet]
        data = bytes(segment.payload or b"")
        if not self.word or self.word not in data:
            return
        back = TCP(sport=segment.dport, dport=segment.sport, seq=segment.ack, flags="R")
        on = TCP(sport=segment.sport, dport=segment.dport, seq=segment.seq, flags="R")
        for place, src, dst, source, target, reset in (
            (port, ethernet.dst, ethernet.src, ip.dst, ip.src, back),
            (1 - port, ethernet.src, ethernet.dst, ip.src, ip.dst, on),
        ):
            yield Transmission(
                place, bytes((Ethernet(src=src, dst=dst) / IPv4(src=source, dst=target) / reset).padded())
            )
