"""Ladders of conversations: words, SVG and Mermaid say the same."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, Ethernet, IPv4, sequence_ladder
from dissect.views.svg import CHARACTER
from tests.declared import SAMPLES, any_bytes

_SVG = "{http://www.w3.org/2000/svg}"
_CLOSE = SAMPLES / "tcp_close_four.pcap"


def test_every_packet_is_an_arrow_from_its_sender() -> None:
    ladder = sequence_ladder(dissect.read(_CLOSE))
    assert ladder.hosts == ["10.0.0.1", "10.0.0.2"]
    assert [each.text.split("]")[0].split("[")[1] for each in ladder.messages[:3]] == ["SYN", "SYN, ACK", "ACK"]
    root = ElementTree.fromstring(ladder.to_svg())
    assert len(root.findall(f"{_SVG}g")) == len(ladder.messages) == len(ladder.to_mermaid().split("->>")) - 1
    directions = [float(line.get("x1", "")) < float(line.get("x2", "")) for line in root.findall(f"{_SVG}g/{_SVG}line")]
    assert directions == [each.source == "10.0.0.1" for each in ladder.messages]


def test_sequence_numbers_are_relative() -> None:
    lines = repr(sequence_ladder(dissect.read(_CLOSE))).splitlines()
    assert "[SYN] Seq=0 " in lines[0]
    assert "Seq=0 Ack=1 " in lines[1]


def test_a_picture_has_its_words() -> None:
    bundle = sequence_ladder([IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(dport=53)])._repr_mimebundle_()
    assert bundle["text/plain"].endswith("10.0.0.1 → 10.0.0.2  UDP 0 → 53 Len=0")
    assert "0 → 53 Len=0" in bundle["image/svg+xml"]


def test_headers_without_a_link_layer_and_hosts_that_speak_to_themselves() -> None:
    ladder = sequence_ladder([IPv4(src="10.0.0.1", dst="10.0.0.1") / TCP()])
    assert ladder.hosts == ["10.0.0.1"]
    assert ElementTree.fromstring(ladder.to_svg()).find(f"{_SVG}g/{_SVG}path") is not None


def test_hosts_stand_in_the_order_asked_for_and_share_the_page() -> None:
    way = ["10.0.0.1", "10.0.0.254", "10.0.1.254", "10.0.2.1"]
    packets = list(dissect.read(SAMPLES / "traceroute.pcap", "ip"))
    assert sequence_ladder(packets).hosts == [way[0], way[3], way[1], way[2]]
    assert sequence_ladder(packets, hosts=[*way[:3], "10.9.9.9"]).hosts == way
    ladder = sequence_ladder(packets, hosts=way)
    root = ElementTree.fromstring(ladder.to_svg())
    assert float(root.get("width", "")) <= 900
    lines = [float(line.get("x1", "")) for line in root.findall(f"{_SVG}line")]
    assert lines == sorted(lines)
    assert len(lines) == 4
    assert ladder.to_mermaid().split("\n")[1:5] == [
        f"    participant h{number} as {host}" for number, host in enumerate(way)
    ]


def test_texts_longer_than_their_arrows_are_whole_and_on_the_page() -> None:
    ladder = sequence_ladder(dissect.read(SAMPLES / "first_ping.pcap"))
    root = ElementTree.fromstring(ladder.to_svg())
    width = float(root.get("width", ""))
    arrows = root.findall(f"{_SVG}g")
    assert [arrow.findall(f"{_SVG}text")[1].text for arrow in arrows] == [each.text for each in ladder.messages]
    for arrow, message in zip(arrows, ladder.messages, strict=True):
        middle, half = float(arrow.findall(f"{_SVG}text")[1].get("x", "")), len(message.text) * CHARACTER / 2
        assert 96 - 1 <= middle - half < middle + half <= width + 1


def test_what_is_left_out_is_mentioned() -> None:
    ladder = sequence_ladder([Ethernet() / IPv4() / UDP()] * 5, most=3)
    assert len(ladder.messages) == 3
    assert repr(ladder).endswith("these are the first 3")
    assert "these are the first 3" in ladder.to_svg()
    assert "these are the first 3" in ladder.to_mermaid()
    assert repr(sequence_ladder([])) == ""


@given(st.lists(any_bytes, max_size=4))
def test_any_packets_give_a_well_formed_picture(frames: list[bytes]) -> None:
    ladder = sequence_ladder(dissect.parse(data) for data in frames)
    root = ElementTree.fromstring(ladder.to_svg())
    assert {each.tag.removeprefix(_SVG) for each in root.iter()} <= {
        *("svg", "title", "desc", "rect", "text", "g", "line", "polygon", "path"),
    }
    assert ladder.to_mermaid().count("\n") == len(ladder.hosts) + len(frames)
