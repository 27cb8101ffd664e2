"""Parts of texts are compiled one by one: a new combination of headers that are known costs no trace."""

from __future__ import annotations

import pytest

from dissect import DHCP, DNS, TCP, UDP, VLAN, ARecord, Ethernet, Header, IPv4, Packet, Question
from dissect.declaration.branches import refused
from dissect.packets.clock import Clock
from dissect.protocols.sctp import SCTP
from dissect.protocols.tcp_options import TCPNoOperation
from dissect.views import part_forms
from dissect.views.compiled import CompiledText
from dissect.views.details import Details

__all__: list[str] = []


def text_of(show: CompiledText, frame: Header, number: int) -> str:
    packet = Packet(bytes(frame), number=number, time_ns=number)
    text = show(packet)
    assert text == Details(Clock())(packet)
    return text


def frame(ttl: int, flags: str, identification: int) -> Header:
    segment = TCP(sport=5, dport=6, flags=flags, payload=b"data")
    return Ethernet() / IPv4(src="10.0.0.1", ttl=ttl, id=identification, dont_fragment=ttl > 64) / segment


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_forms, "_RARE", 0)
    monkeypatch.setattr(part_forms, "_PARTS_PER_TRACE", 1)


def test_a_combination_of_parts_that_are_known_is_not_traced() -> None:
    show = CompiledText(Details, Clock())
    for number in range(8):
        text_of(show, frame(64, "A", number), 2 * number + 1)
        text_of(show, frame(128, "PA", number), 2 * number + 2)
    parts = show._parts
    assert parts is not None
    before = parts._traces
    text_of(show, frame(64, "PA", 9), 100)
    text_of(show, frame(128, "A", 9), 101)
    assert parts._traces == before


def test_a_part_that_cannot_be_followed_leaves_the_others_quick() -> None:
    show = CompiledText(Details, Clock())
    for number in range(8):
        text_of(show, Ethernet() / VLAN(id=5) / IPv4(id=number) / UDP(sport=53, dport=6, payload=bytes(9)), number)
    assert any(form.uses for form in show.forms)


MESSAGE = DNS(id=7, is_response=True, questions=[Question("a.example")], answers=[ARecord("a.example", "192.0.2.1")])


@pytest.mark.parametrize(
    "inner",
    [
        IPv4(protocol=17) / UDP(sport=53, dport=6) / MESSAGE,
        IPv4() / SCTP(sport=5, dport=6),
        VLAN(id=5) / VLAN(id=6) / IPv4(src="10.0.0.1") / TCP(sport=5, dport=6, flags="S"),
    ],
    ids=lambda inner: "/".join(type(each).__name__ for each in inner.layers()),
)
def test_all_parts_of_such_frames_are_compiled(inner: Header) -> None:
    show = CompiledText(Details, Clock())
    for number in range(8):
        changed = inner.copy()
        changed[IPv4].id = number
        text_of(show, Ethernet() / changed, number)
    assert show._parts is not None
    assert show._parts.last is not None
    assert all(form.uses for form in show.forms), [form.reason for form in show.forms if not form.uses]


@pytest.mark.parametrize(
    "frame",
    [
        Ethernet() / VLAN(id=5) / VLAN(id=6) / IPv4(src="10.0.0.1") / TCP(sport=5, dport=6, flags="S"),
        Ethernet() / IPv4() / SCTP(sport=5, dport=6),
        Ethernet() / IPv4(protocol=17) / UDP(sport=53, dport=6) / MESSAGE,
    ],
    ids=lambda frame: type(frame[-1]).__name__,
)
def test_frames_that_end_sooner_than_others_read_the_same(frame: Header) -> None:
    show = CompiledText(Details, Clock())
    for number in range(6):
        text_of(show, frame, number)
    data = bytes(frame)
    for cut in range(len(data) - 1, 13, -3):
        for wire in (cut, len(data)):
            packet = Packet(data[:cut], number=9, time_ns=9, original_length=wire)
            assert show(packet) == Details(Clock())(packet)


def test_the_part_in_front_is_the_same_for_all_headers_of_the_same_protocols() -> None:
    show = CompiledText(Details, Clock())
    parts = show._parts
    assert parts is not None
    for number, ttl in enumerate([64, 65, 66] * 4):
        options = [TCPNoOperation()] * 4 * (ttl - 64)
        segment = TCP(sport=5, dport=6, options=options, payload=bytes(ttl))
        text_of(show, Ethernet() / IPv4(ttl=ttl) / segment, number)
    in_front = [form for key, form in parts._forms.items() if key[0] == part_forms._FRONT]
    behind = [form for key, form in parts._forms.items() if key[0] == part_forms._BEHIND]
    assert len(in_front) == 1
    assert len(behind) == 3
    assert in_front[0] is not None
    assert in_front[0].uses >= 6
    assert not in_front[0].reason


def test_the_data_of_segments_are_printed_whatever_they_are() -> None:
    show = CompiledText(Details, Clock())
    for number in range(8):
        data = bytes((number, 1, 2, 3)) * (number + 1)
        packet = Packet(bytes(Ethernet() / IPv4() / TCP(sport=5, dport=6, flags="A") / data), number=number, time_ns=1)
        packet.frame[TCP].learn(segment_data=[data])
        assert show(packet) == Details(Clock())(packet)
    assert show._parts is not None
    assert show._parts.last is not None


def test_texts_that_are_empty_in_some_frames_are_compiled() -> None:
    show = CompiledText(Details, Clock())
    parts = show._parts
    assert parts is not None
    for number in range(24):
        message = DHCP(server_name=("", "boot", "two words ")[number % 3])
        text_of(show, Ethernet() / IPv4() / UDP(sport=68, dport=67) / message, number)
    assert parts.last is not None
    assert not any(refused in form.leaves for form in show.forms)


def test_as_many_messages_are_compiled_as_come_again() -> None:
    show = CompiledText(Details, Clock())
    uses: list[int] = []
    for number in range(600):
        kind = number % 150
        message = DNS(id=kind, questions=[Question("a.example")], answers=MESSAGE.answers[: kind % 2])
        text_of(show, Ethernet() / IPv4() / UDP(sport=53, dport=6) / message, number)
        uses.append(sum(form.uses for form in show.forms))
    assert uses[-1] - uses[-151] == 150 * len(show.forms)


def test_rare_parts_are_not_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_forms, "_RARE", 1000)
    show = CompiledText(Details, Clock())
    text_of(show, frame(64, "A", 1), 1)
    text_of(show, frame(64, "A", 2), 2)
    assert show._parts is not None
    assert show._parts._traces == 0


def test_a_long_capture_affords_more_traces_than_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def traces() -> int:
        show = CompiledText(Details, Clock())
        for number in range(1, 9):
            text_of(show, frame(64, "A", number), number)
        assert show._parts is not None
        return show._parts._traces

    monkeypatch.setattr(part_forms, "_PARTS_PER_TRACE", 1 << 20)
    assert traces() == 0
    monkeypatch.setattr(part_forms, "_SHORT", 0)
    monkeypatch.setattr(part_forms, "_FURTHER_PER_TRACE", 10)
    assert 0 < traces() <= 4
