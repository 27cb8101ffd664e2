from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import UDP, Ethernet, IPv4
from dissect.declaration.header import Header
from dissect.protocols.rip import (
    RIP,
    MalformedRIPEntry,
    RIPDigest,
    RIPMessageDigest,
    RIPPassword,
    RIPRoute,
    RIPv1Route,
    RIPv1WholeTable,
    RIPWholeTable,
    UnknownRIPEntry,
)
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

OUTER = Ethernet() / IPv4(src="10.0.0.1", dst="224.0.0.9", ttl=1) / UDP(dport=520)
ROUTE = RIPRoute("192.0.2.0", netmask="255.255.255.0", metric=3)
NAMES = """
    frame.protocols rip.command rip.version rip.ip rip.netmask rip.next_hop rip.metric rip.auth.type rip.auth.passwd
    rip.family rip.route_tag rip.key_id rip.seq_num rip.authentication_data rip.unknown_address_family _ws.malformed
    _ws.expert.message _ws.expert.severity _ws.col.Protocol _ws.col.Info
""".split()


def test_construct() -> None:
    frame = Ethernet() / IPv4() / UDP(sport=49152) / RIP(entries=[ROUTE])
    assert frame[UDP].dport == 520
    assert bytes(frame[RIP]).hex(" ", 4) == "02020000 00020000 c0000200 ffffff00 00000000 00000003"
    assert not frame.problems()


def test_deconstruct() -> None:
    frame = dissect.parse(bytes(OUTER / RIP(entries=[RIPPassword("secret"), ROUTE])))
    password, route = frame[RIP].entries
    assert isinstance(password, RIPPassword)
    assert (password.password, route) == ("secret", ROUTE)
    assert not frame.problems()


def test_version_1_has_entries_of_its_own() -> None:
    message = RIP(version=1, command="request", entries_1=[RIPv1WholeTable()])
    assert bytes(message)[-4:] == (16).to_bytes(4, "big")
    assert dissect.parse(bytes(OUTER / message))[RIP] == message
    assert message.entries is None
    assert message.listed_name() == "RIPv1"


def test_scapy_reads_what_is_built() -> None:
    scapy = pytest.importorskip("scapy.layers.rip")
    message = RIP(entries=[RIPPassword("secret"), ROUTE, RIPRoute("10.0.0.0", tag=7, next_hop="192.0.2.9", metric=16)])
    read = scapy.RIP(bytes(message))
    assert (read.cmd, read.version) == (2, 2)
    password, first, second = read.payload, read.payload.payload, read.payload.payload.payload
    assert (password.authtype, password.password.rstrip(b"\0")) == (2, b"secret")
    assert (first.addr, first.mask, first.metric) == ("192.0.2.0", "255.255.255.0", 3)
    assert (second.addr, second.RouteTag, second.nextHop, second.metric) == ("10.0.0.0", 7, "192.0.2.9", 16)
    built = scapy.RIP(cmd=1) / scapy.RIPEntry(AF=0, metric=16)
    assert dissect.parse(bytes(OUTER / bytes(built)))[RIP].entries_1 == (RIPv1WholeTable(),)


@pytest.mark.parametrize(
    ("message", "sentences"),
    [
        (RIP(entries=[RIPRoute("192.0.2.0", metric=17)]), ["RIPRoute has metric 17, expected 1 to 16"]),
        (RIP(version=1, entries_1=[RIPv1Route(zero=1)]), ["RIPv1Route has other bytes than zeros beside address and"]),
        (RIP(version=0), ["is none, so that the message is to be ignored"]),
        (RIP(command=6), ["is unknown"]),
        (RIP(entries=[ROUTE] * 26), ["are too many for one message"]),
        (RIP(entries=[RIPMessageDigest(), *[ROUTE] * 24, RIPDigest()]), []),
        (RIP(entries=[RIPWholeTable()]), []),
        (RIP(entries=[UnknownRIPEntry(family=99)]), ["UnknownRIPEntry is of family 99"]),
        (RIP(entries=bytes(ROUTE)[:7]), ["MalformedRIPEntry is no well-formed option"]),
    ],
)
def test_problems(message: RIP, sentences: list[str]) -> None:
    found = [problem.message for problem in message.problems()]
    assert len(found) == len(sentences)
    assert all(each.startswith(begin) for each, begin in zip(found, sentences, strict=True))


def test_a_digest_may_have_more_than_sixteen_bytes() -> None:
    # RFC 4822, section 3: HMAC-SHA-256.
    message = RIP(entries=[RIPMessageDigest(digest_length=36), ROUTE, RIPDigest(bytes(32))])
    assert dissect.parse(bytes(OUTER / message))[RIP].entries == message.entries


@given(st.binary(max_size=80))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(OUTER / data), "ethernet")


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("length", range(26))
def test_impossible_lengths(version: int, length: int) -> None:
    whole = bytes(RIP(version=version)) + bytes(ROUTE)
    keeps_promises(bytes(OUTER / whole[:length]), "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    digest = RIPMessageDigest(digest_offset=44, key_id=1, digest_length=20, sequence=99)
    messages: list[Header | bytes] = [
        RIP(entries=[ROUTE]),
        RIP(entries=[ROUTE, RIPRoute("10.0.0.0", tag=9, next_hop="192.0.2.9", metric=16)]),
        RIP(command="request", entries=[RIPWholeTable()]),
        RIP(command="request", version=1, entries_1=[RIPv1WholeTable()]),
        RIP(version=1, entries_1=[RIPv1Route("10.0.0.0")]),
        RIP(version=0, entries_1=[RIPv1Route("10.0.0.0")]),
        RIP(version=3, entries_1=[RIPv1Route("10.0.0.0")]),
        RIP(entries=[RIPPassword("secret"), ROUTE]),
        RIP(entries=[digest, ROUTE, RIPDigest(bytes(range(16)))]),
        RIP(command=9),
        RIP(command="trace_on"),
        RIP(entries=bytes(ROUTE)[:9]),
        RIP(entries=[ROUTE, MalformedRIPEntry(family=2, data=b"12345")]),
        RIP(version=1, entries_1=bytes(ROUTE)[:9]),
        RIP(entries=[ROUTE] * 25),
    ]
    capture = tmp_path / "rip.pcap"
    dissect.write(capture, [OUTER / message for message in messages])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(messages)


def test_tshark_names_an_unknown_family(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "family.pcap"
    dissect.write(capture, [OUTER / RIP(entries=[UnknownRIPEntry(family=99)])])
    # It says which family in the remark as well.
    names = [name for name in NAMES if name != "_ws.expert.message"]
    assert agree(tshark, capture, names) == len(names)
