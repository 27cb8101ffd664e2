"""What bridges compare: who is better, and who takes whose place."""

from __future__ import annotations

from dissect.lab.spanning_tree.vectors import Vector, bridge_identifier, bridge_text


def test_the_lower_is_better_and_the_priority_counts_first() -> None:
    low, high = bridge_identifier(4096, "ff:ff:ff:ff:ff:ff"), bridge_identifier(8192, "00:00:00:00:00:01")
    assert low < high
    assert (bridge_text(low), bridge_text(high)) == ("4096.ff:ff:ff:ff:ff:ff", "8192.00:00:00:00:00:01")
    assert Vector(low, 100, high, 1) < Vector(high, 0, low, 1)
    assert Vector(low, 4, high, 1) < Vector(low, 5, low, 1)


def test_a_port_may_say_something_worse_than_before() -> None:
    before, worse = Vector(1, 4, 7, 0x8001), Vector(1, 9, 7, 0x8001)
    assert worse.is_superior(before)
    assert not Vector(1, 9, 7, 0x8002).is_superior(before)
    assert not before.is_superior(before._replace(heard_at=3))
    assert before.is_superior(Vector(1, 9, 7, 0x8002))
