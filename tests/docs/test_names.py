"""Names that written pages give in passing: options, commands and fields that they speak of are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dissect.commands.main import Parser, build_parser, sub_commands
from dissect.wireshark.types import has_field, protocols

REPOSITORY = Path(__file__).resolve().parents[2]
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]+")
_FIELD = re.compile(r"(?<![\w./:-])([a-z][\w-]*(?:\.[a-z_][\w-]*)+)(?![\w./(:*-])")
ELSEWHERE = {
    "CONTRIBUTING.md": {"--capture-update", "--strict"},
    "docs/how_to/golden_tests.md": {"--capture-update", "--capture-strict"},
    "CHANGELOG.md": {"--capture-update", "--capture-strict", "--export-objects"},
}
"""Options of pytest's plugin and of other programs, by the page that speaks of them."""
NO_FIELDS = {"tls.keylog_file", "ip.defragment", "ip.check_checksum", "ipv6.defragment"}
"""Preferences of Wireshark."""


def spans() -> Iterator[tuple[str, str]]:
    """What stands in backticks, with the page, where pages speak in their own voice."""
    pages = [*(REPOSITORY / "docs").rglob("*.md"), *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md"))]
    for page in sorted(pages):
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        if page.name != "coming_from.md":
            yield from ((page.relative_to(REPOSITORY).as_posix(), span) for span in _CODE.findall(text))


def test_options_are_those_of_a_command() -> None:
    known = {"--help", "--version"}
    for name in sub_commands():
        build_parser(name)
        known |= {option for option in Parser.latest.options() if option.startswith("--")}
    unknown = [
        (page, option)
        for page, span in spans()
        for option in _OPTION.findall(span)
        if option not in known | ELSEWHERE.get(page, set())
    ]
    assert unknown == []


def test_commands_are_there() -> None:
    named = [(page, word) for page, span in spans() for word in re.findall(r"(?<!from )\bdissect ([a-z]+)\b", span)]
    assert len(named) > 20
    assert [pair for pair in named if pair[1] not in sub_commands()] == []


def test_fields_are_there() -> None:
    known = protocols() - {"data"}
    named = [
        (page, name)
        for page, span in spans()
        for name in _FIELD.findall(span)
        if name.partition(".")[0] in known and name not in NO_FIELDS
    ]
    assert len(named) > 10
    assert [(page, name) for page, name in named if not has_field(name)] == []
