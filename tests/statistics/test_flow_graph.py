"""The graph of who sent what to whom, as tshark 4.0 draws it."""

from __future__ import annotations

import pytest

from dissect import TCP, DissectError, EchoReply, EchoRequest, Ethernet, IPv4, Packet
from dissect.captures import read
from dissect.packets.clock import Clock
from dissect.statistics.flow_graph import Arrow, flow_lines
from dissect.statistics.tap import Setting, tap_named, tapped
from tests.commands.conftest import packets
from tests.conftest import SAMPLES

THERE = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
BACK = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1")


def lines(text: str, found: list[Packet]) -> list[str]:
    clock = Clock()
    tap = tap_named(text, Setting("", clock))
    for _ in tapped(found, [tap], clock):
        pass
    return list(tap.lines())


def test_arrows_there_and_back() -> None:
    forth = Arrow("10.0.0.1", 40000, "10.0.0.254", 53, "0.000026", "40000 → 53 Len=34", "UDP: 40000 → 53 Len=34")
    back = Arrow("10.0.0.254", 53, "10.0.0.1", 40000, "0.000338", "an answer", "UDP: an answer")
    assert list(flow_lines([forth, back, forth._replace(destination="10.0.1.1", label="x" * 50, comment="")])) == [
        "|Time     | 10.0.0.1                              | 10.0.1.1                              |",
        "|         |                   | 10.0.0.254        |                   ",
        "|0.000026 |         40000 → 53 Len=34             |                   |UDP: 40000 → 53 Len=34",
        "|         |(40000)  ------------------>  (53)     |                   |",
        "|0.000338 |         an answer |                   |                   |UDP: an answer",
        "|         |(40000)  <------------------  (53)     |                   |",
        "|0.000026 |         xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx          |",
        "|         |(40000)  -------------------------------------->  (53)     |",
    ]


@pytest.mark.parametrize("kind", ["tcp,standard", "tcp,network", "any,standard", "any,network", "icmp,network"])
@pytest.mark.parametrize("name", ["tcp_loss", "file_download", "geneve_ping", "first_ping", "dns"])
def test_frames_that_become_no_packets_have_the_same_arrows(name: str, kind: str) -> None:
    path, clock = SAMPLES / f"{name}.pcap", Clock()
    tap = tap_named(f"flow,{kind}", Setting("", clock))
    with read(path) as reader:
        for _ in tapped(reader, [tap], clock, reader=reader):
            pass
    assert list(tap.lines()) == lines(f"flow,{kind}", list(read(path)))


def test_conversations_are_told_apart() -> None:
    arrow = Arrow("a", 1, "b", 2, "0", "", "")
    found = list(flow_lines([arrow, arrow._replace(conversation=1)]))
    assert found[0].startswith("Conv.| Time    | a ")
    assert found[2].startswith("0    |0        |")
    assert found[4] == "-" * 57


def test_no_arrow_no_line() -> None:
    assert lines("flow,any,network", []) == []


def test_many_nodes_end_the_graph() -> None:
    arrows = [Arrow(f"n{number}", 0, "a", 0, "", "", "") for number in range(50)]
    found = list(flow_lines(arrows))
    assert len(found) == 102
    # What belongs to a node without room is not written over the line, but into it.
    assert [len(found[number]) for number in (79, 81)] == [811, 1610]


def test_the_standard_leaves_out_what_has_no_network() -> None:
    assert len(lines("flow,any,network", packets())) == 8
    assert len(lines("flow,any,standard", packets())) == 6
    assert len(lines("flow,any,standard,udp.srcport == 6", packets())) == 4


def test_segments_have_flags_and_relative_numbers() -> None:
    segment = TCP(sport=5, dport=6, seq=100, flags="SA", ack=7)
    found = lines("flow,tcp,network", [Packet(bytes(THERE / segment)), Packet(bytes(THERE / (segment / b"abc")))])
    assert "SYN, ACK  " in found[2]
    assert found[2].endswith("|Seq = 0 Ack = 1")
    assert "SYN, ACK - Len: 3" in found[4]


def test_pings_that_were_answered() -> None:
    echoes = [THERE / EchoRequest(id=1, seq=1), BACK / EchoReply(id=1, seq=1), BACK / EchoReply(id=1, seq=9)]
    found = lines("flow,icmp,network", [Packet(bytes(each), number=n) for n, each in enumerate(echoes, 1)])
    assert [line.split()[-2:] for line in found[3::2]] == [["(2048)", "|"], ["(0)", "|"]]


def test_it_has_to_be_said_which_addresses() -> None:
    with pytest.raises(DissectError, match="needs standard or network"):
        tap_named("flow,any", Setting("", Clock()))


def test_bits_that_mean_nothing_yet_are_told_of_a_segment() -> None:
    segment = TCP(sport=5, dport=6, seq=100, flags="S", reserved=4)
    assert "SYN, Reserved" in lines("flow,tcp,network", [Packet(bytes(THERE / segment))])[2]
