"""What a switch knows: by VLAN, for a time, and no more than it has room for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.mac_table import MACTable

SECOND = 1_000_000_000


def mac(number: int) -> bytes:
    return number.to_bytes(6, "big")


def test_an_address_is_known_by_vlan() -> None:
    table = MACTable()
    assert table.learn(1, mac(1), 0, 0) is None
    assert table.learn(2, mac(1), 3, 0) is None
    assert table.learn(1, mac(1), 2, 0) == 0
    assert (table.find(1, mac(1), 0), table.find(2, mac(1), 0), table.find(3, mac(1), 0)) == (2, 3, None)


def test_it_is_forgotten_when_silent_and_by_port() -> None:
    table = MACTable(lifetime_ns=10 * SECOND)
    table.learn(1, mac(1), 0, 0)
    table.learn(1, mac(2), 1, 5 * SECOND)
    assert table.find(1, mac(1), 10 * SECOND - 1) == 0
    assert table.find(1, mac(1), 10 * SECOND) is None
    assert [(each.mac, each.port) for each in table.entries(10 * SECOND)] == [(mac(2), 1)]
    table.forget({0})
    assert len(table) == 1
    table.forget()
    assert len(table) == 0


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 9), st.integers(0, 3)), max_size=40))
def test_those_that_sent_last_are_known(sent: list[tuple[int, int, int]]) -> None:
    table = MACTable(limit=5)
    expected: dict[tuple[int, int], int] = {}
    for now, (vlan, station, port) in enumerate(sent):
        expected.pop((vlan, station), None)
        expected[vlan, station] = port
        table.learn(vlan, mac(station), port, now)
        assert len(table) <= 5
    kept = dict(list(expected.items())[-5:])
    found = {(each.vlan, int.from_bytes(each.mac, "big")): each.port for each in table.entries(len(sent))}
    assert found == kept
