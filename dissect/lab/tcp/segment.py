"""A segment as an endpoint sees it: numbers, flags, data and the options that it knows, without ports and checksum."""

from __future__ import annotations

import struct

from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option
from dissect.lab.packed import packed_segment
from dissect.protocols.tcp import TCP, TCPFlags
from dissect.protocols.tcp_options import MSS, SACK, SACKPermitted, TCPNoOperation, Timestamps, WindowScale

__all__ = ["ACK", "CE", "CWR", "ECE", "ECT_0", "FIN", "PSH", "RST", "SYN", "URG", "Segment", "Stamp"]

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (
    int(flag)
    for flag in (
        TCPFlags.FIN,
        TCPFlags.SYN,
        TCPFlags.RST,
        TCPFlags.PSH,
        TCPFlags.ACK,
        TCPFlags.URG,
        TCPFlags.ECE,
        TCPFlags.CWR,
    )
)
_LEAST_SIZE = 20
_WITH_STAMP = 8
"""How many words a header with a timestamp alone has."""
_FIELDS = struct.Struct("!4xIIHH2xH")
"""The numbers of a header, from the sequence number on, without its ports and checksum."""
_FLAGS = 0x1FF
_STAMP = struct.Struct("!II")
_STAMP_HEAD = bytes(TCPNoOperation()) * 2 + bytes(Timestamps())[:2]
"""What stands in front of the two numbers of a timestamp that is aligned as Linux does it (RFC 7323, appendix A)."""
ECT_0, CE = 2, 3
"""What the ECN bits of a datagram say: it may be marked, and it was (RFC 3168, section 5)."""


class Stamp(NamedTuple):
    """A timestamps option: the sender's clock, and the last one that it had from the other side (RFC 7323)."""

    value: int
    echo: int


class Segment(NamedTuple):
    """One segment; `seq` and `ack` are numbers of 32 bits, `window` is as it stands in the header.

    `mss`, `shift` and `sack_permitted` are options of a SYN; `sack` are blocks of numbers that have arrived; `ecn`
    are the two ECN bits of the datagram that carries it.
    """

    seq: int
    ack: int
    flags: int
    window: int
    data: bytes = b""
    urgent: int = 0
    mss: int | None = None
    shift: int | None = None
    sack_permitted: bool = False
    sack: tuple[tuple[int, int], ...] = ()
    stamp: Stamp | None = None
    ecn: int = 0

    @property
    def length(self) -> int:
        """How many numbers it takes: those of its data, its SYN and its FIN (RFC 9293, section 3.4)."""
        return len(self.data) + ((self.flags & (SYN | FIN)).bit_count() if self.flags & (SYN | FIN) else 0)

    @classmethod
    def of(cls, header: TCP, tos: int = 0) -> Segment:
        """Return what a header and the datagram's type of service say; options that are unknown or damaged are passed.

        >>> Segment.of(TCP(seq=1000, flags="S", options=[MSS(1460)])).mss
        1460
        """
        # What the data are is nobody's concern here: they are not looked at as another protocol's.
        own, data = header.parts()
        seq, ack, words, window, urgent = _FIELDS.unpack_from(own)
        words, flags = words >> 12, words & _FLAGS
        # RFC 9293, section 3.1: the pointer means something with URG alone.
        urgent = urgent if flags & URG else 0
        ack = ack if flags & ACK else 0
        mss: int | None = None
        shift: int | None = None
        sack_permitted = False
        sack: tuple[tuple[int, int], ...] = ()
        stamp: Stamp | None = None
        raw = own[_LEAST_SIZE:] if words == _WITH_STAMP else b""
        if raw.startswith(_STAMP_HEAD):
            # Of most segments on their way: two NOPs and a timestamp, which need no list of options.
            stamp = Stamp(*_STAMP.unpack_from(raw, len(_STAMP_HEAD)))
            words = 0
        for option in header.options if words > 5 else ():
            if isinstance(option, Timestamps):
                stamp = Stamp(option.value, option.echo)
            elif isinstance(option, SACK):
                sack = tuple(option.blocks)
            elif flags & SYN:
                # RFC 9293, section 3.7.1, RFC 7323, section 2.2, RFC 2018, section 2: these count in a SYN alone.
                if isinstance(option, MSS):
                    mss = option.value
                elif isinstance(option, WindowScale):
                    shift = option.shift
                elif isinstance(option, SACKPermitted):
                    sack_permitted = True
        return cls(seq, ack, flags, window, data, urgent, mss, shift, sack_permitted, sack, stamp, tos & 3)

    def header(self, sport: int, dport: int) -> TCP:
        """Return the header that goes onto the wire; its options stand and are aligned as those of Linux.

        >>> Segment(1, 1, ACK, 100, stamp=Stamp(5, 4)).header(80, 40000).options[2].info()
        'TSval=5 TSecr=4'
        """
        return TCP(
            sport=sport,
            dport=dport,
            seq=self.seq,
            ack=self.ack,
            flags=self.flags,
            window=self.window,
            urgent_pointer=self.urgent,
            options=self._options(),
            payload=self.data or None,
        )

    def packed(self, sport: int, dport: int, src: str, dst: str) -> bytes | None:
        """Return the same as bytes for a datagram between two addresses; None where it has unusual options.

        >>> from dissect.protocols.ipv4 import IPv4
        >>> segment = Segment(1, 1, ACK, 100, b"data", stamp=Stamp(5, 4))
        >>> same = IPv4(src="10.0.0.1", dst="10.0.0.2") / segment.header(80, 40000)
        >>> segment.packed(80, 40000, "10.0.0.1", "10.0.0.2") == bytes(same)[20:]
        True
        """
        options = self._options() or b""
        if not isinstance(options, bytes):
            return None
        return packed_segment(
            *(src, dst, sport, dport, self.seq, self.ack, self.flags, self.window, self.urgent),
            options,
            self.data,
        )

    def _options(self) -> list[Option] | bytes:
        if self.stamp is not None and not self.flags & SYN and not self.sack:
            return _STAMP_HEAD + _STAMP.pack(*self.stamp)
        options: list[Option] = []
        if self.mss is not None:
            options.append(MSS(self.mss))
        if self.stamp is not None:
            filling = [SACKPermitted()] if self.sack_permitted else [TCPNoOperation(), TCPNoOperation()]
            options += [*filling, Timestamps(value=self.stamp.value, echo=self.stamp.echo)]
        elif self.sack_permitted:
            options += [TCPNoOperation(), TCPNoOperation(), SACKPermitted()]
        if self.shift is not None:
            options += [TCPNoOperation(), WindowScale(self.shift)]
        if self.sack:
            options += [TCPNoOperation(), TCPNoOperation(), SACK(list(self.sack))]
        return options
