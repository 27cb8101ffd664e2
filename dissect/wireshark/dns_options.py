"""The options of EDNS as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.protocols.dns_options import (
    DNSChain,
    DNSClientSubnet,
    DNSDigestsUnderstood,
    DNSHashesUnderstood,
    DNSOption,
    DNSSignaturesUnderstood,
    OPTRecord,
    UnknownDNSOption,
)
from dissect.wireshark.dns_records import RecordSight, is_multicast
from dissect.wireshark.field_types import BYTES, IPV4, IPV6, NONE, STRING, UINT8, UINT16
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["DNSOptionSight", "OPTSight"]

_HEAD = 4
_OLD_SUBNET = 20730
"""The code that client subnets had before RFC 7871."""


def _always(record: Any) -> bool:
    return True


class OPTSight(RecordSight, of=OPTRecord):
    """Fields in the place of class and time to live; multicast DNS has the upper bit of the size for another flag."""

    order = tuple("resp.name resp.type rr.udp_payload_size resp.ext_rcode resp.edns0_version resp.z resp.len".split())
    hides = RecordSight.hides | {"ttl": _always}

    def entry_line(self, entry: Any) -> str:
        """Return name and type: there is no class."""
        return super().entry_line(entry).partition(", class ")[0]

    @computed("resp.class", UINT16, title="Class")
    def network_class(self, record: Any) -> int | None:
        """There is no class."""
        return None

    @computed("rr.udp_payload_size", UINT16, over="record_class", base=16, title="UDP payload size")
    def payload_size(self, record: Any) -> int | None:
        """In multicast DNS, the size without its upper bit."""
        return record.raw("record_class") & 0x7FFF if is_multicast(record) else None

    @noted("ttl.high_bit_set", "The uppermost bit of the TTL is set (RFC 2181, section 8)", "Warning", PROTOCOL)
    def wrong_ttl(self, record: Any) -> str | None:
        """There is no time to live."""
        return None


class DNSOptionSight(Sight, of=DNSOption):
    """The bytes of every option, beside what they mean."""

    order = ("opt.code", "opt.len", "opt.data")

    @computed("opt", NONE, title="Option")
    def is_there(self, option: Any) -> int:
        """1 for each option."""
        return 1

    @computed("opt.data", BYTES, title="Option Data", empty="<MISSING>")
    def all_octets(self, option: Any) -> bytes:
        """The bytes behind the length."""
        return bytes(option)[_HEAD:]


class SubnetSight(DNSOptionSight, of=DNSClientSubnet):
    """The address, the bits that are not there as zeros."""

    hides = {"network": _always}

    @computed("opt.client.addr4", IPV4, over="network", title="Client Subnet")
    def address4(self, option: DNSClientSubnet) -> bytes | None:
        """An IPv4 address."""
        return option.network[:4].ljust(4, b"\0") if option.family == 1 else None

    @computed("opt.client.addr6", IPV6, over="network", title="Client Subnet")
    def address6(self, option: DNSClientSubnet) -> bytes | None:
        """An IPv6 address."""
        return option.network[:16].ljust(16, b"\0") if option.family == 2 else None

    @computed("opt.client.addr", BYTES, over="network", title="Client Subnet", empty="<MISSING>")
    def address(self, option: DNSClientSubnet) -> bytes | None:
        """An address of another family."""
        return option.network if option.family not in (1, 2) else None


class SignaturesSight(DNSOptionSight, of=DNSSignaturesUnderstood):
    """A number for each byte."""

    hides = {"algorithms": _always}

    @computed("opt.dau", UINT8, over="algorithms", title="DAU")
    def each(self, option: DNSSignaturesUnderstood) -> list[int]:
        """The algorithms."""
        return list(option.algorithms)


class DigestsSight(DNSOptionSight, of=DNSDigestsUnderstood):
    """A number for each byte."""

    hides = {"algorithms": _always}

    @computed("opt.dhu", UINT8, over="algorithms", title="DHU")
    def each(self, option: DNSDigestsUnderstood) -> list[int]:
        """The algorithms."""
        return list(option.algorithms)


class HashesSight(DNSOptionSight, of=DNSHashesUnderstood):
    """A number for each byte."""

    hides = {"algorithms": _always}

    @computed("opt.n3u", UINT8, over="algorithms", title="N3U")
    def each(self, option: DNSHashesUnderstood) -> list[int]:
        """The algorithms."""
        return list(option.algorithms)


class ChainSight(DNSOptionSight, of=DNSChain):
    """The bytes of the name, taken for text."""

    hides = {"name_trusted": _always}

    @computed("opt.chain.fqdn", STRING, over="name_trusted", title="Closest Trust Point")
    def trusted(self, option: DNSChain) -> str:
        """The bytes up to a zero."""
        return bytes(option)[_HEAD:].partition(b"\0")[0].decode("ascii", "replace")


class UnknownOptionSight(DNSOptionSight, of=UnknownDNSOption):
    """The bytes; those of the old code for client subnets mean what they mean today."""

    hides = {"data": _always}

    def _subnet(self, option: UnknownDNSOption) -> bytes | None:
        data = bytes(option)[_HEAD:]
        return data if option.code == _OLD_SUBNET and len(data) >= _HEAD else None

    @noted("depr.opc", "Deprecated opcode", "Warning", PROTOCOL)
    def deprecated(self, option: UnknownDNSOption) -> str | None:
        """The code has another number today."""
        return "Deprecated opcode. Client subnet OPT assigned as 8." if option.code == _OLD_SUBNET else None

    @computed("opt.client.family", UINT16, title="Family")
    def family(self, option: UnknownDNSOption) -> int | None:
        """The family of the address."""
        data = self._subnet(option)
        return None if data is None else int.from_bytes(data[:2], "big")

    @computed("opt.client.netmask", UINT8, title="Source Netmask")
    def source_bits(self, option: UnknownDNSOption) -> int | None:
        """How many bits the network has."""
        data = self._subnet(option)
        return None if data is None else data[2]

    @computed("opt.client.scope", UINT8, title="Scope Netmask")
    def scope_bits(self, option: UnknownDNSOption) -> int | None:
        """How many bits the answer is for."""
        data = self._subnet(option)
        return None if data is None else data[3]

    @computed("opt.client.addr4", IPV4, title="Client Subnet")
    def address4(self, option: UnknownDNSOption) -> bytes | None:
        """An IPv4 address."""
        data = self._subnet(option)
        return data[4:8].ljust(4, b"\0") if data is not None and data[:2] == b"\0\1" else None

    @computed("opt.client.addr6", IPV6, title="Client Subnet")
    def address6(self, option: UnknownDNSOption) -> bytes | None:
        """An IPv6 address."""
        data = self._subnet(option)
        return data[4:20].ljust(16, b"\0") if data is not None and data[:2] == b"\0\2" else None

    @computed("opt.client.addr", BYTES, title="Client Subnet", empty="<MISSING>")
    def address(self, option: UnknownDNSOption) -> bytes | None:
        """An address of another family."""
        data = self._subnet(option)
        return data[4:] if data is not None and data[:2] not in (b"\0\1", b"\0\2") else None
