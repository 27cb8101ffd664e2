from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ICMP,
    AddressMaskReply,
    AddressMaskRequest,
    AdvertisedRouter,
    Data,
    EchoReply,
    EchoRequest,
    ExtendedEchoReply,
    ExtendedEchoRequest,
    InformationReply,
    InformationRequest,
    IPv4,
    RouterAdvertisement,
    RouterSolicitation,
    TimestampReply,
    TimestampRequest,
)
from dissect.declaration.checksum import ChecksumState
from dissect.errors import FieldAbsentError, FieldError
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from tests.declared import again
from tests.oracle import scapy_judge as scapy

# Each message as its RFC draws it, the constructor that makes it, and what it says.
MESSAGES: list[tuple[str, ICMP, dict[str, Any]]] = [
    (
        "0800 9396 0007 0001 6461",
        EchoRequest(id=7, seq=1, payload=b"da"),
        {"id": 7, "seq": 1, "seq_little_endian": 256},
    ),
    ("0000 9b96 0007 0001 6461", EchoReply(id=7, seq=1, payload=b"da"), {"id": 7, "id_little_endian": 0x700}),
    (
        "0d00 f2f1 0007 0001 00000001 00000002 00000003",
        TimestampRequest(id=7, seq=1, originate=1, receive=2, transmit=3),
        {"originate": 1, "receive": 2, "transmit": 3},
    ),
    (
        "0e00 71f1 0007 0001 00000001 00000002 80000003",
        TimestampReply(id=7, seq=1, originate=1, receive=2, transmit=0x80000003),
        {"transmit": 0x80000003},
    ),
    ("0f00 f0f7 0007 0001", InformationRequest(id=7, seq=1), {"id": 7, "seq": 1}),
    ("1000 eff7 0007 0001", InformationReply(id=7, seq=1), {"id": 7, "seq": 1}),
    ("1100 eef7 0007 0001 00000000", AddressMaskRequest(id=7, seq=1), {"mask": "0.0.0.0"}),
    ("1200 eef6 0007 0001 ffffff00", AddressMaskReply(id=7, seq=1, mask="255.255.255.0"), {"mask": "255.255.255.0"}),
    (
        "0900 69f5 0202 0708 c0000201 00000000 c0000202 fffffffb",
        RouterAdvertisement(addresses=[AdvertisedRouter("192.0.2.1"), AdvertisedRouter("192.0.2.2", -5)]),
        {"address_count": 2, "entry_size": 2, "lifetime": 1800},
    ),
    ("0a00 f5ff 0000 0000", RouterSolicitation(), {"reserved": 0}),
    ("2a00 d4fd 0001 0101", ExtendedEchoRequest(id=1, seq=1, local=True), {"local": True, "seq": 1}),
    (
        "2b02 d3b6 0001 0146",
        ExtendedEchoReply(code="no such interface", id=1, seq=1, state="reachable", active=True, ipv4_runs=True),
        {"active": True, "ipv4_runs": True, "ipv6_runs": False},
    ),
]


def parsed(message: bytes) -> ICMP:
    frame = bytes(IPv4(src="192.0.2.1", dst="192.0.2.2", protocol="icmp", payload=message))
    return dissect.parse(frame, link="raw")[ICMP]


@pytest.mark.parametrize(("text", "message", "fields"), MESSAGES)
def test_construct(text: str, message: ICMP, fields: dict[str, Any]) -> None:
    assert bytes(message).hex() == text.replace(" ", "")
    assert message.problems() == []


@pytest.mark.parametrize(("text", "message", "fields"), MESSAGES)
def test_deconstruct(text: str, message: ICMP, fields: dict[str, Any]) -> None:
    found = parsed(bytes.fromhex(text))
    assert found == message
    assert {name: getattr(found, name) for name in fields} == fields
    assert found.checksum_state() is ChecksumState.GOOD
    assert found.problems() == []


@pytest.mark.parametrize(("text", "message", "fields"), MESSAGES)
def test_cut_everywhere(text: str, message: ICMP, fields: dict[str, Any]) -> None:
    raw = bytes.fromhex(text)
    for length in range(1, len(raw)):
        found = parsed(raw[:length])
        assert type(found) is type(message)
        assert bytes(found) == raw[:length]
        assert again(found) == found
        found.info()
        values = {field.name: field.values(found) for field in (*found.fields, *found.derived)}
        assert values["type"] == [raw[0]]
        if length < 8:
            assert [problem.message for problem in found.problems()] == ["is cut short"]


