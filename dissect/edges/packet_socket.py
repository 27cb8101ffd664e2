"""Packet sockets of Linux (packet(7)): how they are opened, filtered and read; what the kernel says beside a frame.

A socket hears nothing before it is bound: it is opened for no protocol, is given its filter and its ring, and is bound
to its interface last. So no frame is there that came from another interface or would not pass.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import socket
import struct
import sys
from collections.abc import Callable
from typing import Literal, TypeAlias

from dissect.captures.reader import FrameTest
from dissect.declaration.named_tuples import NamedTuple
from dissect.edges.kernel_tables import unknown_interface
from dissect.edges.refusals import refusal
from dissect.errors import InterfaceError
from dissect.filters.capture_filter import CaptureFilter

__all__ = [
    "ADD_MEMBERSHIP",
    "CHECKSUM_LEFT",
    "DIRECTIONS",
    "LINKS",
    "OUTGOING",
    "SEGMENTATION_LEFT",
    "SOL_PACKET",
    "VLAN_TYPE_VALID",
    "VLAN_VALID",
    "Direction",
    "PacketSocket",
    "flags_of",
    "with_tag",
]

SOL_PACKET = 263
ADD_MEMBERSHIP, _STATISTICS, _IGNORE_OUTGOING = 1, 6, 23
_PROMISCUOUS = 1
_EVERY_PROTOCOL = 0x0003
_ATTACH_FILTER = 26
_MOST_INSTRUCTIONS = 4096
OUTGOING = 4
"""The type of a frame that the machine itself sent (PACKET_OUTGOING)."""
CHECKSUM_LEFT, VLAN_VALID, VLAN_TYPE_VALID, SEGMENTATION_LEFT = 1 << 3, 1 << 4, 1 << 6, 1 << 8
"""Bits of a frame's status: its checksum is not there yet; its tag, and the tag's type, stand beside it; it is to be
cut into segments."""
_ETHERNET, _RAW_IP = 1, 101
_LOOPBACK = 772
LINKS = {
    1: _ETHERNET,
    _LOOPBACK: _ETHERNET,
    768: _RAW_IP,
    769: _RAW_IP,
    776: _RAW_IP,
    778: _RAW_IP,
    823: _RAW_IP,
    65534: _RAW_IP,
    801: 105,
    802: 119,
    803: 127,
    804: 230,
    826: 271,
}
"""The link type of a capture by the kernel's type of hardware (ARPHRD_... in linux/if_arp.h): Ethernet and the loopback
interface; tunnels of IP and what has no link header at all (65534); 802.11 and 802.15.4; vsock."""
Direction: TypeAlias = Literal["in", "out", "inout"]
DIRECTIONS: tuple[Direction, ...] = ("in", "out", "inout")
_INSTRUCTION = struct.Struct("=HBBI")
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_OTHER_CLASSES = 0x06
"""The bits of an operation that those which load have not set."""
_OF_KERNEL = 0xFFFF_F000
_PACKET_TYPE = _OF_KERNEL + 4
"""Where the kernel has a filter look for the type of the frame (SKF_AD_OFF + SKF_AD_PKTTYPE)."""
_LONGEST = 262_144
_TAG = struct.Struct("!HH")
_DEFAULT_TAG_TYPE = 0x8100


class _Drops(NamedTuple):
    """What the kernel has counted since the socket was opened."""

    received: int
    dropped: int


class PacketSocket:
    """A packet socket on an interface.

    Frames for other machines come with `promiscuous`, for as long as the socket is open; those of one `direction` with
    "in" or "out". On the loopback interface each frame passes twice, and the outgoing one is left out. `capture_filter`
    is compiled by libpcap and run by the kernel. Where the kernel takes the program not (it loops, or is too long),
    each frame is to be asked about, before it is cut: by `raw_test` as the kernel gave it, as the kernel would have
    asked, or by `test` when its tag is put back, where the program asks for what only the kernel knows. One of them
    is there, then. `prepare` is called with the socket before it is bound.

    Raises InterfaceError where there is no such interface, it is down, or nobody may open it; CaptureFilterError and
    MissingExtraError as `dissect.filters.CaptureFilter` does.
    """

    def __init__(
        self,
        name: str,
        *,
        promiscuous: bool = True,
        direction: Direction = "inout",
        capture_filter: str | None = None,
        snap_length: int | None = None,
        prepare: Callable[[socket.socket], None] | None = None,
    ) -> None:
        self.name = name
        self.raw_test: FrameTest | None = None
        self.test: FrameTest | None = None
        self._counted = _Drops(0, 0)
        self._closed = False
        if not sys.platform.startswith("linux"):
            raise InterfaceError(f"{name} cannot be opened: frames are sent and received on Linux alone")
        if not name or len(name.encode()) > 15:
            raise InterfaceError(unknown_interface(name))
        try:
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        except OSError as error:
            raise refusal(name, error) from None
        try:
            self._prepare(promiscuous, direction, capture_filter, snap_length, prepare)
        except OSError as error:
            self.socket.close()
            raise refusal(name, error) from None
        except BaseException:
            self.socket.close()
            raise

    def _prepare(
        self,
        promiscuous: bool,
        direction: Direction,
        capture_filter: str | None,
        snap_length: int | None,
        prepare: Callable[[socket.socket], None] | None,
    ) -> None:
        opened, name = self.socket, self.name
        try:
            self.index = socket.if_nametoindex(name)
        except OSError:
            raise InterfaceError(unknown_interface(name)) from None
        # For no protocol, this tells what the interface is, and nothing is heard yet.
        opened.bind((name, 0))
        self.hardware: int = opened.getsockname()[3]
        if self.hardware not in LINKS:
            raise InterfaceError(
                f"{name} has links of the kernel's type {self.hardware}, expected Ethernet, raw IP or radio"
            )
        self.link = LINKS[self.hardware]
        self._filter(direction, capture_filter, snap_length or _LONGEST)
        if promiscuous:
            membership = struct.pack("=iHH8s", self.index, _PROMISCUOUS, 0, b"")
            opened.setsockopt(SOL_PACKET, ADD_MEMBERSHIP, membership)
        if prepare is not None:
            prepare(opened)
        opened.bind((name, _EVERY_PROTOCOL))
        # Of an interface that is down, this is where it is told.
        refused = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if refused:
            raise OSError(refused, os.strerror(refused))

    def _filter(self, direction: Direction, text: str | None, snap_length: int) -> None:
        """Attach what decides about frames: first their direction, then the capture filter."""
        program = b""
        if direction == "in" or (direction == "inout" and self.hardware == _LOOPBACK):
            program = _passing_type(OUTGOING, not_it=True)
            # Linux before 4.20 does not know the option; it spares the work of the program.
            with contextlib.suppress(OSError):
                self.socket.setsockopt(SOL_PACKET, _IGNORE_OUTGOING, 1)
        elif direction == "out":
            program = _passing_type(OUTGOING)
        rest = _INSTRUCTION.pack(_RETURN, 0, 0, snap_length)
        if text:
            from dissect.filters.libpcap import compile_for_interface, runner

            compiled = compile_for_interface(text, self.name, snap_length)
            if self._attach(program + compiled):
                return
            loads = (operand for code, _, _, operand in _INSTRUCTION.iter_unpack(compiled) if not code & _OTHER_CLASSES)
            if any(operand >= _OF_KERNEL for operand in loads):
                # As for a file, which refuses the direction.
                self.test = CaptureFilter(text).test(self.link)
            else:
                self.raw_test = runner(compiled)
            snap_length, rest = _LONGEST, _INSTRUCTION.pack(_RETURN, 0, 0, _LONGEST)
        if program or snap_length != _LONGEST:
            self._attach(program + rest)

    def _attach(self, program: bytes) -> bool:
        """Give the kernel a program; False where it does not take it."""
        count = len(program) // _INSTRUCTION.size
        if count > _MOST_INSTRUCTIONS:
            return False
        held = ctypes.create_string_buffer(program, len(program))
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("@HP", count, ctypes.addressof(held)))
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOMEM):
                return False
            raise
        return True

    def statistics(self) -> tuple[int, int]:
        """Return how many frames passed the filter since the socket was opened, and how many of them were dropped."""
        if not self._closed:
            counts = struct.unpack("=II", self.socket.getsockopt(SOL_PACKET, _STATISTICS, 12)[:8])
            # The kernel counts from zero again when it was asked, and counts what it dropped as received.
            received, dropped = self._counted
            self._counted = _Drops(received + counts[0], dropped + counts[1])
        return self._counted

    @property
    def is_gone(self) -> bool:
        """Whether the interface was removed."""
        try:
            name: str = self.socket.getsockname()[0]
        except OSError:
            return True
        return not name

    def close(self) -> None:
        """Close the socket; what was counted is known afterwards."""
        if not self._closed:
            self.statistics()
            self._closed = True
            self.socket.close()


def _passing_type(kind: int, *, not_it: bool = False) -> bytes:
    """Return instructions that let frames of one type, or of all others, come to what stands behind them."""
    return (
        _INSTRUCTION.pack(_LOAD, 0, 0, _PACKET_TYPE)
        + _INSTRUCTION.pack(_JUMP_IF_EQUAL, 0 if not_it else 1, 1 if not_it else 0, kind)
        + _INSTRUCTION.pack(_RETURN, 0, 0, 0)
    )


def with_tag(data: bytes, status: int, tag: int, tag_type: int) -> bytes:
    """Return an Ethernet frame with the tag that the kernel took out of it, of the type that it had there."""
    if not status & VLAN_VALID or len(data) < 12:
        return data
    return data[:12] + _TAG.pack(tag_type if status & VLAN_TYPE_VALID else _DEFAULT_TAG_TYPE, tag) + data[12:]


def flags_of(kind: int, status: int) -> int:
    """Return the flags of a packet in a pcapng (section 4.3.1) by the type and status that the kernel gave its frame.

    They tell its direction, whom it was for, and that its checksum or its segmentation was left to the hardware.
    """
    direction = 2 if kind == OUTGOING else 1
    reception = _RECEPTION.get(kind, 0)
    left = (_CHECKSUM_NOT_READY if status & CHECKSUM_LEFT else 0) | (_TO_BE_CUT if status & SEGMENTATION_LEFT else 0)
    return direction | reception << 2 | left


_RECEPTION = {0: 1, 1: 3, 2: 2, 3: 4}
"""By the kernel's type (for this host, broadcast, multicast, for another host) that of pcapng."""
_CHECKSUM_NOT_READY, _TO_BE_CUT = 1 << 9, 1 << 11
