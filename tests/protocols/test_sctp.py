from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ChecksumState, Ethernet, IPv4, IPv6, Option
from dissect.declaration.entry import Entry
from dissect.declaration.header import Header
from dissect.protocols.sctp import (
    SCTP,
    SCTPAbort,
    SCTPChunkPadding,
    SCTPCookieAck,
    SCTPCookieEcho,
    SCTPData,
    SCTPHeartbeat,
    SCTPIData,
    SCTPInit,
    SCTPInitAck,
    SCTPSack,
    SCTPShutdown,
    SCTPShutdownComplete,
    UnknownSCTPChunk,
)
from dissect.protocols.sctp_parameters import (
    SCTPECN,
    SCTPHeartbeatInformation,
    SCTPHMACs,
    SCTPIPv4,
    SCTPStateCookie,
    SCTPSupportedAddressTypes,
    SCTPSupportedExtensions,
    UnknownSCTPCause,
)
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

NETWORK = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=1)
HELLO = SCTPData(tsn=1, data=b"hello", begins=True, ends=True)
NAMES = """
    frame.protocols sctp.srcport sctp.dstport sctp.port sctp.verification_tag sctp.checksum sctp.checksum.status
    sctp.chunk_type sctp.chunk_flags sctp.chunk_length sctp.chunk_bit_1 sctp.chunk_bit_2 sctp.chunk_padding
    sctp.data_tsn_raw sctp.data_tsn sctp.data_sid sctp.data_ssn sctp.data_payload_proto_id sctp.data_i_bit
    sctp.data_u_bit sctp.data_b_bit sctp.data_e_bit sctp.init_initiate_tag sctp.initiate_tag sctp.init_credit
    sctp.initack_initial_tsn sctp.init_nr_out_streams sctp.parameter_type sctp.parameter_length
    sctp.parameter_padding sctp.parameter_bit_1 sctp.parameter_ipv4_address sctp.parameter_state_cookie
    sctp.parameter_supported_address_type sctp.supported_chunk_type sctp.hmac_id sctp.cookie
    sctp.sack_cumulative_tsn_ack_raw sctp.sack_cumulative_tsn_ack sctp.sack_a_rwnd sctp.sack_number_of_gap_blocks
    sctp.sack_duplicate_tsn sctp.sack_nounce_sum sctp.cause_code sctp.cause_information sctp.cause_padding
    sctp.abort_t_bit sctp.shutdown_complete_t_bit sctp.shutdown_cumulative_tsn_ack sctp.assoc_index
    sctp.parameter_heartbeat_information _ws.malformed _ws.col.Protocol _ws.col.Info
""".split()


def test_construct() -> None:
    frame = NETWORK / SCTP(sport=5000, dport=6000, tag=7, chunks=[HELLO])
    assert frame[IPv4].protocol == 132
    assert bytes(frame[SCTP]).hex(" ", 4) == (
        "13881770 00000007 4bd48b42 00030015 00000001 00000000 00000000 68656c6c 6f000000"
    )
    assert not frame.problems()


def test_chunks_are_filled_up_unless_they_are_given_otherwise() -> None:
    packet = SCTP(sport=1, dport=2, chunks=[HELLO, SCTPCookieEcho(b"ab"), SCTPChunkPadding(b"\xff\xff"), HELLO])
    assert len(bytes(packet)) == 12 + 24 + 8 + 24
    assert packet.chunks[3] == SCTPChunkPadding(b"\xff\xff")
    bare = SCTP(sport=1, dport=2, chunks=[HELLO, SCTPChunkPadding()])
    assert len(bytes(bare)) == 12 + 21
    assert repr(bare).endswith("SCTPChunkPadding()])")
    for each in (packet, bare):
        assert dissect.parse(bytes(NETWORK / each))[SCTP] == each


def test_the_checksum_is_a_crc() -> None:
    # The value of RFC 9260's polynomial for "123456789" is that of iSCSI's test (RFC 3720, appendix B.4).
    frame = dissect.parse(bytes(NETWORK / SCTP(sport=1, dport=2, chunks=[HELLO])))
    assert frame[SCTP].checksum_state() is ChecksumState.GOOD
    data = bytearray(bytes(frame))
    data[-4] ^= 1
    wrong = dissect.parse(bytes(data))
    assert [problem.field for problem in wrong.problems()] == ["checksum"]
    assert not wrong.fixed().problems()
    none = dissect.parse(bytes(NETWORK / SCTP(sport=1, dport=2, checksum=0, chunks=[HELLO])))
    assert none[SCTP].checksum_state() is ChecksumState.OFFLOADED


