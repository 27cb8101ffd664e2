"""A client that gets an address for an interface, keeps it, and gives it back (RFC 2131, section 4.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from dissect.errors import DissectError, FieldError
from dissect.lab.addresses import LIMITED_BROADCAST, NO_ADDRESS
from dissect.lab.applications.dhcp_messages import (
    CLIENT_PORT,
    SERVER_PORT,
    prefix_length,
    read_message,
    send_on_link,
)
from dissect.lab.async_program import AsyncProgram
from dissect.lab.interface import Interface
from dissect.lab.rarp import class_prefix_length
from dissect.lab.routing_table import DEFAULT, Route
from dissect.lab.udp_sockets import UDPSocket
from dissect.lab.waiting import Wait, sleep, within
from dissect.protocols.dhcp import DHCP, BOOTPOperation
from dissect.protocols.dhcp_host_options import (
    DHCPDomainName,
    DHCPDomainNameServers,
    DHCPHostName,
    DHCPRouters,
    DHCPSubnetMask,
)
from dissect.protocols.dhcp_options import (
    DHCPClientIdentifier,
    DHCPErrorMessage,
    DHCPLeaseTime,
    DHCPMessageType,
    DHCPOption,
    DHCPParameterRequestList,
    DHCPRebindingTime,
    DHCPRenewalTime,
    DHCPRequestedAddress,
    DHCPServerIdentifier,
    MessageType,
)
from dissect.protocols.udp import UDP

__all__ = ["DHCPClient"]

SECOND = 1_000_000_000
FIRST_WAIT, LONGEST_WAIT = 4 * SECOND, 64 * SECOND
"""How long an answer is waited for at first and at last; a second more or less by chance (RFC 2131, section 4.1)."""
LEAST_RENEWAL_WAIT = 60 * SECOND
"""The least time between two requests of a lease that goes on (section 4.4.5)."""
AFTER_DECLINE = 10 * SECOND
"""How long a client waits after it has declined an address (section 3.1, item 5)."""
AFTER_REFUSAL = SECOND
TRIES = 4
"""How often a request for an offered address is sent before everything begins anew."""
TRIES_OF_OLD = 2
"""How often one for an address from before is sent: ten seconds, as other clients have it."""
FOR_EVER = 0xFFFF_FFFF
_WANTED = (1, 3, 6, 15, 51, 54, 58, 59)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a server has granted: the address and its network, for how long, and what else it told."""

    ip: str
    length: int
    server: str
    renewal_ns: int | None
    rebinding_ns: int | None
    expiry_ns: int | None
    routers: list[str] = field(default_factory=list)
    name_servers: list[str] = field(default_factory=list)
    domain: str = ""

    @property
    def address(self) -> str:
        """The address with the length of its network's prefix."""
        return f"{self.ip}/{self.length}"


