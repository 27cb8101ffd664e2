"""What both sides of TFTP agree on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import UDP
from dissect.lab.applications.tftp_exchange import Exchange, negotiated, options_of
from dissect.lab.async_program import AsyncProgram
from dissect.lab.program import RunsPrograms
from dissect.protocols.tftp import TFTPAcknowledgment, TFTPOption
from tests.lab.applications.net import Home

NAMES = st.sampled_from(["blksize", "tsize", "timeout", "windowsize", ""])
VALUES = st.one_of(st.integers(-5, 100_000).map(str), st.text(max_size=5))


@given(st.dictionaries(NAMES, VALUES), st.one_of(st.none(), st.integers(0, 10**9)))
def test_nothing_is_agreed_on_that_was_not_asked_for_or_can_not_be(said: dict[str, str], size: int | None) -> None:
    found = negotiated(said, size)
    assert set(found) <= set(said)
    assert 8 <= found.get("blksize", 512) <= 65464
    assert 1 <= found.get("timeout", 1) <= 255
    if "tsize" in found and size is not None:
        assert found["tsize"] == size


def test_names_of_options_have_no_case() -> None:
    assert options_of([TFTPOption("BlkSize", "8"), b"cut"]) == {"blksize": "8"}


def test_numbers_begin_again_behind_65535() -> None:
    home = Home()
    client = home.host("client", "192.168.1.2/24")
    data = bytes(range(200)) * 11
    near, far = client.udp.open(7000), home.server.udp.open(7000)

    async def send(host: RunsPrograms) -> object:
        exchange = Exchange(far, "192.168.1.2", 7000, lambda: host.now_ns)
        return await exchange.send_blocks(lambda start, size: data[start : start + size], 65534)

    async def receive(host: RunsPrograms) -> object:
        exchange = Exchange(near, "192.168.1.1", 7000, lambda: host.now_ns)
        return [piece async for piece in exchange.blocks(TFTPAcknowledgment(block=65533), 65534)]

    sender = home.serve(AsyncProgram(send))
    assert b"".join(home.do(client, receive)) == data
    assert sender.result == len(data)
    sent = [bytes(segment)[8:12] for segment in home.seen(UDP) if len(bytes(segment)) > 12]
    assert [int.from_bytes(head[2:], "big") for head in sent] == [65534, 65535, 0, 1, 2]
