"""The records of DNSSEC, and others that hold keys, fingerprints and signatures (RFC 4034; RFC 5155; RFC 8945)."""

from __future__ import annotations

from dissect.declare import (
    AUTOMATIC,
    Coding,
    Entry,
    Listing,
    Octets,
    RecordList,
    bits,
    code,
    domain_name,
    flag,
    listing,
    octets,
    overlay,
    u8,
    u16,
    u32,
)
from dissect.protocols.dns_records import ResourceRecord
from dissect.protocols.dns_types import DNSSECAlgorithm, RecordType

_VALUE = Octets("<MISSING>")

__all__ = [
    "CDNSKEYRecord",
    "CDSRecord",
    "CERTRecord",
    "DHCIDRecord",
    "DLVRecord",
    "DNSKEYRecord",
    "DSRecord",
    "KEYRecord",
    "NSEC3PARAMRecord",
    "NSEC3Record",
    "NSECRecord",
    "NXTRecord",
    "OPENPGPKEYRecord",
    "RRSIGRecord",
    "SIGRecord",
    "SSHFPRecord",
    "TKEYRecord",
    "TLSARecord",
    "TSIGRecord",
    "TypeWindow",
    "ZONEMDRecord",
]


class DSRecord(ResourceRecord, variant=RecordType.DS, title="DS", source="RFC 4034, section 5"):
    """The digest of a key that signs the zone of this name."""

    key_tag: int = u16("ds.key_id", default=0, base=16, title="Key id")
    algorithm: Coding[DNSSECAlgorithm] = code(8, DNSSECAlgorithm, "ds.algorithm", default=13, title="Algorithm")
    digest_type: int = u8("ds.digest_type", default=2, title="Digest Type")
    digest: bytes = octets("ds.digest", default=b"", length="rest", kw_only=False, title="Digest")


class CDSRecord(DSRecord, variant=RecordType.CDS, title="CDS", source="RFC 7344, section 3.1"):
    """What a zone wants its parent to have as DS."""


class DLVRecord(DSRecord, variant=RecordType.DLV, title="DLV", source="RFC 4431"):
    """A DS that is kept elsewhere than in the parent zone."""


class SSHFPRecord(ResourceRecord, variant=RecordType.SSHFP, title="SSHFP", source="RFC 4255, section 3.1"):
    """The fingerprint of a host's SSH key."""

    algorithm: int = u8("sshfp.algorithm", default=4, title="Algorithm")
    fingerprint_type: int = u8("sshfp.fingerprint.type", default=2, title="Fingerprint type")
    fingerprint: bytes = octets("sshfp.fingerprint", default=b"", length="rest", kw_only=False, title="Fingerprint")


class RRSIGRecord(ResourceRecord, variant=RecordType.RRSIG, title="RRSIG", source="RFC 4034, section 3.1"):
    """The signature of all records of one type that a name has, valid between two times in seconds since 1970."""

    covered: Coding[RecordType] = code(
        16, RecordType, "rrsig.type_covered", default=RecordType.A, kw_only=False, title="Type Covered"
    )
    algorithm: Coding[DNSSECAlgorithm] = code(8, DNSSECAlgorithm, "rrsig.algorithm", default=13, title="Algorithm")
    labels: int = u8("rrsig.labels", default=0, title="Labels", doc="Of the name, without a wildcard")
    original_ttl: int = u32("rrsig.original_ttl", default=3600, title="Original TTL", doc="In seconds")
    expiration: int = u32("", default=0, title="Signature Expiration")
    inception: int = u32("", default=0, title="Signature Inception")
    key_tag: int = u16("rrsig.key_tag", default=0, title="Key Tag")
    signer: str = domain_name("rrsig.signers_name", default=".", compress=False, title="Signer's name")
    signature: bytes = octets("rrsig.signature", default=b"", length="rest", title="Signature")


class SIGRecord(RRSIGRecord, variant=RecordType.SIG, title="SIG", source="RFC 2535, section 4; RFC 2931"):
    """The older form of RRSIG, which signs whole messages today."""


