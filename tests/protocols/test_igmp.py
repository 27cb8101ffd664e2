from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    IGMP,
    ChecksumState,
    Ethernet,
    GroupRecord,
    GroupRecordType,
    IGMPLeave,
    IGMPQuery,
    IGMPType,
    IGMPv1Report,
    IGMPv2Report,
    IGMPv3Query,
    IGMPv3Report,
    IPv4,
    internet_checksum,
)
from dissect.errors import FieldError
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

BASE = IPv4(src="192.0.2.1", dst="224.0.0.1", ttl=1)
GROUP = "239.1.2.3"
groups = st.integers(0xE0000000, 0xEFFFFFFF)
sources = st.lists(st.ip_addresses(v=4).map(str), max_size=4).map(tuple)
records = st.lists(
    st.builds(
        GroupRecord,
        st.integers(0, 255),
        st.ip_addresses(v=4).map(str),
        sources,
        st.integers(0, 3).map(lambda words: bytes(4 * words)),
    ),
    max_size=3,
)


def parsed(message: bytes) -> IGMP:
    return dissect.parse(bytes(BASE.replace(protocol="igmp", payload=message)), link="raw")[IGMP]


@pytest.mark.parametrize(
    ("message", "data", "version"),
    [
        (IGMPQuery(), "1100 eeff 00000000", 1),
        (IGMPQuery(max_response=100, group=GROUP), "1164 fd96 ef010203", 2),
        (IGMPv1Report(group=GROUP), "1200 fcfa ef010203", 1),
        (IGMPv2Report(group=GROUP), "1600 f8fa ef010203", 2),
        (IGMPLeave(group=GROUP), "1700 f7fa ef010203", 2),
        (IGMPv3Query(group=GROUP, sources=["10.0.0.1"]), "1100 f17b ef010203 027d 0001 0a000001", 3),
        (IGMPv3Report(records=[GroupRecord(4, GROUP)]), "2200 e8f9 0000 0001 04000000 ef010203", 3),
    ],
)
def test_construct_and_deconstruct(message: IGMP, data: str, version: int) -> None:
    raw = bytes.fromhex(data)
    assert internet_checksum(raw) == 0
    assert bytes(message) == raw
    read = parsed(raw)
    assert (type(read), read, read.version) == (type(message), message, version)
    assert read.checksum_state() is ChecksumState.GOOD
    assert read.problems() == []
    frame = Ethernet() / BASE / message
    assert keeps_promises(bytes(frame), 1) == frame


def test_other_types_are_in_the_general_form() -> None:
    message = parsed(bytes.fromhex("1301 ecfe 01020304"))
    assert type(message) is IGMP
    assert (message.type, message.version, message.info()) == (IGMPType.DVMRP, None, "DVMRP Protocol")


def test_codes_with_an_exponent() -> None:
    assert IGMPv3Query(max_response=127).max_response_time == 127
    assert IGMPv3Query(max_response=0x80).max_response_time == 128
    assert IGMPv3Query(max_response=0xFF).max_response_time == 31744


def test_records() -> None:
    record = GroupRecord(GroupRecordType.BLOCK, GROUP, ("10.0.0.9", "10.0.0.8"), b"data")
    report = IGMPv3Report(records=[record, GroupRecord(1, GROUP)])
    assert report.record_count == 2
    assert report.records == (record, GroupRecord(1, GROUP))
    assert report.group_records() == [record, GroupRecord(1, GROUP)]
    cut = parsed(bytes(report)[:-1])
    assert isinstance(cut, IGMPv3Report)
    assert cut.records[1] == bytes(report)[28:-1]
    assert [(problem.field, problem.expected, problem.found) for problem in cut.own_problems()][-1] == (
        "record_count",
        "1",
        "2",
    )


@pytest.mark.parametrize("message", [IGMPQuery(), IGMPv2Report(), IGMPv3Report()])
def test_impossible_lengths(message: IGMP) -> None:
    whole = bytes(message)
    for length in range(1, len(whole)):
        frame = keeps_promises(bytes(BASE.replace(protocol="igmp", payload=whole[:length])), "raw")
        assert [problem.message for problem in frame.problems()] == ["is cut short"]


def test_sources_that_are_not_there() -> None:
    query = bytes(IGMPv3Query(source_count=2, sources=["10.0.0.1"]))
    frame = keeps_promises(bytes(BASE.replace(protocol="igmp", payload=query)), "raw")
    assert [problem.message for problem in frame.problems()] == ["is cut short"]


def test_refused_values() -> None:
    with pytest.raises(FieldError, match="auxiliary: 3 bytes, expected a multiple of 4"):
        IGMPv3Report(records=[GroupRecord(1, GROUP, (), b"abc")])
    with pytest.raises(FieldError, match="a list of GroupRecord, or bytes"):
        IGMPv3Report(records=GroupRecord(1, GROUP))  # type: ignore[arg-type]
    with pytest.raises(FieldError, match=r"IGMPv2Report.group is '239.1.2', expected 4 numbers"):
        IGMPv2Report(group="239.1.2")
    assert [problem.field for problem in IGMPv2Report(group="10.0.0.1").problems()] == ["group"]


@given(st.sampled_from([0x11, 0x12, 0x16, 0x17, 0x22, 0x13]), st.binary(max_size=60))
def test_bytes_of_any_kind(kind: int, data: bytes) -> None:
    keeps_promises(bytes(BASE.replace(protocol="igmp", payload=bytes((kind,)) + data)), "raw")


@given(records)
def test_records_are_read_as_they_were_built(built: list[GroupRecord]) -> None:
    report = parsed(bytes(IGMPv3Report(records=built)))
    assert isinstance(report, IGMPv3Report)
    assert report.group_records() == built
    assert report.record_count == len(built)


@given(st.sampled_from([(0x16, IGMPv2Report), (0x17, IGMPLeave)]), st.integers(0, 255), groups)
def test_scapy_builds_the_same_bytes(kind: tuple[int, type[IGMP]], time: int, group: int) -> None:
    number, cls = kind
    ours = cls(max_response=time, group=group)  # type: ignore[call-arg]
    assert bytes(ours) == bytes(scapy.IGMP(type=number, mrcode=time, gaddr=str(ours.group)))  # type: ignore[attr-defined]


NAMES = """
    frame.protocols igmp.version igmp.type igmp.max_resp igmp.checksum igmp.checksum.status igmp.maddr igmp.num_src
    igmp.saddr igmp.s igmp.qrv igmp.qqic igmp.num_grp_recs igmp.record_type igmp.aux_data_len igmp.aux_data
    _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "igmp.pcap"
    senders = ("10.0.0.9", "10.0.0.8")
    messages: list[IGMP] = [
        cls(max_response=time, group=group)
        for cls in (IGMPQuery, IGMPv1Report, IGMPv2Report, IGMPLeave)
        for time in (0, 10, 200)
        for group in (GROUP, "0.0.0.0")
    ]
    messages += [IGMPv3Query(max_response=code, interval=code) for code in (0, 100, 127, 128, 0x93, 255)]
    messages += [IGMPv3Query(group=GROUP, suppress=True, sources=senders), IGMPv3Report()]
    messages += [
        IGMPv3Report(records=[GroupRecord(kind, GROUP, senders[:count])]) for kind in range(8) for count in range(3)
    ]
    messages += [IGMPv3Report(records=[GroupRecord(1, GROUP), GroupRecord(6, GROUP, senders, b"data")])]
    messages += [IGMPv2Report(group=GROUP, checksum=7)]
    dissect.write(capture, [Ethernet() / BASE / message for message in messages])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(messages)
