"""The system's libpcap compiles, refuses, and runs; where it is slow or not there, a sentence tells."""

from __future__ import annotations

import pytest

from dissect import CaptureFilterError, Ethernet, IPv4, MissingExtraError
from dissect.filters import libpcap

pytestmark = pytest.mark.skipif(
    not libpcap.is_installed(), reason="libpcap is not installed: 'apt-get install libpcap0.8'."
)


def test_a_program_is_made_for_the_length_that_is_kept() -> None:
    program = libpcap.compile_for_file("ip", 1, 96)
    assert len(program) == 4 * libpcap.INSTRUCTION.size
    assert libpcap.INSTRUCTION.unpack_from(program, 16) == (0x06, 0, 0, 96)
    run = libpcap.runner(program)
    frame = bytes(Ethernet() / IPv4())
    assert run(frame, len(frame)) == 96
    assert run(frame[:12] + b"\x86\xdd" + frame[14:], len(frame)) == 0
    # What a program looks at has to be there.
    assert run(frame[:13], 34) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tcp port 80 &&", "syntax error$"),
        ("tcp.port == 80", "syntax error; what asks for fields is a display filter: -Y, or display_filter=$"),
        ("inbound", "not supported on Ethernet"),
        ("ip6 and tcp[13] = 2", "rejects all packets"),
        ("a\0b", "has a zero byte in it$"),
    ],
)
def test_what_is_refused_says_why(text: str, said: str) -> None:
    with pytest.raises(CaptureFilterError, match=said):
        libpcap.compile_for_file(text, 1)


def test_an_interface_that_is_not_there_is_told() -> None:
    with pytest.raises(CaptureFilterError, match=r"^the capture filter cannot be compiled for nowhere0: "):
        libpcap.compile_for_interface("ip", "nowhere0")


def test_a_link_type_that_libpcap_does_not_know_is_told() -> None:
    with pytest.raises(CaptureFilterError, match="'ip' cannot be used: unknown data link type 60000"):
        libpcap.compile_for_file("ip", 60000)


def test_long_filters_are_compiled_by_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libpcap, "_PLAIN_LENGTH", 0)
    assert len(libpcap.compile_for_file("ip", 1, 96)) == 4 * libpcap.INSTRUCTION.size
    with pytest.raises(CaptureFilterError, match=r"'tcp port' cannot be used: .*syntax error$"):
        libpcap.compile_for_file("tcp port", 1)


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libpcap, "_PATIENCE", {True: 0.01, False: 0.01})
    text = " or ".join(f"host 10.{number // 250}.{number % 250}.1" for number in range(4000))
    with pytest.raises(CaptureFilterError, match="takes libpcap too long: name networks in place of many hosts"):
        libpcap.compile_for_file(text, 1)


def test_what_the_optimizer_takes_too_long_for_is_compiled_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libpcap, "_PLAIN_LENGTH", 0)
    monkeypatch.setattr(libpcap, "_PATIENCE", {True: 0.0, False: 60.0})
    program = libpcap.compile_for_file("tcp port 80 and tcp port 81", 1)
    assert libpcap.runner(program)(bytes(60), 60) == 0


def test_a_system_without_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libpcap, "_NAMES", ("libnothing.so.9",))
    libpcap._found.cache_clear()
    try:
        assert not libpcap.is_installed()
        with pytest.raises(MissingExtraError, match=r"'apt-get install libpcap0\.8' installs it"):
            libpcap.compile_for_file("ip", 1)
    finally:
        libpcap._found.cache_clear()
