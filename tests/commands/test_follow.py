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


def test_two_colours(run: Run, short: Path) -> None:
    lines = run("follow", short, "-T", "raw", "--color").output.splitlines()
    first, second = (next(line for line in lines if text in line) for text in (b"\2ab\1".hex(), b"\1x".hex()))
    assert first.startswith("\x1b[")
    assert second.startswith("\x1b[")
    assert first[:8] != second[:8]
    assert "\x1b" not in lines[1]


def test_files_of_both_ends(run: Run, short: Path, tmp_path: Path) -> None:
    status, output, errors = run("follow", short, "tcp", "all", "--export", tmp_path / "out" / "here")
    assert (status, output) == (0, "")
    written = {path.name: path.read_bytes() for path in (tmp_path / "out" / "here").iterdir()}
    assert written == {
        "tcp-0-10.0.0.1.5000-10.0.0.2.80.bin": b"\2ab\1c\3de",
        "tcp-0-10.0.0.2.80-10.0.0.1.5000.bin": b"\1x",
    }
    assert "8 bytes\n" in errors
    assert "2 bytes, 3 are missing\n" in errors


def test_files_grow_while_a_capture_is_read(
    run: Run, short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("follow", short, "tcp", "0", "--export", tmp_path / "at once").status == 0
    monkeypatch.setattr("dissect.commands.follow._MOST_WAITING", 0)
    assert run("follow", short, "tcp", "0", "--export", tmp_path / "bit by bit").status == 0
    cut = run("follow", short, "tcp", "0", "--export", tmp_path / "with messages", "--delimiter", "b")
    assert cut.status == 0
    contents = [
        sorted((path.name, path.read_bytes()) for path in folder.iterdir()) for folder in sorted(tmp_path.glob("*it*"))
    ]
    assert contents[0] == contents[1] == sorted((p.name, p.read_bytes()) for p in (tmp_path / "at once").iterdir())
    assert run("follow", short, "tcp", "7", "--export", tmp_path / "none").status == 2
    assert list((tmp_path / "none").iterdir()) == []


def test_messages_with_their_frames(run: Run, short: Path) -> None:
    assert run("follow", short, "--length-prefix", "1").output == (
        "tcp.stream 0: 10.0.0.1:5000 and 10.0.0.2:80\n"
        "10.0.0.1:5000: 3 bytes in frame 4\n.ab\n"
        "10.0.0.2:80: 2 bytes in frame 5\n.x\n"
        "10.0.0.1:5000: 2 bytes in frames 4, 6\n.c\n"
    )
    cut = run("follow", short, "--delimiter", r"\x01", "-T", "raw").output.splitlines()
    assert cut[1:3] == ["10.0.0.1:5000: 4 bytes in frame 4", "02616201"]
    assert run("follow", STICKY, "--delimiter", ";").output.count("message 0;") == 1


def test_datagrams_are_messages_of_their_own(run: Run) -> None:
    output = run("follow", SAMPLES / "udp_chat.pcap", "udp", "all", "--delimiter", r"\n").output
    assert "byte" not in output or " in frame " in output


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
