"""What headers carry: numbers and names belong to one protocol, and what is carried is found by them."""

from __future__ import annotations

import pytest

from dissect import ARP, HTTP, ICMP, TCP, UDP, Data, Ethernet, IPv4, Option, parse
from dissect.declaration import decoder
from dissect.declaration.automatic import Selector
from dissect.declaration.carrying import protocol_named
from dissect.declaration.pending import declare_pending
from dissect.declaration.record import FIELDS
from dissect.declaration.specifiers import u8
from tests.declaration.test_checks import declared


def test_numbers_and_names_belong_to_one_protocol() -> None:
    declare_pending()
    known = set(FIELDS)
    for options, message in (
        ({"name": "mine", "over": {Ethernet: 0x0800}}, "0x800, which IPv4 has"),
        ({"name": "mine", "over": {IPv4: 1}}, "0x1, which ICMP has"),
        ({"name": "mine", "over": {IPv4: 256}}, "expected 0 to 255"),
        ({"name": "mine", "over": {Data: 5}}, "no field that says what it carries"),
        ({"name": "mine", "carries": {5: UDP}}, "no field that selects"),
        ({"name": "mine", "variant": 5}, "no field with"),
        ({"name": "mine", "links": (1,)}, "links=1"),
        ({"name": "udp"}, "which UDP has"),
        ({"name": "frame"}, "which every frame has"),
        ({"name": "Mine!"}, "lower-case"),
        ({"name": 5}, "name=5, expected lower-case"),
        ({"name": "mine", "over": UDP}, "expected carriers with their numbers, as in over="),
        ({"name": "mine", "over": {"udp": 9}}, "has 'udp' in over=, expected a class of headers"),
        ({"name": "mine", "over": {UDP: "17990"}}, "is over UDP by '17990', expected a number"),
        ({"name": "mine", "over": {UDP: (17990, None)}}, "is over UDP by None, expected a number"),
        ({"over": {IPv4: 253}}, "no name"),
        ({"nmae": "mine"}, "unknown options nmae"),
    ):
        with pytest.raises(TypeError, match=message):
            declared({"a": u8("a")}, **options)
    with pytest.raises(TypeError, match="unknown options"):
        declared({}, Option, nonsense=1)
    assert [type(each) for each in parse(bytes(Ethernet() / IPv4() / UDP())).layers()] == [Ethernet, IPv4, UDP]
    assert set(FIELDS) == known


def test_a_protocol_may_take_the_place_of_another() -> None:
    carrier = declared({"kind": u8("kind", factory=Selector())}, name="mine.carrier")
    first = declared({"a": u8("a")}, name="mine.first", over={carrier: 7})
    assert type(carrier.decode(b"\7\1", 0, 2, 0).payload) is first
    second = declared({"b": u8("b")}, name="mine.second", over={carrier: 7}, replaces=True)
    assert type(carrier.decode(b"\7\1", 0, 2, 0).payload) is second
    assert bytes(carrier() / second(b=5)) == b"\7\5"
    assert TCP in parse(bytes(Ethernet() / IPv4() / TCP()))
    assert decoder.field_of_role(carrier, Selector) is not None


def test_what_carries_the_same_carries_what_is_declared_later_too() -> None:
    first = declared({"kind": u8("kind", factory=Selector())}, name="mine.like")
    second = declared({"kind": u8("kind", factory=Selector())}, name="mine.likewise", carries_like=first)
    later = declared({"a": u8("a")}, name="mine.later", over={first: 9})
    for carrier in (first, second):
        assert type(carrier.decode(b"\x09\x01", 0, 2, 0).payload) is later
        assert bytes(carrier() / later(a=1)) == b"\x09\x01"
        assert carrier().number_of(later(a=1)) == 9
        assert carrier.can_carry(9)
        assert not carrier.can_carry(8)
    with pytest.raises(TypeError, match="by 0x9, which Mine has"):
        declared({"a": u8("a")}, name="mine.other", over={second: 9})


def test_without_a_number_the_bytes_may_tell() -> None:
    carrier = declared({"kind": u8("kind", factory=Selector())}, name="mine.guesses")
    claimed = declared({"a": u8("a")}, name="mine.claimed", over={carrier: lambda first, *_: first[:1] == b"!"})
    assert type(carrier.decode(b"\x09!", 0, 2, 0).payload) is claimed
    assert type(carrier.decode(b"\x09?", 0, 2, 0).payload) is Data
    assert carrier().number_if_any(claimed()) is None
    assert carrier().number_of(claimed()) == 0


def test_a_payload_of_a_class_below_goes_by_the_number_above() -> None:
    carrier = declared({"kind": u8("kind", factory=Selector())}, name="mine.family")
    above = declared({"a": u8("a")}, name="mine.above", over={carrier: 3})
    below = declared({"b": u8("b")}, above)
    assert carrier().number_of(below()) == 3
    assert carrier(kind=3).selects(3, below())
    assert not carrier(kind=3).selects(4, below())


def test_of_two_ports_the_lower_one_is_asked_first() -> None:
    # 53 is DNS (RFC 1035, section 4.2.1), 67 DHCP (RFC 2131, section 4.1), and 5000 nobody.
    dns, dhcp = UDP.decoder_of(53), UDP.decoder_of(67)
    assert UDP.decoder_of_ports(53, 67) is UDP.decoder_of_ports(67, 53) is dns
    assert UDP.decoder_of_ports(67, 5000) is UDP.decoder_of_ports(5, 67) is dhcp
    assert UDP.decoder_of_ports(5000, 5001) is None


def test_protocols_are_known_by_the_class_that_states_the_name() -> None:
    assert protocol_named("udp") is UDP
    assert protocol_named("icmp") is ICMP
    assert protocol_named("nobody") is None


def test_what_a_header_may_carry_is_known_where_it_does_not_look_further() -> None:
    assert ARP.may_carry() == []
    assert set(IPv4.decoders().values()) <= set(IPv4.may_carry() or ())
    assert IPv4.carried_protocols()[UDP] == 17


def test_bytes_tell_a_protocol_whatever_the_number() -> None:
    assert TCP.guess(b"GET / HTTP/1.1\r\n\r\n") == HTTP.decode
    assert TCP.guess(b"") is None
    assert TCP.guess(b"hello\r\n") is None
