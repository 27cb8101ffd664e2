from __future__ import annotations

import gzip

import pytest

from dissect import DestinationUnreachable, Ethernet, IPv4, Packet, with_context
from tests.talk import CLIENT, seen, talk

GET = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
FACTS = ("request_number", "response_number", "request_in", "response_in", "prev_request_in", "next_response_in")


def told(packet: Packet) -> list[list[object]]:
    return [packet.get(f"http.{name}") for name in FACTS]


def test_one_pass() -> None:
    packets = seen(talk(80, (0, GET % 1), (1, OK), (0, GET % 2), (1, OK)))
    assert told(packets[3]) == [[1], [], [], [], [], []]
    assert told(packets[4]) == [[], [1], [4], [], [], []]
    assert told(packets[6]) == [[], [2], [6], [], [4], []]
    assert packets[6].get("http.response_for.uri") == ["http://a/2"]
    assert packets[6].get("http.time") == [1000000]


def test_two_passes() -> None:
    said = talk(80, (0, GET % 1), (1, OK), (0, GET % 2), (1, OK))
    packets = list(with_context(said, before=talk(80, (0, GET % 1), (1, OK), (0, GET % 2), (1, OK))))
    assert told(packets[3]) == [[1], [], [], [5], [], []]
    assert told(packets[4]) == [[], [1], [4], [], [], [7]]


def test_an_answer_that_was_not_asked_for() -> None:
    packets = seen(talk(80, (1, OK), (1, OK)))
    assert [packet.get("http.response_number") for packet in packets[3:]] == [[1], [2]]
    assert packets[4].get("http.request_in") == []


def test_a_target_with_a_scheme_in_any_case_has_its_host() -> None:
    packets = seen(talk(80, (0, b"GET HTTP://b/x HTTP/1.1\r\nHost: a\r\n\r\n")))
    assert packets[3].get("http.request.full_uri") == ["HTTP://b/x"]


@pytest.mark.parametrize("target", [b"http://b/x", b"*"])
def test_targets(target: bytes) -> None:
    packets = seen(talk(80, (0, b"GET %s HTTP/1.0\r\n\r\n" % target), (1, OK)))
    assert packets[4].get("http.response_for.uri") == [target.decode()]


def test_a_notification_is_not_counted() -> None:
    """Tshark takes it for no request: names have only fields that are known, and others are spelt out."""
    notes = b"NOTIFY / HTTP/1.1\r\nHost: a\r\nNTS: b\r\nContent-Length: 0\r\n\r\n"
    packets = seen(talk(80, (0, notes), (1, OK), (0, GET % 1), (1, OK)))
    assert told(packets[3]) == [[], [], [], [], [], []]
    assert (packets[3].get("http.request.line"), packets[3].get("http.unknown_header")) == ([], ["NTS: b\\r\\n"])
    assert told(packets[4]) == [[], [1], [], [], [], []]
    assert packets[5].get("http.request_number") == [2]


def test_a_compressed_body_of_nothing_is_no_layer() -> None:
    body = gzip.compress(b"")
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    packets = seen(talk(80, (0, GET % 1), (1, answer + body)))
    assert packets[4].get("frame.protocols") == ["eth:ethertype:ip:tcp:http"]


def test_what_an_error_quotes_is_counted() -> None:
    """So does tshark."""
    packets = talk(80, (0, GET % 1), (0, GET % 2))
    error = Ethernet() / IPv4(src="198.51.100.1", dst=CLIENT) / DestinationUnreachable(payload=packets[3].frame.payload)
    found = seen([*packets[:4], Packet(bytes(error)), packets[4]])
    assert [packet.get("http.request_number") for packet in found[3:]] == [[1], [2], [3]]
