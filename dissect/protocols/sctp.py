"""The Stream Control Transmission Protocol: messages of several streams at once, many chunks of them in a packet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Code,
    Coding,
    CRC32c,
    Entry,
    Header,
    LengthOf,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    StructList,
    code,
    derived,
    listing,
    octets,
    overlay,
    u8,
    u16,
    u32,
)
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.sctp_parameters import causes, parameters

__all__ = [
    "SCTP",
    "SCTPASCONF",
    "MalformedSCTPChunk",
    "SCTPASCONFAck",
    "SCTPAbort",
    "SCTPChunkPadding",
    "SCTPChunkType",
    "SCTPCookieAck",
    "SCTPCookieEcho",
    "SCTPData",
    "SCTPECNEcho",
    "SCTPError",
    "SCTPForwardTSN",
    "SCTPHeartbeat",
    "SCTPHeartbeatAck",
    "SCTPIData",
    "SCTPInit",
    "SCTPInitAck",
    "SCTPReconfiguration",
    "SCTPReduced",
    "SCTPSack",
    "SCTPShutdown",
    "SCTPShutdownAck",
    "SCTPShutdownComplete",
    "UnknownSCTPChunk",
]

_WORD = 4
"""Chunks begin at a multiple of so many bytes (RFC 9260, section 3.2)."""
_LEAST = {"tag": 1, "credit": 1500, "outbound": 1, "inbound": 1}
"""What a host has to tell at least as an association begins (RFC 9260, sections 3.3.2 and 6)."""


class SCTPChunkType(Code):
    """What a chunk is for (IANA, sctp-parameters)."""

    DATA = 0, "DATA"
    INIT = 1, "INIT"
    INIT_ACK = 2, "INIT_ACK"
    SACK = 3, "SACK"
    HEARTBEAT = 4, "HEARTBEAT"
    HEARTBEAT_ACK = 5, "HEARTBEAT_ACK"
    ABORT = 6, "ABORT"
    SHUTDOWN = 7, "SHUTDOWN"
    SHUTDOWN_ACK = 8, "SHUTDOWN_ACK"
    ERROR = 9, "ERROR"
    COOKIE_ECHO = 10, "COOKIE_ECHO"
    COOKIE_ACK = 11, "COOKIE_ACK"
    ECNE = 12, "ECNE"
    CWR = 13, "CWR"
    SHUTDOWN_COMPLETE = 14, "SHUTDOWN_COMPLETE"
    AUTH = 15, "AUTH"
    NR_SACK = 16, "NR_SACK"
    I_DATA = 64, "I_DATA"
    ASCONF_ACK = 128, "ASCONF_ACK"
    PACKET_DROPPED = 129, "PKTDROP"
    RE_CONFIG = 130, "RE_CONFIG"
    PADDING = 132, "PAD"
    FORWARD_TSN = 192, "FORWARD_TSN"
    ASCONF = 193, "ASCONF"
    I_FORWARD_TSN = 194, "I_FORWARD_TSN"
    IETF_EXTENSION = 255, "IETF_EXTENSION"


class SCTPChunk(Option, name="sctp", source="RFC 9260, section 3.2", family=True, tolerant=True, ends_early=True):
    """A type, flags and a length that counts itself; the upper two bits say what to do if the type is unknown."""

    type: Coding[SCTPChunkType] = code(8, SCTPChunkType, "chunk_type", factory=OptionKind(), title="Chunk type")
    flags: int = u8("chunk_flags", default=0, base=16, title="Chunk flags")
    length: int = u16("chunk_length", factory=OptionLength(), title="Chunk length")
    skips: bool = overlay(1, "chunk_bit_1", default=AUTOMATIC, over="type", title="Bit")
    reports: bool = overlay(1, "chunk_bit_2", default=AUTOMATIC, over="type", skip=1, title="Bit")

    def is_short(self) -> bool:
        """Whether the length goes on behind the end of the packet, or a field is not there."""
        return (self.reaches(self.field("length")) and self.length > len(self)) or super().is_short()

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that goes on behind the end of the packet, besides what is wrong with every option."""
        yield from super().problems()
        if not self.malformed and self.length > len(self):
            yield self.problem(
                f"has length {self.length}, of which {len(self)} bytes are there", name="chunk_length.bad"
            )


class UnknownSCTPChunk(SCTPChunk, unknown=True, title="Unknown chunk"):
    """A chunk of a type without a class here."""

    data: bytes = octets("chunk_value", default=b"", length="rest", title="Chunk value")


