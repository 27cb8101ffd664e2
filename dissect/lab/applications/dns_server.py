"""A name server that answers from its zones, over UDP and TCP (RFC 1035, RFC 6891, RFC 7766)."""

from __future__ import annotations

from collections.abc import Iterable

from dissect.errors import DissectError
from dissect.lab.applications.dns_messages import (
    PAYLOAD,
    PLAIN_PAYLOAD,
    PORT,
    options_record,
    read_from_stream,
    read_message,
    written,
)
from dissect.lab.applications.dns_zone import Found, Zone
from dissect.lab.async_program import AsyncProgram
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.udp_sockets import Datagram, UDPSocket
from dissect.protocols.dns import DNS, DNSLength, Question
from dissect.protocols.dns_options import OPTRecord
from dissect.protocols.dns_types import DNSOpcode, DNSResponseCode, RecordClass, RecordType

__all__ = ["AnswersNames", "DNSServer", "answer_to"]

SECOND = 1_000_000_000
IDLE_NS = 10 * SECOND
"""How long a connection over which nobody asks is kept (RFC 7766, section 6.2.3)."""
_UNANSWERED = frozenset({RecordType.AXFR, RecordType.IXFR})


def answer_to(query: DNS, zones: Iterable[Zone]) -> DNS:
    """Return the answer to a question from the zone of several that is closest to its name.

    >>> zone = Zone("example.com", {"www": {"A": "192.0.2.80"}})
    >>> answer_to(DNS(questions=[Question("www.example.com")]), [zone]).info()
    'response, A www.example.com: A 192.0.2.80'
    """
    refused = refusal(query)
    if refused is not None:
        return refused
    question = query.questions[0]
    closest = max(
        (zone for zone in zones if zone.covers(question.domain)), key=lambda zone: len(zone.origin), default=None
    )
    if (
        closest is None
        or question.record_class not in (RecordClass.IN, RecordClass.ANY)
        or question.type in _UNANSWERED
    ):
        return response(query, code=DNSResponseCode.REFUSED)
    return response(query, closest.find(question.domain, question.type))


def refusal(query: DNS) -> DNS | None:
    """Return what is answered to a message that asks nothing, or too much; None where it asks one thing."""
    if query.opcode != DNSOpcode.QUERY:
        return response(query, code=DNSResponseCode.NOT_IMPLEMENTED)
    if len(query.questions) != 1 or query.truncated:
        return response(query, code=DNSResponseCode.FORMAT_ERROR)
    options = options_record(query)
    if options is not None and options.version:
        return response(query, code=DNSResponseCode.BAD_VERSION)
    return None


def response(
    query: DNS, found: Found | None = None, *, code: DNSResponseCode = DNSResponseCode.NO_ERROR, recursive: bool = False
) -> DNS:
    """Return a response with what was found, or none; `recursive` is whether others are asked."""
    found = found or Found(is_authoritative=False)
    if not found.exists:
        code = DNSResponseCode.NO_SUCH_NAME
    options: list[OPTRecord] = []
    if options_record(query) is not None:
        options = [OPTRecord(record_class=PAYLOAD, extended_code=code >> 4)]
    return DNS(
        id=query.id,
        is_response=True,
        opcode=query.opcode,
        authoritative=found.is_authoritative,
        recursion_desired=query.recursion_desired,
        recursion_available=recursive,
        response_code=code & 15,
        questions=[Question(each.domain, each.type, record_class=each.record_class) for each in query.questions],
        answers=found.answers,
        authorities=found.authorities,
        additionals=[*found.additionals, *options],
    )


class AnswersNames(AsyncProgram):
    """Takes questions at a port, over UDP and TCP, and sends what `answer` gives; what is no question is dropped."""

    def __init__(self, port: int = PORT) -> None:
        super().__init__()
        self.port = port

    async def answer(self, query: DNS) -> DNS:
        """Return the answer to a message that asks."""
        raise NotImplementedError

    async def main(self) -> None:
        """Answer for ever."""
        _ = self.host.tcp.listen(self.port, on_accept=self._accept)
        socket = self.host.udp.open(self.port)
        while (datagram := await socket.receive()) is not None:
            query = read_question(datagram.data)
            if query is not None:
                _ = self.start(self._answer(socket, datagram, query))

    def _accept(self, connection: TCPConnection) -> None:
        _ = self.start(self._converse(connection))

    async def _answer(self, socket: UDPSocket, datagram: Datagram, query: DNS) -> None:
        answer = await self.answer(query)
        options = options_record(query)
        most = PLAIN_PAYLOAD if options is None else min(max(options.record_class, PLAIN_PAYLOAD), PAYLOAD)
        self.print(f"{datagram.ip}:{datagram.port} {answer.info()}")
        try:
            source = datagram.destination if self.host.is_own(datagram.destination) else None
            socket.send(written(answer, most), datagram.ip, datagram.port, src=source)
        except DissectError as reason:
            self.print(str(reason))

    async def _converse(self, connection: TCPConnection) -> None:
        connection.timeout_ns = IDLE_NS
        while (data := await read_from_stream(connection)) is not None:
            query = read_question(data)
            if query is None:
                break
            answer = await self.answer(query)
            self.print(f"{connection.addresses.remote}:{connection.addresses.remote_port} {answer.info()}")
            message = written(answer)
            await connection.write(bytes(DNSLength(length=len(message))) + message)
        connection.close()


def read_question(data: bytes) -> DNS | None:
    """Return a message that asks; for one that can't be read the header alone, so that it is answered as an error."""
    message = read_message(data)
    if message is None:
        header: DNS = DNS.decode(data, 0, len(data), 0)
        if len(data) < _HEADER or header.is_response:
            return None
        return DNS(id=header.id, opcode=header.opcode, recursion_desired=header.recursion_desired)
    return None if message.is_response else message


_HEADER = 12


class DNSServer(AnswersNames):
    """Answers from `zones`: a name, what it stands for, that there is none, or who is asked for it.

    An answer that does not fit a datagram is cut, so that the question comes again over TCP; what is asked for
    other zones is refused.
    """

    def __init__(self, zones: Iterable[Zone], *, port: int = PORT) -> None:
        super().__init__(port)
        self.zones = list(zones)

    async def answer(self, query: DNS) -> DNS:
        """Return the answer of the zones."""
        return answer_to(query, self.zones)