class DNSKEYRecord(ResourceRecord, variant=RecordType.DNSKEY, title="DNSKEY", source="RFC 4034, section 2"):
    """A key by which signatures of a zone are verified."""

    flags_reserved: int = bits(7, "", default=0, title="Reserved")
    zone_key: bool = flag("dnskey.flags.zone_key", default=True, title="Zone Key")
    revoked: bool = flag("dnskey.flags.key_revoked", default=False, title="Key Revoked")
    more_reserved: int = bits(6, "", default=0, title="Reserved")
    secure_entry_point: bool = flag("dnskey.flags.secure_entry_point", default=False, title="Key Signing Key")
    flags: int = overlay(16, "dnskey.flags", default=AUTOMATIC, over="flags_reserved", base=16, title="Flags")
    protocol: int = u8("dnskey.protocol", default=3, title="Protocol")
    algorithm: Coding[DNSSECAlgorithm] = code(8, DNSSECAlgorithm, "dnskey.algorithm", default=13, title="Algorithm")
    public_key: bytes = octets(
        "dnskey.public_key", default=b"", length="rest", kind=_VALUE, kw_only=False, title="Public Key"
    )

    def key_tag(self) -> int:
        """Return the number by which signatures name the key (RFC 4034, appendix B).

        >>> DNSKEYRecord("example.com", b"key").key_tag()
        59506
        """
        data = self.own_bytes[self.span("flags")[0] // 8 :]
        if self.algorithm == DNSSECAlgorithm.RSAMD5 and len(data) >= 7:
            return int.from_bytes(data[-3:-1], "big")
        total = sum(byte << 8 if place % 2 == 0 else byte for place, byte in enumerate(data))
        return (total + (total >> 16)) & 0xFFFF


class CDNSKEYRecord(DNSKEYRecord, variant=RecordType.CDNSKEY, title="CDNSKEY", source="RFC 7344, section 3.2"):
    """A key of which a zone wants its parent to have the digest."""


class KEYRecord(ResourceRecord, variant=RecordType.KEY, title="KEY", source="RFC 2535, section 3.1"):
    """A key of a host, a user or a zone: the older form of DNSKEY."""

    flags: int = u16("key.flags", default=0x0100, base=16, title="Flags")
    protocol: int = u8("key.protocol", default=3, title="Protocol")
    algorithm: Coding[DNSSECAlgorithm] = code(8, DNSSECAlgorithm, "key.algorithm", default=13, title="Algorithm")
    public_key: bytes = octets("key.public_key", default=b"", length="rest", kw_only=False, title="Public Key")


class TypeWindow(Entry, name="dns", title="Types", source="RFC 4034, section 4.1.2"):
    """Which of the 256 types from `window` × 256 on a name has: a bit for each, the highest of the first byte first.

    >>> TypeWindow(0, bytes.fromhex("6001")).types()
    (<RecordType.A: 1>, <RecordType.NS: 2>, <RecordType.MX: 15>)
    """

    window: int = u8("", default=0, kw_only=False, title="Window")
    length: int = u8("", default=0, title="Length")
    bitmap: bytes = octets("", default=b"", length="length", kw_only=False, title="Types")

    def types(self) -> tuple[RecordType, ...]:
        """Return the types whose bits are set."""
        bits_set = (place for place in range(8 * len(self.bitmap)) if self.bitmap[place // 8] & 0x80 >> place % 8)
        return tuple(RecordType(self.window << 8 | place) for place in bits_set)


_TYPES = RecordList(TypeWindow, clipped=True)


class NSECRecord(ResourceRecord, variant=RecordType.NSEC, title="NSEC", source="RFC 4034, section 4"):
    """The next name of a zone, and the types of records that this one has: there are no others."""

    next_name: str = domain_name(
        "nsec.next_domain_name", default=".", compress=False, kw_only=False, title="Next Domain Name"
    )
    types: Listing[TypeWindow] = listing(_TYPES, "", default=(), length="rest", kw_only=False, title="Types")


class NXTRecord(ResourceRecord, variant=RecordType.NXT, title="NXT", source="RFC 2535, section 5"):
    """The older form of NSEC, with one bit for each type from 0 on."""

    next_name: str = domain_name(
        "nxt.next_domain_name", default=".", compress=False, kw_only=False, title="Next Domain Name"
    )
    bitmap: bytes = octets("", default=b"", length="rest", kw_only=False, title="Types")


class NSEC3Record(ResourceRecord, variant=RecordType.NSEC3, title="NSEC3", source="RFC 5155, section 3"):
    """NSEC with hashes in place of names, so that nobody reads the whole zone."""

    hash_algorithm: int = u8("nsec3.algo", default=1, title="Hash algorithm")
    flags_reserved: int = bits(7, "", default=0, title="Reserved")
    opt_out: bool = flag("nsec3.flags.opt_out", default=False, title="NSEC3 Opt-out flag")
    flags: int = overlay(8, "nsec3.flags", default=AUTOMATIC, over="flags_reserved", title="NSEC3 flags")
    iterations: int = u16("nsec3.iterations", default=0, title="NSEC3 iterations")
    salt_length: int = u8("nsec3.salt_length", default=0, title="Salt length")
    salt: bytes = octets("nsec3.salt_value", default=b"", length="salt_length", kind=_VALUE, title="Salt value")
    hash_length: int = u8("nsec3.hash_length", default=0, title="Hash length")
    next_hash: bytes = octets("", default=b"", length="hash_length", kw_only=False, title="Next hashed owner")
    types: Listing[TypeWindow] = listing(_TYPES, "", default=(), length="rest", kw_only=False, title="Types")


class NSEC3PARAMRecord(ResourceRecord, variant=RecordType.NSEC3PARAM, title="NSEC3PARAM", source="RFC 5155, section 4"):
    """How the names of a zone are hashed."""

    hash_algorithm: int = u8("nsec3.algo", default=1, title="Hash algorithm")
    flags: int = u8("nsec3.flags", default=0, title="NSEC3 flags")
    iterations: int = u16("nsec3.iterations", default=0, title="NSEC3 iterations")
    salt_length: int = u8("nsec3.salt_length", default=0, title="Salt length")
    salt: bytes = octets(
        "nsec3.salt_value", default=b"", length="salt_length", kind=_VALUE, kw_only=False, title="Salt value"
    )


class TLSARecord(ResourceRecord, variant=RecordType.TLSA, title="TLSA", source="RFC 6698, section 2.1"):
    """Which certificate a TLS server shows."""

    usage: int = u8("tlsa.certificate_usage", default=3, title="Certificate Usage")
    selector: int = u8("tlsa.selector", default=1, title="Selector")
    matching: int = u8("tlsa.matching_type", default=1, title="Matching Type")
    association: bytes = octets(
        "tlsa.certificate_association_data",
        default=b"",
        length="rest",
        kw_only=False,
        title="Certificate Association Data",
    )


class CERTRecord(ResourceRecord, variant=RecordType.CERT, title="CERT", source="RFC 4398, section 2"):
    """A certificate, or a list of revoked ones."""

    certificate_type: int = u16("cert.type", default=1, title="Type")
    key_tag: int = u16("cert.key_tag", default=0, base=16, title="Key Tag")
    algorithm: Coding[DNSSECAlgorithm] = code(8, DNSSECAlgorithm, "cert.algorithm", default=13, title="Algorithm")
    certificate: bytes = octets(
        "cert.certificate", default=b"", length="rest", kw_only=False, title="Certificate (or CRL)"
    )


class DHCIDRecord(ResourceRecord, variant=RecordType.DHCID, title="DHCID", source="RFC 4701"):
    """Whose lease a name belongs to, as a digest."""

    data: bytes = octets("dhcid.rdata", default=b"", length="rest", kw_only=False, title="DHCID Data")


class OPENPGPKEYRecord(ResourceRecord, variant=RecordType.OPENPGPKEY, title="OPENPGPKEY", source="RFC 7929"):
    """A key of OpenPGP for an address of mail."""

    key: bytes = octets("", default=b"", length="rest", kw_only=False, title="OpenPGP Key")


class ZONEMDRecord(ResourceRecord, variant=RecordType.ZONEMD, title="ZONEMD", source="RFC 8976, section 2"):
    """The digest of a whole zone."""

    serial: int = u32("zonemd.serial", default=0, title="Serial")
    scheme: int = u8("zonemd.scheme", default=1, title="Scheme")
    hash_algorithm: int = u8("zonemd.hash_algo", default=1, title="Hash Algorithm")
    digest: bytes = octets("zonemd.digest", default=b"", length="rest", kw_only=False, title="Digest")


class TKEYRecord(ResourceRecord, variant=RecordType.TKEY, title="TKEY", source="RFC 2930, section 2"):
    """How two hosts agree on a key for TSIG; the times are seconds since 1970."""

    algorithm: str = domain_name("tkey.algo_name", default=".", compress=False, title="Algorithm name")
    inception: int = u32("", default=0, title="Signature Inception")
    expiration: int = u32("", default=0, title="Signature Expiration")
    mode: int = u16("tkey.mode", default=3, title="Mode")
    error: int = u16("tkey.error", default=0, title="Error")
    key_size: int = u16("tkey.key_size", default=0, title="Key Size")
    key: bytes = octets("tkey.key_data", default=b"", length="key_size", kw_only=False, title="Key Data")
    other_size: int = u16("tkey.other_size", default=0, title="Other Size")
    other: bytes = octets("tkey.other_data", default=b"", length="other_size", title="Other Data")


class TSIGRecord(ResourceRecord, variant=RecordType.TSIG, title="TSIG", source="RFC 8945, section 4.2"):
    """A message authentication code over the whole message; the time is in seconds since 1970."""

    algorithm: str = domain_name("tsig.algorithm_name", default="hmac-sha256", compress=False, title="Algorithm Name")
    time_signed: int = bits(48, "", default=0, title="Time Signed")
    fudge: int = u16("tsig.fudge", default=300, title="Fudge", doc="By how many seconds clocks may differ")
    mac_size: int = u16("tsig.mac_size", default=0, title="MAC Size")
    mac: bytes = octets("", default=b"", length="mac_size", kw_only=False, title="MAC")
    original_id: int = u16("tsig.original_id", default=0, title="Original Id")
    error: int = u16("tsig.error", default=0, title="Error")
    other_length: int = u16("tsig.other_len", default=0, title="Other Len")
    other: bytes = octets("tsig.other_data", default=b"", length="other_length", title="Other Data")
