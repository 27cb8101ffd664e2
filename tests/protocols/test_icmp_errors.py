from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ICMP,
    TCP,
    UDP,
    Data,
    DestinationUnreachable,
    EchoRequest,
    Ethernet,
    IPv4,
    MPLSLabel,
    MPLSLabelStack,
    ParameterProblem,
    Redirect,
    SourceQuench,
    TimeExceeded,
    quotation,
)
from dissect.declaration.checksum import ChecksumState, internet_checksum
from dissect.errors import FieldAbsentError, FieldError
from dissect.wireshark.columns import summarize
from tests.declared import again
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark
from tests.protocols.test_icmp import agree

CAUSE = IPv4(src="192.0.2.2", dst="198.51.100.7") / UDP(sport=1000, dport=7) / b"some more data"
SEGMENT = IPv4(src="192.0.2.2", dst="198.51.100.7") / TCP(sport=40000, dport=80, seq=77) / bytes(100)
LABELS = MPLSLabelStack(labels=[MPLSLabel(label=1000, traffic_class=3), MPLSLabel(label=2000, bottom=True, ttl=1)])

MESSAGES: list[tuple[str, ICMP, dict[str, Any]]] = [
    ("0303 0000 0000 0000", DestinationUnreachable(code="port"), {"unused": 0, "length": 0}),
    (
        "0304 0000 0000 0578",
        DestinationUnreachable(code="fragmentation needed", next_hop_mtu=1400),
        {"next_hop_mtu": 1400},
    ),
    ("0400 0000 0000 0000", SourceQuench(), {"unused": 0}),
    ("0501 0000 c000 0201", Redirect(gateway="192.0.2.1"), {"gateway": "192.0.2.1"}),
    ("0b01 0000 0000 0000", TimeExceeded(code="reassembly"), {"unused_word": 0}),
    ("0c00 0000 1400 0000", ParameterProblem(pointer=20), {"pointer": 20}),
]


def parsed(message: bytes, missing: int = 0) -> ICMP:
    """The message as it stands in a datagram of which the last `missing` bytes were cut by the snap length."""
    raw = bytes(IPv4(src="192.0.2.1", dst="192.0.2.2", protocol="icmp", payload=message))
    return dissect.parse(raw[: len(raw) - missing], link="raw", original_length=len(raw))[ICMP]


def sentences(message: ICMP) -> list[tuple[str, str]]:
    return [(problem.field, problem.message) for problem in message.problems()]


@pytest.mark.parametrize(("text", "empty", "fields"), MESSAGES)
def test_construct_and_deconstruct(text: str, empty: Any, fields: dict[str, Any]) -> None:
    message = empty.replace(payload=quotation(CAUSE, 28))
    raw = bytes.fromhex(text) + bytes(CAUSE)[:28]
    raw = raw[:2] + internet_checksum(raw).to_bytes(2, "big") + raw[4:]
    assert bytes(message) == raw
    found = parsed(raw)
    assert found == message
    assert type(found) is type(message)
    assert {name: getattr(found, name) for name in fields} == fields
    assert found[IPv4].dst == "198.51.100.7"
    assert found[UDP].dport == 7
    assert found.checksum_state() is ChecksumState.GOOD
    assert found.problems() == []


@pytest.mark.parametrize(("text", "empty", "fields"), MESSAGES)
def test_cut_everywhere(text: str, empty: Any, fields: dict[str, Any]) -> None:
    raw = bytes(empty.replace(payload=quotation(CAUSE, 28)))
    for length in range(1, len(raw)):
        for found in (parsed(raw[:length]), parsed(raw, len(raw) - length)):
            assert type(found) is type(empty)
            assert bytes(found) == raw[:length]
            assert again(found) == found
            found.info()
            for field in (*found.fields, *found.derived):
                field.values(found)
        assert sentences(parsed(raw[:length]))
        assert not sentences(parsed(raw, len(raw) - length))


def test_eight_bytes_of_a_segment_are_its_ports_and_sequence_number() -> None:
    error = parsed(bytes(TimeExceeded(payload=quotation(SEGMENT, 28))))
    segment = error[TCP]
    assert (segment.sport, segment.dport, segment.seq) == (40000, 80, 77)
    with pytest.raises(FieldAbsentError):
        _ = segment.ack
    assert error[IPv4].total_length == 140
    assert error.problems() == []


def test_what_is_quoted_is_not_held_against_the_error() -> None:
    cause = IPv4(src="192.0.2.2") / EchoRequest(id=1, payload=b"payload that is not quoted")
    frame = Ethernet() / IPv4(src="192.0.2.1") / Redirect(gateway="192.0.2.3", payload=quotation(cause[IPv4], 28))
    for each in (frame, dissect.parse(bytes(frame)), again(frame)):
        assert each.problems() == []
        assert each[EchoRequest].checksum_state() is ChecksumState.UNVERIFIABLE


