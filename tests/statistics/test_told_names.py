from __future__ import annotations

from dissect import (
    DHCP,
    DNS,
    MDNS,
    NBNS,
    TCP,
    UDP,
    AAAARecord,
    ARecord,
    DNSLength,
    Ethernet,
    Header,
    IPv4,
    MessageType,
    NetBIOSAddress,
    NetBIOSAddressRecord,
    Packet,
    PTRRecord,
)
from dissect.protocols.dhcp_host_options import DHCPDomainName, DHCPHostName
from dissect.protocols.dhcp_options import DHCPOption
from dissect.statistics.told_names import told_names

OUTER = Ethernet() / IPv4(src="10.0.0.53", dst="10.0.0.1")


def rows(*frames: Header) -> list[tuple[str, str, str, int, int]]:
    return [tuple(each) for each in told_names(Packet(bytes(f), number=n) for n, f in enumerate(frames, 1))]  # type: ignore[misc]


def test_each_pair_is_told_once_with_its_frames() -> None:
    answer = DNS(is_response=True, answers=[ARecord("a.example", "192.0.2.1"), AAAARecord("a.example", "2001:db8::1")])
    assert rows(OUTER / UDP(sport=53) / answer, OUTER / UDP(sport=53) / answer) == [
        ("192.0.2.1", "a.example", "dns", 2, 1),
        ("2001:db8::1", "a.example", "dns", 2, 1),
    ]


def test_names_of_addresses_and_of_other_protocols() -> None:
    ip6 = "1" + ".0" * 23 + ".8.b.d.0.1.0.0.2.ip6.arpa"
    frames = (
        OUTER
        / TCP(sport=53)
        / DNSLength()
        / DNS(is_response=True, answers=[PTRRecord("1.2.0.192.in-addr.arpa", "b.c")]),
        OUTER / UDP(sport=5353) / MDNS(is_response=True, answers=[PTRRecord(ip6, "d.local")]),
        OUTER
        / UDP(sport=137)
        / NBNS(is_response=True, answers=[NetBIOSAddressRecord("FRED<20>", [NetBIOSAddress("192.0.2.3")])]),
    )
    assert [row[:3] for row in rows(*frames)] == [
        ("192.0.2.1", "b.c", "dns"),
        ("2001:db8::1", "d.local", "mdns"),
        ("192.0.2.3", "FRED<20>", "nbns"),
    ]


def test_questions_and_odd_names_tell_nothing() -> None:
    odd = ["300.2.0.192.in-addr.arpa", "x.ip6.arpa", "www.example", "."]
    frames = [
        OUTER / UDP(dport=53) / DNS(answers=[ARecord("a", "192.0.2.1")]),
        OUTER / UDP(sport=53) / DNS(is_response=True, answers=[PTRRecord(name, "b") for name in odd]),
    ]
    assert rows(*frames) == []


def test_a_packet_tells_its_own() -> None:
    answers = [ARecord("a.example", "192.0.2.1"), ARecord("b.example", "192.0.2.1")]
    packet = Packet(bytes(OUTER / UDP(sport=53) / DNS(is_response=True, answers=answers)))
    assert packet.names == {"192.0.2.1": "a.example"}


def test_leases_tell_the_names_of_clients() -> None:
    def says(kind: str, *options: DHCPOption, address: str = "10.0.0.7") -> Header:
        message = DHCP(operation=2, your_address=address, options=[MessageType(kind), *options])
        return OUTER / UDP(sport=67, dport=68) / message

    found = rows(
        says("offer", DHCPHostName("early")),
        says("ack", DHCPHostName("laptop"), DHCPDomainName("home.example")),
        says("ack", DHCPHostName("desk.example"), DHCPDomainName("home.example"), address="10.0.0.8"),
        says("ack", DHCPHostName("asks"), address="0.0.0.0"),
        says("ack", address="10.0.0.9"),
    )
    assert found == [
        ("10.0.0.7", "laptop.home.example", "dhcp", 1, 2),
        ("10.0.0.8", "desk.example", "dhcp", 1, 3),
    ]
