"""Diagrams with values: to the letter for known frames, closed boxes for any.

`DIAGRAMS=write` in the environment keeps those that are new or changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given

import dissect
from dissect import (
    ARP,
    MSS,
    TCP,
    UDP,
    Ethernet,
    Header,
    IPv4,
    Option,
    Packet,
    SACKPermitted,
    TCPNoOperation,
    WindowScale,
)
from dissect.views.diagram import diagram
from tests.declared import OPTIONS, any_bytes, of_each

KEPT = Path(__file__).with_name("diagrams")
FRAMES: dict[str, Header] = {
    "arp_request": (
        Ethernet(src="00:05:5d:61:58:a8")
        / ARP(sender_mac="00:05:5d:61:58:a8", sender_ip="192.168.0.55", target_ip="192.168.0.2")
    ).padded(),
    "tcp_syn": IPv4(src="192.168.0.55", dst="192.168.0.2", flags="DF", dscp="ef")
    / TCP(sport=40000, dport=80, flags="S", options=[MSS(1460), SACKPermitted(), TCPNoOperation(), WindowScale(7)]),
    "udp_data": UDP(sport=40000, dport=53) / bytes(range(40)),
    "ipv4_cut": dissect.parse(bytes(Ethernet() / IPv4())[:27]),
}


@pytest.mark.parametrize("name", FRAMES)
def test_diagram_is_the_kept_one(name: str) -> None:
    kept = KEPT / f"{name}.txt"
    drawn = f"{FRAMES[name].diagram()}\n"
    if os.environ.get("DIAGRAMS") == "write":
        kept.write_text(drawn, encoding="utf-8")
    assert kept.is_file(), f"No diagram of {name} is kept: draw it with DIAGRAMS=write and look at it."
    assert drawn == kept.read_text(encoding="utf-8")


@given(any_bytes)
def test_every_row_of_any_frame_is_closed(data: bytes) -> None:
    frame = dissect.parse(data)
    lines = diagram(frame).splitlines()
    for line in lines[2:]:
        if line[:1] in ("|", "+"):
            assert line[0] in "|+"
            assert line[-1] in "|+"
            assert len(line) <= 65


@of_each(OPTIONS)
def test_a_class_of_options_is_drawn_as_its_layout(cls: type[Option]) -> None:
    assert diagram(cls) == cls.diagram()
    assert "\n" in cls.diagram()


def test_a_value_takes_the_fullest_form_that_fits() -> None:
    def shown(value: str) -> str:
        row = next(line for line in IPv4(flags=value).diagram().splitlines() if "0x0000" in line)
        return row.split("|")[2].strip()

    assert (shown(""), shown("DF"), shown("DF+EVIL")) == ("0x00", "DF", "0x06")


def test_a_packet_is_drawn_as_its_frame() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
    packet = Packet(bytes(frame))
    assert packet.diagram() == frame.diagram()
    assert (packet.to_svg(), packet.to_mermaid()) == (frame.to_svg(), frame.to_mermaid())
