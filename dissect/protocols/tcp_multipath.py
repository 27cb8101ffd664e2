"""The option of Multipath TCP (RFC 8684), which runs one connection over several paths."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.annotations import Coding
from dissect.declaration.derived_fields import derived
from dissect.declaration.enumerated import Code
from dissect.declaration.fields import AUTOMATIC
from dissect.declaration.kinds import Integer, IPv4Address, IPv6Address, Octets
from dissect.declaration.options import OptionLength
from dissect.declaration.problems import Problem
from dissect.declaration.specifiers import bits, code, flag, octets, overlay, u8, u64
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


def _number(data: bytes, start: int, size: int) -> int | None:
    """Return the number of `size` bytes at this place; None where the bytes end before."""
    found = data[start : start + size]
    return int.from_bytes(found, "big") if len(found) == size else None


class MultipathOption(TCPOption, number=MULTIPATH, branch="options.mptcp", title="Multipath TCP", source="RFC 8684"):
    """An option of Multipath TCP whose subtype has no class here, or a length that its class does not have."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(4, MultipathSubtype, "options.mptcp.subtype", default=15, title="Subtype")
    low_bits: int = bits(4, "", default=0, title="Low bits")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class MultipathCapable(
    TCPOption,
    number=MULTIPATH,
    subtype=0,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.1",
):
    """Both sides speak Multipath TCP: the keys of a connection, and the length of its first data."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=0, expected=0, title="Subtype"
    )
    version: int = bits(4, "options.mptcp.version", default=1, title="Version")
    flags: int = u8("options.mptcp.flags", default=0x01, base=16, title="Flags")
    keys: bytes = octets("", default=b"", length="rest", title="Keys, length of data and checksum")
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

    @derived("options.mptcp.sha256.flag", width=8, over="flags", title="Use HMAC-SHA256")
    def uses_sha256(self) -> int | None:
        """1 where keys are hashed with SHA-256, as in version 1."""
        return self.flags & 1 if self.version == 1 else None

    @derived("options.mptcp.reserved.flag", width=8, base=16, over="flags", title="Reserved")
    def reserved_flags(self) -> int:
        """The flags that mean nothing in this version."""
        return self.flags >> 1 & (0xF if self.version == 1 else 0x1F)

    @derived("options.mptcp.sendkey", width=64, title="Sender's Key")
    def sender_key(self) -> int | None:
        """The key of the sender; there is none in the first segment of version 1."""
        return _number(self.keys, 0, 8) if len(self) in (12, 20, 22, 24) else None

    @derived("options.mptcp.recvkey", width=64, title="Receiver's Key")
    def receiver_key(self) -> int | None:
        """The key of the receiver, which the third segment of a handshake repeats."""
        return _number(self.keys, 8, 8) if len(self) in (20, 22, 24) else None

    @derived("options.mptcp.datalvllen", width=16, title="Data-level Length")
    def data_length(self) -> int | None:
        """The bytes of data in this segment, where it has some."""
        return _number(self.keys, 16, 2) if len(self) in (22, 24) else None

    @derived("options.mptcp.checksum", width=16, base=16, title="Checksum")
    def data_checksum(self) -> int | None:
        """The checksum of the data in this segment."""
        return _number(self.keys, 18, 2) if len(self) == 24 else None

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that no segment of a handshake has."""
        if len(self) not in (4, 12, 20, 22, 24):
            yield f"of Multipath TCP has {len(self)} bytes, expected 4, 12, 20, 22 or 24"


class MultipathJoin(
    TCPOption,
    number=MULTIPATH,
    subtype=1,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.2",
):
    """A further subflow joins a connection; each segment of its handshake has a form of its own."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=1, expected=1, title="Subtype"
    )
    low_bits: int = bits(4, "", default=0, title="Reserved, and backup")
    address_id: int = u8("", default=0, title="Address ID")
    data: bytes = octets("", default=bytes(8), length="rest", title="Token, numbers and digests")

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

    @derived("options.mptcp.recvtok", width=32, title="Receiver's Token")
    def receiver_token(self) -> int | None:
        """What says which connection is joined, in the first segment."""
        return _number(self.data, 0, 4) if len(self) == 12 else None

    @derived("options.mptcp.sendtrunchmac", width=64, title="Sender's Truncated HMAC")
    def truncated_digest(self) -> int | None:
        """The first 8 bytes of the digest by which the second segment proves that it knows the keys."""
        return _number(self.data, 0, 8) if len(self) == 16 else None

    @derived("options.mptcp.sendrand", width=32, title="Sender's Random Number")
    def random_number(self) -> int | None:
        """A number that is used once, in the first and the second segment."""
        return _number(self.data, len(self) - 8, 4) if len(self) in (12, 16) else None

    @derived("options.mptcp.sendhmac", kind=Octets(), title="Sender's HMAC")
    def digest(self) -> bytes | None:
        """The digest of 20 bytes by which the third segment proves that it knows the keys."""
        return self.data if len(self) == 24 else None

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that no segment of a handshake has."""
        if len(self) not in (12, 16, 24):
            yield f"of Multipath TCP has {len(self)} bytes, expected 12, 16 or 24"


