from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

import dissect
from dissect import ARP, UDP, VLAN, ChecksumState, Data, Ethernet, IPv4
from dissect.declaration.header import Header
from dissect.errors import FieldError

FRAME = Ethernet(dst="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"


def parsed() -> Header:
    return dissect.parse(bytes(FRAME))


def test_a_header_is_no_sequence() -> None:
    assert not isinstance(FRAME, Iterable)
    with pytest.raises(TypeError):
        list(FRAME)  # type: ignore[call-overload]


def test_a_header_is_never_false() -> None:
    assert Data()
    assert len(Data()) == 0


def test_layers_are_parsed_once() -> None:
    frame = parsed()
    assert frame[UDP] is frame[UDP]


def test_bytes_become_data() -> None:
    assert (UDP() / b"x").payload == Data(b"x")
    assert (UDP() / bytearray(b"x")).payload == Data(b"x")  # type: ignore[operator]
    assert (b"x" / UDP()).payload == UDP()


def test_no_bytes_are_nothing() -> None:
    assert (UDP() / b"").payload is None
    assert (UDP() / Data()).payload is None
    assert UDP() / (Data() / b"x") == UDP() / b"x"


@pytest.mark.parametrize("what", [5, "text", None, [1], UDP])
def test_what_cannot_be_carried(what: object) -> None:
    with pytest.raises((FieldError, TypeError)):
        UDP() / what  # type: ignore[operator]
    if what is not None:
        with pytest.raises(FieldError, match=r"payload is .*, expected a header"):
            UDP(payload=what)  # type: ignore[arg-type]


def test_payload_is_taken_as_a_copy() -> None:
    datagram = UDP(dport=5)
    packet = IPv4(payload=datagram)
    datagram.dport = 6
    assert packet[UDP].dport == 5
    packet.payload = datagram
    datagram.dport = 7
    assert packet[UDP].dport == 6
    packet.payload = None
    assert packet.payload is None


def test_a_part_of_a_parsed_frame_stands_for_itself() -> None:
    inner = parsed()[IPv4]
    frame = Ethernet() / inner
    assert bytes(frame)[14:] == bytes(inner)
    assert frame[UDP].checksum_state() is ChecksumState.GOOD
    frame[IPv4].src = "10.9.9.9"
    assert frame[UDP].checksum_state() is ChecksumState.BAD
    assert inner[UDP].checksum_state() is ChecksumState.GOOD


def test_trailer() -> None:
    frame = Ethernet(trailer=b"tail") / ARP()
    assert bytes(frame).endswith(b"tail")
    assert dissect.parse(bytes(frame)).trailer == b"tail"
    frame.trailer = b""
    assert len(frame) == 42
    with pytest.raises(FieldError, match=r"Ethernet.trailer is 'tail', expected bytes"):
        Ethernet(trailer="tail")  # type: ignore[arg-type]
    with pytest.raises(FieldError, match=r"Ethernet.trailer is 4, expected bytes"):
        frame.trailer = 4  # type: ignore[assignment]


def test_equality() -> None:
    assert parsed() == FRAME
    assert parsed() != parsed().replace(src="02:00:00:00:00:09")
    assert FRAME != FRAME / b"more"
    assert FRAME != bytes(FRAME)  # noqa: SIM300
    assert Ethernet() != VLAN()
    assert UDP(dport=1, payload=b"a") != UDP(dport=1, payload=b"b")


def test_headers_are_not_hashable() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(FRAME)


def test_repr_leaves_out_what_a_constructor_would_compute() -> None:
    assert repr(FRAME) == repr(parsed())
    assert repr(parsed()[IPv4]) == "IPv4(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=1, dport=2) / Data(b'data')"
    broken = parsed()
    broken[UDP].checksum = 0xBAD
    broken[UDP].length = 9
    assert "UDP(sport=1, dport=2, length=9, checksum=0xbad)" in repr(broken)


def test_replace() -> None:
    assert FRAME[IPv4].replace(ttl=3).ttl == 3
    assert FRAME[IPv4].replace(payload=None).payload is None
    assert Ethernet().replace(trailer=b"x").trailer == b"x"
    assert IPv4(total_length=5).replace(total_length=dissect.AUTOMATIC).total_length == 20
    with pytest.raises(FieldError, match="IPv4 has no field 'tlt'; did you mean 'ttl'"):
        IPv4().replace(tlt=3)


def test_a_class_in_the_place_of_a_header_is_named() -> None:
    made: Any = Ethernet
    stacks: list[Callable[[], object]] = [
        lambda: made / IPv4(),
        lambda: b"bytes" / made,
        lambda: IPv4() / made,
        lambda: IPv4(payload=made),
    ]
    for stack in stacks:
        with pytest.raises(FieldError, match=r"Ethernet.*, expected a header of it, as in Ethernet\(\)$"):
            stack()


def test_bytes_in_the_place_of_fields_lead_to_parse() -> None:
    for cls in (Ethernet, IPv4, UDP):
        with pytest.raises(TypeError, match=rf"^{cls.__name__} takes its fields by name; bytes are read by parse"):
            cls(b"bytes")  # type: ignore[call-arg]


def test_numbers_of_problems_have_the_digits_of_the_field() -> None:
    (problem,) = (Ethernet(type=0x86DD) / IPv4()).problems()[:1]
    assert (problem.field, problem.expected, problem.found) == ("type", "0x0800", "0x86dd")
    assert "expected 17, found 6" in str((IPv4(protocol=6) / UDP()).problems()[0])
