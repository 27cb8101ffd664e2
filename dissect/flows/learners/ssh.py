"""SSH: who says a message, and how many packets there were before it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.protocols.ssh import (
    SSH,
    SSHCiphertext,
    SSHEncrypted,
    SSHVersion,
)

__all__ = ["SSHLearner"]

_MOST = 1 << 13
_VERSION_2 = ("SSH-2.", "SSH-1.99-")
"""How a client begins that speaks version 2, perhaps as well as version 1 (RFC 4253, section 5.1)."""


class SSHLearner(Learner, of=SSH):
    """Counts the packets of 8192 connections at a time; the client is who speaks to the port."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._counts: OrderedDict[int, list[int]] = OrderedDict()
        self._versions: OrderedDict[int, None] = OrderedDict()
        """The connections whose client has said that it speaks version 2."""

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
        header.learn(is_version_2=place.stream in self._versions)
        if isinstance(header, SSHVersion) and way == 0 and header.protocol.startswith(_VERSION_2):
            self._versions[place.stream] = None
            if len(self._versions) > _MOST:
                self._versions.popitem(last=False)
        if way is None or isinstance(header, (SSHVersion, SSHEncrypted, SSHCiphertext)):
            return
        header.learn(seq_num=counts[way])
        counts[way] += 1
