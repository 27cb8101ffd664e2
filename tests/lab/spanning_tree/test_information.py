"""What a port hears: better words, the same again, worse ones, and agreements."""

from __future__ import annotations

from typing import Any

from dissect.lab.spanning_tree.bridge import Bridge, Info, Port, TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.information import information, receive
from dissect.lab.spanning_tree.messages import Kind, Message, Role
from dissect.lab.spanning_tree.roles import selection
from dissect.lab.spanning_tree.vectors import Times, Vector

SECOND = 1_000_000_000
OWN = "02:00:00:00:00:05"
BETTER = Vector(1, 0, 1, 0x8001)
WORST = (1 << 64) - 1


def port() -> tuple[Bridge, Port]:
    bridge = Bridge(TreeSettings(), OWN)
    made = bridge.add(0, OWN, TreePortSettings(), None, is_shared=False)
    made.enabled = True
    settle(bridge, made)
    return bridge, made


def settle(bridge: Bridge, made: Port) -> None:
    while information(bridge, made) or selection(bridge):
        pass


def hear(bridge: Bridge, made: Port, vector: Vector, **more: Any) -> None:
    receive(bridge, made, Message(Kind.RAPID, vector, Times())._replace(**more))
    settle(bridge, made)


def test_a_port_goes_by_its_own_word_until_it_hears_a_better_one() -> None:
    bridge, made = port()
    assert (made.info_is, made.vector.bridge) == (Info.MINE, bridge.identifier)
    hear(bridge, made, BETTER, proposal=True)
    assert (made.info_is, made.vector.told, made.proposed) == (Info.RECEIVED, BETTER.told, True)
    assert made.received_info_while == 6 * SECOND
    bridge.now_ns = 4 * SECOND
    hear(bridge, made, BETTER)
    assert made.received_info_while == 10 * SECOND
    bridge.now_ns = 10 * SECOND
    settle(bridge, made)
    assert made.info_is is Info.MINE


def test_the_same_port_may_say_something_worse() -> None:
    bridge, made = port()
    hear(bridge, made, BETTER)
    hear(bridge, made, BETTER._replace(root=2))
    assert made.vector.root == 2
    hear(bridge, made, Vector(3, 0, 3, 0x8001))
    assert made.vector.root == 2


def test_who_forwards_and_says_something_worse_has_not_heard() -> None:
    bridge, made = port()
    worse = Vector(WORST, 0, WORST, 0x8001)
    hear(bridge, made, worse)
    assert not made.disputed
    hear(bridge, made, worse, learning=True)
    assert made.disputed


def test_a_root_port_that_agrees_is_agreed_with_on_a_link_of_two_ends() -> None:
    for settings, agreed in ((TreePortSettings(), True), (TreePortSettings(point_to_point=False), False)):
        bridge, made = port()
        made.settings = settings
        hear(bridge, made, made.vector._replace(bridge=WORST), role=Role.ROOT, agreement=True)
        assert made.agreed is agreed


def test_a_word_that_is_too_old_is_not_kept() -> None:
    bridge, made = port()
    hear(bridge, made, BETTER, times=Times(message_age=19 * SECOND + 1))
    assert made.info_is is Info.MINE


def test_a_port_that_is_down_knows_nothing() -> None:
    bridge, made = port()
    hear(bridge, made, BETTER)
    made.enabled = False
    settle(bridge, made)
    assert (made.info_is, made.message, made.agreed) == (Info.DISABLED, None, False)
