from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    TCP,
    UDP,
    ChecksumState,
    Data,
    Ethernet,
    ICMPv6,
    ICMPv6DestinationUnreachable,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ParameterProblem,
    ICMPv6TimeExceeded,
    ICMPv6Type,
    IPv4,
    IPv6,
    MulticastAddressRecord,
    MulticastListenerQuery,
    MulticastListenerReport2,
    PacketTooBig,
)
from dissect.errors import FieldError
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

BASE = IPv6(src="2001:db8::1", dst="2001:db8::2")
CAUSE = IPv6(src="2001:db8::2", dst="2001:db8::3") / UDP(sport=1, dport=2) / b"data"


def packet_of(message: bytes) -> bytes:
    """A message in a packet, as `link="raw"` reads it."""
    return bytes(BASE.replace(next_header=58, payload=message))


def parsed(message: bytes) -> ICMPv6:
    return dissect.parse(packet_of(message), link="raw")[ICMPv6]


def test_construct() -> None:
    ping = BASE / ICMPv6EchoRequest(id=7, seq=1, payload=b"data")
    assert bytes(ping)[40:] == bytes.fromhex("8000 4b79 0007 0001") + b"data"
    assert ping.next_header == 58
    general = BASE / ICMPv6(type=128, payload=bytes.fromhex("00070001") + b"data")
    assert bytes(general) == bytes(ping)


def test_deconstruct() -> None:
    message = parsed(bytes.fromhex("8000 4b79 0007 0001") + b"data")
    assert isinstance(message, ICMPv6EchoRequest)
    assert (message.type, message.code, message.id, message.seq) == (ICMPv6Type.ECHO_REQUEST, 0, 7, 1)
    assert message.payload == Data(b"data")
    assert message.checksum_state() is ChecksumState.GOOD
    assert message.problems() == []
    assert message.info() == "Echo (ping) request id=0x0007, seq=1, hop limit=64"


def test_the_checksum_takes_the_addresses() -> None:
    message = parsed(bytes.fromhex("8000 4b7a 0007 0001") + b"data")
    assert message.checksum_state() is ChecksumState.BAD
    assert ICMPv6EchoReply().checksum == 0
    assert (BASE / ICMPv6EchoReply())[ICMPv6].checksum != (BASE.replace(dst="::1") / ICMPv6EchoReply())[ICMPv6].checksum


@pytest.mark.parametrize(
    ("error", "head"),
    [
        (ICMPv6DestinationUnreachable(code="port"), "0104 0000 00000000"),
        (PacketTooBig(mtu=1400), "0200 0000 00000578"),
        (ICMPv6TimeExceeded(code="reassembly"), "0301 0000 00000000"),
        (ICMPv6ParameterProblem(code="next header", pointer=40), "0401 0000 00000028"),
    ],
)
def test_errors_quote_what_caused_them(error: ICMPv6, head: str) -> None:
    assert bytes(error) == bytes.fromhex(head)
    packet = BASE / error / bytes(CAUSE)
    read = dissect.parse(bytes(packet), link="raw")
    assert [type(header) for header in read.layers()] == [IPv6, type(error), IPv6, UDP, Data]
    assert read.problems() == []
    assert read[ICMPv6].is_error
    assert not parsed(bytes(ICMPv6EchoRequest())).is_error
    cut = BASE / error / bytes(CAUSE)[:44]
    assert keeps_promises(bytes(cut), "raw").problems() == []


def test_what_is_wrong_with_an_error() -> None:
    assert [problem.message for problem in parsed(bytes(PacketTooBig())).problems()] == ["is wrong", "quotes no packet"]
    quoting_ipv4 = BASE / PacketTooBig() / bytes(IPv4())
    messages = [problem.message for problem in dissect.parse(bytes(quoting_ipv4), link="raw").problems()]
    assert messages == ["quotes what is no IPv6 packet"]
    unknown = BASE / ICMPv6TimeExceeded(code=2) / CAUSE
    assert [(problem.field, problem.found) for problem in unknown.problems()] == [("code", "2")]