class MultipathDataSignal(
    TCPOption,
    number=MULTIPATH,
    subtype=2,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.3",
):
    """Which data of the connection the segment carries and acknowledges."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=2, expected=2, title="Subtype"
    )
    reserved: int = bits(7, "", default=0, title="Reserved")
    data_fin: int = bits(1, "options.mptcp.datafin.flag", default=0, title="DATA_FIN")
    long_sequence: int = bits(1, "options.mptcp.dseqn8.flag", default=0, title="Data Sequence Number is 8 octets")
    has_mapping: int = bits(1, "options.mptcp.dseqnpresent.flag", default=0, title="Data Sequence Number is present")
    long_ack: int = bits(1, "options.mptcp.dataack8.flag", default=0, title="Data ACK is 8 octets")
    has_ack: int = bits(1, "options.mptcp.dataackpresent.flag", default=0, title="Data ACK is present")
    data: bytes = octets("", default=b"", length="rest", title="Numbers")

    @derived("options.mptcp.flags", width=8, base=16, title="Flags")
    def flags(self) -> int:
        """The byte of all flags."""
        return bytes(self)[3]

    @property
    def _mapping(self) -> int:
        """Where the mapping begins: behind the acknowledgment."""
        return (8 if self.long_ack else 4) if self.has_ack else 0

    @derived("options.mptcp.rawdataack", width=64, title="Original MPTCP Data ACK")
    def data_ack(self) -> int | None:
        """The number of the first byte of the connection that has not arrived."""
        return _number(self.data, 0, self._mapping) if self.has_ack else None

    @derived("options.mptcp.rawdataseqno", width=64, title="Data Sequence Number")
    def data_sequence(self) -> int | None:
        """The number in the connection of the segment's first byte."""
        return _number(self.data, self._mapping, 8 if self.long_sequence else 4) if self.has_mapping else None

    @derived("options.mptcp.subflowseqno", width=32, title="Subflow Sequence Number")
    def subflow_sequence(self) -> int | None:
        """The number of the same byte in the subflow, counted from its first."""
        return _number(self.data, self._behind_sequence, 4) if self.has_mapping else None

    @derived("options.mptcp.datalvllen", width=16, title="Data-level Length")
    def data_length(self) -> int | None:
        """For how many bytes that holds."""
        return _number(self.data, self._behind_sequence + 4, 2) if self.has_mapping else None

    @property
    def _behind_sequence(self) -> int:
        return self._mapping + (8 if self.long_sequence else 4)

    @property
    def checksum(self) -> int | None:
        """The checksum of the data; None where both sides agreed to have none."""
        return _number(self.data, self._behind_sequence + 6, 2) if self.has_mapping else None

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that the flags do not give."""
        least = 4 + (self._behind_sequence + 6 if self.has_mapping else self._mapping)
        if len(self) not in (least, least + 2 * self.has_mapping):
            yield f"of Multipath TCP has {len(self)} bytes, and its flags tell of {least}"


class MultipathAddAddress(
    TCPOption,
    number=MULTIPATH,
    subtype=3,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.4.1",
):
    """A further address of the sender, to which subflows may be made."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=3, expected=3, title="Subtype"
    )
    low_bits: int = bits(4, "", default=0, title="Reserved, and echo")
    address_id: int = u8("options.mptcp.addrid", default=0, title="Address ID")
    data: bytes = octets("", default=bytes(4), length="rest", title="Address, port and digest")

    @derived("options.mptcp.ipver", width=8, title="IP version")
    def version(self) -> int | None:
        """The version of IP, which stood here in version 0 of the protocol."""
        return self.low_bits if self.low_bits in (4, 6) else None

    @derived("options.mptcp.echo", width=8, title="Echo")
    def is_echo(self) -> int | None:
        """1 where the option only says that the same one has arrived."""
        return None if self.low_bits in (4, 6) else self.low_bits & 1

    @property
    def _size(self) -> int:
        """The bytes of the address: 4 or 16, or 0 where the option has a length that it cannot have."""
        return 4 if len(self) in (8, 10, 16, 18) else 16 if len(self) in (20, 22, 28, 30) else 0

    @derived("options.mptcp.ipv4", kind=IPv4Address, title="Advertised IPv4 Address")
    def ipv4(self) -> str | None:
        """The address, where it is one of IPv4."""
        return IPv4Address.load(self.data[:4]) if self._size == 4 else None

    @derived("options.mptcp.ipv6", kind=IPv6Address, title="Advertised IPv6 Address")
    def ipv6(self) -> str | None:
        """The address, where it is one of IPv6."""
        return IPv6Address.load(self.data[:16]) if self._size == 16 else None

    @derived("options.mptcp.port", width=16, title="Advertised port")
    def port(self) -> int | None:
        """The port that goes with the address, where it has one."""
        return _number(self.data, self._size, 2) if self._size and len(self) - 4 - self._size in (2, 10) else None

    @derived("options.mptcp.addaddrtrunchmac", width=64, title="Truncated HMAC")
    def truncated_digest(self) -> int | None:
        """The last 8 bytes of the digest by which the sender proves that it knows the keys."""
        return _number(self.data, len(self.data) - 8, 8) if self._size and len(self) - 4 - self._size >= 8 else None

    def problems(self) -> Iterator[Problem | str]:
        """Yield a length that no address gives."""
        if not self._size:
            yield f"of Multipath TCP has {len(self)} bytes, which no address has"


