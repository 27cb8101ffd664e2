"""What can be chosen of a connection; the defaults are those of Linux where the RFCs leave a choice."""

from __future__ import annotations

from dataclasses import dataclass

from dissect.errors import FieldError

__all__ = ["TCPSettings"]

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MOST_SHIFT = 14
"""By how many bits windows are shifted at most (RFC 7323, section 2.3)."""
LARGEST_BUFFER = 65535 << MOST_SHIFT


@dataclass(frozen=True, slots=True, kw_only=True)
class TCPSettings:
    """The options of a connection, or of all that a listener takes; times are in nanoseconds, sizes in bytes.

    Raises FieldError for values out of range.

    >>> TCPSettings(window_scale=None, sack=False, timestamps=False).mss
    >>> TCPSettings(window_scale=15)
    Traceback (most recent call last):
    dissect.errors.FieldError: the TCP setting window_scale is 15, expected 0 to 14, or None
    """

    mss: int | None = None
    """The maximum segment size that is announced; None: the interface's MTU less 40 (RFC 9293, section 3.7.1).

    Larger ones are not sent either, as with TCP_MAXSEG of tcp(7).
    """
    receive_buffer: int = 256 << 10
    """What is kept for a user who doesn't read; the window that is announced is what is free of it."""
    send_buffer: int = 256 << 10
    """What is kept until it is acknowledged; what is written beyond it is refused, or waits."""
    window_scale: int | None = 7
    """By how many bits windows are shifted (RFC 7323, section 2); None: the option is not used."""
    sack: bool = True
    """Whether selective acknowledgments are used where the other side does (RFC 2018)."""
    timestamps: bool = True
    """Whether timestamps are used where the other side does (RFC 7323, section 3)."""
    timestamp_offset: int | None = None
    """What the timestamp is at time 0; None: a number that depends on the addresses, as that of Linux does."""
    ecn: bool = False
    """Whether congestion is told by marks in place of losses (RFC 3168); a listener answers who asks for it anyway."""
    nagle: bool = True
    """Whether a small segment waits until all before it is acknowledged (RFC 9293, section 3.7.4)."""
    cork: bool = False
    """Whether segments that are not full wait until they are, or until this is taken back (TCP_CORK of tcp(7))."""
    burst: int = 1
    """How many full segments leave at a time, the last of them pushed; Linux gives its hardware 2 or more."""
    cubic: bool = False
    """Whether a loss makes the window 0.7 times what it was (RFC 9438, section 4.6), and not half."""
    rate_reduction: bool = False
    """Whether recovery sends in proportion to what arrives (PRR, RFC 6937), and not when half the window has."""
    restarts_after_idle: bool = True
    """Whether a connection begins with the initial window again when it was silent (RFC 5681, section 4.1)."""
    tail_loss_probe: bool = False
    """Whether the last segment goes again soon where its acknowledgment is missing (RFC 8985, section 7)."""
    recent_acknowledgment: bool = False
    """Whether losses are told by time, from what was sent last among what has arrived (RACK, RFC 8985, section 6)."""
    ack_delay_ns: int = 40 * MILLISECOND
    """How long an acknowledgment waits for data to ride on, less than 500 ms (RFC 9293, section 3.8.6.3)."""
    quick_acks: int = 16
    """How many segments are acknowledged at once at the beginning, as long as the user has answered none."""
    initial_window: int = 10
    """How many full segments go before the first acknowledgment (RFC 6928, section 2)."""
    first_timeout_ns: int = SECOND
    """The retransmission timeout before there is a measurement (RFC 6298, section 2.1)."""
    least_timeout_ns: int = 200 * MILLISECOND
    """What is added to the smoothed round trip at least; RFC 6298, section 2.4, has the sum be a second or more."""
    most_timeout_ns: int = 120 * SECOND
    """What the timeout grows to at most: 60 s or more (RFC 6298, section 2.5)."""
    syn_retries: int = 6
    """How often a SYN goes again until connecting is given up (RFC 9293, section 3.8.3: at least 3 minutes)."""
    syn_ack_retries: int = 5
    """How often a SYN,ACK goes again until a half-open connection is forgotten."""
    retries: int = 15
    """How often data goes again until the connection is given up (RFC 9293, section 3.8.3)."""
    user_timeout_ns: int | None = None
    """How long data may stay unacknowledged (RFC 9293, section 3.9.1.8); None: `retries` decides alone."""
    keep_alive: bool = False
    """Whether a silent connection is asked whether it is still there (RFC 9293, section 3.8.4)."""
    keep_alive_idle_ns: int = 7200 * SECOND
    """After what silence it is asked, 2 hours or more by default."""
    keep_alive_interval_ns: int = 75 * SECOND
    """How long an answer is waited for."""
    keep_alive_probes: int = 10
    """How many questions may stay unanswered until the connection is given up."""
    time_wait_ns: int = 60 * SECOND
    """Twice the maximum segment lifetime: 4 minutes in RFC 9293, section 3.4.2, and 60 s in Linux."""
    fin_wait_2_ns: int = 60 * SECOND
    """How long a closed connection waits for the other side's FIN (RFC 9293, section 3.6.1, allows a bound)."""
    probe_with_data: bool = False
    """Whether a window of 0 is probed by a byte beyond it (RFC 9293, section 3.8.6.1), and not by an old number."""
    discovers_path_mtu: bool = True
    """Whether DF is set and segments get smaller where a router asks for that (RFC 1191)."""

    def __post_init__(self) -> None:
        for name, least, most in _RANGES:
            value = getattr(self, name)
            if not least <= value <= most:
                raise FieldError(f"the TCP setting {name} is {value}, expected {least} to {most}")
        for name, least, most in _OPTIONAL_RANGES:
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise FieldError(f"the TCP setting {name} is {value}, expected {least} to {most}, or None")


_YEAR = 365 * 86_400 * SECOND
_RANGES = (
    ("receive_buffer", 1, LARGEST_BUFFER),
    ("send_buffer", 1, LARGEST_BUFFER),
    ("burst", 1, 64),
    ("ack_delay_ns", 0, 500 * MILLISECOND - 1),
    ("quick_acks", 0, 1 << 20),
    ("initial_window", 1, 1000),
    ("first_timeout_ns", MILLISECOND, 60 * SECOND),
    ("least_timeout_ns", MILLISECOND, 60 * SECOND),
    ("most_timeout_ns", SECOND, _YEAR),
    ("syn_retries", 0, 255),
    ("syn_ack_retries", 0, 255),
    ("retries", 0, 255),
    ("keep_alive_idle_ns", MILLISECOND, _YEAR),
    ("keep_alive_interval_ns", MILLISECOND, _YEAR),
    ("keep_alive_probes", 1, 255),
    ("time_wait_ns", 0, _YEAR),
    ("fin_wait_2_ns", 0, _YEAR),
)
_OPTIONAL_RANGES = (
    ("mss", 1, 0xFFFF),
    ("window_scale", 0, MOST_SHIFT),
    ("timestamp_offset", 0, 0xFFFF_FFFF),
    ("user_timeout_ns", MILLISECOND, _YEAR),
)
