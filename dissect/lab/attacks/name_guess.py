"""Forged answers of DNS by who does not see the question, and a resolver that is easy to deceive (RFC 5452)."""

from __future__ import annotations

from dissect.errors import DissectError, FieldError
from dissect.lab.addresses import number_of, single_host
from dissect.lab.applications.dns_messages import canonical, read_message, written
from dissect.lab.attacks.onlookers import forged_answer
from dissect.lab.program import Program
from dissect.lab.udp_sockets import Datagram, UDPSocket
from dissect.protocols.dns import DNS, Question
from dissect.protocols.dns_records import ARecord
from dissect.protocols.udp import UDP

__all__ = ["NameGuess", "OldResolver"]

NAME_PORT = 53
OLD_PORT = 1053


class NameGuess(Program):
    """Sends a resolver `count` answers in the name of its server, with one number after the other (off path).

    One of them has to come after the question and before the server's answer, with the number and the port of the
    question: 1 of 65536, of a resolver that always asks from the same `port`; 1 of about a billion, of one whose port
    can't be guessed either. Raises FieldError for what is no address or fits no header.
    """

    def __init__(
        self,
        target: str,
        server: str,
        question: str,
        answer: str,
        *,
        port: int = OLD_PORT,
        first: int = 0,
        count: int = 16,
        interval_ns: int = 1_000,
    ) -> None:
        super().__init__()
        number_of(target)
        if not 1 <= count <= 1 << 16 or not 0 <= first < 1 << 16:
            raise FieldError(f"{count} numbers from {first} on are none, expected 1 to 65536 from 0 to 65535")
        self.target = target
        self.server = single_host(server, "the server")
        self.question = Question(question)
        self.answer = single_host(answer, "the answer")
        self.numbers = range(first, first + count)
        self.interval_ns = interval_ns
        self._head = UDP(sport=NAME_PORT, dport=port)
        self._next = 0

    def begin(self, now_ns: int) -> None:
        """Send the first guess."""
        self.advance(now_ns)

    def advance(self, now_ns: int) -> None:
        """Send the next guess."""
        data = forged_answer(self.question, self.numbers[self._next] & 0xFFFF, self.answer)
        try:
            self.host.send(self.target, self._head.replace(payload=data), src=self.server)
        except DissectError as reason:
            self.print(str(reason))
        self._next += 1
        if self._next == len(self.numbers):
            self.print(f"sent {self._next} answers to {self.target} in the name of {self.server}")
            self.finish()
        else:
            self.deadline = now_ns + self.interval_ns


class OldResolver(Program):
    """Asks for a name as resolvers did before 2008: always from the same `port`, with a `number` that counts up.

    It believes the first answer that has the number, comes from the server and is about the name.
    """

    def __init__(
        self, name: str, server: str, *, port: int = OLD_PORT, number: int = 1, wait_ns: int = 5_000_000_000
    ) -> None:
        super().__init__()
        self.name = name
        self.server = single_host(server, "the server")
        self.port = port
        self.query = DNS(id=number, recursion_desired=True, questions=[Question(name)])
        self.wait_ns = wait_ns
        self.address: str | None = None
        """What the name stands for, as the resolver believes."""
        self._socket: UDPSocket | None = None

    def begin(self, now_ns: int) -> None:
        """Ask."""
        try:
            self._socket = self.host.udp.open(self.port, self._answered)
            self._socket.send(written(self.query), self.server, NAME_PORT)
        except DissectError as reason:
            self.print(str(reason))
            self._conclude()
            return
        self.deadline = now_ns + self.wait_ns

    def _answered(self, socket: UDPSocket, datagram: Datagram) -> None:
        answer = read_message(datagram.data)
        if answer is None or not answer.is_response or answer.id != self.query.id:
            return
        if (datagram.ip, datagram.port) != (self.server, NAME_PORT) or len(answer.questions) != 1:
            return
        if canonical(answer.questions[0].domain) != canonical(self.name):
            return
        self.address = next((str(each.address) for each in answer.answers if isinstance(each, ARecord)), None)
        self.print(f"{self.name} is {self.address or 'no name'}")
        self._conclude()

    def advance(self, now_ns: int) -> None:
        """Give up waiting."""
        self.print(f"{self.server} says nothing of {self.name}")
        self._conclude()

    def _conclude(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self.finish()
