"""RFC 6298, section 2 and 5."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.tcp.round_trips import RoundTrips
from dissect.lab.tcp.settings import TCPSettings

MS = 1_000_000


def test_the_second_measurement_is_weighed() -> None:
    trips = RoundTrips(TCPSettings())
    trips.measured(100 * MS)
    trips.measured(180 * MS)
    # RTTVAR = 3/4 * 50 + 1/4 * 80; SRTT = 7/8 * 100 + 1/8 * 180.
    assert (trips.smoothed_ns, trips.variation_ns) == (110 * MS, 57_500_000)
    assert trips.timeout_ns == 110 * MS + 4 * 57_500_000


def test_the_timeout_doubles_up_to_its_bound_and_a_measurement_ends_that() -> None:
    trips = RoundTrips(TCPSettings())
    seen = []
    for _ in range(10):
        trips.back_off()
        seen.append(trips.timeout_ns // 10**9)
    assert seen == [2, 4, 8, 16, 32, 64, 120, 120, 120, 120]
    trips.measured(10 * MS)
    assert trips.timeout_ns == 210 * MS


def test_after_a_lost_syn_it_is_three_seconds() -> None:
    trips = RoundTrips(TCPSettings())
    trips.back_off()
    trips.opened_after_loss()
    assert trips.timeout_ns == 3_000 * MS


@given(st.lists(st.integers(0, 10**12), min_size=1))
def test_the_timeout_is_longer_than_what_was_measured_on_the_whole(times: list[int]) -> None:
    trips = RoundTrips(TCPSettings())
    for time in times:
        trips.measured(time)
    assert min(times) <= (trips.smoothed_ns or 0) <= max(times)
    assert trips.timeout_ns >= min((trips.smoothed_ns or 0) + 200 * MS, 120_000 * MS)
