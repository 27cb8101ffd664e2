"""TCP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from dissect.declaration.checksum import ChecksumState
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP, TCPFlags
from dissect.protocols.tcp_options import MULTIPATH, TCPOption
from dissect.wireshark.field_types import BOOLEAN, BYTES, INT32, STRING, UINT8, UINT16, UINT32
from dissect.wireshark.notices import CHECKSUM, MALFORMED, PROTOCOL, SEQUENCE
from dissect.wireshark.seen import Needs, Stop
from dissect.wireshark.sight import CONTAINED, REASSEMBLY_ERROR, sight_of
from dissect.wireshark.sight_fields import computed, learnt, mark, noted
from dissect.wireshark.tcp_analysis import TCPAnalysisSight, ends_in_options, options_of
from dissect.wireshark.tcp_messages import MessagesSight
from dissect.wireshark.tcp_sack import SelectiveSight

__all__ = ["TCPSight", "flag_names"]

_JOINED = "\0"
"""Stands in front of a word that no space goes in front of."""
_HEAD = 2
"""The bytes of an option's kind and length."""
_SHORT_SEGMENT = (
    "Short segment. Segment/fragment does not contain a full TCP header (might be NMAP or someone else deliberately "
    "sending unusual packets)"
)
_USELESS_ACK = "The acknowledgment number field is nonzero while the ACK flag is not set"
_USELESS_POINTER = "The urgent pointer field is nonzero while the URG flag is not set"
_NO_OPERATIONS = "4 NOP in a row - a router may have removed some options"


def _counts_ecn(segment: TCP) -> bool:
    """Whether AE, CWR and ECE are a number: in a connection with Accurate ECN (RFC 9768, section 3.1.1)."""
    return bool(segment.learnt("counts_ecn") and not segment.syn)


def _is_quoted_by_icmp(segment: TCP) -> bool:
    return segment.is_quoted and isinstance(segment.network_header, IPv4)


