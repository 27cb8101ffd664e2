"""LLMNR as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.llmnr import LLMNR
from dissect.wireshark.dns import DNSSight

__all__ = ["LLMNRSight"]


def _always(message: LLMNR) -> bool:
    return True


class LLMNRSight(DNSSight, of=LLMNR):
    """A message of DNS under a name of its own, with two flags of its own."""

    called = "LLMNR"
    hides = DNSSight.hides | dict.fromkeys(
        (
            "conflict",
            "tentative",
            "authoritative",
            "recursion_desired",
            "recursion_available",
            "reserved",
            "authenticated",
            "checking_disabled",
        ),
        _always,
    )
