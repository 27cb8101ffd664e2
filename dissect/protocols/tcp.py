"""The Transmission Control Protocol."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.automatic import Checksum, HeaderLength, Ports
from dissect.declaration.checksum import ChecksumState
from dissect.declaration.enumerated import Flags
from dissect.declaration.fields import (
    AUTOMATIC,
    Field,
    Flagging,
    Listing,
    bits,
    derived,
    expert,
    flag_set,
    listing,
    overlay,
    u16,
    u32,
)
from dissect.declaration.header import Header
from dissect.declaration.kinds import Boolean, Octets, Signed, Text
from dissect.declaration.options import Option, OptionList
from dissect.declaration.problems import Problem
from dissect.errors import FieldAbsentError
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.tcp_options import MSS, SACK, EndOfTCPOptions, MalformedTCPOption, TCPOption

__all__ = ["TCP", "TCPFlags"]


class TCPFlags(Flags):
    """The control bits (RFC 9293, section 3.1; RFC 3168 for CWR and ECE; AE, once NS, is RFC 9768's)."""

    FIN = 0x001
    SYN = 0x002
    RST = 0x004
    PSH = 0x008
    ACK = 0x010
    URG = 0x020
    ECE = 0x040
    CWR = 0x080
    AE = 0x100

    @classmethod
    def letters(cls) -> tuple[str, ...]:
        """F, S, R, P, A, U, E, C, N; N is AE, whose old name was NS."""
        return ("F", "S", "R", "P", "A", "U", "E", "C", "N")


class TCP(
    Header,
    name="tcp",
    title="Transmission Control Protocol",
    source="RFC 9293, section 3.1",
    usual=True,
    over={IPv4: IPProtocol.TCP},
):
    """Ports, sequence and acknowledgment numbers, flags, window, and options of up to 40 bytes."""

    sport: int = u16("srcport", default=0, also="port", title="Source Port")
    dport: int = u16("dstport", factory=Ports("sport", "tcp.port"), also="port", title="Destination Port")
    seq: int = u32("seq_raw", default=0, title="Sequence Number (raw)")
    ack: int = u32("ack_raw", default=0, title="Acknowledgment number (raw)")
    data_offset: int = bits(
        4,
        "hdr_len",
        factory=HeaderLength(4),
        scale=4,
        title="Header Length",
        doc="Header length in 32-bit words",
        wrong="bogus_header_length",
    )
    reserved: int = bits(3, "flags.res", default=0, title="Reserved", within="flags")
    flags: Flagging[TCPFlags] = flag_set(9, TCPFlags, "flags", default=0, size=16, title="Flags")
    window: int = u16("window_size_value", default=8192, title="Window")
    checksum: int = u16("checksum", factory=Checksum(pseudo_header=6), base=16, title="Checksum")
    urgent_pointer: int = u16("urgent_pointer", default=0, title="Urgent Pointer")
    options: Listing[Option] = listing(OptionList(TCPOption), "options", default=(), length="rest", title="Options")
    ae: bool = overlay(1, "flags.ae", default=AUTOMATIC, over="flags", title="Accurate ECN")
    cwr: bool = overlay(1, "flags.cwr", default=AUTOMATIC, over="flags", skip=1, title="Congestion Window Reduced")
    ece: bool = overlay(1, "flags.ece", default=AUTOMATIC, over="flags", skip=2, title="ECN-Echo")
    urg: bool = overlay(1, "flags.urg", default=AUTOMATIC, over="flags", skip=3, title="Urgent")
    ack_flag: bool = overlay(1, "flags.ack", default=AUTOMATIC, over="flags", skip=4, title="Acknowledgment")
    psh: bool = overlay(1, "flags.push", default=AUTOMATIC, over="flags", skip=5, title="Push")
    rst: bool = overlay(1, "flags.reset", default=AUTOMATIC, over="flags", skip=6, title="Reset")
    syn: bool = overlay(1, "flags.syn", default=AUTOMATIC, over="flags", skip=7, title="Syn")
    fin: bool = overlay(1, "flags.fin", default=AUTOMATIC, over="flags", skip=8, title="Fin")

    _wrong_length = expert("bogus_header_length", "Bogus TCP Header length")
    _all_ones = expert("checksum.ffff", "TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)")
    _mss_absent = expert("options.mss.absent", "The SYN packet does not contain a MSS option")
    _mss_present = expert("options.mss.present", "The non-SYN packet does contain a MSS option")

    @derived("len", title="TCP Segment Len")
    def segment_length(self) -> int | None:
        """The bytes of data that the segment has on the wire; None where nobody knows.

        That is so in a fragment, in what an ICMP error quotes, and where the header is longer than the segment.
        """
        network = self._network()
        if self._is_quoted() or (network is not None and network._is_fragment()):
            return None
        length = self._wire_length() - 4 * self.data_offset
        return length if length >= 0 else None

    @derived("payload", kind=Octets(), title="TCP payload")
    def payload_bytes(self) -> bytes | None:
        """The data that the segment carries; None where there are none, and in a reset, where they are its reason."""
        return None if self.rst else self._parts()[1] or None

    @derived("flags.str", within="flags", kind=Text(), title="TCP Flags")
    def flag_letters(self) -> str:
        """The flags as twelve places, a dot for each that is not set."""
        letters = "".join(
            letter if 0x800 >> place & (self.reserved << 9 | self.flags) else "·"
            for place, letter in enumerate("RRRACEUAPRSF")
        )
        return letters if self.ecn_count is None else f"{letters[:3]}-{self.ecn_count}-{letters[6:]}"

    @derived("flags.ace", within="flags", width=8, title="ACE")
    def ecn_count(self) -> int | None:
        """AE, CWR and ECE as the number that they are in a connection with Accurate ECN (RFC 9768, section 3.1.1)."""
        is_count = self.learnt("counts_ecn") and not self.syn
        return int(self.flags) >> 6 & 7 if is_count else None

    @derived("options.sack_le", within="options.sack", title="TCP SACK Left Edge")
    def sack_left_edges(self) -> list[int]:
        """The first numbers of the blocks that have arrived, counted as acknowledgments are."""
        return self._sack_edges(0)

    @derived("options.sack_re", within="options.sack", title="TCP SACK Right Edge")
    def sack_right_edges(self) -> list[int]:
        """The numbers behind those blocks."""
        return self._sack_edges(4)

    def _sack_edges(self, place: int) -> list[int]:
        base = self.learnt("other_base") or 0
        edges = []
        for option in self.options if self._body - self._start > self._fixed else ():
            data = bytes(option)[2:]
            if bytes(option)[0] == SACK.number and not option.malformed:
                edges += [
                    int.from_bytes(data[start : start + 4], "big") - base & 0xFFFFFFFF
                    for start in range(place, len(data) - 3, 8)
                ]
        return edges

    @derived("stream", title="Stream index")
    def stream(self) -> int | None:
        """Which connection of the capture this belongs to, counted from 0 in the order in which they begin."""
        return self.learnt("stream")  # type: ignore[no-any-return]

    @derived("seq", title="Sequence Number")
    def relative_seq(self) -> int | None:
        """The sequence number, counted from that of the connection's first segment in this direction.

        It is the number itself where nobody knows how long the segment is: in a fragment, or quoted.
        """
        return self.learnt("relative_seq")  # type: ignore[no-any-return]

    @derived("ack", title="Acknowledgment Number")
    def relative_ack(self) -> int | None:
        """The acknowledgment number, counted from the first sequence number of the other direction."""
        return self.learnt("relative_ack") if self.data_offset >= 5 else None

    @derived("nxtseq", title="Next Sequence Number")
    def next_seq(self) -> int | None:
        """The relative sequence number of the segment that follows this one."""
        return self.learnt("next_seq")  # type: ignore[no-any-return]

    @derived("window_size", title="Calculated window size")
    def window_size(self) -> int | None:
        """The window in bytes, scaled as the handshake says."""
        return self.learnt("window_size")  # type: ignore[no-any-return]

    @derived("window_size_scalefactor", kind=Signed(), title="Window size scaling factor")
    def window_factor(self) -> int | None:
        """What windows are multiplied by; -1 where no handshake was seen, -2 where it says nothing about it."""
        return self.learnt("window_factor")  # type: ignore[no-any-return]

    def shows(self, field: Field) -> bool:
        """Whether display filters see the field: of a cut header the ports, and nothing behind a wrong length."""
        there = self._body - self._start
        if there < 16:
            is_numbered = not self._is_quoted() or isinstance(self._network(), IPv4)
            return there >= 4 and (field.name in ("sport", "dport") or (is_numbered and field.name == "relative_seq"))
        if self.data_offset < 5:
            return field.name in _BEFORE_LENGTH
        if field.name == "seq" and self._is_quoted():
            # A segment that an ICMP error quotes belongs to no stream for them, as one in ICMPv6 does.
            return not isinstance(self._network(), IPv4)
        if field.name in ("ae", "cwr", "ece"):
            return self.ecn_count is None
        return not (self.reserved and field.name in ("flags", "reserved"))

    @derived("flags", width=12, size=16, base=16, over="flags", title="Flags with reserved bits")
    def all_flags(self) -> int | None:
        """The flags as tshark has them where reserved bits are set: as lower bits of one number of 12."""
        return self.reserved << 9 | int(self.flags) if self.reserved else None

    @derived("flags.res", kind=Boolean(), over="reserved", title="Reserved")
    def reserved_mark(self) -> int | None:
        """1 where reserved bits are set."""
        return 1 if self.reserved else None

    def headline(self) -> str:
        if self._is_cut():
            return self.title
        ports = f"Src Port: {self.sport}, Dst Port: {self.dport}"
        seq = self.seq if self.relative_seq is None else self.relative_seq
        ack = self.ack if self.relative_ack is None else self.relative_ack
        length = "" if self.segment_length is None else f", Len: {self.segment_length}"
        return f"{self.title}, {ports}, Seq: {seq}, Ack: {ack}{length}"

    def check(self) -> Iterator[Problem]:
        """Yield wrong options, and an urgent pointer without its flag."""
        if self._is_cut():
            return
        yield from self.option_problems()
        yield from self._mss_problems()
        if self.checksum == 0xFFFF and self.checksum_state() is ChecksumState.GOOD:
            yield self.problem(
                "checksum", "is 0xffff, which RFC 1624 wants written as 0", "0x0000", "0xffff", "note",
                name="checksum.ffff",
            )  # fmt: skip
        if self.urgent_pointer and not self.urg:
            yield self.problem("urgent_pointer", "is set without the URG flag", "0", self.urgent_pointer, "note")
        if self.ack and not self.ack_flag:
            yield self.problem("ack", "is set without the ACK flag", "0", self.ack, "note")

    def _mss_problems(self) -> Iterator[Problem]:
        """Yield a maximum segment size that is missing in a SYN, or stands anywhere else (RFC 9293, section 3.7.1)."""
        options = self.options
        if any(bytes(option)[0] == MSS.number for option in options):
            if not self.syn:
                yield self.problem(
                    "options", "have an MSS without the SYN flag", severity="warning", name="options.mss.present"
                )
        elif options and self.syn:
            last = options[-1]
            readable = not isinstance(last, MalformedTCPOption)
            if readable and not (isinstance(last, EndOfTCPOptions) and any(last.padding)):
                yield self.problem("options", "of a SYN have no MSS", severity="warning", name="options.mss.absent")

    def protocol_column(self) -> str:
        # Without ports a list shows nothing but the network's protocol.
        is_there = self._body - self._start >= 4 or self._network() is None
        return self.short_name() if is_there else ""

    def stops_short(self) -> bool:
        """Whether bytes of the header are missing that are read: not behind a length that cannot be."""
        if self._is_cut():
            return not (self._body - self._start >= 16 and self.data_offset < 5)
        return self._body - self._start > self._fixed and self._acknowledges_nothing()

    def _acknowledges_nothing(self) -> bool:
        """Whether an option is a selective acknowledgment without a block, at which tshark stops."""
        return any(type(option) is SACK and len(option) == 2 for option in self.options)

    def cut_mark(self) -> str:
        if not self._is_cut():
            return "[Malformed Packet]"
        mark = super().cut_mark()
        last = self.options[-1:] if self._body - self._start > self._fixed else ()
        goes_on = any(len(option) > 1 and type(option) is not MalformedTCPOption for option in last)
        # An option that ends behind the segment is told from a segment that ends.
        long_mark = "[Malformed Packet: length of contained item exceeds length of containing item]"
        return long_mark if goes_on and not self._is_cut_by_capture(1) else mark

    def info(self) -> str:
        """Return ports, flags, numbers, window, length and options, and what is wrong with header and checksum."""
        there = self._body - self._start
        if there < 4:
            return ""
        text = f"{self.sport} → {self.dport}"
        if there < 16:
            return text
        flags = self.flags
        count = self.ecn_count
        if count is None:
            names = [name for bit, name in _LONG_NAMES if flags & bit]
        else:
            names = [name for bit, name in _LONG_NAMES if flags & bit and bit < TCPFlags.ECE] or [""]
            names.append(f"ACE={count}")
        if self.reserved:
            names.append("Reserved")
        relative, window = self.relative_seq, self.window_size
        seq = self.seq if relative is None else relative
        text += f" [{', '.join(names) or '<None>'}] Seq={seq}"
        if self.ack_flag:
            ack = self.learnt("relative_ack")
            text += f" Ack={self.ack if ack is None else ack}"
        text += f" Win={self.window if window is None else window}"
        if self.data_offset < 5:
            return f"{text}, bogus TCP header length ({4 * self.data_offset}, must be at least 20)"
        if there < 18:
            return text
        state = self.checksum_state(as_there=True)
        if state is ChecksumState.BAD:
            text += " [TCP CHECKSUM INCORRECT]"
        elif state is ChecksumState.GOOD and self.checksum == 0xFFFF:
            text += " [TCP CHECKSUM 0xFFFF]"
        if there < self._fixed:
            return text
        if self.urg:
            text += f" Urg={self.urgent_pointer}"
        length = self.segment_length
        if length is not None:
            text += f" Len={length}"
        base = self.learnt("other_base") or 0
        for option in self.options:
            try:
                said = option.info(base) if isinstance(option, TCPOption) else ""
            except FieldAbsentError:
                break
            text += f" {said}" if said else ""
        return text


_BEFORE_LENGTH = frozenset(
    {"sport", "dport", "seq", "relative_seq", "stream", "data_offset", "segment_length", "_wrong_length"}
)
"""What display filters see of a header whose length is less than 20 bytes."""
_LONG_NAMES = (
    (TCPFlags.FIN, "FIN"),
    (TCPFlags.SYN, "SYN"),
    (TCPFlags.RST, "RST"),
    (TCPFlags.PSH, "PSH"),
    (TCPFlags.ACK, "ACK"),
    (TCPFlags.URG, "URG"),
    (TCPFlags.ECE, "ECE"),
    (TCPFlags.CWR, "CWR"),
    (TCPFlags.AE, "AE"),
)
