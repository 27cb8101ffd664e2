"""Every command and option has its place, and each command an example that test_docs runs."""

from __future__ import annotations

import os
import re

import pytest

from dissect.commands.main import Parser, build_parser, sub_commands
from docs.site.command_page import list_of, page
from docs.site.commands import PAGES, every_command, examples_of, program


def test_all_commands_are_told() -> None:
    assert [command.name for command in every_command()] == [f"dissect {name}" for name in sub_commands()]


def test_each_has_examples_of_itself() -> None:
    for name in sub_commands():
        found = re.search(rf"^\$ (.* )?dissect {name}\b", examples_of(name), re.MULTILINE)
        assert found, f"docs/commands/{name}.md is to have an example of it"


def test_each_option_is_on_its_page() -> None:
    for command in every_command():
        build_parser(command.name.removeprefix("dissect "))
        usage = Parser.latest.format_usage()
        known = set(re.findall(r"(?<![\w-])--?[a-zA-Z0-9][\w-]*", usage)) - {"-h", "--help"}
        listed = set(re.findall(r"(?<![\w-])--?[a-zA-Z0-9][\w-]*", page(command).partition("## Options")[2]))
        assert known <= listed, command.name


def test_each_says_with_which_status_it_ends() -> None:
    told = {command.name.removeprefix("dissect "): command for command in every_command()}
    assert told["diff"].status.startswith("0 where the captures are equal, 1 where they differ, 2 where")
    assert told["drill"].notes.endswith(
        "and the packets up to there. --tap takes Linux, CAP_SYS_ADMIN and iproute2; "
        "each script has a network namespace of its own."
    )
    for command in told.values():
        assert "Exit status:" not in command.notes
        assert f"## Exit status {{#status}}\n\n{command.status}\n" in page(command)
        assert re.match(r"0.*2 where.* 130 after Ctrl-C\.$", command.status), command.name


def test_examples_belong_to_commands() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == {*sub_commands(), "index"}, "docs/commands has a page for each"


def test_sub_commands_of_a_command_are_told() -> None:
    (saved,) = (command for command in every_command() if command.name == "dissect filter")
    assert [action.name for action in saved.actions] == [
        f"dissect filter {word}" for word in ("save", "list", "delete")
    ]
    assert "## dissect filter save {#save}" in page(saved)


def test_usages_break_between_options() -> None:
    for command in every_command():
        (usage,) = re.findall(r"```text\n(dissect .*?)```", page(command), re.DOTALL)[:1]
        assert usage.split() == command.usage.split()
        for line in usage.splitlines():
            assert len(line) <= 92
            assert line.count("[") == line.count("]"), line


def test_the_width_of_the_terminal_is_nothing_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = program()
    monkeypatch.setenv("COLUMNS", "30")
    assert program() == before
    assert os.environ["COLUMNS"] == "30"


def test_the_list_links_to_all() -> None:
    assert list_of(every_command()).count("](") == len(sub_commands())
