"""A capture in files ends when it is enough, and holds everything up to there."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from capture_samples.recorder.laboratory import Host
from dissect import UDP, Ethernet, InterfaceError, IPv4, NetworkInterface, read
from dissect.captures.live_file import LivePcapng
from dissect.captures.ring_files import Limits, LiveFiles
from dissect.edges.capturing import Capture
from dissect.edges.recording import Enough, record

FRAME = bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.3") / UDP(sport=1, dport=9))


def recorded(
    cable: tuple[Host, Host],
    path: Path,
    count: int,
    enough: Enough,
    limits: Limits | None = None,
    most: int | None = None,
) -> tuple[int, list[int]]:
    """Send so many frames, record, and return how many were written, and how many each file has."""
    with cable[1].entered():
        capture = Capture(["eth0"])
    with capture:
        with cable[0].entered(), NetworkInterface("eth0") as sender:
            for _ in range(count):
                sender.send(FRAME)
        while capture.statistics()[0].received < count:
            time.sleep(0.001)
        form = LivePcapng(capture.interfaces)
        files = LiveFiles(str(path / "a.pcapng"), form, capture.statistics, limits, most_files=most)
        told: list[int] = []
        record(capture, form, files, enough, seen=told.append)
        files.close()
        assert told[-1] == files.packets
    return files.packets, [len(list(read(each))) for each in sorted(path.iterdir())]


def test_it_ends_with_the_packet_that_reaches_a_size(cable: tuple[Host, Host], tmp_path: Path) -> None:
    recorded(cable, tmp_path, 20, Enough(octets=1000))
    path = tmp_path / "a.pcapng"
    (reader,) = (read(path),)
    packets = list(reader)
    # Behind the last packet, of 76 bytes, only the statistics stand.
    size = path.stat().st_size - 112
    assert size - 76 < 1000 <= size
    assert 0 < len(packets) < 20


def test_it_ends_after_packets_seconds_or_files(cable: tuple[Host, Host], tmp_path: Path) -> None:
    cases = [
        (Enough(packets=7), None, None, [7]),
        (Enough(packets=7), Limits(packets=4), None, [4, 3]),
        (Enough(packets=8), Limits(packets=4), None, [4, 4]),
        (Enough(), Limits(packets=4), 2, [4, 4]),
        (Enough(seconds=0.05), None, None, [20]),
    ]
    for number, (enough, limits, most, expected) in enumerate(cases):
        path = tmp_path / str(number)
        path.mkdir()
        written, found = recorded(cable, path, 20, enough, limits, most)
        assert found == expected, enough
        assert written == sum(found)


def test_a_wish_ends_it(cable: tuple[Host, Host], tmp_path: Path) -> None:
    with cable[1].entered():
        capture = Capture(["eth0"])
    with capture:
        form = LivePcapng(capture.interfaces)
        files = LiveFiles(str(tmp_path / "a.pcapng"), form, capture.statistics)
        other = threading.Timer(0.05, capture.stop)
        other.start()
        record(capture, form, files)
        other.join()
        files.close()
    assert list(read(tmp_path / "a.pcapng")) == []


def test_a_removed_interface_leaves_what_came(cable: tuple[Host, Host], tmp_path: Path) -> None:
    with cable[1].entered():
        capture = Capture(["eth0"])
    with capture:
        with cable[0].entered(), NetworkInterface("eth0") as sender:
            sender.send(FRAME)
        cable[1].ip("link", "delete", "eth0")
        form = LivePcapng(capture.interfaces)
        files = LiveFiles(str(tmp_path / "a.pcapng"), form, capture.statistics)
        with pytest.raises(InterfaceError, match="eth0 is gone"):
            record(capture, form, files)
        files.close()
    assert len(list(read(tmp_path / "a.pcapng"))) == 1
