"""Frames that are mangled in ways in which real ones are: headers of another version, and parts that end too early.

Tshark reads all of them at once, and every field that both know is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dissect
from dissect import GRE, ICMP, MPLS, TCP, UDP, VLAN, Ethernet, IPv4, IPv6, Packet, RouterAdvertisement
from dissect.wireshark.fields import names
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

PROTOCOLS = ("frame.protocols", "eth.", "ip.", "ipv6.", "icmp.", "igmp.", "gre.", "ppp.", "tcp.", "udp.", "data.")
LEFT_OUT = ("ip.tos", "tcp.payload", "udp.payload", "icmp.data_time")
SIX = bytes(IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1000, dport=2000))
FOUR = bytes(IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1000, dport=2000))
SEVEN = b"\x75" + FOUR[1:]


def of_another_version() -> Iterator[bytes]:
    """Datagrams of one version of IP where those of another one should be, and of none."""
    for size in (len(SIX), 41, 40, 20, 1):
        yield bytes(Ethernet(type=0x0800) / SIX[:size])
        yield bytes(Ethernet() / IPv4(protocol=4) / SIX[:size])
    for first in (0x45, 0x05, 0xF0):
        for size in (len(SIX), 40, 20, 1):
            header = bytes([first]) + SIX[1:size]
            yield bytes(Ethernet(type=0x86DD) / header)
            yield bytes(Ethernet() / VLAN(type=0x86DD) / header)
            yield bytes(Ethernet() / IPv4(protocol=41) / header)
            yield bytes(Ethernet() / IPv6(next_header=41) / header)
            yield bytes(Ethernet() / IPv4() / GRE(protocol=0x86DD) / header)
    yield bytes(Ethernet() / IPv4() / GRE(protocol=0x0800) / SIX)
    yield bytes(Ethernet() / IPv6(next_header=4) / SIX)
    yield bytes(Ethernet() / MPLS(bottom=True) / SIX)
    yield bytes(Ethernet(type=0x0800) / SEVEN)
    yield bytes(Ethernet() / IPv4(protocol=4) / SEVEN)
    for quoted in (SEVEN, SEVEN[:1], b""):
        yield bytes(Ethernet() / IPv4() / ICMP(type=3, code=0, payload=bytes(4) + quoted))


def that_end_early() -> Iterator[bytes]:
    """Options, records and tunnels that say that they go on, and don't."""
    for options in (
        "01",
        "0101",
        "020405b4",
        "020405b401",
        "020405b40402",
        "080a0000000000000000",
        "020405",
        "02",
        "0200",
    ):
        for words in (15, 8):
            segment = TCP(sport=1000, dport=2000, flags="A", data_offset=words).cut(
                bytes(TCP(sport=1000, dport=2000, seq=1, ack=1, flags="A", data_offset=5))[:12]
                + bytes([words << 4, 0x10, 1, 0, 0, 0, 0, 0])
                + bytes.fromhex(options)
            )
            yield bytes(Ethernet() / IPv4(protocol=6) / bytes(segment))
    for option in (
        "1e042001 030307",
        "1e062005 0000 0402",
        "1e092005 0000000000",
        "0502 030307",
        "050d" + 11 * "01",
    ):
        octets = bytes.fromhex(option)
        segment = TCP(
            sport=1000 + len(octets), dport=octets[2], seq=1, ack=1, flags="A", options=octets + bytes(-len(octets) % 4)
        )
        yield bytes(Ethernet() / IPv4() / segment)
    for group in ("00000000", "e0010101"):
        for sources in ("0001", "0002", "0002 0a000001", "0003 0a000001 0a000002 01", "0001 0a000001", "0000"):
            yield bytes(Ethernet() / IPv4(protocol=2, ttl=1) / bytes.fromhex(f"110a0000 {group} 027d {sources}"))
    advertised = bytes(RouterAdvertisement(code=16, addresses=[]))[:4] + bytes.fromhex("0102 0708 0a000001 00000000")
    for extension in (
        "",
        "1006" + 6 * "00",
        "1010" + 10 * "00",
        "1004" + 4 * "00",
        "130101",
        "13050102",
        "000000",
        "10",
    ):
        yield bytes(Ethernet() / IPv4(protocol=1) / (advertised + bytes.fromhex(extension)))
    yield bytes(Ethernet() / IPv4(protocol=1) / (advertised[:5] + b"\x07" + advertised[6:]))
    yield bytes(Ethernet() / IPv4(protocol=1) / advertised[:-6])
    for carried in (b"", b"\xff", b"\xff\x03"):
        yield bytes(Ethernet() / IPv4() / GRE(version=1, key=1, sequence=2, protocol=0x880B) / carried)
    route = bytes.fromhex("11020001 00000000 20010db8")
    for size in (8, 12, 4):
        yield bytes(Ethernet() / IPv6(next_header=43) / route[:size])
    for protocol in (17, 6):
        yield bytes(Ethernet() / IPv4(protocol=protocol, flags="MF", checksum=1) / bytes.fromhex("03e807d0 0100 0000"))
    for protocol in (225, 252, 253, 224):
        yield bytes(Ethernet() / IPv6(next_header=protocol) / b"data")
        yield bytes(Ethernet() / IPv4(protocol=protocol) / b"data")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name in tshark.types and name.startswith(PROTOCOLS)]
    wanted = [name for name in wanted if not name.startswith(LEFT_OUT)] + ["_ws.col.Protocol", "_ws.col.Info"]
    frames = [*of_another_version(), *that_end_early()]
    capture = tmp_path / "mangled.pcap"
    dissect.write(capture, [Packet(frame) for frame in frames])
    assert agree(tshark, capture, wanted) == len(wanted) * len(frames)
