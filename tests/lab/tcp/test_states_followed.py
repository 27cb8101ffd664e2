"""What a capture tells of the states of both ends is what the ends themselves say."""

from __future__ import annotations

import pytest

from dissect.flows.conversations import conversations
from dissect.lab.scenario import load_scenario
from dissect.lab.tcp_programs import TCPConnect, TCPServe
from dissect.lab.tcp_steps import read_steps
from tests.lab.tcp.net import SECOND, Net

STORIES = (
    "ten_segments",
    "teardown_four",
    "teardown_three",
    "simultaneous_close",
    "lost_segment",
    "zero_window",
    "deadlock",
    "stale_syn",
    "syn_cookies",
    "syn_flood",
)


@pytest.mark.parametrize("name", STORIES)
def test_the_states_of_a_story_are_followed_step_by_step(name: str) -> None:
    scenario = load_scenario(name)
    scenario.network.run(scenario.until_ns or 10 * SECOND)
    own: dict[str, list[str]] = {"client": [], "server": []}
    for event in scenario.network.events():
        _, _, change = event.text.partition("10.0.0.1:40000 - 10.0.0.2:8000: ")
        change = change or event.text.partition("10.0.0.2:8000 - 10.0.0.1:40000: ")[2]
        if change and "CLOSED → LISTEN" not in change:
            own[event.device].append(change.partition(" → ")[2])
    followed: dict[int, list[str]] = {0: [], 1: []}
    for each in conversations(scenario.network.recording.packets(["client"])):
        if (each.client.port, each.server.port) == (40000, 8000):
            for way in followed:
                found = [change.after.value for change in each.changes if change.way == way]
                followed[way] += found
            assert not any(change.corrects for change in each.changes)
    # Who listens is known from the first segment on, and a port that refuses opened nothing.
    followed[1] = [state for state in followed[1] if state != "LISTEN"]
    if name == "stale_syn":
        assert followed[0][:2] == ["SYN_SENT", "CLOSED"]
        assert own["server"][:2] == ["SYN_RCVD", "CLOSED"]
        followed = {0: followed[0][2:], 1: followed[1][1:]}
        own["server"] = own["server"][2:]
    assert followed == {0: own["client"], 1: own["server"]}


@pytest.mark.parametrize("seed", range(6))
def test_over_a_link_that_loses_the_last_states_are_the_same(seed: int) -> None:
    net = Net(seed=seed, loss=0.15, reordering=0.2)
    net.lab.start_program(net.b, TCPServe(80, steps=read_steps(["read end", "write 3000 bytes", "close"])))
    steps = read_steps(["write 5000 bytes", "shutdown", "read end", "wait closed"])
    net.lab.start_program(net.a, TCPConnect("10.0.0.2", 80, steps=steps))
    net.run(59 * SECOND)
    (seen,) = conversations(net.lab.recording.packets(["a"]))
    own = [next((each.state.value for each in host.tcp.connections), "CLOSED") for host in (net.a, net.b)]
    assert [state.value for state in seen.states] == own
