from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import (
    TCP,
    Ethernet,
    FieldError,
    IPv4,
    MultipathAddAddress,
    MultipathCapable,
    MultipathDataSignal,
    MultipathFail,
    MultipathFastClose,
    MultipathJoin,
    MultipathOption,
    MultipathPriority,
    MultipathRemoveAddress,
    MultipathReset,
    Option,
    UnknownTCPOption,
)
from dissect.wireshark.fields import names, texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

CASES: list[tuple[str, Option]] = [
    ("1e 04 01 01", MultipathCapable()),
    ("1e 0c 01 81 0102030405060708", MultipathCapable(flags=0x81, sender_key=0x0102030405060708)),
    ("1e 14 00 01 0000000000000001 0000000000000002", MultipathCapable(version=0, sender_key=1, receiver_key=2)),
    (
        "1e 18 01 01 0000000000000001 0000000000000002 0064 abcd",
        MultipathCapable(sender_key=1, receiver_key=2, data_length=100, data_checksum=0xABCD),
    ),
    (
        "1e 0c 11 05 01020304 05060708",
        MultipathJoin(low_bits=1, address_id=5, receiver_token=0x01020304, random_number=0x05060708),
    ),
    (
        "1e 10 10 05 0102030405060708 00000009",
        MultipathJoin(address_id=5, truncated_digest=0x0102030405060708, random_number=9),
    ),
    ("1e 18 10 00" + bytes(20).hex(), MultipathJoin(digest=bytes(20))),
    ("1e 04 20 10", MultipathDataSignal(data_fin=1)),
    ("1e 08 20 01 00000007", MultipathDataSignal(ack_4=7)),
    ("1e 0c 20 03 0000000000000007", MultipathDataSignal(ack_8=7)),
    ("1e 0e 20 04 00000007 00000001 0064", MultipathDataSignal(sequence_4=7, subflow_sequence=1, data_length=100)),
    (
        "1e 1c 20 0f 00000000000000aa 00000000000000bb 00000005 0064 beef",
        MultipathDataSignal(ack_8=0xAA, sequence_8=0xBB, subflow_sequence=5, data_length=100, checksum=0xBEEF),
    ),
    ("1e 08 30 07 c0000201", MultipathAddAddress(address_id=7, ipv4="192.0.2.1")),
    ("1e 0a 31 07 c0000201 0050", MultipathAddAddress(low_bits=1, address_id=7, ipv4="192.0.2.1", port=80)),
    (
        "1e 1e 30 07 20010db8000000000000000000000001 0050 0000000000000009",
        MultipathAddAddress(address_id=7, ipv6="2001:db8::1", port=80, truncated_digest=9),
    ),
    ("1e 05 40 01 02", MultipathRemoveAddress(address_ids=[1, 2])),
    ("1e 03 51", MultipathPriority(is_backup=1)),
    ("1e 04 51 09", MultipathPriority(is_backup=1, address_id=9)),
    ("1e 0c 60 00 0000000000000009", MultipathFail(data_sequence=9)),
    ("1e 0c 70 00 0000000000000009", MultipathFastClose(receiver_key=9)),
    ("1e 04 81 03", MultipathReset(is_transient=True, reason="prohibited")),
    ("1e 05 a1 02 03", MultipathOption(subtype=10, low_bits=1, data=b"\2\3")),
]
WRONG = [
    "1e 05 01 01 05",
    "1e 0a 10 05 0102030405 06",
    "1e 06 31 07 0102",
    "1e 05 51 01 02",
]
"""Options of lengths that those of their subtypes do not have; what is there of them is shown all the same."""


@pytest.mark.parametrize(("raw", "option"), CASES)
def test_construct_and_deconstruct(raw: str, option: Option) -> None:
    data = bytes.fromhex(raw)
    assert bytes(option) == data
    (read, *_) = TCP(options=data).options
    assert read == option
    assert list(option.problems()) == []
    assert eval(repr(option), {type(option).__name__: type(option)}) == option


@pytest.mark.parametrize("raw", [*WRONG, "1e 03 60", "1e 05 20 01 05", "1e 0a 20 05 00000007 0001"])
def test_impossible_length(raw: str) -> None:
    segment = TCP(options=bytes.fromhex(raw))
    (option, *_) = segment.options
    assert not isinstance(option, (UnknownTCPOption, MultipathOption))
    assert any("of Multipath TCP has" in problem.message for problem in segment.problems())
    assert eval(repr(option), {type(option).__name__: type(option)}) == option


def test_an_option_without_a_subtype_is_unknown() -> None:
    assert isinstance(TCP(options=bytes.fromhex("1e 02")).options[0], UnknownTCPOption)


def test_numbers_of_a_mapping() -> None:
    signal = MultipathDataSignal(ack_8=0xAA, sequence_8=0xBB, subflow_sequence=5, data_length=100, checksum=0xBEEF)
    assert (signal.data_ack, signal.data_sequence, signal.subflow_sequence) == (0xAA, 0xBB, 5)
    assert (signal.data_length, signal.checksum, signal.length) == (100, 0xBEEF, 28)
    frame = Ethernet() / IPv4() / TCP(options=[signal])
    assert texts(frame, "tcp.options.mptcp.rawdataseqno") == ["187"]


def test_fields_that_the_length_of_another_form_has_contradict_each_other() -> None:
    with pytest.raises(FieldError, match="random_number is given, and the other fields say that it is not there"):
        MultipathJoin(digest=bytes(20), random_number=1)


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name.startswith("tcp.options.mptcp") and name in tshark.types]
    assert len(wanted) > 35
    wanted += ["tcp.option_kind", "tcp.option_len", "frame.protocols", "_ws.col.Protocol"]
    frames = [
        Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=number, dport=9, flags="A", options=option)
        for number, option in enumerate([*(bytes(option) for _, option in CASES), *map(bytes.fromhex, WRONG)], 1000)
    ]
    capture = tmp_path / "multipath.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, wanted) == len(wanted) * len(frames)
