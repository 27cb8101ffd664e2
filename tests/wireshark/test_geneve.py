from __future__ import annotations

import dissect
from dissect import UDP, Ethernet, Geneve, IPv4
from dissect.declaration.header import Header
from dissect.wireshark.fields import texts
from dissect.wireshark.sight import sight_of


def over(data: bytes) -> Header:
    return dissect.parse(bytes(Ethernet() / IPv4() / UDP(dport=6081) / data))


def test_the_flags_are_one_byte() -> None:
    frame = over(bytes(Geneve(control=True, critical=True, reserved_flags=1)))
    assert texts(frame, "geneve.flags") == ["0xc1"]
    assert texts(frame, "geneve.flags.reserved") == ["1"]


def test_the_headline_has_the_network() -> None:
    assert texts(over(bytes(Geneve(vni=42, control=True))), "geneve") == [f"{Geneve.title}, VNI: 0x00002a, OAM"]
    cut = over(bytes(Geneve(vni=42))[:6])
    assert sight_of(cut[Geneve]).headline(cut[Geneve]) == Geneve.title


def test_options_that_are_not_all_there_are_not_seen() -> None:
    frame = over(bytes.fromhex("0300655800002a00 0102030100"))
    assert texts(frame, "geneve.options") == []
    assert texts(frame, "geneve.option.class") == []
    assert texts(frame, "geneve.vni") == ["0x00002a"]
