"""The conversations of a capture: from paths, captures and packets, lazily, within limits, and the quick way."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect import UDP, VLAN, CaptureError, DissectError, Ethernet, IPv4, Packet, conversations, read, write
from dissect.flows.conversations import hear
from tests.conftest import SAMPLES
from tests.flows.test_exchange import HANDSHAKE, segments


def told(sources: object) -> list[object]:
    return [
        (each.protocol, each.stream, each.packets, each.bytes, each.told, each.states, each.analysis)
        for each in conversations(sources)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize("name", ["tcp_loss", "tcp_chat", "tcp_urgent", "dns", "udp_fragments", "vxlan_ping"])
def test_paths_captures_and_packets_give_the_same(name: str) -> None:
    path = SAMPLES / f"{name}.pcap"
    expected = told(list(read(path)))
    assert told(path) == told(str(path)) == told(read(path)) == told(read(path)) == expected
    with path.open("rb") as file:
        assert told(file) == expected


def test_it_is_read_when_somebody_looks(tmp_path: Path) -> None:
    path = tmp_path / "later.pcap"
    found = conversations(path)
    assert repr(found) == "<Conversations: not read yet>"
    write(path, list(segments(*HANDSHAKE)))
    assert len(found) == 1
    path.unlink()
    assert found[0].packets == 3
    assert [each.stream for each in found[:1]] == [0]


def test_one_by_its_number() -> None:
    found = conversations(SAMPLES / "dns.pcap")
    assert found.of("udp", 0) is found[0]
    with pytest.raises(KeyError, match=r"there is no tcp\.stream 7"):
        found.of("tcp", 7)


def test_data_beyond_the_limit_are_read_once_more(tmp_path: Path) -> None:
    path = SAMPLES / "tcp_chat.pcap"
    small = conversations(path, most_bytes=1000)
    assert not all(each.is_whole for each in small)
    assert [each.client.data for each in small] == [each.client.data for each in conversations(path)]
    packets = list(read(path))
    assert conversations(packets, most_bytes=1)[0].server.data == conversations(packets)[0].server.data
    with pytest.raises(DissectError, match="can be read only once"):
        _ = conversations(iter(packets), most_bytes=1)[0].server.data


def test_one_that_is_too_large_makes_room_for_others() -> None:
    large = list(segments(*HANDSHAKE, *((0, 100 + 1000 * n, 500, "A", bytes(1000)) for n in range(20))))
    small = [Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=9) / b"x" for _ in range(3)]
    packets = [*large, *(Packet(bytes(frame), number=number) for number, frame in enumerate(small, 100))]
    found = conversations(packets, most_bytes=10_000)
    assert [each.is_whole for each in found] == [False, True]
    assert [len(each.told) for each in found] == [0, 3]
    assert [len(each.client.data) for each in found] == [20_000, 3]


def test_those_that_are_wanted_are_heard() -> None:
    heard: list[int] = []
    chat = SAMPLES / "tcp_chat.pcap"
    found, left_out = hear(chat, lambda each: heard.append(each.stream), only=lambda protocol, stream: stream == 1)
    assert ([each.stream for each in found], set(heard), left_out) == ([1], {1}, 0)
    found, left_out = hear(chat, lambda each: None, most=2)
    assert ([each.stream for each in found], left_out) == ([0, 1], 1)


def test_of_more_conversations_than_are_kept_the_others_are_counted() -> None:
    frames = [Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=port, dport=9) / b"x" for port in range(8)]
    packets = [Packet(bytes(frame), number=number) for number, frame in enumerate(frames, 1)]
    found = conversations(packets, most=3)
    assert (len(found), found.left_out) == (3, 5)


def test_of_a_damaged_capture_there_is_what_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "damaged.pcap"
    path.write_bytes((SAMPLES / "tcp_chat.pcap").read_bytes()[:-5])
    found = conversations(path)
    assert len(found) == 3
    assert found.damage is not None
    with pytest.raises(CaptureError, match="record"):
        list(found)
    assert len(found[0].client.data) > 0


def test_tagged_frames_belong_to_the_conversation_of_the_others() -> None:
    frames = [Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=8, dport=9) / b"x"]
    frames.append(Ethernet() / VLAN(id=7) / frames[0][IPv4].copy())
    (found,) = conversations([Packet(bytes(frame), number=number) for number, frame in enumerate(frames, 1)])
    assert found.client.data == b"xx"


def test_what_waits_behind_holes_counts_towards_the_limit() -> None:
    packets = list(segments(*HANDSHAKE, *((0, 200 + 2000 * n, 500, "A", bytes(1000)) for n in range(20))))
    (found,) = conversations(iter(packets), most_bytes=5000)
    assert not found.is_whole
    with pytest.raises(DissectError, match="can be read only once"):
        _ = found.client.data
    (again,) = conversations(packets, most_bytes=5000)
    assert len(again.client.data) == 20_000
    assert again.analysis.goodput[0] is not None
