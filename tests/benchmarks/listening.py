"""Look at three fields of every frame that comes, for so many seconds: `listening.py dissect|scapy SECONDS`.

It prints how many frames it saw, how many it knows to be dropped, and its processor time in seconds since it hears.
"""

from __future__ import annotations

import sys
import time
from typing import Any


def with_dissect(seconds: float) -> tuple[int, int, float]:
    """Listen as a user of dissect does."""
    from dissect import listen

    count = 0
    with listen("eth0", timeout=seconds) as frames:
        print("listening", file=sys.stderr, flush=True)
        begin = time.process_time()
        for packet in frames:
            network: Any = packet.frame.payload
            transport = network.payload
            if network.src == "10.0.0.1" and transport.sport >= 4096 and transport.length == 26:
                count += 1
        return count, frames.dropped, time.process_time() - begin


def with_scapy(seconds: float) -> tuple[int, int, float]:
    """Sniff as a user of scapy does, without keeping packets."""
    from scapy.config import conf
    from scapy.layers.inet import IP, UDP
    from scapy.sendrecv import sniff

    conf.ipv6_enabled = False
    count, begin = 0, 0.0

    def look(packet: Any) -> None:
        nonlocal count
        if packet[IP].src == "10.0.0.1" and packet[UDP].sport >= 4096 and packet[UDP].len == 26:
            count += 1

    def begun() -> None:
        nonlocal begin
        begin = time.process_time()
        print("listening", file=sys.stderr, flush=True)

    sniff(iface="eth0", prn=look, store=False, timeout=seconds, started_callback=begun)
    return count, 0, time.process_time() - begin


if __name__ == "__main__":
    print(*{"dissect": with_dissect, "scapy": with_scapy}[sys.argv[1]](float(sys.argv[2])))