class MultipathRemoveAddress(
    TCPOption,
    number=MULTIPATH,
    subtype=4,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.4.2",
):
    """Addresses that the sender has no longer."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=4, expected=4, title="Subtype"
    )
    reserved: int = bits(4, "", default=0, title="Reserved")
    address_ids: bytes = octets("", default=b"", length="rest", title="Address IDs")

    @derived("options.mptcp.addrid", width=8, title="Address ID")
    def removed(self) -> list[int]:
        """The numbers of the addresses."""
        return list(self.address_ids)


class MultipathPriority(
    TCPOption,
    number=MULTIPATH,
    subtype=5,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.3.8",
):
    """Whether the subflow is a backup for others from now on."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=5, expected=5, title="Subtype"
    )
    reserved: int = bits(3, "", default=0, title="Reserved")
    is_backup: int = bits(1, "options.mptcp.backup.flag", default=0, title="Backup flag")
    address_ids: bytes = octets("", default=b"", length="rest", title="Address ID")

    @derived("options.mptcp.flags", width=8, base=16, title="Flags")
    def flags(self) -> int:
        """The byte of subtype and flags, as Wireshark has it."""
        return bytes(self)[2]

    @derived("options.mptcp.addrid", width=8, title="Address ID")
    def address_id(self) -> int | None:
        """The number of the address that it is about; None where it is that of the subflow itself."""
        return self.address_ids[0] if len(self) == 4 else None

    def problems(self) -> Iterator[Problem | str]:
        """Yield more than one address."""
        if len(self) > 4:
            yield f"of Multipath TCP has {len(self)} bytes, expected 3 or 4"


class MultipathFail(
    TCPOption,
    number=MULTIPATH,
    subtype=6,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.7",
):
    """The data from here on cannot be mapped: the connection goes on as plain TCP."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=6, expected=6, title="Subtype"
    )
    reserved: int = bits(12, "options.mptcp.reserved", default=0, size=16, base=16, title="Reserved")
    data_sequence: int = u64("options.mptcp.rawdataseqno", default=0, title="Data Sequence Number")


class MultipathFastClose(
    TCPOption,
    number=MULTIPATH,
    subtype=7,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.5",
):
    """The whole connection is given up, all subflows of it."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=7, expected=7, title="Subtype"
    )
    reserved: int = bits(12, "options.mptcp.reserved", default=0, size=16, base=16, title="Reserved")
    receiver_key: int = u64("options.mptcp.recvkey", default=0, title="Receiver's Key")


class MultipathReset(
    TCPOption,
    number=MULTIPATH,
    subtype=8,
    branch="options.mptcp",
    title="Multipath TCP",
    source="RFC 8684, section 3.6",
):
    """Why this subflow is reset, and whether another try may help."""

    length: int = u8("option_len", factory=OptionLength(), title="Length")
    subtype: Coding[MultipathSubtype] = code(
        4, MultipathSubtype, "options.mptcp.subtype", default=8, expected=8, title="Subtype"
    )
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