def test_fields_before_the_cut_are_there() -> None:
    request = parsed(bytes.fromhex("0d00 f2f1 0007 0001 00000001 0000"))
    assert isinstance(request, TimestampRequest)
    assert (request.id, request.seq, request.originate) == (7, 1, 1)
    with pytest.raises(FieldAbsentError):
        _ = request.receive


def test_information() -> None:
    frame = dissect.parse(bytes(IPv4(ttl=61) / EchoRequest(id=0x1A, seq=258)), link="raw")
    assert summarize(frame).info == "Echo (ping) request  id=0x001a, seq=258/513, ttl=61"
    assert summarize(EchoReply(id=1, seq=1)).info == "Echo (ping) reply    id=0x0001, seq=1/256"
    assert summarize(RouterAdvertisement()).info == "Mobile IP Advertisement (Normal router advertisement)"
    assert summarize(RouterAdvertisement(code=7)).info == "Router advertisement (Unknown code: 7)"


def test_a_time_that_no_day_has_is_reported() -> None:
    problems = TimestampReply(originate=86_399_999, receive=86_400_000, transmit=0x80000000).problems()
    assert [(problem.field, problem.found) for problem in problems] == [("receive", "86400000")]


ENTRIES = "c0000201 00000000 c0000202 fffffffb"


def test_more_addresses_counted_than_there_are() -> None:
    message = bytes.fromhex("0900 0000 0502 0708" + ENTRIES + "0102 03")
    found = parsed(message)
    assert isinstance(found, RouterAdvertisement)
    assert found.addresses == (AdvertisedRouter("192.0.2.1"), AdvertisedRouter("192.0.2.2", -5))
    assert found.payload == Data(b"\1\2\3")
    assert [(each.field, each.expected, each.found) for each in found.problems()][1:] == [("address_count", "2", "5")]
    assert bytes(again(found)) == message


def test_fewer_addresses_counted_than_there_are() -> None:
    found = parsed(bytes.fromhex("0900 0000 0102 0708" + ENTRIES))
    assert isinstance(found, RouterAdvertisement)
    assert found.addresses == (AdvertisedRouter("192.0.2.1"),)
    assert found.payload == Data(bytes.fromhex("c0000202 fffffffb"))


def test_addresses_that_the_snap_length_cut_are_no_problem() -> None:
    raw = bytes(IPv4() / RouterAdvertisement(addresses=[AdvertisedRouter("192.0.2.1"), AdvertisedRouter("192.0.2.2")]))
    cut = dissect.parse(raw[:-5], link="raw", original_length=len(raw))
    assert cut[RouterAdvertisement].addresses == (AdvertisedRouter("192.0.2.1"),)
    assert cut[RouterAdvertisement].problems() == []


def test_entries_of_another_size_are_data() -> None:
    found = parsed(bytes.fromhex("0900 0000 0103 0708 c0000201 00000000 00000000"))
    assert isinstance(found, RouterAdvertisement)
    assert found.addresses == ()
    assert found.payload == Data(bytes.fromhex("c0000201 00000000 00000000"))
    assert ("entry_size", "2", "3") in [(each.field, each.expected, each.found) for each in found.problems()]


def test_counting_follows_the_addresses_until_it_is_given() -> None:
    routers = [AdvertisedRouter(f"192.0.2.{number}") for number in (1, 2, 3)]
    message = RouterAdvertisement(addresses=routers[:1])
    message.addresses = routers
    assert message.address_count == 3
    message.address_count = 1
    assert message.addresses == tuple(routers)
    assert bytes(message)[4] == 1
    del message.address_count
    assert message.address_count == 3


def test_routers_are_found_by_the_names_of_tshark() -> None:
    message = RouterAdvertisement(addresses=[AdvertisedRouter("192.0.2.1"), AdvertisedRouter("192.0.2.2", -5)])
    assert texts(message, "icmp.router_address") == ["192.0.2.1", "192.0.2.2"]
    assert texts(message, "icmp.pref_level") == ["0", "-5"]


