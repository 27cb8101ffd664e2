"""Views are named in one table, stand on a higher floor, and shadow no field."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import dissect
from dissect import UDP, Ethernet, IPv4, Packet
from dissect.declaration.drawers import VIEWS
from dissect.declaration.views import Drawing, Views, view
from tests.declared import RECORDS

_METHODS = {name for name in (*vars(Views), *vars(Packet)) if not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_view_is_where_the_table_says(name: str) -> None:
    assert view(name) is getattr(import_module(VIEWS[name]), name)
    assert VIEWS[name].startswith(("dissect.views.", "dissect.wireshark."))


def test_no_field_has_the_name_of_a_view() -> None:
    fields = {field.name for cls in RECORDS for field in (*cls.fields, *cls.derived)}
    assert not fields & {name for name in vars(Views) if not name.startswith("_")}


def test_a_header_and_a_packet_have_the_same_views() -> None:
    frame = Ethernet() / IPv4() / UDP()
    packet = Packet(bytes(frame))
    assert packet.source() == frame.source()
    assert packet.hexdump() == frame.hexdump()
    assert packet.explain("checksum") == frame.explain("checksum")
    assert packet.bits("flags") == frame.bits("flags")


def test_show_prints_the_details(capsys: pytest.CaptureFixture[str]) -> None:
    UDP(dport=53).show()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["0-7", "User", "Datagram", "Protocol,", "Src", "Port:", "0,", "Dst", "Port:", "53"]
    assert any(line.endswith("Destination Port: 53") for line in lines)


def test_a_drawing_is_of_the_class_or_of_the_record() -> None:
    assert "53" not in UDP.diagram()
    assert "53" in UDP(dport=53).diagram()
    assert isinstance(vars(dissect.declaration.record.Record)["diagram"], Drawing)
    assert "RFC" in (UDP.diagram.__doc__ or "")


def test_importing_and_parsing_reach_no_view() -> None:
    program = (
        "import sys, dissect; frame = dissect.parse(bytes(60)); bytes(frame), frame.problems();"
        "print([name for name in sys.modules if name.startswith('dissect.views')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
