"""What endpoints tell."""

from __future__ import annotations

from dissect.flows.states import State
from dissect.lab.tcp.states import OPEN, SENDING, StateChange


def test_a_change_reads_as_an_arrow() -> None:
    assert str(StateChange(0, State.SYN_SENT, State.ESTABLISHED)) == "SYN_SENT → ESTABLISHED"


def test_data_goes_where_both_know_each_other() -> None:
    assert all(state.is_synchronized for state in SENDING | OPEN)
    assert State.TIME_WAIT not in SENDING | OPEN
