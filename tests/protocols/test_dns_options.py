"""The options of EDNS: bytes as their RFCs draw them, and the fields that an OPT record makes of others."""

from __future__ import annotations

import pytest

from dissect import Option
from dissect.protocols import dns_options as options
from dissect.protocols.dns_options import DNSOption, MalformedDNSOption, OPTRecord, UnknownDNSOption


def options_of(raw: bytes) -> list[Option]:
    """What an OPT record lists whose data are these bytes."""
    record = OPTRecord(options=raw)
    assert bytes(record).endswith(raw)
    return list(record.options)


@pytest.mark.parametrize(
    ("option", "hexadecimal"),
    [
        (options.DNSServerIdentifier(b"ns1"), "0003 0003 6e7331"),
        (options.DNSSignaturesUnderstood(bytes([8, 13])), "0005 0002 08 0d"),
        (options.DNSDigestsUnderstood(bytes([2])), "0006 0001 02"),
        (options.DNSHashesUnderstood(bytes([1])), "0007 0001 01"),
        # RFC 7871, section 6: the address is cut behind the source's bits.
        (options.DNSClientSubnet(b"\xc0\x00\x02", source_bits=24), "0008 0007 0001 18 00 c00002"),
        (options.DNSClientSubnet(b"\x20\x01\x0d\xb8", family="ipv6", source_bits=32, scope_bits=48),
         "0008 0008 0002 20 30 20010db8"),
        # RFC 7873, section 4: 8 bytes of the client, and 8 to 32 of the server.
        (options.DNSCookie(b"12345678"), "000a 0008 3132333435363738"),
        (options.DNSCookie(b"12345678", b"abcdefgh"), "000a 0010 3132333435363738 6162636465666768"),
        # RFC 7828, section 3.1: a client sends none, a server tenths of a second.
        (options.DNSKeepalive(100), "000b 0002 0064"),
        (options.DNSPadding(bytes(3)), "000c 0003 000000"),
        (options.DNSChain("a.b"), "000d 0005 01 61 01 62 00"),
        (options.DNSExtendedError("blocked", "no"), "000f 0004 000f 6e6f"),
    ],
)  # fmt: skip
def test_bytes(option: DNSOption, hexadecimal: str) -> None:
    raw = bytes.fromhex(hexadecimal)
    assert bytes(option) == raw
    assert options_of(raw) == [option]


def test_a_client_asks_without_a_timeout() -> None:
    (option,) = options_of(bytes.fromhex("000b 0000"))
    assert isinstance(option, options.DNSKeepalive)
    assert option.timeout is None


def test_codes_that_nobody_knows_and_lists_that_end_too_soon() -> None:
    unknown, malformed = options_of(bytes.fromhex("fde9 0002 abcd 0003 0009 61"))
    assert (type(unknown), bytes(unknown)) == (UnknownDNSOption, bytes.fromhex("fde9 0002 abcd"))
    assert (type(malformed), bytes(malformed)) == (MalformedDNSOption, bytes.fromhex("0003 0009 61"))


def test_class_and_time_to_live_are_other_fields() -> None:
    """RFC 6891, sections 6.1.2 and 6.1.3: the size of a datagram, then eight bits, a version, DO and fifteen bits."""
    record = OPTRecord(record_class=4096, extended_code=1, version=2, dnssec_ok=True, reserved_flags=3)
    assert bytes(record) == bytes.fromhex("00 0029 1000 01 02 8003 0000")
    assert record.extended_flags == 0x8003
    assert record == OPTRecord(record_class=4096, ttl=0x01028003)