class MalformedSCTPChunk(SCTPChunk, malformed=True, title="Malformed"):
    """Bytes in the place of chunks that are none."""

    type: Coding[SCTPChunkType] = code(8, SCTPChunkType, "", factory=OptionKind(), title="Chunk type")
    flags: int = u8("", default=0, base=16, title="Chunk flags")
    length: int = u16("", factory=OptionLength(), title="Chunk length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class SCTPChunkPadding(Entry, name="sctp", title="Chunk padding"):
    """Zeros behind a chunk, which its length does not count."""

    data: bytes = octets("chunk_padding", default=b"", length="rest", kw_only=False, title="Chunk padding")


def _bit(label: str, bit: int, title: str) -> Any:
    return overlay(1, label, default=AUTOMATIC, over="flags", skip=7 - bit, title=title)


class SCTPData(SCTPChunk, number=0, title="DATA chunk", source="RFC 9260, section 3.3.1"):
    """A message of a stream, or a piece of one; `begins` and `ends` are both set where it is whole.

    >>> SCTPData(tsn=1, data=b"hello", begins=True, ends=True).flags
    3
    """

    tsn: int = u32("data_tsn_raw", default=0, title="Transmission sequence number (absolute)")
    stream: int = u16("data_sid", default=0, base=16, title="Stream identifier")
    stream_sequence: int = u16("data_ssn", default=0, title="Stream sequence number")
    protocol: int = u32("data_payload_proto_id", default=0, title="Payload protocol identifier")
    data: bytes = octets("", default=b"", length="rest", title="Data")
    immediate: bool = _bit("data_i_bit", 3, "I-Bit")
    unordered: bool = _bit("data_u_bit", 2, "U-Bit")
    begins: bool = _bit("data_b_bit", 1, "B-Bit")
    ends: bool = _bit("data_e_bit", 0, "E-Bit")


class SCTPIData(SCTPChunk, number=64, title="I_DATA chunk", source="RFC 8260, section 2.1"):
    """The same, where pieces of messages of several streams may stand between each other."""

    tsn: int = u32("data_tsn_raw", default=0, title="Transmission sequence number (absolute)")
    stream: int = u16("data_sid", default=0, base=16, title="Stream identifier")
    reserved: int = u16("data_reserved", default=0, title="Reserved")
    message_id: int = u32("data_mid", default=0, title="Message identifier")
    protocol: int = u32("", default=0, title="Payload protocol identifier, or number of the piece")

    @derived("data_payload_proto_id", title="Payload protocol identifier", over="protocol")
    def payload_protocol(self) -> int | None:
        """What the message is of; the first piece alone tells."""
        return self.protocol if self.begins else None

    @derived("data_fsn", title="Fragment sequence number", over="protocol")
    def piece(self) -> int | None:
        """Which piece of its message this is, from the second one on."""
        return None if self.begins else self.protocol

    data: bytes = octets("", default=b"", length="rest", title="Data")
    immediate: bool = _bit("data_i_bit", 3, "I-Bit")
    unordered: bool = _bit("data_u_bit", 2, "U-Bit")
    begins: bool = _bit("data_b_bit", 1, "B-Bit")
    ends: bool = _bit("data_e_bit", 0, "E-Bit")


class _SCTPBeginning(SCTPChunk):
    """What a host tells of itself as an association begins."""

    def problems(self) -> Iterator[Problem | str]:
        """Yield a tag, a window or a number of streams with which no association can be, besides what is usual."""
        yield from super().problems()
        for name, least in _LEAST.items():
            if self.reaches(self.field(name)) and (found := self.raw(name)) < least:
                yield f"has {name} {found}, expected at least {least}"


class SCTPInit(_SCTPBeginning, number=1, title="INIT chunk", source="RFC 9260, section 3.3.2"):
    """A host wants an association: the tag that packets to it have to bear, what it can take, its first number."""

    tag: int = u32("init_initiate_tag", default=1, base=16, also="initiate_tag", title="Initiate tag")
    credit: int = u32("init_credit", default=65535, title="Advertised receiver window credit (a_rwnd)")
    outbound: int = u16("init_nr_out_streams", default=1, title="Number of outbound streams")
    inbound: int = u16("init_nr_in_streams", default=1, title="Number of inbound streams")
    tsn: int = u32("init_initial_tsn", default=0, title="Initial TSN")
    parameters: Listing[Option | Entry] = parameters()


class SCTPInitAck(_SCTPBeginning, number=2, title="INIT_ACK chunk", source="RFC 9260, section 3.3.3"):
    """The answer, with a cookie that the other one has to send back."""

    tag: int = u32("initack_initiate_tag", default=1, base=16, also="initiate_tag", title="Initiate tag")
    credit: int = u32("initack_credit", default=65535, title="Advertised receiver window credit (a_rwnd)")
    outbound: int = u16("initack_nr_out_streams", default=1, title="Number of outbound streams")
    inbound: int = u16("initack_nr_in_streams", default=1, title="Number of inbound streams")
    tsn: int = u32("initack_initial_tsn", default=0, title="Initial TSN")
    parameters: Listing[Option | Entry] = parameters()


class SCTPGap(Entry, name="sctp", title="Gap Acknowledgement"):
    """Numbers that came behind a gap, from the first to the last, counted from the one that is acknowledged."""

    start: int = u16("sack_gap_block_start", default=1, kw_only=False, title="Start")
    end: int = u16("sack_gap_block_end", default=1, kw_only=False, title="End")


class SCTPSack(SCTPChunk, number=3, title="SACK chunk", source="RFC 9260, section 3.3.4"):
    """Which numbers arrived: all up to one, those behind gaps, and those that came twice."""

    tsn: int = u32("sack_cumulative_tsn_ack_raw", default=0, title="Cumulative TSN ACK (absolute)")
    credit: int = u32("sack_a_rwnd", default=65535, title="Advertised receiver window credit (a_rwnd)")
    gap_count: int = u16("sack_number_of_gap_blocks", factory=LengthOf(4), title="Number of gap acknowledgement blocks")
    duplicate_count: int = u16("sack_number_of_duplicated_tsns", factory=LengthOf(4), title="Number of duplicated TSNs")
    gaps: Listing[Any] = listing(
        StructList("!HH", "pairs of numbers up to 65535"), "", default=(), length="gap_count", title="Gaps"
    )
    duplicates: Listing[int] = listing(
        StructList("!I", "numbers of 32 bits"),
        "sack_duplicate_tsn",
        default=(),
        length="duplicate_count",
        title="Duplicate TSN",
    )
    nonce: bool = overlay(1, "sack_nounce_sum", default=AUTOMATIC, over="flags", skip=7, title="Nounce sum")


class SCTPHeartbeat(SCTPChunk, number=4, title="HEARTBEAT chunk", source="RFC 9260, section 3.3.5"):
    """The sender asks whether the other one is there, at this address."""

    parameters: Listing[Option | Entry] = parameters()


class SCTPHeartbeatAck(SCTPHeartbeat, number=5, title="HEARTBEAT_ACK chunk", source="RFC 9260, section 3.3.6"):
    """The answer, with what the question held."""


class SCTPAbort(SCTPChunk, number=6, title="ABORT chunk", source="RFC 9260, section 3.3.7"):
    """The association ends at once."""

    causes: Listing[Option | Entry] = causes()
    no_tag: bool = _bit("abort_t_bit", 0, "T-Bit")


class SCTPShutdown(SCTPChunk, number=7, title="SHUTDOWN chunk", source="RFC 9260, section 3.3.8"):
    """The sender has nothing more to send."""

    tsn: int = u32("shutdown_cumulative_tsn_ack", default=0, kw_only=False, title="Cumulative TSN Ack")


class SCTPShutdownAck(SCTPChunk, number=8, title="SHUTDOWN_ACK chunk", source="RFC 9260, section 3.3.9"):
    """Nor has the other one."""


class SCTPError(SCTPChunk, number=9, title="ERROR chunk", source="RFC 9260, section 3.3.10"):
    """Something was wrong with what came."""

    causes: Listing[Option | Entry] = causes()


class SCTPCookieEcho(SCTPChunk, number=10, title="COOKIE_ECHO chunk", source="RFC 9260, section 3.3.11"):
    """The cookie comes back, and the association is there."""

    cookie: bytes = octets("cookie", default=b"", length="rest", kw_only=False, title="Cookie")


class SCTPCookieAck(SCTPChunk, number=11, title="COOKIE_ACK chunk", source="RFC 9260, section 3.3.12"):
    """The cookie arrived."""


class SCTPECNEcho(SCTPChunk, number=12, title="ECNE chunk", source="RFC 9260, appendix B"):
    """A packet was marked on its way, for there was much traffic."""

    tsn: int = u32("ecne_lowest_tsn", default=0, kw_only=False, title="Lowest TSN")


class SCTPReduced(SCTPChunk, number=13, title="CWR chunk", source="RFC 9260, appendix B"):
    """The sender sends less now."""

    tsn: int = u32("cwr_lowest_tsn", default=0, kw_only=False, title="Lowest TSN")


class SCTPShutdownComplete(SCTPChunk, number=14, title="SHUTDOWN_COMPLETE chunk", source="RFC 9260, section 3.3.13"):
    """The association is over."""

    no_tag: bool = _bit("shutdown_complete_t_bit", 0, "T-Bit")


class SCTPASCONFAck(SCTPChunk, number=128, title="ASCONF_ACK chunk", source="RFC 5061, section 4.1.2"):
    """Which changes of addresses were made."""

    sequence: int = u32("", default=0, title="Sequence number")
    parameters: Listing[Option | Entry] = parameters()


class SCTPReconfiguration(SCTPChunk, number=130, title="RE_CONFIG chunk", source="RFC 6525, section 3.1"):
    """Streams are to begin anew, or more of them are wanted."""

    parameters: Listing[Option | Entry] = parameters()


class SCTPForwardTSN(SCTPChunk, number=192, title="FORWARD_TSN chunk", source="RFC 3758, section 3.2"):
    """Data up to a number were given up, and with them messages of these streams, each with its last number."""

    tsn: int = u32("forward_tsn_tsn", default=0, title="New cumulative TSN")
    streams: Listing[Any] = listing(
        StructList("!HH", "pairs of stream and number"), "", default=(), length="rest", title="Streams"
    )


class SCTPASCONF(SCTPChunk, number=193, title="ASCONF chunk", source="RFC 5061, section 4.1.1"):
    """The sender wants to change its addresses."""

    sequence: int = u32("", default=0, title="Sequence number")
    parameters: Listing[Option | Entry] = parameters()


_ALONE = (SCTPChunkType.INIT, SCTPChunkType.INIT_ACK, SCTPChunkType.SHUTDOWN_COMPLETE)
"""Chunks that no other may stand beside (RFC 9260, section 4.3)."""


class SCTP(
    Header,
    name="sctp",
    title="Stream Control Transmission Protocol",
    source="RFC 9260, section 3",
    over={IPv4: IPProtocol.SCTP},
    leaf=True,
):
    """Ports, the tag that the receiver chose, a checksum, and chunks, each filled up to a whole word.

    >>> packet = SCTP(sport=5000, dport=6000, tag=7, chunks=[SCTPData(data=b"hello", begins=True, ends=True)])
    >>> len(bytes(packet)), hex(packet.checksum), packet.info()
    (36, '0x14086f1d', 'DATA ')
    """

    sport: int = u16("srcport", default=0, also="port", title="Source port")
    dport: int = u16("dstport", default=0, also="port", title="Destination port")
    tag: int = u32("verification_tag", default=0, base=16, title="Verification tag")
    checksum: int = u32("checksum", factory=CRC32c(), base=16, title="Checksum")
    chunks: Listing[Option | Entry] = listing(
        OptionList(SCTPChunk, clipped=True, padded=_WORD, padding=SCTPChunkPadding),
        "",
        default=(),
        length="rest",
        title="Chunks",
    )

    def check(self) -> Iterator[Problem]:
        """Yield a port of 0, wrong chunks, those that may not stand beside others, and a tag where there is none."""
        if self.is_cut:
            return
        for name in ("sport", "dport"):
            if not self.raw(name):
                yield self.problem(name, "is 0", "1 to 65535", 0)
        yield from self.option_problems()
        types = [int(chunk.raw("type")) for chunk in self.chunks if isinstance(chunk, SCTPChunk)]
        if len(types) > 1 and any(kind in _ALONE for kind in types):
            yield self.problem("chunks", "hold one that has to stand alone", "1 chunk", f"{len(types)} chunks")
        if SCTPChunkType.INIT in types and self.tag:
            yield self.problem("tag", "is not 0 although an association only begins", 0, f"{self.tag:#x}")

    def is_numbered(self, chunk: Any) -> bool:
        """Whether a chunk of data, or an acknowledgment, tells its number: the capture has cut nothing of it."""
        told = chunk.reaches(chunk.field("tsn"))
        return bool(told and not (self.bytes_left_out and chunk.length > len(chunk)))

    def headline(self) -> str:
        return f"{self.title}, Src Port: {self.sport} ({self.sport}), Dst Port: {self.dport} ({self.dport})"

    def info(self) -> str:
        """Return the kinds of chunks."""
        chunks = [chunk for chunk in self.chunks if isinstance(chunk, SCTPChunk) and not chunk.malformed]
        return "".join(f"{chunk.type.title if chunk.type.known else 'RESERVED'} " for chunk in chunks)
