"""Chains that are put together as one number are the bytes that each header puts together for itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, TCP, UDP, VLAN, VXLAN, Data, EchoRequest, Ethernet, IPv4, IPv6, parse
from dissect.declaration.automatic import Checksum, HeaderLength, Selector, TotalLength
from dissect.declaration.chain_assembly import chain_assembler
from dissect.declaration.header import Header
from dissect.declaration.specifiers import bits, octets, u8, u16
from dissect.errors import FieldError
from dissect.views.strategies import frames
from tests.declared import HEADERS


def apart(frame: Header) -> bytes:
    """Return the bytes that each header puts together for itself."""
    copy = frame.copy()
    for header in copy.layers():
        # An equal state that is another object is none of the usual ones.
        header._state = (*header._state[:2], None)  # type: ignore[index]
    return bytes(copy)


def outcome(make: Callable[[], bytes]) -> bytes | str:
    try:
        return make()
    except FieldError as error:
        return str(error)


def _chains(cls: Any, deep: int) -> list[tuple[Any, ...]]:
    carried = [each for each in cls._numbers if each in HEADERS] if deep else []
    return [(cls,), *((cls, *more) for each in carried for more in _chains(each, deep - 1))]


CHAINS = [chain for cls in HEADERS for chain in _chains(cls, 2) if len(chain) > 1]


@given(st.sampled_from(CHAINS), st.sampled_from([b"", b"a", b"body"]), st.data())
def test_a_chain_of_any_declared_headers(chain: tuple[Any, ...], body: bytes, data: st.DataObject) -> None:
    headers = [cls() for cls in chain]
    place = data.draw(st.integers(0, len(chain) - 1))
    plain = [field for field in chain[place].layout if field.width and not (field.mask or field.kind.octets)]
    if plain:
        field = data.draw(st.sampled_from(plain))
        number = data.draw(st.integers(0, (1 << field.width) - 1))
        # A value may contradict the other fields.
        with suppress(FieldError):
            headers[place] = chain[place](**{field.name: field.kind.load(number)})
    frame = headers[0]
    for header in headers[1:]:
        frame /= header
    frame /= body
    expected = outcome(lambda: apart(frame))
    # Functions are written out for chains that come a few times.
    assert [outcome(lambda: bytes(frame)) for _ in range(4)] == 4 * [expected]


@given(frames())
def test_frames_of_all_kinds(frame: Header) -> None:
    assert [bytes(frame) for _ in range(4)] == 4 * [apart(frame)]


@pytest.mark.parametrize(
    "classes",
    [
        (Ethernet, IPv4, TCP),
        (Ethernet, IPv4, UDP),
        (Ethernet, IPv6, TCP),
        (Ethernet, IPv4, EchoRequest),
        (IPv4, TCP),
        (VLAN, IPv6, UDP),
    ],
)
def test_the_frames_that_most_programs_build_are_put_together_so(classes: tuple[type[Any], ...]) -> None:
    frame = classes[0]()
    for cls in classes[1:]:
        frame /= cls(dport=9) if cls in (TCP, UDP) else cls()
    assemble = chain_assembler(*classes)
    assert assemble is not None
    assert assemble(frame, frame._payload) == apart(frame)


@pytest.mark.parametrize(
    "classes",
    [
        # The addresses stand further out, there is nothing that a number stands for, or its size is another.
        (UDP, VXLAN),
        (TCP, Data),
        (Ethernet, IPv4),
        (Ethernet, VLAN, IPv4),
        (Ethernet, ARP),
    ],
)
def test_what_needs_more_than_the_chain_is_left_to_each_header(classes: tuple[type[Any], ...]) -> None:
    assert chain_assembler(*classes) is None


def test_a_segment_knows_the_addresses_around_it() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1") / UDP(sport=1, dport=2) / VXLAN() / Ethernet() / ARP()
    whole = bytes(frame)
    for header in [*frame.layers()] * 4:
        assert bytes(header) == whole[len(whole) - len(bytes(header)) :]


@pytest.mark.parametrize("change", ["ttl", "checksum", "options", "payload", "trailer", "learnt"])
def test_what_is_given_or_changed_is_seen(change: str) -> None:
    frame: Any = Ethernet() / IPv4() / TCP(sport=1, dport=2, payload=b"abc")
    for _ in range(4):
        bytes(frame)
    if change == "ttl":
        frame[IPv4].ttl = 9
    elif change == "checksum":
        frame[TCP].checksum = 5
    elif change == "options":
        frame[TCP].options = b"\1\1\1\1"
    elif change == "payload":
        frame[TCP].payload = UDP(sport=7)
    elif change == "trailer":
        frame[IPv4].trailer = b"xy"
    else:
        frame[IPv4].learn(stream=3)
    assert bytes(frame) == apart(frame)
    again = parse(bytes(frame))
    assert again[IPv4].total_length == len(bytes(frame)) - 14
    if change != "trailer":
        assert again[TCP].checksum == (5 if change == "checksum" else again.fixed()[TCP].checksum)


def test_too_much_is_refused_with_the_field_that_would_not_hold_it() -> None:
    for _ in range(4):
        bytes(Ethernet() / IPv4() / UDP(sport=1, dport=2) / b"x")
    for size, name in ((65508, "IPv4.total_length"), (65528, "UDP.length")):
        with pytest.raises(FieldError, match=f"{name} would be {size + 8 if size > 65508 else 65536}"):
            bytes(Ethernet() / IPv4() / UDP(sport=1, dport=2) / bytes(size))
    assert len(bytes(Ethernet() / IPv4() / UDP(sport=1, dport=2) / bytes(65507))) == 14 + 65535


class MyLink(Header, name="assembly_link"):
    kind: int = u8("kind", factory=Selector())
    extent: int = u16("extent", factory=TotalLength(with_header=False))
    checksum: int = u16("checksum", factory=Checksum())
    mark: int = u8("mark", default=7)


class MyNetwork(Header, name="assembly_network", is_network=True, over={MyLink: 5}):
    size: int = bits(4, "size", factory=HeaderLength(2))
    kind: int = bits(12, "kind", factory=Selector())
    station: int = u16("station", default=0xFFFF)

    def pseudo_header(self, protocol: int, length: int) -> bytes:
        return self.buffer[self.own_start + 2 : self.own_start + 4] + bytes([0, protocol]) + length.to_bytes(2)


class MyTransport(Header, name="assembly_transport", over={MyNetwork: 700}):
    checksum: int = u16("checksum", factory=Checksum(pseudo_header=9))
    port: int = u16("port", default=1)
    options: bytes = octets("options", length="rest", default=b"")


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.binary(max_size=5))
def test_an_outsiders_chain_is_put_together_so(station: int, port: int, body: bytes) -> None:
    frame = MyLink() / MyNetwork(station=station) / MyTransport(port=port) / body
    assemble = chain_assembler(MyLink, MyNetwork, MyTransport)
    assert assemble is not None
    assert assemble(frame, frame._payload) == apart(frame)
    assert [bytes(frame) for _ in range(4)] == 4 * [apart(frame)]


class MyOdd(Header, name="assembly_odd", over={MyLink: 6}):
    mark: int = u8("mark", default=7)


class MyOwnSum(Checksum):
    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Any) -> int:
        return 5


class MyOther(Header, name="assembly_other", over={MyLink: 8}):
    checksum: int = u16("checksum", factory=MyOwnSum())


def test_what_is_computed_in_another_way_is_left_to_each_header() -> None:
    for last in (MyOdd, MyOther):
        assert chain_assembler(MyLink, last) is None
        assert bytes(MyLink() / last() / b"x") == apart(MyLink() / last() / b"x")
