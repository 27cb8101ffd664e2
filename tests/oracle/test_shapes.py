"""The shapes of `-T` beside tshark 4.0: lists with tabs and as XML, JSON with chosen layers and merged keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Outcome
from tests.commands.conftest import run as run
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark

Run = Callable[..., Outcome]
CAPTURES = ("first_ping.pcap", "ping_4000.pcap", "ip_options.pcap", "port_unreachable.pcap")


@pytest.mark.parametrize("kind", ["tabs", "psml"])
@pytest.mark.parametrize("name", CAPTURES)
def test_lists(tshark: Tshark, run: Run, name: str, kind: str) -> None:
    capture = SAMPLES / name
    theirs = re.sub('creator="[^"]*"', 'creator="dissect"', tshark.ask(capture, "-T", kind).output)
    assert run("read", capture, "-T", kind).output == theirs


@pytest.mark.parametrize("name", ["first_ping", "vlan_ping", "arp_probe"])
def test_xml_and_documents_to_the_letter(tshark: Tshark, run: Run, name: str) -> None:
    capture = SAMPLES / f"{name}.pcap"
    ours, theirs = run("read", capture, "-T", "pdml").output, tshark.ask(capture, "-T", "pdml").output
    assert ours.partition("<packet>")[2] == theirs.partition("<packet>")[2] != ""
    assert run("read", capture, "-T", "json").output == tshark.ask(capture, "-T", "json").output
    for options in ([], ["-J", "ip"], ["-j", "ip ip.flags"], ["-x"], ["-e", "ip.src", "-e", "icmp.seq"]):
        assert run("read", capture, "-T", "ek", *options).output == tshark.ask(capture, "-T", "ek", *options).output


@pytest.mark.parametrize("name", ["dhcp", "dns"])
def test_trees_of_records_and_options(tshark: Tshark, run: Run, name: str) -> None:
    """Whose JSON is tshark's to the letter, and whose XML has its elements in its order."""
    capture = SAMPLES / f"{name}.pcap"
    assert run("read", capture, "-T", "json").output == tshark.ask(capture, "-T", "json").output
    ours, theirs = (
        re.findall(r'<(?:field|proto) name="[^"]*"', text)
        for text in (run("read", capture, "-T", "pdml").output, tshark.ask(capture, "-T", "pdml").output)
    )
    assert ours == theirs


@pytest.mark.parametrize("name", ["tcp_echo", "port_unreachable"])
def test_fields_of_xml(tshark: Tshark, run: Run, name: str) -> None:
    """But for what tshark tells of the course of a conversation, each element has the name, value and bytes of its."""
    capture = SAMPLES / f"{name}.pcap"
    elements = [
        [
            match.groups()
            for match in re.finditer(r'name="([^"]+)" showname="([^"]*)".* pos="(\d+)"(?: show="([^"]*)")?', text)
            if not re.search(r"oui|^tcp$|_ws|Stream", match[0])
        ]
        for text in (run("read", capture, "-T", "pdml").output, tshark.ask(capture, "-T", "pdml").output)
    ]
    ours, theirs = (found for found in elements)
    agreeing = sum(1 for one, other in zip(ours, theirs, strict=True) if one == other)
    assert agreeing / len(theirs) > 0.99


@pytest.mark.parametrize(
    "options", [["-T", "json", "-e", "ip.addr", "-e", "frame.number"], ["-P", "-x"], ["-S", "----", "-x"], ["icmp"]]
)
def test_options_to_the_letter(tshark: Tshark, run: Run, options: list[str]) -> None:
    capture = SAMPLES / "first_ping.pcap"
    assert run("read", "-r", capture, *options).output == tshark.ask(capture, *options).output


def common(ours: Any, theirs: Any) -> list[tuple[str, Any, Any]]:
    """Return what both objects have under one key and see differently."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return [] if ours == theirs else [("", ours, theirs)]
    return [
        (f"{key}/{path}", one, other)
        for key in sorted(ours.keys() & theirs.keys())
        # Times in words are for people, and these lists hold what we count among the fields of the options.
        if key not in ("frame.time", "frame.protocols", "ip.opt.type")
        for path, one, other in common(ours[key], theirs[key])
    ]


@pytest.mark.parametrize("options", [["-j", "ip ip.flags"], ["-J", "ip"], ["--no-duplicate-keys"]])
@pytest.mark.parametrize("name", CAPTURES[:2])
def test_json(tshark: Tshark, run: Run, name: str, options: list[str]) -> None:
    capture: Path = SAMPLES / name
    ours = json.loads(run("read", capture, "-T", "json", *options).output)
    theirs = json.loads(tshark.ask(capture, "-T", "json", *options).output)
    assert len(ours) == len(theirs) > 0
    for one, other in zip(ours, theirs, strict=True):
        one, other = one["_source"]["layers"], other["_source"]["layers"]
        assert one.keys() & {"eth", "ip", "icmp", "arp"} == other.keys() & {"eth", "ip", "icmp", "arp"}
        assert common(one, other) == []
