"""The ladder and list of what happened in a simulated network."""

from __future__ import annotations

from typing import Any

from dissect.lab.network import Network
from dissect.lab.ping import Ping
from dissect.views.ladder import columns, ladder, passage_list


def lab(**link: Any) -> Network:
    network = Network()
    network.host("a", "10.0.0.1/24")
    network.host("b", "10.0.0.2/24")
    network.switch("s")
    network.link("a", "s", delay_ns=1000, **link)
    network.link("s", "b", delay_ns=1000)
    network.start_program("a", Ping("10.0.0.2"))
    network.run()
    return network


def test_devices_stand_beside_their_neighbours() -> None:
    assert columns(lab()) == ["a", "s", "b"]


def test_a_ladder_has_an_arrow_for_each_frame_and_a_dot_for_each_event() -> None:
    network = lab()
    lines = list(ladder(network.recording.passages, network.events(), columns(network)))
    assert lines[:4] == [
        "                     a           s           b",
        "   0.000000000        │──────────▶│           │       ARP 60 Who has 10.0.0.2? Tell 10.0.0.1",
        "   0.000001000        │           │──────────▶│       ARP 60 Who has 10.0.0.2? Tell 10.0.0.1",
        "   0.000001000        │           •           │       s: 02:00:00:00:00:01 is behind port 1",
    ]
    assert len(lines) == 1 + network.frames + 2
    assert len({line.index("│") for line in lines[1:]}) == 1


def test_a_lost_frame_ends_in_a_cross() -> None:
    network = lab(loss=1.0)
    lines = list(ladder(network.recording.passages, [], columns(network)))
    assert lines[1] == "   0.000000000        │─────✗     │           │       ARP 60 Who has 10.0.0.2? Tell 10.0.0.1"
    assert next(passage_list(network.recording.passages, [])).endswith(" [lost]")


def test_a_list_has_a_line_for_each_frame_and_event() -> None:
    network = lab()
    lines = list(passage_list(network.recording.passages, network.events()))
    assert lines[0] == "   0.000000000  a → s:1  ARP 60 Who has 10.0.0.2? Tell 10.0.0.1"
    assert lines[2] == "   0.000001000  s: 02:00:00:00:00:01 is behind port 1"


def test_the_outside_has_a_column_of_its_own() -> None:
    network = Network()
    network.host("a", "10.0.0.1/24")
    network.lead_out("a")
    network.start_program("a", Ping("10.0.0.2"))
    network.run(0)
    lines = list(ladder(network.recording.passages, [], columns(network)))
    assert lines[0].split() == ["a", "outside"]
    assert "│──────────▶│" in lines[1]
