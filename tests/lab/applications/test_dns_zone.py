"""Zones answer as RFC 1034 has it: what there is, what stands for it, what is missing, and who else knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dissect.errors import ScenarioError
from dissect.lab.applications.dns_zone import Found, Zone, load_zones, read_zones
from dissect.protocols.dns_types import RecordType

NAMES: dict[str, dict[str, Any]] = {
    "@": {"NS": ["ns", "ns.example.net."], "MX": ["10 mail", "20 mail.example.net."], "A": "192.0.2.1"},
    "ns": {"A": "192.0.2.53", "AAAA": "2001:db8::53"},
    "mail": {"A": "192.0.2.25"},
    "www": {"CNAME": "web"},
    "web": {"A": [{"value": "192.0.2.80", "ttl": 60}, "192.0.2.81"]},
    "away": {"CNAME": "www.example.net."},
    "round": {"CNAME": "about"},
    "about": {"CNAME": "round"},
    "deep.down": {"TXT": "x" * 300},
    "*.wild": {"A": "192.0.2.7"},
    "there.wild": {"TXT": "no address"},
    "sub": {"NS": ["ns.sub"]},
    "ns.sub": {"A": "192.0.2.99"},
    "_sip._udp": {"SRV": "0 5 5060 mail"},
}
ZONE = Zone("Example.com", NAMES, soa={"minimum": 120, "serial": 7})


def told(name: str, kind: str) -> tuple[list[str], list[str], list[str]]:
    found = find(name, kind)
    return (
        [f"{record.owner} {record.summary()}" for record in found.answers],
        [str(record.type) for record in found.authorities],
        [record.summary() for record in found.additionals],
    )


def find(name: str, kind: str) -> Found:
    return ZONE.find(name, RecordType[kind])


def test_records_come_with_the_addresses_of_the_hosts_that_they_name() -> None:
    answers, authorities, additionals = told("example.com", "MX")
    assert answers == ["example.com MX 10 mail.Example.com", "example.com MX 20 mail.example.net"]
    assert (authorities, additionals) == ([], ["A 192.0.2.25"])
    assert told("_SIP._udp.example.com", "SRV")[2] == ["A 192.0.2.25"]
    assert told("example.com", "NS")[2] == ["A 192.0.2.53", "AAAA 2001:db8::53"]


def test_a_name_keeps_the_letters_that_it_was_asked_with() -> None:
    assert told("WEB.example.COM", "A")[0] == ["WEB.example.COM A 192.0.2.80", "WEB.example.COM A 192.0.2.81"]
    assert [record.ttl for record in find("web.example.com", "A").answers] == [60, 3600]


def test_what_a_name_stands_for_is_followed_within_the_zone() -> None:
    answers, authorities, _ = told("www.example.com", "A")
    assert [line.split()[1] for line in answers] == ["CNAME", "A", "A"]
    assert authorities == []
    assert told("www.example.com", "CNAME")[0] == ["www.example.com CNAME web.Example.com"]
    away = find("away.example.com", "A")
    assert (len(away.answers), away.exists) == (1, True)
    assert len(find("round.example.com", "A").answers) == 8, "a circle ends"


def test_a_name_without_such_records_exists_and_another_does_not() -> None:
    for name, kind, exists in (
        ("web.example.com", "MX", True),
        ("down.example.com", "A", True),
        ("nobody.example.com", "A", False),
        ("x.web.example.com", "A", False),
    ):
        found = find(name, kind)
        assert (found.exists, found.answers) == (exists, [])
        (soa,) = found.authorities
        assert (soa.type, soa.ttl, soa.owner) == (RecordType.SOA, 120, "Example.com")


def test_a_wildcard_stands_for_what_is_not_there() -> None:
    assert told("any.wild.example.com", "A")[0] == ["any.wild.example.com A 192.0.2.7"]
    assert told("a.b.wild.example.com", "A")[0] == ["a.b.wild.example.com A 192.0.2.7"]
    assert told("there.wild.example.com", "A")[0] == []
    assert find("x.there.wild.example.com", "A").exists is False, "the closest name that exists has no wildcard"


def test_what_is_another_zones_is_told_with_its_servers() -> None:
    found = find("www.sub.example.com", "A")
    assert (found.answers, found.is_authoritative, found.exists) == ([], False, True)
    assert [record.summary() for record in found.authorities] == ["NS ns.sub.Example.com"]
    assert [record.summary() for record in found.additionals] == ["A 192.0.2.99"]
    assert find("sub.example.com", "NS").is_authoritative is False


def test_long_text_is_cut_into_strings() -> None:
    (record,) = find("deep.down.example.com", "TXT").answers
    assert [len(each.text) for each in getattr(record, "strings")] == [255, 45]  # noqa: B009


def test_the_root_is_a_zone_as_well() -> None:
    root = Zone(".", {"com": {"NS": "ns.com"}, "ns.com": {"A": "192.0.2.9"}})
    found = root.find("www.example.com", RecordType.A)
    assert ([record.owner for record in found.authorities], len(found.additionals)) == (["com"], 1)
    assert root.find(".", RecordType.SOA).answers[0].owner == "."
    assert root.find("net", RecordType.A).exists is False


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "a zone has no origin"),
        ({"origin": "a", "name": {}}, "the zone a has the keys name, expected names, origin, soa, ttl"),
        ({"origin": "a", "names": {"w": 1}}, "the names of a are no tables"),
        ({"origin": "a", "names": {"w": {"X": 1}}}, "w.a has records of type 'X', expected A, AAAA, CNAME"),
        ({"origin": "a", "names": {"w": {"A": "1"}}}, "w.a has the A record '1': "),
        ({"origin": "a", "names": {"w": {"MX": "mail"}}}, "expected 1 number and a name"),
        ({"origin": "a", "names": {"w.b.": {"A": "1.2.3.4"}}}, "w.b is not of the zone a"),
        ({"origin": "a", "names": {"w": {"A": "1.2.3.4", "CNAME": "b"}}}, "w.a stands for another name"),
        ({"origin": "a", "soa": {"retries": 1}}, "the soa of a is {'retries': 1}, expected a table of server"),
        ({"origin": "a", "ttl": "x"}, "the zone a: "),
        ({"origin": "a..b"}, "the zone a..b: "),
    ],
)
def test_what_is_no_zone_is_one_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(sentence)):
        list(read_zones(given))


def test_zones_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "zones.toml"
    file.write_text('[[zones]]\norigin = "a"\n[[zones]]\norigin = "b"\nnames.www = { A = "192.0.2.1" }\n')
    assert [zone.origin for zone in load_zones(file)] == ["a", "b"]
    file.write_text('origin = "a"\nnames.w = { A = 1 }')
    with pytest.raises(ScenarioError, match=r"zones.toml: w.a has the A record 1: "):
        load_zones(file)
    file.write_bytes(b"\xff")
    with pytest.raises(ScenarioError, match="is no TOML"):
        load_zones(file)
