"""Datagrams and segments that are put together as bytes are those that their declarations make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, AsyncProgram, Host, IPv4, Network, TCPSettings
from dissect.lab.packed import packed_datagram, packed_segment
from dissect.lab.program import RunsPrograms

_ADDRESSES = st.ip_addresses(v=4).map(str)
_PORTS, _NUMBERS, _SHORTS = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF)


@given(
    src=_ADDRESSES, dst=_ADDRESSES, sport=_PORTS, dport=_PORTS, seq=_NUMBERS, ack=_NUMBERS,
    flags=st.integers(0, 0x1FF), window=_SHORTS, urgent=_SHORTS, words=st.binary(max_size=40),
    data=st.binary(max_size=70),
)  # fmt: skip
def test_a_segment_is_as_declared(
    src: str, dst: str, sport: int, dport: int, seq: int, ack: int, flags: int, window: int, urgent: int,
    words: bytes, data: bytes,
) -> None:  # fmt: skip
    options = words[: len(words) // 4 * 4]
    header = TCP(
        sport=sport, dport=dport, seq=seq, ack=ack, flags=flags, window=window, urgent_pointer=urgent, options=options
    )
    same = IPv4(src=src, dst=dst, payload=header.replace(payload=data or None))
    packed = packed_segment(src, dst, sport, dport, seq, ack, flags, window, urgent, options, data)
    assert packed == bytes(same)[20:]


@given(
    src=_ADDRESSES, dst=_ADDRESSES, protocol=st.integers(0, 255), data=st.binary(max_size=70),
    ttl=st.integers(0, 255), tos=st.integers(0, 255), identification=_SHORTS, whole=st.booleans(),
)  # fmt: skip
def test_a_datagram_is_as_declared(
    src: str, dst: str, protocol: int, data: bytes, ttl: int, tos: int, identification: int, whole: bool
) -> None:
    same = IPv4(
        src=src, dst=dst, protocol=protocol, ttl=ttl, tos=tos, id=identification, flags="DF" if whole else 0,
        payload=data,
    )  # fmt: skip
    packed = packed_datagram(src, dst, protocol, data, ttl=ttl, tos=tos, identification=identification, whole=whole)
    assert packed == bytes(same)


@pytest.mark.parametrize("settings", [TCPSettings(), TCPSettings(timestamps=False, sack=False)], ids=["usual", "bare"])
@pytest.mark.parametrize("mtu", [1500, 576])
def test_a_transfer_is_the_same_either_way(settings: TCPSettings, mtu: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With losses, so that there are SACK blocks; over a link that takes less than the hosts believe."""
    recorded = []
    for is_packed in (True, False):
        if not is_packed:
            monkeypatch.setattr(Host, "takes_packed", lambda *_: False)
        lab = Network(seed=1)
        a, b = lab.host("a", "10.0.0.1/24", gateway="10.0.0.9"), lab.host("b", "10.0.1.1/24", gateway="10.0.1.9")
        router = lab.router("r", "10.0.0.9/24", "10.0.1.9/24")
        lab.link(a, router, delay_ns=1_000_000, loss=0.03)
        lab.link(router, b, delay_ns=1_000_000, mtu=mtu)

        async def serve(host: RunsPrograms) -> None:
            connection = await host.tcp.listen(7, settings=settings).accept()
            while data := await connection.read():
                await connection.write(data)
            connection.close()

        async def client(host: RunsPrograms) -> int:
            connection = await host.tcp.connect("10.0.1.1", 7, settings=settings)
            await connection.write(bytes(range(256)) * 100)
            connection.shutdown()
            back = 0
            while data := await connection.read():
                back += len(data)
            connection.close()
            return back

        lab.start_program(b, AsyncProgram(serve))
        program = lab.start_program(a, AsyncProgram(client))
        lab.run(100_000_000_000)
        assert program.result == 25_600
        recorded.append([(packet.time_ns, packet.data) for packet in lab.recording.packets()])
    assert recorded[0] == recorded[1]
