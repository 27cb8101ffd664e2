"""The options of EDNS as Wireshark sees them: their bytes beside what they mean, and a code of old."""

from __future__ import annotations

from dissect.protocols import dns_options as options
from dissect.protocols.dns_options import OPTRecord
from tests.wireshark.dns_answers import answer


def test_every_option_has_a_mark_and_its_bytes() -> None:
    packet = answer(OPTRecord(options=[options.DNSCookie(b"12345678"), options.DNSPadding(bytes(2))]))
    assert packet.get("dns.opt") == [1, 1]
    assert packet.get("dns.opt.code") == [10, 12]
    assert packet.get("dns.opt.data") == [b"12345678", bytes(2)]


def test_bits_of_an_address_that_are_not_there_are_zeros() -> None:
    subnets = [
        options.DNSClientSubnet(b"\xc0\x00\x02", source_bits=24),
        options.DNSClientSubnet(b"\x20\x01", family="ipv6", source_bits=16),
        options.DNSClientSubnet(b"\x07", family=9),
    ]
    packet = answer(OPTRecord(options=subnets))
    assert packet.get("dns.opt.client.addr4") == ["192.0.2.0"]
    assert packet.get("dns.opt.client.addr6") == ["2001::"]
    assert packet.get("dns.opt.client.addr") == [b"\x07"]


def test_the_code_that_client_subnets_had_is_read_and_remarked() -> None:
    old = options.UnknownDNSOption(bytes.fromhex("0001 18 00 c00002"), code=20730)
    packet = answer(OPTRecord(options=[old]))
    assert packet.get("dns.opt.client.addr4") == ["192.0.2.0"]
    assert (packet.get("dns.opt.client.netmask"), packet.get("dns.opt.client.scope")) == ([24], [0])
    assert "Deprecated opcode. Client subnet OPT assigned as 8." in packet.get("_ws.expert.message")


def test_algorithms_are_numbers_one_by_one() -> None:
    packet = answer(
        OPTRecord(options=[options.DNSSignaturesUnderstood(b"\x08\x0d"), options.DNSHashesUnderstood(b"\x01")])
    )
    assert (packet.get("dns.opt.dau"), packet.get("dns.opt.n3u")) == ([8, 13], [1])


def test_the_size_of_a_datagram_stands_where_a_class_would() -> None:
    packet = answer(OPTRecord(record_class=4096, ttl=1 << 31))
    assert packet.get("dns.rr.udp_payload_size") == [4096]
    assert packet.get("dns.resp.class") == []
    # The upper bit of what is no time to live means nothing wrong.
    assert packet.get("_ws.expert.message") == []
