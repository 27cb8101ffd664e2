"""A resolver that remembers: it asks others for its clients, from the root down or one that knows (RFC 1034, 5.3.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from random import Random

from dissect.errors import FieldError
from dissect.lab.addresses import single_host
from dissect.lab.applications.dns_asking import ask
from dissect.lab.applications.dns_cache import DNSCache, Known
from dissect.lab.applications.dns_messages import PORT, canonical, written_out
from dissect.lab.applications.dns_server import AnswersNames, refusal, response
from dissect.lab.applications.dns_zone import LONGEST_CHAIN, Found
from dissect.lab.async_program import Task
from dissect.protocols.dns import DNS, Question
from dissect.protocols.dns_records import ARecord, NSRecord, SOARecord
from dissect.protocols.dns_types import DNSResponseCode, RecordClass, RecordType

__all__ = ["DNSResolver"]

SECOND = 1_000_000_000
TIMEOUT_NS = 2 * SECOND
ATTEMPTS = 2
"""How long a server has for its answer, and how often each is asked."""
MOST_REFERRALS = 16
DEEPEST = 4
"""How many names of name servers may have to be found before a name can be."""
MOST_ASKED = 1000
"""How many questions are being asked at a time; of more, clients are told that it failed."""
_Key = tuple[str, RecordType]


class DNSResolver(AnswersNames):
    """Answers clients from what it remembers, and asks for what it does not know.

    It asks the servers of `forward`, which ask others in their turn, or, from `roots` downwards, who is told to know.
    What it is told of is believed where it is below the zone of who tells it (RFC 5452, section 6). Clients that ask
    for the same at the same time wait for one answer. Raises FieldError where nobody is to be asked, or two kinds are.
    """

    def __init__(
        self, *, forward: Sequence[str] = (), roots: Sequence[str] = (), port: int = PORT, cache_limit: int = 10_000
    ) -> None:
        super().__init__(port)
        if bool(forward) == bool(roots):
            raise FieldError("a resolver asks servers to forward to, or root servers: expected one of the two")
        self.forward = [single_host(ip, "a server to forward to") for ip in forward]
        self.roots = [single_host(ip, "a root server") for ip in roots]
        self.cache = DNSCache(cache_limit)
        self._random: Random
        self._asked: dict[_Key, Task] = {}

    async def main(self) -> None:
        """Answer for ever."""
        self._random = self.host.randomness("resolver")
        await super().main()

    async def answer(self, query: DNS) -> DNS:
        """Return the answer to a client's question."""
        refused = refusal(query)
        if refused is not None:
            return refused
        question = query.questions[0]
        if question.record_class != RecordClass.IN:
            return response(query, code=DNSResponseCode.REFUSED, recursive=True)
        found = Found(is_authoritative=False)
        code = await self._resolve(question.domain, question.type, found, asks=query.recursion_desired)
        found.exists = code != DNSResponseCode.NO_SUCH_NAME
        return response(query, found, code=code, recursive=True)

    async def _resolve(
        self, name: str, kind: RecordType, found: Found, *, asks: bool = True, depth: int = 0
    ) -> DNSResponseCode:
        """Put what a name has, and what the names have that it stands for, into `found`; return how that went."""
        for _ in range(LONGEST_CHAIN):
            known = self.cache.find(name, kind, self.host.now_ns)
            if known is None and asks:
                known = await self._shared(name, kind, depth)
            if known is None:
                return DNSResponseCode.SERVER_FAILURE
            found.answers += known.records
            if known.soa is not None:
                found.authorities.append(known.soa)
            if known.alias is None or kind == RecordType.CNAME:
                return known.code
            name = known.alias
        return DNSResponseCode.SERVER_FAILURE

    async def _shared(self, name: str, kind: RecordType, depth: int) -> Known | None:
        """Ask for a name, or wait for the answer to whoever asks for the same already."""
        key = canonical(name), kind
        task = self._asked.get(key)
        if task is None:
            if len(self._asked) >= MOST_ASKED:
                return None
            task = self._asked[key] = self.start(self._fetch(name, kind, depth))
            task.then(partial(self._answered, key))
        elif depth:
            # It is being asked for on the way to itself, perhaps: then waiting would never end.
            return None
        known = await task
        return known if isinstance(known, Known) else None

    def _answered(self, key: _Key) -> None:
        self._asked.pop(key, None)

    async def _fetch(self, name: str, kind: RecordType, depth: int) -> Known | None:
        """Ask who knows, from the closest zone that is known down to the one of the name."""
        zone, servers = self._closest(name)
        for _ in range(MOST_REFERRALS):
            answer = await self._ask(servers, Question(name, kind))
            if answer is None:
                return None
            known = self._learn(answer, zone, name, kind)
            if known is not None or self.forward:
                return known
            names = [record for record in written_out(answer.authorities) if isinstance(record, NSRecord)]
            below = next((canonical(record.owner) for record in names), zone)
            if not _is_below(below, zone) or below == zone or not _is_below(canonical(name), below):
                return None
            zone, servers = below, await self._addresses([record.server for record in names], depth)
        return None

    def _closest(self, name: str) -> tuple[str, list[str]]:
        """Return the zone closest to a name whose servers are known, and their addresses."""
        if self.forward:
            return "", self.forward
        now_ns = self.host.now_ns
        zone = canonical(name)
        while zone:
            known = self.cache.find(zone, RecordType.NS, now_ns)
            servers = [] if known is None else [each.server for each in known.records if isinstance(each, NSRecord)]
            addresses = [ip for server in servers for ip in self._known_addresses(server)]
            if addresses:
                return zone, addresses
            zone = zone.partition(".")[2]
        return "", self.roots

    def _known_addresses(self, name: str) -> list[str]:
        known = self.cache.find(name, RecordType.A, self.host.now_ns)
        return [] if known is None else [record.address for record in known.records if isinstance(record, ARecord)]

    async def _addresses(self, names: Iterable[str], depth: int) -> list[str]:
        """Return the addresses of name servers; those of which none is known are asked for."""
        names = list(names)
        known = [ip for name in names for ip in self._known_addresses(name)]
        if known or depth >= DEEPEST:
            return known
        for name in names:
            found = Found()
            await self._resolve(name, RecordType.A, found, depth=depth + 1)
            addresses = [record.address for record in found.answers if isinstance(record, ARecord)]
            if addresses:
                return addresses
        return []

    async def _ask(self, servers: Sequence[str], question: Question) -> DNS | None:
        """Return the first answer that is one; which of several servers begins is drawn."""
        if not servers:
            return None
        first = self._random.randrange(len(servers))
        for server in [*servers[first:], *servers[:first]] * ATTEMPTS:
            answer = await ask(
                self.host,
                server,
                question,
                self._random,
                recursive=bool(self.forward),
                edns=True,
                timeout_ns=TIMEOUT_NS,
            )
            if answer is not None and answer.response_code in (DNSResponseCode.NO_ERROR, DNSResponseCode.NO_SUCH_NAME):
                return answer
        return None

    def _learn(self, answer: DNS, zone: str, name: str, kind: RecordType) -> Known | None:
        """Remember what an answer tells of its zone, and return what it says of the name; None for nothing."""
        now_ns = self.host.now_ns
        records = [
            record
            for section in (answer.answers, answer.authorities, answer.additionals)
            for record in written_out(section)
            if _is_below(canonical(record.owner), zone) and record.type != RecordType.OPT
        ]
        told = written_out(answer.answers)
        self.cache.put((record for record in records if not isinstance(record, SOARecord)), now_ns)
        wanted = canonical(name)
        for wanted_kind in (kind, RecordType.CNAME):
            own = [each for each in told if canonical(each.owner) == wanted and each.type == wanted_kind]
            if own:
                return Known(tuple(own))
        every = [each for each in told if canonical(each.owner) == wanted] if kind == RecordType.ANY else []
        if every:
            return Known(tuple(every))
        soa = next((record for record in records if isinstance(record, SOARecord)), None)
        if soa is not None:
            self.cache.put_missing(name, kind, soa, answer.response_code, now_ns)
            return Known(code=answer.response_code, soa=soa)
        if answer.response_code == DNSResponseCode.NO_SUCH_NAME or answer.authoritative or self.forward:
            # There is none, and nobody says for how long.
            return Known(code=answer.response_code)
        return None


def _is_below(name: str, zone: str) -> bool:
    """Whether a name is a zone's, or below it; both as they are compared."""
    return not zone or name == zone or name.endswith(f".{zone}")
