"""Chains that one process has found are known to the next one, which learns the same of their frames."""

from __future__ import annotations

import os
import subprocess
import sys
from marshal import dumps, loads
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from dissect import NTP, TCP, UDP, Ethernet, Header, Packet
from dissect.declaration.beside_compiled import place_beside
from dissect.declaration.generated import written
from dissect.declaration.symbols import UntraceableError
from dissect.declare import u8
from dissect.flows import chain_questions
from dissect.flows import chains as chain_module
from dissect.flows.kept_chains import Chain, ChainsOfLink, KeptChains
from dissect.flows.reading import ReadingPass
from tests.flows.test_chains import CUT, FRAMES, HERE, chains_of, learnt, some_frames, take, trace_at_once


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    trace_at_once(monkeypatch)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def kept_in(folder: Path, setting: str = "", told: int = 1) -> KeptChains:
    """Return what a process knows when it begins."""
    return KeptChains(setting, str(folder), lambda: (told,))


def told_again(known: ChainsOfLink) -> ChainsOfLink:
    """Return the same as the next process has it."""
    return ChainsOfLink.of_another(loads(dumps(known.told())))


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: "/".join(type(each).__name__ for each in frame.layers()))
def test_the_next_process_takes_in_the_first_frame_of_a_kind(frame: Header, tmp_path: Path) -> None:
    first = kept_in(tmp_path)
    assert not take(chains_of(ReadingPass(), kept=first.of_link(1)), frame)
    first.keep()
    second = kept_in(tmp_path)
    assert take(chains_of(ReadingPass(), kept=second.of_link(1)), frame)
    # There is nothing new to keep.
    before = Path(place_beside(str(tmp_path), "chains_of_late")).stat().st_mtime_ns
    second.keep()
    assert Path(place_beside(str(tmp_path), "chains_of_late")).stat().st_mtime_ns == before


def test_other_settings_links_and_sources_have_chains_of_their_own(tmp_path: Path) -> None:
    first = kept_in(tmp_path)
    take(chains_of(ReadingPass(), kept=first.of_link(1)), FRAMES[0])
    first.keep()
    assert len(kept_in(tmp_path).of_link(1).chains) == 1
    assert not kept_in(tmp_path).of_link(113).chains
    assert not kept_in(tmp_path, setting="-d").of_link(1).chains
    assert not kept_in(tmp_path, told=2).of_link(1).chains


@given(before=some_frames(), frames=some_frames())
@settings(max_examples=40)
def test_a_pass_that_knows_chains_learns_the_same(before: list[bytes], frames: list[bytes]) -> None:
    chains = ChainsOfLink()
    learnt(before, quickly=True, kept=chains)
    expected = learnt(frames, quickly=False)
    again = told_again(chains)
    assert learnt(frames, quickly=True, kept=again) == expected
    # What the second process has found is told with what the first one has.
    assert learnt(frames, quickly=True, kept=told_again(again)) == expected


def test_questions_are_written_out_however_many_chains_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ChainsOfLink()
    first = chains_of(ReadingPass(), kept=kept)
    for frame in FRAMES:
        take(first, frame)
    assert len(kept.chains) > 2
    lines: list[str] = []

    def noted(told: list[str], names: dict[str, Any], name: str, where: str) -> Any:
        if name == "find":
            lines[:] = told[0].splitlines()
        return written(told, names, name, where)

    monkeypatch.setattr(chain_questions, "written", noted)
    monkeypatch.setattr(chain_module, "_SETTLED", 2)
    monkeypatch.setattr(chain_module, "_SETTLED_OF_EACH", 1)
    monkeypatch.setattr(chain_module, "_MOST_INSIDE", 2)
    second = chains_of(ReadingPass(), kept=told_again(kept))
    assert all(take(second, FRAMES[0], number) for number in range(1, 9))
    # Those that did not come are not among them.
    assert sum("return take" in line for line in lines) == 1
    # What all frames are asked for is unpacked once.
    unpacked = [name for line in lines if "gather" in line for name in line.partition(" = gather")[0].split(", ")]
    assert len(set(unpacked)) == len(unpacked) > 0


def test_the_passes_of_one_process_share_their_chains() -> None:
    chains = ChainsOfLink()
    assert not take(chains_of(ReadingPass(), kept=chains), FRAMES[0])
    assert take(chains_of(ReadingPass(), kept=chains), FRAMES[0])


@pytest.mark.parametrize("damage", [b"", b"\x00", b"\xe9\x01\x00\x00\x00i\x01\x00\x00\x00"])
def test_damage_means_that_chains_are_learnt_anew(damage: bytes, tmp_path: Path) -> None:
    first = kept_in(tmp_path)
    take(chains_of(ReadingPass(), kept=first.of_link(1)), FRAMES[0])
    [chain] = first.of_link(1).chains
    entry = first._hash_of((1, ""))
    first._entries.add(entry, damage)
    first._entries.keep()
    assert not kept_in(tmp_path).of_link(1).chains
    # Where only what is known of one chain is damaged, this shows when such a frame comes.
    *told, _ = chain.told()
    damaged = Chain.of_another((*told, damage))
    chains = ChainsOfLink([damaged])
    known = chains_of(ReadingPass(), kept=chains)
    assert not take(known, FRAMES[0])
    assert damaged not in chains.chains
    assert take(known, FRAMES[0])
    # Or only what its frames are asked.
    known = chains_of(ReadingPass(), kept=ChainsOfLink([Chain.of_another((damage, *chain.told()[1:]))]))
    assert not take(known, FRAMES[0])
    assert take(known, FRAMES[0])


