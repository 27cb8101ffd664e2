"""The option of Multipath TCP (RFC 8684), which runs one connection over several paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Code,
    Coding,
    Integer,
    Listing,
    OptionLength,
    OptionSubtype,
    Problem,
    StructList,
    bits,
    code,
    derived,
    flag,
    ipv4,
    ipv6,
    listing,
    octets,
    overlay,
    u8,
    u16,
    u32,
    u64,
)
from dissect.protocols.tcp_options import MULTIPATH, TCPOption

__all__ = [
    "MultipathAddAddress",
    "MultipathCapable",
    "MultipathDataSignal",
    "MultipathFail",
    "MultipathFastClose",
    "MultipathJoin",
    "MultipathOption",
    "MultipathPriority",
    "MultipathRemoveAddress",
    "MultipathReset",
    "MultipathSubtype",
    "ResetReason",
]


class MultipathSubtype(Code):
    """What a Multipath TCP option is about (IANA, mptcp-option-subtypes)."""

    CAPABLE = 0, "Multipath Capable"
    JOIN = 1, "Join Connection"
    DATA_SIGNAL = 2, "Data Sequence Signal"
    ADD_ADDRESS = 3, "Add Address"
    REMOVE_ADDRESS = 4, "Remove Address"
    PRIORITY = 5, "Change Subflow Priority"
    FAIL = 6, "TCP Fallback"
    FAST_CLOSE = 7, "Fast Close"
    RESET = 8, "TCP Reset"


class ResetReason(Code):
    """Why a subflow is reset (RFC 8684, section 3.6)."""

    UNSPECIFIED = 0, "Unspecified error"
    MULTIPATH = 1, "MPTCP specific error"
    RESOURCES = 2, "Lack of resources"
    PROHIBITED = 3, "Administratively prohibited"
    OUTSTANDING = 4, "Too much outstanding data"
    PERFORMANCE = 5, "Unacceptable performance"
    MIDDLEBOX = 6, "Middlebox interference"


_BIT = Integer()


def _length() -> Any:
    return u8("option_len", factory=OptionLength(), title="Length")


def _subtype() -> Any:
    return code(4, MultipathSubtype, "options.mptcp.subtype", factory=OptionSubtype(other=15), title="Subtype")


def _rest() -> Any:
    return octets("", default=b"", length="rest", title="What no option of this subtype has")


def _has_length(*lengths: int) -> Callable[[Any], bool]:
    """Return what says that a field is there in options of these lengths, which tell the forms of an option apart."""
    return lambda option: option.length in lengths


class MultipathOption(TCPOption, number=MULTIPATH, branch="options.mptcp", title="Multipath TCP", source="RFC 8684"):
    """An option of Multipath TCP whose subtype has no class here."""

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    low_bits: int = bits(4, "", default=0, title="Low bits")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class _Form(TCPOption, branch="options.mptcp", title="Multipath TCP", tolerant=True):
    """An option of a known subtype; Wireshark shows what is there of one that has another length."""

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that no option of this subtype, with these flags, has."""
        yield from super().problems()
        form: Any = self
        if not self.is_filled() or (self.declares("rest") and form.rest):
            yield f"of Multipath TCP has {len(self)} bytes, which none of its subtype with its flags has"


class MultipathCapable(_Form, number=MULTIPATH, subtype=0, source="RFC 8684, section 3.1"):
    """Both sides speak Multipath TCP: the keys of a connection, and the length of its first data.

    >>> MultipathCapable(sender_key=1, receiver_key=2).length
    20
    """

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    version: int = bits(4, "options.mptcp.version", default=1, title="Version")
    flags: int = u8("options.mptcp.flags", default=0x01, base=16, title="Flags")
    sender_key: int | None = u64(
        "options.mptcp.sendkey", default=0, when=_has_length(12, 20, 22, 24), title="Sender's Key"
    )
    receiver_key: int | None = u64(
        "options.mptcp.recvkey", default=0, when=_has_length(20, 22, 24), title="Receiver's Key"
    )
    data_length: int | None = u16(
        "options.mptcp.datalvllen", default=0, when=_has_length(22, 24), title="Data-level Length"
    )
    data_checksum: int | None = u16(
        "options.mptcp.checksum", default=0, base=16, when=_has_length(24), title="Checksum"
    )
    rest: bytes = _rest()
    wants_checksums: int = overlay(
        1, "options.mptcp.checksumreq.flags", default=AUTOMATIC, kind=_BIT, over="flags", title="Checksum required"
    )
    extends: int = overlay(
        1, "options.mptcp.extensibility.flag", default=AUTOMATIC, kind=_BIT, over="flags", skip=1, title="Extensibility"
    )

    @derived("options.mptcp.nomoresubflows.flag", width=8, over="flags", title="No more subflows")
    def no_more_subflows(self) -> int | None:
        """1 where no subflows are to be made to this address and port; since version 1."""
        return self.flags >> 5 & 1 if self.version == 1 else None

    @derived("options.mptcp.sha1.flag", width=8, over="flags", title="Use HMAC-SHA1")
    def uses_sha1(self) -> int | None:
        """1 where keys are hashed with SHA-1, as in version 0."""
        return self.flags & 1 if self.version != 1 else None


