"""SSH: who says a message, and how many packets there were before it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.flows.learner import Learner, Place
from dissect.protocols.ssh import (
    SSH,
    SSH1Encrypted,
    SSH1Packet,
    SSHCiphertext,
    SSHEncrypted,
    SSHPacket,
    SSHVersion,
    version_of,
)

__all__ = ["SSHLearner"]

_MOST = 1 << 13
_KEY_EXCHANGE = range(30, 50)
"""Messages whose meaning the agreed method tells (RFC 4253, section 12)."""
_UNCOUNTED = (SSHVersion, SSHEncrypted, SSHCiphertext, SSH1Encrypted, SSH1Packet)


class _Spoken(NamedTuple):
    """The version that is spoken over a connection, and the frame in which its client has told it."""

    version: int
    number: int


class SSHLearner(Learner, of=SSH):
    """Counts the packets of 8192 connections at a time; the client is who speaks to the port."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._counts: OrderedDict[int, list[int]] = OrderedDict()
        self._versions: OrderedDict[int, _Spoken] = OrderedDict()

    def rewind(self) -> None:
        super().rewind()
        self._counts.clear()

    def held(self) -> int:
        return len(self._counts)

    def observe(self, header: Any, place: Place) -> None:
        if place.stream is None or place.quoted:
            return
        counts = self._counts.setdefault(place.stream, [0, 0])
        if len(self._counts) > _MOST:
            self._counts.popitem(last=False)
        way = header.learnt("way")
        spoken = self._versions.get(place.stream)
        if spoken is not None and (self.again or spoken.number < place.number):
            header.learn(spoken_version=spoken.version)
        if isinstance(header, SSHVersion) and way == 0 and spoken is None:
            self._versions[place.stream] = _Spoken(version_of(header.own_bytes), place.number)
            if len(self._versions) > _MOST:
                self._versions.popitem(last=False)
        if way is None or isinstance(header, _UNCOUNTED) or header.learnt("is_begun"):
            return
        if isinstance(header, SSHPacket) and header.has("message") and header.message in _KEY_EXCHANGE:
            # Of a key exchange that nobody knows to be agreed on, Wireshark counts no packet.
            header.learn(seq_num=0)
            return
        header.learn(seq_num=counts[way])
        counts[way] += 1
