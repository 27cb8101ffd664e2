"""What stands in for a captured host: what it answers, with which bytes, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, UDP, VLAN, ChecksumState, Ethernet, IPv4, ServiceTag, parse, read
from dissect.errors import FieldError
from dissect.flows.fragments import fragment
from dissect.flows.reassembly import Reassembler
from dissect.lab.padding import Padding
from dissect.protocols.icmp_errors import TimeExceeded
from dissect.protocols.icmp_queries import EchoReply, EchoRequest
from dissect.replay.responder import Responder

SAMPLES = Path(__file__).parents[2] / "capture_samples"
MINE, MY_MAC = "10.0.0.2", "02:00:00:00:00:02"
THEIRS, THEIR_MAC = "10.0.0.1", "02:00:00:00:00:01"
BROADCAST = "ff:ff:ff:ff:ff:ff"
SECOND = 1_000_000_000


def host(**options: Any) -> Responder:
    return Responder({MINE: MY_MAC}, **({"padding": Padding.NONE} | options))


def asking(dst: str = BROADCAST, **fields: Any) -> Ethernet:
    """An ARP request for the host's address."""
    values: dict[str, Any] = {"sender_mac": THEIR_MAC, "sender_ip": THEIRS, "target_ip": MINE} | fields
    return Ethernet(dst=dst, src=THEIR_MAC, payload=ARP(**values))


def ping(data: bytes = b"data", *, mac: str = MY_MAC, tos: int = 0, **fields: Any) -> Ethernet:
    """An echo request to the host."""
    values: dict[str, Any] = {"src": THEIRS, "dst": MINE, "tos": tos} | fields
    frame = Ethernet(dst=mac, src=THEIR_MAC) / IPv4(**values) / EchoRequest(id=7, seq=3, payload=data)
    return frame


@pytest.mark.parametrize("dst", [BROADCAST, MY_MAC])
def test_a_request_for_its_address_is_answered_to_the_asker_alone(dst: str) -> None:
    assert host().receive(asking(dst), 0) == [
        Ethernet(dst=THEIR_MAC, src=MY_MAC)
        / ARP(opcode="reply", sender_mac=MY_MAC, sender_ip=MINE, target_mac=THEIR_MAC, target_ip=THEIRS)
    ]


def test_the_notes_request_is_answered_byte_for_byte() -> None:
    request, reply = read(SAMPLES / "notes_arp.pcap")
    simulated = Responder({"192.168.0.2": "00:05:5d:a1:b8:40"}, padding=Padding.REQUEST_TAIL)
    (answer,) = simulated.receive(request.data, 0)
    assert bytes(answer) == reply.data


def test_a_probe_is_answered_and_tells_nothing() -> None:
    simulated = host()
    (answer,) = simulated.receive(asking(sender_ip="0.0.0.0"), 0)
    assert answer[ARP].target_ip == "0.0.0.0"
    assert len(simulated.arp_cache) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"target_ip": "10.0.0.3"},
        {"opcode": "reply"},
        {"opcode": 3},
        {"opcode": 8},
        {"sender_mac": BROADCAST},
        {"sender_mac": "01:00:5e:00:00:01"},
        {"sender_ip": MINE},
        {"sender_ip": "224.0.0.1"},
        {"sender_ip": "255.255.255.255"},
        {"hardware_type": 15},
        {"protocol_type": 0x86DD},
        {"sender_mac": b"\2\0\0\0\1", "target_mac": bytes(5)},
        {"sender_ip": b"\12\0\0", "target_ip": b"\12\0\0"},
    ],
    ids=str,
)
def test_what_is_no_request_for_it_gets_no_answer(fields: dict[str, Any]) -> None:
    assert host().receive(asking(**fields), 0) == []


def test_frames_for_others_are_not_looked_at() -> None:
    simulated = host()
    assert simulated.receive(asking("02:00:00:00:00:09"), 0) == []
    assert simulated.receive(ping(mac="02:00:00:00:00:09"), 0) == []
    assert len(simulated.arp_cache) == 0


