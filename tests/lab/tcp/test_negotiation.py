"""Options hold where both sides have them."""

from __future__ import annotations

import pytest

from tests.lab.tcp.pair import Pair, established


@pytest.mark.parametrize("option", ["sack", "timestamps"])
@pytest.mark.parametrize("a", [False, True])
@pytest.mark.parametrize("b", [False, True])
def test_sack_and_timestamps_take_two(option: str, a: bool, b: bool) -> None:
    pair = established({option: a}, {option: b})
    for end in (pair.a, pair.b):
        found = end.block.sack if option == "sack" else end.block.stamps.is_used
        assert found is (a and b)


@pytest.mark.parametrize(("a", "b", "used"), [(7, 3, True), (None, 3, False), (7, None, False), (0, 14, True)])
def test_windows_are_shifted_where_both_ask_for_it(a: int | None, b: int | None, used: bool) -> None:
    pair = established({"window_scale": a}, {"window_scale": b})
    assert pair.a.block.scales is pair.b.block.scales is used
    assert (pair.a.block.sender.shift, pair.b.block.sender.shift) == ((b, a) if used else (0, 0))


def test_the_syn_ack_offers_no_scale_where_the_syn_has_none() -> None:
    pair = Pair({"window_scale": None, "sack": False, "timestamps": False})
    pair.a.connect(0)
    pair.run(50_000_000)
    syn, syn_ack = pair.of("a")[0], pair.of("b")[0]
    assert (syn.mss, syn.shift, syn.sack_permitted, syn.stamp) == (1460, None, False, None)
    assert (syn_ack.mss, syn_ack.shift, syn_ack.sack_permitted, syn_ack.stamp) == (1460, None, False, None)


@pytest.mark.parametrize(("given", "used"), [((True, True), True), ((True, False), True), ((False, True), False)])
def test_ecn_is_asked_for_by_the_syn_and_answered_by_whoever_is_asked(given: tuple[bool, bool], used: bool) -> None:
    pair = established({"ecn": given[0]}, {"ecn": given[1]})
    assert pair.a.block.ecn.is_used is pair.b.block.ecn.is_used is used


@pytest.mark.parametrize(("mss", "stamps", "expected"), [(1460, True, 1448), (1460, False, 1460), (536, True, 524)])
def test_timestamps_take_their_bytes_of_each_segment(mss: int, stamps: bool, expected: int) -> None:
    pair = established({"mss": mss, "timestamps": stamps}, {"timestamps": stamps})
    assert pair.b.block.sender.mss == expected
