"""A network interface of Linux, through a packet socket (packet(7)), from which each frame comes at once."""

from __future__ import annotations

import socket
import struct
import time

from dissect.captures.pcapng_blocks import Interface, PcapngPacket
from dissect.captures.pcapng_options import ENHANCED_PACKET, INTERFACE_DESCRIPTION, Option
from dissect.edges.edge import LONGEST_FRAME, Edge
from dissect.edges.packet_socket import (
    CHECKSUM_LEFT,
    SEGMENTATION_LEFT,
    SOL_PACKET,
    VLAN_VALID,
    Direction,
    PacketSocket,
    flags_of,
    with_tag,
)
from dissect.packets.checksum_correction import completed
from dissect.packets.packet import Packet

__all__ = ["NetworkInterface", "described"]

_AUXDATA = 8
_SO_TIMESTAMPNS = 35
_RECEIVE_BUFFER, _FORCED_BUFFER = 8, 33
_AUXILIARY = struct.Struct("=IIIHHHH")
"""Of struct tpacket_auxdata: status, length, captured length, two offsets, VLAN tag, its type."""
_TIMESPEC = struct.Struct("@ll")
_CONTROL_SIZE = (
    socket.CMSG_SPACE(_AUXILIARY.size) + socket.CMSG_SPACE(_TIMESPEC.size) if hasattr(socket, "CMSG_SPACE") else 0
)
_ETHERNET = 1
_BUFFER = 1 << 26
_GET_MTU = 0x8921
_ETHERNET_HEADER = 14
_FLAGS, _NAME, _FILTER = 2, 2, 11


class NetworkInterface(Edge):
    """A network interface by its name, from which frames are sent and received as they are on the link.

    Times are the kernel's, taken when the frame came in. A VLAN tag that the kernel took out of a frame is put back,
    and a checksum that a sender on this machine left to its hardware is filled in, so that packets hold what a wire
    would carry; without `complete` it stays as it is, as in files of other programs. With `promiscuous` frames for
    other addresses come too; with `outgoing` those that the machine itself sends, or those alone with `direction`
    "out". `capture_filter` lets only some through, in libpcap's language, and no more than `snap_length` bytes of a
    frame are kept. `dropped` counts what came faster than it was taken.

    Packets know their interface and the direction, as those of a pcapng do: `packet.interface_name`,
    `packet["frame.packet_flags_direction"]`.

    Raises InterfaceError: for a name that no interface has, one that is down, without the right to open packet sockets
    (CAP_NET_RAW), for links whose frames have no declaration, and where the system is not Linux; CaptureFilterError for
    a filter that libpcap refuses, and MissingExtraError where the system has no libpcap.
    """

    def __init__(
        self,
        name: str,
        *,
        promiscuous: bool = True,
        outgoing: bool = False,
        direction: Direction | None = None,
        capture_filter: str | None = None,
        snap_length: int | None = None,
        complete: bool = True,
    ) -> None:
        super().__init__()
        self.name = name
        self._opened = PacketSocket(
            name,
            promiscuous=promiscuous,
            direction=direction or ("inout" if outgoing else "in"),
            capture_filter=capture_filter,
            snap_length=snap_length,
            prepare=_prepare,
        )
        self._socket = self._opened.socket
        self._receive = self._socket.recvmsg
        self._test, self._raw_test = self._opened.test, self._opened.raw_test
        self._complete = complete
        self._most = snap_length or LONGEST_FRAME
        self._flags: dict[tuple[int, int], tuple[Option, ...]] = {}
        self.link = self._opened.link
        self.capture_interface = described(name, self.link, capture_filter, snap_length)

    @property
    def mac(self) -> str:
        """The interface's hardware address, as text."""
        return self._socket.getsockname()[4].hex(":")  # type: ignore[no-any-return]

    @property
    def mtu(self) -> int:
        """The bytes that a frame may have behind its link header."""
        from fcntl import ioctl

        answer = ioctl(self._socket, _GET_MTU, struct.pack("16s24x", self.name.encode()))
        return int(struct.unpack_from("=i", answer, 16)[0])

    @property
    def longest(self) -> int | None:
        """How many bytes a frame has at most, its link header included, VLAN tags not."""
        return self.mtu + (_ETHERNET_HEADER if self.link == _ETHERNET else 0)

    @property
    def dropped(self) -> int:
        """How many frames the kernel dropped since the interface was opened, because nobody took them in time."""
        return self._opened.statistics()[1]

    @property
    def is_gone(self) -> bool:
        """Whether the interface was removed while it was open."""
        return self._opened.is_gone

    def fileno(self) -> int:
        """Return the socket's descriptor; -1 when closed."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close the socket; what was dropped is known afterwards."""
        self._opened.close()

    def _put(self, frame: bytes) -> None:
        self._socket.send(frame)

    def _take(self) -> Packet | None:
        while True:
            try:
                data, ancillary, _, address = self._receive(LONGEST_FRAME, _CONTROL_SIZE)
            except BlockingIOError:
                return None
            time_ns, status, original = 0, 0, len(data)
            if self._raw_test is not None and not self._raw_test(data, original):
                continue
            for _, kind, content in ancillary:
                if kind == _SO_TIMESTAMPNS:
                    seconds, rest = _TIMESPEC.unpack(content)
                    time_ns = seconds * 1_000_000_000 + rest
                else:
                    status, original, _, _, _, tag, tag_type = _AUXILIARY.unpack(content)
                    if status & VLAN_VALID and self.link == _ETHERNET:
                        data, original = with_tag(data, status, tag, tag_type), original + 4
            if status & CHECKSUM_LEFT and self._complete and len(data) >= original:
                data = completed(data, self.link)
            if self._test is None or self._test(data, original):
                break
        if len(data) > self._most:
            data = data[: self._most]
        self.received = number = self.received + 1
        seen = address[2], status & (SEGMENTATION_LEFT if self._complete else CHECKSUM_LEFT | SEGMENTATION_LEFT)
        packet = object.__new__(PcapngPacket)
        packet.number = number
        packet.time_ns = time_ns or time.time_ns()
        packet.data = data
        packet.original_length = original
        packet.link = self.link
        packet.interface = 0
        packet._frame = None
        packet.capture_interface = self.capture_interface
        packet.options = self._flags.get(seen) or self._noted(*seen)
        packet.stored = None
        return packet

    def _noted(self, kind: int, status: int) -> tuple[Option, ...]:
        """Return what packets of this kind and status have noted down with them."""
        flags = flags_of(kind, status).to_bytes(4, "big")
        noted = self._flags[kind, status] = (Option(ENHANCED_PACKET, _FLAGS, flags),)
        return noted


def described(name: str, link: int, capture_filter: str | None = None, snap_length: int | None = None) -> Interface:
    """Return the description of an interface that frames are captured at, as a pcapng has it."""
    options = [Option(INTERFACE_DESCRIPTION, _NAME, name.encode())]
    if capture_filter:
        options.append(Option(INTERFACE_DESCRIPTION, _FILTER, b"\0" + capture_filter.encode("utf-8", "replace")))
    plain = Interface.of(link, snap_length=snap_length or LONGEST_FRAME)
    return Interface(link, plain.snap_length, (*options, *plain.options))


def _prepare(opened: socket.socket) -> None:
    opened.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    opened.setsockopt(SOL_PACKET, _AUXDATA, 1)
    try:
        opened.setsockopt(socket.SOL_SOCKET, _FORCED_BUFFER, _BUFFER)
    except OSError:
        opened.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER, _BUFFER)
    opened.setblocking(False)