def test_what_no_other_process_finds_is_not_kept() -> None:
    class Local(Header, name="kept_local", over={UDP: 40_431}):
        a: int = u8("a", default=0)

    chains = ChainsOfLink()
    known = chains_of(ReadingPass(), kept=chains)
    assert not take(known, Ethernet() / HERE / UDP() / Local())
    assert take(known, Ethernet() / HERE / UDP() / Local())
    assert not chains.chains


def test_frames_that_hardly_come_are_counted_in_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain_module, "_RARE", 2)
    chains = ChainsOfLink()
    taken = []
    for _ in range(5):
        taken.append(take(chains_of(ReadingPass(), kept=chains), FRAMES[0]))
        chains = told_again(chains)
    assert taken == [False, False, False, True, True]


def test_frames_that_cannot_be_followed_are_tried_less_and_less(monkeypatch: pytest.MonkeyPatch) -> None:
    traced = []

    def decoded(packet: Packet, ends: Any, *, keeps_bytes: bool = False) -> Any:
        traced.append(packet)
        raise UntraceableError

    def begun(packet: Packet, ends: Any) -> Any:
        raise UntraceableError

    monkeypatch.setattr(chain_module, "decoded", decoded)
    monkeypatch.setattr(chain_module, "begun", begun)
    monkeypatch.setattr(chain_module, "_RARE", 1)
    chains = ChainsOfLink()
    counts = []
    for _ in range(20):
        assert not take(chains_of(ReadingPass(), kept=chains), FRAMES[0])
        chains = told_again(chains)
        counts.append(len(traced))
    assert counts == [0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5]


def test_the_beginning_of_what_cannot_be_followed_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chains = ChainsOfLink()
    other = Ethernet() / HERE / TCP(sport=80, dport=5, flags="A", payload=b"HTTP/1.0 404\r\nAge: 1")
    assert not take(chains_of(ReadingPass(), kept=chains), CUT[0])
    monkeypatch.setattr(chain_module, "_RARE", 9)
    assert [chain.goes_on for chain in chains.chains] == [True]
    again = told_again(chains)
    assert [chain.goes_on for chain in again.chains] == [True]
    # Another frame of which no more is known finds the chain, however it goes on.
    known = chains_of(ReadingPass(), kept=again)
    assert take(known, other)
    assert not take(known, Ethernet() / HERE / UDP(sport=5, dport=6, payload=b"words"))
    # What is damaged is left out.
    *told, _ = chains.chains[0].told()
    damaged = ChainsOfLink([Chain.of_another((*told, b""))])
    known = chains_of(ReadingPass(), kept=damaged)
    assert not take(known, other)
    assert not damaged.chains


def test_what_is_declared_meanwhile_makes_known_chains_forgotten() -> None:
    chains = ChainsOfLink()
    frame = Ethernet() / HERE / UDP(sport=40_432, dport=40_433, payload=b"abc")
    take(chains_of(ReadingPass(), kept=chains), frame)
    known = chains_of(ReadingPass(), kept=told_again(chains))
    assert take(known, frame)

    class Declared(Header, name="kept_declared", over={UDP: 40_432}):
        a: int = u8("a", default=0)

    assert not take(known, frame)
    assert take(known, frame)


SECOND = """
import sys
from dissect.flows import chains
from dissect.flows.chains import Chains
from dissect.flows.known_chain import Observers
from dissect.flows.kept_chains import KeptChains
from dissect.flows.reading import ReadingPass
from dissect.packets.packet import Packet
chains._RARE = chains._FRAMES_PER_TRACE = 0
reading = ReadingPass()
kept = KeptChains("", sys.argv[1], lambda: (1,))
known = Chains(1, Observers(reading.learner, reading._observer), lambda time_ns: None, kept=kept.of_link(1))
frame = bytes.fromhex(sys.argv[2])
print(known.take(frame, 0, len(frame), 1, 1, len(frame)), "dissect.protocols.ntp" in sys.modules)
kept.keep()
"""


def test_a_header_of_which_nothing_is_learnt_need_not_be_imported(tmp_path: Path) -> None:
    frame = bytes(Ethernet() / HERE / UDP(sport=5, dport=123) / NTP()).hex()
    # Where Python is told to write nothing, nothing is kept.
    keeping = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def told() -> str:
        arguments = [sys.executable, "-c", SECOND, str(tmp_path), frame]
        return subprocess.run(arguments, capture_output=True, text=True, check=True, env=keeping).stdout

    assert [told(), told(), told()] == ["False True\n", "True False\n", "True False\n"]
