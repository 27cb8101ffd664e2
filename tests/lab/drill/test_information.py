"""tcp_info of a simulated connection."""

from __future__ import annotations

from dissect.lab.drill.information import CONSTANTS, information
from dissect.lab.tcp.endpoint import Endpoint
from dissect.lab.tcp.settings import TCPSettings
from tests.lab.tcp.pair import established


def test_a_connection_that_has_sent_tells_how_much() -> None:
    pair = established({"timestamps": False}, {"timestamps": False})
    pair.a.write(bytes(3 * pair.a.block.sender.mss), pair.now_ns)
    told = information(pair.a, pair.now_ns)
    assert (told["tcpi_state"], told["tcpi_ca_state"]) == (CONSTANTS["TCP_ESTABLISHED"], CONSTANTS["TCP_CA_Open"])
    assert (told["tcpi_unacked"], told["tcpi_sacked"], told["tcpi_lost"], told["tcpi_snd_cwnd"]) == (3, 0, 0, 10)
    assert told["tcpi_snd_ssthresh"] == 0x7FFFFFFF, "nothing has told yet"
    assert told["tcpi_rtt"] == pair.a.block.trips.smoothed_ns // 1000  # type: ignore[operator]


def test_a_handshake() -> None:
    endpoint = Endpoint(TCPSettings(), isn=5)
    endpoint.connect(0)
    assert information(endpoint, 0)["tcpi_state"] == CONSTANTS["TCP_SYN_SENT"]