class DHCPClient(AsyncProgram):
    """Gets an address for an interface of a host that has none, and the routers, name servers and domain with it.

    It asks again for its lease when half of the time is over (T1), asks everybody when seven eighths are (T2), and
    gives the address up when nobody has answered until the end. `wanted` is an address that it would like to
    have, `remembered` one that it had before it was switched off, for which it asks at once (section 4.4.2),
    `host_name` the name that it tells, `broadcast` whether it asks for answers to all. With `probes`
    it makes sure that nobody has the address (RFC 5227) and declines one that somebody has. After
    `release_after_ns`, or on `release()`, it gives the address back and ends.
    """

    def __init__(
        self,
        interface: str | None = None,
        *,
        wanted: str | None = None,
        remembered: str | None = None,
        host_name: str = "",
        broadcast: bool = False,
        probes: bool = True,
        release_after_ns: int | None = None,
    ) -> None:
        super().__init__()
        self.wanted = wanted or remembered
        self.remembered = remembered
        self.host_name = host_name
        self.broadcast = broadcast
        self.probes = probes
        self.release_after_ns = release_after_ns
        self.bound: Wait[str] = Wait()
        """Over when the host has an address, which it gives."""
        self._name = interface
        self._interface: Interface
        self._port = 0
        self._random: Random
        self._socket: UDPSocket
        self._transaction = 0
        self._began_ns = 0
        self._seconds = 0
        self._end: Wait[None] = Wait()

    def release(self) -> None:
        """Give the address back, and end."""
        self._end.finish(None)
        self._socket.close()

    async def main(self) -> None:
        """Get an address, keep it, and begin anew when it is lost."""
        self._settle()
        self._socket = self.host.udp.open(CLIENT_PORT)
        if self.release_after_ns is not None:
            _ = self.start(self._release_later(self.release_after_ns))
        while not self._end.is_over:
            self.host.expect_address(self._port)
            terms = await (self._obtained() if self.remembered is None else self._confirmed(self.remembered))
            self.remembered = None
            if terms is None:
                await within(self._end, AFTER_REFUSAL)
                continue
            self.host.expect_address(self._port, expected=False)
            if not await self._taken(terms):
                await within(self._end, AFTER_DECLINE)
                continue
            await self._kept(terms)

    async def _release_later(self, after_ns: int) -> None:
        await sleep(after_ns)
        self.release()

    def _settle(self) -> None:
        names = [interface.name for interface in self.host.interfaces]
        if self._name is not None and self._name not in names:
            raise FieldError(f"{self.host.name} has no interface {self._name!r}, expected one of {', '.join(names)}")
        self._port = 0 if self._name is None else names.index(self._name)
        self._interface = self.host.interfaces[self._port]
        # Transactions of several hosts must not be the same by chance.
        self._random = self.host.randomness(f"dhcp/{self._interface.mac}")

    async def _obtained(self) -> _Terms | None:
        """Ask until somebody offers an address, and ask for that; None where it is refused, or nobody answers."""
        self._begin_transaction()
        wanted: list[DHCPOption] = [DHCPRequestedAddress(self.wanted)] if self.wanted else []
        offer, attempt = None, 0
        while offer is None and not self._end.is_over:
            wait_ns = self._wait_ns(attempt)
            self.print(f"DHCPDISCOVER on {self._interface.name}, {wait_ns // SECOND} s for an answer")
            self._call(DHCPMessageType.DISCOVER, wanted)
            offer = await self._answered({DHCPMessageType.OFFER}, wait_ns)
            attempt += 1
        if offer is None:
            return None
        server = offer.option(DHCPServerIdentifier)
        assert server is not None
        ip = str(offer.your_address)
        self.print(f"DHCPOFFER of {ip} from {server.value}")
        for attempt in range(TRIES):
            if self._end.is_over:
                return None
            self.print(f"DHCPREQUEST for {ip}")
            self._call(DHCPMessageType.REQUEST, [DHCPRequestedAddress(ip), DHCPServerIdentifier(server.value)])
            asked_ns = self.host.now_ns
            answer = await self._answered({DHCPMessageType.ACK, DHCPMessageType.NAK}, self._wait_ns(attempt))
            if answer is not None:
                return self._terms(answer, asked_ns)
        return None

    async def _confirmed(self, ip: str) -> _Terms | None:
        """Ask everybody for an address that was lent before (INIT-REBOOT); None where that is refused or unanswered."""
        self._begin_transaction()
        for attempt in range(TRIES_OF_OLD):
            if self._end.is_over:
                return None
            self.print(f"DHCPREQUEST for {ip}, which was lent before")
            self._seconds = min((self.host.now_ns - self._began_ns) // SECOND, 0xFFFF)
            # Who lent it is not named, and the address is not used yet (RFC 2131, table 5).
            self._call(DHCPMessageType.REQUEST, [DHCPRequestedAddress(ip)])
            asked_ns = self.host.now_ns
            answer = await self._answered({DHCPMessageType.ACK, DHCPMessageType.NAK}, self._wait_ns(attempt))
            if answer is not None:
                return self._terms(answer, asked_ns)
        return None

    async def _taken(self, terms: _Terms) -> bool:
        """Use the address, unless somebody has it: then decline it."""
        try:
            claim = self.host.claim(self._port, terms.address) if self.probes else None
            if claim is None:
                self.host.add_address(self._port, terms.address)
        except FieldError as reason:
            self.print(str(reason))
            return False
        if claim is not None and not await claim:
            self.print(f"DHCPDECLINE of {terms.ip}: somebody has it")
            given = [DHCPRequestedAddress(terms.ip), DHCPServerIdentifier(terms.server)]
            self._call(DHCPMessageType.DECLINE, [*given, DHCPErrorMessage("somebody has the address")], asks=False)
            return False
        self._set_up(terms)
        return True

    async def _kept(self, terms: _Terms) -> None:
        """Keep the lease going until it is lost or given back."""
        while True:
            self._tell_bound(terms)
            if terms.renewal_ns is None:
                await self._end
            else:
                await within(self._end, terms.renewal_ns - self.host.now_ns)
            if self._end.is_over:
                self._give_back(terms)
                return
            renewed = await self._renewed(terms)
            if renewed is None:
                if self._end.is_over:
                    self._give_back(terms)
                else:
                    self._take_down(terms)
                return
            if renewed.address != terms.address:
                self._take_down(terms)
                if not await self._taken(renewed):
                    return
            else:
                self._set_up(renewed, before=terms)
            terms = renewed

    async def _renewed(self, terms: _Terms) -> _Terms | None:
        """Ask for more time: the server up to T2, and everybody up to the end (section 4.4.5)."""
        self._begin_transaction()
        assert terms.rebinding_ns is not None
        assert terms.expiry_ns is not None
        for ends_ns, to_all in ((terms.rebinding_ns, False), (terms.expiry_ns, True)):
            while (now_ns := self.host.now_ns) < ends_ns and not self._end.is_over:
                left_ns = ends_ns - now_ns
                wait_ns = min(max(left_ns // 2, LEAST_RENEWAL_WAIT), left_ns)
                self.print(f"DHCPREQUEST for {terms.ip} to {LIMITED_BROADCAST if to_all else terms.server}")
                self._call(DHCPMessageType.REQUEST, [], client=terms.ip, server=None if to_all else terms.server)
                answer = await self._answered({DHCPMessageType.ACK, DHCPMessageType.NAK}, wait_ns)
                if answer is not None:
                    return self._terms(answer, now_ns)
        if not self._end.is_over:
            self.print(f"the lease of {terms.ip} has expired")
        return None

    def _give_back(self, terms: _Terms) -> None:
        self.print(f"DHCPRELEASE of {terms.ip}")
        self._begin_transaction()
        given: list[DHCPOption] = [DHCPServerIdentifier(terms.server)]
        self._call(DHCPMessageType.RELEASE, given, client=terms.ip, server=terms.server, asks=False)
        self._take_down(terms)

    def _set_up(self, terms: _Terms, *, before: _Terms | None = None) -> None:
        """Have the host use what the server told, in place of what it told before."""
        if before is not None:
            self._forget(before)
        for gateway in terms.routers[:1]:
            try:
                self.host.add_route(DEFAULT, gateway)
            except FieldError as reason:
                self.print(str(reason))
        self.host.resolver.learn(terms.name_servers, terms.domain)

    def _forget(self, terms: _Terms) -> None:
        for gateway in terms.routers[:1]:
            self.host.routing_table.discard(Route(DEFAULT, self._port, gateway))
        self.host.resolver.learn((), "")

    def _take_down(self, terms: _Terms) -> None:
        self._forget(terms)
        self.host.remove_address(self._port, terms.ip)

    def _tell_bound(self, terms: _Terms) -> None:
        until = "for ever"
        if terms.renewal_ns is not None:
            until = f"asks again in {(terms.renewal_ns - self.host.now_ns) // SECOND} s"
        self.print(f"bound to {terms.address}, {until}")
        self.wanted = terms.ip
        self.bound.finish(terms.ip)

    def _begin_transaction(self) -> None:
        self._transaction = self._random.getrandbits(32)
        self._began_ns = self.host.now_ns
        self._seconds = 0
        self._socket.received.clear()

    def _wait_ns(self, attempt: int) -> int:
        return min(FIRST_WAIT << min(attempt, 4), LONGEST_WAIT) + self._random.randrange(-SECOND, SECOND)

    def _call(
        self, kind: DHCPMessageType, options: list[DHCPOption], *, client: str = NO_ADDRESS, server: str | None = None,
        asks: bool = True,
    ) -> None:  # fmt: skip
        """Send a message, to all on the link, or to the server from the address that the client has."""
        mac = self._interface.mac
        told: list[DHCPOption] = [DHCPClientIdentifier(b"\x01" + bytes.fromhex(mac.replace(":", "")))]
        if self.host_name:
            told.append(DHCPHostName(self.host_name))
        if asks:
            told.append(DHCPParameterRequestList(_WANTED))
        if kind is DHCPMessageType.DISCOVER or client != NO_ADDRESS:
            # A request for an offer has the seconds of the call before (RFC 2131, section 4.4.1).
            self._seconds = min((self.host.now_ns - self._began_ns) // SECOND, 0xFFFF)
        message = DHCP(
            operation=BOOTPOperation.REQUEST,
            transaction_id=self._transaction,
            seconds=self._seconds,
            flags=_BROADCAST if self.broadcast and client == NO_ADDRESS and asks else 0,
            client_address=client,
            client_mac=mac,
            options=[MessageType(kind), *options, *told],
        )
        if server is None:
            send_on_link(self.host, self._interface, self._port, message, src=client, to_port=SERVER_PORT)
            return
        try:
            self.host.send(server, UDP(sport=CLIENT_PORT, dport=SERVER_PORT, payload=message), src=client)
        except DissectError as reason:
            self.print(str(reason))

    async def _answered(self, kinds: set[DHCPMessageType], wait_ns: int) -> DHCP | None:
        """Return the answer to what was asked last; None where none has come in time."""
        until_ns = self.host.now_ns + wait_ns
        while (left_ns := until_ns - self.host.now_ns) > 0:
            datagram = await self._socket.receive(left_ns)
            if datagram is None:
                return None
            message = read_message(datagram.data)
            if message is None or datagram.interface != self._port:
                continue
            if message.operation != BOOTPOperation.REPLY or message.transaction_id != self._transaction:
                continue
            is_mine = message.client_mac == self._interface.mac
            if is_mine and message.message_type in kinds and message.option(DHCPServerIdentifier) is not None:
                return message
        return None

    def _terms(self, message: DHCP, asked_ns: int) -> _Terms | None:
        """Return what a server grants; None where it refuses, or grants nothing that can be used."""
        server = message.option(DHCPServerIdentifier)
        assert server is not None
        if message.message_type is DHCPMessageType.NAK:
            said = message.option(DHCPErrorMessage)
            self.print(f"DHCPNAK from {server.value}{f': {said.value}' if said is not None else ''}")
            self.wanted = None
            return None
        ip = str(message.your_address)
        self.print(f"DHCPACK of {ip} from {server.value}")
        mask, lease = message.option(DHCPSubnetMask), message.option(DHCPLeaseTime)
        length = None if mask is None else prefix_length(str(mask.value))
        seconds = FOR_EVER if lease is None else lease.value
        routers, names = message.option(DHCPRouters), message.option(DHCPDomainNameServers)
        domain = message.option(DHCPDomainName)
        ends: tuple[int | None, int | None, int | None] = None, None, None
        if seconds != FOR_EVER:
            renewal, rebinding = message.option(DHCPRenewalTime), message.option(DHCPRebindingTime)
            last = seconds * SECOND
            second = min(last * 7 // 8 if rebinding is None else rebinding.value * SECOND, last)
            first = min(last // 2 if renewal is None else renewal.value * SECOND, second)
            ends = asked_ns + first, asked_ns + second, asked_ns + last
        return _Terms(
            ip=ip,
            length=class_prefix_length(ip) if length is None else length,
            server=str(server.value),
            renewal_ns=ends[0],
            rebinding_ns=ends[1],
            expiry_ns=ends[2],
            routers=[] if routers is None else [str(each) for each in routers.values],
            name_servers=[] if names is None else [str(each) for each in names.values],
            domain="" if domain is None else domain.value.rstrip("\0"),
        )


_BROADCAST = 0x8000
