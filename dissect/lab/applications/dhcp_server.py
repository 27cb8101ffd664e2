"""A server that lends addresses, and tells what else a host needs to know (RFC 2131, section 4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dissect.errors import FieldError
from dissect.lab.addresses import BROADCAST, LIMITED_BROADCAST, NO_ADDRESS, single_host
from dissect.lab.applications.dhcp_leases import Lease, Leases
from dissect.lab.applications.dhcp_messages import (
    CLIENT_PORT,
    SERVER_PORT,
    mask_of,
    read_message,
    send_on_link,
)
from dissect.lab.async_program import AsyncProgram
from dissect.lab.interface import Interface
from dissect.lab.udp_sockets import UDPSocket
from dissect.lab.waiting import Wait, within
from dissect.protocols.arp import HardwareType
from dissect.protocols.dhcp import DHCP, BOOTPOperation
from dissect.protocols.dhcp_host_options import (
    DHCPDomainName,
    DHCPDomainNameServers,
    DHCPRouters,
    DHCPSubnetMask,
)
from dissect.protocols.dhcp_options import (
    DHCPClientIdentifier,
    DHCPErrorMessage,
    DHCPLeaseTime,
    DHCPMessageType,
    DHCPOption,
    DHCPRebindingTime,
    DHCPRenewalTime,
    DHCPRequestedAddress,
    DHCPServerIdentifier,
    MessageType,
)
from dissect.protocols.icmp_queries import EchoReply, EchoRequest
from dissect.protocols.ipv4 import IPv4

__all__ = ["DHCPServer"]

SECOND = 1_000_000_000
PROBE_NS = SECOND // 2
"""How long an answer to the probe of an address is waited for."""
_PROBE = 0xD4C9
"""The identifier of the echo requests that ask whether somebody has an address."""
_MOST_PROBES = 64


class DHCPServer(AsyncProgram):
    """Lends the addresses of a pool, as `"192.168.1.100-192.168.1.199"`, on the network that they are of.

    `fixed` are addresses by MAC address, which may be outside of the pool; `routers`, `name_servers` and `domain` what
    clients are told; `lease_ns` the longest time that an address is lent for. With `probes`, an address is asked
    for by ICMP before it is offered (RFC 2131, section 2.2). Clients of other networks that ask for what they can't
    have here are refused: the server speaks for its network. What relays pass on is left alone. Raises FieldError
    for addresses that no host has.
    """

    def __init__(
        self,
        pool: str,
        *,
        fixed: Mapping[str, str] | None = None,
        routers: Sequence[str] = (),
        name_servers: Sequence[str] = (),
        domain: str = "",
        lease_ns: int = 3600 * SECOND,
        probes: bool = False,
    ) -> None:
        super().__init__()
        first, dash, last = pool.replace(" ", "").partition("-")
        self.leases = Leases(first, last if dash else first, fixed=fixed)
        self._first = first
        if not SECOND <= lease_ns < 0xFFFF_FFFF * SECOND:
            raise FieldError(f"addresses are lent for {lease_ns / SECOND:g} s, expected 1 s to 136 years")
        self.lease_ns = lease_ns
        self.probes = probes
        self._told: list[DHCPOption] = []
        if routers:
            self._told.append(DHCPRouters(_addresses(routers, "a router")))
        if name_servers:
            self._told.append(DHCPDomainNameServers(_addresses(name_servers, "a name server")))
        if domain:
            self._told.append(DHCPDomainName(domain))
        self._port = 0
        self._interface: Interface
        self._own = ""
        self._socket: UDPSocket
        self._probed: dict[str, Wait[None]] = {}

    async def main(self) -> None:
        """Answer for ever."""
        self._settle()
        self._socket = self.host.udp.open(SERVER_PORT)
        while (datagram := await self._socket.receive()) is not None:
            message = read_message(datagram.data)
            if message is None or message.operation != BOOTPOperation.REQUEST:
                continue
            if datagram.interface == self._port and message.relay_address == NO_ADDRESS:
                self._handle(message)

    def _settle(self) -> None:
        """Find the interface on whose network the pool is."""
        for port, interface in enumerate(self.host.interfaces):
            if interface.addresses and interface.is_on_link(self._first):
                self._port, self._interface = port, interface
                self._own = interface.source_for(self._first) or ""
                self.leases.exclude(self._own)
                return
        raise FieldError(f"the pool begins with {self._first}, which is on none of the networks of the server")

    def _handle(self, message: DHCP) -> None:
        if message.hardware_type != HardwareType.ETHERNET or message.hardware_length != 6:
            return
        kind = message.message_type
        if kind is DHCPMessageType.DISCOVER:
            self._discovered(message)
        elif kind is DHCPMessageType.REQUEST:
            self._requested(message)
        elif kind is DHCPMessageType.DECLINE:
            self._declined(message)
        elif kind is DHCPMessageType.RELEASE:
            self._released(message)
        elif kind is DHCPMessageType.INFORM:
            self._reply(message, DHCPMessageType.ACK, NO_ADDRESS, [DHCPSubnetMask(self._mask()), *self._told])

    def _discovered(self, message: DHCP) -> None:
        wanted = message.option(DHCPRequestedAddress)
        lease = self.leases.offer(
            _client(message), str(message.client_mac), None if wanted is None else str(wanted.value), self.host.now_ns
        )
        if lease is None:
            self.print(f"no address is left for {message.client_mac}")
        elif self.probes and not lease.is_taken and len(self._probed) < _MOST_PROBES:
            _ = self.start(self._offer_if_free(message, lease))
        else:
            self._offer(message, lease)

    async def _offer_if_free(self, message: DHCP, lease: Lease) -> None:
        if lease.ip in self._probed:
            return
        answer = self._probed[lease.ip] = Wait()
        self.host.answer(lease.ip, EchoRequest(id=_PROBE))
        is_taken = await within(answer, PROBE_NS)
        del self._probed[lease.ip]
        if is_taken:
            self.print(f"{lease.ip} is somebody's already")
            self.leases.decline(lease.ip, self.host.now_ns)
            self._discovered(message)
        else:
            self._offer(message, lease)

    def receive(self, datagram: IPv4, now_ns: int) -> None:
        """Look for answers to probes."""
        message = datagram.payload
        if isinstance(message, EchoReply) and message.id == _PROBE:
            answer = self._probed.get(str(datagram.src))
            if answer is not None:
                answer.finish(None)

    def _offer(self, message: DHCP, lease: Lease) -> None:
        self.print(f"offers {lease.ip} to {message.client_mac}")
        self._reply(message, DHCPMessageType.OFFER, lease.ip, self._terms(message))

    def _requested(self, message: DHCP) -> None:
        """Answer a request: of an offer, of a lease that goes on, or of one from before (RFC 2131, section 4.3.2)."""
        client, mac, now_ns = _client(message), str(message.client_mac), self.host.now_ns
        server, wanted = message.option(DHCPServerIdentifier), message.option(DHCPRequestedAddress)
        if server is not None and server.value != self._own:
            self.leases.withdraw(client, now_ns)
            return
        ip = str(message.client_address) if wanted is None else str(wanted.value)
        if server is None and ip not in self.leases and self._interface.is_on_link(ip):
            # Another server's, perhaps: who knows nothing of it says nothing.
            return
        lease = self.leases.take(client, mac, ip, now_ns + self._duration_ns(message), now_ns)
        if lease is None:
            self.print(f"refuses {ip} to {mac}")
            self._refuse(message, f"{ip} is not to be had")
        else:
            self.print(f"lends {ip} to {mac}")
            self._reply(message, DHCPMessageType.ACK, ip, self._terms(message))

    def _declined(self, message: DHCP) -> None:
        wanted = message.option(DHCPRequestedAddress)
        lease = self.leases.of(_client(message))
        if wanted is not None and lease is not None and lease.ip == wanted.value:
            self.print(f"{wanted.value} is somebody's already, says {message.client_mac}")
            self.leases.decline(lease.ip, self.host.now_ns)

    def _released(self, message: DHCP) -> None:
        ip = str(message.client_address)
        if self.leases.release(_client(message), ip, self.host.now_ns):
            self.print(f"gets {ip} back from {message.client_mac}")

    def _duration_ns(self, message: DHCP) -> int:
        wanted = message.option(DHCPLeaseTime)
        return self.lease_ns if wanted is None else max(min(self.lease_ns, wanted.value * SECOND), SECOND)

    def _mask(self) -> str:
        return mask_of(self._interface.addresses[self._own])

    def _terms(self, message: DHCP) -> list[DHCPOption]:
        seconds = self._duration_ns(message) // SECOND
        times = [DHCPLeaseTime(seconds), DHCPRenewalTime(seconds // 2), DHCPRebindingTime(seconds * 7 // 8)]
        return [*times, DHCPSubnetMask(self._mask()), *self._told]

    def _refuse(self, message: DHCP, reason: str) -> None:
        self._reply(message, DHCPMessageType.NAK, NO_ADDRESS, [DHCPErrorMessage(reason)])

    def _reply(self, message: DHCP, kind: DHCPMessageType, ip: str, options: Sequence[DHCPOption]) -> None:
        """Send a reply to where the client hears it (RFC 2131, section 4.1)."""
        is_refusal = kind is DHCPMessageType.NAK
        known = message.option(DHCPClientIdentifier)
        reply = DHCP(
            operation=BOOTPOperation.REPLY,
            transaction_id=message.transaction_id,
            flags=message.flags,
            client_address=NO_ADDRESS if is_refusal else message.client_address,
            your_address=ip,
            client_hardware=message.client_hardware,
            # RFC 6842: who names itself is named in the answer.
            options=[MessageType(kind), DHCPServerIdentifier(self._own), *options, *([known] if known else [])],
        )
        if message.client_address != NO_ADDRESS and not is_refusal:
            self._socket.send(bytes(reply), str(message.client_address), CLIENT_PORT, src=self._own)
        elif is_refusal or message.broadcast:
            self._send(reply, LIMITED_BROADCAST, BROADCAST)
        else:
            self._send(reply, ip, str(message.client_mac))

    def _send(self, reply: DHCP, dst: str, mac: str) -> None:
        send_on_link(
            self.host, self._interface, self._port, reply, src=self._own, dst=dst, mac=mac, to_port=CLIENT_PORT
        )


def _addresses(given: Sequence[str], whose: str) -> list[Any]:
    return [single_host(ip, whose) for ip in given]


def _client(message: DHCP) -> bytes:
    """Return what a client is known by: the identifier that it gives, or its hardware address."""
    given = message.option(DHCPClientIdentifier)
    if given is not None and given.value:
        return b"\xff" + given.value
    return bytes([message.hardware_type]) + message.client_hardware[:6]
