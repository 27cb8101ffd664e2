"""dissect follow: text of one stream and of several, colours, files, messages, and what makes no sense."""

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


@pytest.mark.parametrize("shape", ["ascii", "hex", "raw", "yaml"])
def test_one_stream_is_printed_as_tshark_prints_it(run: Run, shape: str) -> None:
    assert run("follow", CHAT, "tcp", "1", "-T", shape) == run("read", CHAT, "-q", "-z", f"follow,tcp,{shape},1")


def test_the_first_stream_as_text_is_what_is_printed_without_a_wish(run: Run) -> None:
    assert run("follow", STICKY) == run("follow", STICKY, "tcp", "0", "-T", "ascii")


def test_several_and_all(run: Run) -> None:
    single = [run("follow", CHAT, "tcp", number).output for number in range(3)]
    assert run("follow", CHAT, "tcp", "2", "0").output == single[2] + single[0]
    assert run("follow", CHAT, "tcp", "all").output == "".join(single)
    assert run("follow", SAMPLES / "dns.pcap", "udp", "all").output.count("Follow: udp") == 1


def test_messages_of_a_dialogue(run: Run) -> None:
    """What a response takes depends on the request that it answers."""
    lines = run("follow", SAMPLES / "web_request.pcap", "--messages").output.splitlines()
    assert [line for line in lines if " bytes in frame " in line] == [
        "10.0.0.1:40000: 90 bytes in frame 8",
        "10.0.1.1:80: 166 bytes in frame 10",
    ]


def test_two_colours(run: Run, short: Path) -> None:
    lines = run("follow", short, "-T", "raw", "--color").output.splitlines()
    first, second = (next(line for line in lines if text in line) for text in (b"\2ab\1".hex(), b"\1x".hex()))
    assert first.startswith("\x1b[")
    assert second.startswith("\x1b[")
    assert first[:8] != second[:8]
    assert "\x1b" not in lines[1]


def test_damage_comes_after_what_is_whole(run: Run, short: Path) -> None:
    short.write_bytes(short.read_bytes()[:-2])
    status, output, errors = run("follow", short, "-T", "raw")
    assert (status, b"\2ab\1".hex() in output, "record 6" in errors) == (2, True, True)
    assert run("follow", short, "--length-prefix", "1").status == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["tcp", "first"], "streams are numbers or all"),
        (["tcp", "9"], "there is no tcp.stream 9"),
        (["udp", "9", "--length-prefix", "1"], "there is no udp.stream 9"),
        (["--length-prefix", "5"], "invalid choice"),
        (["--delimiter", ""], "at least one byte"),
        (["--delimiter", ";", "--length-prefix", "1"], "not allowed with"),
        (["sctp"], "invalid choice"),
    ],
)
def test_what_makes_no_sense(run: Run, short: Path, arguments: list[str], complaint: str) -> None:
    status, _, errors = run("follow", short, *arguments)
    assert (status, complaint in errors) == (2, True)
