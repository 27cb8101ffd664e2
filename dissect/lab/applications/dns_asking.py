"""One question to one name server: over UDP, over TCP where the answer is cut (RFC 1035, RFC 5452, RFC 7766)."""

from __future__ import annotations

from random import Random

from dissect.errors import DissectError
from dissect.lab.applications.dns_messages import PAYLOAD, PORT, options_record, read_from_stream, read_message, written
from dissect.lab.applications.sockets import HasSockets
from dissect.lab.udp_sockets import EPHEMERAL, UDPSocket, UDPSockets
from dissect.protocols.dns import DNS, DNSLength, Question
from dissect.protocols.dns_options import OPTRecord
from dissect.protocols.dns_types import DNSResponseCode

__all__ = ["ask"]

SECOND = 1_000_000_000
_TRIES = 16
_IS_REFUSED = frozenset({DNSResponseCode.FORMAT_ERROR, DNSResponseCode.NOT_IMPLEMENTED})


async def ask(
    host: HasSockets, server: str, question: Question, random: Random, *, recursive: bool = True, edns: bool = False,
    timeout_ns: int = 5 * SECOND, port: int = PORT,
) -> DNS | None:  # fmt: skip
    """Return what a server answers; None where nothing that can be believed comes in time.

    Transaction and port are drawn from `random`, so that who does not see the question can't guess them; an answer
    counts when these, the address and the question are right. `recursive` is whether the server should ask
    others. A server that does not know EDNS is asked again without it.
    """
    until_ns = host.now_ns + timeout_ns
    socket = _socket(host.udp, random)
    try:
        socket.connect(server, port)
        query = _query(question, random, recursive=recursive, edns=edns)
        socket.send(written(query), server, port)
        while (left_ns := until_ns - host.now_ns) > 0:
            datagram = await socket.receive(left_ns)
            answer = None if datagram is None else read_message(datagram.data)
            if answer is not None and _answers(answer, query):
                break
        else:
            return None
    except DissectError:
        # No way leads there, or somebody said that nobody listens: as if there were no answer.
        return None
    finally:
        socket.close()
    if edns and answer.response_code in _IS_REFUSED and options_record(answer) is None:
        left_ns = until_ns - host.now_ns
        return await ask(host, server, question, random, recursive=recursive, timeout_ns=left_ns, port=port)
    if answer.truncated:
        return await _ask_by_tcp(host, server, port, query, until_ns)
    return answer


def _socket(sockets: UDPSockets, random: Random) -> UDPSocket:
    for _ in range(_TRIES):
        port = random.randrange(EPHEMERAL.start, EPHEMERAL.stop)
        if sockets.get(port) is None:
            return sockets.open(port)
    return sockets.open()


def _query(question: Question, random: Random, *, recursive: bool, edns: bool) -> DNS:
    return DNS(
        id=random.getrandbits(16),
        recursion_desired=recursive,
        questions=[question],
        additionals=[OPTRecord(record_class=PAYLOAD)] if edns else [],
    )


def _answers(answer: DNS, query: DNS) -> bool:
    """Whether this is an answer to what was asked, letter by letter (RFC 5452, section 9.1)."""
    if not answer.is_response or answer.id != query.id or len(answer.questions) != 1:
        return False
    asked, repeated = query.questions[0], answer.questions[0]
    return (repeated.domain, repeated.type, repeated.record_class) == (asked.domain, asked.type, asked.record_class)


async def _ask_by_tcp(host: HasSockets, server: str, port: int, query: DNS, until_ns: int) -> DNS | None:
    try:
        connection = host.tcp.connect(server, port)
    except DissectError:
        return None
    connection.timeout_ns = max(until_ns - host.now_ns, 0)
    try:
        _ = await connection
        await connection.write(bytes(DNSLength() / query))
        data = await read_from_stream(connection)
    except DissectError:
        return None
    finally:
        connection.close()
    answer = None if data is None else read_message(data)
    return answer if answer is not None and _answers(answer, query) else None
