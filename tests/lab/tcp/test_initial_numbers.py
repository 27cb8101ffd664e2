"""RFC 6528."""

from __future__ import annotations

from dissect.lab.tcp.initial_numbers import Addresses, InitialNumbers

ONE = Addresses("10.0.0.1", 40000, "10.0.0.2", 80)


def test_numbers_depend_on_the_addresses_and_the_secret_and_grow_with_time() -> None:
    numbers = InitialNumbers("a")
    assert numbers.number(ONE, 0) == InitialNumbers("a").number(ONE, 0)
    assert numbers.number(ONE, 0) != InitialNumbers("b").number(ONE, 0)
    assert numbers.number(ONE, 0) != numbers.number(ONE._replace(local_port=40001), 0)
    assert (numbers.number(ONE, 10**9) - numbers.number(ONE, 0)) % 2**32 == 250_000


def test_timestamps_of_one_pair_of_hosts_go_by_one_clock() -> None:
    numbers = InitialNumbers("a")
    assert numbers.stamp_offset(ONE) == numbers.stamp_offset(ONE._replace(local_port=1))
