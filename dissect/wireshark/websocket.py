"""WebSocket as Wireshark sees it."""

from __future__ import annotations

from typing import Any

from dissect.declaration.header import Data
from dissect.protocols.http_bodies import TextLines
from dissect.protocols.websocket import WebSocket, WebSocketOpcode
from dissect.wireshark.field_types import BOOLEAN, BYTES, FRAMENUM, NONE, STRING, UINT16, UINT32
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, learnt

__all__ = ["WebSocketSight"]

_STATUS = 2


class WebSocketSight(Sight, of=WebSocket):
    """A frame, whose data stand in the clear below it."""

    @computed("masked_payload", NONE, title="Masked payload")
    def masked(self, header: Any) -> int | None:
        """1 where there are masked data."""
        return 1 if header.masks and header.raw("data") else None

    @computed("payload", NONE, title="Payload")
    def has_data(self, header: Any) -> int | None:
        """1 where there are data."""
        return 1 if header.raw("data") else None

    def _said(self, header: Any) -> tuple[int, bytes]:
        """Return of what kind the message is that ends here, and what it says; -1 where it does not end."""
        message = header.learnt("message")
        if message is not None:
            return message  # type: ignore[no-any-return]
        opcode = int(header.opcode)
        if not header.fin or opcode == WebSocketOpcode.CONTINUATION:
            return (WebSocketOpcode.CONTINUATION, header.clear_data()) if opcode == 0 else (-1, b"")
        return opcode, header.clear_data()

    @computed("payload.text", STRING, title="Text")
    def text_said(self, header: Any) -> str | None:
        """The text of a message."""
        opcode, data = self._said(header)
        return data.decode("utf-8", "replace") if opcode == WebSocketOpcode.TEXT and data else None

    @computed("payload.continue", BYTES, title="Continue")
    def goes_on(self, header: Any) -> bytes | None:
        """A part of a message."""
        opcode, data = self._said(header)
        return data if opcode == WebSocketOpcode.CONTINUATION else None

    @computed("payload.ping", BYTES, title="Ping")
    def ping(self, header: Any) -> bytes | None:
        """What is to be sent back."""
        opcode, data = self._said(header)
        return data if opcode == WebSocketOpcode.PING else None

    @computed("payload.pong", BYTES, title="Pong")
    def pong(self, header: Any) -> bytes | None:
        """What comes back."""
        opcode, data = self._said(header)
        return data if opcode == WebSocketOpcode.PONG else None

    @computed("payload.close.status_code", UINT16, title="Status code")
    def status(self, header: Any) -> int | None:
        """Why the connection is closed."""
        opcode, data = self._said(header)
        is_told = opcode == WebSocketOpcode.CLOSE and len(data) >= _STATUS
        return int.from_bytes(data[:_STATUS], "big") if is_told else None

    @computed("payload.close.reason", STRING, title="Reason")
    def reason(self, header: Any) -> str | None:
        """The same in words."""
        opcode, data = self._said(header)
        is_told = opcode == WebSocketOpcode.CLOSE and len(data) > _STATUS
        return data[_STATUS:].decode("utf-8", "replace") if is_told else None

    compressed = learnt("pmc", BOOLEAN, "Per-Message Compressed", doc="Whether the message is compressed, if agreed on")
    fragment = learnt("fragment", FRAMENUM, "Websocket Fragment", "fragment_frames", doc="The frames of the message")

    @computed("fragment.count", UINT32, title="Fragment count", is_learnt=True)
    def fragment_count(self, header: Any) -> int | None:
        """How many frames carried the message."""
        frames = header.learnt("fragment_frames")
        return None if frames is None else len(frames)

    @computed("reassembled.length", UINT32, title="Reassembled websocket Payload length", is_learnt=True)
    def reassembled_length(self, header: Any) -> int | None:
        """The bytes of the message."""
        frames, message = header.learnt("fragment_frames"), header.learnt("message")
        return None if frames is None else len(message[1])

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol."""
        return "WebSocket"

    def payload(self, header: Any) -> Any:
        """Return what the message says."""
        message = header.learnt("message")
        if message is not None and header.learnt("payload") is None:
            cls: Any = TextLines if message[0] == WebSocketOpcode.TEXT else Data
            return header.carried_from(cls.decode, message[1], 0, len(message[1])) if message[1] else None
        seen = super().payload(header)
        return header.decoded_payload() if seen is None else seen
