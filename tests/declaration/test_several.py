from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from dissect import (
    ARP,
    DNS,
    MSS,
    TCP,
    UDP,
    Data,
    EchoRequest,
    Ethernet,
    FieldError,
    Header,
    IPv4,
    Question,
    expand,
    hosts,
    ports,
    several,
)
from tests.declared import PUBLIC_NAMES

SETS: Any = {"dst": hosts("10.0.0.0/28"), "dport": ports(20, 25)}
ASKED = [Question("a.example")]
FRAME = IPv4(dst=SETS["dst"], ttl=9) / TCP(dport=SETS["dport"], flags="S")


def test_every_combination_comes_once_and_the_last_set_changes_fastest() -> None:
    frames = expand(FRAME)
    expected = [
        IPv4(dst=dst, ttl=9) / TCP(dport=dport, flags="S") for dst, dport in product(SETS["dst"], SETS["dport"])
    ]
    assert len(frames) == 14 * 6 == len(expected)
    assert list(frames) == expected
    assert [frames[number] for number in (0, 7, -1)] == [expected[number] for number in (0, 7, -1)]
    assert frames[5:8] == expected[5:8]
    assert [type(header) for header in frames[3].layers()] == [IPv4, TCP]
    assert bytes(frames[3]) == bytes(expected[3])
    with pytest.raises(IndexError, match="there are 84 frames, and number 84 is none of them"):
        frames[84]
    assert list(expand(IPv4(dst="10.0.0.1"))) == [IPv4(dst="10.0.0.1")]


def test_frames_are_made_when_they_are_looked_at() -> None:
    frames = expand(Ethernet() / IPv4(dst=hosts("10.0.0.0/8"), ttl=several(range(1, 31))) / TCP(dport=ports("-")))
    assert len(frames) == (2**24 - 2) * 30 * 65535
    assert repr(frames[-1]) == "Ethernet() / IPv4(ttl=30, dst='10.255.255.254') / TCP(dport=65535)"
    assert next(iter(frames))[IPv4].dst == "10.0.0.1"


@pytest.mark.parametrize(
    ("frame", "first"),
    [
        (EchoRequest(id=3, seq=several(7, 8)), EchoRequest(id=3, seq=7)),
        (TCP(flags=several("S", "SA")), TCP(flags="S")),
        (TCP(options=several([MSS(5)], [MSS(6)])), TCP(options=[MSS(5)])),
        (IPv4(tos=several(4, 8), ttl=3), IPv4(tos=4, ttl=3)),
        (ARP(opcode=several("request", "reply"), target_ip="10.0.0.1"), ARP(opcode="request", target_ip="10.0.0.1")),
        (UDP(dport=9) / Data(several(b"one", b"two")), UDP(dport=9) / b"one"),
        (UDP() / DNS(id=several(1, 2), questions=ASKED), UDP() / DNS(id=1, questions=ASKED)),
        (IPv4(protocol=several(1, 2), ttl=9, trailer=b"pad"), IPv4(protocol=1, ttl=9, trailer=b"pad")),
    ],
)  # fmt: skip
def test_any_field_of_any_header_takes_a_set(frame: Header, first: Header) -> None:
    frames = expand(frame)
    assert len(frames) == 2
    assert frames[0] == first
    assert bytes(frames[0]) == bytes(first)
    assert frames[1] != first
    # As promised for every frame, its text makes it again.
    assert eval(repr(frame), PUBLIC_NAMES) == frame
    assert pickle.loads(pickle.dumps(frame)) == frame
    assert copy.deepcopy(Ethernet() / frame) == Ethernet() / frame
    assert Ethernet() / frame != Ethernet() / first


def test_a_frame_that_was_changed_is_copied_with_its_sets() -> None:
    frame = IPv4(dst=hosts("10.0.0.0/30"), ttl=several(1, 2)) / UDP(dport=ports("1-2")) / b"abc"
    frame[UDP].dport = 4
    for again in (pickle.loads(pickle.dumps(frame)), copy.deepcopy(frame), copy.copy(frame)):
        assert again == frame
        assert [bytes(each) for each in expand(again)] == [bytes(each) for each in expand(frame)]


