"""Messages on the wire: what bridges say comes back as they said it, and nothing else is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import LLC, Ethernet, parse
from dissect.lab.spanning_tree.messages import Kind, Message, Role, frame_of, message_of
from dissect.lab.spanning_tree.vectors import TICK_NS, Times, Vector
from dissect.protocols.stp import STP, STPConfiguration, STPRapid, STPTopologyChange

GROUP = "01:80:c2:00:00:00"
OWN = "02:00:00:00:00:01"
IDENTIFIERS = st.integers(0, (1 << 64) - 1)
TICKS = st.integers(0, 0xFFFF).map(lambda ticks: ticks * TICK_NS)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    kind = draw(st.sampled_from(Kind))
    if kind is Kind.TOPOLOGY_CHANGE:
        return Message(kind)
    vector = Vector(draw(IDENTIFIERS), draw(st.integers(0, 2**32 - 1)), draw(IDENTIFIERS), draw(st.integers(0, 65535)))
    oldest = draw(st.integers(1, 0xFFFF))
    times = Times(draw(st.integers(0, oldest - 1)) * TICK_NS, oldest * TICK_NS, draw(TICKS), draw(TICKS))
    flags = st.booleans()
    if kind is Kind.CONFIGURATION:
        return Message(kind, vector, times, topology_change=draw(flags), acknowledgment=draw(flags))
    role = draw(st.sampled_from([Role.ALTERNATE, Role.ROOT, Role.DESIGNATED]))
    return Message(kind, vector, times, role, *(draw(flags) for _ in range(6)))


@given(messages())
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    frame = frame_of(message, OWN, GROUP)
    assert message_of(frame) == message
    assert len(frame) == 60
    assert parse(frame).problems() == []


@pytest.mark.parametrize(
    "told",
    [
        STPConfiguration(protocol=1),
        STPConfiguration(message_age=5120, maximum_age=5120),
        STP(type=0x55),
    ],
)
def test_what_is_not_believed(told: STP) -> None:
    assert message_of(bytes(Ethernet(dst=GROUP, src=OWN) / LLC() / told)) is None


def test_what_is_cut_is_not_believed() -> None:
    for told in (STPRapid(), STPConfiguration(), STPTopologyChange()):
        whole = bytes(told)
        for length in range(len(whole)):
            assert (
                message_of(bytes(Ethernet(dst=GROUP, src=OWN) / LLC(dsap=0x42, ssap=0x42, payload=whole[:length])))
                is None
            )


@given(st.binary(max_size=80))
def test_any_bytes_are_a_message_or_none(data: bytes) -> None:
    message_of(bytes.fromhex("0180c2000000 020000000001") + data)
    message_of(bytes.fromhex("0180c2000000 020000000001 0026 424203 0000 02 02") + data)
