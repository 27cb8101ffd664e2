"""TCP in the eyes of Wireshark: how far it reads, and what it says of what is wrong."""

from __future__ import annotations

import pytest

from dissect import MSS, SACK, TCP, Ethernet, IPv4, Packet, with_context
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts, values
from tests.wireshark.carried import in_ipv4

SEGMENT = bytes(TCP(sport=1, dport=2, seq=3, ack=4, flags="SA", options=[MSS(1460)]))


@pytest.mark.parametrize(
    ("there", "words", "names"),
    [
        (3, "", set()),
        (4, "1 → 2", {"tcp.srcport"}),
        (15, "1 → 2", {"tcp.srcport"}),
        (16, "1 → 2 [SYN, ACK] Seq=3 Ack=4 Win=8192", {"tcp.srcport", "tcp.seq_raw", "tcp.flags.syn"}),
        (19, "1 → 2 [SYN, ACK] Seq=3 Ack=4 Win=8192", {"tcp.srcport", "tcp.seq_raw", "tcp.flags.syn"}),
    ],
)
def test_a_header_that_is_cut(there: int, words: str, names: set[str]) -> None:
    frame = in_ipv4("tcp", SEGMENT[:there])
    assert {name for name in ("tcp.srcport", "tcp.seq_raw", "tcp.flags.syn") if values(frame, name)} == names
    assert summarize(frame).info.removesuffix("[Malformed Packet]").removesuffix(" [TCP CHECKSUM INCORRECT]") == words
    assert summarize(frame).protocol == ("TCP" if there >= 4 else "IPv4")


def test_nothing_is_read_behind_a_header_length_that_cannot_be() -> None:
    data = bytearray(SEGMENT)
    data[12] = 0x40
    frame = in_ipv4("tcp", bytes(data))
    assert values(frame, "tcp.hdr_len") == [16]
    assert values(frame, "tcp.flags.syn") == values(frame, "tcp.window_size_value") == []
    assert summarize(frame).info.endswith("Win=8192, bogus TCP header length (16, must be at least 20)")


def test_reserved_bits_make_the_flags_a_longer_number() -> None:
    assert texts(TCP(flags="S", reserved=1), "tcp.flags") == ["0x0202"]
    assert texts(TCP(flags="S"), "tcp.flags") == ["0x0002"]
    assert values(TCP(flags="S", reserved=1), "tcp.flags.res") == [True]
    assert texts(TCP(flags="S"), "tcp.flags.str") == ["··········S·"]
    assert summarize(TCP(flags="S", reserved=1)).info.startswith("0 → 0 [SYN, Reserved] Seq=0")


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        (TCP(flags="SA", seq=3, ack=4) / b"five!", "0 → 0 [SYN, ACK] Seq=3 Ack=4 Win=8192 Len=5"),
        (TCP(flags="U", urgent_pointer=7), "0 → 0 [URG] Seq=0 Win=8192 Urg=7 Len=0"),
        (TCP(flags="S", options=[MSS(1460)]), "0 → 0 [SYN] Seq=0 Win=8192 Len=0 MSS=1460"),
        (TCP(checksum=1), "0 → 0 [<None>] Seq=0 Win=8192 [TCP CHECKSUM INCORRECT] Len=0"),
    ],
)
def test_words(segment: TCP, words: str) -> None:
    assert summarize(IPv4() / segment).info == words


def test_a_selective_acknowledgment_without_a_block_ends_the_reading() -> None:
    assert summarize(IPv4() / TCP(options=[SACK(blocks=[])])).info.endswith("[Malformed Packet]")


def test_numbers_are_relative_to_the_first_of_each_direction() -> None:
    frames = [
        Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=9, dport=80, seq=1000, flags="S"),
        Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=9, dport=80, seq=1001, flags="A") / b"data",
    ]
    packets = [Packet(bytes(frame), number=number) for number, frame in enumerate(frames, 1)]
    first, second = with_context(packets)
    assert (first.get("tcp.seq"), second.get("tcp.seq"), second.get("tcp.nxtseq")) == ([0], [1], [5])
    assert first.get("tcp.stream") == second.get("tcp.stream") == [0]
    assert "Seq=1 " in summarize(second).info
    assert texts(second, "tcp") == ["Transmission Control Protocol, Src Port: 9, Dst Port: 80, Seq: 1, Ack: 1, Len: 4"]


def test_three_flags_are_a_number_behind_a_handshake_that_agrees_on_accurate_ecn() -> None:
    there, back = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
    segments = [
        there / TCP(sport=7, dport=8, seq=1, flags="SECN"),
        back / TCP(sport=8, dport=7, seq=9, ack=2, flags="SAC"),
        there / TCP(sport=7, dport=8, seq=2, ack=10, flags="AC"),
        back / TCP(sport=8, dport=7, seq=10, ack=2, flags="AEN"),
    ]
    seen = [*with_context(Packet(bytes(Ethernet() / each)) for each in segments)]
    assert [values(packet, "tcp.flags.ace") for packet in seen] == [[], [], [2], [5]]
    assert [values(packet, "tcp.flags.cwr") for packet in seen] == [[True], [True], [], []]
    assert "[ACK, ACE=2]" in summarize(seen[2]).info
    assert texts(seen[3], "tcp.flags.str") == ["···-5-·A····"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("1d100101010101010101010101010101", "Len=0TCP AO"),
        ("020405b4 1d040102", "Len=0 MSS=1460TCP AO"),
        ("fd0600000000 0101", "Len=0 ExID=0"),
        ("fe040a01", "Len=0 ExID=A01"),
        ("1b08010000000000", "Len=0 QSresp=80 Kbit/s"),
        ("1b080f0000000000", "Len=0 QSresp=1.31072 Gbit/s"),
        ("05020101", "Len=0[Malformed Packet]"),
        ("0506000000000101", "Len=0[Malformed Packet]"),
        ("1e020101", "Len=0[Malformed Packet]"),
    ],
)
def test_what_options_say(options: str, words: str) -> None:
    frame = IPv4() / TCP(sport=1, dport=2, options=bytes.fromhex(options))
    assert summarize(frame).info.partition("Win=8192 ")[2] == words
    assert values(frame, "tcp.options.mss.present") == ([1] if "MSS" in words else [])


def test_of_an_option_that_is_cut_behind_its_kind_nothing_is_seen() -> None:
    segment = bytes(TCP(sport=1, dport=2, flags="S", options=[MSS(1460)]))
    assert values(in_ipv4("tcp", segment[:21]), "tcp.option_kind") == []
    assert values(in_ipv4("tcp", segment), "tcp.option_kind") == [2]
