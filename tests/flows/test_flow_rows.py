"""Rows of flows: what they count, where they end, and that they take a bounded amount of memory."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, stdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import TCP, UDP, DissectError, Ethernet, IPv4, IPv6, Packet, compile_filter, flows, read, with_context
from dissect.flows.flow_rows import COLUMNS
from dissect.protocols.vlan import VLAN
from tests.conftest import SAMPLES

SECOND = 1_000_000_000


def datagram(time: float, *, source: str = "10.0.0.1", sport: int = 4000, dport: int = 53, data: bytes = b"") -> Packet:
    ports = (sport, dport) if source == "10.0.0.1" else (dport, sport)
    other = "10.0.0.2" if source == "10.0.0.1" else "10.0.0.1"
    frame = Ethernet() / IPv4(src=source, dst=other) / UDP(sport=ports[0], dport=ports[1]) / data
    return Packet(bytes(frame), time_ns=round(time * SECOND))


def test_a_row_has_all_columns_in_their_order() -> None:
    (row,) = flows([datagram(0)])
    assert tuple(row) == COLUMNS
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_the_room_of_this_name_can_be_called() -> None:
    assert list(dissect.flows([datagram(0)])) == list(flows([datagram(0)]))


@pytest.mark.parametrize("name", ["tcp_echo", "tcp_loss", "tcp_keep_alive", "tcp_zero_window"])
def test_numbers_are_those_of_the_packets(name: str) -> None:
    packets = [packet for packet in with_context(read(SAMPLES / f"{name}.pcap")) if "tcp" in packet]
    (row,) = flows(SAMPLES / f"{name}.pcap", keep=compile_filter("tcp"))
    first = packets[0]
    client = [each for each in packets if each["tcp.srcport"] == first["tcp.srcport"]]
    server = [each for each in packets if each not in client]
    for prefix, own in (("", packets), ("client_", client), ("server_", server)):
        sizes = [each.original_length for each in own]
        times = [each.time_ns or 0 for each in own]
        gaps = [(later - earlier) / SECOND for earlier, later in pairwise(times)]
        assert row[f"{prefix}packets"] == len(own)
        assert row[f"{prefix}bytes"] == sum(sizes)
        assert row[f"{prefix}data_bytes"] == sum(each["tcp.len"] for each in own)
        assert (row[f"{prefix}size_min"], row[f"{prefix}size_max"]) == (min(sizes), max(sizes))
        assert row[f"{prefix}size_mean"] == pytest.approx(fmean(sizes))
        assert row[f"{prefix}size_stddev"] == pytest.approx(stdev(sizes))
        assert row[f"{prefix}gap_mean"] == pytest.approx(fmean(gaps))
        assert row[f"{prefix}gap_stddev"] == pytest.approx(stdev(gaps), rel=1e-6)
        assert row[f"{prefix}psh"] == sum(each["tcp.flags.push"] for each in own)
        assert row[f"{prefix}duration"] == pytest.approx((times[-1] - times[0]) / SECOND)
    assert row["frame.number"] == first.number
    assert row["frame.time_epoch"] == first.time_ns
    assert (row["eth.src"], row["ip.dst"], row["tcp.dstport"]) == (
        first["eth.src"],
        first["ip.dst"],
        first["tcp.dstport"],
    )
    data = b"".join(bytes(each[TCP].payload or b"") for each in client)[:32]
    assert row["client_first_data"] == data


def test_what_was_sent_again_and_how_long_answers_took() -> None:
    (row,) = flows(SAMPLES / "tcp_loss.pcap", keep=compile_filter("tcp"))
    assert row == next(row for row in flows(SAMPLES / "tcp_loss.pcap") if row["tcp.stream"] == 0)
    marks = ("retransmission", "fast_retransmission", "spurious_retransmission")
    again = list(read(SAMPLES / "tcp_loss.pcap", " or ".join(f"tcp.analysis.{mark}" for mark in marks)))
    assert row["client_retransmissions"] == row["retransmissions"] == len(again) > 0
    packets = read(SAMPLES / "tcp_loss.pcap", "tcp.analysis.ack_rtt and tcp.srcport == 8000")
    times = [packet["tcp.analysis.ack_rtt"] / SECOND for packet in packets]
    assert row["server_rtt_mean"] == pytest.approx(fmean(times))
    assert row["server_rtt_max"] == max(times)
    first = next(read(SAMPLES / "tcp_loss.pcap", "tcp.analysis.initial_rtt"))
    assert row["tcp.analysis.initial_rtt"] == pytest.approx(first["tcp.analysis.initial_rtt"] / SECOND)


def test_the_end_of_a_connection_is_told() -> None:
    (row,) = flows(SAMPLES / "tcp_close_four.pcap")
    assert (row["client_state"], row["server_state"]) == ("TIME_WAIT", "CLOSED")
    assert (row["closed_by"], row["teardown"], row["ended_by"]) == ("client", "four segments", "end")
    assert row["tcp.analysis.initial_rtt"] == pytest.approx(0.0001, abs=0.01)


def test_the_client_is_who_opened() -> None:
    answer = Ethernet(src="02:00:00:00:00:02", dst="02:00:00:00:00:01")
    answer = answer / IPv4(src="10.0.0.2", dst="10.0.0.1") / TCP(sport=80, dport=4000, flags="SA", ack=1)
    (row,) = flows([answer])
    assert (row["ip.src"], row["tcp.dstport"], row["client_packets"]) == ("10.0.0.1", 80, 0)
    assert row["eth.src"] == "02:00:00:00:00:01"


def test_protocols_without_ports_and_other_networks_have_rows() -> None:
    rows = list(flows(SAMPLES / "first_ping.pcap"))
    assert [(row["ip.proto"], row["packets"], row["tcp.srcport"]) for row in rows] == [(1, 6, None)]
    frame = Ethernet() / VLAN(id=7) / IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1, dport=2)
    (row,) = flows([frame])
    assert (row["ipv6.dst"], row["ip.dst"], row["vlan.id"], row["udp.dstport"]) == ("2001:db8::2", None, 7, 2)


def test_silence_ends_a_row() -> None:
    rows = list(flows([datagram(0), datagram(10), datagram(21)], idle=10))
    assert [(row["packets"], row["ended_by"]) for row in rows] == [(2, "idle"), (1, "end")]
    assert [row["udp.stream"] for row in rows] == [0, 0]


def test_a_long_conversation_has_several_rows() -> None:
    rows = list(flows([datagram(time) for time in range(0, 50, 10)], active=15))
    assert [row["packets"] for row in rows] == [2, 2, 1]


def test_of_too_many_conversations_the_silent_one_has_its_row_at_once() -> None:
    rows = list(flows([datagram(time, sport=4000 + time) for time in range(4)], most=3))
    assert [row["ended_by"] for row in rows] == ["room", "end", "end", "end"]


def test_a_single_packet_has_no_gaps() -> None:
    (row,) = flows([datagram(0)])
    assert row["gap_mean"] is None
    assert row["size_stddev"] == 0
    assert row["duration"] == 0


def test_packets_without_a_time_count() -> None:
    (row,) = flows([IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2)] * 2)
    assert (row["packets"], row["frame.time_epoch"], row["duration"]) == (2, None, None)


@pytest.mark.parametrize("options", [{"idle": -1}, {"active": float("nan")}, {"time_wait": -2.5}])
def test_a_wrong_time_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(DissectError, match="is a time in seconds"):
        flows([], **options)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 2]), st.integers(1, 5), st.sampled_from(["S", "SA", "A", "FA", "R", ""]),
            st.integers(0, 3), st.one_of(st.none(), st.integers(0, 100)),
        ),
        max_size=20,
    ),
    st.integers(1, 3),
)  # fmt: skip
def test_every_packet_counts_once(segments: list[tuple[int, int, str, int, int | None]], most: int) -> None:
    packets = [
        Packet(
            bytes(
                Ethernet()
                / IPv4(src=f"10.0.0.{host}", dst=f"10.0.0.{3 - host}")
                / TCP(sport=port if host == 1 else 80, dport=80 if host == 1 else port, flags=flags, seq=length)
                / bytes(length)
            ),
            number=number,
            time_ns=time,
        )
        for number, (host, port, flags, length, time) in enumerate(segments, 1)
    ]
    rows = list(flows(packets, most=most, idle=0, active=50e-9))
    assert sum(row["packets"] for row in rows) == len(packets)
    assert sum(row["bytes"] for row in rows) == sum(map(len, packets))
    assert all(row["client_packets"] + row["server_packets"] == row["packets"] for row in rows)
