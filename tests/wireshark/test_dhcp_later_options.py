"""The options of DHCP that have parts as Wireshark sees them: classes, names and routes, as far as they are some."""

from __future__ import annotations

import pytest

from dissect.wireshark.dhcp_later_options import shown_name
from tests.wireshark.test_dhcp import option
from tests.wireshark.test_dhcp_options import packet


@pytest.mark.parametrize(
    ("value", "numbers", "text", "words"),
    [
        (b"\x04iPXE\x03abc", [0, 1], [], []),
        # What many clients write is no class, but a text.
        (b"iPXE", [], ["iPXE"], []),
        (b"\x04iPXE\0\x01a", [0, 1], [], ["UC_Len_1 isn't >= 1 (UC_Len_1 = 0)"]),
    ],
)
def test_classes_of_users(value: bytes, numbers: list[int], text: list[str], words: list[str]) -> None:
    found = packet(option(77, value))
    assert found.get("dhcp.option.user_class") == numbers
    assert found.get("dhcp.option.user_class.text") == text
    assert found.get("_ws.expert.message") == words


@pytest.mark.parametrize(
    ("value", "name", "flags"),
    [
        (b"\x01\xff\xffabc.example", "abc.example", 1),
        # RFC 4702, section 2.1: the bit 0x04 says that the name is as DNS writes it.
        (b"\x04\xff\xff\x03abc\x07example\0", "abc.example", 4),
        (b"\x04\xff\xff\x03abc", "abc", 4),
        (b"\0\xff\xffabc\0more", "abc", 0),
    ],
)
def test_names_of_clients(value: bytes, name: str, flags: int) -> None:
    found = packet(option(81, value))
    assert (found.get("dhcp.fqdn.name"), found.get("dhcp.fqdn.flags")) == ([name], [flags])


def test_routes_are_bytes_and_too_few_of_them_are_remarked() -> None:
    route = bytes.fromhex("18 c00002 01020304")
    assert packet(option(121, route + route)).get("dhcp.option.classless_static_route") == [route, route]
    short = packet(option(121, route[:4]))
    assert short.get("dhcp.option.classless_static_route") == []
    assert short.get("_ws.expert.message") == ["length isn't >= 5"]


def test_versions_of_another_interface_than_undi_are_not_seen() -> None:
    # RFC 4578, section 2.2: the type is 1.
    assert packet(option(94, b"\x01\x03\x10")).get("dhcp.client_network_id_major") == [3]
    assert packet(option(94, b"\x02\x03\x10")).get("dhcp.client_network_id_major") == []


@pytest.mark.parametrize(
    ("raw", "message", "name"),
    [
        (b"\x03lab\0", b"", "lab"),
        (b"\x01b\xc0\x00", b"\x03lab\0\x01b\xc0\x00", "b.lab"),
        (b"\0", b"\0", "<Root>"),
        (b"\xc0\x00", b"\xc0\x00", "<Name contains a pointer that loops>"),
    ],
)
def test_names_as_wireshark_writes_them(raw: bytes, message: bytes, name: str) -> None:
    assert shown_name(raw, message or raw) == name
