"""The records of DNSSEC as Wireshark sees them."""

from __future__ import annotations

from base64 import b32hexencode
from typing import Any

from dissect.declaration.times import BILLION
from dissect.protocols.dns_security_records import (
    DHCIDRecord,
    DNSKEYRecord,
    KEYRecord,
    NSEC3PARAMRecord,
    NSEC3Record,
    NSECRecord,
    NXTRecord,
    OPENPGPKEYRecord,
    RRSIGRecord,
    TKEYRecord,
    TLSARecord,
    TSIGRecord,
    TypeWindow,
)
from dissect.protocols.dns_types import DNSSECAlgorithm
from dissect.wireshark.dns_messages import name_in
from dissect.wireshark.dns_records import RECORD_HEAD, NameSight, OwnerSight, RecordSight
from dissect.wireshark.field_types import ABSOLUTE_TIME, BOOLEAN, NONE, STRING, UINT16
from dissect.wireshark.notices import UNDECODED
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["KeySight", "SignatureSight", "TypeWindowSight"]


def _always(record: Any) -> bool:
    return True


def key_tag(data: bytes, algorithm: int) -> int:
    """Return the number of a key, given its data from the flags on (RFC 4034, appendix B)."""
    if algorithm == DNSSECAlgorithm.RSAMD5:
        return int.from_bytes(data[-3:-1], "big")
    total = sum(byte << 8 if place % 2 == 0 else byte for place, byte in enumerate(data))
    return (total + (total >> 16)) & 0xFFFF


class SignatureSight(RecordSight, of=RRSIGRecord):
    """The times as such."""

    order = (
        *RECORD_HEAD,
        *"rrsig.type_covered rrsig.algorithm rrsig.labels rrsig.original_ttl rrsig.signature_expiration".split(),
        *"rrsig.signature_inception rrsig.key_tag rrsig.signers_name rrsig.signature".split(),
    )
    hides = RecordSight.hides | dict.fromkeys(("expiration", "inception"), _always)

    @computed("rrsig.signature_expiration", ABSOLUTE_TIME, over="expiration", title="Signature Expiration")
    def expires(self, record: RRSIGRecord) -> int:
        """Until when the signature is valid."""
        return record.expiration * BILLION

    @computed("rrsig.signature_inception", ABSOLUTE_TIME, over="inception", title="Signature Inception")
    def begins(self, record: RRSIGRecord) -> int:
        """From when on the signature is valid."""
        return record.inception * BILLION


