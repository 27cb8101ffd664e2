"""Messages of the TLS handshake as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.protocols.tls_handshake import HandshakeFragment, HandshakeMessage
from dissect.wireshark.field_types import NONE, UINT24
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.tls_vectors import VectorSight

__all__ = ["FragmentSight", "MessageSight"]


class MessageSight(VectorSight, of=HandshakeMessage):
    """A message, with a mark for each."""

    types = {"tls.handshake.length": UINT24}

    @computed("handshake", NONE, title="Handshake Protocol")
    def mark(self, message: Any) -> int:
        """1 for each message."""
        return 1


class FragmentSight(MessageSight, of=HandshakeFragment):
    """The beginning of a message, of which nothing is shown."""
