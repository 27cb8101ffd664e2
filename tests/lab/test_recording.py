"""Captures of a simulation: places, times, directions, and what tshark makes of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect import Link, Network, OnStart, Ping, Traceroute, read
from dissect.errors import FieldError
from dissect.lab.recording import Recording
from dissect.lab.udp_programs import UDPEcho, UDPSend
from tests.oracle.tshark import Tshark


def lab(link: Link | None = None) -> Network:
    network = Network()
    network.host("a", "10.0.0.1/24")
    network.switch("s")
    network.host("b", "10.0.0.2/24")
    network.link("a", "s", link or Link(delay_ns=100, bandwidth=1_000_000_000))
    network.link("s", "b", Link(delay_ns=100))
    network.start_program("a", Ping("10.0.0.2"))
    network.run()
    return network


def test_places_are_links_and_ports() -> None:
    assert lab().recording.places() == ["a-s", "s-b", "a", "s:1", "s:2", "b"]
    with pytest.raises(FieldError, match="'c' is no link and no port, expected one of a-s, s-b, a, s:1, s:2, b"):
        lab().recording.packets(["c"])
    with pytest.raises(FieldError, match="'s:9' is no link and no port"):
        lab().recording.packets("s:9")


def test_one_place_is_told_by_its_name_alone() -> None:
    recording = lab().recording
    assert [bytes(packet) for packet in recording.packets("a-s")] == [
        bytes(packet) for packet in recording.packets(["a-s"])
    ]


def test_a_link_shows_each_frame_once_when_it_is_on_the_wire() -> None:
    packets = lab().recording.packets(["a-s"])
    assert [packet.time_ns for packet in packets][:2] == [672, 672 + 100 + 100 + 100 + 672]
    assert [packet.number for packet in packets] == [1, 2, 3, 4]
    assert {packet.interface_name for packet in packets} == {"a-s"}


def test_a_port_shows_what_leaves_and_what_arrives_and_which_it_is() -> None:
    packets = lab().recording.packets(["a", "b"])
    assert [(packet.interface_name, packet.option("flags")) for packet in packets] == [
        (name, direction) for name, direction in zip("abbaabba", (2, 1, 2, 1) * 2, strict=True)
    ]
    times = [packet.time_ns or 0 for packet in packets]
    assert times == sorted(times)


def test_a_lost_frame_is_seen_where_it_is_sent_alone() -> None:
    recording = lab(Link(loss=1.0)).recording
    assert len(recording.packets(["a"])) == len(recording.packets(["a-s"])) == 3
    assert recording.packets(["s:1"]) == []


def test_the_memory_is_bounded_and_recording_stops() -> None:
    network = lab()
    few = Recording(network, limit=3)
    network.start_program("a", Ping("10.0.0.2", count=2, identifier=2), at_ns=network.now_ns)
    network.run()
    assert [passage.number for passage in few.passages] == [network.frames - 2, network.frames - 1, network.frames]
    few.stop()
    network.start_program("a", Ping("10.0.0.2", identifier=3), at_ns=network.now_ns)
    network.run()
    assert few.passages[-1].number < network.frames == len(network.recording.passages)


def test_files_hold_what_was_seen(tmp_path: Path) -> None:
    recording = lab().recording
    assert recording.write(tmp_path / "out.pcapng", ["a", "b"]) == 8
    again = list(read(tmp_path / "out.pcapng"))
    assert [(each.time_ns, each.data) for each in again] == [
        (each.time_ns, each.data) for each in recording.packets(["a", "b"])
    ]
    assert recording.write(tmp_path / "out.pcap") == 8
    assert [each.time_ns for each in read(tmp_path / "out.pcap")] == [each.time_ns for each in recording.packets()]


def test_tshark_reads_names_times_and_directions(tmp_path: Path, tshark: Tshark) -> None:
    lab().recording.write(tmp_path / "out.pcapng", ["a", "b"])
    names = ["frame.interface_name", "frame.packet_flags_direction", "frame.time_epoch"]
    rows = tshark.fields(tmp_path / "out.pcapng", names)
    assert rows[:2] == [["a", "0x00000002", "0.000000672"], ["b", "0x00000001", "0.000000872"]]


def test_tshark_finds_nothing_wrong_with_anything_that_hosts_and_routers_send(tmp_path: Path, tshark: Tshark) -> None:
    network = Network(seed=1)
    network.host("a", "10.0.0.1/24", gateway="10.0.0.254", on_start=OnStart.ANNOUNCE)
    network.host("b", "10.0.1.1/24", gateway="10.0.1.254", discovers_path_mtu=True)
    network.router("r", "10.0.0.254/24", "10.0.1.254/24", on_start=OnStart.PROBE)
    network.link("a", "r", Link(delay_ns=1000))
    network.link("r", "b", Link(delay_ns=1000, mtu=600))
    programs = [
        Ping("10.0.1.1", size=4000),
        Ping("10.0.1.1", record_route=True),
        Ping("10.0.1.1", size=1000, dont_fragment=True, count=2),
        Ping("10.0.1.77"),
        Ping("10.9.9.9"),
        Traceroute("10.0.1.1", icmp=True),
        UDPSend("10.0.1.1", 7, size=2000),
        UDPSend("10.0.1.1", 9999, size=5),
        UDPSend("10.0.0.255", 7, size=5),
    ]
    network.start_program("b", UDPEcho())
    for number, program in enumerate(programs):
        network.start_program("a", program, at_ns=(20 + 20 * number) * 1_000_000_000)
    network.run()
    network.recording.write(tmp_path / "out.pcapng", ["a"])
    output = tshark.ask(tmp_path / "out.pcapng", "-q", "-z", "expert,warn").output
    assert "Errors" not in output
    assert "Warns" not in output
    listed = tshark.summary(tmp_path / "out.pcapng")
    for kind in (
        "Fragmentation needed",
        "Host unreachable",
        "Network unreachable",
        "Port unreachable",
        "live exceeded",
    ):
        assert any(kind in line for line in listed)
