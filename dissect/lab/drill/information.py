"""What `tcp_info` of tcp(7) tells of a simulated connection."""

from __future__ import annotations

from dissect.flows.states import State
from dissect.lab.tcp.endpoint import Endpoint

__all__ = ["CONSTANTS", "information"]

_STATES = {
    State.ESTABLISHED: 1, State.SYN_SENT: 2, State.SYN_RCVD: 3, State.FIN_WAIT_1: 4, State.FIN_WAIT_2: 5,
    State.TIME_WAIT: 6, State.CLOSED: 7, State.CLOSE_WAIT: 8, State.LAST_ACK: 9, State.LISTEN: 10, State.CLOSING: 11,
}  # fmt: skip
CONSTANTS = {
    "TCP_ESTABLISHED": 1, "TCP_SYN_SENT": 2, "TCP_SYN_RECV": 3, "TCP_FIN_WAIT1": 4, "TCP_FIN_WAIT2": 5,
    "TCP_TIME_WAIT": 6, "TCP_CLOSE": 7, "TCP_CLOSE_WAIT": 8, "TCP_LAST_ACK": 9, "TCP_LISTEN": 10, "TCP_CLOSING": 11,
    "TCP_CA_Open": 0, "TCP_CA_Disorder": 1, "TCP_CA_CWR": 2, "TCP_CA_Recovery": 3, "TCP_CA_Loss": 4,
    "TCPI_OPT_TIMESTAMPS": 1, "TCPI_OPT_SACK": 2, "TCPI_OPT_WSCALE": 4, "TCPI_OPT_ECN": 8,
    "TCPI_OPT_ECN_SEEN": 16, "TCPI_OPT_SYN_DATA": 32,
}  # fmt: skip
"""The names that scripts use beside the members."""
_INFINITE_THRESHOLD = 0x7FFFFFFF
_MICROSECOND = 1_000


def information(endpoint: Endpoint, now_ns: int) -> dict[str, int]:
    """Return the members of `tcp_info` by name, with `tcpi_` in front; what counts segments is rounded up.

    Times are in microseconds, or in milliseconds where tcp(7) has them so.
    """
    block = endpoint.block
    sender, congestion, trips = block.sender, block.congestion, block.trips
    mss = max(sender.mss, 1)

    def segments(count: int) -> int:
        return -(-count // mss)

    flight = sender.most - sender.una
    sacked = sender.scoreboard.count(sender.una, sender.most)
    lost = block.lost_bytes()
    threshold = congestion.threshold // mss
    options = (block.stamps.is_used << 0) | (block.sack << 1) | (block.scales << 2) | (block.ecn.is_used << 3)
    members = {
        "state": _STATES[endpoint.state],
        "ca_state": _congestion_state(endpoint),
        "retransmits": block.tries,
        "probes": block.probes,
        "backoff": trips.backoffs,
        "options": options,
        "snd_wscale": sender.shift,
        "rcv_wscale": block.receiver.shift,
        "rto": trips.timeout_ns // _MICROSECOND,
        "ato": block.settings.ack_delay_ns // _MICROSECOND,
        "snd_mss": sender.mss,
        "rcv_mss": block.receiver.mss,
        "unacked": segments(flight),
        "sacked": segments(sacked),
        "lost": segments(lost),
        "retrans": segments(block.resent_bytes()),
        "fackets": 0,
        "pmtu": block.mtu,
        "rcv_ssthresh": block.receiver.window,
        "rtt": (trips.smoothed_ns or 0) // _MICROSECOND,
        "rttvar": trips.variation_ns // _MICROSECOND,
        "snd_ssthresh": threshold if congestion.has_threshold else _INFINITE_THRESHOLD,
        "snd_cwnd": congestion.window // mss,
        "advmss": block.most_mss,
        "reordering": 3 if block.rack is None else block.rack.reordering,
        "rcv_space": block.settings.receive_buffer,
        "total_retrans": block.resent_segments,
        "delivered": segments(sender.una - sender.iss),
        "last_data_sent": (now_ns - block.last_sent_ns) // 1_000_000,
    }
    return {f"tcpi_{name}": int(value) for name, value in members.items()}


def _congestion_state(endpoint: Endpoint) -> int:
    block = endpoint.block
    if block.congestion.recovery_end is not None:
        return CONSTANTS["TCP_CA_Recovery"]
    if block.tries:
        return CONSTANTS["TCP_CA_Loss"]
    if block.sender.scoreboard or block.congestion.duplicates:
        return CONSTANTS["TCP_CA_Disorder"]
    return CONSTANTS["TCP_CA_Open"]
