"""The Transmission Control Protocol."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import (
    AUTOMATIC,
    Checksum,
    ChecksumState,
    Flagging,
    Flags,
    Header,
    HeaderLength,
    Listing,
    Option,
    OptionList,
    Ports,
    Problem,
    bits,
    derived,
    flag_set,
    listing,
    overlay,
    u16,
    u32,
)
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.tcp_options import MSS, EndOfTCPOptions, MalformedTCPOption, TCPOption

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
    carries_stream=True,
):
    """Ports, sequence and acknowledgment numbers, flags, window, and options of up to 40 bytes."""

    sport: int = u16("srcport", default=0, also="port", title="Source Port", kept=True)
    dport: int = u16("dstport", factory=Ports("sport", "tcp.port"), also="port", title="Destination Port", kept=True)
    seq: int = u32("seq_raw", default=0, title="Sequence Number (raw)", kept=True)
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
    flags: Flagging[TCPFlags] = flag_set(9, TCPFlags, "flags", default=0, size=16, title="Flags", kept=True)
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

    @derived("len", title="TCP Segment Len", counts_payload=True)
    def segment_length(self) -> int | None:
        """The bytes of data that the segment has on the wire; None where nobody knows.

        That is so in a fragment, in what an ICMP error quotes, and where the header is longer than the segment.
        """
        network = self.network_header
        if self.is_quoted or (network is not None and network.is_fragment):
            return None
        length = self.wire_length - 4 * self.data_offset
        return length if length >= 0 else None

    def headline(self) -> str:
        length = "" if self.segment_length is None else f", Len: {self.segment_length}"
        return f"{self.title}, Src Port: {self.sport}, Dst Port: {self.dport}, Seq: {self.seq}, Ack: {self.ack}{length}"

    def check(self) -> Iterator[Problem]:
        """Yield wrong options, and an urgent pointer without its flag."""
        if self.is_cut:
            if self.own_size > self.least_size and self.data_offset >= 5:
                yield from self._misplaced_mss()
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

    def _misplaced_mss(self) -> Iterator[Problem]:
        has_one = any(
            option.raw("kind") == MSS.number and not option.malformed and len(option) > 1 for option in self.options
        )
        if has_one and not self.syn:
            yield self.problem(
                "options", "have an MSS without the SYN flag", severity="warning", name="options.mss.present"
            )

    def _mss_problems(self) -> Iterator[Problem]:
        """Yield a maximum segment size that is missing in a SYN, or stands anywhere else (RFC 9293, section 3.7.1)."""
        options = self.options
        if any(option.raw("kind") == MSS.number and not option.malformed for option in options):
            yield from self._misplaced_mss()
        elif options and self.syn:
            last = options[-1]
            readable = not isinstance(last, MalformedTCPOption)
            if readable and not (isinstance(last, EndOfTCPOptions) and any(last.padding)):
                yield self.problem("options", "of a SYN have no MSS", severity="warning", name="options.mss.absent")

    def info(self) -> str:
        """Return ports, flags, numbers, window and the length of the data."""
        ack = f" Ack={self.ack}" if self.ack_flag else ""
        flags = ", ".join(flag.name or "" for flag in TCPFlags if self.flags & flag)
        length = "" if self.segment_length is None else f" Len={self.segment_length}"
        return f"{self.sport} → {self.dport} [{flags or '<None>'}] Seq={self.seq}{ack} Win={self.window}{length}"
