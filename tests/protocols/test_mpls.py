from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import GRE, MPLS, PPP, UDP, VLAN, Data, Ethernet, Header, IPv4, IPv6, PseudowireControlWord
from tests.declared import again
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

LINK = Ethernet(src="00:00:5e:00:53:01", dst="00:00:5e:00:53:02")
INNER = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"
INNER_V6 = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1, dport=2) / b"data"
NAMES = """
    mpls.label mpls.exp mpls.bottom mpls.ttl pweth.cw.sequence_number eth.type eth.src vlan.id ip.src ipv6.src
    udp.srcport frame.protocols _ws.col.Protocol _ws.col.Info data.data
""".split()
CASES: list[Header] = [
    MPLS(label=100, traffic_class=5, ttl=3) / INNER,
    MPLS(label=100) / MPLS(label=200) / INNER,
    MPLS(label=0) / INNER,
    MPLS(label=2) / INNER_V6,
    MPLS(label=16) / PseudowireControlWord(sequence=7) / LINK / INNER,
    MPLS(label=16) / LINK / INNER,
    MPLS(label=16) / PseudowireControlWord() / LINK / VLAN(id=5) / INNER,
    MPLS(label=16) / b"\x10\0\0\0data",
    MPLS(label=16) / b"\0\0",
]


@pytest.mark.parametrize("stack", CASES)
def test_construct_and_deconstruct(stack: Header) -> None:
    frame = LINK / stack
    assert frame.type == 0x8847
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert again(parsed) == frame
    assert [problem for problem in parsed.problems() if problem.layer in ("mpls", "pwethcw")] == []


def test_bytes() -> None:
    assert bytes(MPLS(label=0xABCDE, traffic_class=5, ttl=1) / b"x").hex() == "abcdeb0178"
    assert bytes(MPLS(label=1) / MPLS(label=16, ttl=2)).hex() == "0000104000010102"


def test_a_label_says_whether_it_is_the_last() -> None:
    frame = LINK / MPLS(label=100) / MPLS(label=200) / INNER
    assert [label.bottom for label in frame.layers() if isinstance(label, MPLS)] == [False, True]
    wrong = LINK / MPLS(label=100, bottom=True) / MPLS(label=200) / INNER
    assert any("which is MPLS" in problem.message for problem in wrong.problems() if problem.layer == "mpls")


@pytest.mark.parametrize(("label", "count"), [(3, 1), (1, 1), (0, 0), (13, 0), (16, 0), (0xFFFFF, 0)])
def test_labels_that_may_not_stand_there(label: int, count: int) -> None:
    frame = dissect.parse(bytes(LINK / MPLS(label=label) / INNER))
    assert len([problem for problem in frame.problems() if problem.field == "label"]) == count


def test_over_what_it_is_carried() -> None:
    outer = IPv4(src="192.0.2.1", dst="192.0.2.2")
    for carrier in (LINK, LINK / outer / GRE(), LINK / outer / UDP(sport=50000), LINK / VLAN(id=3)):
        frame = carrier / MPLS(label=100) / INNER
        parsed = dissect.parse(bytes(frame))
        assert parsed == frame
        assert parsed[MPLS].payload == INNER
    assert dissect.parse(bytes(PPP() / MPLS() / INNER), "ppp")[MPLS].payload == INNER


@pytest.mark.parametrize("length", range(1, 8))
def test_impossible_length(length: int) -> None:
    data = bytes(LINK / MPLS(label=100) / MPLS(label=200) / INNER)[: 14 + length]
    parsed = dissect.parse(data)
    assert bytes(parsed) == data
    assert ("is cut short" in [problem.message for problem in parsed.problems()]) is bool(length % 4)


def test_a_stack_deeper_than_what_is_looked_at() -> None:
    data = bytes(LINK.replace(type=0x8847)) + bytes.fromhex("00064040") * 100
    parsed = dissect.parse(data)
    assert bytes(parsed) == data
    assert isinstance(list(parsed.layers())[-1], Data)


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    frames = [bytes(LINK / stack) for stack in CASES]
    frames += [bytes(LINK.replace(type=0x8848)) + bytes(stack) for stack in CASES]
    frames += [frames[1][:length] for length in range(15, 23)]
    capture = tmp_path / "labels.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(frames)
