"""DHCP beside tshark: headers, options, areas of names that hold options, and what is cut or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dissect
from dissect import DHCP, UDP, Ethernet, IPv4, MessageType, Packet
from dissect.protocols.dhcp_options import DHCPOptionOverload
from dissect.wireshark.fields import names
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

DISCOVER = b"\x35\x01\x01"
UUID = bytes(range(16))


def option(code: int, value: bytes) -> bytes:
    """Return the bytes of an option."""
    return bytes([code, len(value)]) + value


def messages() -> Iterator[DHCP]:
    """Yield messages of all kinds."""
    hardware = bytes(range(1, 17))
    for kind, size in ((1, 6), (6, 6), (1, 8), (7, 6), (1, 16), (1, 0), (32, 20)):
        for operation in (1, 2, 3):
            yield DHCP(operation=operation, hardware_type=kind, hardware_length=size, client_hardware=hardware)
    for number in (*range(1, 20), 99):
        yield DHCP(options=[MessageType(number)], flags=0x8000 | number, seconds=number << 8)
    for options in (
        DISCOVER,
        DISCOVER + b"\0\0\0",
        DISCOVER + b"\x0c",
        DISCOVER + b"\x0c\x09abc",
        DISCOVER + b"\xffabc",
        DISCOVER + b"\0\0\0\x0c\x03abc\0\xff",
        b"\x35\x02\x02\x02\xff",
        b"\x35\x00\xff",
        b"\x35\x01\x01\x35\x01\x02\xff",
    ):
        yield DHCP(options=options, server_name="server", file="boot")
    for number in (1, 2, 3, 4):
        yield DHCP(
            options=DISCOVER + option(52, bytes([number])) + b"\xff", server_name="\x0c\x03abc\x7f", file="\x0f\x02ab"
        )
    for code in (1, 2, 3, 6, 12, 13, 19, 21, 24, 25, 33, 46, 50, 51, 55, 57, 58, 60, 66, 92, 108, 116, 118, 252):
        for size in (1, 2, 4, 7, 8):
            yield DHCP(options=DISCOVER + option(code, hardware[:size]) + b"\xff")
    for code, value in (
        (61, b"\x01\x02\0\0\0\0\x01"),
        (61, b"\0name"),
        (61, b"\xff\x01\x02\x03\x04\0\x03\0\x01\x02\0\0\0\0\x01"),
        (61, b"\xff\x01"),
        (77, b"iPXE"),
        (77, b"\x04iPXE\x03abc"),
        (77, b"\x04iPXE\0"),
        (77, b"\x04iPXE\x09a"),
        (81, b"\0\xff\xffabc.example"),
        (81, b"\x04\0\0\x03abc\x07example\0"),
        (81, b"\xff\x01\x02"),
        (82, b"\x01\x02ab\x02\x03abc\x05\x04\x01\x02\x03\x04\x0b\x04\x01\x02\x03\x04\x06\x03sub\x0a\x01\x80\xc8\x02xy"),
        (82, b"\x05\x03\x01\x02\x03"),
        (82, b"\x01\0\x02"),
        (82, b"\x97\x04\0abc\x97\x01\xff"),
        (93, b"\0\0\0\x06"),
        (94, b"\x01\x03\x10"),
        (94, b"\0\x03\x10"),
        (119, b"\x03eng\x07example\x03com\0\x03dev\xc0\x04"),
        (119, b"\xc0\0"),
        (119, b"\0"),
        (121, b"\0\x01\x02\x03\x04"),
        (121, b"\x18\xc0\0\x02\x01\x02\x03\x04\x08\x0a\x05\x06\x07\x08"),
        (121, b"\x21\x01\x02\x03\x04\x05\x01\x02\x03\x04"),
        (121, b"\x18\xc0\0"),
        (249, b"\x11\xac\x10\x80\x01\x02\x03\x04"),
    ):
        yield DHCP(options=DISCOVER + option(code, value) + b"\xff")
    parts = option(119, b"\x03eng\x07exam") + option(6, b"\x01\x02\x03\x04") + option(119, b"ple\0\x03dev\xc0\x04")
    yield DHCP(options=DISCOVER + parts + b"\xff")


def is_escaped(packet: Packet, name: str, theirs: str) -> bool:
    """Whether tshark has changed the text of a cell so that it can be printed."""
    return not theirs.isprintable() or "\\" in theirs


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name in tshark.types and name.startswith("dhcp.")]
    wanted += ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info", "_ws.malformed"]
    assert len(wanted) > 150
    around = Ethernet() / IPv4(dst="255.255.255.255") / UDP(sport=68, dport=67)
    packets = [Packet(bytes(around / message)) for message in messages()]
    whole = bytes(around / next(messages()))
    cut = [Ethernet() / IPv4() / UDP(sport=68, dport=67) / whole[42:][:size] for size in (1, 50, 235, 236, 239, 240)]
    area = DHCP(cookie="0.0.0.0", vendor_area=bytes(60)), DHCP(cookie="1.2.3.4", vendor_area=bytes(4))
    packets += [Packet(bytes(frame)) for frame in (*cut, *(around / message for message in area))]
    capture = tmp_path / "dhcp.pcap"
    dissect.write(capture, packets)
    agreed = agree(
        tshark, capture, wanted, leave_out=lambda packet, name, theirs: not theirs.isprintable() or "\\" in theirs
    )
    assert agreed > 25000


def test_what_the_capture_left_out(tshark: Tshark, tmp_path: Path) -> None:
    wanted = ["dhcp.type", "dhcp.flags", "dhcp.cookie", "dhcp.option.type", "dhcp.option.padding"]
    wanted += ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info"]
    frame = bytes(Ethernet() / IPv4() / UDP(sport=67, dport=68) / DHCP(operation=2, options=[MessageType("offer")]))
    sizes = (44, 60, 282, 284, 285, 286, 300, 341)
    capture = tmp_path / "cut.pcap"
    dissect.write(capture, [Packet(frame[:size], original_length=len(frame)) for size in sizes])
    assert agree(tshark, capture, wanted) == len(wanted) * len(sizes)


def test_names_that_are_not_given_are_there_and_empty() -> None:
    frame = Ethernet() / IPv4() / UDP(sport=68, dport=67) / DHCP(options=[MessageType(1)])
    packet = Packet(bytes(frame))
    assert (packet.get("dhcp.server"), packet.get("dhcp.file")) == ([""], [""])
    named = Ethernet() / IPv4() / UDP(sport=68, dport=67) / DHCP(server_name="a", file="b", options=[MessageType(1)])
    assert (Packet(bytes(named)).get("dhcp.server"), Packet(bytes(named)).get("dhcp.file")) == (["a"], ["b"])


def test_fields_that_hold_options_are_remarked_as_by_tshark(tshark: Tshark, tmp_path: Path) -> None:
    areas = [DHCP(options=[MessageType(1), DHCPOptionOverload(number)]) for number in (1, 2, 3)]
    capture = tmp_path / "overload.pcap"
    dissect.write(capture, [Ethernet() / IPv4() / UDP() / each for each in areas])
    fields = ["dhcp.server_name_overloaded_by_dhcp", "dhcp.boot_filename_overloaded_by_dhcp"]
    assert agree(tshark, capture, fields) == len(fields) * len(areas)
