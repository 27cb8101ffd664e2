"""One question to one server: what is believed, what is not, and what is asked again."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import DNS, TCP, UDP, ARecord, Host, Question
from dissect.lab.applications.dns_asking import ask
from dissect.lab.applications.dns_messages import options_record
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.dns_zone import Zone
from dissect.lab.program import RunsPrograms
from dissect.lab.udp_sockets import Datagram, UDPSocket
from tests.lab.applications.net import MS, SECOND, Home

SERVER = "192.168.1.1"
QUESTION = Question("www.example.com")
ZONE = Zone("example.com", {"www": {"A": "192.0.2.80"}, "big": {"TXT": ["x" * 200] * 9}})


def two() -> tuple[Home, Host]:
    home = Home()
    return home, home.host("client", "192.168.1.2/24")


def asked(home: Home, client: Host, question: Question = QUESTION, server: str = SERVER, **options: Any) -> Any:
    async def main(host: RunsPrograms) -> object:
        before_ns = host.now_ns
        answer = await ask(host, server, question, host.randomness("test"), **options)
        return answer, (host.now_ns - before_ns) / SECOND

    return home.do(client, main)


def answers(home: Home, *changes: dict[str, Any], port: int | None = None) -> None:
    """Have the server answer each question several times, each with other mistakes."""

    def answer(socket: UDPSocket, datagram: Datagram) -> None:
        query: DNS = DNS.decode(datagram.data, 0, len(datagram.data), 0)
        right: dict[str, Any] = {"id": query.id, "is_response": True, "questions": [QUESTION]}
        for change in changes:
            given = right | {key: value(query) if callable(value) else value for key, value in change.items()}
            source = socket if port is None else home.server.udp.open(port)
            source.send(bytes(DNS(**given)), datagram.ip, datagram.port)

    home.server.udp.open(53, answer)


def test_a_question_is_answered() -> None:
    home, client = two()
    home.serve(DNSServer([ZONE]))
    answer, seconds = asked(home, client)
    assert answer.answers[0].address == "192.0.2.80"
    assert seconds < 0.1


def test_transaction_and_port_are_drawn_by_chance() -> None:
    home, client = two()
    home.serve(DNSServer([ZONE]))

    async def main(host: RunsPrograms) -> None:
        random = host.randomness("test")
        for _ in range(20):
            await ask(host, SERVER, QUESTION, random)

    home.do(client, main)
    queries = [
        packet for packet in home.lab.recording.packets(["client-s"]) if DNS in packet and not packet[DNS].is_response
    ]
    assert len({packet[DNS].id for packet in queries}) == 20
    assert len({packet[UDP].sport for packet in queries}) == 20


WRONG: list[dict[str, Any]] = [
    {"id": lambda query: query.id ^ 1},
    {"is_response": False},
    {"questions": []},
    {"questions": [Question("WWW.example.com")]},
    {"questions": [Question("www.example.com", "AAAA")]},
]


def test_what_answers_something_else_is_not_believed_and_the_right_answer_still_is() -> None:
    home, client = two()
    good = {"answers": [ARecord("www.example.com", "192.0.2.1")]}
    answers(home, *(wrong | {"answers": [ARecord("www.example.com", "6.6.6.6")]} for wrong in WRONG), good)
    assert asked(home, client)[0].answers[0].address == "192.0.2.1"


@pytest.mark.parametrize("options", [{"port": 54}, {}], ids=["another port", "wrong"])
def test_who_gets_nothing_to_believe_gives_up_in_time(options: dict[str, Any]) -> None:
    home, client = two()
    answers(home, *([{}] if options else WRONG), **options)
    assert asked(home, client, timeout_ns=700 * MS) == (None, pytest.approx(0.7, abs=0.01))


def test_nobody_there_is_known_at_once_or_when_the_neighbour_is_given_up() -> None:
    home, client = two()
    answer, seconds = asked(home, client)
    assert (answer, seconds < 0.1) == (None, True), "port unreachable"
    assert asked(home, client, server="192.168.1.77") == (None, pytest.approx(3, abs=0.01))
    assert asked(home, client, server="10.0.0.1") == (None, 0)


def test_a_cut_answer_comes_again_over_tcp() -> None:
    home, client = two()
    home.serve(DNSServer([ZONE]))
    answer, _ = asked(home, client, Question("big.example.com", "TXT"))
    assert (len(answer.answers), answer.truncated) == (9, False)
    assert {segment.dport for segment in home.seen(TCP) if segment.syn and not segment.ack_flag} == {53}


def test_a_cut_answer_of_a_server_that_knows_no_tcp_is_none() -> None:
    home, client = two()
    answers(home, {"truncated": True})
    assert asked(home, client)[0] is None


def test_a_server_that_does_not_know_edns_is_asked_without() -> None:
    home, client = two()
    answers(home, {"response_code": lambda query: 1 if query.additional_count else 0})
    answer, _ = asked(home, client, edns=True)
    assert answer.response_code == 0
    queries = [message for message in home.seen(DNS) if not message.is_response]
    assert [options_record(message) is not None for message in queries] == [True, False]