@pytest.mark.parametrize("message", [ICMPv6EchoRequest(), PacketTooBig(), MulticastListenerQuery(), ICMPv6(type=200)])
def test_impossible_lengths(message: ICMPv6) -> None:
    whole = bytes(message)
    for length in range(1, len(whole)):
        frame = keeps_promises(packet_of(whole[:length]), "raw")
        assert [problem.message for problem in frame.problems()] == ["is cut short"]


def test_multicast_listeners() -> None:
    query = parsed(bytes.fromhex("8200 0000 03e8 0000") + bytes(16))
    assert isinstance(query, MulticastListenerQuery)
    assert (query.delay, query.group, query.rest, query.delay_code) == (1000, "::", b"", None)
    second = parsed(bytes.fromhex("8200 0000 03e8 0000") + bytes(20))
    assert isinstance(second, MulticastListenerQuery)
    assert second.delay_code == 1000
    report = parsed(bytes.fromhex("8f00 0000 0000 0001 04000000") + bytes(16))
    assert isinstance(report, MulticastListenerReport2)
    assert report.records == (MulticastAddressRecord(4, "::"),)
    some = MulticastListenerReport2(records=[MulticastAddressRecord(3, "ff02::1", ["2001:db8::1"])])
    assert some.record_count == 1
    assert some.records == (MulticastAddressRecord(3, "ff02::1", sources=["2001:db8::1"]),)


def test_refused_values() -> None:
    with pytest.raises(FieldError, match=r"PacketTooBig.mtu is -1, expected 0 to 4294967295"):
        PacketTooBig(mtu=-1)
    with pytest.raises(FieldError, match="one of no_route, prohibited"):
        ICMPv6DestinationUnreachable(code="harbour")


@given(st.binary(max_size=120))
def test_bytes_of_any_kind(message: bytes) -> None:
    keeps_promises(packet_of(message), "raw")


@given(st.integers(0, 65535), st.integers(0, 65535), st.binary(max_size=40))
def test_scapy_builds_the_same_echoes(number: int, seq: int, data: bytes) -> None:
    theirs = scapy.IPv6(src="2001:db8::1", dst="2001:db8::2") / scapy.ICMPv6EchoRequest(id=number, seq=seq, data=data)
    assert bytes(BASE / ICMPv6EchoRequest(id=number, seq=seq, payload=data)) == bytes(theirs)


NAMES = """
    frame.protocols icmpv6.type icmpv6.code icmpv6.checksum icmpv6.checksum.status icmpv6.mtu icmpv6.pointer
    icmpv6.echo.identifier icmpv6.echo.sequence_number icmpv6.mld.maximum_response_delay
    icmpv6.mld.maximum_response_code icmpv6.mld.multicast_address icmpv6.mldr.nb_mcast_records
    _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "icmpv6.pcap"
    messages = [
        ICMPv6(type=kind, code=code, payload=bytes.fromhex("000005dc") + bytes(CAUSE))
        for kind in (1, 2, 3, 4)
        for code in range(9)
    ]
    messages += [ICMPv6EchoRequest(id=number, seq=9, payload=b"data") for number in (1, 300)]
    messages += [ICMPv6EchoRequest(id=1, checksum=7)]
    messages += [ICMPv6(type=kind, payload=bytes(20)) for kind in (130, 131, 132)]
    messages += [ICMPv6(type=130, payload=bytes(24)), ICMPv6(type=143, payload=bytes(4))]
    dissect.write(capture, [Ethernet() / BASE / message for message in messages])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(messages)


def test_tshark_agrees_on_what_errors_quote(tshark: Tshark, tmp_path: Path) -> None:
    names = [*NAMES, *"tcp.seq_raw tcp.srcport tcp.checksum.status udp.srcport udp.checksum.status".split()]
    segment = BASE / TCP(sport=1, dport=2, seq=7)
    causes = [segment, BASE / ICMPv6EchoRequest(id=1), BASE / UDP(sport=1, dport=2) / b"data"]
    quotes = [bytes(cause) for cause in causes] + [bytes(segment)[:48], bytes(segment)[:52], bytes(segment)[:56]]
    capture = tmp_path / "quotes.pcap"
    dissect.write(capture, [Ethernet() / BASE / ICMPv6DestinationUnreachable(payload=quote) for quote in quotes])
    assert agree(tshark, capture, names) == len(names) * len(quotes)
