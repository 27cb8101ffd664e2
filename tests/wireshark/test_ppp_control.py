"""LCP, IPCP, IPV6CP, PAP and CHAP beside tshark, field by field and option by option."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import CHAP, IPCP, IPV6CP, LCP, PAP, PPP, Header, IPv4, Packet
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import names, texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

LCP_OPTIONS = """
    0007 00000c01 78 / 0104 05d4 / 0206 000a0000 / 0305 c22305 / 0304 c023 / 0404 c025 / 0506 12345678 / 0702 / 0802
    0903 07 / 0a03 04 / 0d03 06 / 1104 05dc / 1202 / 1305 01 6162 / 1307 02 0a000001 / 1309 03 020000000001 / 1704 0009
    5503 61
"""
IPCP_OPTIONS = """
    010a 0a000001 0a000002 / 0206 002d 0f01 / 0306 0a000001 / 0406 0a000001 / 8106 0a000001 / 8206 0a000001
    8306 0a000001 / 8406 0a000001 / 4d03 61
"""


def _octets(text: str) -> bytes:
    return bytes.fromhex(text.replace("/", ""))


FRAMES: list[Header] = [
    *(LCP(code=code, identifier=code, options=_octets(LCP_OPTIONS)) for code in (1, 2, 3, 4)),
    *(cls(code=code, data=data) for cls in (LCP, IPCP, IPV6CP) for code in (5, 7, 99) for data in (b"", b"bye")),
    *(LCP(code=code, magic_number=7, test_data=data) for code in (9, 10, 11) for data in (b"", b"abc")),
    *(LCP(code=12, magic_number=7, message=text) for text in ("", "MSRASV5")),
    LCP(code=13, magic_number=7, seconds=300, message="soon"),
    LCP(code=0, vendor_magic_number=7, organization=0xC, kind=1, data=b"abc"),
    LCP(code=8, rejected_protocol=0x8021) / IPCP(options=_octets("0306 0a000001")),
    LCP(code=8, rejected_protocol=0x0021) / IPv4(id=9),
    LCP(code=5, length=40, data=b"bye"),
    LCP(code=1, length=40, options=_octets("0104 05d4")),
    LCP(options=_octets("0103 05")),
    LCP(options=_octets("0104 05d4 0501")),
    LCP(options=_octets("0109 05d4")),
    IPCP(code=1, options=_octets(IPCP_OPTIONS)),
    IPV6CP(options=_octets("010a 0102030405060708 0903 61")),
    PAP(peer="user", password="secret"),
    PAP(code=2, message="hello"),
    PAP(code=9, rest=b"abc"),
    *(CHAP(code=code, value=bytes(range(16)), peer="isp") for code in (1, 2)),
    *(CHAP(code=code, message="welcome") for code in (3, 4)),
    CHAP(code=9, rest=b"abc"),
]
PROTOCOLS = ("ppp.", "lcp.", "ipcp.", "ipv6cp.", "pap.", "chap.")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name in tshark.types and name.startswith(PROTOCOLS)]
    wanted += ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info", "_ws.malformed", "_ws.expert.message", "ip.id"]
    assert len(wanted) > 110
    capture = tmp_path / "control.pcap"
    dissect.write(capture, [Packet(bytes(PPP() / packet), link=9) for packet in FRAMES])
    assert agree(tshark, capture, wanted) == len(wanted) * len(FRAMES)


@pytest.mark.parametrize(
    ("packet", "protocol", "words"),
    [
        ("c021 0100", "PPP LCP", "Configuration Request[Malformed Packet]"),
        ("8021 05000009", "PPP IPCP", "Termination Request[Malformed Packet]"),
        ("8057 09000004", "PPP IPV6CP", "Unknown"),
    ],
)
def test_columns(packet: str, protocol: str, words: str) -> None:
    row = summarize(dissect.parse(bytes.fromhex(packet), link="ppp"))
    assert (row.protocol, row.info) == (protocol, words)


def test_a_packet_that_was_built_has_its_options() -> None:
    packet = PPP() / LCP(code=1, options=_octets("0104 05d4"))
    assert texts(packet, "lcp.opt.mru") == texts(dissect.parse(bytes(packet), link="ppp"), "lcp.opt.mru") == ["1492"]
    assert summarize(packet).info == "Configuration Request"


def test_a_wrong_option_is_remarked() -> None:
    packet = Packet(bytes(PPP() / LCP(options=_octets("0103 05 0501"))), link=9)
    assert texts(packet, "_ws.expert.message") == [
        "Maximum Receive Unit (with option length = 3 bytes; should be 4)",
        "Magic Number (with too-short option length = 1 byte)",
    ]
    assert texts(packet, "lcp.opt.type") == []