class KeySight(RecordSight, of=DNSKEYRecord):
    """The bits of the flags that mean nothing are a number, and the key has one."""

    order = (*RECORD_HEAD, *(f"dnskey.{name}" for name in ("flags", "protocol", "algorithm", "key_id")))

    @computed("dnskey.flags.reserved", UINT16, within="dnskey.flags", over="flags", base=16, title="Key Signing Key")
    def reserved(self, record: DNSKEYRecord) -> int:
        """The bits that mean nothing."""
        return record.flags & 0xFE7E

    @computed("dnskey.key_id", UINT16, title="Key id")
    def key_number(self, record: DNSKEYRecord) -> int:
        """The number by which signatures name the key."""
        return key_tag(record.own_bytes[record.span("flags")[0] // 8 :], record.algorithm)


class OldKeySight(RecordSight, of=KEYRecord):
    """What the flags say of a key that there is."""

    def _flag(self, record: KEYRecord, mask: int) -> int | None:
        return None if record.flags & 0xC000 == 0xC000 else int(bool(record.flags & mask))

    @computed("key.flags.authentication", BOOLEAN, over="flags", title="Key allowed for authentication")
    def authenticates(self, record: KEYRecord) -> int:
        """Whether the key is not to be used for authentication."""
        return int(bool(record.flags & 0x8000))

    @computed("key.flags.confidentiality", BOOLEAN, over="flags", title="Key allowed for confidentiality")
    def encrypts(self, record: KEYRecord) -> int:
        """Whether the key is not to be used for encryption."""
        return int(bool(record.flags & 0x4000))

    @computed("key.flags.required", BOOLEAN, over="flags", title="Key required")
    def is_required(self, record: KEYRecord) -> int | None:
        """Whether security is required."""
        return self._flag(record, 0x2000)

    @computed("key.flags.associated_user", BOOLEAN, over="flags", title="Key is associated with a user")
    def is_of_user(self, record: KEYRecord) -> int | None:
        """Whether the key is a user's."""
        return self._flag(record, 0x0400)

    @computed(
        "key.flags.associated_named_entity", BOOLEAN, over="flags", title="Key is associated with the named entity"
    )
    def is_of_entity(self, record: KEYRecord) -> int | None:
        """Whether the key is a host's."""
        return self._flag(record, 0x0200)

    @computed("key.flags.ipsec", BOOLEAN, over="flags", title="Key use with IPSEC")
    def is_for_ipsec(self, record: KEYRecord) -> int | None:
        """Whether the key is for IPsec."""
        return self._flag(record, 0x0080)

    @computed("key.flags.mime", BOOLEAN, over="flags", title="Key use with MIME security multiparts")
    def is_for_mail(self, record: KEYRecord) -> int | None:
        """Whether the key is for mail."""
        return self._flag(record, 0x0040)

    @computed("key.flags.signatory", UINT16, over="flags", title="Signatory")
    def signatory(self, record: KEYRecord) -> int | None:
        """What the key may sign."""
        return None if record.flags & 0xC000 == 0xC000 else record.flags & 0x000F

    @computed("key.key_id", UINT16, title="Key ID")
    def key_number(self, record: KEYRecord) -> int:
        """The number by which signatures name the key."""
        return key_tag(record.own_bytes[record.span("flags")[0] // 8 :], record.algorithm)


class TypeWindowSight(Sight, of=TypeWindow):
    """Each type that is there, as if it were a record's."""

    hides = dict.fromkeys(("window", "length", "bitmap"), _always)

    @computed("resp.type", UINT16, over="bitmap", title="RR type in bit map")
    def types_there(self, window: TypeWindow) -> list[int]:
        """The types whose bits are set."""
        return [int(each) for each in window.types()]


class NextSight(NameSight, of=NSECRecord):
    """The next name."""

    word = "next domain name"


class OldNextSight(NameSight, of=NXTRecord):
    """The next name, and the types."""

    hides = RecordSight.hides | {"bitmap": _always}

    @computed("resp.type", UINT16, over="bitmap", title="RR type in bit map")
    def types_there(self, record: NXTRecord) -> list[int]:
        """The types whose bits are set."""
        return [place for place in range(8 * len(record.bitmap)) if record.bitmap[place // 8] & 0x80 >> place % 8]


class HashedSight(RecordSight, of=NSEC3Record):
    """The hash in the letters of names."""

    hides = RecordSight.hides | {"next_hash": _always}

    @computed("nsec3.hash_value", STRING, over="next_hash", title="Next hashed owner")
    def hash_text(self, record: NSEC3Record) -> str:
        """The hash of the next name, in base 32."""
        return b32hexencode(record.next_hash).decode().rstrip("=").lower()


class ParameterSight(OwnerSight, of=NSEC3PARAMRecord):
    """How names are hashed."""


class AssociationSight(OwnerSight, of=TLSARecord):
    """Which certificate is shown."""


class LeaseSight(OwnerSight, of=DHCIDRecord):
    """Whose lease it is."""


class MailKeySight(RecordSight, of=OPENPGPKEYRecord):
    """A key as text."""

    hides = RecordSight.hides | {"key": _always}

    @computed("openpgpkey", STRING, over="key", title="OpenPGP Key")
    def key_text(self, record: OPENPGPKEYRecord) -> str:
        """The bytes as characters."""
        return record.key.decode("ascii", "replace")


class AgreementSight(RecordSight, of=TKEYRecord):
    """The times as such."""

    order = (
        *RECORD_HEAD,
        *"rrsig.type_covered rrsig.algorithm rrsig.labels rrsig.original_ttl rrsig.signature_expiration".split(),
        *"rrsig.signature_inception rrsig.key_tag rrsig.signers_name rrsig.signature".split(),
    )
    hides = RecordSight.hides | dict.fromkeys(("expiration", "inception"), _always)

    @computed("tkey.signature_inception", ABSOLUTE_TIME, over="inception", title="Signature Inception")
    def begins(self, record: TKEYRecord) -> int:
        """From when on the key is valid."""
        return record.inception * BILLION

    @computed("tkey.signature_expiration", ABSOLUTE_TIME, over="expiration", title="Signature Expiration")
    def expires(self, record: TKEYRecord) -> int:
        """Until when the key is valid."""
        return record.expiration * BILLION


class AuthenticatedSight(RecordSight, of=TSIGRecord):
    """The time as such, and that there is a code."""

    hides = RecordSight.hides | dict.fromkeys(("time_signed", "mac"), _always)

    @computed("tsig.time_signed", ABSOLUTE_TIME, over="time_signed", title="Time Signed")
    def signed_at(self, record: TSIGRecord) -> int:
        """When the message was signed."""
        return record.time_signed * BILLION

    @computed("tsig.mac", NONE, over="mac", title="MAC")
    def has_code(self, record: TSIGRecord) -> int | None:
        """1 where there is a code."""
        return 1 if record.mac else None

    @noted("tsig.noalg", "No dissector for algorithm", "Warning", UNDECODED)
    def unknown_algorithm(self, record: TSIGRecord) -> str | None:
        """The code is of a kind that is not looked into."""
        return f"No dissector for algorithm:{name_in(record, 'algorithm')}" if record.mac else None
