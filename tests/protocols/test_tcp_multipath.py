from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import (
    TCP,
    Ethernet,
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

KEYS = bytes(range(1, 17))
CASES: list[tuple[str, Option]] = [
    ("1e 04 01 01", MultipathCapable()),
    ("1e 0c 01 81 0102030405060708", MultipathCapable(flags=0x81, keys=KEYS[:8])),
    ("1e 14 00 01" + KEYS.hex(), MultipathCapable(version=0, keys=KEYS)),
    ("1e 18 01 01" + KEYS.hex() + "0064 abcd", MultipathCapable(keys=KEYS + bytes.fromhex("0064abcd"))),
    ("1e 0c 11 05 01020304 05060708", MultipathJoin(low_bits=1, address_id=5, data=KEYS[:8])),
    ("1e 10 10 05" + KEYS[:12].hex(), MultipathJoin(address_id=5, data=KEYS[:12])),
    ("1e 18 10 00" + bytes(20).hex(), MultipathJoin(data=bytes(20))),
    ("1e 04 20 10", MultipathDataSignal(data_fin=1)),
    ("1e 08 20 01 00000007", MultipathDataSignal(has_ack=1, data=bytes.fromhex("00000007"))),
    ("1e 08 30 07 c0000201", MultipathAddAddress(address_id=7, data=bytes.fromhex("c0000201"))),
    ("1e 05 40 01 02", MultipathRemoveAddress(address_ids=b"\1\2")),
    ("1e 03 51", MultipathPriority(is_backup=1)),
    ("1e 0c 60 00 0000000000000009", MultipathFail(data_sequence=9)),
    ("1e 0c 70 00 0000000000000009", MultipathFastClose(receiver_key=9)),
    ("1e 04 81 03", MultipathReset(is_transient=True, reason="prohibited")),
    ("1e 05 a1 02 03", MultipathOption(subtype=10, low_bits=1, data=b"\2\3")),
]


@pytest.mark.parametrize(("raw", "option"), CASES)
def test_construct_and_deconstruct(raw: str, option: Option) -> None:
    data = bytes.fromhex(raw)
    assert bytes(option) == data
    (read, *_) = TCP(options=data).options
    assert read == option
    assert list(option.problems()) == []
    assert eval(repr(option), {type(option).__name__: type(option)}) == option


@pytest.mark.parametrize("raw", ["1e 05 01 01 05", "1e 0a 10 05 0102030405 06", "1e 05 20 01 05", "1e 06 31 07 0102"])
def test_impossible_length(raw: str) -> None:
    segment = TCP(options=bytes.fromhex(raw))
    assert type(segment.options[0]) is not UnknownTCPOption
    assert any("of Multipath TCP has" in problem.message for problem in segment.problems())


def test_an_option_without_a_subtype_is_unknown() -> None:
    assert isinstance(TCP(options=bytes.fromhex("1e 02")).options[0], UnknownTCPOption)


def test_numbers_of_a_mapping() -> None:
    data = bytes.fromhex("00000000000000aa 00000000000000bb 00000005 0064 beef")
    signal = MultipathDataSignal(long_sequence=1, has_mapping=1, long_ack=1, has_ack=1, data=data)
    assert (signal.data_ack, signal.data_sequence, signal.subflow_sequence) == (0xAA, 0xBB, 5)
    assert (signal.data_length, signal.checksum) == (100, 0xBEEF)
    assert list(signal.problems()) == []
    frame = Ethernet() / IPv4() / TCP(options=[signal])
    assert texts(frame, "tcp.options.mptcp.rawdataseqno") == ["187"]


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name.startswith("tcp.options.mptcp") and name in tshark.types]
    assert len(wanted) > 35
    wanted += ["tcp.option_kind", "tcp.option_len", "frame.protocols", "_ws.col.Protocol"]
    frames = [
        Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=number, dport=9, flags="A", options=bytes(option))
        for number, (_, option) in enumerate(CASES, 1000)
    ]
    capture = tmp_path / "multipath.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, wanted) == len(wanted) * len(frames)
