"""The name server: flags, refusals, EDNS, datagrams that are too small, and streams."""

from __future__ import annotations

import pytest

from dissect import DNS, UDP, Question, parse
from dissect.lab.applications.dns_messages import options_record, read_message, written
from dissect.lab.applications.dns_server import DNSServer, answer_to, read_question
from dissect.lab.applications.dns_zone import Zone
from dissect.lab.program import RunsPrograms
from dissect.protocols.dns import DNSLength
from dissect.protocols.dns_options import OPTRecord
from dissect.protocols.dns_types import DNSOpcode, DNSResponseCode, RecordClass
from tests.lab.applications.net import SECOND, Home

ZONE = Zone("example.com", {"www": {"A": "192.0.2.80"}, "big": {"TXT": ["x" * 200] * 5}, "mx": {"MX": ["1 www"]}})
BELOW = Zone("sub.example.com", {"www": {"A": "192.0.2.81"}})


def answered(query: DNS) -> DNS:
    return answer_to(query, [ZONE, BELOW])


def test_the_closest_zone_answers_with_what_was_asked() -> None:
    query = DNS(id=77, questions=[Question("wWw.Sub.example.com")])
    answer = answered(query)
    assert (answer.id, answer.is_response, answer.authoritative, answer.recursion_available) == (77, True, True, False)
    assert answer.recursion_desired
    assert list(answer.questions) == list(query.questions)
    assert answer.answers[0].address == "192.0.2.81"
    assert not answer.additionals


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (DNS(questions=[Question("nobody.example.com")]), DNSResponseCode.NO_SUCH_NAME),
        (DNS(questions=[Question("www.example.net")]), DNSResponseCode.REFUSED),
        (DNS(questions=[Question("example.com", "AXFR")]), DNSResponseCode.REFUSED),
        (DNS(questions=[Question("www.example.com", record_class=RecordClass.CH)]), DNSResponseCode.REFUSED),
        (DNS(questions=[]), DNSResponseCode.FORMAT_ERROR),
        (DNS(questions=[Question("www.example.com")] * 2), DNSResponseCode.FORMAT_ERROR),
        (DNS(opcode=DNSOpcode.STATUS, questions=[Question("www.example.com")]), DNSResponseCode.NOT_IMPLEMENTED),
    ],
)
def test_what_is_not_answered_is_told_why(query: DNS, code: DNSResponseCode) -> None:
    answer = answered(query)
    assert (answer.response_code, list(answer.answers)) == (code, [])


def test_who_knows_edns_is_answered_with_it() -> None:
    asked = [Question("www.example.com")]
    options = options_record(answered(DNS(questions=asked, additionals=[OPTRecord(record_class=4096)])))
    assert options is not None
    assert (options.record_class, options.extended_code) == (1232, 0)
    options = options_record(answered(DNS(questions=asked, additionals=[OPTRecord(version=1)])))
    assert options is not None
    assert options.extended_code << 4 == DNSResponseCode.BAD_VERSION


def test_what_does_not_fit_loses_the_rest_first_and_then_everything() -> None:
    whole = answered(DNS(questions=[Question("mx.example.com", "MX")]))
    assert len(whole.additionals) == 1
    shorter = read_message(written(whole, len(written(whole)) - 1))
    assert shorter is not None
    assert (len(shorter.answers), len(shorter.additionals), shorter.truncated) == (1, 0, False)
    cut = read_message(written(answered(DNS(questions=[Question("big.example.com", "TXT")])), 512))
    assert cut is not None
    assert (cut.truncated, len(cut.answers), len(cut.questions)) == (True, 0, 1)


def test_what_can_not_be_read_is_a_format_error_or_nothing() -> None:
    data = bytes(DNS(id=5, questions=[Question("www.example.com")]))
    broken = read_question(data[:-3])
    assert broken is not None
    assert (broken.id, answered(broken).response_code) == (5, DNSResponseCode.FORMAT_ERROR)
    assert read_question(data[:11]) is None
    assert read_question(bytes(DNS(is_response=True))) is None


def served() -> Home:
    home = Home()
    home.serve(DNSServer([ZONE]))
    return home


def test_datagrams_are_answered_from_the_address_that_was_asked() -> None:
    home = Home()
    home.server.add_address(0, "192.168.1.9/24")
    home.serve(DNSServer([ZONE]))
    client = home.host("client", "192.168.1.2/24")

    async def ask(host: RunsPrograms) -> object:
        socket = host.udp.open()
        socket.connect("192.168.1.9", 53)
        socket.send(bytes(DNS(id=9, questions=[Question("big.example.com", "TXT")])), "192.168.1.9", 53)
        small = await socket.receive(SECOND)
        query = DNS(id=9, questions=[Question("big.example.com", "TXT")], additionals=[OPTRecord(record_class=1232)])
        socket.send(bytes(query), "192.168.1.9", 53)
        large = await socket.receive(SECOND)
        assert small is not None
        assert large is not None
        return [len(small.data) < 512, len(large.data) > 1000]

    assert home.do(client, ask) == [True, True]


def test_several_questions_over_one_connection_in_one_piece() -> None:
    home = served()
    client = home.host("client", "192.168.1.2/24")

    async def ask(host: RunsPrograms) -> object:
        connection = await host.tcp.connect("192.168.1.1", 53)
        queries = [DNS(id=number, questions=[Question("www.example.com")]) for number in (1, 2)]
        await connection.write(b"".join(bytes(DNSLength() / query) for query in queries))
        lengths = []
        for _ in queries:
            size = int.from_bytes(await connection.read_exactly(2), "big")
            message = read_message(await connection.read_exactly(size))
            assert message is not None
            lengths.append(message.id)
        return [lengths, await connection.read()]

    assert home.do(client, ask) == [[1, 2], b""], "an idle connection is closed"
    assert [packet.dport for packet in home.seen(UDP)] == []


def test_the_answers_of_a_lab_are_frames_without_problems() -> None:
    home = served()
    client = home.host("client", "192.168.1.2/24", name_servers=["192.168.1.1"])

    async def ask(host: RunsPrograms) -> object:
        return await host.resolve("www.example.com")

    assert home.do(client, ask) == "192.0.2.80"
    assert all(not parse(packet.data).problems() for packet in home.lab.recording.packets())
