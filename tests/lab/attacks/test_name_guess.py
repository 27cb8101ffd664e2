"""Who guesses the number of a question, and whom that deceives."""

from __future__ import annotations

import pytest

from dissect import FieldError, Network
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.dns_zone import Zone
from dissect.lab.async_program import AsyncProgram
from dissect.lab.attacks.name_guess import NameGuess, OldResolver
from dissect.lab.program import RunsPrograms

ZONE = Zone("example.com", {"www": {"A": "192.0.2.80"}})
SERVER = "10.0.0.53"


def network() -> Network:
    lab = Network()
    switch = lab.switch("s")
    for name, address in (("resolver", "10.0.0.1/24"), ("server", f"{SERVER}/24"), ("mallory", "10.0.0.66/24")):
        lab.link(lab.host(name, address), switch, delay_ns=10_000_000 if name == "server" else 1_000)
    lab.start_program("server", DNSServer([ZONE]))
    return lab


@pytest.mark.parametrize(
    ("first", "port", "believed"),
    [(0, 1053, "203.0.113.66"), (100, 1053, "192.0.2.80"), (0, 1054, "192.0.2.80")],
    ids=["both right", "wrong numbers", "wrong port"],
)
def test_number_and_port_must_be_right(first: int, port: int, believed: str) -> None:
    lab = network()
    guesses = [
        lab.start_program(
            "mallory",
            NameGuess("10.0.0.1", SERVER, "www.example.com", "203.0.113.66", first=first, port=port),
            at_ns=at_ns,
        )
        # The first guesses are for what mallory has to ask by ARP.
        for at_ns in (0, 1_005_000_000)
    ]
    resolver = lab.start_program("resolver", OldResolver("www.example.com", SERVER, number=7), at_ns=1_000_000_000)
    lab.run(3_000_000_000)
    assert [guess.finished for guess in guesses] == [True, True]
    assert resolver.address == believed


def test_the_stub_resolver_of_today_is_not_deceived() -> None:
    lab = network()

    async def ask(host: RunsPrograms) -> str:
        device = lab.device("resolver")
        return await device.resolve("www.example.com")  # type: ignore[attr-defined,no-any-return]

    resolver = lab.device("resolver")
    resolver.resolver.servers = [SERVER]  # type: ignore[attr-defined]
    program = lab.start_program("resolver", AsyncProgram(ask), at_ns=1_000_000_000)
    guess = NameGuess("10.0.0.1", SERVER, "www.example.com", "203.0.113.66", count=1000)
    lab.start_program("mallory", guess, at_ns=1_000_100_000)
    lab.run(8_000_000_000)
    assert program.result == "192.0.2.80"


def test_a_name_that_is_none_and_a_server_that_says_nothing() -> None:
    lab = network()
    none = lab.start_program("resolver", OldResolver("none.example.com", SERVER))
    lab.run(2_000_000_000)
    silent = lab.start_program("resolver", OldResolver("www.example.com", "10.0.0.99"), at_ns=2_000_000_000)
    lab.run(20_000_000_000)
    assert (none.address, none.lines) == (None, ["none.example.com is no name"])
    assert silent.lines == ["10.0.0.99 says nothing of www.example.com"]


@pytest.mark.parametrize(("first", "count"), [(-1, 1), (0, 0), (65536, 1), (0, 65537)])
def test_numbers_fit_sixteen_bits(first: int, count: int) -> None:
    with pytest.raises(FieldError, match="expected 1 to 65536 from 0 to 65535"):
        NameGuess("10.0.0.1", SERVER, "a", "10.0.0.2", first=first, count=count)
