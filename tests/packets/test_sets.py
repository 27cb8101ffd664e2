from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from dissect import FieldError, hosts, ports
from dissect.declaration.several import Several


@pytest.mark.parametrize("text", ["10.0.0.0/28", "192.0.2.4/30", "10.0.0.0/31", "10.0.0.7/32", "2001:db8::/126"])
def test_the_hosts_of_a_network_are_those_of_the_standard_library(text: str) -> None:
    assert list(hosts(text)) == [str(each) for each in ip_network(text).hosts()]


def test_hosts_are_told_in_the_usual_words() -> None:
    assert list(hosts("10.0.0.5/30", "10.0.0.9-11", "10.0.1.255-10.0.2.1", "::1-3")) == [
        *("10.0.0.5", "10.0.0.6", "10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.1.255", "10.0.2.0", "10.0.2.1"),
        *("::1", "::2", "::3"),
    ]
    assert repr(hosts("10.0.0.0/28")) == "hosts('10.0.0.0/28')"
    assert hosts("2001:db8::/64").size == 2**64 - 1
    assert isinstance(hosts("10.0.0.1"), Several)


@pytest.mark.parametrize("text", ["", "nobody", "10.0.0.300", "10.0.0.9-3", "10.0.0.1-::9", "10.0.0.0/33", "1-2-3"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(FieldError, match=f"^'{text}' names no hosts, expected an address, a network"):
        hosts(text)


def test_ports_are_told_by_numbers_or_a_text() -> None:
    assert list(ports(20, 25)) == [20, 21, 22, 23, 24, 25]
    assert list(ports(0)) == [0]
    assert list(ports("80, 22,8000-8002")) == [80, 22, 8000, 8001, 8002]
    assert len(ports("-")) == 65535
    assert repr(ports("22,80")) == "ports('22,80')"


@pytest.mark.parametrize(
    "given", [(), (1, 2, 3), (5, 2), (-1,), (65536,), ("http",), ("1,,2",), ("9-3",), ("22", 80), (1.5,)]
)
def test_what_is_no_port_is_refused(given: tuple[object, ...]) -> None:
    with pytest.raises(FieldError, match=r"^ports\(.*names"):
        ports(*given)  # type: ignore[arg-type]


def test_objects_of_the_standard_library_name_hosts() -> None:
    assert hosts(ip_network("10.0.0.0/30")) == hosts("10.0.0.0/30")
    assert list(hosts(ip_address("10.0.0.9"))) == ["10.0.0.9"]
    with pytest.raises(FieldError, match="'5' names no hosts"):
        hosts(5)  # type: ignore[arg-type]