class MultipathJoin(_Form, number=MULTIPATH, subtype=1, source="RFC 8684, section 3.2"):
    """A further subflow joins a connection; the length tells which segment of its handshake this is.

    The first has a token and a random number, the second a truncated digest and a random number, the third a digest.
    """

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    low_bits: int = bits(4, "", default=0, title="Reserved, and backup")
    address_id: int = u8("", default=0, title="Address ID")
    receiver_token: int | None = u32("options.mptcp.recvtok", default=0, when=_has_length(12), title="Receiver's Token")
    truncated_digest: int | None = u64(
        "options.mptcp.sendtrunchmac", default=0, when=_has_length(16), title="Sender's Truncated HMAC"
    )
    random_number: int | None = u32(
        "options.mptcp.sendrand", default=0, when=_has_length(12, 16), title="Sender's Random Number"
    )
    digest: bytes | None = octets(
        "options.mptcp.sendhmac", size=20, default=b"", when=_has_length(24), title="Sender's HMAC"
    )
    rest: bytes = _rest()

    @derived("options.mptcp.flags", width=8, base=16, title="Flags")
    def flags(self) -> int | None:
        """The byte of subtype and flags, as Wireshark has it; None in the third segment."""
        return 0x10 | self.low_bits if len(self) in (12, 16) else None

    @derived("options.mptcp.backup.flag", width=8, title="Backup flag")
    def is_backup(self) -> int | None:
        """1 where the subflow is to be used only if others fail."""
        return self.low_bits & 1 if len(self) in (12, 16) else None

    @derived("options.mptcp.reserved", width=12, size=16, base=16, title="Reserved")
    def reserved(self) -> int | None:
        """The bits that mean nothing in the third segment."""
        return self.low_bits << 8 | self.address_id if len(self) == 24 else None

    @derived("options.mptcp.addrid", width=8, title="Address ID")
    def joined_address_id(self) -> int | None:
        """The number of the address that the subflow comes from; None in the third segment."""
        return self.address_id if len(self) in (12, 16) else None


class MultipathDataSignal(_Form, number=MULTIPATH, subtype=2, source="RFC 8684, section 3.3"):
    """Which data of the connection the segment carries and acknowledges, in numbers of 4 or 8 bytes.

    >>> MultipathDataSignal(ack_4=7)
    MultipathDataSignal(has_ack=1, ack_4=7, checksum=None)
    """

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    reserved: int = bits(7, "", default=0, title="Reserved")
    data_fin: int = bits(1, "options.mptcp.datafin.flag", default=0, title="DATA_FIN")
    long_sequence: int = bits(1, "options.mptcp.dseqn8.flag", default=0, title="Data Sequence Number is 8 octets")
    has_mapping: int = bits(1, "options.mptcp.dseqnpresent.flag", default=0, title="Data Sequence Number is present")
    long_ack: int = bits(1, "options.mptcp.dataack8.flag", default=0, title="Data ACK is 8 octets")
    has_ack: int = bits(1, "options.mptcp.dataackpresent.flag", default=0, title="Data ACK is present")
    ack_4: int | None = u32(
        "options.mptcp.rawdataack", default=0, when={"has_ack": 1, "long_ack": 0}, title="Original MPTCP Data ACK"
    )
    ack_8: int | None = u64(
        "options.mptcp.rawdataack", default=0, when={"has_ack": 1, "long_ack": 1}, title="Original MPTCP Data ACK"
    )
    sequence_4: int | None = u32(
        "options.mptcp.rawdataseqno",
        default=0,
        when={"has_mapping": 1, "long_sequence": 0},
        title="Data Sequence Number",
    )
    sequence_8: int | None = u64(
        "options.mptcp.rawdataseqno",
        default=0,
        when={"has_mapping": 1, "long_sequence": 1},
        title="Data Sequence Number",
    )
    subflow_sequence: int | None = u32(
        "options.mptcp.subflowseqno", default=0, when="has_mapping", title="Subflow Sequence Number"
    )
    data_length: int | None = u16("options.mptcp.datalvllen", default=0, when="has_mapping", title="Data-level Length")
    checksum: int | None = u16("", default=0, base=16, when=lambda signal: signal.has_checksum, title="Checksum")
    rest: bytes = _rest()

    @derived("options.mptcp.flags", width=8, base=16, title="Flags")
    def flags(self) -> int | None:
        """The byte of all flags."""
        return bytes(self)[3] if len(self) > 3 else None

    @property
    def data_ack(self) -> int | None:
        """The number of the first byte of the connection that has not arrived."""
        return self.ack_8 if self.long_ack else self.ack_4

    @property
    def data_sequence(self) -> int | None:
        """The number in the connection of the segment's first byte; `subflow_sequence` counts it in the subflow."""
        return self.sequence_8 if self.long_sequence else self.sequence_4

    @property
    def has_checksum(self) -> bool:
        """Whether the option is as long as one with a checksum, which both sides may have agreed to leave out."""
        numbers = 4 * (self.has_ack * (1 + self.long_ack) + 1 + self.long_sequence)
        return bool(self.has_mapping) and self.length == 12 + numbers


