"""What the forms of one process knew, those of the next one know: the same texts, made without what took long."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from marshal import dumps
from pathlib import Path
from typing import Any

import pytest

import dissect
from dissect import TCP, UDP, Ethernet, IPv4, Packet
from dissect.declaration.beside_compiled import place_beside
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.views import compiled, kept_forms, part_forms
from dissect.views.compiled import CompiledText
from dissect.views.details import Details
from dissect.views.forms import Form
from dissect.views.kept_forms import KeptForms
from dissect.views.listing import list_line

Make = Callable[[Clock], Callable[[Packet], str]]


@pytest.fixture(autouse=True)
def _writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files written as a usual start does, and each kind of packets traced at once."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(part_forms, "_PARTS_PER_TRACE", 1)
    monkeypatch.setattr(compiled, "_PACKETS_PER_TRACE", 1)
    kept_forms._told.cache_clear()


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[Form]:
    """The forms that have learnt something."""
    forms: list[Form] = []
    learn = Form.learn

    def noting(form: Form, *arguments: Any) -> None:
        forms.append(form)
        learn(form, *arguments)

    monkeypatch.setattr(Form, "learn", noting)
    return forms


def line(clock: Clock) -> Callable[[Packet], str]:
    return lambda packet: list_line(packet, clock)


def packets() -> list[Packet]:
    frames = [Ethernet() / IPv4(ttl=60 + number) / UDP(sport=number, dport=5) for number in range(6)]
    frames += [Ethernet() / IPv4() / TCP(sport=7, dport=8, seq=number, flags="PA", payload=b"a") for number in range(6)]
    return [Packet(bytes(frame), number=number, time_ns=number) for number, frame in enumerate(frames, 1)]


def run(folder: Path, make: Make, given: Iterable[Packet], setting: str = "") -> list[str]:
    """Return the texts of packets as a process makes them, which keeps what it knows."""
    clock = Clock()
    kept = KeptForms(setting, folder=str(folder))
    show, reading, ordinary = CompiledText(make, clock, kept=kept), ReadingPass(clock=clock), make(clock)
    texts = []
    for packet in given:
        reading.observe(packet)
        texts.append(show(packet))
        assert texts[-1] == ordinary(packet)
    kept.keep()
    return texts


@pytest.mark.parametrize("make", [line, Details])
def test_the_next_process_traces_nothing(make: Make, tmp_path: Path, learnt: list[Form]) -> None:
    first = run(tmp_path, make, packets())
    assert learnt
    learnt.clear()
    assert run(tmp_path, make, packets()) == first
    assert not learnt


def test_parts_are_traced_the_first_time_that_they_come_for_the_next_start(
    tmp_path: Path, learnt: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    show = CompiledText(Details, Clock())
    show(packets()[0])
    assert not learnt
    run(tmp_path / "few", Details, packets()[:1])
    assert learnt
    # Others have to come again where there were so many already.
    monkeypatch.setattr(part_forms, "_KEPT_TRACES", 0)
    learnt.clear()
    run(tmp_path / "none", Details, packets()[:1])
    assert not learnt


@pytest.mark.parametrize("make", [line, Details])
def test_some_are_traced_in_any_case_for_the_next_start(
    make: Make, tmp_path: Path, learnt: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_forms, "_PARTS_PER_TRACE", 1 << 20)
    monkeypatch.setattr(compiled, "_PACKETS_PER_TRACE", 1 << 20)

    def traces(most: int) -> int:
        monkeypatch.setattr(part_forms, "_KEPT_TRACES", most)
        monkeypatch.setattr(compiled, "_KEPT_TRACES", most)
        learnt.clear()
        run(tmp_path / str(most), make, packets())
        return len(learnt)

    assert traces(0) <= 1
    assert traces(16) >= 2


def test_texts_are_relied_on_that_were_compared_in_all_processes_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Packet] = []

    def counting(clock: Clock) -> Callable[[Packet], str]:
        def make(packet: Packet) -> str:
            made.append(packet)
            return f"{packet[IPv4].ttl} in number {packet.number}"

        return make

    counts = []
    for _ in range(7):
        made.clear()
        clock = Clock()
        kept = KeptForms("", folder=str(tmp_path))
        show = CompiledText(counting, clock, kept=kept)
        packet = packets()[0]
        clock.advance(packet)
        assert show(packet) == "60 in number 1"
        kept.keep()
        counts.append(len(made))
    # Two are left alone, the third is traced, one more is compared.
    assert counts == [1, 1, 2, 1, 0, 0, 0]


def test_what_is_wrong_once_is_not_tried_again(tmp_path: Path, learnt: list[Form]) -> None:
    def liar(clock: Clock) -> Callable[[Packet], str]:
        # It looks at the character that stands for a number.
        return lambda packet: f"{packet[IPv4].ttl}".replace("6", "six")

    for _ in range(3):
        texts = run(tmp_path, liar, packets()[:6])
        assert texts[0] == "six0"
    learnt.clear()
    assert run(tmp_path, liar, packets()[:6]) == texts
    assert not learnt


def test_what_could_not_be_followed_is_not_followed_again_and_again(tmp_path: Path, learnt: list[Form]) -> None:
    def strict(clock: Clock) -> Callable[[Packet], str]:
        # It takes no numbers but Python's own.
        return lambda packet: dumps(packet[IPv4].ttl).hex()

    for _ in range(14):
        run(tmp_path, strict, packets()[:1])
    assert learnt
    learnt.clear()
    run(tmp_path, strict, packets()[:1])
    assert not learnt


def test_another_setting_knows_nothing_of_it(
    tmp_path: Path, learnt: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, line, packets(), "one")
    for setting, zone in (("another", None), ("one", "Asia/Tokyo")):
        learnt.clear()
        if zone is not None:
            monkeypatch.setenv("TZ", zone)
        run(tmp_path, line, packets(), setting)
        assert learnt


def test_other_sources_know_nothing_of_it(tmp_path: Path, learnt: list[Form], monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    (package / "room").mkdir(parents=True)
    source = package / "room" / "file.py"
    source.write_text("a = 1\n")
    monkeypatch.setattr(kept_forms, "_PACKAGE", str(package))
    run(tmp_path, line, packets())

    def learns() -> bool:
        learnt.clear()
        kept_forms._told.cache_clear()
        run(tmp_path, line, packets())
        return bool(learnt)

    assert not learns()
    os.utime(source, (1, 1))
    assert learns()
    assert not learns()
    source.write_text("a = 22\n")
    os.utime(source, (1, 1))
    assert learns()
    (package / "room" / "more.py").write_text("b = 1\n")
    assert learns()
    assert not learns()
    # A room that stands in none of the others, so that no text depends on it.
    for name, matters in (("lab", False), ("room/lab", True)):
        (package / name).mkdir()
        (package / name / "device.py").write_text("c = 1\n")
        assert learns() is matters


def test_packages_that_were_installed_since_may_read_more(
    tmp_path: Path, learnt: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site-packages"
    installed.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(installed)])
    kept_forms._told.cache_clear()
    run(tmp_path, line, packets())
    (installed / "more").mkdir()
    os.utime(installed, (1, 1))
    learnt.clear()
    kept_forms._told.cache_clear()
    run(tmp_path, line, packets())
    assert learnt


def test_a_damaged_file_is_learnt_anew(tmp_path: Path, learnt: list[Form]) -> None:
    first = run(tmp_path, line, packets())
    place = Path(place_beside(str(tmp_path), "forms_of_late"))
    content = place.read_bytes()
    for cut in range(0, len(content), 97):
        place.write_bytes(content[:cut] + bytes(len(content) - cut))
        assert run(tmp_path, line, packets()) == first


@pytest.mark.parametrize("make", [line, Details], ids=["list", "details"])
def test_texts_of_captures_are_those_of_the_ordinary_code(
    make: Make, sample_captures: list[Path], tmp_path: Path
) -> None:
    def given() -> list[Packet]:
        return [packet for capture in sample_captures for packet in list(dissect.read(capture))[:40]]

    first = run(tmp_path, make, given())
    for _ in range(3):
        assert run(tmp_path, make, given()) == first