@pytest.mark.parametrize(
    "look",
    [
        bytes,
        len,
        Header.problems,
        Header.fixed,
        Header.show,
        lambda frame: frame[TCP].own_bytes,
        lambda frame: frame.to_svg(),
    ],
)
def test_nothing_is_built_of_a_frame_that_stands_for_several(look: Callable[[Any], object]) -> None:
    for frame in (FRAME, Ethernet() / FRAME):
        with pytest.raises(
            FieldError, match=r"has (14|6) values, (hosts|ports)\(.*\): expand\(frame\) gives the frames"
        ):
            look(frame)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: IPv4(ttl=several(1, 300)), "IPv4.ttl is 300, expected 0 to 255"),
        (lambda: IPv4(dst=hosts("10.0.0.0/28"), ttl=300), "IPv4.ttl is 300"),
        (lambda: IPv4(dst=hosts("2001:db8::/120")), "IPv4.dst is '2001:db8::1'"),
        (lambda: IPv4(dst=hosts("10.0.0.0/28"), tll=3), "tll"),  # type: ignore[call-arg]
        (lambda: IPv4(tos=several(1, 2), dscp=5), "contradict each other"),
        (lambda: MSS(several(1, 2)), r"MSS.value is several\(1, 2\), and a set of values may only stand where a"),
        (lambda: TCP(sport=ports(1, 2)).replace(dport=99999), "TCP.dport is 99999"),
        (lambda: setattr(TCP(), "dport", ports(1, 2)), "TCP.dport is ports"),
        (lambda: UDP(payload=several(b"a", b"b")), "payload is several"),
        (lambda: several(), r"several\(\) has no member"),
        (lambda: several(range(0)), "has no member"),
    ],
)  # fmt: skip
def test_constructors_stay_strict(make: Callable[[], object], words: str) -> None:
    with pytest.raises(FieldError, match=words):
        make()


def test_fields_are_read_and_changed_as_they_were_given() -> None:
    frame = Ethernet() / FRAME
    assert (frame[TCP].dport, frame[IPv4].ttl, frame[IPv4].id, frame[TCP].data_offset) == (ports(20, 25), 9, 0, 5)
    frame[IPv4].ttl = 3
    frame[TCP].sport = 7
    assert repr(frame).endswith("TCP(sport=7, dport=ports(20, 25), flags='S')")
    assert len(expand(frame)) == 84
    frame[IPv4].dst = "10.0.0.9"
    del frame[TCP].dport
    # Now there is one frame.
    assert frame == Ethernet() / IPv4(ttl=3, dst="10.0.0.9") / TCP(flags="S", sport=7)
    assert (type(frame[IPv4]), len(frame)) == (IPv4, 54)
    # The frame that it was made of is as it was.
    assert len(expand(FRAME)) == 84


def test_what_is_said_stays_said_where_nothing_can_be_computed_yet() -> None:
    frame = Ethernet(type=0x0800) / IPv4(total_length=99, checksum=7) / UDP(dport=ports(1, 3), length=9)
    first = Ethernet(type=0x0800) / IPv4(total_length=99, checksum=7) / UDP(dport=1, length=9)
    assert bytes(expand(frame)[0]) == bytes(first)
    assert "total_length=99" in repr(frame)


def test_a_set_is_a_sequence() -> None:
    values = several(5, range(1, 4), 9)
    assert (len(values), list(values), values[-1], values[1:4]) == (5, [5, 1, 2, 3, 9], 9, [1, 2, 3])
    assert values == several(5, range(1, 4), 9)
    assert hash(values) == hash(several(5, range(1, 4), 9))
    with pytest.raises(IndexError, match="has 5 members, and number 5 is none of them"):
        values[5]
    with pytest.raises(IndexError):
        values[-6]


def test_a_list_alone_has_the_values() -> None:
    for given in ([1, 2], (1, 2), iter([1, 2]), range(1, 3)):
        assert [frame.ttl for frame in expand(IPv4(ttl=several(given)))] == [1, 2]
    assert eval(repr(several(["S", "SA"])), {"several": several}) == several("S", "SA")
    assert [frame.options for frame in expand(TCP(options=several([MSS(5)], [MSS(6)])))] == [(MSS(5),), (MSS(6),)]
    with pytest.raises(FieldError, match="has no member"):
        several([])


def test_what_is_no_frame_is_not_expanded() -> None:
    for given in (5, None, [IPv4()], b"bytes"):
        with pytest.raises(FieldError, match="is no frame to expand, expected a header"):
            expand(given)