def test_a_reverse_request_is_no_request() -> None:
    assert host().receive(Ethernet(dst=BROADCAST, src=THEIR_MAC, type=0x8035) / asking()[ARP], 0) == []


def test_senders_are_learnt_by_the_rule_of_rfc_826() -> None:
    simulated = host()
    simulated.receive(asking(target_ip="10.0.0.3"), 0)
    assert simulated.arp_cache.get(THEIRS, 0) is None
    simulated.receive(asking(), 0)
    assert simulated.arp_cache.get(THEIRS, 0) == THEIR_MAC
    # What is known already changes whoever is asked.
    simulated.receive(asking(target_ip=THEIRS, sender_mac="02:00:00:00:00:05"), 0)
    assert simulated.arp_cache.get(THEIRS, 0) == "02:00:00:00:00:05"


def test_each_address_is_answered_with_its_own_mac() -> None:
    simulated = Responder({"10.0.0.2": MY_MAC, "10.0.0.3": "02:00:00:00:00:03"})
    (answer,) = simulated.receive(asking(target_ip="10.0.0.3"), 0)
    assert (answer.src, answer[ARP].sender_mac) == ("02:00:00:00:00:03", "02:00:00:00:00:03")
    # A datagram for the one address in a frame for the other is not taken.
    assert simulated.receive(ping(dst="10.0.0.3"), 0) == []


def test_padding_is_nothing_zeros_or_the_tail_of_the_request() -> None:
    tail = bytes(range(1, 19))
    request = asking().replace(trailer=tail + b"check sum")
    (bare,) = host().receive(request, 0)
    (zeros,) = host(padding=Padding.ZEROS).receive(request, 0)
    (kept,) = host(padding=Padding.REQUEST_TAIL).receive(request, 0)
    assert len(bare) == 42
    assert bytes(zeros) == bytes(bare) + bytes(18)
    assert bytes(kept) == bytes(bare) + tail


def test_an_answer_over_a_short_request_ends_with_it() -> None:
    request = asking().replace(trailer=b"abc")
    (answer,) = host(padding=Padding.REQUEST_TAIL).receive(bytes(request), 0)
    assert answer.trailer == b"abc"


@given(st.binary(max_size=1400), st.integers(0, 255), st.integers(0, 255), st.integers(0, 65535))
def test_a_ping_comes_back_with_its_data(data: bytes, tos: int, ttl: int, number: int) -> None:
    (answer,) = host(identification=number).receive(bytes(ping(data, tos=tos, ttl=ttl)), 0)
    assert answer == (
        Ethernet(dst=THEIR_MAC, src=MY_MAC)
        / IPv4(src=MINE, dst=THEIRS, tos=tos, id=number)
        / EchoReply(id=7, seq=3, payload=data)
    )
    again = parse(bytes(answer))
    assert not [problem for problem in again.problems() if problem.severity == "error"]
    assert again[IPv4].checksum_state() is again[EchoReply].checksum_state() is ChecksumState.GOOD


def test_datagrams_are_numbered_one_after_the_other() -> None:
    simulated = host(identification=0xFFFF)
    assert [simulated.receive(ping(), 0)[0][IPv4].id for _ in range(3)] == [0xFFFF, 0, 1]


def test_a_large_ping_is_put_together_and_answered_in_fragments() -> None:
    data = bytes(number % 251 for number in range(4000))
    simulated = host()
    answers = [simulated.receive(piece, 0) for piece in reversed(fragment(ping(data, id=99), 1500))]
    assert answers[:2] == [[], []]
    assert [len(piece) for piece in answers[2]] == [1514, 1514, 1082]
    reassembler = Reassembler()
    ended = [each for piece in answers[2] for each in reassembler.receive(piece[IPv4], 0)]
    assert [bytes(each.datagram or b"")[20:] for each in ended] == [bytes(EchoReply(id=7, seq=3, payload=data))]


