"""A simulated host: frames and the time in, frames out; it opens nothing and reads no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from dissect.declaration.checksum import ChecksumState
from dissect.declaration.header import Header
from dissect.declaration.options import Option
from dissect.errors import DissectError, FieldError, NoRouteError
from dissect.flows.fragments import fragment
from dissect.flows.reassembly import Outcome, Reassembler
from dissect.lab.address_claim import AddressClaim
from dissect.lab.addressed_device import AddressedDevice, checked_interfaces
from dissect.lab.addresses import (
    ALL_HOSTS,
    LIMITED_BROADCAST,
    NO_ADDRESS,
    is_group,
    is_single_host,
)
from dissect.lab.applications.stub_resolver import StubResolver
from dissect.lab.attachment import ARPTimes, Attachment, Outgoing
from dissect.lab.device import Transmission
from dissect.lab.host_options import OnStart
from dissect.lab.icmp_rules import ErrorLimit
from dissect.lab.icmp_service import ErrorMessage, ICMPService
from dissect.lab.interface import Interface
from dissect.lab.ipv4_stamps import stamped
from dissect.lab.packed import packed_datagram
from dissect.lab.packet_filter import PacketFilter
from dissect.lab.padding import Padding
from dissect.lab.program import Program, Programs
from dissect.lab.rarp import RARPClient, RARPServer
from dissect.lab.routing_table import DEFAULT
from dissect.lab.soundness import sums_up
from dissect.lab.tcp.sockets import TCPSockets
from dissect.lab.udp_sockets import Datagram, UDPSockets
from dissect.lab.waiting import Wait
from dissect.packets.packet import parse
from dissect.protocols.arp import ARP
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.icmp import ICMP, ParameterProblemCode, TimeExceededCode, UnreachableCode
from dissect.protocols.icmp_errors import DestinationUnreachable, ParameterProblem, TimeExceeded, quotation
from dissect.protocols.ipv4 import IPProtocol, IPv4, IPv4Flags
from dissect.protocols.ipv4_options import LooseSourceRoute, MalformedIPv4Option, StrictSourceRoute
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["Host"]

_LEAST_WORDS = 5
"""How many words of 4 bytes the headers of IPv4 and TCP have at least."""
_KNOWN_PROTOCOLS = frozenset({IPProtocol.ICMP, IPProtocol.TCP, IPProtocol.UDP})
"""What is not called unreachable, also where too little of it came (RFC 1122, section 3.2.2.1)."""
_LOOPBACK_NS = 10_000
"""How long a datagram takes that a host sends to itself: time passes, so that two programs cannot stop the clock."""


class Host(AddressedDevice):
    """A host with one interface or more, each of which is a port.

    It sends to those on its networks directly, and to all others by way of a gateway: `gateway` is that
    of the default route, `routes` are the others. Whom it doesn't know it asks for by ARP; what waits for
    an answer is kept, and given up with an error when none comes. It answers ARP and RARP requests, ICMP
    echo and timestamp requests, and what reaches a closed port. Datagrams larger than the way allows are
    fragmented, and fragments put together. `udp` are its UDP sockets, `tcp` its TCP
    connections; programs are started by `run`. The other options are told at `HostOptions`.

    Frames for other MAC addresses are not looked at, frames with VLAN tags are dropped, and nothing
    that arrives raises anything. All tables are bounded: see `ARPCache`, `Neighbours`, `Reassembler`,
    `PathMTUs`, `RoutingTable` and `ErrorLimit`. Raises FieldError for addresses that no host has, and
    for two interfaces of one name.

    >>> host = Host("b", Interface("eth0", "00:05:5d:a1:b8:40", "192.168.0.2/24"), padding=Padding.NONE)
    >>> asked = ARP(sender_mac="00:05:5d:61:58:a8", sender_ip="192.168.0.55", target_ip="192.168.0.2")
    >>> (answer,) = host.receive(0, bytes(Ethernet(dst="ff:ff:ff:ff:ff:ff") / asked), now_ns=0)
    >>> parse(answer.frame)[ARP].info()
    '192.168.0.2 is at 00:05:5d:a1:b8:40'
    >>> print(host.arp_table(now_ns=0))
    ? (192.168.0.55) at 00:05:5d:61:58:a8 [ether] on eth0
    """

    forwards = False
    """Whether datagrams for others are passed on: a host's are dropped (RFC 1122, section 3.3.4.2)."""

    def __init__(
        self,
        name: str,
        interfaces: Interface | Sequence[Interface],
        *,
        gateway: str | None = None,
        routes: Iterable[tuple[str, str]] = (),
        padding: Padding | bytes = Padding.ZEROS,
        ttl: int = 64,
        identification: int = 1,
        on_start: OnStart = OnStart.NOTHING,
        discovers_path_mtu: bool = False,
        arp_times: ARPTimes | None = None,
        rarp_table: Mapping[str, str] | None = None,
        asks_rarp: bool = False,
        reassembler: Reassembler | None = None,
        error_limit: ErrorLimit | None = None,
        filters: Sequence[PacketFilter] = (),
        name_servers: Sequence[str] = (),
        domain: str = "",
        names: Mapping[str, str] | None = None,
        seed: int | str = 0,
    ) -> None:
        given = checked_interfaces(name, interfaces)
        if not 1 <= ttl <= 255:
            raise FieldError(f"{name}'s TTL is {ttl}, expected 1 to 255")
        if not 0 <= identification <= 0xFFFF:
            raise FieldError(f"{name}'s identification is {identification}, expected 0 to 65535")
        super().__init__(name, [interface.name for interface in given])
        self.padding = padding
        self.ttl = ttl
        self.identification = identification
        self.on_start = on_start
        self.discovers_path_mtu = discovers_path_mtu
        self.reassembler = Reassembler() if reassembler is None else reassembler
        self.icmp = ICMPService(self, ErrorLimit() if error_limit is None else error_limit)
        self.udp = UDPSockets(self)
        self.tcp = TCPSockets(self, f"{seed}/{name}")
        self.rarp_server = None if rarp_table is None else RARPServer(rarp_table)
        self.asks_rarp = asks_rarp
        self.filters = list(filters)
        """What may stop or change datagrams: asked in this order on their way in, in the other on their way out."""
        self._is_diverted = False
        self._programs = Programs(self)
        self._random = Random(f"{seed}/{name}")
        self._seed = seed
        self.resolver = StubResolver(self, self.randomness("names"), servers=name_servers, domain=domain, names=names)
        """What finds the addresses of names."""
        self._sent: list[Transmission] = []
        self._looped: deque[tuple[int, IPv4]] = deque()
        self._is_called = False
        times = arp_times or ARPTimes()
        self._attach([Attachment(self, port, interface, times) for port, interface in enumerate(given)])
        for network, via in routes:
            self.add_route(network, via)
        if gateway is not None:
            self.add_route(DEFAULT, gateway)

    def claim(self, port: int, text: str) -> Wait[bool]:
        """Give the interface at a port another address, once nobody says that it has it (RFC 5227, section 2.1).

        Awaiting what is returned tells whether the address is the host's now; if not, it is taken away again.
        """
        self.add_address(port, text)
        ip = text.partition("/")[0]
        attachment = self._attachments[port]
        claim = AddressClaim(attachment.interface.mac, ip, self.now_ns, self._random, probe=True)
        attachment.claims[ip] = claim
        claim.outcome.then(lambda: None if claim.is_ours else self.remove_address(port, ip))
        self.wake()
        return claim.outcome

    async def resolve(self, name: str) -> str:
        """Return an IPv4 address of a name, which a program awaits; NameNotFoundError where there is none."""
        return await self.resolver.resolve(name)

    def randomness(self, purpose: str) -> Random:
        """Return a generator of random numbers for one purpose, the same for the same seed."""
        return Random(f"{self._seed}/{self.name}/{purpose}")

    @property
    def programs(self) -> list[Program]:
        """The programs that run or have run, in the order in which they were given to `run`."""
        return self._programs.given

    def run(self, program: Program, at_ns: int = 0) -> None:
        """Let a program begin at a time; whoever drives the host looks at `deadline` again after this."""
        self._programs.add(program, at_ns)
        self.wake()

    @property
    def deadline(self) -> int | None:
        """When `advance` has something to do, in nanoseconds; None where nothing waits for the time."""
        if self._sent:
            # A program called `send` outside of `receive` and `advance`, so that the simulation has to be woken.
            return self._now
        soonest = self._looped[0][0] if self._looped else None
        deadlines = [self.reassembler.deadline, self.tcp.deadline, self._programs.deadline]
        for attachment in self._attachments:
            deadlines.append(attachment.deadline)
        for deadline in deadlines:
            if deadline is not None and (soonest is None or deadline < soonest):
                soonest = deadline
        return soonest

    def start(self, now_ns: int) -> list[Transmission]:
        """Announce the addresses, or ask whether they are free, as `on_start` says; begin what is to run."""
        self._now = max(self._now, now_ns)
        for attachment in self._attachments:
            interface = attachment.interface
            if self.on_start is not OnStart.NOTHING:
                probe = self.on_start is OnStart.PROBE
                for ip in interface.addresses:
                    attachment.claims[ip] = AddressClaim(interface.mac, ip, self._now, self._random, probe=probe)
            if self.asks_rarp and not interface.addresses:
                attachment.rarp = RARPClient(interface.mac, self._now)
        return self.advance(now_ns)

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Return the frames that the host sends on getting this one at a port, at `now_ns`."""
        self._now = max(self._now, now_ns)
        self._is_called = True
        self._due()
        attachment = self._attachments[port]
        if attachment.passes_over(frame, self._now):
            return self._leaving()
        outer = parse(frame)
        if isinstance(outer, Ethernet) and not outer.is_cut and attachment.takes(outer):
            carried = outer.payload
            if isinstance(carried, IPv4):
                self._receive_datagram(carried, outer, attachment)
            elif isinstance(carried, ARP):
                if outer.type == EtherType.ARP:
                    attachment.receive_arp(carried, frame, self._now)
                elif outer.type == EtherType.RARP:
                    attachment.receive_rarp(carried)
        return self._leaving()

    def advance(self, now_ns: int) -> list[Transmission]:
        """Return the frames that the host sends because time has passed."""
        self._now = max(self._now, now_ns)
        self._is_called = True
        self._due()
        return self._leaving()

    def _leaving(self) -> list[Transmission]:
        """Return what is to be sent at the end of a call."""
        self._is_called = False
        sent, self._sent = self._sent, []
        return sent

    def _due(self) -> None:
        """Do what the time has come for."""
        now = self._now
        for ended in self.reassembler.advance(now):
            if ended.outcome is Outcome.TIMED_OUT and ended.first is not None:
                self.report(ended.first, TimeExceeded(code=TimeExceededCode.REASSEMBLY))
        for attachment in self._attachments:
            attachment.advance(now)
        self.tcp.advance(now)
        self._programs.advance(now)
        while self._looped and self._looped[0][0] <= now:
            self._deliver(self._looped.popleft()[1], to_all=False)

    def tell(self, text: str, *, at_ns: int | None = None) -> None:
        """Note an event, of now unless it is of another time."""
        self._tell(self._now if at_ns is None else at_ns, text)

    def show(self, datagram: IPv4) -> None:
        """Show an ICMP message to the running programs."""
        self._programs.show(datagram, self._now)

    def _receive_datagram(self, datagram: IPv4, frame: Ethernet, attachment: Attachment) -> None:
        """Deliver a datagram that is for the host; drop, or pass on, what is for others."""
        if datagram.is_cut or datagram.version != 4 or not sums_up(datagram.own_bytes):
            return
        if datagram.ihl < _LEAST_WORDS or datagram.total_length != datagram.carried_end - datagram.own_start:
            # RFC 1812, section 5.2.2: a header of less than 20 bytes is none, whatever it sums up to.
            return
        src, dst = datagram.src, datagram.dst
        broadcasts = attachment.interface.broadcasts
        # Who has no address yet may call to all (RFC 1122, section 3.2.1.3).
        if not is_single_host(src) and (src, dst) != (NO_ADDRESS, LIMITED_BROADCAST):
            return
        if src in broadcasts or self.is_own(src):
            return
        if self.filters:
            judged = self._judged(datagram, attachment.interface.name, arrives=True)
            if judged is None:
                return
            self._is_diverted = judged.dst != dst
            datagram, dst = judged, judged.dst
        link_broadcast = frame.dst != attachment.interface.mac
        to_all = dst in (LIMITED_BROADCAST, ALL_HOSTS) or dst in broadcasts
        is_early = attachment.is_unconfigured and isinstance(datagram.payload, UDP)
        if not (to_all or self.is_own(dst) or is_early):
            self._in_transit(datagram, attachment, link_broadcast)
        elif (to_all or not link_broadcast) and self._has_good_options(datagram, link_broadcast):
            # RFC 1122, section 3.3.6: a link-layer broadcast carries broadcasts and multicasts alone.
            if not datagram.is_fragment:
                self._deliver(datagram, to_all, attachment.port)
                return
            for ended in self.reassembler.receive(datagram, self._now):
                if ended.datagram is not None:
                    self._deliver(ended.datagram, to_all, attachment.port)

    def _judged(self, datagram: IPv4, interface: str, *, arrives: bool) -> IPv4 | None:
        """Ask the filters, and return the datagram as it goes on; None where one of them drops or refuses it."""
        for each in self.filters if arrives else reversed(self.filters):
            ask = each.arriving if arrives else each.leaving
            verdict = ask(datagram, interface, self._now)
            if not isinstance(verdict, IPv4):
                if verdict is not None:
                    self.report(datagram, verdict)
                return None
            datagram = verdict
        return datagram

    def _has_good_options(self, datagram: IPv4, link_broadcast: bool = False) -> bool:
        """Whether the options are readable and prescribe no way; if not, the datagram's sender is told.

        Whoever prescribes the way gets round what protects it (RFC 7126, sections 4.3 and 4.4).
        """
        if datagram.ihl == _LEAST_WORDS:
            return True
        options = datagram.options
        place = 4 * datagram.ihl - sum(map(len, options))
        for option in options:
            if isinstance(option, MalformedIPv4Option):
                wrong = ParameterProblem(code=ParameterProblemCode.POINTER, pointer=place)
                self.report(datagram, wrong, link_broadcast=link_broadcast)
                return False
            if isinstance(option, (LooseSourceRoute, StrictSourceRoute)) and option.pending:
                failed = DestinationUnreachable(code=UnreachableCode.SOURCE_ROUTE_FAILED)
                self.report(datagram, failed, link_broadcast=link_broadcast)
                return False
            place += len(option)
        return True

    def _in_transit(self, datagram: IPv4, attachment: Attachment, link_broadcast: bool) -> None:
        """Handle a datagram for somebody else: a host drops it silently (RFC 1122, section 3.3.4.2)."""

    def is_proxy(self, port: int) -> bool:
        """Whether the host answers ARP requests at a port for other addresses than its own: a host does not."""
        return False

    def answers_for(self, target: str, port: int, arp: ARP) -> bool:
        """Whether the host answers an ARP request at a port for an address that is not its own: a host does not."""
        return False

    def _deliver(self, datagram: IPv4, to_all: bool, port: int = 0) -> None:
        """Hand a whole datagram, which came in at a port, to its protocol."""
        carried = datagram.payload
        if isinstance(carried, ICMP):
            self.icmp.receive(carried, datagram, to_all, self._now)
        elif isinstance(carried, UDP):
            self._deliver_udp(carried, datagram, to_all, port)
        elif isinstance(carried, TCP):
            # RFC 9293, section 3.1: a segment whose header has less than 5 words is none.
            is_segment = not carried.is_cut and carried.data_offset >= _LEAST_WORDS
            if is_segment and not to_all and sums_up(*carried.parts(), over=datagram, protocol=IPProtocol.TCP):
                for answer in self.tcp.receive(carried, datagram, self._now):
                    # A reset comes back with the type of service of what it resets, as Linux has it.
                    tos = datagram.tos if answer.rst else 0
                    self.answer(str(datagram.src), answer, src=str(datagram.dst), tos=tos)
        elif not to_all and datagram.protocol not in _KNOWN_PROTOCOLS:
            self.report(datagram, DestinationUnreachable(code=UnreachableCode.PROTOCOL))

    def _deliver_udp(self, segment: UDP, datagram: IPv4, to_all: bool, port: int) -> None:
        if segment.is_cut or segment.checksum_state() not in (ChecksumState.GOOD, ChecksumState.ABSENT):
            return
        if not UDP.least_size <= segment.length <= len(segment):
            return
        socket = self.udp.get(segment.dport)
        if socket is not None:
            # What stands behind the datagram, by its own length, is none of its data (RFC 768).
            data = bytes(segment)[UDP.least_size : segment.length]
            socket.deliver(Datagram(data, str(datagram.src), segment.sport, str(datagram.dst), self._now, port))
        elif not to_all:
            self.report(datagram, DestinationUnreachable(code=UnreachableCode.PORT))

    def report(self, datagram: IPv4, error: ErrorMessage, *, link_broadcast: bool = False) -> None:
        """Send an ICMP error about a datagram, where the rules and the limit of errors allow one."""
        self.icmp.report(datagram, error, self._now, link_broadcast=link_broadcast)

    def send(
        self,
        dst: str,
        payload: Header,
        *,
        src: str | None = None,
        ttl: int | None = None,
        tos: int = 0,
        dont_fragment: bool | None = None,
        options: Sequence[Option] = (),
    ) -> None:
        """Send a datagram to an address; what doesn't fit the way goes in fragments.

        `dont_fragment` is left to `discovers_path_mtu`. A broadcast to 255.255.255.255 or a group goes
        out on the first interface.

        Raises NoRouteError where no route leads there and where the host has no address to send from,
        FragmentationNeededError where DF is set and the datagram is larger than the way takes, as far as
        that is known; FieldError for what is no address.
        """
        now = self.now_ns
        if self._is_within(dst):
            self._send_to_self(dst, payload, src or dst, ttl, tos, options)
            return
        attachment, next_hop = self._way(dst)
        source = self._source(attachment, next_hop) if src is None else src
        datagram = IPv4(
            src=source,
            dst=dst,
            ttl=self.ttl if ttl is None else ttl,
            dscp=tos >> 2,
            ecn=tos & 3,
            id=self.identification,
            flags=IPv4Flags.DF if dont_fragment else 0,
            options=stamped(options, source, now) if options else (),
            payload=payload,
        )
        if self.filters:
            judged = self._judged(datagram, attachment.interface.name, arrives=False)
            if judged is None:
                return
            datagram = judged
        raw = bytes(datagram)
        mtu = attachment.interface.mtu
        mtu = min(self.icmp.path_mtus.get(dst, now) or mtu, mtu)
        if dont_fragment is None and self.discovers_path_mtu and len(raw) <= mtu:
            datagram = datagram.replace(dont_fragment=True)
            raw = bytes(datagram)
        pieces = [raw] if len(raw) <= mtu else [bytes(piece) for piece in fragment(datagram, mtu)]
        self.identification = self.identification + 1 & 0xFFFF
        for piece in pieces:
            attachment.hand_on(next_hop, Outgoing(piece, datagram, True), now)

    def takes_packed(self, dst: str) -> bool:
        """Whether `send_packed` does the same as `send`: no filter is to see headers, and it leaves the host."""
        return not self.filters and not self._is_within(dst)

    def send_packed(
        self, src: str, dst: str, protocol: int, data: bytes, *, tos: int, dont_fragment: bool | None
    ) -> None:
        """Send a datagram from one of the host's addresses around data that are bytes already, as `send` would."""
        now = self.now_ns
        attachment, next_hop = self._way(dst)
        mtu = attachment.interface.mtu
        mtu = min(self.icmp.path_mtus.get(dst, now) or mtu, mtu)
        fits = len(data) + 4 * _LEAST_WORDS <= mtu
        raw = packed_datagram(
            src, dst, protocol, data, ttl=self.ttl, tos=tos, identification=self.identification,
            whole=bool(dont_fragment) or (dont_fragment is None and self.discovers_path_mtu and fits),
        )  # fmt: skip
        datagram: Any = parse(raw, "raw")
        pieces = [raw] if fits else [bytes(piece) for piece in fragment(datagram, mtu)]
        self.identification = self.identification + 1 & 0xFFFF
        for piece in pieces:
            attachment.hand_on(next_hop, Outgoing(piece, datagram, True), now)

    def answer(
        self, dst: str, payload: Header, *, src: str | None = None, tos: int = 0, options: Sequence[Option] = ()
    ) -> None:
        """Send an answer, if there is a way."""
        try:
            self.send(dst, payload, src=src, tos=tos, options=options)
        except DissectError as reason:
            self.tell(f"no answer to {dst}: {reason}")

    def send_frame(self, frame: Ethernet | bytes, port: int = 0) -> None:
        """Send a frame as it is, whatever it holds; from outside of a call it leaves when the driver next looks."""
        self._sent.append(Transmission(port, bytes(frame)))
        self.wake()

    @property
    def now_ns(self) -> int:
        """The time in nanoseconds: the driver's, where somebody asks from outside of a call."""
        if not self._is_called and self.driver is not None:
            self._now = max(self._now, self.driver.now_ns)
        return self._now

    def wake(self) -> None:
        """Have the driver look at `deadline` again, where it does not do so anyway."""
        if not self._is_called and self.driver is not None:
            self.driver.wake(self)

    def _is_within(self, dst: str) -> bool:
        """Whether the address is the host itself: its own, or of the loopback network (RFC 1122, section 3.2.1.3)."""
        return self.is_own(dst) or dst.startswith("127.")

    def _send_to_self(
        self, dst: str, payload: Header, src: str, ttl: int | None, tos: int, options: Sequence[Option]
    ) -> None:
        """Deliver a datagram without a wire (RFC 1122, section 3.3.1.1)."""
        made = IPv4(
            src=src,
            dst=dst,
            ttl=self.ttl if ttl is None else ttl,
            tos=tos,
            id=self.identification,
            options=stamped(options, src, self._now) if options else (),
            payload=payload,
        )
        self.identification = self.identification + 1 & 0xFFFF
        datagram = parse(bytes(made), "raw")
        if isinstance(datagram, IPv4):
            self._looped.append((self._now + _LOOPBACK_NS, datagram))
        self.wake()

    def _way(self, dst: str) -> tuple[Attachment, str]:
        """Return the interface and neighbour that a datagram goes to."""
        if dst == LIMITED_BROADCAST or is_group(dst):
            return self._attachments[0], dst
        route = self.routing_table.lookup(dst)
        if route is None:
            raise NoRouteError(f"{self.name} has no route to {dst}: give it a gateway or a route")
        return self._attachments[route.interface], route.gateway or dst

    def _source(self, attachment: Attachment, next_hop: str) -> str:
        """Return the address that a datagram comes from: the interface's, or another of the host's."""
        first = attachment.interface.source_for(next_hop)
        if first is not None and attachment.has(first):
            return first
        for ip in (*attachment.interface.addresses, *self.addresses()):
            if self.is_own(ip):
                return ip
        raise NoRouteError(f"{self.name} has no address to send from")

    def undelivered(self, outgoing: Outgoing) -> None:
        """Handle a datagram that no neighbour took: the host's own sockets and programs learn of it."""
        if outgoing.is_own:
            error = DestinationUnreachable(code=UnreachableCode.HOST, payload=quotation(outgoing.datagram))
            self.icmp.notify(error, outgoing.datagram, self._now)
            self.show(IPv4(src=outgoing.datagram.src, dst=outgoing.datagram.src, payload=error))
