"""The exercises of "Who has this address? (ARP)"."""

from __future__ import annotations

from dissect import ARP, Ethernet

from . import Exercise, FilterExercise

__all__ = ["check_announcement", "check_conflict", "check_length", "check_questions", "check_reply"]

_MINUTES, _STEP, _LIFETIME = 176, 8, 20


def _questions() -> int:
    """Return how often the entry is gone when a ping wants it."""
    asked, told = 0, -_LIFETIME
    for minute in range(0, _MINUTES + 1, _STEP):
        if minute - told >= _LIFETIME:
            asked, told = asked + 1, minute
    return asked


check_length = Exercise(
    lambda: 8 + 2 * (8 + 4),
    (lambda answer: answer == 28, "that is the length with addresses of 6 bytes."),
    (lambda answer: answer == 8 + 8 + 4, "there are a sender and a target."),
    (lambda answer: answer == 2 * (8 + 4), "in front of the addresses stand five fields."),
    (lambda answer: answer == 14 + 8 + 2 * (8 + 4), "Ethernet's header was not asked for."),
)

check_reply = Exercise(
    lambda: (
        Ethernet(src="02:00:00:00:00:07", dst="02:00:00:00:00:01")
        / ARP(
            opcode="reply",
            sender_mac="02:00:00:00:00:07",
            sender_ip="10.0.0.7",
            target_mac="02:00:00:00:00:01",
            target_ip="10.0.0.1",
        )
    ),
    (lambda answer: answer[ARP].opcode == 1, "this is a question, and not a reply."),
    (lambda answer: answer.dst == "ff:ff:ff:ff:ff:ff", "a reply goes to the one who asked, and not to all."),
    (lambda answer: answer[ARP].sender_ip == "10.0.0.1", "the sender of the question is the target of the reply."),
    (lambda answer: answer.trailer, "it was to be without padding."),
)

check_announcement = Exercise(
    lambda: (
        Ethernet(src="02:00:00:00:00:70", dst="ff:ff:ff:ff:ff:ff")
        / ARP(sender_mac="02:00:00:00:00:70", sender_ip="10.0.0.7", target_ip="10.0.0.7")
    ),
    (lambda answer: answer[ARP].opcode == 2, "a request was asked for."),
    (lambda answer: answer[ARP].is_probe, "that is a probe: nobody writes down who sent it."),
    (lambda answer: answer.dst != "ff:ff:ff:ff:ff:ff", "all are to hear it."),
    (lambda answer: not answer[ARP].is_gratuitous, "sender and target of an announcement have one IP address."),
)

check_questions = Exercise(
    _questions,
    (lambda answer: answer == 1, "entries don't live for three hours."),
    (lambda answer: answer == _MINUTES // _STEP + 1, "the cache is there so that not every ping asks."),
    (
        lambda answer: answer == _MINUTES // _LIFETIME + 1,
        "an entry that is gone is asked for when a ping wants it, and not before.",
    ),
)

check_conflict = FilterExercise(
    "arp_probe.pcap",
    "arp.isprobe",
    (lambda answer: answer.strip() == "arp.opcode == 1", "announcements are requests, too."),
)
