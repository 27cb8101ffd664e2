"""Ladders of conversations: words, SVG and Mermaid say the same."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, Ethernet, IPv4, sequence_ladder
from dissect.views.sequence_ladder import Ladder, Message
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


@pytest.mark.parametrize("name", ["first_ping", "tcp_chat", "traceroute", "tcp_close_four"])
def test_labels_stand_between_two_lines(name: str) -> None:
    ladder = sequence_ladder(dissect.read(SAMPLES / f"{name}.pcap"), most=30)
    root = ElementTree.fromstring(ladder.to_svg())
    width = float(root.get("width", ""))
    rails = [0.0, *(float(line.get("x1", "")) for line in root.findall(f"{_SVG}line")), width]
    for text in [*root.findall(f"{_SVG}g/{_SVG}text"), *root.findall(f"{_SVG}text[@class='state']")]:
        long, place = len(text.text or "") * CHARACTER, float(text.get("x", ""))
        start = place - {"start": 0, "middle": long / 2, "end": long}[text.get("text-anchor", "")]
        assert not any(start < rail < start + long for rail in rails), text.text


def test_labels_are_whole_in_words_and_in_titles() -> None:
    ladder = sequence_ladder(dissect.read(SAMPLES / "tcp_chat.pcap"))
    root = ElementTree.fromstring(ladder.to_svg())
    titles = [title.text for title in root.findall(f"{_SVG}g/{_SVG}title")]
    assert titles == [each.text for each in ladder.messages]
    for arrow, message in zip(root.findall(f"{_SVG}g"), ladder.messages, strict=True):
        label = " ".join(reversed([text.text or "" for text in arrow.findall(f"{_SVG}text")[1:]]))
        assert label == message.text or message.text.startswith(label.rstrip("…")), "cut, if it was too long"


def test_a_label_has_a_few_lines_at_most() -> None:
    long = Message("0", "a", "b", "word " * 200)
    other = [Message("0", host, "a", "") for host in "cdefgh"]
    root = ElementTree.fromstring(Ladder([long, *other]).to_svg())
    lines = [text.text or "" for text in root.findall(f"{_SVG}g/{_SVG}text")][1:5]
    assert lines[0].endswith("…")
    assert sum(line.startswith("word") for line in lines) == 4


def test_states_stand_beside_their_ends() -> None:
    ladder = sequence_ladder(dissect.read(SAMPLES / "tcp_close_three.pcap"))
    told = [dict(each.states) for each in ladder.messages]
    assert told[0] == {"10.0.0.1": "SYN_SENT", "10.0.0.2": "LISTEN"}
    assert told[-2] == {"10.0.0.2": "CLOSE_WAIT LAST_ACK", "10.0.0.1": "FIN_WAIT_2"}
    root = ElementTree.fromstring(ladder.to_svg())
    left, right = (float(line.get("x1", "")) for line in root.findall(f"{_SVG}line"))
    states = root.findall(f"{_SVG}text[@class='state']")
    assert len(states) == sum(map(len, told))
    for text in states:
        place = float(text.get("x", ""))
        assert (place < left) if text.get("text-anchor") == "end" else (place > right)
    assert ladder.to_mermaid().splitlines()[4:6] == ["    note left of h0: SYN_SENT", "    note right of h1: LISTEN"]
    assert repr(ladder).splitlines()[0].endswith("[SYN] Seq=0 Win=64240 Len=0  (10.0.0.1 SYN_SENT, 10.0.0.2 LISTEN)")


def test_several_connections_are_told_apart_by_their_ports() -> None:
    messages = sequence_ladder(dissect.read(SAMPLES / "tcp_short_connections.pcap")).messages
    assert messages[0].text.startswith("40000 → 8000 [SYN] Seq=0")
    assert ("10.0.0.2", "8000: LISTEN") in messages[0].states


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
        *("svg", "title", "desc", "style", "rect", "text", "g", "line", "polygon", "path"),
    }
    states = sum(host in ladder.hosts for each in ladder.messages for host, _ in each.states)
    assert ladder.to_mermaid().count("\n") == len(ladder.hosts) + len(frames) + states