def test_fixing_an_error_leaves_the_quotation_as_it_was() -> None:
    error = parsed(bytes(TimeExceeded(checksum=7, payload=quotation(SEGMENT, 28))))
    fixed = error.fixed()
    assert fixed.checksum_state() is ChecksumState.GOOD
    assert fixed[IPv4] == error[IPv4]


def test_an_error_about_an_error() -> None:
    inner = IPv4(src="192.0.2.1") / TimeExceeded(payload=CAUSE)
    outer = parsed(bytes(ParameterProblem(payload=inner)))
    assert [type(header) for header in outer.layers()] == [ParameterProblem, IPv4, TimeExceeded, IPv4, UDP, Data]


def test_errors_nest_no_deeper_than_is_looked_at() -> None:
    raw = b""
    for _ in range(100):
        raw = bytes(IPv4(payload=bytes(DestinationUnreachable(payload=raw)), protocol="icmp"))
    frame = dissect.parse(raw, link="raw")
    assert len(list(frame.layers())) == 65
    assert bytes(frame) == raw
    assert frame.problems()


def test_what_is_no_datagram_is_data() -> None:
    error = parsed(bytes(DestinationUnreachable(payload=b"\x70" + bytes(47))))
    assert error.payload == Data(b"\x70" + bytes(47))
    assert sentences(error) == [("", "quotes what is no IPv4 datagram")]


def test_a_quotation_that_is_not_there_or_too_short_is_reported() -> None:
    assert sentences(parsed(bytes(SourceQuench()))) == [("", "quotes no datagram")]
    assert sentences(parsed(bytes(SourceQuench(payload=quotation(SEGMENT, 27))))) == [("", "quotes too little")]
    assert sentences(parsed(bytes(SourceQuench(payload=quotation(SEGMENT, 19))))) == [("", "quotes too little")]
    assert sentences(parsed(bytes(SourceQuench(payload=quotation(SEGMENT, 28))))) == []


def test_a_datagram_of_less_than_eight_bytes_is_quoted_whole() -> None:
    short = IPv4(protocol=200, payload=b"abc")
    assert sentences(parsed(bytes(SourceQuench(payload=short)))) == []


def test_quotation() -> None:
    assert bytes(quotation(SEGMENT[IPv4])) == bytes(SEGMENT)
    assert bytes(quotation(SEGMENT[IPv4], 28)) == bytes(SEGMENT)[:28]
    long = IPv4() / UDP() / bytes(1000)
    assert len(bytes(IPv4() / TimeExceeded(payload=quotation(long[IPv4])))) == 576


def test_information() -> None:
    assert summarize(DestinationUnreachable(code=3)).info == "Destination unreachable (Port unreachable)"
    assert summarize(Redirect()).info == "Redirect             (Redirect for host)"
    assert summarize(SourceQuench()).info == "Source quench (flow control)"
    assert summarize(TimeExceeded(code=9)).info == "Time-to-live exceeded (Unknown code: 9)"


@pytest.mark.parametrize("cls", [DestinationUnreachable, TimeExceeded, ParameterProblem])
def test_extensions_behind_a_short_datagram(cls: Any) -> None:
    error = cls(payload=CAUSE).with_extensions(LABELS)
    found = parsed(bytes(error))
    assert found == error
    assert isinstance(found, (DestinationUnreachable, TimeExceeded, ParameterProblem))
    assert found.length == 32
    assert found.extensions is not None
    assert found.extensions.objects == (LABELS,)
    (stack,) = found.extensions.objects
    assert isinstance(stack, MPLSLabelStack)
    assert [label.label for label in stack.labels if isinstance(label, MPLSLabel)] == [1000, 2000]
    assert found.problems() == []
    assert again(found).extensions == found.extensions


def test_the_length_bounds_a_quotation_that_was_cut() -> None:
    error = TimeExceeded(payload=quotation(IPv4() / UDP(dport=7) / bytes(1000), 150)).with_extensions(LABELS)
    found = parsed(bytes(error))
    assert isinstance(found, TimeExceeded)
    assert found.length == 38
    assert found.extensions is not None
    assert found.extensions.objects == (LABELS,)
    assert found[UDP].length == 1008
    assert found.problems() == []


