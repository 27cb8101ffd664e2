"""dissect hex: a capture to hex text in each layout, and back to the same frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import dissect
from dissect.commands.hex import LAYOUTS
from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_there_and_back(run: Run, capture: Path, tmp_path: Path, layout: str) -> None:
    text, back = tmp_path / "frames.txt", tmp_path / "back.pcap"
    status, output, _ = run("hex", capture, "--layout", layout)
    text.write_text(output, encoding="utf-8")
    assert status == 0
    assert run("hex", "--from-text", text, "-o", back) == (0, "", "")
    assert [packet.data for packet in dissect.read(back)] == [packet.data for packet in dissect.read(capture)]


def test_the_layouts(run: Run, capture: Path) -> None:
    assert run("hex", capture, "-c", "1").output.startswith("0000  ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01   .")
    assert run("hex", capture, "--layout", "plain", "-c", "1").output.startswith("ffffffffffff0200000000010806")
    assert run("hex", capture, "--layout", "notes", "-c", "1").output.startswith(
        "Ethernet header (14 bytes)\n0000: ff "
    )


def test_a_link_type_by_name_and_by_number(run: Run, tmp_path: Path) -> None:
    text, out = tmp_path / "frame.txt", tmp_path / "out.pcap"
    text.write_text("45000014000000004001000000000000 00000000\n")
    for link in ("raw", "101"):
        assert run("hex", "--from-text", text, "--link", link, "-o", out).status == 0
        assert [packet.link for packet in dissect.read(out)] == [101]


def test_a_misspelt_link_type(run: Run, tmp_path: Path) -> None:
    status, _, errors = run("hex", "--from-text", tmp_path / "x", "--link", "etherent", "-o", "-")
    assert status == 2
    assert "ethernet" in errors


def test_text_that_is_none_names_file_and_line(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "frame.txt"
    text.write_text("0000  ff ff\n0009  00\n")
    status, _, errors = run("hex", "--from-text", text, "-o", tmp_path / "out.pcap")
    assert status == 2
    assert errors.startswith(f"dissect: {text}: ")
    assert "line 2" in errors
    assert not (tmp_path / "out.pcap").exists()


def test_a_capture_is_no_text(run: Run, capture: Path, tmp_path: Path) -> None:
    status, _, errors = run("hex", "--from-text", capture, "-o", tmp_path / "out.pcap")
    assert status == 2
    assert errors.endswith(f"{capture} is no text: leave --from-text out to turn a capture into hex text\n")


def test_text_of_powershell_is_read(run: Run, tmp_path: Path) -> None:
    text, out = tmp_path / "frame.txt", tmp_path / "out.pcap"
    text.write_text("0000  ff 00 41  ..A\r\n", encoding="utf-16")
    assert run("hex", "--from-text", text, "-o", out).status == 0
    assert [packet.data for packet in dissect.read(out)] == [b"\xff\0A"]


def test_damage_comes_after_the_frames_before_it(run: Run, damaged: Path) -> None:
    status, output, errors = run("hex", damaged, "--layout", "plain")
    assert (status, output.count("\n"), errors.count("\n")) == (2, 2, 1)