def test_fragments_of_two_virtual_networks_stay_apart() -> None:
    simulated = host()
    first, second = fragment(ping(bytes(100)), 100)
    tagged = [Ethernet(dst=MY_MAC, src=THEIR_MAC) / VLAN(id=number) / first[IPv4] for number in (7, 8)]
    assert simulated.receive(tagged[0], 0) == []
    assert simulated.receive(second, 0) == []
    (answer,) = simulated.receive(Ethernet(dst=MY_MAC, src=THEIR_MAC) / VLAN(id=7) / second[IPv4], 0)
    assert answer[VLAN].id == 7


def test_tags_come_back() -> None:
    link = Ethernet(dst=MY_MAC, src=THEIR_MAC, trailer=b"tail") / ServiceTag(id=7, priority=3) / VLAN(id=9)
    (answer,) = host().receive(link / ping()[IPv4], 0)
    assert bytes(answer)[12:22] == bytes(link)[12:20] + b"\x08\x00"
    assert answer.trailer == b""
    assert answer[EchoReply].seq == 3


@pytest.mark.parametrize("name", ["first_ping", "vlan_ping", "vlan_stacked_ping", "ping_4000"])
def test_linux_answers_with_the_same_bytes(name: str) -> None:
    simulated = host(padding=Padding.REQUEST_TAIL)
    captured = list(read(SAMPLES / f"{name}.pcap"))
    answers = []
    for packet in captured:
        if packet[Ethernet].src == MY_MAC:
            continue
        later = [each for each in captured[packet.number :] if each[Ethernet].src == MY_MAC and IPv4 in each]
        if later:
            simulated.identification = later[0][IPv4].id
        answers += [bytes(answer) for answer in simulated.receive(packet.frame, packet.time_ns or 0)]
    assert answers == [packet.data for packet in captured if packet[Ethernet].src == MY_MAC]


@pytest.mark.parametrize(
    "request_",
    [
        ping(mac=BROADCAST),
        ping(mac=BROADCAST, dst="255.255.255.255"),
        ping(dst="10.0.0.3"),
        ping(dst="10.0.0.255"),
        ping(src="255.255.255.255"),
        ping(src="224.0.0.1"),
        ping(src="240.0.0.1"),
        ping(src="0.0.0.0"),
        ping(src="127.0.0.1"),
        ping(src=MINE),
        ping(checksum=0x1234),
        ping(version=5),
        ping(protocol=17),
        ping(total_length=20),
        ping(total_length=200),
        Ethernet(dst=MY_MAC, src=THEIR_MAC)
        / IPv4(src=THEIRS, dst=MINE)
        / EchoRequest(checksum=0x1234, payload=b"data"),
        Ethernet(dst=MY_MAC, src=THEIR_MAC) / IPv4(src=THEIRS, dst=MINE) / EchoReply(payload=b"data"),
        Ethernet(dst=MY_MAC, src=THEIR_MAC) / IPv4(src=THEIRS, dst=MINE) / UDP(dport=7) / b"data",
    ],
    ids=lambda frame: repr(frame)[:120],
)
def test_what_a_host_must_not_answer(request_: Ethernet) -> None:
    assert host().receive(request_, 0) == []
    assert host().receive(bytes(request_), 0) == []


def test_a_request_that_the_snap_length_cut_is_not_answered() -> None:
    whole = bytes(ping(bytes(100)))
    for length in range(len(whole)):
        assert host().receive(parse(whole[:length], original_length=len(whole)), 0) == []


def test_the_answer_goes_where_the_cache_says_or_back() -> None:
    simulated = host()
    assert simulated.receive(ping(), 0)[0].dst == THEIR_MAC
    simulated.receive(asking(sender_mac="02:00:00:00:00:07"), 0)
    assert simulated.receive(ping(), 0)[0].dst == "02:00:00:00:00:07"


