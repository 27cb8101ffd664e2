"""UDP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.checksum import ChecksumState
from dissect.declaration.header import Header
from dissect.protocols.udp import UDP
from dissect.wireshark.field_types import BYTES, RELATIVE_TIME, UINT32
from dissect.wireshark.notices import CHECKSUM, MALFORMED, SEQUENCE
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight_fields import computed, learnt, mark, noted
from dissect.wireshark.transport import TransportSight

__all__ = ["UDPSight"]


_FIRST_TRACED = 33435


def _length_fault(datagram: UDP) -> str:
    below = datagram.length < 8
    return f"Bad length value {datagram.length} {'< 8' if below else '> IP payload length'}"


class UDPSight(TransportSight, of=UDP):
    """Ports or nothing, then the length, and nothing behind one that is too short."""

    titles = {"udp.port": "Source or Destination Port"}

    order = tuple(
        """
        srcport dstport port length checksum checksum_calculated checksum.status stream Timestamps payload
        """.split()
    )
    carries_apart = True
    groups = {"Timestamps": ("time_relative", "time_delta")}
    reads = (
        ("sport", "dport"),
        ("length", "wrong_length"),
        Stop(lambda datagram: datagram.length < 8 and not datagram.is_jumbogram),
    )

    @computed("payload", BYTES, title="Payload")
    def payload_bytes(self, header: UDP) -> bytes | None:
        """The bytes up to the end of the network's datagram: more than the payload where the length is too small."""
        network = header.network_header
        if header.is_cut or header.length == 8:
            return None
        if not header.is_attached or network is None or header.is_quoted:
            return header.parts()[1] or None
        end = min(network.declared_end or header.buffer_end, header.buffer_end)
        return header.buffer[header.own_end : max(end, header.carried_end)] or None

    wrong_length = mark("length.bad", "Bad length value", words=_length_fault, group=MALFORMED, about="length")
    zero_length = mark("length.bad_zero", "Length is zero but payload < 65536", "Warning", about="length")

    @noted("possible_traceroute", "Possible traceroute", "Chat", SEQUENCE, about="dport")
    def traced(self, header: UDP) -> str | None:
        """The port is one of those to which traceroute sends three datagrams for each of ten hops."""
        step = header.dport - _FIRST_TRACED
        if not 0 <= step < 30:
            return None
        return f"Possible traceroute: hop #{step // 3 + 1}, attempt #{step % 3 + 1}"

    stream = learnt(
        "stream",
        UINT32,
        "Stream index",
        doc="Which conversation of the capture this belongs to, counted from 0 in the order in which they begin",
    )
    time_relative = learnt("time_relative", RELATIVE_TIME, "Time since first frame", "time_relative")
    time_delta = learnt("time_delta", RELATIVE_TIME, "Time since previous frame", "time_delta")

    @noted("checksum.zero", "Illegal checksum value (0)", "Error", CHECKSUM, about="checksum")
    def zero_checksum(self, header: UDP) -> str | None:
        """There is no checksum though the network header demands one (RFC 8200, section 8.1)."""
        return "Illegal checksum value (0)" if header.checksum == 0 and header.requires_checksum else None

    def payload(self, header: UDP) -> Header | None:
        """Return what the datagram carries; that of a jumbogram is read whatever its length."""
        seen = super().payload(header)
        return header.payload if seen is None and header.payload is not None and header.is_jumbogram else seen

    def stops_short(self, header: UDP) -> bool:
        """Whether bytes of the header are missing, or all of those that its length tells of."""
        return header.is_cut or (header.length > 8 and header.captured_length == 8)

    def words(self, header: UDP) -> Iterator[str]:
        """Yield ports and the length of the data, and what is wrong with length and checksum."""
        yield f"{header.sport} → {header.dport}"
        if header.is_jumbogram:
            yield f"Len={header.captured_length - 8} [Jumbogram]"
            yield from _checksum_words(header)
            return
        if header.length < 8:
            yield f"[BAD UDP LENGTH {header.length} < 8]"
            return
        missing = header.length - header.captured_length
        if (
            missing > 0
            and not header.is_cut_by_capture(missing)
            and not getattr(header.network_header, "is_fragment", False)
        ):
            yield f"[BAD UDP LENGTH {header.length} > IP PAYLOAD LENGTH]"
        yield f"Len={header.length - 8}"
        yield from _checksum_words(header)


def _checksum_words(header: UDP) -> Iterator[str]:
    """Yield what is wrong with the checksum."""
    if header.checksum == 0 and header.requires_checksum:
        yield "[ILLEGAL CHECKSUM (0)]"
    elif header.checksum_state(as_there=True) is ChecksumState.BAD:
        yield "[UDP CHECKSUM INCORRECT]"
