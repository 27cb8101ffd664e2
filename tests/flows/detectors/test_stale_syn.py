"""Old duplicates of SYNs are told from new attempts by what their sender does next."""

from __future__ import annotations

import pytest

from dissect import alarms
from tests.flows.segments import segments

OPEN = "> S 1000, < SA 8000 1001, > A 1001 8001, > PA 1001 8001 20, < A 8001 1021"
CLOSED = f"{OPEN}, > FA 1021 8001, < FA 8001 1022, > A 1022 8002"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        # RFC 9293, figure 8: the old one comes first, and its answer is reset.
        ("> S 90, > S 100, < SA 300 91, > R 91, < SA 400 101, > A 101 401", 1),
        # It comes second, and the client acknowledges the answer to the first.
        ("> S 100, > S 90, < SA 300 101, > A 101 301", 2),
        # It comes into an open connection, which goes on.
        (f"{OPEN}, > S 90, < A 8001 1021, > PA 1021 8001 20", 6),
        # The answer to the old one is reset before the client connects in earnest.
        ("> S 90, < SA 300 91, > R 91, > S 100, < SA 400 101, > A 101 401", 1),
        # The same number comes again, in an open connection and after it.
        (f"{OPEN}, > S 1000, < A 8001 1021", 1),
        (f"{CLOSED}, > S 1000, < SA 9000 1001, > R 1001", 1),
    ],
)
def test_old_duplicates(text: str, number: int) -> None:
    (alarm,) = alarms(segments(text))
    assert (alarm.kind, alarm.number) == ("stale-syn", number)
    assert alarm.text.startswith("the SYN of 10.0.0.1:4000 to 10.0.0.2:80 with the number ")


@pytest.mark.parametrize(
    "text",
    [
        OPEN,
        CLOSED,
        # Sent again before there is an answer; refused and tried again; another connection after the first.
        "> S 100, > S 100, < SA 300 101, > A 101 301",
        "> S 100, < RA 0 101, > S 100, < RA 0 101",
        # The same number for a connection that is wanted again, and a host that has forgotten one.
        f"{CLOSED}, > S 1000, < SA 9000 1001, > A 1001 9001",
        f"{CLOSED}, > S 50000, < SA 300 50001, > A 50001 301",
        # Given up and begun anew with another number.
        "> S 100, > S 9000000, < SA 300 9000001, > A 9000001 301, > PA 9000001 301 5",
    ],
)
def test_new_attempts_are_none(text: str) -> None:
    assert [alarm.kind for alarm in alarms(segments(text))] == []


def test_a_host_that_has_forgotten_its_connection_sends_no_old_syn() -> None:
    # RFC 9293, figure 9.
    packets = segments("> S 400, < A 300 100, > R 100, > S 400, < SA 700 401, > A 401 701")
    assert [alarm.kind for alarm in alarms(packets)] == ["half-open"]
