"""Completion: what may stand where the cursor is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ARP, TCP, Ethernet, IPv4, Packet
from dissect.commands.completion import complete
from dissect.commands.repl import names

_NAMES: dict[str, Any] = {
    **names(),
    "frame": Ethernet() / IPv4() / TCP(),
    "frames": [Ethernet() / ARP()],
    "packet": Packet(bytes(Ethernet() / IPv4() / TCP())),
}


def _texts(typed: str) -> list[str]:
    found = complete(typed, _NAMES)
    assert found is not None
    assert found.length <= len(typed)
    return found.texts


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("IPv4(tt", ["ttl="]),
        ("frame = Ethernet() / IPv4(ttl=3, ds", ["dscp=", "dst="]),
        ("ARP(opcode='rep", ["reply"]),
        ("ARP(opcode=re", ["'request'", "'reply'"]),
        ('ARP(opcode="REQ', ["request"]),
        ("TCP(flags='", ["F", "S", "R", "P", "A", "U", "E", "C", "N"]),
        ("TCP(syn=", ["True", "False"]),
        ("TCP(options=[MSS(1460), Win", ["WindowScale"]),
        ("TCP(options=[MS", ["MSS"]),
        ("IPv4(options=[Rec", ["RecordRoute"]),
        ("TCP(options=[MSS(si", []),
        ("frame[", ["Ethernet", "IPv4", "TCP"]),
        ("packet[I", ["IPv4"]),
        ("frame[IPv4].ttl == frame[TC", ["TCP"]),
        ("frame[IPv4].tt", ["ttl"]),
        ("frames[0][ARP].sender_i", ["sender_ip"]),
        ("frame[IPv4].protocol = 'ud", ["udp", "udplite"]),
        ("frame.replace(ds", ["dst="]),
        ("frame[IPv4].replace(tt", ["ttl="]),
        ("frame.explain('checks", ["checksum"]),
        ("packet.bits('ip.t", ["ip.ttl"]),
        ("dissect.IPv4(tt", ["ttl="]),
        ("dissect.parse(bytes(IPv4(tt", ["ttl="]),
    ],
)
def test_what_is_known_is_offered(typed: str, expected: list[str]) -> None:
    found = _texts(typed)
    assert set(expected) <= set(found)
    if expected:
        assert len(found) < 12


@pytest.mark.parametrize(
    "typed", ["", "fra", "x = 3 + ", "print('a, b", "nothing[IPv4].t", "frame[Nothing].t", "len(fr"]
)
def test_what_is_unknown_is_left_to_python(typed: str) -> None:
    assert complete(typed, _NAMES) is None


@given(st.text(alphabet="frame[]().,='\"IPv4TCPoptions ", max_size=30))
def test_whatever_is_typed_nothing_is_raised_and_nothing_run(typed: str) -> None:
    complete(typed, _NAMES)


def test_the_constructor_of_every_option_is_offered_where_its_header_lists_options() -> None:
    offered = set(_texts("TCP(options=["))
    assert {"MSS", "SACK", "Timestamps", "WindowScale"} <= offered
    assert "RecordRoute" not in offered


def test_fields_come_first_and_machinery_not_at_all() -> None:
    offered = _texts("frame[IPv4].")
    assert offered[:3] == ["version", "ihl", "dscp"]
    assert {"show", "payload", "problems", "fixed"} <= set(offered)
    assert not {"buffer", "own_start", "layout", "declared_end", "learn"} & set(dir(_NAMES["frame"]))
