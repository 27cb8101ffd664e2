"""Records of DNS that are seldom met, as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.addresses import ipv6_text
from dissect.protocols.dns_old_records import (
    A6Record,
    AddressPrefix,
    APLRecord,
    CSYNCRecord,
    EUI64Record,
    GPOSRecord,
    HINFORecord,
    HIPRecord,
    ISDNRecord,
    LOCRecord,
    MBRecord,
    MDRecord,
    MFRecord,
    MGRecord,
    MINFORecord,
    MRRecord,
    NSAPPTRRecord,
    NSAPRecord,
    PXRecord,
    RPRecord,
    RTRecord,
    WINSRecord,
    WINSRRecord,
    WKSRecord,
    X25Record,
    XPFRecord,
)
from dissect.wireshark.dns_messages import name_in
from dissect.wireshark.dns_records import NameSight, OwnerSight, RecordSight
from dissect.wireshark.field_types import BOOLEAN, BYTES, EUI64, IPV4, IPV6, STRING, UINT8, UINT16
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["PrefixSight", "ServiceListSight"]


def _always(record: Any) -> bool:
    return True


class MailDestinationSight(OwnerSight, of=MDRecord):
    """A host."""


class MailForwarderSight(OwnerSight, of=MFRecord):
    """A host."""


class MailboxSight(OwnerSight, of=MBRecord):
    """A host."""


class MailGroupSight(OwnerSight, of=MGRecord):
    """A mailbox."""


class MailRenameSight(OwnerSight, of=MRRecord):
    """A mailbox."""


class MailListSight(OwnerSight, of=MINFORecord):
    """Two mailboxes."""


class ResponsibleSight(OwnerSight, of=RPRecord):
    """A mailbox and a name."""


class X25Sight(OwnerSight, of=X25Record):
    """An address."""


class ISDNSight(OwnerSight, of=ISDNRecord):
    """A number, and one behind it where there is one."""

    hides = OwnerSight.hides | {"subaddress": _always}

    @computed("idsn.sa.length", UINT8, over="subaddress", title="Length")
    def subaddress_length(self, record: ISDNRecord) -> int | None:
        """How many characters the second number has."""
        return record.subaddress[0] if record.subaddress else None

    @computed("idsn.sa.address", STRING, over="subaddress", title="Sub Address")
    def second_number(self, record: ISDNRecord) -> str | None:
        """The second number."""
        data = record.subaddress
        return data[1 : 1 + data[0]].decode("ascii", "replace") if data else None


class RouteSight(OwnerSight, of=RTRecord):
    """A host."""


class NSAPSight(OwnerSight, of=NSAPRecord):
    """An address."""


class NSAPPointerSight(OwnerSight, of=NSAPPTRRecord):
    """A name."""


class MappingSight(OwnerSight, of=PXRecord):
    """Two names."""


class PositionSight(OwnerSight, of=GPOSRecord):
    """Three numbers as text."""


class PrefixesSight(OwnerSight, of=APLRecord):
    """Networks."""


class IdentitySight(OwnerSight, of=HIPRecord):
    """An identity."""


class ServiceListSight(RecordSight, of=WKSRecord):
    """The address, and each byte of the ports that has a bit set."""

    hides = RecordSight.hides | {"ports": _always}

    @computed("wks.bits", UINT8, over="ports", base=16, title="Bits")
    def port_bits(self, record: WKSRecord) -> list[int]:
        """The bytes that are not zero."""
        return [byte for byte in record.ports if byte]

    def told(self, record: WKSRecord) -> Iterator[str]:
        """Yield the address."""
        yield record.address


class MachineSight(RecordSight, of=HINFORecord):
    """Machine and system."""

    def told(self, record: HINFORecord) -> Iterator[str]:
        """Yield both."""
        yield f"{record.cpu} {record.system}"


class LocationSight(RecordSight, of=LOCRecord):
    """A place, of version 0 alone."""

    hides = RecordSight.hides | dict.fromkeys(
        ("size", "horizontal_precision", "vertical_precision", "latitude", "longitude", "altitude"),
        lambda record: record.version != 0,
    )

    @computed("loc.unknown_data", BYTES, title="Unknown data")
    def data(self, record: LOCRecord) -> bytes | None:
        """What stands in a record of another version."""
        first = record.span("version")[0] // 8
        return record.own_bytes[first:] if record.version else None


class ChainedSight(RecordSight, of=A6Record):
    """A length, an address with as many bits as it leaves, and a name."""

    hides = RecordSight.hides | {"suffix": _always}

    def _address(self, record: A6Record) -> bytes:
        return record.suffix.rjust(16, b"\0")

    @computed("a6.address_suffix", IPV6, over="suffix", title="Address Suffix")
    def address(self, record: A6Record) -> bytes | None:
        """The end of the address."""
        return self._address(record) if record.suffix else None

    def told(self, record: A6Record) -> Iterator[str]:
        """Yield all three."""
        prefix = name_in(record, "prefix") if record.prefix_length else ""
        yield f"{record.prefix_length} {ipv6_text(self._address(record))} {prefix}"


class PrefixSight(Sight, of=AddressPrefix):
    """The address, the bits that are not there as zeros."""

    hides = {"address": _always}

    @computed("apl.afdpart.ipv4", IPV4, over="address", title="Address")
    def address4(self, prefix: AddressPrefix) -> bytes | None:
        """An IPv4 address."""
        return prefix.address[:4].ljust(4, b"\0") if prefix.family == 1 else None

    @computed("apl.afdpart.ipv6", IPV6, over="address", title="Address")
    def address6(self, prefix: AddressPrefix) -> bytes | None:
        """An IPv6 address."""
        return prefix.address[:16].ljust(16, b"\0") if prefix.family == 2 else None

    @computed("apl.afdpart.data", BYTES, over="address", title="Address")
    def other_address(self, prefix: AddressPrefix) -> bytes | None:
        """An address of another family."""
        return prefix.address if prefix.family not in (1, 2) else None


class SynchronizationSight(RecordSight, of=CSYNCRecord):
    """The flags as a whole, and the types."""

    @computed("csync.flags", UINT16, base=16, title="Flags")
    def flags(self, record: CSYNCRecord) -> int:
        """Both flags."""
        return int.from_bytes(record.own_bytes[record.span("reserved")[0] // 8 :][:2], "big")

    @computed("resp.type", UINT16, over="bitmap", title="RR type in bit map")
    def types_there(self, record: CSYNCRecord) -> list[int]:
        """The types whose bits are set."""
        found: list[int] = []
        rest = record.bitmap
        while len(rest) > 2:
            octets = rest[2 : 2 + rest[1]]
            found += [
                rest[0] << 8 | place for place in range(8 * len(octets)) if octets[place // 8] & 0x80 >> place % 8
            ]
            rest = rest[2 + rest[1] :]
        return found


class ForwardedSight(RecordSight, of=XPFRecord):
    """The version of IP is a number of two bytes."""

    types = {"dns.xpf.ip_version": UINT16}


class HardwareSight(RecordSight, of=EUI64Record):
    """An address of eight bytes."""

    hides = RecordSight.hides | {"address": _always}

    @computed("eui64", EUI64, over="address", title="EUI64 Address")
    def hardware(self, record: EUI64Record) -> bytes:
        """The address."""
        return record.address


class NetBIOSServersSight(RecordSight, of=WINSRecord):
    """A flag, times and servers."""

    hides = RecordSight.hides | {"local": _always}

    @computed("wins.local_flag", BOOLEAN, over="local", title="Local Flag")
    def is_local(self, record: WINSRecord) -> int:
        """Whether the record is not to be given to other servers."""
        return record.local & 1


class NetBIOSNamesSight(NameSight, of=WINSRRecord):
    """A flag, times and a name."""

    hides = RecordSight.hides | {"local": _always}

    @computed("winsr.local_flag", BOOLEAN, over="local", title="Local Flag")
    def is_local(self, record: WINSRRecord) -> int:
        """Whether the record is not to be given to other servers."""
        return record.local & 1