class MultipathAddAddress(_Form, number=MULTIPATH, subtype=3, source="RFC 8684, section 3.4.1"):
    """A further address of the sender, to which subflows may be made; the length tells what there is of it.

    >>> MultipathAddAddress(ipv6="2001:db8::1", port=80).length
    22
    """

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    low_bits: int = bits(4, "", default=0, title="Reserved, and echo")
    address_id: int = u8("options.mptcp.addrid", default=0, title="Address ID")
    ipv4: Address = ipv4(
        "options.mptcp.ipv4", default="0.0.0.0", when=_has_length(8, 10, 16, 18), title="Advertised IPv4 Address"
    )
    ipv6: Address = ipv6(
        "options.mptcp.ipv6", default="::", when=_has_length(20, 22, 28, 30), title="Advertised IPv6 Address"
    )
    port: int | None = u16("options.mptcp.port", default=0, when=_has_length(10, 18, 22, 30), title="Advertised port")
    truncated_digest: int | None = u64(
        "options.mptcp.addaddrtrunchmac", default=0, when=_has_length(16, 18, 28, 30), title="Truncated HMAC"
    )
    rest: bytes = _rest()

    @derived("options.mptcp.ipver", width=8, title="IP version")
    def version(self) -> int | None:
        """The version of IP, which stood here in version 0 of the protocol."""
        return self.low_bits if self.low_bits in (4, 6) else None

    @derived("options.mptcp.echo", width=8, title="Echo")
    def is_echo(self) -> int | None:
        """1 where the option only says that the same one has arrived."""
        return None if self.low_bits in (4, 6) else self.low_bits & 1


class MultipathRemoveAddress(_Form, number=MULTIPATH, subtype=4, source="RFC 8684, section 3.4.2"):
    """Addresses that the sender has no longer."""

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    reserved: int = bits(4, "", default=0, title="Reserved")
    address_ids: Listing[int] = listing(
        StructList("!B", "numbers from 0 to 255"), "options.mptcp.addrid", length="rest", size=8, title="Address ID"
    )


class MultipathPriority(_Form, number=MULTIPATH, subtype=5, source="RFC 8684, section 3.3.8"):
    """Whether a subflow is a backup for others from now on: the one of an address, or that of the segment itself."""

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    reserved: int = bits(3, "", default=0, title="Reserved")
    is_backup: int = bits(1, "options.mptcp.backup.flag", default=0, title="Backup flag")
    address_id: int | None = u8("options.mptcp.addrid", default=0, when=_has_length(4), title="Address ID")
    rest: bytes = _rest()

    @derived("options.mptcp.flags", width=8, base=16, title="Flags")
    def flags(self) -> int:
        """The byte of subtype and flags, as Wireshark has it."""
        return bytes(self)[2]


class MultipathFail(_Form, number=MULTIPATH, subtype=6, source="RFC 8684, section 3.7"):
    """The data from here on cannot be mapped: the connection goes on as plain TCP."""

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    reserved: int = bits(12, "options.mptcp.reserved", default=0, size=16, base=16, title="Reserved")
    data_sequence: int = u64("options.mptcp.rawdataseqno", default=0, title="Data Sequence Number")


class MultipathFastClose(_Form, number=MULTIPATH, subtype=7, source="RFC 8684, section 3.5"):
    """The whole connection is given up, all subflows of it."""

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    reserved: int = bits(12, "options.mptcp.reserved", default=0, size=16, base=16, title="Reserved")
    receiver_key: int = u64("options.mptcp.recvkey", default=0, title="Receiver's Key")


class MultipathReset(_Form, number=MULTIPATH, subtype=8, source="RFC 8684, section 3.6"):
    """Why this subflow is reset, and whether another try may help."""

    length: int = _length()
    subtype: Coding[MultipathSubtype] = _subtype()
    flag_u: bool = flag("options.mptcp.flag_U.flag", default=False, title="Flag U")
    flag_v: bool = flag("options.mptcp.flag_V.flag", default=False, title="Flag V")
    flag_w: bool = flag("options.mptcp.flag_W.flag", default=False, title="Flag W")
    is_transient: bool = flag("options.mptcp.flag_T.flag", default=False, title="Transient")
    reason: Coding[ResetReason] = code(
        8, ResetReason, "options.mptcp.rst_reason", default=0, base=16, title="TCPRST Reason"
    )

    @derived("options.mptcp.flags", width=8, base=16, title="Flags")
    def flags(self) -> int:
        """The byte of subtype and flags, as Wireshark has it."""
        return bytes(self)[2]
