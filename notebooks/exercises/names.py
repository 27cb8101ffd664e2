"""The exercises of "Names"."""

from __future__ import annotations

from dissect import DNS, MXRecord, SRVRecord, read

from . import SAMPLES, Exercise, FilterExercise

__all__ = [
    "check_backwards",
    "check_compressed",
    "check_longest",
    "check_mail",
    "check_no_such_name",
    "check_pointer",
    "check_service",
    "check_written",
]


def _record(of: type) -> object:
    """Return the first record of a type in `dns.pcap`."""
    messages = (packet[DNS] for packet in read(SAMPLES / "dns.pcap"))
    return next(record for message in messages for record in message.answers if type(record) is of)


check_written = Exercise(
    lambda: len("mail.example.test") + 2,
    (
        lambda answer: answer == len("mail.example.test"),
        "no dot is sent, but each label has a length, and the root, too.",
    ),
    (lambda answer: answer == len("mail.example.test") + 1, "and the root?"),
)

check_pointer = Exercise(
    lambda: 0xC02C & 0x3FFF,
    (lambda answer: answer == 0xC02C, "the first two bits say that it is a pointer, and do not count."),
)

check_backwards = Exercise(
    lambda: "7.2.0.192.in-addr.arpa",
    (lambda answer: answer.startswith("192."), "names become more general to the right."),
)

check_mail = Exercise(
    lambda: _record(MXRecord).exchange,  # type: ignore[attr-defined]
    (lambda answer: answer.replace(".", "").isdigit(), "that is an address; the record gives a name."),
)

check_service = Exercise(lambda: _record(SRVRecord).port)  # type: ignore[attr-defined]

check_no_such_name = FilterExercise(
    "dns.pcap",
    "dns.flags.rcode == 3",
    (lambda answer: "count.answers" in answer, "an answer without records is another way to say no."),
    without=["frame.number"],
)

check_compressed = Exercise(
    lambda: b"\x04mail\xc0\x0c",
    (lambda answer: answer.endswith(b"\0"), "a pointer ends a name; the root comes where it points to."),
)

check_longest = Exercise(
    lambda: 63,
    (lambda answer: answer == 255, "so many bytes may a whole name have."),
    (lambda answer: answer == 64, "of the eight bits of the length, two have another meaning."),
)
