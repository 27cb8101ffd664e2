"""A service that answers every text with the same in capitals, over UDP and TCP: frames in, frames out."""

from __future__ import annotations

from collections.abc import Iterator
from random import getrandbits

from dissect import MSS, TCP, UDP, Data, Ethernet, Header, IPv4, TCPFlags

PORTS = {UDP: 7, TCP: 8000}
TTL = 64


def shout(text: bytes) -> bytes:
    """Return the answer to a text."""
    return text.upper()


class Shouting:
    """The service on one host; a connection is known by the client's address and port."""

    def __init__(self) -> None:
        self.sent: dict[tuple[str, int], int] = {}

    def receive(self, frame: Header, now_ns: int) -> Iterator[Header]:
        """Yield the answers to a frame."""
        if UDP in frame and frame[UDP].dport == PORTS[UDP]:
            segment = frame[UDP]
            yield self.to_sender(frame, UDP(sport=segment.dport, dport=segment.sport) / shout(data_of(segment)))
        elif TCP in frame and frame[TCP].dport == PORTS[TCP]:
            yield from self.tcp(frame, frame[TCP])

    def tcp(self, frame: Header, segment: TCP) -> Iterator[Header]:
        """Yield the segments that answer one: to SYN, to data, to FIN."""
        client = frame[IPv4].src, segment.sport
        data = data_of(segment)
        if segment.syn:
            # A number that nobody can guess (RFC 6528): another one in every run.
            self.sent[client] = getrandbits(32)
            yield self.segment(frame, client, segment.seq + 1, "SA", options=[MSS(1460)])
            self.sent[client] += 1
        elif client in self.sent and data:
            answer = shout(data)
            yield self.segment(frame, client, segment.seq + len(data), "PA", answer)
            self.sent[client] += len(answer)
        elif client in self.sent and segment.flags & TCPFlags.FIN:
            yield self.segment(frame, client, segment.seq + 1, "FA")

    def segment(
        self,
        frame: Header,
        client: tuple[str, int],
        ack: int,
        flags: str,
        data: bytes = b"",
        options: list[MSS] | None = None,
    ) -> Header:
        """Return a segment to the client, in a frame."""
        answer = TCP(
            sport=PORTS[TCP],
            dport=client[1],
            seq=self.sent[client] & 0xFFFFFFFF,
            ack=ack & 0xFFFFFFFF,
            flags=flags,
            options=options or [],
        )
        return self.to_sender(frame, answer / data)

    def to_sender(self, frame: Header, carried: Header) -> Header:
        """Return a frame back to where one came from."""
        ethernet, ip = frame[Ethernet], frame[IPv4]
        return Ethernet(src=ethernet.dst, dst=ethernet.src) / IPv4(src=ip.dst, dst=ip.src, ttl=TTL) / carried


def data_of(segment: Header) -> bytes:
    """Return the data that a segment carries."""
    return segment[Data].data if Data in segment else b""
