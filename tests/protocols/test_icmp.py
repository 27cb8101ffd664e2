from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import dissect
from dissect import (
    ICMP,
    Data,
    EchoReply,
    EchoRequest,
    ICMPType,
    IPv4,
    ParameterProblem,
    RouterAdvertisement,
    TimeExceeded,
)
from dissect.declaration.checksum import ChecksumState
from dissect.errors import FieldAbsentError, FieldError
from dissect.wireshark.fields import texts
from dissect.wireshark.sight import sight_of
from tests.declared import again
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark

# Photuris, bad SPI (RFC 2521), with the SPI and the reserved bytes: a type that has no class of its own.
PHOTURIS = bytes.fromhex("2800 d7eb 0000 0007 0000 000c")[:8]


def datagram(message: bytes) -> bytes:
    """A message in a datagram, as `link="raw"` reads it."""
    return bytes(IPv4(src="192.0.2.1", dst="192.0.2.2", protocol="icmp", payload=message))


def parsed(message: bytes) -> ICMP:
    return dissect.parse(datagram(message), link="raw")[ICMP]


def test_construct() -> None:
    message = ICMP(type="photuris", code=0, payload=bytes.fromhex("00000007"))
    assert bytes(message) == bytes.fromhex("2800 d7f8 0000 0007")
    assert message.checksum == 0xD7F8


def test_deconstruct() -> None:
    message = parsed(bytes.fromhex("2805 d7f3 0000 0007"))
    assert type(message) is ICMP
    assert (message.type, message.code, message.checksum) == (ICMPType.PHOTURIS, 5, 0xD7F3)
    assert message.payload == Data(bytes.fromhex("00000007"))
    assert message.checksum_state() is ChecksumState.GOOD
    assert message.problems() == []


@pytest.mark.parametrize("length", range(4))
def test_impossible_length(length: int) -> None:
    message = parsed(PHOTURIS[:length]) if length else None
    if message is None:
        assert ICMP not in dissect.parse(datagram(b""), link="raw")
        return
    assert [problem.message for problem in message.problems()] == ["is cut short"]
    assert message.checksum_state() is ChecksumState.UNVERIFIABLE
    with pytest.raises(FieldAbsentError, match=r"checksum is not there"):
        _ = message.checksum
    assert again(message) == message


def test_zero_checksum_is_wrong_unless_it_is_right() -> None:
    # There is no message without a checksum.
    assert parsed(bytes.fromhex("0800 0000 0000 0000")).checksum_state() is ChecksumState.BAD
    assert parsed(bytes.fromhex("0800 0000 f7ff 0000")).checksum_state() is ChecksumState.GOOD
    assert EchoRequest(id=0xF7FF).checksum == 0


def test_the_general_form_builds_any_message() -> None:
    general = ICMP(type=8, payload=bytes.fromhex("0007 0001") + b"data")
    special = EchoRequest(id=7, seq=1, payload=b"data")
    assert bytes(general) == bytes(special)
    assert parsed(bytes(general)) == special
    assert type(parsed(bytes(general))) is EchoRequest


def test_a_message_is_found_by_its_class_and_by_icmp() -> None:
    frame = dissect.parse(datagram(bytes(EchoRequest(id=7))), link="raw")
    assert frame[ICMP] == frame[EchoRequest]
    assert frame[EchoRequest].id == 7
    assert EchoReply not in frame


def test_the_checksum_covers_payload_and_trailer() -> None:
    whole = EchoRequest(id=1, payload=b"payloadtrailer")
    split = EchoRequest(id=1, payload=b"payload", trailer=b"trailer")
    assert bytes(split) == bytes(whole)


def test_the_checksum_of_a_fragment_is_not_known() -> None:
    first = IPv4(protocol="icmp", flags="MF", payload=EchoRequest(id=1, checksum=7, payload=bytes(8)))
    assert dissect.parse(bytes(first), link="raw")[ICMP].checksum_state() is ChecksumState.UNVERIFIABLE


def test_queries_and_errors() -> None:
    # RFC 1122, section 3.2.2; RFC 8335.
    errors = [number for number in range(256) if parsed(bytes((number,)) + bytes(19)).is_error]
    queries = [number for number in range(256) if parsed(bytes((number,)) + bytes(19)).is_query]
    assert errors == [3, 4, 5, 11, 12]
    assert queries == [0, 8, 9, 10, 13, 14, 15, 16, 17, 18, 42, 43]


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (EchoRequest(code=1), "1"),
        (ParameterProblem(code=3), "3"),
        (TimeExceeded(code=2), "2"),
        (RouterAdvertisement(code=4), "4"),
    ],
)
def test_a_code_that_the_type_does_not_have_is_reported(message: ICMP, found: str) -> None:
    problems = [problem for problem in message.problems() if problem.field == "code"]
    assert [(problem.message, problem.found, problem.severity) for problem in problems] == [
        ("is unknown", found, "warning")
    ]


