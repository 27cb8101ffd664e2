"""The exercises of "A home network"."""

from __future__ import annotations

from dissect import DNS, TCP, read

from . import SAMPLES, Exercise, FilterExercise

__all__ = [
    "check_acknowledgments",
    "check_answer_records",
    "check_discover",
    "check_frames_before",
    "check_hidden",
    "check_renewal",
    "check_translated",
]


def _before() -> int:
    """Return how many frames come before the first segment."""
    return next(packet.number for packet in read(SAMPLES / "web_request.pcap") if TCP in packet) - 1


def _records() -> int:
    """Return how many records the first answer has."""
    answers = (packet[DNS] for packet in read(SAMPLES / "web_request.pcap") if DNS in packet)
    return next(len(answer.answers) for answer in answers if answer.is_response)


check_discover = Exercise(
    lambda: "255.255.255.255",
    (lambda answer: answer == "0.0.0.0", "that is where it comes from."),
    (lambda answer: answer.lower() == "ff:ff:ff:ff:ff:ff", "that is the frame's; the datagram has an address, too."),
)

check_renewal = Exercise(
    lambda: 4 * 3600,
    (lambda answer: answer == 7 * 3600, "then it asks all servers, for the second time: T2."),
    (lambda answer: answer == 8 * 3600, "then it is too late."),
)

check_acknowledgments = FilterExercise(
    "dhcp.pcap",
    "dhcp.option.dhcp == 5",
    (lambda answer: answer.strip() == "dhcp", "not all messages of DHCP."),
    without=["frame.number"],
)

check_frames_before = Exercise(_before)

check_translated = Exercise(
    lambda: "203.0.113.5:5000",
    (lambda answer: answer.startswith("192.168."), "that address has no meaning outside."),
    (lambda answer: answer == "203.0.113.5", "and the port?"),
)

check_hidden = Exercise(
    lambda: {"src", "ttl", "checksum"},
    (lambda answer: "dst" in answer, "the destination is changed on the way in."),
    (lambda answer: set(answer) == {"src", "checksum"}, "it is a router, too."),
)

check_answer_records = Exercise(_records)
