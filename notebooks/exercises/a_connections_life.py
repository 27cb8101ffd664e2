"""The exercises of "A connection's life"."""

from __future__ import annotations

from dissect import TCP, Ethernet, IPv4, alarms, conversations
from dissect.flows.connection import TIME_WAIT_NS

from . import SAMPLES, Exercise, FilterExercise

__all__ = [
    "check_both_closing",
    "check_eighth",
    "check_old_number",
    "check_opened_halves",
    "check_strangers",
    "check_threshold",
    "check_waiting",
    "check_zero_windows",
]


def _states(sample: str, way: int) -> list[str]:
    """Return the states that an end of the sample's first connection goes through."""
    return [str(change.after) for change in conversations(SAMPLES / sample)[0].changes if change.way == way]


def _waiting() -> tuple[str, float]:
    """Return who is in TIME_WAIT at the end of a sample, and how many seconds after its first frame that is over."""
    (found,) = conversations(SAMPLES / "tcp_half_close.pcap")
    assert found.connection is not None
    (end,) = (end for end in found.connection.ends if end.until_ns is not None)
    party = (found.client, found.server)[found.connection.ends.index(end)]
    return party.address, ((end.until_ns or 0) - (found.first_ns or 0)) / 1e9


check_eighth = Exercise(
    lambda: (
        Ethernet(src="02:00:00:00:00:02", dst="02:00:00:00:00:01")
        / IPv4(src="10.0.0.2", dst="10.0.0.1", flags="DF", id=8)
        / TCP(sport=8000, dport=40000, seq=8011, ack=1022, flags="A")
    ),
    (lambda answer: answer[TCP].ack == 1021, "the FIN took a number, too."),
    (lambda answer: answer[TCP].seq == 8001, "the ten bytes of the fifth segment have been sent since."),
    (lambda answer: answer[TCP].fin, "that is the ninth: first the other side's end is acknowledged."),
)

check_both_closing = Exercise(
    lambda: _states("tcp_simultaneous_close.pcap", 0)[-3:],
    (
        lambda answer: "FIN_WAIT_2" in answer,
        "FIN_WAIT_2 is for those whose FIN was acknowledged before the other's came.",
    ),
    (lambda answer: "CLOSE_WAIT" in answer, "CLOSE_WAIT is for those who have not closed yet."),
)

check_waiting = Exercise(
    _waiting,
    (lambda answer: answer[0] == "10.0.0.2", "who waits is who has closed first."),
    (
        lambda answer: abs(answer[1] - TIME_WAIT_NS / 1e9) < 1e-9,
        "the time runs from the last segment on, not the first.",
    ),
)

check_opened_halves = Exercise(
    lambda: "SYN_RCVD",
    (lambda answer: answer == "SYN_SENT", "that is the client's state; who has answered a SYN is in another."),
    (lambda answer: answer == "ESTABLISHED", "for that, the client's acknowledgment has to come."),
)

check_zero_windows = FilterExercise(
    "tcp_deadlock.pcap",
    "tcp.window_size == 0 && tcp.flags.reset == 0",
    (lambda answer: "tcp.len" in answer, "a full buffer is told by the window."),
    without=("frame.number",),
)

check_old_number = Exercise(
    lambda: next(iter(alarms(SAMPLES / "tcp_stale_syn.pcap"))).facts["seq"],
    (lambda answer: answer == 0, "relative numbers begin with 0: this is about the number that is really sent."),
    (lambda answer: answer == 91, "that is what the server acknowledges: the number behind the SYN."),
)

check_strangers = Exercise(
    lambda: next(iter(alarms(SAMPLES / "tcp_syn_flood.pcap"))).facts["syns"],
    (lambda answer: answer == 121, "one of them is a client like any other, and completes its handshake."),
    (lambda answer: answer == 250, "that is the number of all frames."),
)

check_threshold = Exercise(
    lambda: 121,
    (lambda answer: answer == 120, "with that number, the flood is still one."),
    (lambda answer: answer == 100, "that is what it is now."),
)
