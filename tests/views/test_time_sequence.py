"""The time-sequence graph: what was sent, sent again, acknowledged and allowed."""

from __future__ import annotations

from typing import Any

import pytest

import dissect
from dissect import DissectError, time_sequence
from dissect.views.time_sequence import sequence_of
from tests.declared import SAMPLES

_LOSS = SAMPLES / "tcp_loss.pcap"


def test_a_direction_is_what_one_side_sent_and_the_other_answered() -> None:
    found = sequence_of(dissect.read(_LOSS))
    assert (found.source, found.destination) == ("10.0.0.1:40000", "10.0.1.1:8000")
    assert found.sent[0][1:] == (0, 1, False, "S")
    assert found.sent[-1][4] == "FA"
    times = [each[0] for each in found.sent]
    assert times == sorted(times)
    # Everything but the SYN's number has been acknowledged at the end.
    assert max(each[1] for each in found.answers) == max(each[2] for each in found.sent)
    assert all(window >= number for _, number, window in found.answers)
    again = [each for each in found.sent if each[3]]
    assert again
    assert found.selective
    other = sequence_of(dissect.read(_LOSS), reverse=True)
    assert (other.source, len(other.sent)) == (found.destination, 2)


def test_the_graph_says_in_words_what_it_shows() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: 'make test' installs it.")
    figure: Any = time_sequence(dissect.read(_LOSS))
    assert figure.alternative.startswith("Time-sequence graph of 10.0.0.1:40000 to 10.0.1.1:8000: 53 segments")
    labels = {text.get_text() for text in figure.axes[0].get_legend().get_texts()}
    assert labels == {
        *("segment", "sent again (R)", "acknowledged", "end of the window", "selectively acknowledged (S)"),
    }
    letters = {each.get_text() for each in figure.axes[0].texts}
    assert {"S", "F", "R"} <= letters


def test_a_connection_that_is_not_there_is_an_error() -> None:
    with pytest.raises(DissectError, match="no TCP connection 7"):
        sequence_of(dissect.read(_LOSS), stream=7)
