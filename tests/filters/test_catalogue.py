"""What there is to ask for: every name, typed, with a meaning."""

from __future__ import annotations

import pytest

from dissect import TCP, Ethernet, FieldError, IPv4, Packet
from dissect.filters.catalogue import facts_of, fields_under
from dissect.filters.compiler import compile_filter
from dissect.wireshark.fields import compile_field
from dissect.wireshark.types import declared_fields, field_names, protocols
from tests.oracle.tshark import TEXTS, Tshark


def names(prefix: str) -> list[str]:
    return [facts.name for facts in fields_under(prefix)]


def test_all_names_have_a_meaning() -> None:
    assert names("") == sorted(field_names())
    assert [facts.name for facts in fields_under() if not facts.meaning] == []


def test_a_protocol_is_not_the_beginning_of_another() -> None:
    assert set(names("ip")) == {name for name in field_names() if name == "ip" or name.startswith("ip.")}
    assert set(names("i")) > {"ip", "ipv6", "icmp", "igmp"}
    assert names("TCP.options.MSS_") == ["tcp.options.mss_val"]
    assert protocols() <= set(names(""))


def test_a_name_that_there_is_not() -> None:
    with pytest.raises(FieldError, match=r"no field's name begins with 'ip\.tlt'; did you mean 'ip\.ttl'\?"):
        fields_under("ip.tlt")
    with pytest.raises(FieldError, match=r"no field's name begins with '%%%'; protocols are (\S+, )*ah, (\S+, )*arp, "):
        fields_under("%%%")
    with pytest.raises(FieldError, match="there is no field 'nothing'"):
        facts_of("nothing")


def test_what_is_known_of_a_field() -> None:
    port = facts_of("tcp.port")
    assert (port.stands_for, port.meaning) == (("tcp.srcport", "tcp.dstport"), "Source Port, Destination Port")
    opcode = facts_of("arp.opcode")
    assert list(opcode.values.items())[:2] == [("request", 1), ("reply", 2)]
    assert facts_of("tcp.hdr_len").doc == "In bytes"
    assert facts_of("tcp.stream").doc.startswith("Which connection of the capture this belongs to")
    assert facts_of("frame.time_delta").meaning == "Time delta from previous captured frame"
    assert (facts_of("ip").meaning, facts_of("ip").source) == ("Internet Protocol Version 4", "RFC 791")


OURS_ALONE = {
    *(f"{name}.checksum_calculated" for name in ("icmp", "icmpv6", "igmp")),
    # What both stages have is pppoe.* to tshark; what each declares for itself begins with its own name as well.
    "pppoed.code",
    "pppoed.payload_length",
    "pppoes.payload_length",
    "sll.padding",
}
"""What tshark has no name for."""


def is_shipped(name: str) -> bool:
    """Whether the package declares the field, and no test of declarations that ran before."""
    return all(str(field.owner.__module__).startswith("dissect.") for field in declared_fields(name) if field.owner)


def test_types_are_those_of_tshark(tshark: Tshark) -> None:
    ours = {facts.name: facts.type.name for facts in fields_under() if facts.type.name != "FT_PROTOCOL"}
    theirs = {name: TEXTS.get(kind, kind) for name, kind in tshark.types.items()}
    both = ours.keys() & theirs.keys()
    # A protocol that is new says in its own test what tshark lacks.
    held = {name.partition(".")[0] for name in OURS_ALONE}
    assert {name for name in ours.keys() - both if is_shipped(name) and name.partition(".")[0] in held} == OURS_ALONE
    assert {name: (ours[name], theirs[name]) for name in both if ours[name] != theirs[name]} == {}


def test_every_name_can_be_asked_for_everywhere() -> None:
    packet = Packet(bytes(Ethernet() / IPv4() / TCP()))
    for name in sorted(field_names()):
        assert compile_filter(f"{name} or not {name}")(packet)
        assert isinstance(compile_field(name)(packet), list)
        assert isinstance(packet.get(name), list)
