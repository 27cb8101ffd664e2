from __future__ import annotations

from collections.abc import Iterator

import pytest

import dissect
from dissect import (
    ARP,
    TCP,
    UDP,
    VLAN,
    VXLAN,
    Data,
    DissectError,
    Ethernet,
    Geneve,
    IPv4,
    IPv6,
    Packet,
    compile_filter,
    decode_as,
)
from dissect.declaration.automatic import Selector
from dissect.declaration.decode_as import _ACTIVE, DecodeAs, read_rule
from dissect.declaration.header import Header
from dissect.declaration.specifiers import u8

INNER = bytes(VXLAN(vni=5) / Ethernet() / ARP())


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    left = list(_ACTIVE)
    for choice in left:
        choice.undo()
    assert not left


def over(sport: int, dport: int, data: bytes = INNER) -> bytes:
    return bytes(Ethernet() / IPv4() / UDP(sport=sport, dport=dport) / data)


def carried(data: bytes) -> type[Header | None]:
    return type(dissect.parse(data)[UDP].payload)


def test_a_port_is_read_as_the_user_says_until_that_is_taken_back() -> None:
    data = over(1, 9999)
    seen_before = dissect.parse(data)
    assert carried(data) is Data
    choice = decode_as("udp.port==9999", VXLAN)
    assert carried(data) is VXLAN
    assert seen_before[UDP].payload is not None
    assert repr(choice) == "decode_as('udp.port==9999', 'vxlan')"
    choice.undo()
    choice.undo()
    assert carried(data) is Data
    with decode_as("udp.port == 0x270f", "VXLAN"):
        assert carried(data) is VXLAN
    assert carried(data) is Data


def test_ranges_as_tshark_has_them() -> None:
    for layer, there, beyond in (("udp.port==100-102", (100, 102), (99, 103)), ("udp.port==7:2", (7, 8), (6, 9))):
        with decode_as(layer, "vxlan"):
            assert {carried(over(0, port)) for port in there} == {VXLAN}
            assert {carried(over(0, port)) for port in beyond} == {Data}


def test_a_chosen_port_goes_before_one_that_is_declared() -> None:
    data = over(6081, 9999)
    assert carried(data) is Geneve
    with decode_as("udp.port==9999", VXLAN):
        assert carried(data) is VXLAN
        with decode_as("udp.port==6081", "data"):
            assert carried(data) is Data
        assert carried(data) is VXLAN


def test_choices_are_taken_back_in_any_order() -> None:
    data = over(0, 9999)
    first, second = decode_as("udp.port==9999", VXLAN), decode_as("udp.port==9999", Geneve)
    assert carried(data) is Geneve
    first.undo()
    assert carried(data) is Geneve
    second.undo()
    assert carried(data) is Data


def test_numbers_of_headers_that_carry_the_same_are_one_table() -> None:
    datagram = bytes(IPv4() / UDP(sport=1, dport=2))
    frames = [bytes(Ethernet(type=0x88B5) / datagram), bytes(Ethernet() / VLAN(type=0x88B5) / datagram)]
    with decode_as("ethertype==0x88b5", "ip"):
        assert all(UDP in dissect.parse(data) for data in frames)
    for packet in (IPv4(protocol=253), IPv6(next_header=253)):
        with decode_as("ip.proto==253", UDP):
            assert UDP in dissect.parse(bytes(Ethernet() / packet / bytes(UDP())))
    assert not any(UDP in dissect.parse(data) for data in frames)


def test_what_nearly_every_frame_carries_can_be_read_otherwise() -> None:
    data = over(1, 2)
    with decode_as("ethertype==0x0800", "data"):
        assert [type(header) for header in dissect.parse(data).layers()] == [Ethernet, Data]
    with decode_as("ip.proto==17", TCP):
        assert TCP in dissect.parse(data)
    assert UDP in dissect.parse(data)


def test_what_is_built_gets_the_chosen_number_where_it_has_none() -> None:
    with decode_as("tcp.port==9999", VXLAN):
        frame = Ethernet() / IPv4() / TCP() / VXLAN()
        assert frame[TCP].dport == 9999
        assert dissect.parse(bytes(frame)) == frame
        assert (UDP() / VXLAN()).dport == 4789
    assert frame[TCP].dport == 0


def test_a_filter_that_was_compiled_before_sees_what_is_read_now() -> None:
    passes, data = compile_filter("vxlan.vni == 5"), over(0, 9999)
    assert not passes(Packet(data))
    with decode_as("udp.port==9999", VXLAN):
        assert passes(Packet(data))
    assert not passes(Packet(data))


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("udp.prt==9,vxlan", "there is no layer 'udp.prt' to decode; did you mean 'udp.port'?"),
        ("udp.port==9,vxlann", "there is no protocol 'vxlann'; did you mean 'vxlan'?"),
        ("udp.port==x,vxlan", "'x' is no number for udp.port, expected one as in udp.port==9999 or udp.port==0x270f"),
        ("udp.port==0,vxlan", "'udp.port==0' has numbers that udp.port cannot have, expected 1 to 65535"),
        ("udp.port==1-65536,vxlan", "'udp.port==1-65536' has numbers that udp.port cannot have, expected 1 to 65535"),
        ("udp.port==9-8,vxlan", "'udp.port==9-8' has numbers that udp.port cannot have, expected 1 to 65535"),
        ("udp.port", "'udp.port' is no LAYER==NUMBER,PROTOCOL, as in udp.port==9999,vxlan"),
        ("udp.port=9,vxlan", "'udp.port=9,vxlan' is no LAYER==NUMBER,PROTOCOL, as in udp.port==9999,vxlan"),
        ("udp.port==1-,vxlan", "'udp.port==1-' is no LAYER==NUMBER, as in udp.port==9999 or tcp.port==8888-8890"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_one_sentence(rule: str, sentence: str) -> None:
    with pytest.raises(DissectError) as caught:
        read_rule(rule)
    assert str(caught.value) == sentence


def test_a_class_that_is_no_protocol_is_refused() -> None:
    with pytest.raises(DissectError, match="is no protocol, expected a class of headers or a name as in 'vxlan'"):
        DecodeAs("udp.port==1", Header)


def test_what_a_refused_declaration_would_carry_cannot_be_chosen() -> None:
    with pytest.raises(TypeError, match="links=1, which is taken"):

        class Refused(Header, name="refused_link", links=(1,)):
            kind: int = u8("kind", factory=Selector())

    # The class is still there as long as something holds the error.
    assert any(cls.name == "refused_link" for cls in Header.__subclasses__())
    with pytest.raises(DissectError, match=r"there is no layer 'refused_link\.kind' to decode"):
        decode_as("refused_link.kind==7", "udp")