@pytest.mark.parametrize("wrong", [[("192.0.2.1", 1)], [192], 7])
def test_addresses_that_are_none_are_refused(wrong: Any) -> None:
    with pytest.raises(FieldError, match=r"RouterAdvertisement.addresses is .*, expected a list of AdvertisedRouter"):
        RouterAdvertisement(addresses=wrong)


def test_a_router_may_be_told_by_its_address() -> None:
    told: Any = ["192.0.2.1", AdvertisedRouter("192.0.2.2", -5)]
    assert RouterAdvertisement(addresses=told).addresses == (
        AdvertisedRouter("192.0.2.1"),
        AdvertisedRouter("192.0.2.2", -5),
    )
    told = ["192.0.2.1", "192.0.2.256"]
    with pytest.raises(FieldError, match=r"AdvertisedRouter.address is '192.0.2.256', expected 4 numbers"):
        RouterAdvertisement(addresses=told)


@pytest.mark.parametrize(("address", "preference"), [("192.0.2.256", 0), ("192.0.2.1", 1 << 31)])
def test_routers_that_are_none_are_refused(address: str, preference: int) -> None:
    with pytest.raises(FieldError, match="AdvertisedRouter"):
        AdvertisedRouter(address, preference)


bytes_ = st.integers(0, 255)
halves = st.integers(0, 0xFFFF)
words = st.integers(0, 0xFFFFFFFF)
addresses = words.map(lambda number: ".".join(str(byte) for byte in number.to_bytes(4, "big")))


def agree(ours: ICMP, theirs: scapy.Packet) -> None:
    """Both build the same bytes, and both read the other's."""
    raw = bytes(theirs)
    assert bytes(ours) == raw
    assert parsed(raw) == ours
    assert bytes(scapy.ICMP(bytes(ours))) == raw


@given(st.sampled_from([(8, EchoRequest), (0, EchoReply)]), bytes_, halves, halves, st.binary(max_size=64))
def test_echo(kind: tuple[int, Any], code: int, identifier: int, seq: int, data: bytes) -> None:
    theirs = scapy.ICMP(type=kind[0], code=code, id=identifier, seq=seq) / scapy.Raw(data)
    agree(kind[1](code=code, id=identifier, seq=seq, payload=data), theirs)


@given(st.sampled_from([(13, TimestampRequest), (14, TimestampReply)]), halves, halves, words, words, words)
def test_timestamp(kind: tuple[int, Any], identifier: int, seq: int, first: int, second: int, third: int) -> None:
    agree(
        kind[1](id=identifier, seq=seq, originate=first, receive=second, transmit=third),
        scapy.ICMP(type=kind[0], id=identifier, seq=seq, ts_ori=first, ts_rx=second, ts_tx=third),
    )


@given(st.sampled_from([(15, InformationRequest), (16, InformationReply)]), halves, halves)
def test_information_request(kind: tuple[int, Any], identifier: int, seq: int) -> None:
    agree(kind[1](id=identifier, seq=seq), scapy.ICMP(type=kind[0], id=identifier, seq=seq))


@given(st.sampled_from([(17, AddressMaskRequest), (18, AddressMaskReply)]), halves, halves, addresses)
def test_address_mask(kind: tuple[int, Any], identifier: int, seq: int, mask: str) -> None:
    agree(
        kind[1](id=identifier, seq=seq, mask=mask),
        scapy.ICMP(type=kind[0], id=identifier, seq=seq, addr_mask=mask),
    )


@given(st.lists(st.tuples(addresses, st.integers(-(1 << 31), (1 << 31) - 1)), max_size=6), halves)
def test_advertised_addresses_are_those_of_the_bytes(routers: list[tuple[str, int]], lifetime: int) -> None:
    # Scapy knows the type alone.
    entries = b"".join(
        bytes(map(int, address.split("."))) + preference.to_bytes(4, "big", signed=True)
        for address, preference in routers
    )
    listed = [AdvertisedRouter(address, preference) for address, preference in routers]
    message = RouterAdvertisement(addresses=listed, lifetime=lifetime)
    assert bytes(message)[4:] == bytes((len(routers), 2)) + lifetime.to_bytes(2, "big") + entries
    found = parsed(bytes(message))
    assert isinstance(found, RouterAdvertisement)
    assert found.addresses == tuple(listed)
    assert found == message