def test_scapy_builds_the_same() -> None:
    scapy = pytest.importorskip("scapy.layers.sctp")
    built = scapy.SCTP(sport=5000, dport=6000, tag=7) / scapy.SCTPChunkData(
        beginning=1, ending=1, tsn=1, stream_id=3, data=b"hello"
    )
    ours = SCTP(sport=5000, dport=6000, tag=7, chunks=[HELLO.replace(stream=3)])
    assert bytes(ours) == bytes(built)
    start = scapy.SCTP(sport=1, dport=2) / scapy.SCTPChunkInit(
        init_tag=9, a_rwnd=1000, n_out_streams=2, n_in_streams=3, init_tsn=4, params=[scapy.SCTPChunkParamECNCapable()]
    )
    init = SCTPInit(tag=9, credit=1000, outbound=2, inbound=3, tsn=4, parameters=[SCTPECN()])
    assert bytes(SCTP(sport=1, dport=2, chunks=[init])) == bytes(start)


@pytest.mark.parametrize(
    ("packet", "sentences"),
    [
        (SCTP(sport=0, dport=1), ["is 0"]),
        (SCTP(sport=1, dport=1, chunks=[SCTPInit(), HELLO]), ["hold one that has to stand alone"]),
        (SCTP(sport=1, dport=1, tag=1, chunks=[SCTPInit()]), ["is not 0 although an association only begins"]),
        (
            SCTP(sport=1, dport=1, chunks=[SCTPInit(credit=0, outbound=0)]),
            ["SCTPInit has credit 0, expected at least 1500", "SCTPInit has outbound 0, expected at least 1"],
        ),
        (
            SCTP(sport=1, dport=1, tag=1, chunks=[SCTPInitAck(tag=0, inbound=0)]),
            ["SCTPInitAck has tag 0, expected at least 1", "SCTPInitAck has inbound 0, expected at least 1"],
        ),
        (SCTP(sport=1, dport=1, chunks=[SCTPInit(credit=1500)]), []),
        (SCTP(sport=1, dport=1, chunks=bytes(HELLO)[:18]), ["SCTPData has length 21, of which 18 bytes are there"]),
        (SCTP(sport=1, dport=1, chunks=b"\0\0\0"), ["MalformedSCTPChunk is no well-formed option"]),
    ],
)
def test_problems(packet: SCTP, sentences: list[str]) -> None:
    assert [problem.message for problem in packet.problems()] == sentences


@given(st.binary(max_size=120))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(NETWORK / SCTP(sport=1, dport=2)) + data, "ethernet")
    keeps_promises(bytes(Ethernet() / IPv4(protocol=132) / data), "ethernet")


@given(st.sampled_from([*range(16), 64, 128, 130, 192, 193]), st.binary(max_size=60))
def test_chunks_of_any_kind(kind: int, data: bytes) -> None:
    chunk = UnknownSCTPChunk(type=kind, data=data)
    keeps_promises(bytes(NETWORK / SCTP(sport=1, dport=2, chunks=bytes(chunk))), "ethernet")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    listed: list[list[Option | Entry]] = [
        [SCTPInit(tag=9, tsn=5, parameters=[SCTPIPv4("10.0.0.1"), SCTPSupportedAddressTypes([5, 6]), SCTPECN()])],
        [SCTPInitAck(tag=8, tsn=6, parameters=[SCTPHMACs([1, 3]), SCTPStateCookie(b"cookie!!")])],
        [SCTPInit(parameters=[SCTPSupportedExtensions([130, 192]), SCTPECN()])],
        [SCTPCookieEcho(b"cookie"), HELLO],
        [SCTPCookieAck(), SCTPSack(tsn=1, gaps=[(2, 3)], duplicates=[1])],
        [SCTPHeartbeat(parameters=[SCTPHeartbeatInformation(b"here")])],
        [SCTPAbort(causes=[UnknownSCTPCause(code=12, data=b"no")], no_tag=True)],
        [SCTPShutdown(7)],
        [SCTPShutdownComplete(no_tag=True)],
        [SCTPIData(tsn=9, begins=True, ends=True, protocol=3, data=b"x")],
        [UnknownSCTPChunk(type=99, data=b"?")],
        [],
    ]
    frames: list[Header] = [NETWORK / SCTP(sport=5000, dport=6000, chunks=chunks) for chunks in listed]
    frames.append(Ethernet() / IPv6() / SCTP(sport=1, dport=2, chunks=[HELLO, SCTPChunkPadding()]))
    capture = tmp_path / "sctp.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(frames)


def test_parameters_stand_in_each_other_once() -> None:
    nested = b""
    for _ in range(5000):
        nested = b"\xc0\x01" + (8 + len(nested)).to_bytes(2, "big") + bytes(4) + nested
    chunk = b"\xc1\0" + (8 + len(nested)).to_bytes(2, "big") + bytes(4) + nested
    frame = keeps_promises(bytes(NETWORK / SCTP(sport=1, dport=2, chunks=chunk)), "ethernet")
    assert texts(frame, "sctp.parameter_type") == ["0xc001", "0xc001"]
