"""The exercises of "One web request"."""

from __future__ import annotations

from collections.abc import Callable

from dissect import DNS, TCP, HTTPRequest, HTTPResponse, Packet, read

from . import SAMPLES, Exercise, FilterExercise

__all__ = [
    "check_asked",
    "check_body",
    "check_headers",
    "check_name_time",
    "check_options",
    "check_share",
    "check_total",
    "check_without_data",
]


def _packets() -> list[Packet]:
    return list(read(SAMPLES / "web_request.pcap"))


def _sum(of: Callable[[Packet], int]) -> Callable[[], int]:
    """Return what makes the sum over all packets."""
    return lambda: sum(map(of, _packets()))


def _headers_of_tcp(packet: Packet) -> int:
    return sum(packet.get("tcp.hdr_len"))


def _options_of_tcp(packet: Packet) -> int:
    return sum(length - 20 for length in packet.get("tcp.hdr_len"))


def _body() -> int:
    """Return how many bytes stand behind the head of the answer."""
    response = next(packet[HTTPResponse] for packet in _packets() if HTTPResponse in packet)
    return len(bytes(response).partition(b"\r\n\r\n")[2])


def _fields() -> list[str]:
    """Return the names of the request's fields."""
    request = next(packet[HTTPRequest] for packet in _packets() if HTTPRequest in packet)
    return [field.field_name for field in request.headers]


def _name_time() -> float:
    """Return the microseconds between question and answer."""
    question, answer = (packet.time_ns or 0 for packet in _packets() if DNS in packet)
    return (answer - question) / 1000


def _asked() -> tuple[str, str]:
    """Return who asked for the name, and whom."""
    question = next(packet for packet in _packets() if DNS in packet)
    return question.get("ip.src")[0], question.get("ip.dst")[0]


check_total = Exercise(_sum(lambda packet: packet.original_length))

check_share = Exercise(
    _sum(_headers_of_tcp),
    (lambda answer: answer == 20 * sum(TCP in packet for packet in _packets()), "they are longer than 20 bytes."),
    (
        lambda answer: answer == _sum(_options_of_tcp)(),
        "those are the options alone; the twenty bytes before count, too.",
    ),
)

check_options = Exercise(
    _sum(_options_of_tcp),
    (lambda answer: answer == _sum(_headers_of_tcp)(), "of each header, twenty bytes are no options."),
)

check_body = Exercise(_body)

check_headers = Exercise(_fields)

check_without_data = FilterExercise(
    "web_request.pcap",
    "tcp.len == 0",
    (lambda answer: answer.strip() in ("not http", "!http"), "ARP and DNS are no segments."),
    without=["frame.number"],
)

check_name_time = Exercise(
    _name_time,
    (lambda answer: abs(answer * 1000 - _name_time()) < 1, "that is milliseconds."),
    (lambda answer: abs(answer - _name_time() * 1000) < 1, "that is nanoseconds."),
)

check_asked = Exercise(
    _asked,
    (lambda answer: answer == _asked()[::-1], "the other way round."),
)
