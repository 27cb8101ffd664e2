"""Messages cut out of streams: with their frames, of several streams, and what belongs to none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dissect import write
from tests.commands.conftest import Outcome
from tests.conftest import SAMPLES
from tests.flows.test_exchange import HANDSHAKE, segments

Run = Callable[..., Outcome]
STICKY = SAMPLES / "tcp_sticky_messages.pcap"
CHAT = SAMPLES / "tcp_chat.pcap"


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A connection in which each end says something, the second with a hole."""
    path = tmp_path / "short.pcap"
    said = ((0, 100, 500, "PA", b"\2ab\1"), (1, 503, 104, "PA", b"\1x"), (0, 104, 505, "PA", b"c\3de"))
    write(path, list(segments(*HANDSHAKE, *said)))
    return path


def test_messages_with_their_frames(run: Run, short: Path) -> None:
    assert run("follow", short, "--length-prefix", "1").output == (
        "tcp.stream 0: 10.0.0.1:5000 and 10.0.0.2:80\n"
        "10.0.0.1:5000: 3 bytes in frame 4\n.ab\n"
        "10.0.0.2:80: 2 bytes in frame 5\n.x\n"
        "10.0.0.1:5000: 2 bytes in frames 4, 6\n.c\n"
        "10.0.0.1:5000: 3 bytes are no whole message at the end\n"
    )
    cut = run("follow", short, "--delimiter", r"\x01", "-T", "raw").output.splitlines()
    assert cut[1:3] == ["10.0.0.1:5000: 4 bytes in frame 4", "02616201"]
    assert run("follow", STICKY, "--delimiter", ";").output.count("message 0;") == 1


def test_datagrams_are_messages_of_their_own(run: Run) -> None:
    lines = run("follow", SAMPLES / "udp_chat.pcap", "udp", "all", "--delimiter", "e").output.splitlines()
    assert lines[:5] == [
        "udp.stream 0: 10.0.0.1:6000 and 10.0.0.2:6000",
        "10.0.0.1:6000: 2 bytes in frame 1",
        "he",
        "10.0.0.1:6000: 3 bytes are no whole message in their datagram",
        "10.0.0.2:6000: 14 bytes in frame 2",
    ]


def test_several_streams_one_after_the_other_and_their_files(run: Run, tmp_path: Path) -> None:
    single = [run("follow", CHAT, "tcp", number, "--delimiter", r"\n").output for number in (2, 0)]
    status, output, errors = run("follow", CHAT, "tcp", "2", "0", "--delimiter", r"\n", "--export", tmp_path)
    assert (status, output) == (0, "".join(single))
    assert len(list(tmp_path.iterdir())) == errors.count(" bytes") == 4


def test_what_is_no_message_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.pcap"
    said = (
        (0, 100, 500, "PA", b"\0\0\0\1a"),
        (0, 105, 500, "PA", b"\xff\xff\xff\xffbcd"),
        (0, 112, 500, "PA", b"more"),
    )
    write(path, list(segments(*HANDSHAKE, *said)))
    lines = run("follow", path, "--length-prefix", "4").output.splitlines()
    assert lines[-1] == "10.0.0.1:5000: from byte 5 on, there is no message"
    assert sum("no message" in line for line in lines) == 1


def test_what_stands_in_front_of_a_gap_and_belongs_to_none_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gap.pcap"
    said = ((0, 100, 500, "PA", b"\5a"), (0, 110, 500, "PA", b"\1b"), (1, 500, 112, "A", b""))
    write(path, list(segments(*HANDSHAKE, *said)))
    assert run("follow", path, "--length-prefix", "1").output.splitlines()[1:] == [
        "10.0.0.1:5000: 2 bytes are no whole message in front of a gap of 8",
        "10.0.0.1:5000: 2 bytes in frame 5",
        ".b",
    ]


def test_a_stream_without_data_has_no_messages(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "silent.pcap"
    write(path, list(segments(*HANDSHAKE)))
    assert run("follow", path, "--messages").output == "tcp.stream 0: 10.0.0.1:5000 and 10.0.0.2:80\n"
