"""Frames from copied text, and from the clipboard of a system that has one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import dissect
from dissect import UDP, DissectError, Ethernet, HexTextError, IPv4, paste
from dissect.captures.clipboard import clipboard_text

_FRAME = Ethernet() / IPv4() / UDP(dport=4660) / b"data"


def _program(directory: Path, name: str, script: str) -> None:
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_text_is_its_frames() -> None:
    text = f"{dissect.hex_dump(bytes(_FRAME))}\n\n{dissect.hex_dump(bytes(_FRAME))}"
    assert paste(text) == [_FRAME, _FRAME]


def test_frames_of_other_links() -> None:
    assert paste(bytes(_FRAME[IPv4]).hex(), link="raw") == [_FRAME[IPv4]]


def test_a_text_without_frames_is_an_error() -> None:
    with pytest.raises(HexTextError):
        paste("nothing here")


def test_the_clipboard_is_read_by_the_program_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "wl-paste", "echo no display >&2; exit 1")
    _program(tmp_path, "xclip", f"echo {bytes(_FRAME).hex()}")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    assert paste() == [_FRAME]


def test_without_a_clipboard_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DissectError, match="install xclip or wl-clipboard"):
        clipboard_text()
    _program(tmp_path, "xsel", "exec >&2; printf 'no display'; exit 1")
    with pytest.raises(DissectError, match="xsel says no display"):
        clipboard_text()
