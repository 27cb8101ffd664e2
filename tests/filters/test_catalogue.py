"""What there is to ask for: every name, typed, with a meaning."""

from __future__ import annotations

import pytest

from dissect import FieldError
from dissect.filters.catalogue import facts_of, fields_under
from dissect.filters.types import field_names, protocols
from tests.oracle.tshark import Tshark


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
    with pytest.raises(FieldError, match=r"no field's name begins with '123'; protocols are ah, arp, "):
        fields_under("123")
    with pytest.raises(FieldError, match="there is no field 'nothing'"):
        facts_of("nothing")


def test_what_is_known_of_a_field() -> None:
    port = facts_of("tcp.port")
    assert (port.stands_for, port.meaning) == (("tcp.srcport", "tcp.dstport"), "Source Port, Destination Port")
    opcode = facts_of("arp.opcode")
    assert list(opcode.values.items())[:2] == [("request", 1), ("reply", 2)]
    assert facts_of("tcp.hdr_len").doc == "In bytes"
    assert facts_of("tcp.stream").doc.startswith("Which connection of the capture this belongs to")
    assert facts_of("frame.time_delta").meaning == "Time since the previous captured frame"
    assert (facts_of("ip").meaning, facts_of("ip").source) == ("Internet Protocol Version 4", "RFC 791")


def test_types_are_those_of_tshark(tshark: Tshark) -> None:
    """Every name and type, but for the right checksums that Wireshark has no field for."""
    fields = [facts for facts in fields_under() if facts.type.name != "FT_PROTOCOL"]
    extra = {facts.name for facts in fields if facts.name not in tshark.types}
    assert extra == {f"{protocol}.checksum_calculated" for protocol in ("icmp", "icmpv6", "igmp")}
    pairs = {facts.name: (facts.type.name, tshark.types[facts.name]) for facts in fields if facts.name not in extra}
    assert {name: pair for name, pair in pairs.items() if pair[0] != pair[1]} == {}
