"""Values made canonical by name, and names that are ignored: what still counts, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dissect import (
    DHCP,
    ICMP,
    TCP,
    UDP,
    DestinationUnreachable,
    Ethernet,
    FieldError,
    Header,
    HTTPRequest,
    HTTPResponse,
    IPv4,
    MessageType,
    Packet,
    RecordRoute,
    Timestamps,
    compare,
)
from dissect.differences import CANONICAL, Equality
from dissect.protocols.dhcp_options import DHCPLeaseTime, DHCPServerIdentifier
from dissect.protocols.tls import TLSApplicationData, TLSHandshake
from dissect.protocols.tls_hellos import ClientHello
from dissect.protocols.tls_key_extensions import KeyShareEntry, KeyShares
from tests.differences.traffic import VOLATILE, conversation

CLOCK = {"tcp.options.timestamp.*"}


def edited(packets: list[Packet], place: int, layer: type[Header], **values: object) -> list[Packet]:
    """The packets with fields of one changed, and what follows from them computed again."""
    frame = packets[place].frame.copy()
    for name, value in values.items():
        setattr(frame[layer], name, value)
    old = packets[place]
    new = Packet(bytes(frame.fixed()), number=old.number, time_ns=old.time_ns)
    return [*packets[:place], new, *packets[place + 1 :]]


def told(a: list[Packet], b: list[Packet], canonical: object = VOLATILE, ignore: object = CLOCK) -> list[str]:
    return str(compare(a, b, canonical=canonical, ignore=ignore)).splitlines()  # type: ignore[arg-type]


def test_two_runs_are_equal_where_all_that_changes_is_canonical() -> None:
    assert compare(conversation(1), conversation(2), canonical=VOLATILE, ignore=CLOCK).is_equal
    assert compare(conversation(1), conversation(2), canonical={"all"}, ignore=CLOCK).is_equal


def test_live_traffic_is_equal_to_itself_under_one_name() -> None:
    later = [Packet(packet.data, number=packet.number, time_ns=(packet.time_ns or 0) * 3) for packet in conversation(2)]
    assert compare(conversation(1), later, canonical={"live"}).is_equal
    assert Equality.of(canonical={"live"}).times == "absent"
    assert not compare(conversation(1), conversation(1)[:-1], canonical={"live"}).is_equal


def test_timestamps_are_there_or_not() -> None:
    def stamped(value: int, echo: int) -> Header:
        return Ethernet() / IPv4() / TCP(options=[Timestamps(value=value, echo=echo)])

    settings = {"canonical": {"tcp-timestamps", "checksums"}}
    assert compare(stamped(1, 0), stamped(7, 0), **settings).is_equal  # type: ignore[arg-type]
    assert "tcp.options.timestamp.tsecr" in str(compare(stamped(1, 0), stamped(7, 1), **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", VOLATILE)
def test_each_is_canonical_on_request_alone(name: str) -> None:
    wanted = [each for each in VOLATILE if each != name]
    comparison = compare(conversation(1), conversation(2), canonical=wanted, ignore=CLOCK)
    fields = {field.name for difference in comparison for field in difference.fields}
    assert (
        fields
        == {
            "times": {"frame.time_epoch"},
            "sequence-numbers": {"tcp.seq_raw", "tcp.ack_raw"},
            "ports": {"tcp.srcport", "tcp.dstport"},
            "ip-addresses": {"ip.src", "ip.dst"},
            "mac-addresses": {"eth.src", "eth.dst"},
            "ip-ids": {"ip.id"},
        }[name]
    )


def test_a_mix_up_of_addresses_shows() -> None:
    changed = edited(conversation(2), 4, IPv4, src="10.2.0.1", dst="10.2.0.2")
    lines = told(conversation(1), changed)
    assert lines[0] == "#5 ip.src 10.1.0.2 (#2) -> 10.2.0.1 (#1) at byte 26"


def test_a_mix_up_of_ports_macs_and_identifications_shows() -> None:
    other = conversation(2)
    assert told(conversation(1), edited(other, 3, TCP, sport=40009))[0] == (
        "#4 tcp.srcport 40001 (#1) -> 40009 (#2) at byte 34"
    )
    assert told(conversation(1), edited(other, 3, Ethernet, src="02:00:00:00:02:02"))[0] == (
        "#4 eth.src 02:00:00:00:01:01 (#2) -> 02:00:00:00:02:02 (#1) at byte 6"
    )
    assert told(conversation(1), edited(other, 3, IPv4, id=other[2][IPv4].id))[0].startswith(
        "#4 ip.id 0x1b5b (#4) -> 0x36b2 (#3)"
    )


def test_well_known_ports_and_groups_are_what_they_are() -> None:
    asked = Ethernet(dst="ff:ff:ff:ff:ff:ff") / IPv4(src="10.0.0.1", dst="224.0.0.1") / UDP(sport=53, dport=40000)
    for layer, field, value in (
        (UDP, "sport", 54),
        (IPv4, "dst", "224.0.0.2"),
        (Ethernet, "dst", "01:00:5e:00:00:01"),
    ):
        other = asked.copy()
        setattr(other[layer], field, value)
        assert [each.fields[0].name for each in compare(asked, other, canonical={"all"})] == [layer.field(field).label]
    assert not compare(asked, asked.replace(src="02:00:00:00:00:01"), canonical={"all"}).is_equal


def test_an_inserted_frame_shifts_no_numbers() -> None:
    stranger = Packet(bytes(Ethernet(src="02:00:00:00:00:99") / IPv4(src="10.9.9.9", dst="10.9.9.8", id=5) / UDP()))
    changed = conversation(2)
    changed.insert(2, stranger)
    lines = told(conversation(1), changed)
    assert len(lines) == 1
    assert lines[0].startswith("#3 added: 10.9.9.9")


def test_relative_sequence_numbers_are_compared() -> None:
    other = conversation(2)
    lines = told(conversation(1), edited(other, 4, TCP, seq=other[4][TCP].seq + 1))
    assert lines[0] == "#5 tcp.seq_raw 1 (relative) -> 2 (relative) at byte 38"
    assert lines[1].lstrip().startswith("so tcp.checksum")
    assert len(lines) == 2


def test_times_count_from_the_first_frame_that_both_have() -> None:
    later = [Packet(packet.data, number=packet.number, time_ns=(packet.time_ns or 0) + 5) for packet in conversation(1)]
    later[2].time_ns = (later[2].time_ns or 0) + 7
    assert told(conversation(1), later, {"times"}) == ["#3 frame.time_relative 0.002000000 -> 0.002000007"]
    assert compare(conversation(1), later, canonical={"no-times"}).is_equal
    assert len(compare(conversation(1), later).differences) == 6
    assert told(conversation(1), conversation(1)[1:], {"times"})[0].startswith("#1 missing")


def test_checksums_are_good_or_bad() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"
    bad, worse = frame.copy(), frame.copy()
    bad[UDP].checksum, worse[UDP].checksum = 1, 2
    assert not compare(bad, worse).is_equal
    assert compare(bad, worse, canonical={"checksums"}).is_equal
    (difference,) = compare(frame, bad, canonical={"checksums"}).differences
    assert str(difference) == "#1 udp.checksum good -> bad at byte 40"


def test_what_an_ignored_field_explains_is_ignored_with_it() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"
    other = frame.copy()
    other[IPv4].ttl = 3
    assert compare(frame, other, ignore={"ip.ttl"}).is_equal
    longer = frame / b"and more"
    assert compare(frame, longer, ignore={"data", "data.*"}).is_equal
    other[IPv4].checksum = 1
    (difference,) = compare(frame, other, ignore={"ip.ttl"}).differences
    assert [field.name for field in difference.fields] == ["ip.checksum"]


def test_bits_of_a_field_are_ignored_by_their_own_names() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(flags="A")
    pushed, reset = frame.copy(), frame.copy()
    pushed[TCP].flags, reset[TCP].flags = "PA", "RA"
    assert compare(frame, pushed, ignore={"tcp.flags.push"}).is_equal
    assert not compare(frame, reset, ignore={"tcp.flags.push"}).is_equal
    assert compare(frame, reset, ignore={"tcp.flags"}).is_equal


def test_names_for_several_fields_and_for_layers_are_ignored() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2)
    other = Ethernet(src="02:00:00:00:00:09") / IPv4(src="10.0.0.3", dst="10.0.0.4") / UDP(sport=3, dport=2)
    assert compare(frame, other, ignore={"ip.addr", "eth", "udp.port"}).is_equal
    assert compare(frame, other, ignore={"eth.*", "ip.src", "ip.ds?", "udp.srcport"}).is_equal


def test_addresses_in_lists_and_quotations_are_canonical() -> None:
    def error(net: int) -> Header:
        quoted = IPv4(src=f"10.{net}.0.1", dst=f"10.{net}.0.9", id=net) / UDP(sport=40000 + net, dport=9, checksum=net)
        route = RecordRoute(pointer=12, route=[f"10.{net}.0.254", f"10.{net}.0.1"])
        outer = IPv4(src=f"10.{net}.0.254", dst=f"10.{net}.0.1", options=[route])
        return Ethernet() / outer / DestinationUnreachable(code=3) / quoted

    assert compare(error(1), error(2), canonical={"all"}).is_equal
    assert not compare(error(1), error(2), canonical={"ip-addresses"}).is_equal
    assert ICMP in error(1)


def test_unknown_names_are_errors_with_the_nearest() -> None:
    with pytest.raises(FieldError, match=r"ignore has 'tcp.sek'.*did you mean 'tcp.seq'"):
        Equality.of(ignore={"tcp.sek"})
    with pytest.raises(FieldError, match=r"canonical has 'time'.*did you mean 'times'"):
        Equality.of(canonical={"time"})
    with pytest.raises(FieldError, match="expected one of them"):
        Equality.of(canonical={"times", "no-times"})
    assert Equality.of(canonical={"all", "no-times"}).times == "absent"
    assert Equality.of(canonical=list(CANONICAL.keys() - {"no-times"})).times == "relative"


def test_ignored_addresses_and_options_do_not_disturb_the_numbers_of_others() -> None:
    def asked(net: int, hops: int) -> Header:
        route = RecordRoute(route=[f"10.{net}.0.{hop}" for hop in range(1, hops + 1)])
        outer = IPv4(src=f"10.{net}.0.1", dst=f"10.{net}.0.2", options=[route])
        return Ethernet() / outer / UDP(sport=40000 + net, dport=9)

    assert compare(asked(1, 3), asked(2, 5), canonical={"all"}, ignore={"ip"}).is_equal
    assert compare([asked(1, 3), asked(1, 3)], [asked(2, 5), asked(3, 5)], canonical={"all"}, ignore={"ip"}).differences


def framed(message: Header, *ports: int) -> Header:
    return Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=ports[0], dport=ports[1], flags="PA") / message


def web(run: int) -> list[Header]:
    cookie = {"Cookie": f"id={run}"}
    answer = {"Date": f"Sun, 0{run} Nov 2026", "Set-Cookie": f"id={run}", "ETag": f'"{run}"', "Content-Length": "0"}
    asked = HTTPRequest("GET", "/", headers={"Host": "a", **cookie})
    return [framed(asked, 80, 80), framed(HTTPResponse(200, "OK", headers=answer), 80, 80)]


def lease(run: int) -> list[Header]:
    options = [MessageType("ack"), DHCPLeaseTime(3600 - run), DHCPServerIdentifier("10.0.0.1")]
    message = DHCP(operation=2, transaction_id=run, seconds=run, your_address="10.0.0.7", options=options)
    return [Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.7") / UDP(sport=67, dport=68) / message]


def greeting(run: int) -> list[Header]:
    share = KeyShareEntry(bytes([run] * 32))
    hello = ClientHello(
        random=bytes([run] * 32), session_id=bytes([run] * 32), cipher_suites=[0x1301], extensions=[KeyShares([share])]
    )
    return [framed(TLSHandshake([hello]), 443, 443), framed(TLSApplicationData(bytes([run] * 40)), 443, 443)]


@pytest.mark.parametrize("exchange", [web, lease, greeting])
def test_what_is_another_in_every_run_of_applications(exchange: Callable[[int], list[Header]]) -> None:
    assert compare(exchange(1), exchange(2), canonical={"all"}).is_equal
    assert not compare(exchange(1), exchange(2)).is_equal


def test_other_header_fields_count() -> None:
    one, other = (framed(HTTPRequest("GET", "/", headers={"Host": host}), 80, 80) for host in ("a", "b"))
    assert not compare(one, other, canonical={"all"}).is_equal