@pytest.mark.parametrize("size", [10, 1000])
def test_routers_older_than_the_length_quote_128_bytes(size: int) -> None:
    quoted = bytes(IPv4() / UDP(dport=7) / bytes(size))[:128].ljust(128, b"\0")
    structure = bytes(TimeExceeded(payload=CAUSE).with_extensions(LABELS))[8 + 128 :]
    found = parsed(bytes(TimeExceeded(payload=quoted + structure)))
    assert isinstance(found, TimeExceeded)
    assert found.length == 0
    assert found.extensions is not None
    assert found.extensions.objects == (LABELS,)
    assert found[UDP].length == 8 + size
    assert found.trailer.endswith(structure)
    assert found.problems() == []


def test_a_long_quotation_without_extensions_is_whole() -> None:
    found = parsed(bytes(TimeExceeded(payload=IPv4() / UDP(dport=7) / bytes(range(200)))))
    assert isinstance(found, TimeExceeded)
    assert found.extensions is None
    assert found[Data].data == bytes(range(200))


def test_a_length_that_lies_is_reported() -> None:
    past = parsed(bytes(TimeExceeded(length=32, payload=CAUSE)))
    assert ("length", "runs past the end of the data") in sentences(past)
    assert past[UDP].dport == 7
    short = parsed(bytes(TimeExceeded(length=5, payload=CAUSE)))
    assert sentences(short) == [("length", "leaves too little for extensions to follow")]
    assert short[UDP].dport == 7


def test_a_wrong_checksum_of_the_extensions_is_reported() -> None:
    raw = bytearray(bytes(TimeExceeded(payload=CAUSE).with_extensions(LABELS)))
    raw[-1] ^= 1
    assert any("extension structure that has checksum" in message for _, message in sentences(parsed(bytes(raw))))


def test_a_quotation_too_long_for_the_length_is_refused() -> None:
    with pytest.raises(FieldError, match=r"length is 300, expected 0 to 255"):
        TimeExceeded(payload=IPv4() / bytes(1180)).with_extensions(LABELS)


quotes = st.integers(0, 140).map(lambda length: bytes(SEGMENT)[:length])
bytes_ = st.integers(0, 255)
halves = st.integers(0, 0xFFFF)


def scapy_agrees(ours: ICMP, theirs: scapy.Packet, quote: bytes) -> None:
    raw = bytes(theirs / scapy.Raw(quote))
    assert bytes(ours.replace(payload=quote)) == raw
    found = parsed(raw)
    assert type(found) is type(ours)
    assert bytes(found) == raw
    assert bytes(scapy.ICMP(raw)) == raw


@given(bytes_, bytes_, halves, quotes)
def test_scapy_on_destination_unreachable(code: int, length: int, mtu: int, quote: bytes) -> None:
    ours = DestinationUnreachable(code=code, length=length, next_hop_mtu=mtu)
    scapy_agrees(ours, scapy.ICMP(type=3, code=code, length=length, nexthopmtu=mtu), quote)


@given(bytes_, bytes_, quotes)
def test_scapy_on_time_exceeded(code: int, length: int, quote: bytes) -> None:
    scapy_agrees(TimeExceeded(code=code, length=length), scapy.ICMP(type=11, code=code, length=length), quote)


@given(bytes_, bytes_, bytes_, quotes)
def test_scapy_on_parameter_problem(code: int, pointer: int, length: int, quote: bytes) -> None:
    ours = ParameterProblem(code=code, pointer=pointer, length=length)
    scapy_agrees(ours, scapy.ICMP(type=12, code=code, ptr=pointer, length=length), quote)


@given(bytes_, st.integers(0, 0xFFFFFFFF), quotes)
def test_scapy_on_redirect(code: int, gateway: int, quote: bytes) -> None:
    address = ".".join(str(byte) for byte in gateway.to_bytes(4, "big"))
    scapy_agrees(Redirect(code=code, gateway=address), scapy.ICMP(type=5, code=code, gw=address), quote)


def test_tshark_agrees_on_extensions(tshark: Tshark, tmp_path: Path) -> None:
    objects: list[dissect.ExtensionObject] = [
        LABELS,
        dissect.InterfaceInformation(role=1, interface_index=7, address="192.0.2.9", interface_name="eth0", mtu=1500),
        dissect.InterfaceInformation(role=3, address="2001:db8::1", mtu=9000),
        # Tshark takes a name for a byte longer than it is, so something has to follow it.
        dissect.InterfaceInformation(interface_name="a name that is somewhat longer", mtu=1),
        dissect.UnknownExtension(class_number=9, c_type=4, data=b"abcd"),
    ]
    errors = [DestinationUnreachable(code=code) for code in (1, 4)] + [TimeExceeded(), ParameterProblem(pointer=20)]
    frames = [
        Ethernet() / IPv4() / error.replace(payload=CAUSE).with_extensions(*objects[:count])
        for error in errors
        for count in range(len(objects) + 1)
    ]
    capture = tmp_path / "extensions.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture) == len(frames)
