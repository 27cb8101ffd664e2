"""WebSocket: frames of two ends that agreed on them over HTTP."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    Automatic,
    Code,
    Coding,
    Data,
    Header,
    bits,
    code,
    flag,
    octets,
    u16,
    u64,
)
from dissect.protocols.http_bodies import TextLines

__all__ = ["WebSocket", "WebSocketOpcode", "unmasked"]

_IN_16, _IN_64 = 126, 127
"""What stands for a length in the next 16 or 64 bits."""
_MOST = 1 << 32


class WebSocketOpcode(Code):
    """What a frame is; those from 8 on are control frames (RFC 6455, section 11.8)."""

    CONTINUATION = 0, "Continuation"
    TEXT = 1, "Text"
    BINARY = 2, "Binary"
    CLOSE = 8, "Connection Close"
    PING = 9, "Ping"
    PONG = 10, "Pong"


class _Length(Automatic):
    """The bytes of the data, in the shortest of three forms."""

    own = True
    tells = True

    def __init__(self, form: int = 0) -> None:
        self.form = form

    def measure(self, fixed: int, pieces: dict[str, bytes]) -> int:
        """Return the length, or what says that it stands in more bits."""
        size = len(pieces["data"])
        if self.form:
            return 0 if size >> self.form else size
        return size if size < _IN_16 else _IN_16 if size >> 16 == 0 else _IN_64


def frame_size(data: bytes) -> int | None:
    """Return the bytes of the frame that begins here; None where its head is not there."""
    if len(data) < _HEAD:
        return None
    length = data[1] & 0x7F
    more = {_IN_16: 2, _IN_64: 8}.get(length, 0)
    head = _HEAD + more + (4 if data[1] & 0x80 else 0)
    if len(data) < _HEAD + more:
        return None
    return head + (int.from_bytes(data[_HEAD : _HEAD + more], "big") if more else length)


_HEAD = 2


def unmasked(data: bytes, key: bytes) -> bytes:
    """Return masked data in the clear, or the other way round (RFC 6455, section 5.3).

    >>> unmasked(unmasked(b"Hello", b"abcd"), b"abcd")
    b'Hello'
    """
    if not key:
        return data
    size = len(data)
    mask = (key * (size // len(key) + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(mask, "big")).to_bytes(size, "big")


class WebSocket(
    Header, name="websocket", title="WebSocket", source="RFC 6455, section 5.2", framing=frame_size, leaf=True
):
    r"""A frame: the whole of a message, or a part of it.

    >>> bytes(WebSocket(opcode="text", data=b"Hello"))
    b'\x81\x05Hello'
    """

    fin: bool = flag("fin", default=True, title="Fin", doc="Whether the message ends with this frame")
    reserved: int = bits(3, "rsv", default=0, base=16, title="Reserved")
    opcode: Coding[WebSocketOpcode] = code(4, WebSocketOpcode, "opcode", default=WebSocketOpcode.TEXT, title="Opcode")
    masks: bool = flag("mask", default=False, title="Mask")
    length: int = bits(7, "payload_length", factory=_Length(), title="Payload length")
    length_16: int = u16(
        "payload_length_ext_16", factory=_Length(16), when={"length": _IN_16}, title="Extended Payload length (16 bits)"
    )
    length_64: int = u64(
        "payload_length_ext_64", factory=_Length(64), when={"length": _IN_64}, title="Extended Payload length (64 bits)"
    )
    key: bytes = octets("masking_key", size=4, default=bytes(4), when="masks", title="Masking-Key")
    data: bytes = octets("", default=b"", length=lambda frame: frame.data_size(), title="Data, masked with the key")

    def data_size(self) -> int:
        """Return the bytes of the data, as the length tells."""
        length: int = self.raw("length")
        if length < _IN_16:
            return length
        size: int = self.raw("length_16" if length == _IN_16 else "length_64")
        return min(size, _MOST)

    def clear_data(self) -> bytes:
        """Return the data without their mask."""
        return unmasked(self.raw("data"), self.raw("key") if self.masks else b"")

    def decoded_payload(self) -> Header | None:
        """Return what a text or binary frame says, if it is the whole of a message."""
        if self.is_cut or not self.fin or self.opcode not in (WebSocketOpcode.TEXT, WebSocketOpcode.BINARY):
            return None
        data = self.clear_data()
        cls: Any = TextLines if self.opcode == WebSocketOpcode.TEXT else Data
        return self.carried_from(cls.decode, data, 0, len(data)) if data else None

    def info(self) -> str:
        """Return what the frame is."""
        end = " [FIN]" if self.fin else "[FRAGMENT] "
        return f"WebSocket {self.opcode.title}{end} {'[MASKED]' if self.masks else ''}"
