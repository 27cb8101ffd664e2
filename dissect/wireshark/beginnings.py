"""Protocols that Wireshark shows where one of their messages begins which other segments complete."""

from __future__ import annotations

from typing import Any

__all__ = ["BEGUN", "begun_protocol", "is_alone", "is_begun"]

BEGUN = "[TCP segment of a reassembled PDU]"
"""What the list says of such a segment."""


def is_begun(header: Any) -> bool:
    """Whether nothing is there but that a message begins."""
    return bool(header.learnt("is_begun"))


def is_alone(header: Any) -> bool:
    """Whether the rest of the message can't be had, because the segment can't be put together with others."""
    return bool(header.learnt("stands_alone"))


def begun_protocol(header: Any) -> str:
    """Return what a list has for the protocol of such a header; nothing behind messages, which tell theirs."""
    return "" if header.learnt("is_behind_others") else "TCP"
