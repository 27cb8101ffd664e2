"""The questions that tell chains apart are written out once: later processes find the first frame by them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from dissect import UDP, Ethernet, Header
from dissect.declare import u8
from dissect.flows import chains as chain_module
from dissect.flows.chains import Chains
from dissect.flows.kept_chains import Chain, ChainsOfLink
from dissect.flows.reading import ReadingPass
from tests.flows.test_chains import FRAMES, HERE, chains_of, learnt, some_frames, take, trace_at_once
from tests.flows.test_kept_chains import told_again


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    trace_at_once(monkeypatch)
    monkeypatch.setattr(chain_module, "_SETTLED", 0)
    monkeypatch.setattr(chain_module, "_SETTLED_OF_EACH", 0)


def asked_of(frames: list[Header]) -> ChainsOfLink:
    """Return what a process keeps that has written the questions out for the chains of these frames."""
    kept = ChainsOfLink()
    known = chains_of(ReadingPass(), kept=kept)
    for frame in [*frames, *frames]:
        take(known, frame)
    return kept


def has_tree(known: Chains) -> bool:
    return known._root is not None


def test_the_next_process_needs_no_tree_for_what_it_knows() -> None:
    *frames, other = FRAMES
    again = told_again(asked_of(frames))
    known = chains_of(ReadingPass(), kept=again)
    assert all(take(known, frame) for frame in frames * 2)
    assert not has_tree(known)
    assert not again.is_new
    # Another one is found by the tree, in which those are that have come and those that have not.
    fresh = chains_of(ReadingPass(), kept=told_again(again))
    assert take(fresh, FRAMES[0])
    assert not take(fresh, other)
    assert has_tree(fresh)
    assert all(take(fresh, frame) for frame in FRAMES)


@given(before=some_frames(), frames=some_frames())
@settings(max_examples=40)
def test_a_pass_that_asks_as_kept_learns_the_same(before: list[bytes], frames: list[bytes]) -> None:
    chains = ChainsOfLink()
    learnt([*before, *before], quickly=True, kept=chains)
    expected = learnt(frames, quickly=False)
    again = told_again(chains)
    assert learnt(frames, quickly=True, kept=again) == expected
    assert learnt(frames, quickly=True, kept=told_again(again)) == expected


def test_what_is_new_is_asked_as_well_from_then_on() -> None:
    again = told_again(asked_of(FRAMES[:2]))
    learning = chains_of(ReadingPass(), kept=again)
    assert not take(learning, FRAMES[2])
    assert take(learning, FRAMES[2])
    assert again.is_new
    third = chains_of(ReadingPass(), kept=told_again(again))
    # The first two did not come to the second process, and are known to the third one all the same.
    assert all(take(third, frame) for frame in FRAMES[:3])
    assert not has_tree(third)


def test_a_chain_that_is_damaged_is_learnt_anew() -> None:
    kept = asked_of(FRAMES[:2])
    chains, ports, missed, asked = kept.told()
    for damage in (b"", b"\x00"):
        *told, _ = chains[0]
        damaged = ChainsOfLink.of_another(([(*told, damage), *chains[1:]], ports, missed, asked))
        chain: Chain = damaged.chains[0]
        known = chains_of(ReadingPass(), kept=damaged)
        assert not take(known, FRAMES[0])
        assert chain not in damaged.chains
        assert take(known, FRAMES[0])
        assert take(known, FRAMES[1])
        # What is told then has no place for it.
        assert take(chains_of(ReadingPass(), kept=told_again(damaged)), FRAMES[0])


def test_questions_that_name_what_is_not_there_are_not_asked() -> None:
    chains, ports, missed, asked = asked_of(FRAMES[:2]).told()
    questions, places = asked
    gone = (*questions[:4], {"answer": ("dissect.unheard_of", "Answer")}, questions[5])
    known = chains_of(ReadingPass(), kept=ChainsOfLink.of_another((chains, ports, missed, (gone, places))))
    assert take(known, FRAMES[0])
    assert has_tree(known)


def test_a_chain_that_no_other_process_knows_is_not_found() -> None:
    class Local(Header, name="asked_local", over={UDP: 40_441}):
        a: int = u8("a", default=0)

    local = Ethernet() / HERE / UDP(sport=40_440, dport=40_441) / Local()
    kept = asked_of([FRAMES[0], local])
    assert len(kept.chains) == 1
    known = chains_of(ReadingPass(), kept=told_again(kept))
    assert take(known, FRAMES[0])
    assert not take(known, local)
    assert take(known, local)


def test_what_is_declared_meanwhile_makes_them_forgotten() -> None:
    frame = Ethernet() / HERE / UDP(sport=40_442, dport=40_443, payload=b"abc")
    known = chains_of(ReadingPass(), kept=told_again(asked_of([frame])))
    assert take(known, frame)

    class Declared(Header, name="asked_declared", over={UDP: 40_442}):
        a: int = u8("a", default=0)

    assert not take(known, frame)
    assert take(known, frame)
