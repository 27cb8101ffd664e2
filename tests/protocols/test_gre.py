from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import (
    ARP,
    GRE,
    PPP,
    UDP,
    ChecksumState,
    Data,
    Ethernet,
    GREProtocol,
    HDLCFraming,
    Header,
    IPv4,
    IPv6,
    WCCPRedirect,
)
from dissect.errors import FieldError
from dissect.protocols.gre import SourceRouteEntry
from dissect.wireshark.fields import names
from tests.declared import again
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

LINK = Ethernet(src="00:00:5e:00:53:01", dst="00:00:5e:00:53:02")
OUTER = IPv4(src="192.0.2.1", dst="192.0.2.2")
INNER = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"
CASES: list[tuple[str, Header]] = [
    ("0000 0800", GRE() / INNER),
    ("2000 0800 0000002a", GRE(key=42) / INNER),
    ("1000 0800 00000007", GRE(sequence=7) / INNER),
    ("3000 0800 0000002a 00000007", GRE(key=42, sequence=7) / INNER),
    ("0000 86dd", GRE() / IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP()),
    ("0000 6558", GRE() / LINK / INNER),
    ("0000 0806", GRE() / ARP()),
    ("3081 880b 0022 0007 00000001 00000002", GRE(
        version=1, key=34 << 16 | 7, sequence=1, acknowledgment=2) / PPP() / INNER),
    ("2001 880b 0024 0007", GRE(version=1, key=36 << 16 | 7) / HDLCFraming() / PPP() / INNER),
    ("0000 883e 0103 0000", GRE() / WCCPRedirect(is_dynamic=True, service_id=3) / INNER),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "tunnel"), CASES)
def test_construct_and_deconstruct(raw: str, tunnel: Header) -> None:
    data = bytes.fromhex(raw)
    assert bytes(tunnel)[: len(data)] == data
    frame = LINK / OUTER / tunnel
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert again(parsed) == frame
    assert [problem for problem in parsed.problems() if problem.layer == "gre"] == []


def test_a_checksum_covers_what_is_carried() -> None:
    frame = dissect.parse(bytes(LINK / OUTER / GRE(has_checksum=True) / INNER))
    tunnel = frame[GRE]
    assert tunnel.checksum is not None
    assert tunnel.checksum_state() is ChecksumState.GOOD
    assert tunnel.offset_of_route == 0
    damaged = bytearray(bytes(frame))
    damaged[-1] ^= 1
    assert dissect.parse(bytes(damaged))[GRE].checksum_state() is ChecksumState.BAD


def test_what_a_flag_switches_off_is_none() -> None:
    tunnel = GRE()
    assert (tunnel.checksum, tunnel.key, tunnel.sequence, tunnel.acknowledgment) == (None, None, None, None)
    assert (tunnel.payload_length, tunnel.call_id) == (None, None)
    assert bytes(GRE(key=1))[:1] == b"\x20"
    with pytest.raises(FieldError):
        GRE(has_key=False, key=1)


def test_the_key_of_pptp_is_a_length_and_a_call() -> None:
    tunnel = dissect.parse(bytes(LINK / OUTER / GRE(version=1, key=5 << 16 | 9) / PPP() / INNER))[GRE]
    assert (tunnel.payload_length, tunnel.call_id) == (5, 9)
    assert "key" in [problem.field for problem in tunnel.problems() if problem.layer == "gre"]


@pytest.mark.parametrize(
    ("tunnel", "field"),
    [
        (GRE(version=2) / INNER, "version"),
        (GRE(version=1) / INNER, "version"),
        (GRE(has_routing=True) / INNER, "has_routing"),
    ],
)
def test_what_contradicts_the_documents(tunnel: Header, field: str) -> None:
    frame = dissect.parse(bytes(LINK / OUTER / tunnel))
    assert field in [problem.field for problem in frame.problems() if problem.layer == "gre"]


def test_a_source_route_ends_with_an_empty_part() -> None:
    route = [SourceRouteEntry(family=0x800, information=bytes([10, 0, 0, 1])), SourceRouteEntry()]
    frame = LINK / OUTER / GRE(has_routing=True, key=7, routes=route) / INNER
    assert bytes(frame[GRE])[:24].hex(" ", 4) == "60000800 9a130000 00000007 08000004 0a000001 00000000"
    read = dissect.parse(bytes(frame))
    assert (read, read[GRE].routes) == (frame, tuple(route))
    assert not GRE().routes


def test_a_source_route_without_an_end_takes_all_that_there_is() -> None:
    frame = dissect.parse(bytes(LINK / OUTER / GRE(has_routing=True, routes=[SourceRouteEntry(family=1)])) + b"more")
    assert frame[GRE].payload is None


@pytest.mark.parametrize("length", range(20))
def test_impossible_length(length: int) -> None:
    data = bytes(GRE(has_checksum=True, key=1, sequence=2) / INNER)[:length]
    frame = LINK / OUTER / Data(data)
    frame[IPv4].protocol = 47
    parsed = dissect.parse(bytes(frame))
    assert bytes(parsed) == bytes(frame)
    cut = [problem for problem in parsed.problems() if problem.layer == "gre" and problem.message == "is cut short"]
    assert bool(cut) is (0 < length < 16)


def test_over_ipv6_and_udp() -> None:
    for outer in (IPv6(src="2001:db8::1", dst="2001:db8::2"), OUTER / UDP(sport=50000)):
        frame = dissect.parse(bytes(LINK / outer / GRE(key=1) / INNER))
        assert frame[GRE].key == 1
        assert frame[GRE].payload == INNER
    assert (OUTER / UDP(sport=50000) / GRE()).payload.dport == 4754  # type: ignore[union-attr]


def test_an_unknown_protocol() -> None:
    frame = dissect.parse(bytes(LINK / OUTER / GRE(protocol=0x1234) / b"data"))
    assert frame[GRE].info() == "Encapsulated 0x1234 (unknown)"
    assert GRE(protocol=0x8909).info() == "Encapsulated CiscoMetaData"
    assert GREProtocol(0x1234).known is False


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name.startswith("gre.") and name in tshark.types]
    assert len(wanted) > 20
    wanted += ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info", "ip.src", "udp.srcport", "udp.stream"]
    frames = [bytes(LINK / OUTER / tunnel) for _, tunnel in CASES]
    frames += [bytes(LINK / IPv6(src="2001:db8::1", dst="2001:db8::2") / tunnel) for _, tunnel in CASES]
    frames.append(bytes(LINK / OUTER / GRE(has_checksum=True, key=1) / INNER))
    frames.append(bytes(LINK / OUTER / GRE(has_checksum=True, checksum=1) / INNER))
    frames.append(bytes(LINK / OUTER / GRE(protocol=0x1234) / b"data"))
    frames.append(bytes(LINK / OUTER / GRE(protocol="erspan") / b"data"))
    capture = tmp_path / "tunnels.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, wanted) == len(wanted) * len(frames)
