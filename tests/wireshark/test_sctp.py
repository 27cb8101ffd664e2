from __future__ import annotations

from pathlib import Path

import dissect
from dissect import Ethernet, Header, IPv4, Option, Packet
from dissect.protocols.sctp import SCTP, SCTPData, SCTPSack
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

NAMES = """
    frame.protocols sctp.data_tsn sctp.data_tsn_raw sctp.sack_cumulative_tsn_ack sctp.fragment sctp.fragments
    sctp.assoc_index sctp.chunk_type sctp _ws.col.Info
""".split()


def there(*chunks: Option, tag: int = 2) -> Header:
    return Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / SCTP(sport=5, dport=6, tag=tag, chunks=chunks)


def back(*chunks: Option, tag: int = 1) -> Header:
    return Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1") / SCTP(sport=6, dport=5, tag=tag, chunks=chunks)


def data(tsn: int, begins: bool = True, ends: bool = True, stream: int = 0) -> SCTPData:
    return SCTPData(tsn=tsn, begins=begins, ends=ends, stream=stream, data=b"abc")


def test_numbers_pieces_and_what_comes_again_are_told_as_by_tshark(tshark: Tshark, tmp_path: Path) -> None:
    frames = [
        there(data(100)),
        back(SCTPSack(tsn=100, credit=1000)),
        there(data(101), data(102)),
        back(SCTPSack(tsn=102, gaps=[(2, 3), (5, 9)]), data(500)),
        there(SCTPSack(tsn=500), data(101)),
        there(data(102), SCTPSack(tsn=500)),
        there(data(99)),
        # Pieces in order, out of order, of two streams between each other, and in one packet.
        there(data(103, ends=False)),
        there(data(104, False, False)),
        there(data(105, False, True)),
        there(data(107, False, True)),
        there(data(106, True, False)),
        there(data(108, True, False, stream=1)),
        there(data(110, True, False, stream=2)),
        there(data(109, False, True, stream=1)),
        there(data(111, False, False, stream=2), data(112, False, True, stream=2)),
        # Without a tag, and with one of an association of which only this is seen.
        there(data(7), tag=0),
        there(data(700), tag=77),
        back(SCTPSack(tsn=700), tag=78),
    ]
    capture = tmp_path / "sctp.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(frames)


def test_a_chunk_that_goes_on_behind_the_packet_is_malformed(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "cut.pcap"
    longer = SCTPData(tsn=1, length=100, begins=True, ends=True, data=b"abcd")
    dissect.write(capture, [there(data(5), longer)])
    assert agree(tshark, capture, [*NAMES, "_ws.malformed"]) == len(NAMES) + 1


def test_data_that_the_capture_cut_have_no_number(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "snapped.pcap"
    raw = bytes(there(data(6)))
    dissect.write(capture, [Packet(raw[:63], original_length=len(raw)), Packet(raw)])
    names = ["sctp.data_tsn", "_ws.col.Info"]
    assert agree(tshark, capture, names) == len(names) * 2


def test_closed_windows_and_odd_gaps_are_remarked_as_by_tshark(tshark: Tshark, tmp_path: Path) -> None:
    gaps = [
        [],
        [(5, 3)],
        [(5, 6), (2, 3)],
        [(5, 5), (5, 6)],
        [(1, 100)],
        [(1, 101)],
        [(5, 55), (60, 120)],
    ]
    sacks = [SCTPSack(tsn=4, credit=0), *(SCTPSack(tsn=4, credit=10, gaps=each) for each in gaps)]
    names = """
        sctp.sack_a_rwnd.expert sctp.sack_gap_block_malformed sctp.sack_gap_block_out_of_order
        sctp.sack_number_of_tsns_gap_acked.100 _ws.expert.message
    """.split()
    capture = tmp_path / "sacks.pcap"
    dissect.write(capture, [there(each) for each in sacks])
    assert agree(tshark, capture, names) == len(names) * len(sacks)


def test_a_packet_without_its_whole_header_has_no_line(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "short.pcap"
    dissect.write(capture, [Ethernet() / IPv4(protocol=132) / bytes(range(1, size + 1)) for size in range(1, 17)])
    assert agree(tshark, capture, ["sctp", "_ws.col.Protocol"]) == 16 * 2


def test_behind_data_another_chunk_begins_a_line_of_its_own() -> None:
    packet = there(SCTPSack(), data(1), data(2), data(3, ends=False))
    first = "Stream Control Transmission Protocol, Src Port: 5 (5), Dst Port: 6 (6)"
    assert texts(packet, "sctp") == [first, "sctp", "sctp"]
    assert texts(there(data(1)), "sctp") == [first]
    assert texts(there(data(1), SCTPSack()), "sctp") == [first, "sctp"]
