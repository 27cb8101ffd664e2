"""The exercises of "Sockets and what they send"."""

from __future__ import annotations

import struct

from dissect import TCP, conversations, read

from . import SAMPLES, Exercise, FilterExercise

__all__ = [
    "check_big_endian",
    "check_cut",
    "check_empty",
    "check_joined",
    "check_misread",
    "check_size",
    "check_tries",
]


def _messages() -> list[str]:
    """Return the names of the files that were sent, each behind its length."""
    data = conversations(SAMPLES / "tcp_length_prefixed.pcap")[0].client.data
    names = []
    while data:
        (length,) = struct.unpack_from(">H", data)
        (size,) = struct.unpack_from(">I", data, 2 + length)
        names.append(data[2 : 2 + length].decode())
        data = data[6 + length + size :]
    return names


def _tries() -> int:
    """Return how often a client asks a port that does not answer, before it has waited four seconds."""
    return sum((packet.time_ns or 0) - _first() < 4_000_000_000 for packet in read(SAMPLES / "tcp_filtered_port.pcap"))


def _first() -> int:
    return next(read(SAMPLES / "tcp_filtered_port.pcap")).time_ns or 0


def _joined() -> int:
    """Return how many segments carry the twenty messages."""
    return sum(packet[TCP].payload is not None for packet in read(SAMPLES / "tcp_sticky_messages.pcap"))


check_big_endian = Exercise(
    lambda: bytes.fromhex("00000fa0"),
    (lambda answer: answer == bytes.fromhex("a00f0000"), "the byte of the least value comes last on the network."),
)

check_misread = Exercise(
    lambda: 0x12000000,
    (lambda answer: answer == 0x12, "that is what was meant."),
)

check_size = Exercise(
    lambda: struct.calcsize(">HIB"),
    (lambda answer: answer == struct.calcsize("HIB"), "with > nothing is filled up between fields."),
)

check_empty = FilterExercise(
    "udp_echo.pcap",
    "udp.length == 8",
    (lambda answer: "udp.length == 0" in answer, "the length counts the header."),
    without=["frame.number", "frame.len"],
)

check_joined = Exercise(
    _joined,
    (lambda answer: answer == 20, "that is how many messages were sent: some went together."),
)

check_cut = Exercise(_messages)

check_tries = Exercise(_tries)
