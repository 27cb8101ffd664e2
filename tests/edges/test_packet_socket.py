"""What a packet socket lets through, and what it tells of frames and of itself."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from typing import Any

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory, await_line
from dissect import TCP, UDP, VLAN, CaptureFilterError, Ethernet, IPv4, ServiceTag
from dissect.edges import packet_socket
from dissect.edges.packet_socket import OUTGOING, PacketSocket, flags_of, with_tag

LEFT, RIGHT = "02:00:00:00:00:aa", "02:00:00:00:00:04"
FROM_LEFT, FROM_RIGHT = Ethernet(src=LEFT, dst=RIGHT), Ethernet(src=RIGHT, dst=LEFT)
# For somebody that is not there, so that no kernel answers.
DATAGRAM = IPv4(src="10.0.0.1", dst="10.0.0.3") / UDP(sport=1000, dport=53) / b"hello, this is a datagram"
SEGMENT = IPv4(src="10.0.0.1", dst="10.0.0.3") / TCP(sport=1000, dport=80, flags="S")


def opened(host: Host, name: str = "eth0", **options: Any) -> PacketSocket:
    with host.entered():
        return PacketSocket(name, **options)


def heard(listening: PacketSocket) -> list[bytes]:
    """Take what is there."""
    listening.socket.setblocking(False)
    found = []
    while True:
        try:
            found.append(listening.socket.recv(1 << 18))
        except BlockingIOError:
            return found


def sent(host: Host, *frames: Any) -> None:
    sending = opened(host, promiscuous=False)
    for frame in frames:
        sending.socket.send(bytes(frame))
    sending.close()
    # Nearly always they are there already; a kernel that has much to do may leave them to a thread of its own.
    time.sleep(0.02)


@pytest.mark.parametrize(("direction", "expected"), [("in", "l"), ("out", "r"), ("inout", "lr")])
def test_a_direction_is_heard(cable: tuple[Host, Host], direction: Any, expected: str) -> None:
    listening = opened(cable[1], direction=direction)
    left, right = bytes(FROM_LEFT / DATAGRAM), bytes(FROM_RIGHT / SEGMENT)
    sent(cable[0], left)
    sent(cable[1], right)
    assert heard(listening) == [{"l": left, "r": right}[each] for each in expected]
    listening.close()


def test_the_loopback_gives_each_frame_once_unless_the_outgoing_one_is_asked_for(laboratory: Laboratory) -> None:
    host = laboratory.host("left")
    both, going = opened(host, "lo"), opened(host, "lo", direction="out")
    host.udp().sendto(b"hello", ("127.0.0.1", host.udp(port=7).getsockname()[1]))
    assert len(heard(both)) == 1
    assert len(heard(going)) == 1
    both.close()
    going.close()


FILTERS = [
    "udp",
    "vlan",
    "vlan 7",
    "vlan 7 and udp",
    "not vlan",
    "vlan and vlan 9",
    "ip",
    "udp or vlan",
    "tcp port 80",
    "inbound",
    "outbound and ip",
    "ether[14:2] & 0xfff = 7",
    "ether proto 0x8100",
    "less 60",
    "ip broadcast",
]


@pytest.mark.parametrize("snap_length", [None, pytest.param(40, marks=pytest.mark.long)])
def test_filters_pass_what_they_pass_for_tcpdump(cable: tuple[Host, Host], snap_length: int | None) -> None:
    """All of them at once, on one interface: how many frames pass is what can be asked of both."""
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed, so nothing is held against it: 'apt-get install tcpdump'.")
    right = cable[1]
    right.ip("addr", "add", "10.0.0.2/24", "dev", "eth0")
    frames = [
        FROM_LEFT / DATAGRAM,
        FROM_LEFT / SEGMENT,
        FROM_LEFT / VLAN(id=7) / DATAGRAM,
        FROM_LEFT / VLAN(id=0, priority=5) / SEGMENT,
        FROM_LEFT / ServiceTag(id=7) / VLAN(id=9) / DATAGRAM,
        FROM_LEFT / VLAN(id=7) / VLAN(id=9) / DATAGRAM,
        FROM_LEFT / IPv4(src="10.0.0.1", dst="10.0.0.255") / UDP(sport=1, dport=9),
    ]
    back = [FROM_RIGHT / VLAN(id=7) / SEGMENT, FROM_RIGHT / SEGMENT]
    cut = () if snap_length is None else ("-s", str(snap_length))
    judges, ours = [], []
    for text in FILTERS:
        command = ("tcpdump", "-i", "eth0", "-w", "/dev/null", "--immediate-mode", *cut, text)
        judges.append(right.start(*command))
        await_line(judges[-1], b"listening on")
        ours.append(opened(right, capture_filter=text, snap_length=snap_length))
    sent(cable[0], *frames)
    sent(right, *back)
    passed = {}
    for text, listening in zip(FILTERS, ours, strict=True):
        assert listening.test is listening.raw_test is None
        passed[text] = len(heard(listening))
        listening.close()
    assert passed == {text: _received(judge) for text, judge in zip(FILTERS, judges, strict=True)}
    assert 0 < passed["vlan 7"] < passed["vlan"]


def _received(judge: subprocess.Popen[bytes]) -> int:
    """End tcpdump, and return what its kernel let through, whether it came to read all of that or not."""
    judge.send_signal(signal.SIGINT)
    _, said = judge.communicate(timeout=20)
    (line,) = (line for line in said.decode().splitlines() if line.endswith("received by filter"))
    return int(line.split()[0])


def test_a_wrong_filter_is_told_before_anything_is_heard(cable: tuple[Host, Host]) -> None:
    with pytest.raises(CaptureFilterError, match=r"'tcp port 80 &&' cannot be used: .*syntax error"):
        opened(cable[1], capture_filter="tcp port 80 &&")


def test_counts_go_on_when_they_were_read(cable: tuple[Host, Host]) -> None:
    listening = opened(cable[1])
    sent(cable[0], FROM_LEFT / DATAGRAM)
    assert listening.statistics() == (1, 0)
    sent(cable[0], FROM_LEFT / DATAGRAM)
    assert listening.statistics() == (2, 0)
    listening.close()
    assert listening.statistics() == (2, 0)


def test_nothing_is_heard_from_before_the_filter_or_from_other_interfaces(cable: tuple[Host, Host]) -> None:
    def talk(_: socket.socket) -> None:
        sent(cable[0], FROM_LEFT / DATAGRAM)

    listening = opened(cable[1], prepare=talk)
    assert heard(listening) == []
    listening.close()


def test_a_removed_interface_is_known(cable: tuple[Host, Host]) -> None:
    listening = opened(cable[1])
    assert not listening.is_gone
    cable[1].ip("link", "delete", "eth0")
    assert listening.is_gone
    listening.close()
    assert listening.is_gone


def test_a_program_that_loops_is_run_here_because_the_kernel_refuses_it(cable: tuple[Host, Host]) -> None:
    listening = opened(cable[1], capture_filter="ip protochain 17")
    assert listening.test is None
    assert listening.raw_test is not None
    sent(cable[0], FROM_LEFT / DATAGRAM, FROM_LEFT / SEGMENT)
    assert [bool(listening.raw_test(frame, len(frame))) for frame in heard(listening)] == [True, False]
    listening.close()


def test_a_program_that_is_too_long_for_the_kernel_is_run_here(
    cable: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packet_socket, "_MOST_INSTRUCTIONS", 10)
    listening = opened(cable[1], capture_filter="udp port 53")
    assert listening.raw_test is not None
    assert listening.raw_test(bytes(FROM_LEFT / DATAGRAM), 60)
    assert not listening.raw_test(bytes(FROM_LEFT / SEGMENT), 60)
    listening.close()
    # What asks the kernel for the tag is asked when the tag is in the frame again.
    listening = opened(cable[1], capture_filter="vlan 7 and udp port 53")
    assert listening.raw_test is None
    assert listening.test is not None
    assert listening.test(bytes(FROM_LEFT / VLAN(id=7) / DATAGRAM), 60)
    assert not listening.test(bytes(FROM_LEFT / DATAGRAM), 60)
    listening.close()
    with pytest.raises(CaptureFilterError, match="not supported on Ethernet"):
        opened(cable[1], capture_filter="inbound and protochain 6")


def test_a_tag_is_put_back_with_its_type() -> None:
    plain = bytes(FROM_LEFT / DATAGRAM)
    assert with_tag(plain, 0, 0x6007, 0x88A8) == plain
    assert with_tag(plain, 1 << 4, 0x6007, 0x88A8)[12:16] == bytes.fromhex("81006007")
    assert with_tag(plain, 1 << 4 | 1 << 6, 0x6007, 0x88A8)[12:16] == bytes.fromhex("88a86007")
    assert with_tag(plain[:10], 1 << 4, 7, 0) == plain[:10]
    # A tag of priority alone is a tag.
    assert len(with_tag(plain, 1 << 4, 0, 0)) == len(plain) + 4


def test_flags_tell_direction_receiver_and_checksum() -> None:
    assert [flags_of(kind, 0) for kind in range(5)] == [0b00101, 0b01101, 0b01001, 0b10001, 0b10]
    assert flags_of(OUTGOING, 1 << 3) == 1 << 9 | 2
    assert flags_of(OUTGOING, 1 << 3 | 1 << 8) == 1 << 11 | 1 << 9 | 2
