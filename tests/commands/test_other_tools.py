"""Advice for those who know other tools: it names what there is, and never an option that the command itself has."""

from __future__ import annotations

import argparse
import re

import pytest

from dissect.commands.main import build_parser, main, sub_commands
from dissect.commands.other_tools import _ELSEWHERE, _OPTIONS, _TOOLS, advice_on_option, advice_on_tool


def options_of(command: str) -> set[str]:
    """Return what the command's own parser takes."""
    actions = build_parser(command)._subparsers._group_actions  # type: ignore[union-attr]
    parser = actions[0].choices[command]  # type: ignore[index]
    assert isinstance(parser, argparse.ArgumentParser)
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("command", sorted(_OPTIONS))
def test_no_advice_is_given_on_an_option_that_there_is(command: str) -> None:
    assert not options_of(command) & set(_OPTIONS[command])


@pytest.mark.parametrize("command", sorted(_OPTIONS))
def test_options_that_are_advised_are_there(command: str) -> None:
    for advice in _OPTIONS[command].values():
        known = options_of(command) | {"--version"}
        for word in re.findall(r"(?<=dissect )[a-z]+(?= )|(?<![\w-])--?[a-zA-Z][a-z-]*", advice):
            if word in sub_commands():
                known = options_of(word)
            else:
                assert word in known, advice


def test_all_work_is_done_by_a_sub_command() -> None:
    assert set(_TOOLS.values()) <= set(sub_commands())
    assert set(_ELSEWHERE) <= {name for options in _OPTIONS.values() for name in options}


def test_what_nobody_has_is_told_nothing_of() -> None:
    assert advice_on_option("read", "--nonsense") is None
    assert advice_on_option("lab", "-s") is None
    assert advice_on_tool("nonsense") is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("read x.pcap --colr", "did you mean --color?"),
        ("write a b --fixcsm", "--checksums recompute"),
        ("write --infile=a --outfile=b", "dissect write IN OUT"),
        ("replay --loopdelay-ms 3 x", "--loop-gap SECONDS"),
    ],
)
def test_an_option_that_is_not_there_is_answered(arguments: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == 2
    assert said in capsys.readouterr().err
