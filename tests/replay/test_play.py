"""Captures played to simulated hosts: whose addresses, which answers belong together, and what differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, Ethernet, IPv4, Packet, read
from dissect.errors import FieldError
from dissect.lab.padding import Padding
from dissect.protocols.icmp_queries import EchoReply, EchoRequest
from dissect.replay.play import Exchange, addresses_that_answer, can_be_played, play

SAMPLES = Path(__file__).parents[2] / "capture_samples"
A, B, C = ((f"10.0.0.{number}", f"02:00:00:00:00:0{number}") for number in (1, 2, 3))


def sample(name: str) -> list[Packet]:
    return list(read(SAMPLES / f"{name}.pcap"))


def packets(*frames: Ethernet) -> list[Packet]:
    return [Packet(bytes(frame), number=number, time_ns=number) for number, frame in enumerate(frames, 1)]


def asks(who: tuple[str, str], whom: tuple[str, str]) -> Ethernet:
    return Ethernet(dst="ff:ff:ff:ff:ff:ff", src=who[1]) / ARP(sender_mac=who[1], sender_ip=who[0], target_ip=whom[0])


def tells(who: tuple[str, str], whom: tuple[str, str], mac: str | None = None) -> Ethernet:
    mac = mac or who[1]
    reply = ARP(opcode="reply", sender_mac=mac, sender_ip=who[0], target_mac=whom[1], target_ip=whom[0])
    return Ethernet(dst=whom[1], src=mac) / reply


def pings(who: tuple[str, str], whom: tuple[str, str], seq: int) -> Ethernet:
    return (
        Ethernet(dst=whom[1], src=who[1]) / IPv4(src=who[0], dst=whom[0], id=seq) / EchoRequest(seq=seq, payload=b"x")
    )


def pongs(who: tuple[str, str], whom: tuple[str, str], seq: int, **fields: int) -> Ethernet:
    datagram = IPv4(src=who[0], dst=whom[0], id=fields.pop("id", 0x4000 + seq), **fields)  # type: ignore[arg-type]
    return Ethernet(dst=whom[1], src=who[1]) / datagram / EchoReply(seq=seq, payload=b"x")


def numbers(exchanges: list[Exchange]) -> list[tuple[int | None, int | None, bool]]:
    def number(packet: Packet | None) -> int | None:
        return None if packet is None else packet.number

    return [(number(each.request), number(each.captured), each.is_equal) for each in exchanges]


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("notes_arp", [(1, 2)]),
        ("first_ping", [(1, 2), (3, 4), (5, 6), (7, 8)]),
        ("vlan_ping", [(1, 2), (3, 4), (5, 6)]),
        ("vlan_stacked_ping", [(1, 2), (3, 4), (5, 6)]),
        ("ping_4000", [(3, 4), (3, 5), (3, 6), (9, 10), (9, 11), (9, 12)]),
        ("arp_probe", [(6, 7)]),
    ],
)
def test_samples_are_answered_byte_for_byte(name: str, pairs: list[tuple[int, int]]) -> None:
    exchanges = list(play(sample(name)))
    assert numbers(exchanges) == [(request, answer, True) for request, answer in pairs]
    assert all(bytes(each.answer or b"") == (each.captured and each.captured.data) for each in exchanges)


def test_the_addresses_that_answer_are_found() -> None:
    assert addresses_that_answer(sample("notes_arp")) == {"192.168.0.2": "00:05:5d:a1:b8:40"}
    assert addresses_that_answer(sample("ping_4000")) == {"10.0.0.2": "02:00:00:00:00:02"}
    assert addresses_that_answer(sample("gratuitous_arp")) == {}
    assert addresses_that_answer(sample("udp_echo")) == {}


def test_arp_goes_before_echo_and_the_first_before_the_second() -> None:
    spoofed = "02:00:00:00:00:66"
    capture = packets(pongs((C[0], spoofed), A, 1), tells(C, A), tells(C, A, spoofed), tells(B, A))
    assert addresses_that_answer(capture) == {C[0]: C[1], B[0]: B[1]}


def test_addresses_that_no_host_has_are_not_simulated() -> None:
    capture = packets(
        tells(("224.0.0.1", B[1]), A), tells(("0.0.0.0", B[1]), A), tells(C, A, "ff:ff:ff:ff:ff:ff"), tells(B, A)
    )
    assert addresses_that_answer(capture) == dict([B])


def test_both_sides_can_be_simulated() -> None:
    capture = packets(
        asks(A, B), tells(B, A), asks(B, A), tells(A, B), pings(A, B, 1), pongs(B, A, 1), pings(B, A, 9), pongs(A, B, 9)
    )
    exchanges = list(play(capture, padding=Padding.NONE))
    assert numbers(exchanges) == [(1, 2, True), (3, 4, True), (5, 6, True), (7, 8, True)]


def test_answers_find_their_requests_across_others() -> None:
    capture = packets(pings(A, B, 1), pings(A, C, 1), pings(A, B, 2), pongs(C, A, 1), pongs(B, A, 1), pongs(B, A, 2))
    assert numbers(list(play(capture))) == [(1, 5, True), (2, 4, True), (3, 6, True)]


def test_a_wrong_answer_is_told_field_by_field() -> None:
    (exchange,) = play(packets(pings(A, B, 1), pongs(B, A, 1, ttl=63)))
    assert not exchange.is_equal
    assert [each.name for each in exchange.differences] == ["ip.ttl"]
    assert [each.name for each in exchange.differences[0].consequences] == ["ip.checksum"]


def test_the_host_at_another_mac_differs_where_the_mac_stands() -> None:
    (exchange,) = play(sample("notes_arp"), {"192.168.0.2": "00:05:5d:a1:b8:41"})
    assert [(each.name, each.offset) for each in exchange.differences] == [
        ("eth.src", 6),
        ("arp.src.hw_mac", 22),
    ]


def test_padding_is_the_policys() -> None:
    (exchange,) = play(sample("notes_arp"), padding=Padding.ZEROS)
    assert [(each.name, each.offset) for each in exchange.differences] == [("eth.trailer", 43)]


def test_a_request_without_an_answer_and_an_answer_without_a_request_are_reported() -> None:
    exchanges = list(play(packets(pongs(B, A, 1), pings(A, B, 1), pings(A, B, 2), pongs(B, A, 2))))
    assert numbers(exchanges) == [(2, None, False), (3, 4, True), (None, 1, False)]


def test_a_capture_that_asks_nobody_gives_nothing() -> None:
    assert list(play(sample("udp_echo"))) == []
    assert list(play(sample("notes_arp"), {"192.168.0.9": B[1]})) == []
    assert list(play([])) == []


def test_what_is_cut_is_left_out() -> None:
    whole = bytes(pings(A, B, 1))
    assert can_be_played(Packet(whole))
    assert not can_be_played(Packet(whole[:-1], original_length=len(whole)))
    assert not can_be_played(Packet(whole, link=113))
    assert list(play(sample("ping_snap_length"), dict([B]))) == []


def test_addresses_are_checked() -> None:
    with pytest.raises(FieldError):
        list(play([], {"10.0.0.2": "ff:ff:ff:ff:ff:ff"}))


@given(st.permutations(range(6)), st.integers(0, 65535))
def test_replies_in_any_order_are_equal(order: list[int], number: int) -> None:
    requests = [pings(A, B, seq) for seq in range(6)]
    replies = [pongs(B, A, seq, id=number) for seq in order]
    assert all(each.is_equal for each in play(packets(*requests, *replies)))


@given(st.lists(st.binary(max_size=80), max_size=6))
def test_arbitrary_frames_never_raise(frames: list[bytes]) -> None:
    start = bytes(pings(A, B, 1))
    capture = [
        Packet(each, number=number)
        for number, data in enumerate(frames)
        for each in (data, start[:20] + data, start[:34] + data)
    ]
    addresses_that_answer(capture)
    for exchange in play(capture, dict([A, B])):
        assert exchange.answer or exchange.captured
