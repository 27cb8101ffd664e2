"""Declared protocols over TCP get whole messages: in lists, fields, filters, details, and in both passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    ICMP,
    TCP,
    UDP,
    DestinationUnreachable,
    Ethernet,
    FieldError,
    IPv4,
    Packet,
    TCPFlags,
    conversations,
    read,
    with_context,
    write,
)
from dissect.commands.main import main
from dissect.declare import Header, LengthField, u8, u16
from dissect.flows.arrival import Arrival
from dissect.flows.messages import StreamMessages
from dissect.flows.reading import ReadingPass
from tests.conftest import SAMPLES
from tests.declared import Outsiders
from tests.talk import seen, talk

PORT = 9753
OUTSIDERS = Outsiders(TCP, UDP)

with OUTSIDERS:

    class Spoken(
        Header,
        name="spoken",
        title="Spoken Words",
        source="an example",
        over={TCP: PORT, UDP: PORT},
        framing=LengthField(2, added=2),
    ):
        """A length that does not count itself, a kind, and words."""

        length: int = u16("length", default=0, title="Length")
        kind: int = u8("kind", default=0, title="Kind")

        def info(self) -> str:
            return f"Kind {self.kind}"


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    with OUTSIDERS:
        yield


def said(kind: int, words: bytes = b"words") -> bytes:
    return (len(words) + 1).to_bytes(2, "big") + bytes([kind]) + words


def sent(*data: bytes | tuple[int, bytes], wrong: int = 0) -> list[Packet]:
    """Packets of a connection whose client sends these, one behind the other or at a place that is given."""
    frames = [TCP(sport=4000, dport=PORT, seq=999, flags="S")]
    place = 0
    for each in data:
        start, words = each if isinstance(each, tuple) else (place, each)
        frames.append(TCP(sport=4000, dport=PORT, seq=1000 + start, ack=1, flags="A") / words)
        place = max(place, start + len(words))
    packets = []
    for number, frame in enumerate(frames, 1):
        whole = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / frame
        raw = bytearray(bytes(whole))
        if number == wrong:
            raw[-1] ^= 1
        packets.append(Packet(bytes(raw), number=number, time_ns=number * 10**9))
    return packets


def kinds(packets: Iterable[Packet]) -> list[list[int]]:
    return [packet.get("spoken.kind") for packet in packets]


def test_messages_are_shown_where_they_are_whole() -> None:
    packets = list(with_context(sent(said(1) + said(2)[:3], said(2)[3:] + said(3) + said(4), said(5))))
    assert kinds(packets) == [[], [1], [2, 3, 4], [5]]
    assert packets[2].get("tcp.segment") == [2, 3]
    assert packets[2].get("tcp.segment.count") == [2]
    assert packets[2].get("tcp.reassembled.length") == [8]
    assert packets[2].get("tcp.reassembled.data") == [said(2)]
    assert packets[2].get("tcp.pdu.size") == [8, 8, 8]
    assert packets[1].get("tcp.segment_data") == [said(2)[:3]]
    assert [packet.get("tcp.reassembled_in") for packet in packets] == [[]] * 4


def test_two_passes_tell_where_each_becomes_whole() -> None:
    packets = sent(said(1)[:1], said(1)[1:4], said(1)[4:] + said(2)[:5], said(2)[5:])
    found = [packet.get("tcp.reassembled_in") for packet in with_context(packets, before=sent(*[
        said(1)[:1], said(1)[1:4], said(1)[4:] + said(2)[:5], said(2)[5:],
    ]))]  # fmt: skip
    assert found == [[], [4], [4], [5], []]


def test_the_layers_follow_one_another() -> None:
    (_, packet) = with_context(sent(said(1) + said(2)))
    assert packet.get("frame.protocols") == ["eth:ethertype:ip:tcp:spoken:data:data"]
    (*_, packet) = with_context(sent(said(1)[:4], said(1)[4:] + said(2)))
    assert packet.get("frame.protocols") == ["eth:ethertype:ip:tcp:spoken:data:spoken:data"]


def test_a_lost_segment_stops_nothing_but_its_own_message() -> None:
    data = said(1, bytes(100)) + said(2)
    assert kinds(with_context(sent(data[:50], (80, data[80:]), said(3)))) == [[], [], [2], [3]]


def test_a_segment_with_a_wrong_checksum_joins_no_other_one() -> None:
    packets = list(with_context(sent(said(1)[:4], said(1)[4:], said(2), wrong=2)))
    assert kinds(packets)[1] == [1]
    assert packets[1].get("tcp.segment_data") == []
    assert packets[2].get("tcp.segments") == []


def test_datagrams_are_read_as_they_are() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=PORT) / (said(1) + said(2))
    assert kinds(with_context([Packet(bytes(frame))])) == [[1]]


def test_what_an_error_quotes_is_no_segment() -> None:
    (_, segment) = sent(said(1)[:4])
    error = (
        Ethernet() / IPv4(src="10.0.0.9", dst="10.0.0.1") / DestinationUnreachable(code=1) / segment.frame[IPv4].copy()
    )
    (packet,) = with_context([Packet(bytes(error))])
    assert ICMP in packet.frame
    assert packet.get("tcp.segment_data") == []


def test_filters_see_messages_and_the_quick_ways_lose_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "said.pcap"
    write(path, sent(said(1)[:2], said(1)[2:] + said(2)[:1], said(2)[1:], said(3) + said(4)))
    expected = [packet.number for packet in with_context(read(path)) if 2 in packet.get("spoken.kind")]
    assert [packet.number for packet in read(path, "spoken.kind == 2")] == expected == [4]
    assert [packet.number for packet in read(path, "tcp.segment.count == 2")] == [3, 4]
    assert main(["read", str(path), "-Y", "spoken"]) == 0
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()] == ["1", "2", "4"]
    passed = ReadingPass()
    *before, last = read(path)
    for packet in before[:3]:
        passed.pass_over(packet)
    passed.observe(before[3])
    assert before[3].get("spoken.kind") == [2]
    assert last.get("spoken.kind") == [3]


@pytest.mark.parametrize(
    "names", [["spoken.kind"], ["ip.src", "spoken.kind"], ["tcp.segment.count"], ["frame.protocols"]]
)
def test_rows_of_fields_that_are_compiled(tmp_path: Path, capsys: pytest.CaptureFixture[str], names: list[str]) -> None:
    path = tmp_path / "said.pcap"
    stream = b"".join(said(number % 7, bytes([number]) * (number % 9)) for number in range(120))
    cuts = [0, *(place + place // 50 % 3 for place in range(9, len(stream) - 10, 11)), len(stream)]
    write(path, sent(*(stream[start:end] for start, end in pairwise(cuts))))
    options = [part for name in names for part in ("-e", name)]
    assert main(["read", str(path), "-T", "fields", *options]) == 0
    expected = [
        "\t".join(",".join(map(str, packet.get(name))) for name in names) for packet in with_context(read(path))
    ]
    assert capsys.readouterr().out.splitlines() == expected


def test_the_list_and_what_stands_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "said.pcap"
    write(path, sent(said(1)[:4], said(1)[4:] + said(2) + said(3), said(4) + said(5)))
    assert main(["read", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("[ACK] Seq=1 Ack=1 Win=8192 Len=4 [TCP segment of a reassembled PDU]")
    assert " TCP " in lines[1]
    assert lines[2].endswith(" Kind 1Kind 3")
    assert lines[3].endswith(" Kind 5")


def test_details_and_bytes_of_what_was_put_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "said.pcap"
    write(path, sent(said(1)[:4], said(1)[4:] + said(2)))
    assert main(["read", str(path), "-V", "-x"]) == 0
    output = capsys.readouterr().out
    assert "[2 Reassembled TCP Segments (8 bytes): #2(4), #3(4)]" in output
    assert "\nReassembled TCP (8 bytes):\n0000  00 06 01 77 6f 72 64 73" in output
    assert "58-60  Spoken Words\n" in output


def test_both_ends_cut_by_the_declared_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "said.pcap"
    write(path, sent(said(1)[:4], said(1)[4:] + said(2)))
    (talk,) = conversations(path)
    assert [(each.data, each.numbers) for each in talk.client.messages()] == [(said(1), (2, 3)), (said(2), (3,))]
    assert main(["follow", str(path), "--messages", "-T", "raw"]) == 0
    assert f"8 bytes in frames 2, 3\n{said(1).hex()}\n" in capsys.readouterr().out
    plain = conversations(SAMPLES / "tcp_chat.pcap")[0]
    with pytest.raises(FieldError, match="give the rule"):
        plain.client.messages()
    assert main(["follow", str(SAMPLES / "tcp_chat.pcap"), "--messages"]) == 2
    assert "no protocol with messages" in capsys.readouterr().err


def test_the_limits(tmp_path: Path) -> None:
    messages = StreamMessages(limit=2)
    packets = list(with_context(sent(said(1)[:4])))
    for stream in range(5):
        facts = messages.facts(packets[1][TCP], stream, 0, Arrival(1, 2))
        assert facts["is_segment"]
    assert len(messages) == 2


@given(
    st.lists(st.tuples(st.integers(-9, 40), st.binary(max_size=14), st.integers(0, 511), st.booleans()), max_size=12),
    st.booleans(),
)
def test_whatever_is_sent_nothing_is_raised_and_bytes_stay(
    sent_at: list[tuple[int, bytes, int, bool]], twice: bool
) -> None:
    packets = []
    for number, (place, data, flags, back) in enumerate(sent_at, 1):
        ports = (PORT, 4000) if back else (4000, PORT)
        segment = TCP(sport=ports[0], dport=ports[1], seq=(1000 + place) % (1 << 32), ack=1, flags=TCPFlags(flags))
        network = IPv4(src="10.0.0.2", dst="10.0.0.1") if back else IPv4(src="10.0.0.1", dst="10.0.0.2")
        packets.append(Packet(bytes(Ethernet() / network / segment / data), number=number, time_ns=number * 10**6))
    before = [Packet(packet.data, number=packet.number, time_ns=packet.time_ns) for packet in packets]
    for packet in with_context(packets, before=before if twice else None):
        for name in ("spoken.kind", "tcp.segment", "tcp.segment_data", "tcp.reassembled_in", "frame.protocols"):
            packet.get(name)
        assert packet.summary()
        assert bytes(packet) == packet.data


def test_what_is_held_of_all_connections_has_one_bound() -> None:
    reading = ReadingPass()
    learner: Any = reading.learner(TCP)
    learner.messages.memory_limit = 100_000
    for number in range(20):
        said = [(1, b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"), *[(1, bytes(1000))] * 20]
        for packet in talk(80, *said, sport=2000 + number):
            reading.observe(packet)
            assert 0 <= learner.messages.memory <= 100_000
    assert learner.messages.memory > 0
    held = sum(assembly.memory for assembly in learner.messages._directions.values())
    assert learner.messages.memory == held


def test_what_a_connection_begins_with_goes_before_what_its_ports_stand_for() -> None:
    said = [(0, b"GET / HTTP/1.1\r\nHo"), (0, b"st: a\r\n\r\n"), (1, b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")]
    packets = seen(talk(443, *said))[3:]
    assert [each.get("http.tls_port") for each in packets] == [[], [True], [True]]
    assert packets[1].get("http.host") == ["a"]
    assert packets[0].get("frame.protocols") == ["eth:ethertype:ip:tcp"]


def test_what_the_ports_stand_for_stays_where_a_connection_began_with_it() -> None:
    record = bytes.fromhex("1703030004") + b"abcd"
    packets = seen(talk(443, (0, record), (0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")))[3:]
    assert [each.get("http.request.method") for each in packets] == [[], []]


def test_text_that_nobody_knows_is_data_where_records_are_expected() -> None:
    (packet,) = seen(talk(443, (0, b"any text, no more")))[3:]
    assert packet.get("frame.protocols") == ["eth:ethertype:ip:tcp:data"]
