"""How a host finds the addresses of names: its own table first, then its name servers (RFC 1123, section 6.1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import TYPE_CHECKING

from dissect.errors import FieldError, NameNotFoundError
from dissect.lab.addresses import number_of, single_host
from dissect.lab.applications.sockets import HasSockets

if TYPE_CHECKING:
    from dissect.protocols.dns import DNS, Question
    from dissect.protocols.dns_records import ResourceRecord

__all__ = ["StubResolver"]

SECOND = 1_000_000_000
ATTEMPTS = 2
TIMEOUT_NS = 5 * SECOND
"""How often each server is asked, and how long it has for an answer, as in glibc."""


class StubResolver:
    """Asks the name servers of `servers`, each twice, for up to 5 seconds; it remembers nothing.

    A name without a dot is looked for in `domain` first, one that ends with a dot nowhere else. `names` is what the
    host knows by itself, as in /etc/hosts. Raises FieldError for servers that are no hosts.
    """

    def __init__(
        self,
        host: HasSockets,
        random: Random,
        *,
        servers: Iterable[str] = (),
        domain: str = "",
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._host = host
        self._random = random
        self.servers: list[str] = []
        """Whom it asks, in this order."""
        self.domain = ""
        self.names = {name.lower(): single_host(ip, name) for name, ip in (names or {}).items()}
        """Addresses by name, in lower case, which nobody is asked for."""
        self.learn(servers, domain)

    def learn(self, servers: Iterable[str], domain: str) -> None:
        """Ask these servers from now on, and complete names with this domain."""
        self.servers = [single_host(ip, "the name server") for ip in servers]
        self.domain = domain.strip(".")

    async def resolve(self, name: str) -> str:
        """Return an IPv4 address of a name, which may be an address itself.

        Raises NameNotFoundError where there is no such name, or it has no address, or nobody answers.
        """
        try:
            number_of(name)
        except FieldError:
            return (await self.addresses(name))[0]
        return name

    async def addresses(self, name: str) -> list[str]:
        """Return the IPv4 addresses of a name, in the order in which they came; the errors are those of `resolve`."""
        known = self.names.get(name.lower().removesuffix("."))
        if known is not None:
            return [known]
        reason = f"{name} has no address"
        for candidate in self._candidates(name):
            try:
                records = await self.records(candidate)
            except NameNotFoundError as error:
                reason = str(error)
                continue
            if records:
                return [record.address for record in records if hasattr(record, "address")]
        raise NameNotFoundError(reason)

    def _candidates(self, name: str) -> list[str]:
        """Return the whole names that a name may stand for."""
        if "." in name or not self.domain:
            return [name.removesuffix(".")]
        return [f"{name}.{self.domain}", name]

    async def records(self, name: str, kind: str = "A") -> list[ResourceRecord]:
        """Return the records of one type that a whole name has, or the name that it stands for.

        Raises NameNotFoundError where there is no such name, or nobody answers.
        """
        # DNS is declared in many classes, which hosts that ask for no names need not load.
        from dissect.lab.applications.dns_messages import canonical, written_out
        from dissect.protocols.dns import Question
        from dissect.protocols.dns_types import DNSResponseCode, RecordType

        if not self.servers:
            raise NameNotFoundError(f"nobody knows {name}: the host has no name server")
        question = Question(name, kind)
        answer, server = await self._answer(question)
        if answer is None:
            raise NameNotFoundError(f"nobody knows {name}: no answer from {', '.join(self.servers)}")
        if answer.response_code == DNSResponseCode.NO_SUCH_NAME:
            raise NameNotFoundError(f"there is no name {name}, says {server}")
        if answer.response_code:
            raise NameNotFoundError(f"nobody knows {name}: {server} says {answer.response_code.title}")
        records = written_out(answer.answers)
        wanted, links = canonical(name), {}
        for record in records:
            if record.type == RecordType.CNAME:
                links[canonical(record.owner)] = canonical(getattr(record, "target", ""))
        for _ in records:
            wanted = links.get(wanted, wanted)
        return [record for record in records if record.type == question.type and canonical(record.owner) == wanted]

    async def _answer(self, question: Question) -> tuple[DNS | None, str]:
        """Return the answer of the first server that gives one that is of use, and who gave it."""
        from dissect.lab.applications.dns_asking import ask
        from dissect.protocols.dns_types import DNSResponseCode

        failed: tuple[DNS | None, str] = None, ""
        for _ in range(ATTEMPTS):
            for server in self.servers:
                answer = await ask(self._host, server, question, self._random, timeout_ns=TIMEOUT_NS)
                if answer is None:
                    continue
                if answer.response_code in (DNSResponseCode.NO_ERROR, DNSResponseCode.NO_SUCH_NAME):
                    return answer, server
                failed = answer, server
            if failed[0] is not None:
                break
        return failed
