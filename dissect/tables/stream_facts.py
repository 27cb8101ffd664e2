"""What the kernel of streams keeps and tells, in the order in which its arrays have it."""

from __future__ import annotations

__all__ = ["FACTS", "KEY", "OF_SIDE", "TOLD"]

KEY = 5
"""Words of a key: both addresses in two each, and both ports with the protocol and the size of an address."""
FACTS = ("stream", "relative_seq", "relative_ack", "next_seq", "window_size", "window_factor")
"""What is told of each plain header; of a datagram the first alone."""
TOLD = (*FACTS, "left_out")
"""The same, and that nobody looks into data, which a kernel of its own tells (`judging_kernels`)."""
OF_SIDE = (
    "next_seq", "next_frame", "next_time", "reach", "ack", "ack_frame", "equal_acks", "window", "time_ns", "marks",
    "is_first_window", "sacked", "is_measurable", "shift", "is_outrun",
)  # fmt: skip
"""What is known of a side, as `dissect.flows.tcp_analysis.Direction` calls it."""
