"""The states and the changes between them."""

from __future__ import annotations

import pytest

from dissect.flows.states import EDGES, State


def test_there_are_eleven() -> None:
    assert len(State) == 11
    assert [str(state) for state in State][:3] == ["CLOSED", "LISTEN", "SYN_SENT"]


def test_synchronized_are_those_from_established_on() -> None:
    # RFC 9293, section 3.5.1.
    assert [state.name for state in State if not state.is_synchronized] == ["CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD"]


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached_and_left(state: State) -> None:
    assert any(after is state for _, after in EDGES)
    assert any(before is state for before, _ in EDGES)
    assert (state, state) not in EDGES