def test_a_datagram_that_stays_in_pieces_is_reported_to_its_sender() -> None:
    simulated = host()
    simulated.receive(asking(), 0)
    assert simulated.deadline is None
    first, *_ = fragment(ping(bytes(3000)), 1500)
    simulated.receive(first, SECOND)
    assert simulated.deadline == 31 * SECOND
    assert simulated.advance(31 * SECOND - 1) == []
    (error,) = simulated.advance(31 * SECOND)
    assert (error.dst, error[IPv4].src, error[IPv4].dst, error[IPv4].precedence) == (THEIR_MAC, MINE, THEIRS, 6)
    assert (error[TimeExceeded].code, len(error[IPv4])) == (1, 576)
    again = parse(bytes(error))
    assert again[TimeExceeded].checksum_state() is ChecksumState.GOOD
    assert bytes(again)[42:] == bytes(first)[14 : 14 + 548]
    assert simulated.advance(99 * SECOND) == []


def test_without_the_first_piece_or_the_senders_address_nothing_is_reported() -> None:
    first, second, *_ = fragment(ping(bytes(3000)), 1500)
    simulated = host()
    simulated.receive(first, 0)
    assert simulated.advance(40 * SECOND) == []
    simulated.receive(asking(), 40 * SECOND)
    simulated.receive(second, 40 * SECOND)
    assert simulated.advance(80 * SECOND) == []


@given(st.lists(st.tuples(st.binary(max_size=120), st.integers(-(10**12), 10**12)), max_size=10))
def test_arbitrary_bytes_never_raise(frames: list[tuple[bytes, int]]) -> None:
    simulated = host(padding=Padding.REQUEST_TAIL)
    for data, now in frames:
        for start in (
            b"",
            bytes.fromhex("020000000002 020000000001 0800 45"),
            bytes.fromhex("ffffffffffff 020000000001 0806"),
        ):
            simulated.receive(start + data, now)


@given(st.data(), st.sampled_from(Padding))
def test_damaged_requests_never_raise(data: st.DataObject, padding: Padding) -> None:
    simulated = host(padding=padding)
    frames = [asking(), ping(bytes(60)), *fragment(ping(bytes(200)), 100)]
    frames.append(Ethernet(dst=MY_MAC, src=THEIR_MAC) / VLAN(id=7) / ping()[IPv4])
    for now in range(5):
        raw = bytearray(bytes(data.draw(st.sampled_from(frames))))
        for _ in range(data.draw(st.integers(0, 4))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        for answer in simulated.receive(bytes(raw[: data.draw(st.integers(0, len(raw)))]), now):
            assert parse(bytes(answer))[Ethernet].src == MY_MAC


def test_tables_are_bounded() -> None:
    simulated = host()
    for number in range(3000):
        ip = f"10.1.{number >> 8}.{number & 255}"
        simulated.receive(asking(sender_ip=ip), number)
        simulated.receive(fragment(ping(bytes(100), src=ip), 100)[0], number)
    assert len(simulated.arp_cache) == simulated.arp_cache.limit == 1024
    assert len(simulated.reassembler) == simulated.reassembler.datagram_limit == 1024


@pytest.mark.parametrize(
    ("ip", "mac", "message"),
    [
        ("10.0.0.256", MY_MAC, "IPv4 address is '10.0.0.256'"),
        ("10.0.0", MY_MAC, "IPv4 address is '10.0.0'"),
        ("0.0.0.0", MY_MAC, "expected that of a single host"),
        ("127.0.0.1", MY_MAC, "expected that of a single host"),
        ("224.0.0.1", MY_MAC, "expected that of a single host"),
        (MINE, "02:00:00:00:00", "MAC address is '02:00:00:00:00'"),
        (MINE, BROADCAST, "which is a group's"),
    ],
)
def test_addresses_that_no_host_has_are_refused(ip: str, mac: str, message: str) -> None:
    with pytest.raises(FieldError, match=message):
        Responder({ip: mac})


def test_addresses_may_be_written_in_any_form() -> None:
    assert Responder({MINE: "02-00-00-00-00-02"}).addresses == {MINE: MY_MAC}
