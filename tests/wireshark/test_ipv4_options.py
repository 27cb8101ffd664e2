"""Options of IPv4 in the eyes of Wireshark: routes and timestamps in parts, and those whose length is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dissect import Ethernet, InternetTimestamp, IPv4, LooseSourceRoute, Option, RecordRoute
from dissect.wireshark.fields import texts

STOPS = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]


def cell(options: Sequence[Option] | bytes, name: str) -> list[str]:
    return texts(Ethernet() / IPv4(protocol=253, options=options), name)


@pytest.mark.parametrize(("pointer", "count"), [(4, 0), (8, 1), (12, 2), (16, 3), (3, 0), (6, 0)])
def test_the_pointer_parts_a_route(pointer: int, count: int) -> None:
    found = cell([RecordRoute(pointer=pointer, route=STOPS)], "ip.rec_rt")
    assert found == STOPS[:count]
    ahead = cell([LooseSourceRoute(pointer=pointer, route=STOPS)], "ip.src_rt")
    assert ahead == (STOPS[count:-1] if pointer % 4 == 0 else [])


def test_pointers_that_point_nowhere_are_marked() -> None:
    assert cell([RecordRoute(pointer=3, route=STOPS)], "ip.opt.ptr.before_address") == ["1"]
    assert cell([RecordRoute(pointer=6, route=STOPS)], "ip.opt.ptr.middle_address") == ["1"]


def test_times_and_addresses_are_apart() -> None:
    stamps = [InternetTimestamp(pointer=13, form=1, words=[0x0A000001, 7])]
    assert cell(stamps, "ip.opt.time_stamp") == ["7"]
    assert cell(stamps, "ip.opt.time_stamp_addr") == ["10.0.0.1"]


def test_a_route_whose_last_address_is_not_whole_is_read_as_far_as_it_goes() -> None:
    broken = bytes.fromhex("07 09 08 0a000001 0a00 000000")
    assert cell(broken, "ip.rec_rt") == ["10.0.0.1"]
    assert cell(broken, "ip.opt.ptr") == ["8"]
