"""Altering what passes: words in the data of datagrams and segments, with other words as long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dissect.errors import FieldError
from dissect.lab.packet_filter import Verdict
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["Alteration"]


class Alteration:
    """Puts words in the place of others as long, in all that is carried over TCP and UDP; a packet filter, too.

    Numbers of sequence and lengths stay right, and checksums are made so: neither end can tell. A word that two
    segments share is not seen. Raises FieldError for a word that is empty or longer or shorter than its other.

    >>> from dissect.protocols.ethernet import Ethernet
    >>> frame = Ethernet() / IPv4() / UDP(sport=9, dport=9, payload=b"pay 100 EUR")
    >>> Alteration({b"100": b"900"}).altered(frame)[UDP].payload
    Data(b'pay 900 EUR')
    """

    def __init__(self, words: Mapping[bytes, bytes]) -> None:
        for old, new in words.items():
            if not old or len(old) != len(new):
                raise FieldError(
                    f"{old!r} is to become {new!r}, expected words of the same length, and none that is empty"
                )
        self.words = dict(words)
        self.count = 0
        """How many packets were altered."""

    def altered(self, packet: Any) -> Any:
        """Return a frame or datagram with the words exchanged, or as it is where it has none of them."""
        for kind in (TCP, UDP):
            if kind in packet:
                break
        else:
            return packet
        payload = packet[kind].payload
        data = b"" if payload is None else bytes(payload)
        changed = data
        for old, new in self.words.items():
            changed = changed.replace(old, new)
        if changed == data:
            return packet
        self.count += 1
        made = packet.copy()
        made[kind].payload = changed
        return made.fixed()

    def arriving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        """Leave what comes as it is: it is altered when it goes on."""
        return datagram

    def leaving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        """Alter what goes on, the host's own data included."""
        altered: IPv4 = self.altered(datagram)
        return altered
