"""Links: how long a frame takes, which are dropped, and what a seed does to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import VLAN, Ethernet, IPv4, Link
from dissect.errors import FieldError
from dissect.lab.link import Arrival, Direction

SECOND = 1_000_000_000


def direction(seed: str = "seed", **options: Any) -> Direction:
    return Direction(Link(**options), seed)


def test_a_frame_takes_the_delay() -> None:
    assert direction(delay_ns=500).carry(b"frame", 100) == (100, [Arrival(600, b"frame")])


def test_a_full_link_carries_148810_of_the_smallest_frames_in_a_second() -> None:
    full = direction(bandwidth=100_000_000, queue_limit=10**9)
    times = [full.carry(bytes(60), 0)[0] for _ in range(148_810)]
    assert times[0] == 6720
    assert times[-1] // SECOND == 1
    assert times[-2] < SECOND


def test_an_idle_link_makes_nobody_wait() -> None:
    idle = direction(bandwidth=1000)
    assert idle.carry(bytes(1), 0)[0] == 25 * 8 * SECOND // 1000
    assert idle.carry(bytes(1), SECOND)[0] == SECOND + 25 * 8 * SECOND // 1000


def test_the_queue_is_bounded() -> None:
    slow = direction(bandwidth=1000, queue_limit=250)
    arrivals = [slow.carry(bytes(100), 0)[1] for _ in range(5)]
    # One is on the wire and one waits; then there is no room until they have left.
    assert [len(each) for each in arrivals] == [1, 1, 0, 0, 0]
    assert slow.dropped == 3
    assert slow.carry(bytes(100), 10 * SECOND)[1]


def test_what_is_larger_than_the_mtu_is_dropped_tags_not_counted() -> None:
    narrow = direction(mtu=100)
    fits = Ethernet() / IPv4(payload=bytes(80))
    tagged = Ethernet() / VLAN(id=7) / VLAN(id=8) / IPv4(payload=bytes(80))
    large = Ethernet() / IPv4(payload=bytes(81))
    assert [len(narrow.carry(bytes(frame), 0)[1]) for frame in (fits, tagged, large)] == [1, 1, 0]
    assert narrow.dropped == 1


@given(st.text(max_size=5), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_seed_decides_and_nothing_else(seed: str, loss: float, twice: float, held: float, bad: float) -> None:
    def carried() -> list[Any]:
        link = direction(seed, delay_ns=5, loss=loss, duplication=twice, reordering=held, corruption=bad)
        return [link.carry(bytes(60), now) for now in range(20)]

    assert carried() == carried()


def test_each_disturbance_happens_as_often_as_was_asked_for() -> None:
    count = 4000
    frames = bytes(range(60))

    def outcomes(**options: Any) -> list[list[Arrival]]:
        link = direction(**options)
        return [link.carry(frames, 0)[1] for _ in range(count)]

    assert 0.28 < sum(not each for each in outcomes(loss=0.3)) / count < 0.32
    assert 0.28 < sum(len(each) == 2 for each in outcomes(duplication=0.3)) / count < 0.32
    assert 0.28 < sum(each[0].time_ns > 0 for each in outcomes(reordering=0.3)) / count < 0.32
    damaged = [each[0].frame for each in outcomes(corruption=0.3) if each[0].frame != frames]
    assert 0.28 < len(damaged) / count < 0.32
    # One bit each, anywhere.
    places = {int.from_bytes(each, "big") ^ int.from_bytes(frames, "big") for each in damaged}
    assert all(place.bit_count() == 1 for place in places)
    assert len(places) > 300


def test_one_disturbance_does_not_change_which_frames_another_hits() -> None:
    lost = []
    for options in ({"loss": 0.5}, {"loss": 0.5, "duplication": 0.5}, {"loss": 0.5, "corruption": 0.5}):
        link = direction("x", **options)
        lost.append([not link.carry(bytes(60), 0)[1] for _ in range(100)])
    assert lost[0] == lost[1] == lost[2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": 1.1}, "loss is 1.1, expected a share of 0 to 1"),
        ({"corruption": -0.1}, "corruption is -0.1"),
        ({"delay_ns": -1}, "delay_ns is -1, expected 0 or more"),
        ({"mtu": 67}, "mtu is 67, expected 68 or more"),
        ({"bandwidth": 0}, "bandwidth is 0 bit/s"),
    ],
)
def test_values_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(FieldError, match=message):
        Link(**options)


def test_values_of_another_type_are_refused() -> None:
    for name in ("loss", "delay_ns", "mtu", "bandwidth", "queue_limit"):
        with pytest.raises(FieldError, match=f"the link's {name} is '5'"):
            Link(**{name: "5"})  # type: ignore[arg-type]
