from __future__ import annotations

import argparse
import io
import sys
from typing import Any

import pytest

from dissect import DissectError
from dissect.commands.questions import count, say_first, seconds, target_addresses


def test_a_target_is_an_address_a_network_a_range_or_a_name() -> None:
    assert list(target_addresses("10.0.0.1")) == ["10.0.0.1"]
    assert list(target_addresses("10.0.0.0/30")) == ["10.0.0.1", "10.0.0.2"]
    assert list(target_addresses("10.0.0.7-9")) == ["10.0.0.7", "10.0.0.8", "10.0.0.9"]
    assert list(target_addresses("2001:db8::1", 6)) == ["2001:db8::1"]
    assert target_addresses("localhost", 4) == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("target", "version", "words"),
    [
        ("no-such-name.invalid", 0, r"'no-such-name.invalid' is no address, and no name that this machine resolves"),
        ("10.0.0.300", 0, "'10.0.0.300' names no hosts"),
        ("10.0.0.1", 6, "10.0.0.1 is an address of IPv4, expected one of IPv6"),
        ("x" * 300, 0, "is no address, and no name"),
        ("", 0, "'' is no address"),
        ("fe80::1%eth0", 0, "names an interface: give it by itself, as in fe80::1 -I eth0"),
        ("2001:db8::/64", 0, "has 18,446,744,073,709,551,615 addresses, expected at most 16,777,216"),
    ],
)
def test_other_targets_are_refused(target: str, version: int, words: str) -> None:
    with pytest.raises(DissectError, match=words):
        target_addresses(target, version)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("target", "packets", "yes", "said", "is_refused"),
    [
        ("10.0.0.1", 1, False, "", False),
        ("10.0.0.1", 65_535, False, "", False),
        ("10.0.0.0/24", 254, False, "asking 254 addresses with 254 packets", False),
        ("10.0.0.0/16", 65_534, False, "asking 65,534 addresses with 65,534 packets", True),
        ("10.0.0.0/16", 65_534, True, "asking 65,534 addresses with 65,534 packets", False),
        ("10.0.0.0/24", 254 * 65_535, False, "asking 254 addresses with 16,645,890 packets", True),
        ("10.0.0.255", 1, False, "asking 10.0.0.255, which may be many hosts with 1 packet", True),
        ("224.0.0.1", 1, False, "asking 224.0.0.1, which may be many hosts with 1 packet", True),
        ("ff02::1", 1, True, "asking ff02::1, which may be many hosts with 1 packet", False),
    ],
)
def test_what_is_broad_is_said_first(
    target: str, packets: int, yes: bool, said: str, is_refused: bool, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    options = argparse.Namespace(yes=yes)
    if is_refused:
        with pytest.raises(DissectError, match="nothing was sent: --yes says that so many are meant"):
            say_first(target_addresses(target), packets, options)
    else:
        say_first(target_addresses(target), packets, options)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "is_meant"), [("y\n", True), ("Yes\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_who_sits_at_a_terminal_is_asked(word: str, is_meant: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(word))
    monkeypatch.setattr(sys, "stderr", Terminal())
    options = argparse.Namespace(yes=False)
    if is_meant:
        say_first(target_addresses("10.0.0.0/16"), 1, options)
    else:
        with pytest.raises(DissectError, match="nothing was sent"):
            say_first(target_addresses("10.0.0.0/16"), 1, options)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((seconds, text) for text in ("0", "-1", "nan", "inf", "x", "")),
        *((count(1, 9), text) for text in ("0", "10", "1.5", "-1", "²")),
    ],
)
def test_numbers_out_of_range_are_refused(read: Any, text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=f"'{text}' is no number"):
        read(text)


def test_numbers_in_range_are_taken() -> None:
    assert (seconds("0.25"), count(1, 9)("9")) == (0.25, 9)
