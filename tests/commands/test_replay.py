"""`dissect replay`: what it prints, to whom it plays, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dissect.commands.main import main

SAMPLES = Path(__file__).parents[2] / "capture_samples"
NOTES = str(SAMPLES / "notes_arp.pcap")

REQUEST = """\
Ethernet header (14 bytes)
0000: ff ff ff ff ff ff 00 05 5d 61 58 a8 08 06
ARP (28 bytes)
0000: 00 01
0010: 08 00 06 04 00 01 00 05 5d 61 58 a8 c0 a8 00 37
0020: 00 00 00 00 00 00 c0 a8 00 02
Padding (18 bytes)
0020: 00 77 31 d2 50 10
0030: fd 78 41 d3 00 00 00 00 00 00 00 00
"""
REPLY = """\
Ethernet header (14 bytes)
0000: 00 05 5d 61 58 a8 00 05 5d a1 b8 40 08 06
ARP (28 bytes)
0000: 00 01
0010: 08 00 06 04 00 02 00 05 5d a1 b8 40 c0 a8 00 02
0020: 00 05 5d 61 58 a8 c0 a8 00 37
Padding (18 bytes)
0020: 00 77 31 d2 50 10
0030: fd 78 41 d3 00 00 00 00 00 00 00 00
"""


@pytest.mark.parametrize("options", [[], ["--host", "192.168.0.2=00:05:5d:a1:b8:40"], ["--padding", "request"]])
def test_the_notes_exchange_comes_out_byte_for_byte(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", NOTES, *options]) == 0
    captured = capsys.readouterr()
    assert captured.out == (
        f"Request: frame 1, 60 bytes\n{REQUEST}"
        f"Reply: 192.168.0.2 at 00:05:5d:a1:b8:40, 60 bytes\n{REPLY}"
        "The reply equals frame 2 byte for byte (60 bytes).\n"
    )
    assert captured.err == ""


def test_a_difference_is_told_with_its_offset(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", NOTES, "--host", "192.168.0.2=00:05:5d:a1:b8:41", "--padding", "zeros"]) == 1
    out = capsys.readouterr().out
    assert out.endswith(
        "The reply differs from frame 2:\n"
        "  eth.src at byte 6: 00:05:5d:a1:b8:40 in the capture, 00:05:5d:a1:b8:41 from the host\n"
        "  arp.src.hw_mac at byte 22: 00:05:5d:a1:b8:40 in the capture, 00:05:5d:a1:b8:41 from the host\n"
        "  eth.trailer at byte 43: 77 31 d2 50 10 fd 78 41 ... in the capture, "
        "00 00 00 00 00 00 00 00 ... from the host\n"
    )


def test_no_padding_differs_in_length(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", NOTES, "--padding", "none"]) == 1
    assert (
        "eth.trailer at byte 42: 00 77 31 d2 50 10 fd 78 ... in the capture, nothing from the host"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(("name", "count"), [("first_ping", 4), ("ping_4000", 6), ("vlan_stacked_ping", 3)])
def test_other_samples_are_answered(name: str, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(SAMPLES / f"{name}.pcap")]) == 0
    assert capsys.readouterr().out.endswith(f"\n{count} of {count} replies equal the captured ones.\n")


def test_a_request_with_several_replies_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    main(["replay", str(SAMPLES / "ping_4000.pcap")])
    out = capsys.readouterr().out
    assert (out.count("Request: frame 3,"), out.count("Reply: 10.0.0.2 at 02:00:00:00:00:02, ")) == (1, 6)


def test_answers_that_only_one_side_has_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(SAMPLES / "redirect.pcap")]) == 1
    out = capsys.readouterr().out
    assert "The capture has no such reply." in out
    assert "None of the simulated hosts gave this reply of the capture." in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([NOTES, "--host", "192.168.0.9=00:05:5d:a1:b8:41"], "asks 192.168.0.9, so nothing was answered"),
        ([str(SAMPLES / "udp_echo.pcap")], "no address answers an ARP or echo request in"),
        ([str(SAMPLES / "ping_snap_length.pcap")], "the snap length cut 12 of its frames"),
        ([NOTES, "--host", "192.168.0.2"], "'192.168.0.2' has no '=', expected IP=MAC"),
        ([NOTES, "--host", "192.168.0.256=00:05:5d:a1:b8:41"], "IPv4 address is '192.168.0.256'"),
        ([NOTES, "--host", "192.168.0.2=00:05:5d"], "MAC address is '00:05:5d'"),
        (
            [NOTES, "--host", "10.0.0.2=02:00:00:00:00:01", "--host", "10.0.0.2=02:00:00:00:00:02"],
            "one IPv4 address twice",
        ),
        ([NOTES, "--padding", "ones"], "invalid choice"),
        ([str(SAMPLES / "no_such.pcap")], "No such file or directory"),
        ([__file__], "is no capture"),
    ],
)
def test_what_cannot_be_played_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err
    assert captured.err.count("\n") == 1


def test_damage_is_told_after_what_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes((SAMPLES / "first_ping.pcap").read_bytes()[:300])
    assert main(["replay", str(damaged)]) == 2
    captured = capsys.readouterr()
    assert "The reply equals frame 2 byte for byte (42 bytes)." in captured.out
    assert "record 4 at byte 254 is cut short" in captured.err


def test_standard_input_is_played() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dissect", "replay", "-"],
        input=Path(NOTES).read_bytes(),
        capture_output=True,
        cwd=SAMPLES.parent,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert REPLY.encode() in done.stdout