class TCPSight(MessagesSight, TCPAnalysisSight, SelectiveSight, of=TCP):
    """Ports or nothing, then all up to the window at once, and nothing behind a header length that cannot be."""

    titles = {"tcp.port": "Source or Destination Port"}
    holders = {"tcp.flags.": 12}

    order = tuple(
        """
        srcport dstport port stream completeness len seq seq_raw nxtseq ack ack_raw hdr_len flags
        window_size_value window_size window_size_scalefactor checksum checksum.status checksum_calculated
        urgent_pointer options Timestamps analysis payload reset_cause pdu.size segment_data reassembled_in segments
        """.split()
    )
    groups = {"Timestamps": ("time_relative", "time_delta")}
    reads = (
        ("sport", "dport", "relative_seq"),
        Needs(16),
        ("seq", "stream", "completeness", "data_offset", "segment_length", "wrong_length"),
        Stop(lambda segment: segment.data_offset < 5),
        ("urgent_pointer", "time_relative", "time_delta"),
    )
    hides = {
        # A segment that an ICMP error quotes belongs to no stream for display filters; one in ICMPv6 does.
        "seq": _is_quoted_by_icmp,
        "relative_seq": lambda segment: segment.own_size < 16 and segment.is_quoted and not _is_quoted_by_icmp(segment),
        "ae": _counts_ecn,
        "cwr": _counts_ecn,
        "ece": _counts_ecn,
        # The flags are a number of 12 bits, and the reserved bits a truth value.
        "flags": lambda segment: segment.reserved,
        "reserved": lambda segment: segment.reserved,
    }
    types = {"tcp.flags.res": BOOLEAN}
    truths = {"tcp.flags.": ("Set", "Not set")}

    wrong_length = mark(
        "bogus_header_length",
        "Bogus TCP Header length",
        words=lambda segment: f"Bogus TCP header length ({4 * segment.data_offset}, must be at least 20)",
        about="data_offset",
    )
    all_ones = mark(
        "checksum.ffff",
        "TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)",
        "Warning",
        group=CHECKSUM,
        about="checksum",
    )

    @noted("nop", _NO_OPERATIONS, "Warning", PROTOCOL, about="options")
    def no_operations(self, header: TCP) -> str | None:
        """Four options in a row mean nothing, where something may have stood."""
        return _NO_OPERATIONS if b"\1\1\1\1" in _kinds(header) else None

    mss_absent = mark("options.mss.absent", "The SYN packet does not contain a MSS option", "Note", about="options")
    mss_present = mark(
        "options.mss.present", "The non-SYN packet does contain a MSS option", "Warning", about="options"
    )

    @noted("short_segment", "Short segment", "Warning", MALFORMED, about="ack")
    def short_header(self, header: TCP) -> str | None:
        """The options are said to go on behind the end of the packet, and nobody cut it."""
        is_short = header.is_cut and not header.is_cut_by_capture(1)
        return _SHORT_SEGMENT if is_short else None

    @noted("ack.nonzero", _USELESS_ACK, "Note", PROTOCOL, about="ack")
    def useless_ack(self, header: TCP) -> str | None:
        """There is an acknowledgment number that the flags say nothing of."""
        is_useless = header.ack and not header.ack_flag
        return _USELESS_ACK if is_useless else None

    @noted("connection.rst", "Connection reset (RST)", "Warning", SEQUENCE, about="flags.reset")
    def resetting(self, header: TCP) -> str | None:
        """The segment resets the connection."""
        return "Connection reset (RST)" if header.rst else None

    @noted("connection.syn", "Connection establish request (SYN)", "Chat", SEQUENCE, about="flags.syn")
    def opening(self, header: TCP) -> str | None:
        """The segment asks for a connection."""
        is_first = header.syn and not header.ack_flag
        return f"Connection establish request (SYN): server port {header.dport}" if is_first else None

    @noted("connection.synack", "Connection establish acknowledge (SYN+ACK)", "Chat", SEQUENCE, about="flags.syn")
    def accepting(self, header: TCP) -> str | None:
        """The segment accepts a connection."""
        is_second = header.syn and header.ack_flag
        return f"Connection establish acknowledge (SYN+ACK): server port {header.sport}" if is_second else None

    @noted("connection.fin", "Connection finish (FIN)", "Chat", SEQUENCE, about="flags.fin")
    def finishing(self, header: TCP) -> str | None:
        """The segment ends what its sender sends."""
        return "Connection finish (FIN)" if header.fin else None

    @noted(
        "connection.fin_active",
        "This frame initiates the connection closing",
        "Note",
        SEQUENCE,
        about="flags.str",
        is_learnt=True,
        only_with=("closes_first",),
    )
    def closing_first(self, header: TCP) -> str | None:
        """The segment ends a connection that the other side has not ended before."""
        is_first = header.fin and header.learnt("closes_first") is True
        return "This frame initiates the connection closing" if is_first else None

    @noted(
        "connection.fin_passive",
        "This frame undergoes the connection closing",
        "Note",
        SEQUENCE,
        about="flags.str",
        is_learnt=True,
        only_with=("closes_first",),
    )
    def closing_second(self, header: TCP) -> str | None:
        """The segment ends a connection that the other side has ended before."""
        is_second = header.fin and header.learnt("closes_first") is False
        return "This frame undergoes the connection closing" if is_second else None

    @noted("urgent_pointer.non_zero", _USELESS_POINTER, "Note", PROTOCOL, about="urgent_pointer")
    def useless_pointer(self, header: TCP) -> str | None:
        """There is an urgent pointer that the flags say nothing of."""
        is_useless = header.urgent_pointer and not header.urg
        return _USELESS_POINTER if is_useless else None

    @computed("payload", BYTES, title="TCP payload")
    def payload_bytes(self, header: TCP) -> bytes | None:
        """The data that the segment carries; None where there are none, and in a reset, where they are its reason."""
        return None if header.rst else header.parts()[1] or None

    @computed("reset_cause", STRING, title="Reset cause")
    def reset_cause(self, header: TCP) -> str | None:
        """The data of a reset, which may tell its reason (RFC 1122, section 4.2.2.12)."""
        text: bytes = header.parts()[1] if header.rst else b""
        return text.decode("ascii", "replace") if text else None

    @computed("flags.str", STRING, within="flags", title="TCP Flags")
    def flag_letters(self, header: TCP) -> str:
        """The flags as twelve places, a dot for each that is not set."""
        number = header.reserved << 9 | header.raw("flags")
        letters = "".join(letter if 0x800 >> place & number else "·" for place, letter in enumerate("RRRACEUAPRSF"))
        return f"{letters[:3]}-{_ecn_count(header)}-{letters[6:]}" if _counts_ecn(header) else letters

    @computed("flags.ace", UINT8, within="flags", title="ACE", is_learnt=True, only_with=("counts_ecn",))
    def ecn_count(self, header: TCP) -> int | None:
        """AE, CWR and ECE as the number that they are in a connection with Accurate ECN (RFC 9768, section 3.1.1)."""
        return _ecn_count(header) if _counts_ecn(header) else None

    stream = learnt(
        "stream",
        UINT32,
        "Stream index",
        doc="Which connection of the capture this belongs to, counted from 0 in the order in which they begin",
    )
    relative_seq = learnt(
        "seq",
        UINT32,
        "Sequence Number",
        doc="The sequence number, counted from that of the connection's first segment in this direction",
    )

    @computed("ack", UINT32, title="Acknowledgment Number", is_learnt=True, fact="relative_ack")
    def relative_ack(self, header: TCP) -> int | None:
        """The acknowledgment number, counted from the first sequence number of the other direction."""
        return header.learnt("relative_ack") if header.data_offset >= 5 else None

    next_seq = learnt(
        "nxtseq",
        UINT32,
        "Next Sequence Number",
        doc="The relative sequence number of the segment behind this one",
    )
    window_size = learnt(
        "window_size", UINT32, "Calculated window size", doc="The window in bytes, scaled as the handshake says"
    )
    window_factor = learnt(
        "window_size_scalefactor",
        INT32,
        "Window size scaling factor",
        doc="What windows are multiplied by; -1 where no handshake was seen, -2 where it says nothing about it",
    )

    @computed(
        "flags",
        UINT16,
        width=12,
        size=16,
        base=16,
        over="flags",
        when_set="reserved",
        title="Flags with reserved bits",
    )
    def all_flags(self, header: TCP) -> int | None:
        """The flags as tshark has them where reserved bits are set: as lower bits of one number of 12."""
        return header.reserved << 9 | int(header.flags) if header.reserved else None

    @computed("flags.res", BOOLEAN, over="reserved", when_set="reserved", title="Reserved")
    def reserved_mark(self, header: TCP) -> int | None:
        """1 where reserved bits are set."""
        return 1 if header.reserved else None

    def protocol(self, header: TCP) -> str:
        """Return the protocol's name, which options of Multipath TCP change unless a message goes on in others."""
        name = super().protocol(header)
        if header.learnt("is_segment"):
            return name
        return "MPTCP" if name and _has_several_paths(header) else name

    def path(self, header: TCP) -> tuple[str, ...]:
        """Return the protocol's name, and that of Multipath TCP where there are options of it."""
        return (header.name, "mptcp") if _has_several_paths(header) else (header.name,)

    def headline(self, header: TCP) -> str:
        """Return ports, relative numbers where they are known, and the length of the data."""
        if header.is_cut:
            return header.title
        seq = _known(header, "relative_seq", header.seq)
        ack = _known(header, "relative_ack", header.ack) if header.data_offset >= 5 else header.ack
        length = "" if header.segment_length is None else f", Len: {header.segment_length}"
        acknowledged = f", Ack: {ack}" if header.flags & TCPFlags.ACK else ""
        return f"{header.title}, Src Port: {header.sport}, Dst Port: {header.dport}, Seq: {seq}{acknowledged}{length}"

    def stops_short(self, header: TCP) -> bool:
        """Whether bytes of the header are missing that are read: not behind a length that cannot be.

        So it is where a segment contradicts what was put together before.
        """
        if header.learnt("reassembly_error"):
            return True
        if header.is_cut:
            ends_before = any(_has_no_length(option) for option in options_of(header)[-1:])
            return not (header.own_size >= 16 and header.data_offset < 5) and not ends_before
        return ends_in_options(header)

    def is_counted(self, header: TCP) -> bool:
        """Whether statistics count the header: that it contradicts others is found out behind it."""
        return bool(header.learnt("reassembly_error")) or super().is_counted(header)

    def cut_mark(self, header: TCP) -> str:
        """Return what ends early; an option that ends behind the segment is told from a segment that ends."""
        error = header.learnt("reassembly_error")
        if error:
            return f"{REASSEMBLY_ERROR}{self.short_name(header)}: {error}]"
        if not header.is_cut:
            return "[Malformed Packet]"
        goes_on = any(_goes_on(option) for option in options_of(header)[-1:])
        return CONTAINED if goes_on and not header.is_cut_by_capture(1) else super().cut_mark(header)

    def words(self, header: TCP) -> Iterator[str]:
        """Yield ports, flags, numbers, window, length and options, and what is wrong with header and checksum."""
        yield f"{header.sport} → {header.dport}"
        if header.own_size < 16:
            return
        yield f"[{flag_names(int(header.flags), _counts_ecn(header), header.reserved != 0)}]"
        yield f"Seq={_known(header, 'relative_seq', header.seq)}"
        if header.ack_flag:
            yield f"Ack={_known(header, 'relative_ack', header.ack)}"
        window = f"Win={_known(header, 'window_size', header.window)}"
        if header.data_offset < 5:
            yield f"{window}, bogus TCP header length ({4 * header.data_offset}, must be at least 20)"
            return
        yield window
        checksum, state = header.checksum, header.checksum_state(as_there=True)
        if state is ChecksumState.BAD:
            yield "[TCP CHECKSUM INCORRECT]"
        elif state is ChecksumState.GOOD and checksum == 0xFFFF:
            yield "[TCP CHECKSUM 0xFFFF]"
        pointer = header.urgent_pointer
        if header.urg:
            yield f"Urg={pointer}"
        length = header.segment_length
        if length is not None:
            yield f"Len={length}"
        base = header.learnt("other_base") or 0
        for option in header.options:
            if sight_of(option).ends_list(option):
                return
            words = option.info(base) if isinstance(option, TCPOption) else ""
            # The name of an authentication stands right behind what is in front of it.
            yield _JOINED + words if words == "TCP AO" else words
        if header.learnt("is_segment"):
            yield "[TCP segment of a reassembled PDU]"

    def fence(self, header: TCP) -> str:
        """Return the marks of the analysis."""
        return self.marks_text(header)

    def last_word(self, header: TCP) -> str:
        """Return that the segments of a message contradict each other."""
        return f"{self.marks_text(header)}[Illegal Segments]" if header.learnt("segment_conflicts") else ""

    def info(self, header: TCP) -> str:
        """Return the last column; of a segment that begins a message, what that begins with."""
        announced = header.learnt("announced")
        if announced is not None:
            return f"{self.marks_text(header)}{announced} [TCP segment of a reassembled PDU]"
        return super().info(header).replace(f" {_JOINED}", "")


