"""The time-sequence graph: what was sent, sent again, acknowledged and allowed."""

from __future__ import annotations

from typing import Any

import pytest

import dissect
from dissect import TCP, DissectError, time_sequence
from dissect.views.time_sequence import sequence_of
from tests.declared import SAMPLES

_LOSS = SAMPLES / "tcp_loss.pcap"


def test_a_direction_is_what_one_side_sent_and_the_other_answered() -> None:
    found = sequence_of(dissect.read(_LOSS))
    assert (found.source, found.destination) == ("10.0.0.1:40000", "10.0.1.1:8000")
    assert found.sent[0][1:] == (0, 1, "", "S")
    assert found.sent[-1][4] == "FA"
    times = [each[0] for each in found.sent]
    assert times == sorted(times)
    # Everything but the SYN's number has been acknowledged at the end.
    assert max(each[1] for each in found.answers) == max(each[2] for each in found.sent)
    assert all(window >= number for _, number, window in found.answers)
    assert {each[3] for each in found.sent} == {"", "R"}
    assert found.selective
    other = sequence_of(dissect.read(_LOSS), reverse=True)
    assert (other.source, len(other.sent)) == (found.destination, 2)


def test_what_was_overtaken_is_not_taken_for_sent_again() -> None:
    packets = list(dissect.read(SAMPLES / "tcp_echo.pcap"))
    before = sequence_of(packets).sent
    assert [each[3] for each in before] == [""] * 5
    second, third = [
        place for place, packet in enumerate(packets) if packet.frame[TCP].sport == 40000 and packet.frame[TCP].psh
    ][:2]
    packets[second], packets[third] = packets[third], packets[second]
    assert [each[1:4] for each in sequence_of(packets).sent][1:3] == [(*before[2][1:3], ""), (*before[1][1:3], "O")]
    # What has come out of order and comes once more has been seen by then.
    packets.append(packets[third])
    assert sequence_of(packets).sent[-1][3] == "R"


def test_a_loss_before_the_place_of_the_capture_leaves_a_gap_that_is_filled_out_of_order() -> None:
    found = sequence_of(dissect.read(SAMPLES / "tcp_loss_receiver.pcap"))
    assert {each[3] for each in found.sent} == {"", "O"}
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: 'make test' installs it.")
    figure: Any = time_sequence(dissect.read(SAMPLES / "tcp_loss_receiver.pcap"))
    assert "0 sent again, 3 out of order;" in figure.alternative
    assert "out of order (O)" in {text.get_text() for text in figure.axes[0].get_legend().get_texts()}
    assert "O" in {each.get_text() for each in figure.axes[0].texts}


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
