"""What stands behind a short frame's content, up to the 60 bytes that Ethernet sends at least."""

from __future__ import annotations

from enum import Enum

from dissect.protocols.ethernet import MINIMUM_FRAME, Ethernet

__all__ = ["Padding", "padded"]


class Padding(Enum):
    """What stands in a frame behind what it has to say, up to the 60 bytes that Ethernet sends at least."""

    NONE = "none"
    """Nothing: the frame stays shorter, as it is captured where the interface pads."""
    ZEROS = "zeros"
    """Zeros (RFC 894 and RFC 1042 ask for them)."""
    REQUEST_TAIL = "request"
    """The bytes that stand there in the buffer which the request came in: the host writes its answer
    over the request and sends the buffer. Where the request is shorter, the answer ends with it."""


def padded(frame: Ethernet, padding: Padding | bytes, request: bytes = b"") -> Ethernet:
    """Return the frame with its padding; `request` is the frame that it answers, where it answers one.

    Bytes as `padding` are what stands in the sender's buffer; zeros follow where they end.
    """
    size = len(frame)
    if size >= MINIMUM_FRAME or padding is Padding.NONE:
        return frame
    if padding is Padding.REQUEST_TAIL:
        return frame.replace(trailer=request[size:MINIMUM_FRAME])
    return frame.padded(padding if isinstance(padding, bytes) else b"")
