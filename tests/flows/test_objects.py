"""Files that were transferred: names, bytes, and those that tshark exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import FieldError, Packet, write
from dissect.flows.objects import Exporter, TransferredObject, export, kinds, objects, safe_name
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark
from tests.talk import talk
from tests.wireshark.test_http import TALKS


@pytest.mark.parametrize(
    ("name", "taken", "found"),
    [
        ("a.txt", set(), "a.txt"),
        ("a.txt", {"a.txt"}, "a(1).txt"),
        ("a", {"a", "a(1)"}, "a(2)"),
        ("/", set(), "%2f"),
        ('<>:"\\|?*\x01', set(), "%3c%3e%3a%22%5c%7c%3f%2a%01"),
        ("..", set(), ".(1)."),
        (".", set(), "(1)."),
        # An ending that has no room is none.
        ("a." + "e" * 300, {"a." + "e" * 253}, "a." + "e" * 250 + "(1)"),
    ],
)
def test_safe_names(name: str, taken: set[str], found: str) -> None:
    assert safe_name(name, taken.__contains__) == found


@given(st.text(max_size=400))
def test_any_name_is_one_file_in_the_folder(name: str) -> None:
    found = safe_name(name or "x")
    assert "/" not in found
    assert found not in (".", "..")
    assert len(found.encode("utf-8", "replace")) <= 255


def test_kinds() -> None:
    assert kinds()[:1] == ["ftp"]
    assert {"ftp", "http", "smtp", "tftp"} <= set(kinds())
    with pytest.raises(FieldError):
        objects(SAMPLES / "web_request.pcap", "gopher")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    paths = [path.name for _, path in export(SAMPLES / "web_request.pcap", "http", tmp_path)]
    assert paths == ["index(1).html"]
    assert (tmp_path / "index.html").read_text() == "mine"


def test_exporters_of_others() -> None:
    class Sizes(Exporter, kind="sizes"):
        def take(self, packet: Packet) -> list[TransferredObject]:
            return [TransferredObject(str(len(packet.data)), packet.data, packet.number)]

    try:
        assert len(list(objects(SAMPLES / "web_request.pcap", "sizes"))) > 5
    finally:
        del Exporter.all["sizes"]


def test_the_bytes_are_those_of_tshark(tshark: Tshark, tmp_path: Path) -> None:
    # What is no message is exported by tshark even where it shows nothing of it.
    names = set(TALKS) - {"nothing known", "odd lines", "something behind"}
    packets = [
        each
        for number, name in enumerate(sorted(names))
        for each in talk(80, *TALKS[name], sport=20000 + number, shakes_hands=False)
    ]
    capture = tmp_path / "http.pcap"
    write(capture, packets)
    theirs = tmp_path / "theirs"
    tshark.ask(capture, "-q", "--export-objects", f"http,{theirs}")
    ours = {path.name: path.read_bytes() for _, path in export(capture, "http", tmp_path / "ours")}
    assert ours == {path.name: path.read_bytes() for path in theirs.iterdir()}