def test_names_of_types_and_codes() -> None:
    assert ICMP(type="time exceeded").type is ICMPType.TIME_EXCEEDED
    assert str(TimeExceeded(code="reassembly").code) == "Fragment reassembly time exceeded"
    with pytest.raises(FieldError, match="one of network, host, protocol, port"):
        dissect.DestinationUnreachable(code="harbour")
    with pytest.raises(FieldError, match=r"EchoRequest.code is 256, expected 0 to 255"):
        EchoRequest(code=256)


@given(st.binary(max_size=200))
@example(b"\x03\x00\x00\x00\x00\x20\x00\x00" + bytes(160))
@example(b"\x09\x00\x00\x00\xff\x02\x00\x00" + bytes(20))
def test_messages_of_any_kind_are_read_and_given_back(message: bytes) -> None:
    raw = datagram(message)
    frame = dissect.parse(raw, link="raw")
    frame.problems()
    assert bytes(frame) == raw
    assert again(frame) == frame
    for header in frame.layers():
        header.info()
        assert again(header) == header
    edited = again(frame)
    edited.problems()
    assert bytes(edited) == raw


@given(st.integers(44, 255), st.integers(0, 255), st.binary(min_size=4, max_size=60))
def test_scapy_builds_the_same_bytes(kind: int, code: int, rest: bytes) -> None:
    ours = bytes(ICMP(type=kind, code=code, payload=rest))
    theirs = scapy.ICMP(type=kind, code=code, unused=int.from_bytes(rest[:4], "big")) / scapy.Raw(rest[4:])
    assert ours == bytes(theirs)


NAMES = """
    icmp.type icmp.code icmp.checksum icmp.ident icmp.ident_le icmp.seq icmp.seq_le icmp.unused icmp.length
    icmp.length.original_datagram icmp.mtu icmp.pointer icmp.redir_gw icmp.num_addrs icmp.addr_entry_size
    icmp.lifetime icmp.router_address icmp.pref_level icmp.originate_timestamp icmp.receive_timestamp
    icmp.transmit_timestamp icmp.address_mask icmp.reserved icmp.ext icmp.ext.version icmp.ext.res
    icmp.ext.checksum icmp.ext.length icmp.ext.class icmp.ext.ctype icmp.ext.data icmp.mpls.label icmp.mpls.exp
    icmp.mpls.s icmp.mpls.ttl icmp.mpls.data icmp.int_info.role icmp.int_info.reserved icmp.int_info.ifindex
    icmp.int_info.ipaddr icmp.int_info.name_present icmp.int_info.mtu_present icmp.int_info.index
    icmp.int_info.afi icmp.int_info.ipv4 icmp.int_info.ipv6 icmp.int_info.name_length icmp.int_info.name
    icmp.int_info.mtu icmp.ext.echo.seq icmp.ext.echo.req.res icmp.ext.echo.req.local icmp.ext.echo.rsp.state
    icmp.ext.echo.rsp.res icmp.ext.echo.rsp.active icmp.ext.echo.rsp.ipv4 icmp.ext.echo.rsp.ipv6
""".split()


def agree(tshark: Tshark, capture: Path) -> int:
    """Hold every ICMP frame of a capture against tshark and return their number."""
    rows = tshark.fields(capture, ["frame.number", *NAMES, "ip.flags.mf", "ip.frag_offset", "_ws.col.Info"])
    compared = 0
    for packet, row in zip(dissect.read(capture), rows, strict=False):
        *cells, more, offset, info = row[1:]
        fragment = "1" in more or offset.strip("0,")
        if ICMP not in packet or fragment:
            # tshark puts fragments together; one frame alone shows other things.
            continue
        ours = packet[ICMP]
        for name, theirs in zip(NAMES, cells, strict=True):
            assert ",".join(texts(packet.frame, name)) == theirs, f"{name} of frame {row[0]} of {capture.name}"
        assert info.startswith(sight_of(ours).info(ours)), f"information of frame {row[0]} of {capture.name}"
        remainder = info.removeprefix(sight_of(ours).info(ours))
        assert (
            remainder.startswith((" (request in ", " (reply in ", " (no response found", "[Malformed")) or not remainder
        )
        compared += 1
    return compared


def test_tshark_agrees_on_every_type_and_code(tshark: Tshark, tmp_path: Path) -> None:
    quoted = IPv4(src="192.0.2.2", dst="198.51.100.7") / dissect.UDP(sport=1000, dport=7) / bytes(range(20))
    frames = [
        dissect.Ethernet() / IPv4() / ICMP(type=kind, code=code, payload=bytes(4) + bytes(quoted))
        for kind in range(50)
        for code in range(18)
    ]
    capture = tmp_path / "types.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture) == len(frames)


def test_request_made_a_reply_is_fixed() -> None:
    frame = dissect.parse(bytes(dissect.Ethernet() / dissect.IPv4() / dissect.EchoRequest(id=1, seq=1) / b"abc"))
    frame[dissect.ICMP].type = 0
    fixed = frame.fixed()
    assert bytes(fixed) == bytes(dissect.Ethernet() / dissect.IPv4() / dissect.EchoReply(id=1, seq=1) / b"abc")
