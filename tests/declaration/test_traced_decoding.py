"""Which headers a frame has is told of others like it, by all that decoders and sights look at, and by no more."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import (
    ARP,
    PPP,
    TCP,
    UDP,
    Data,
    Ethernet,
    Header,
    HTTPRequest,
    HTTPResponse,
    IPv4,
    Packet,
    PPPoESession,
    parse,
)
from dissect.declaration.named import name_of
from dissect.declaration.symbols import UntraceableError
from dissect.declare import octets, u8
from dissect.wireshark.sight import seen_layers
from dissect.wireshark.tracing import begun, decoded

__all__: list[str] = []
HERE = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")


def conditions(frame: Header) -> dict[str, Any]:
    return decoded(Packet(bytes(frame)))[0].conditions


@pytest.mark.parametrize(
    "frame",
    [
        HERE / UDP(sport=5, dport=6, payload=b"data") / b"trailer",
        Ethernet() / ARP(),
        Ethernet() / PPPoESession() / PPP() / IPv4() / TCP(flags="S"),
    ],
)
def test_what_is_found_is_what_is_seen(frame: Header) -> None:
    data = bytes(frame)
    headers = list(seen_layers(Packet(data)))
    trace, _, found = decoded(Packet(data))
    assert [(each.cls, each.start) for each in found] == [(type(each), each.own_start) for each in headers]
    whole = int.from_bytes(data, "big")
    places = {
        name: whole >> 8 * len(data) - place.bit - place.width & (1 << place.width) - 1
        for name, place in trace.places.items()
        if not place.is_octets
    }
    # Where a header ends is an expression of numbers in the frame.
    ends = [eval(each.end, {"size": len(data)}, places) for each in found]
    assert ends == [header.carried_end for header in headers]


def test_frames_of_other_lengths_and_ports_answer_alike() -> None:
    # Both hold enough for what is found by its first bytes, such as QUIC.
    one, other = HERE / UDP(sport=5, dport=6, payload=b"some data"), HERE / UDP(sport=700, dport=80, payload=bytes(90))
    assert conditions(one).keys() - {"ports_UDP(o34_38)"} == conditions(other).keys() - {"ports_UDP(o34_38)"}
    assert conditions(one)["ports_UDP(o34_38)"] is None
    assert not [name for name in conditions(one) if name.startswith("n272_")]


def test_messages_are_told_by_what_claims_them_and_not_by_their_bytes() -> None:
    one, other = (HERE / TCP(sport=1, dport=2, payload=b"\x17\x03\x03\0\4" + data) for data in (b"abcd", b"efgh"))
    assert type(parse(bytes(one))[-1]).__name__ == "TLSApplicationData"
    assert conditions(one) == conditions(other)
    said = [conditions(HERE / TCP(dport=80, payload=line)) for line in (b"GET / HTTP/1.1\n\n", b"HTTP/1.1 200 OK\n\n")]
    forms = [answer for each in said for question, answer in each.items() if question.startswith("forms_")]
    assert forms == [name_of(HTTPRequest.decode), name_of(HTTPResponse.decode)]


def test_of_what_cannot_be_followed_the_beginning_is_told() -> None:
    cut = HERE / TCP(sport=80, dport=5, payload=b"HTTP/1.1 200 OK\r\nAge")
    with pytest.raises(UntraceableError):
        decoded(Packet(bytes(cut)))
    trace, found = begun(Packet(bytes(cut)))
    assert [each.cls for each in found] == [Ethernet, IPv4, TCP]
    assert [(each.start, each.carried) for each in found[1:]] == [(14, name_of(TCP)), (34, "")]
    # All that is told holds as well for others that begin alike, and is asked in the same order.
    data = HERE / TCP(sport=7, dport=5, payload=b"some words")
    others = {name: value for name, value in conditions(data).items() if name in trace.conditions}
    assert list(conditions(data).items())[: len(others)] == list(others.items()) == list(trace.conditions.items())
    assert not any("o34" in name or "forms" in name for name in (*trace.conditions, *trace.places, *trace.functions))


def test_a_fragment_answers_otherwise() -> None:
    whole, part = (Ethernet() / IPv4(fragment_offset=place, protocol=17, payload=bytes(UDP())) for place in (0, 1))
    assert conditions(whole) != conditions(part)


class Chooser(Header, name="chooser", title="Chooser", over={UDP: 40_410}):
    """Somebody else's header, which finds what it carries by itself."""

    kind: int = u8("kind", default=0)
    ignored: int = u8("ignored", default=0)

    def other_payload(self, outer: Any, deep: bool) -> Header | None:
        if self.own_end < self.carried_end and self.kind & 0x80 and not deep:
            return Chosen.decode(self.buffer, self.own_end, self.carried_end, outer)  # type: ignore[no-any-return]
        return super().other_payload(outer, deep)


class Chosen(Header, name="chosen", title="Chosen"):
    """What it may carry."""

    value: bytes = octets("value", size=2)


def test_a_header_that_finds_its_payload_by_itself_is_followed() -> None:
    frames = [HERE / UDP(sport=5) / Chooser(kind=kind, ignored=kind) / b"abcd" for kind in (0x80, 0x81, 1)]
    found = [decoded(Packet(bytes(frame)))[2] for frame in frames]
    assert [each.cls for each in found[0][3:]] == [Chooser, Chosen, Data]
    assert [each.cls for each in found[2][3:]] == [Chooser, Data]
    asked = conditions(frames[0])
    assert asked == conditions(frames[1]) != conditions(frames[2])
    assert not any("n344" in question for question in asked), "what it does not look at is asked for"


def test_what_contradicts_itself_is_not_followed() -> None:
    data = bytearray(bytes(HERE / UDP()))
    data[14] = 0x41
    with pytest.raises(UntraceableError):
        decoded(Packet(bytes(data)))