def _known(segment: TCP, fact: str, plain: int) -> int:
    """Return what other frames tell, or what the segment says itself."""
    found: int | None = segment.learnt(fact)
    return plain if found is None else found


def _ecn_count(segment: TCP) -> int:
    return int(segment.flags) >> 6 & 7


@cache
def flag_names(flags: int, is_counting: bool = False, has_reserved: bool = False) -> str:
    """Return the names of the flags, with a number for those that are one, and with the reserved bits."""
    names = [flag.name or "" for flag in TCPFlags if flags & flag]
    if is_counting:
        names = [name for name in names if name not in ("AE", "CWR", "ECE")] or [""]
        names.append(f"ACE={flags >> 6 & 7}")
    if has_reserved:
        names.append("Reserved")
    return ", ".join(names) or "<None>"


def _goes_on(option: TCPOption) -> bool:
    """Whether the option says that it goes on behind what is there of it."""
    data = bytes(option)
    return len(data) > 1 and not option.malformed and data[1] > len(data)


def _has_no_length(option: TCPOption) -> bool:
    """Whether reading ends at the option, whose length is none."""
    return option.malformed and len(option) > 1 and bytes(option)[1] < _HEAD


def _kinds(segment: TCP) -> bytes:
    """Return the kinds of the options, a byte each."""
    return bytes(option.raw("kind") for option in options_of(segment))


def _has_several_paths(segment: TCP) -> bool:
    """Whether there is an option of Multipath TCP."""
    return any(option.kind == MULTIPATH for option in options_of(segment))
